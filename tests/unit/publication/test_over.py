"""Days over the limit in a release: told beside the share, protected with its sums, refused when of another run."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from factories.attacker import Attack, View
from factories.released import COUNTRY, FORDE, NORD, PLAIN, VEST, with_inclusion, write_indicators
from pakkeforlop.catalogue.load import load_catalogue
from pakkeforlop.publication.release.build import build
from pakkeforlop.publication.release.over import band_figures
from pakkeforlop.publication.release.plan import load_plan
from pakkeforlop.publication.release.shelf import Shelf
from pakkeforlop.publication.release.source import read_source
from pakkeforlop.publication.release.spread import BANDS
from pakkeforlop.vocabulary.errors import FileFault

REGIONS = (VEST, NORD)
PATHWAYS = ("breast", "lung")
SPLIT = {
    ("breast", VEST): (20, 40, 12, 1),  # one person 29 days over or more
    ("breast", NORD): (10, 14, 7, 4),
    ("lung", VEST): (9, 21, 10, 0),
    ("lung", NORD): (4, 8, 2, 4),  # two persons 15-28 days over
}


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory):
    path = write_indicators(tmp_path_factory.mktemp("over") / "indicators.csv", with_inclusion(PLAIN))
    return read_source(path, load_plan())


def rows_of(figures):
    """Rows as `spread_rows` makes them: the share's counts, and what is over split as above."""
    shares = {(f.pathway, f.org_nr): f for f in figures
              if f.indicator == "of4_share" and f.branch == "all" and f.period == "2021"}  # fmt: skip
    counts = {}
    for (pathway, region), over in SPLIT.items():
        share = shares[pathway, region]
        rest = share.denominator - share.numerator
        first = rest - sum(over[1:])
        assert first > 0
        for band, count in zip(BANDS, (share.numerator, first, *over[1:]), strict=True):
            for unit in (region, COUNTRY):
                for key in (pathway, "all_organ_specific"):
                    counts[key, unit, band] = counts.get((key, unit, band), 0) + count
    return [
        {"pathway_key": key, "org_nr": unit, "unit_level": "", "unit_name": "", "year": 2021, "band": band, "count": n}
        for (key, unit, band), n in counts.items()
    ]


def released(figures, tmp_path: Path):
    catalogue, plan = load_catalogue(None), load_plan()
    bands = band_figures(rows_of(figures), figures, catalogue, file="episodes.parquet")
    built = build(figures, catalogue, plan, Shelf(tmp_path), name="2021", released_on="2022-03-01", code_version="0",
                  source="indicators.csv", bands=bands)  # fmt: skip
    rows = csv.DictReader(io.StringIO(built.public["figures.csv"].decode()))
    return {row["figure_id"]: row for row in rows}


def test_bands_are_told_with_their_sum(figures, tmp_path: Path):
    rows = released(figures, tmp_path)
    whole = rows[f"of4_share-all-all_organ_specific-{COUNTRY}-2021"]
    spread = {band: rows[f"of4_spread-{band}-all_organ_specific-{COUNTRY}-2021"] for band in ("all", "within")}
    assert spread["all"]["numerator"] == whole["denominator"]
    assert spread["within"]["numerator"] == whole["numerator"]
    few = rows[f"of4_spread-over_29-breast-{VEST}-2021"]
    assert (few["status"], few["numerator"]) == ("suppressed", "")
    assert few["reason"] in {"primary", "withheld"}
    assert not any(row["org_nr"] == FORDE for row in rows.values() if row["indicator"] == "of4_spread")


def test_the_few_of_a_band_are_not_worked_out_from_bands_and_shares_together(figures, tmp_path: Path):
    """The attacker has the bands that are shown, and the sums and those within from the share's own figures."""
    rows = released(figures, tmp_path)
    units, parts, pathways = (COUNTRY, *REGIONS, "rest"), ("all", *BANDS), ("all_organ_specific", *PATHWAYS)
    seen, published = {}, set()
    for u, unit in enumerate(units):
        for b, band in enumerate(parts):
            for p, pathway in enumerate(pathways):
                published.add((u, b, p))
                if unit == "rest":
                    continue  # nobody: the regions are the country
                row = rows.get(f"of4_spread-{band}-{pathway}-{unit}-2021")
                share = rows[f"of4_share-all-{pathway}-{unit}-2021"]
                if band in ("all", "within"):
                    known = share["denominator" if band == "all" else "numerator"]
                    seen[u, b, p] = (None, int(known), "")
                elif row and row["status"] != "not_released":
                    seen[u, b, p] = (None, int(row["numerator"]) if row["numerator"] else None, row["reason"])
    attack = Attack([(-1, 0, 0, 0), (-1, 0, 0, 0, 0, 0), (-1, 0, 0)], [View([seen], [published], [False])])
    for pathway, region, band in (("breast", VEST, "over_29"), ("lung", NORD, "over_15_28")):
        place = units.index(region), parts.index(band), pathways.index(pathway)
        assert attack.two_values(0, 0, place, "denominator"), (pathway, region, band)


def test_episodes_of_another_run_are_refused(figures):
    rows = rows_of(figures)
    rows[0]["count"] += 1
    with pytest.raises(FileFault) as told:
        band_figures(rows, figures, load_catalogue(None), file="episodes.parquet")
    assert "of the same run" in told.value.sentence("en")
