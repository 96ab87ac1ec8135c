"""The figures of the year as a workbook (xlsx): numbers as numbers, texts as texts, nothing taken for a formula."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from pakkeforlop.review.report.cells import WHOLE
from pakkeforlop.review.report.run import Run
from pakkeforlop.vocabulary.calendar import day_of

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

LEVELS = ("national", "RHF", "HF")
TEXTS = ("indicator", "label", "branch", "pathway", "level", "unit", "number")
NUMBERS = ("numerator", "denominator", "percent", "median", "p90")
HEADINGS = (*TEXTS, "from", "to", *NUMBERS)
NEEDED = (
    "indicator", "label", "branch", "pathway_key", "unit_level", "unit_name", "org_nr", "period_type",
    "period_from", "period_to", "sex", "age_group", "numerator", "denominator", "percent", "median_days", "p90_days",
)  # fmt: skip
WIDTHS = {"indicator": 44, "pathway": 30, "unit": 34, "number": 12, "from": 11, "to": 11}


def write_workbook(path: Path, run: Run) -> Path | None:
    """Write the workbook of a run in its language; None where the library for workbooks is not installed.

    A sheet about the figures, the cells of the year for country, regions and trusts, and the tertials of the country.
    """
    try:
        import xlsxwriter
    except ImportError:
        return None
    beside = path.with_name(f".{path.name}.part")
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(str(beside), options)
    made = datetime.combine(day_of(run.as_of), time(), UTC).replace(tzinfo=None)
    book.set_properties({"title": run.place, "created": made})
    words = run.texts
    day, head = book.add_format({"num_format": "yyyy-mm-dd"}), book.add_format({"bold": True, "text_wrap": True})
    _about(book.add_worksheet(words("book.about")), run)
    year, tertials = _chosen(run)
    for name, table in (("figures", year), ("tertials", tertials)):
        sheet = book.add_worksheet(words(f"book.{name}"))
        for column, heading in enumerate(HEADINGS):
            sheet.write_string(0, column, words(f"book.{heading}"), head)
            sheet.set_column(column, column, WIDTHS.get(heading, 14))
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(1, table.num_rows), len(HEADINGS) - 1)
        for at, cells in enumerate(_rows(table, run), start=1):
            _write_row(sheet, at, cells, day)
    book.close()
    beside.replace(path)
    return path


def _about(sheet: Worksheet, run: Run) -> None:
    words = run.texts
    lines = [
        (words("book.title"), run.place),
        (words("book.period"), run.period),
        (words("book.known"), run.format.long_date(run.as_of)),
        (words("book.internal"), ""),
        (words("book.source"), ""),
    ]
    sheet.set_column(0, 1, 40)
    for at, (name, value) in enumerate(lines):
        sheet.write_string(at, 0, name)
        sheet.write_string(at, 1, value)


def _chosen(run: Run) -> tuple[pa.Table, pa.Table]:
    """Plain cells (both sexes, all ages, all kinds): of the year down to trusts, and of the country's tertials."""
    table = run.data.indicators

    def text(name: str) -> pa.ChunkedArray:
        return pc.cast(table[name], pa.string())

    plain = pc.and_(pc.equal(text("sex"), ""), pc.equal(text("age_group"), ""))
    plain = pc.and_(plain, pc.equal(pc.fill_null(text("kind"), ""), ""))
    this_year = pc.equal(pc.year(pc.cast(table["period_from"], pa.date32())), run.year)
    plain = pc.and_(plain, this_year)
    year = pc.and_(pc.equal(text("period_type"), "year"), pc.is_in(text("unit_level"), value_set=pa.array(LEVELS)))
    tertial = pc.and_(pc.equal(text("period_type"), "tertial"), pc.equal(text("unit_level"), "national"))
    table = table.select(NEEDED)
    return table.filter(pc.and_(plain, year)), table.filter(pc.and_(plain, tertial))


def _rows(table: pa.Table, run: Run) -> Iterator[Sequence[Any]]:
    """The cells of each row, in the order of the headings."""
    words, catalogue = run.texts, run.catalogue
    names = {key: found.name.of(run.language) for key, found in catalogue.indicators.items()}
    pathways = {pathway.key: pathway.name.of(run.language) for pathway in catalogue.pathways.values()}
    pathways[WHOLE] = words("book.whole")
    levels = {level: words(f"book.levels.{level}") for level in LEVELS}
    branches = {branch: words(f"book.branches.{branch}") for branch in ("all", "K", "M", "S", "O")}
    columns = [table[name].to_pylist() for name in NEEDED]
    for cells in zip(*columns, strict=True):
        row = dict(zip(NEEDED, cells, strict=True))
        yield (
            names.get(row["indicator"], row["indicator"]), row["label"], branches.get(row["branch"], row["branch"]),
            pathways.get(row["pathway_key"], row["pathway_key"]), levels[row["unit_level"]], row["unit_name"],
            row["org_nr"], row["period_from"], row["period_to"], row["numerator"], row["denominator"],
            row["percent"], row["median_days"], row["p90_days"],
        )  # fmt: skip


def _write_row(sheet: Worksheet, at: int, cells: Sequence[Any], day: Any) -> None:
    """Texts as texts, whatever they begin with; a missing number is an empty cell, never zero."""
    for column, value in enumerate(cells):
        if value is None or value == "":
            continue
        if isinstance(value, date):
            sheet.write_datetime(at, column, datetime.combine(value, time()), day)
        elif isinstance(value, int | float):
            sheet.write_number(at, column, value)
        else:
            sheet.write_string(at, column, str(value))
