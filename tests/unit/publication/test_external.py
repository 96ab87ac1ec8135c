"""Figures that others have published, as a release: what they say is kept, and they are no part of our own proof."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from factories.released import COUNTRY, PLAIN, build, record_of, rows_of, run, with_inclusion, write_indicators
from pakkeforlop.publication.open_api.library import library
from pakkeforlop.publication.published import packaged_figures, packaged_path, read_figures

NAME = "open-national-indicators-2015-2021"


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("external") / "releases"
    run("release", "import", "--out", folder)
    return folder


def test_the_reference_line_of_the_country_stands(releases: Path):
    """Numerators and denominators of all organ-specific pathways, as the open data of August 2022 print them."""
    rows = rows_of(releases, NAME)
    expected = {"2015": (9520, 13827), "2017": (16519, 24199), "2019": (16272, 24476), "2021": (18055, 25043)}
    for year, counts in expected.items():
        row = rows[f"of4_share-all-all_organ_specific-{COUNTRY}-{year}"]
        assert (int(row["numerator"]), int(row["denominator"])) == counts
        assert float(row["percent"]) == pytest.approx(100 * counts[0] / counts[1])
    inclusion = rows[f"inclusion_share-all-all_organ_specific-{COUNTRY}-2021"]
    assert (inclusion["numerator"], inclusion["denominator"]) == ("25833", "32484")
    mental = rows["mh_utr_phv-all-mental_health-900000000-2021"]
    assert mental["label"] == "MH_UTR_PHV"
    assert mental["denominator"]


def test_every_row_of_the_open_data_is_there_once(releases: Path):
    """20,247 rows come from the open data; quoted single figures are none of them."""
    rows = rows_of(releases, NAME)
    assert len(rows) == record_of(releases, NAME)["figures"] == 20247
    open_data = [row for row in packaged_figures().rows if row.source_kind == "nki"]
    assert len(open_data) == 20247
    assert sum(row["status"] == "suppressed" for row in rows.values()) == 2806
    hidden = [row for row in rows.values() if row["status"] == "suppressed"]
    assert all(row["numerator"] == row["denominator"] == row["percent"] == "" for row in hidden)
    assert {row["reason"] for row in hidden} == {"external"}


@pytest.mark.reference
def test_the_shipped_file_is_the_reference_file(reference: Path):
    shipped, given = read_figures(packaged_path()), read_figures(reference / "domain" / "published_figures.csv")
    assert shipped.rows == given.rows


def test_it_is_marked_external_and_says_what_is_not_promised(releases: Path):
    record = record_of(releases, NAME)
    assert record["external"] is True
    assert "outside our own guarantee" in record["note"]["en"]
    assert set(record["title"]) == {"nb", "nn", "en"}
    assert "(external)" in run("release", "list", "--releases", releases)
    assert f"{NAME}: ok" in run("release", "verify", NAME, "--releases", releases)
    assert "exists" in run("release", "import", "--out", releases, code=2)


def test_own_releases_do_not_weigh_it_and_stand_before_it(tmp_path: Path):
    """An own release after an external one is the one that is built without it, to the byte but its number."""
    indicators = write_indicators(tmp_path / "indicators.csv", with_inclusion(PLAIN))
    beside, alone = tmp_path / "beside", tmp_path / "alone"
    run("release", "import", "--out", beside)
    build(indicators, beside, "2021")
    build(indicators, alone, "2021")
    for name in ("figures.csv", "revisions.csv", "changes.json"):
        assert (beside / "2021" / name).read_bytes() == (alone / "2021" / name).read_bytes()
    assert json.loads((beside / "2021" / "changes.json").read_text("utf-8"))["since"] == ""
    assert "2021: ok" in run("release", "verify", "2021", "--releases", beside)
    held = {year: one.name for year, one in library(beside).holders().items()}
    assert held == {2015: NAME, 2017: NAME, 2019: NAME, 2021: "2021"}
    run("release", "withdraw", "2021", "--reason", "x", "--releases", beside)
    assert library(beside).holders()[2021].name == NAME


def test_without_a_shelf_the_open_indicators_stand(tmp_path: Path):
    found = library(tmp_path / "none")
    assert found.latest.external
    assert len(found.current) == 20247
    one = found.current.by_id(f"of4_share-all-all_organ_specific-{COUNTRY}-2021")
    assert one is not None
    assert (one.numerator, one.denominator) == (18055, 25043)
    breast = found.current.where(
        indicator="of4_share", pathway_key="breast", org_nr=COUNTRY, period_type="year", branch="all"
    )
    assert [(row.period, row.denominator) for row in breast] == [
        ("2015", 3274), ("2017", 3973), ("2019", 4030), ("2021", 4404),
    ]  # fmt: skip


def test_a_figure_that_stands_twice_is_refused(tmp_path: Path):
    source = tmp_path / "twice.csv"
    with source.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        head = ("row_id", "source_kind", "indicator", "pathway_key", "unit_level", "org_nr", "period_type", "period_from",
                "period_to", "numerator", "denominator", "status")  # fmt: skip
        row = ("nki", "OF4", "breast", "national", COUNTRY, "year", "2021-01-01", "2021-12-31", 1, 9, "ok")
        writer.writerows([head, ("F1", *row), ("F2", *row)])
    assert "more than once" in run("release", "import", source, "--out", tmp_path / "releases", code=12)
