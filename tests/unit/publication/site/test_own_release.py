"""Pages of a release built here: hospitals, days, bands, fresh periods, completeness, and what was revised."""

from __future__ import annotations

import html
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from factories.released import BERGEN, FORDE, PLAIN, build, run, with_inclusion, write_indicators
from pakkeforlop.publication.open_api.library import library
from pakkeforlop.publication.site.site import Site
from unit.publication.test_spread_and_fresh import episodes, otherwise, treated, waiting


def text(site: Site, path: str) -> str:
    answer = site.answer(path)
    assert answer.status == 200, path
    plain = html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode()))
    return re.sub(r"\s+", " ", plain.replace("\u202f", "").replace("\u00a0", " "))


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two releases of 2021: the second counts one more at Bergen."""
    folder = tmp_path_factory.mktemp("shelf")
    leaves = with_inclusion(PLAIN)
    build(write_indicators(folder / "one.csv", leaves), folder / "releases", "first")
    moved = dict(PLAIN)
    moved["of4_share", "breast", "K", BERGEN, 2021, 0] = (34, 40)
    build(write_indicators(folder / "two.csv", with_inclusion(moved)), folder / "releases", "second")
    return folder / "releases"


@pytest.fixture(scope="module")
def site(shelf: Path, catalogue: Any) -> Site:
    return Site(library(shelf), catalogue, version="0.1.0")


def test_own_figures_stand_instead_of_the_published_past(site: Site):
    page = text(site, "kreftform/breast/")
    assert "Helsedirektoratet" not in page
    assert "Utgave second, publisert 1. mars 2022." in page
    assert "Definisjoner: versjon" in page


def test_a_figure_is_shown_as_it_was_in_each_release(site: Site):
    """Breast, country, 2021: all trusts' counts added up by hand, before and after."""
    before = sum(n for (_, key, _, _, _, _), (n, _) in PLAIN.items() if key == "breast")
    page = text(site, "tall/of4_share-all-breast-900000000-2021/")
    whole = sum(d for (_, key, _, _, _, _), (_, d) in PLAIN.items() if key == "breast")
    assert f"Utgave first {before}/{whole}" in page
    assert f"Utgave second {before + 4}/{whole}" in page


def test_what_changed_stands_with_the_release(site: Site):
    page = text(site, "utgaver/second/")
    assert "Sammenlignet med utgave first." in page
    assert "Tallene som endret seg mest" in page
    assert "Det er ingenting å sammenligne med" in text(site, "utgaver/first/")


def test_a_locked_year_is_said_to_be_so(shelf: Path, catalogue: Any):
    run("release", "lock", "2021", "--releases", shelf)
    assert "2021 er låst: tallene er de fra utgave second." in text(Site(library(shelf), catalogue), "utgaver/")


def test_bands_and_fresh_periods_come_from_the_episodes(tmp_path: Path, catalogue: Any):
    """60 in time, 50 late, 30 otherwise, and 5 still waiting on day 31, past which everybody else was late: so will they
    be, and 60 of 115 will have been in time. Of those treated so far it is 60 of 110.
    """
    start = date(2021, 9, 1)
    rows = [treated(20, start=start)] * 60 + [treated(50, start=start)] * 40 + [otherwise(9, start)] * 30
    rows += [treated(35, start=start + timedelta(days=1))] * 10 + [waiting(date(2021, 12, 20))] * 5
    pq.write_table(episodes(rows), tmp_path / "episodes.parquet")
    leaves = {("of4_share", "breast", "K", BERGEN, 2021, 2): (60, 110)}
    indicators = write_indicators(tmp_path / "indicators.csv", with_inclusion(leaves))
    build(indicators, tmp_path / "releases", "2021", "--episodes", tmp_path / "episodes.parquet", "--as-of", "2022-01-20")
    site = Site(library(tmp_path / "releases"), catalogue)
    page = text(site, "kreftform/breast/")
    assert "I tide 60 55" in page  # 60 of 110
    assert "1 til 7 dager 10 9" in page  # day 35 against 32
    assert "15 til 28 dager 40 36" in page  # day 50
    assert "Av dem som startet i 3. tertial 2021, vil om lag 52 av 100 bli behandlet i tide" in page
    row = r"3\. tertial 2021 foreløpig om lag 150 startet · Intervall (\d+–\d+) om lag 150 55 52 \1"  # under the name on a phone
    assert re.search(row, page)


def test_hospitals_stand_under_their_trust(tmp_path: Path, catalogue: Any):
    from factories.released import AT_FORDE, AT_NORDFJORD

    leaves = {
        ("of4_share", "breast", "K", AT_FORDE, 2021, n): (20, 30) for n in range(3)
    } | {("of4_share", "breast", "K", AT_NORDFJORD, 2021, n): (30, 40) for n in range(3)}  # fmt: skip
    leaves |= {("of4_share", "breast", "K", BERGEN, 2021, n): (50, 60) for n in range(3)}
    build(write_indicators(tmp_path / "i.csv", with_inclusion(leaves)), tmp_path / "releases", "2021", "--hospitals")
    site = Site(library(tmp_path / "releases"), catalogue)
    assert "Sykehusene i Helse Førde" in text(site, f"sykehus/{FORDE}/")
    assert "60/90" in text(site, f"sykehus/{FORDE}/")
    assert "Førde: 67 av 100 startet behandlingen i tide" in text(site, f"sykehus/{AT_FORDE}/")
    assert "Brystkreft, Nordfjord: 75 av 100" in text(site, f"sykehus/{AT_NORDFJORD}/breast/")
