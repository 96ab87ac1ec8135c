"""One run, three languages: pages that link to each other, and a workbook each with the same figures."""

from __future__ import annotations

import dataclasses
import html
import re
from base64 import b64decode
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from pydantic import BaseModel

from pakkeforlop.review.report.build import write_report
from pakkeforlop.review.report.inputs import ReportInput
from pakkeforlop.review.report.run import Run
from pakkeforlop.review.report.workbook import write_workbook
from pakkeforlop.review.texts.load import LANGUAGES, load_texts

ENDING = {"nb": "", "nn": ".nn", "en": ".en"}


@pytest.fixture(scope="module")
def written(country: ReportInput, catalogue: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("languages")
    write_report(folder, run=country, catalogue=catalogue, beside=LANGUAGES)
    return folder


def pages(folder: Path, language: str) -> dict[str, str]:
    ending = f"{ENDING[language]}.html"
    found = {file.name: file.read_text(encoding="utf-8") for file in folder.glob(f"*{ending}")}
    return {name: text for name, text in found.items() if name.count(".") == ending.count(".")}


def test_every_page_is_there_in_every_language(written: Path):
    names = {name.removesuffix(".html") for name in pages(written, "nb")}
    assert {"index", "breast", "diagnostic"} <= names
    for language in ("nn", "en"):
        assert {name.removesuffix(f".{language}.html") for name in pages(written, language)} == names


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_are_in_their_language_and_link_to_the_same_page_in_the_others(written: Path, language: str):
    for name, page in pages(written, language).items():
        stem = name.split(".")[0]
        assert f'<html lang="{language}"' in page
        own = re.search(r'<nav class="small languages".*?</nav>', page, re.S)
        assert own
        links = dict(re.findall(r'<a href="([^"]+)" lang="(\w+)"', own[0]))
        assert links == {f"{stem}{ENDING[other]}.html": other for other in LANGUAGES if other != language}
        assert own[0].count("aria-current") == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_link_leads_to_a_file_and_stays_in_the_language(written: Path, language: str):
    for page in pages(written, language).values():
        rest = re.sub(r'<nav class="small languages".*?</nav>', "", page, flags=re.S)
        links = {link for link in re.findall(r'<a [^>]*href="([^"#]+)"', rest) if "://" not in link}
        assert all((written / link).is_file() for link in links), links
        assert all(link.count(".") == (1 if language == "nb" else 2) for link in links), links


def test_a_page_asks_for_nothing_besides_itself_and_brings_its_own_icon(written: Path):
    """What a browser fetches unasked is written into the page; without an icon it would ask for one that is not there."""
    for file in written.glob("*.html"):
        asking = r'<(?:link|img|script|image|use|source|iframe)[^>]* (?:src|href)="([^"#][^"]*)"'
        (icon,) = re.findall(asking, file.read_text(encoding="utf-8"))
        kind, content = icon.split(";base64,")
        assert kind == "data:image/svg+xml"
        assert b64decode(content, validate=True).startswith(b"<svg ")


def test_one_language_alone_has_no_links_and_no_workbook(country: ReportInput, catalogue: Any, tmp_path: Path):
    files = write_report(tmp_path, run=country, catalogue=catalogue)
    assert not list(tmp_path.glob("*.xlsx"))
    assert 'class="small languages"' not in files[0].read_text(encoding="utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_norwegian_name_is_left_in_another_language(written: Path, catalogue: Any, language: str):
    """Names of pathways and messages come from the catalogue in the page's language."""
    told = html.unescape(pages(written, language)[f"index{ENDING[language]}.html"])
    for pathway in catalogue.pathways.values():
        if pathway.code in {"A01", "A26"}:
            assert pathway.short.of(language) in told
            if language == "en":
                assert pathway.name.nb not in told


def test_every_text_of_the_catalogue_stands_in_three_languages(catalogue: Any):
    """A message, a name or an explanation that one language lacks is a fault of the catalogue."""

    def texts(value: Any):
        if type(value).__name__ == "Text":
            yield value
        elif isinstance(value, BaseModel):
            for name in type(value).model_fields:
                yield from texts(getattr(value, name))
        elif isinstance(value, dict):
            for inner in value.values():
                yield from texts(inner)
        elif isinstance(value, tuple | list):
            for inner in value:
                yield from texts(inner)

    found = list(texts(catalogue))
    assert len(found) > 400
    assert all(text.of(language).strip() for text in found for language in LANGUAGES)
    same = {t.en for m in catalogue.messages.values() for t in (m.text, m.what_now) if t.en in {t.nb, t.nn}}
    assert same == set()


def year_of(run: ReportInput, level: str = "national") -> list[dict[str, Any]]:
    table = run.indicators
    mask = pc.and_(
        pc.and_(pc.equal(pc.cast(table["period_type"], pa.string()), "year"), pc.equal(pc.year(table["period_from"]), 2021)),
        pc.and_(
            pc.equal(pc.cast(table["unit_level"], pa.string()), level),
            pc.and_(pc.equal(pc.cast(table["sex"], pa.string()), ""), pc.equal(pc.cast(table["age_group"], pa.string()), "")),
        ),
    )  # fmt: skip
    return [cell for cell in table.filter(mask).to_pylist() if not cell["kind"]]


def sheet_rows(path: Path, sheet: int) -> tuple[list[str], list[dict[str, Any]]]:
    book = openpyxl.load_workbook(path)
    rows = list(book.worksheets[sheet].iter_rows(values_only=True))
    heads = [str(cell) for cell in rows[0]]
    return heads, [dict(zip(range(len(heads)), row, strict=True)) for row in rows[1:]]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_workbook_holds_the_figures_of_the_year(
    written: Path, country: ReportInput, catalogue: Any, language: str
):
    _, rows = sheet_rows(written / f"figures{ENDING[language]}.xlsx", 1)
    wanted = [cell for level in ("national", "RHF", "HF") for cell in year_of(country, level)]
    names = {key: found.name.of(language) for key, found in catalogue.indicators.items()}
    assert len(rows) == len(wanted) > 100
    shares = sum(row[0] == names["of4_share"] for row in rows)
    assert shares == sum(cell["indicator"] == "of4_share" for cell in wanted) > 0
    totals = sorted((c["org_nr"], c["numerator"], c["denominator"]) for c in wanted if c["indicator"] == "of4_days")
    assert sorted((r[6], r[9], r[10]) for r in rows if r[0] == names["of4_days"]) == totals
    assert all(isinstance(r[7], datetime) and isinstance(r[9], int) and isinstance(r[6], str) for r in rows)


def test_headings_differ_by_language_and_numbers_do_not(written: Path):
    books = [sheet_rows(written / f"figures{ENDING[language]}.xlsx", 1) for language in LANGUAGES]
    assert len({tuple(heads) for heads, _ in books}) == 3
    figures = [[tuple(row[n] for n in range(7, 14)) for row in rows] for _, rows in books]
    assert figures[0] == figures[1] == figures[2]


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t=", "'=", "{="])
def test_a_text_that_looks_like_a_formula_is_a_text(country: ReportInput, catalogue: Any, tmp_path: Path, sign: str):
    table = country.indicators
    text = f'{sign}HYPERLINK("http://x")'
    evil = pa.array([text] * table.num_rows, pa.string())
    changed = table.set_column(table.column_names.index("unit_name"), "unit_name", evil)
    run = dataclasses.replace(country, indicators=changed)
    written = write_workbook(tmp_path / "figures.xlsx", Run(run, catalogue, load_texts("nb"), ".html"))
    book = openpyxl.load_workbook(written)
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}
    assert any(cell.value == text and cell.data_type == "s" for cell in cells)
    assert not any(cell.hyperlink for cell in cells)


def test_the_same_run_gives_the_same_workbook(written: Path, country: ReportInput, catalogue: Any, tmp_path: Path):
    write_report(tmp_path, run=country, catalogue=catalogue, beside=LANGUAGES)
    for name in ("figures.xlsx", "figures.nn.xlsx", "figures.en.xlsx"):
        assert (tmp_path / name).read_bytes() == (written / name).read_bytes()
