"""The pages of the report: the answer first, figures that are those of indicators.csv, and words where there is nothing."""

from __future__ import annotations

import dataclasses
import html
import re
import time
from collections.abc import Callable
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from pakkeforlop.review.report.inputs import Mark, ReportInput
from pakkeforlop.review.report.run import Run
from pakkeforlop.review.texts.load import LANGUAGES, load_texts
from pakkeforlop.vocabulary.calendar import day_number
from unit.charts.reading import Chart

Write = Callable[..., dict[str, str]]
CASES = ("country", "one_trust", "one_pathway", "tiny", "only_open", "nothing")
VOID = {"meta", "link", "br", "line", "rect", "circle", "path", "img", "input", "hr"}


class Balanced(HTMLParser):
    """Every element that is opened is closed, in order; ids are unique; links within the page lead somewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.stack: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag not in VOID:
            self.stack.append(tag)
        if given.get("id"):
            self.ids.append(str(given["id"]))
        if tag == "a":
            self.links.append(str(given.get("href")))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.stack.pop() == tag


def words(page: str) -> str:
    """What a reader reads, in one line."""
    body = re.sub(r"<style>.*?</style>|<svg.*?</svg>", " ", page, flags=re.S)
    return re.sub(
        r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", body)).replace("\u00a0", " ").replace("\u202f", " ")
    )


def heading(page: str) -> str:
    found = re.search(r"<h1>(.*?)</h1>", page, re.S)
    assert found
    return html.unescape(found[1])


def charts(page: str) -> list[str]:
    return re.findall(r'<svg class="ch"[^>]*role="img".*?</svg>', page, re.S)


@pytest.fixture
def data(request: pytest.FixtureRequest) -> ReportInput:
    return request.getfixturevalue(request.param)  # type: ignore[no-any-return]


def figure(data: ReportInput, indicator: str, pathway: str, **more: str) -> dict[str, Any]:
    """One national yearly row of indicators.csv."""
    wanted = {"indicator": indicator, "pathway_key": pathway, "unit_level": "national", "period_type": "year", "branch": "all",
              "kind": "", "sex": "", "age_group": "", "period_from": "2021-01-01"} | more  # fmt: skip
    mask = None
    for name, value in wanted.items():
        equal = pc.equal(pc.fill_null(pc.cast(data.indicators[name], pa.string()), ""), value)
        mask = equal if mask is None else pc.and_(mask, equal)
    rows = data.indicators.filter(mask).to_pylist()
    assert len(rows) == 1, rows
    return dict(rows[0])


# --- every report, whatever is in it ------------------------------------------------------------------------------------


@pytest.mark.parametrize("data", CASES, indirect=True)
def test_every_page_is_whole_marked_internal_and_stands_alone(data: ReportInput, report: Write):
    for name, page in report(data).items():
        reader = Balanced()
        reader.feed(page)
        assert reader.stack == []
        assert len(reader.ids) == len(set(reader.ids)), name
        assert {link[1:] for link in reader.links if link.startswith("#")} <= set(reader.ids)
        assert "<script" not in page
        assert not re.findall(r'(?:src|href)="(?:https?:)?//', page)
        assert "@import" not in page
        assert words(page).count("Inneholder små tall") >= 1
        assert '@top-left{content:"Intern. Inneholder små tall' in page
        assert page.count("<h1>") == 1
        assert "None" not in words(page)
        assert "nan" not in words(page).lower().split()


@pytest.mark.parametrize("data", CASES, indirect=True)
def test_links_between_pages_lead_to_pages(data: ReportInput, report: Write):
    pages = report(data)
    for page in pages.values():
        reader = Balanced()
        reader.feed(page)
        assert {link for link in reader.links if link.endswith(".html")} <= set(pages)


@pytest.mark.parametrize("data", CASES, indirect=True)
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_label_of_any_chart_is_cut_or_covers_another(data: ReportInput, language: str, report: Write):
    seen = 0
    for name, page in report(data, language).items():
        for svg in charts(page):
            chart = Chart(svg)
            assert chart.cut() == [], (name, svg[:120])
            assert chart.covered() == [], (name, svg[:120])
            seen += 1
    assert seen or data.episodes.num_rows == 0 or "share_reason" in data.episodes.column_names


@pytest.mark.parametrize("data", CASES, indirect=True)
def test_every_chart_has_a_finding_three_forms_and_a_table_on_the_page(data: ReportInput, report: Write):
    for page in report(data).values():
        found = charts(page)
        assert len(found) % 3 == 0
        for svg in found:
            assert re.search(r"<title [^>]*>[^<]{4,}</title><desc [^>]*>[^<]{4,}</desc>", svg)
        if found:
            assert page.count("<table") >= len(found) // 3


@pytest.mark.parametrize("data", CASES, indirect=True)
def test_no_patient_is_on_any_page(data: ReportInput, report: Write):
    for page in report(data).values():
        assert not re.findall(r"\bp\d+\b", words(page))


@pytest.mark.parametrize("data", CASES, indirect=True)
def test_the_same_run_gives_the_same_bytes(data: ReportInput, report: Write):
    assert report(data) == report(data)


# --- the country ---------------------------------------------------------------------------------------------------------


def test_the_answer_comes_first(country: ReportInput, report: Write):
    share = figure(country, "of4_share", "all_organ_specific")
    pages = report(country)
    told = load_texts("nb").format.per_hundred(share["numerator"], share["denominator"], target=70.0)
    assert heading(pages["index.html"]) == f"{told} av 100 startet behandlingen i tide"
    told = words(pages["index.html"])
    assert f"{share['numerator']:,}".replace(",", " ") + " av " + f"{share['denominator']:,}".replace(",", " ") in told
    assert "Hele landet, 2021" in told


def test_each_pathway_has_its_page_with_its_own_figures(country: ReportInput, report: Write):
    pages = report(country)
    assert set(pages) == {
        "index.html",
        "breast.html",
        "colorectal.html",
        "prostate.html",
        "lung.html",
        "melanoma.html",
        "penis.html",
        "diagnostic.html",
    }
    share = figure(country, "of4_share", "breast")
    assert f"{share['numerator']} av {share['denominator']}" in words(pages["breast.html"])
    assert heading(pages["diagnostic.html"]).startswith("Diagnostisk pakkeforløp: ")
    assert "avklaring i tide" in heading(pages["diagnostic.html"])


def test_times_are_those_of_the_figures(country: ReportInput, catalogue: Any):
    """Median and nine of ten of the page come from the episodes; indicators.csv must say the same."""
    run = Run(country, catalogue, load_texts("nb"))
    for scope in run.scopes:
        if scope.ending != "treatment":
            continue
        days = run.in_scope(run.counted, scope).whole("share_days")
        told = figure(country, "of4_days", scope.key)
        assert float(np.median(days)) == pytest.approx(told["median_days"])
        assert float(np.percentile(days, 90)) == pytest.approx(told["p90_days"])
        assert len(days) == told["denominator"]


def test_units_add_up_to_the_whole_and_stand_alphabetically(country: ReportInput, catalogue: Any, report: Write):
    from pakkeforlop.review.report.sections.units import units

    run = Run(country, catalogue, load_texts("nb"))
    found = units(run, run.whole, run.in_scope(run.counted, run.whole))
    share = figure(country, "of4_share", "all_organ_specific")
    assert sum(unit.group.within for unit in found) == share["numerator"]
    assert sum(unit.group.total for unit in found) == share["denominator"]
    expected = sum((unit.expected or 0) * unit.group.total for unit in found) / share["denominator"]
    assert expected == pytest.approx(100 * share["numerator"] / share["denominator"])
    names = [unit.name for unit in found]
    assert names == sorted(names, key=run.sort_key)
    assert run.sort_key("Ålesund") > run.sort_key("Østfold") > run.sort_key("Vestfold")


def test_the_share_of_a_trust_is_the_one_of_the_figures(country: ReportInput, catalogue: Any):
    from pakkeforlop.review.report.sections.units import units

    run = Run(country, catalogue, load_texts("nb"))
    scope = next(scope for scope in run.scopes if scope.key == "breast")
    for unit in units(run, scope, run.in_scope(run.counted, scope)):
        cell = run.share(scope, org_nr=unit.group.name)
        assert cell is not None
        assert (cell.numerator, cell.denominator) == (unit.group.within, unit.group.total)
        assert (cell.low, cell.high) == pytest.approx(unit.bounds, abs=1e-6)


def test_the_change_of_may_2021_is_dated_on_the_trend(country: ReportInput, report: Write):
    pages = report(country)
    breast = " ".join(html.unescape(svg).replace("\u00a0", " ") for svg in charts(pages["breast.html"]))
    assert "1. mai 2021: fristen ble 5 dager lengre" in breast
    whole = " ".join(html.unescape(svg).replace("\u00a0", " ") for svg in charts(pages["index.html"]))
    assert "1. mai 2021: ny frist for brystkreft" in whole


def test_fresh_months_are_provisional(country: ReportInput, report: Write):
    told = words(report(country)["index.html"])
    assert "November 2021 og desember 2021 er foreløpige" in told


def test_the_longest_open_are_listed_by_episode_with_days_against_the_limit(country: ReportInput, report: Write):
    page = report(country)["index.html"]
    rows = re.findall(r'<th scope="row" class="id">([A-C]\d\d-\d{8}-[0-9a-f]{16})', page)
    assert 0 < len(rows) <= 20
    over = [int(n) for n in re.findall(r"(\d+) over</td>", words_of_cells(page))]
    assert over == sorted(over, reverse=True)
    assert page.count('<svg class="bar"') == len(rows)


def words_of_cells(page: str) -> str:
    return re.sub(r"<td[^>]*>", "<td>", page)


def test_small_pathways_are_told_in_counts(country: ReportInput, report: Write):
    share = figure(country, "of4_share", "penis")
    assert share["denominator"] < 50
    assert (
        heading(report(country)["penis.html"])
        == f"Peniskreft: {share['numerator']} av {share['denominator']} startet behandlingen i tide"
    )


def test_the_year_can_be_chosen_and_is_else_the_newest_that_has_come_far(
    country: ReportInput, catalogue: Any, report: Write
):
    assert "Hele landet, 2020" in words(report(country, year=2020)["index.html"])
    for as_of, year in (("2022-01-10", 2021), ("2021-04-30", 2021), ("2021-04-29", 2020)):
        moved = dataclasses.replace(country, as_of=day_number(date.fromisoformat(as_of)))
        assert Run(moved, catalogue, load_texts("nb")).year == year


def test_what_was_filled_or_made_is_marked_on_every_page(country: ReportInput, report: Write):
    mark = Mark(day_number(date(2021, 1, 1)), day_number(date(2021, 3, 31)), "fylt ut fra året før")
    for page in report(country, marks=(mark,)).values():
        assert "laget eller fylt ut: 1. januar 2021 – 31. mars 2021: fylt ut fra året før." in words(page)


def test_settings_that_differ_and_rows_kept_aside_are_told(country: ReportInput, report: Write):
    told = words(report(country, settings={"include_postponed": True}, aside={"D": 1234})["index.html"])
    assert "include_postponed = True" in told
    assert "D: 1 234" in told


@pytest.mark.parametrize(
    ("language", "answer"), [("nn", "starta behandlinga i tide"), ("en", "started treatment in time")]
)
def test_other_languages(country: ReportInput, language: str, answer: str, report: Write):
    page = report(country, language)["index.html"]
    assert f'<html lang="{language}"' in page
    assert answer in heading(page)


def test_names_from_outside_are_text_not_markup(country: ReportInput, report: Write):
    evil = '</style><script>alert("x")</script>'
    mark = Mark(country.as_of, country.as_of, evil)
    for page in report(country, marks=(mark,), settings={evil: evil}, aside={evil: 1}, version=evil).values():
        assert "<script" not in page


# --- less than a country -------------------------------------------------------------------------------------------------


def test_one_trust_is_named_and_its_hospitals_compared(one_trust: ReportInput, report: Write):
    told = words(report(one_trust)["index.html"])
    assert "Finnmarkssykehuset, 2021" in told
    assert "Klinikk Hammerfest" in told
    assert "Landet" not in told
    assert "sykehus nådde målet" in told


def test_a_year_in_progress_says_so_and_what_was_not_given(one_trust: ReportInput, report: Write):
    told = words(report(one_trust)["index.html"])
    assert "Perioden varer til 20. oktober 2021. Tallene er foreløpige." in told
    assert "Det er ikke gitt noen fil med nye krefttilfeller." in told
    assert "Det er ikke gitt noen pasientfil." in told
    assert "Med i forløp, %" not in told


def test_one_pathway_is_the_overview_itself(one_pathway: ReportInput, report: Write):
    pages = report(one_pathway)
    assert list(pages) == ["index.html"]
    assert heading(pages["index.html"]).startswith("Lungekreft: ")
    assert "Alle rader ble lest" in words(pages["index.html"])
    assert "kreftformer nådde" not in words(pages["index.html"])


def test_a_handful_of_pathways_makes_a_page(tiny: ReportInput, report: Write):
    page = report(tiny)["index.html"]
    assert re.match(r"Lungekreft: (\d av \d|alle \d|ingen av \d) startet behandlingen i tide", heading(page))


def test_only_open_pathways(only_open: ReportInput, report: Write):
    told = words(report(only_open)["index.html"])
    assert "Ingen forløp er avsluttet ennå" in told
    assert "forløp er åpne" in told
    assert "Lengst over fristen" in told


def test_no_pathways_at_all(nothing: ReportInput, report: Write):
    pages = report(nothing)
    told = words(pages["index.html"])
    assert list(pages) == ["index.html"]
    assert heading(pages["index.html"]) == "Filene inneholder ingen pakkeforløp"
    assert "Det ble lest 3 registreringer" in told
    assert "1 rad ble avvist" in told
    assert "Ingen forløp, 2021" in told


# --- size and time -------------------------------------------------------------------------------------------------------


def test_a_page_is_light(country: ReportInput, report: Write):
    pages = report(country)
    assert max(len(page.encode()) for page in pages.values()) < 400_000


@pytest.mark.slow
def test_a_country_of_millions_is_reported_in_seconds(country: ReportInput, catalogue: Any, tmp_path: Path):
    """Ten years' worth of episodes are counted in whole arrays."""
    from pakkeforlop.review.report.build import write_report

    times = 2_000_000 // country.episodes.num_rows
    large = dataclasses.replace(country, episodes=pa.concat_tables([country.episodes] * times))
    begun = time.process_time()
    write_report(tmp_path, run=large, catalogue=catalogue)
    assert time.process_time() - begun < 15, "seconds of all processors, whatever else the machine does"


def test_filled_months_have_their_own_sign_and_whole_years_are_named_by_their_number(
    country: ReportInput, report: Write
):
    marks = tuple(
        Mark(day_number(date(y, 1, 1)), day_number(date(y, 12, 31)), "sannsynlige tall") for y in (2019, 2020)
    )
    page = report(country, marks=marks)["index.html"]
    assert "laget eller fylt ut: 2019 og 2020: sannsynlige tall." in words(page)
    assert "% i 2020 (fylt ut)." in words(page)
    trend = next(svg for svg in charts(page) if 'aria-labelledby="trend-w' in svg)
    filled = Chart(trend).shapes("circle", "fi")
    assert filled
    assert max(p["cx"] for p in filled) < min(p["cx"] for p in Chart(trend).shapes("circle", "dp"))
