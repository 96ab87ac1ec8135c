"""The file as CSV (UTF-8 with BOM, semicolon, line feed) and as xlsx; the same bytes for the same rows.

A text that a spreadsheet would take for a formula gets an apostrophe before it, and so does one that begins with an
apostrophe; reading takes it away again. In xlsx every text is a text, whatever it begins with.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, BinaryIO

import pyarrow as pa

from pakkeforlop.exchange.deliver.layout import Column, Month, columns
from pakkeforlop.vocabulary.errors import UsageFault

BOM = "\ufeff"
RISKY = tuple("=+-@\t\r'")
EXCEL_ROWS = 1_048_576
PIECE = 65_536
SHEET = "Utlevering"
LONGEST_NUMBER = 15
"""Digits that a spreadsheet keeps; longer numbers are written as text."""


def write_csv(table: pa.Table, stream: BinaryIO) -> None:
    """Write the rows of a file."""
    text = io.TextIOWrapper(stream, encoding="utf-8", newline="", write_through=False)
    text.write(BOM)
    lines = csv.writer(text, delimiter=";", lineterminator="\n")
    lines.writerow(table.column_names)
    kinds = [column.kind for column in columns()]
    for batch in table.to_batches(max_chunksize=PIECE):
        cells = [_safe(one.to_pylist(), kind) for one, kind in zip(batch.columns, kinds, strict=True)]
        lines.writerows(zip(*cells, strict=True))
    text.detach()


def write_xlsx(table: pa.Table, stream: BinaryIO, month: Month) -> None:
    """Write the rows as a workbook of one sheet; numbers and dates are such, texts are never formulas.

    UsageFault when the package that writes workbooks is not installed.
    """
    try:
        import xlsxwriter
    except ImportError:
        raise UsageFault("extra_missing", package="xlsxwriter") from None
    whole = io.BytesIO()
    book = xlsxwriter.Workbook(whole, {"constant_memory": True, "strings_to_formulas": False})
    book.set_properties({"created": datetime.combine(month.last, datetime.min.time())})
    sheet = book.add_worksheet(SHEET)
    bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
    known = columns()
    for place, column in enumerate(known):
        sheet.write_string(0, place, column.name, bold)
        sheet.set_column(place, place, max(11, len(column.name) + 2), day if column.kind == "date" else None)
    sheet.freeze_panes(1, 0)
    for row, cells in enumerate(_rows(table), 1):
        for place, (text, column) in enumerate(zip(cells, known, strict=True)):
            if text:
                _put(sheet, row, place, text, column, day)
    book.close()
    stream.write(whole.getvalue())


def _put(sheet: Any, row: int, place: int, text: str, column: Column, day: Any) -> None:
    digits = text.removeprefix("-")
    if column.kind in {"number", "place"} and _is_number(digits):
        sheet.write_number(row, place, int(text))
    elif column.kind == "date":
        sheet.write_datetime(row, place, datetime.combine(date.fromisoformat(text), datetime.min.time()), day)
    else:
        sheet.write_string(row, place, text)


def _is_number(digits: str) -> bool:
    """Whether a spreadsheet gives the same text back: no zeros in front, not too long."""
    plain = digits.isascii() and digits.isdecimal() and len(digits) <= LONGEST_NUMBER
    return plain and (digits == "0" or not digits.startswith("0"))


def _rows(table: pa.Table) -> Iterator[tuple[str, ...]]:
    for batch in table.to_batches(max_chunksize=PIECE):
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def _safe(cells: list[str], kind: str) -> list[str]:
    if kind in {"number", "date"}:
        return cells
    return [f"'{cell}" if cell.startswith(RISKY) else cell for cell in cells]
