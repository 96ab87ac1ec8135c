"""A release of invented patients: marked by the run it comes from, apart from real ones, and said on every page."""

from __future__ import annotations

import html
import json
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from factories.released import BERGEN, PLAIN, build, record_of, run, with_inclusion, write_indicators
from pakkeforlop.publication.open_api.library import library
from pakkeforlop.publication.site.site import Site
from unit.publication.test_spread_and_fresh import episodes, treated

MARK = {"": "Oppdiktede tall.", "nn/": "Oppdikta tal.", "en/": "Invented figures."}


@pytest.fixture(scope="module")
def indicators(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_indicators(tmp_path_factory.mktemp("run") / "indicators.csv", with_inclusion(PLAIN))


@pytest.fixture(scope="module")
def shelf(indicators: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One release of invented patients; the run says so, not the person who builds."""
    record = {"command": "monitor", "arguments": {"inputs": ["registrations.parquet"], "synthetic": True}}
    (indicators.parent / "run.json").write_text(json.dumps(record), encoding="utf-8")
    folder = tmp_path_factory.mktemp("shelf")
    build(indicators, folder, "demo")
    return folder


@pytest.fixture(scope="module")
def site(shelf: Path, catalogue: Any) -> Site:
    return Site(library(shelf), catalogue, version="0.1.0")


def text(site: Site, path: str) -> str:
    answer = site.answer(path)
    assert answer.status == 200, path
    return html.unescape(answer.content.decode())


def test_the_run_tells_that_all_are_invented(shelf: Path):
    assert record_of(shelf, "demo")["synthetic"] is True
    assert "demo  2022-03-01  2021-2021T3" in run("release", "list", "--releases", shelf)
    assert "(synthetic)" in run("release", "list", "--releases", shelf)


def test_the_person_who_builds_can_say_so_too(tmp_path: Path):
    alone = write_indicators(tmp_path / "indicators.csv", with_inclusion(PLAIN))
    assert "All patients are invented" in build(alone, tmp_path / "a", "demo", "--synthetic")
    build(alone, tmp_path / "b", "2021")
    assert "synthetic" not in record_of(tmp_path / "b", "2021")


def test_real_and_invented_patients_never_share_a_folder(shelf: Path, tmp_path: Path):
    """Each release is weighed against the others of its folder, so a mixture would protect nobody."""
    real = write_indicators(tmp_path / "indicators.csv", with_inclusion(PLAIN))
    told = build(real, shelf, "2021", code=2)
    assert "demo is of invented patients" in told
    assert "--out" in told
    build(real, tmp_path / "releases", "2021")
    assert "2021 is of real patients" in build(real, tmp_path / "releases", "demo", "--synthetic", code=2)


def test_the_figures_that_stand_are_the_published_ones_alone(shelf: Path):
    found = library(shelf)
    assert found.current.values("release") == ["open-national-indicators-2015-2021"]
    assert found.about("demo")["synthetic"] is True
    assert len(found.figures("demo")) == record_of(shelf, "demo")["figures"]
    assert [one.name for one in found.every] == ["open-national-indicators-2015-2021", "demo"]


def test_the_front_page_is_the_published_country_and_leads_to_the_invented_one(site: Site):
    page = text(site, "")
    assert "72 av 100 i pakkeforløp startet behandlingen i tide" in page  # 18 055 of 25 043, as published
    assert "Helsedirektoratet" in page
    assert MARK[""] not in page
    assert 'href="/statistikk/oppdiktet/"' in page
    assert 'href="/statistikk/oppdiktet/nn/"' in text(site, "nn/")


@pytest.mark.parametrize("language", MARK)
@pytest.mark.parametrize("path", ["", "kreftform/breast/", "sykehus/", "sykehus/983974724/", "last-ned/", "utgaver/demo/",
                                  "tall/of4_share-all-breast-900000000-2021/"])  # fmt: skip
def test_every_page_of_invented_patients_says_so(site: Site, language: str, path: str):
    page = text(site, f"oppdiktet/{language}{path}")
    assert MARK[language] in page
    assert '<meta name="robots" content="noindex">' in page
    assert f'href="/statistikk/{language}"' in page  # the way back
    assert f'href="/statistikk/{language}kreftform/' not in page  # no page slips out of the invented ones
    assert MARK[language].split(".", maxsplit=1)[0][:7] in page.split("<title>")[1].split("</title>")[0]


def test_the_invented_country_has_its_own_figures(site: Site):
    """Breast: 112/159 of Bergen, 26/45 of Førde, 56/92 of Fonna, 82/117 of Tromsø, added up by hand."""
    page = text(site, "oppdiktet/kreftform/breast/")
    assert "276 av 413." in page
    assert "release=demo" in page  # what is fetched is the same figures
    assert "Helsedirektoratet" not in page


def test_a_chart_that_leaves_the_page_carries_the_words(site: Site):
    drawn = site.answer("oppdiktet/kreftform/breast/trend.svg")
    if drawn.status == 404:
        drawn = site.answer("oppdiktet/kreftform/breast/kart.svg")
    assert drawn.status == 200
    assert "Oppdiktede tall: laget av et program" in drawn.content.decode()
    assert "Oppdiktede" not in site.answer("kreftform/breast/kart.svg").content.decode()


def test_other_countries_published_figures_stay_among_the_published(site: Site):
    assert site.answer("oppdiktet/england/").status == 404
    assert 'href="/statistikk/england/"' in text(site, "oppdiktet/")
    assert site.answer("england/").status == 200


def test_without_such_a_release_there_is_no_such_page(catalogue: Any):
    alone = Site(library(None), catalogue)
    assert alone.answer("oppdiktet/").status == 404
    assert "oppdiktet" not in alone.answer("").content.decode()


def test_the_demo_builds_its_release_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """60 of 110 in time; a second start of the demo finds it there."""
    from pakkeforlop.cli.demo import RELEASE, make_release

    start = date(2021, 9, 1)
    (tmp_path / "result").mkdir()
    rows = [treated(20, start=start)] * 60 + [treated(50, start=start)] * 50
    pq.write_table(episodes(rows), tmp_path / "result" / "episodes.parquet")
    leaves = {("of4_share", "breast", "K", BERGEN, 2021, 2): (60, 110)}
    write_indicators(tmp_path / "result" / "indicators.csv", with_inclusion(leaves))
    make_release(tmp_path, "nb", quiet=False)
    assert "Lager en utgave av de oppdiktede tallene" in capsys.readouterr().err
    record = record_of(tmp_path / "releases", RELEASE)
    assert (record["synthetic"], record["released"], record["periods"]) == (True, "2022-01-20", ["2021", "2021T3"])
    make_release(tmp_path, "nb", quiet=False)
    assert capsys.readouterr().err == ""
