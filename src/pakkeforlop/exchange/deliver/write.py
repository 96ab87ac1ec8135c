"""The file as CSV (UTF-8 with BOM, semicolon, line feed) and as xlsx; the same bytes for the same rows.

A text that a spreadsheet would take for a formula gets an apostrophe before it, and so does one that begins with an
apostrophe; reading takes it away again. In xlsx every text is a text, whatever it begins with.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa

from pakkeforlop.exchange.deliver.layout import Column, Month, columns
from pakkeforlop.vocabulary.errors import UsageFault

BOM = "\ufeff"
RISKY = tuple("=+-@\t\r'")
EXCEL_ROWS = 1_048_576
PIECE = 4_096
SHEET = "Utlevering"
LONGEST_NUMBER = 15
"""Digits that a spreadsheet keeps; longer numbers are written as text."""


class CsvFile:
    """The file as CSV, table by table."""

    def __init__(self, stream: BinaryIO) -> None:
        self._text = io.TextIOWrapper(stream, encoding="utf-8", newline="", write_through=False)
        self._text.write(BOM)
        self._lines = csv.writer(self._text, delimiter=";", lineterminator="\n")
        self._lines.writerow([column.name for column in columns()])

    def write(self, table: pa.Table) -> None:
        """Write some rows."""
        kinds = [column.kind for column in columns()]
        for batch in table.to_batches(max_chunksize=PIECE):
            cells = [_safe(one.to_pylist(), kind) for one, kind in zip(batch.columns, kinds, strict=True)]
            self._lines.writerows(zip(*cells, strict=True))

    def close(self) -> None:
        """All rows are written; the stream stays open."""
        self._text.detach()


class XlsxFile:
    """The rows as a workbook of one sheet, table by table; numbers and dates are such, texts are never formulas.

    folder: where the rows wait until the last one is there. UsageFault when the package that writes workbooks is not
    installed.
    """

    def __init__(self, stream: BinaryIO, month: Month, folder: Path | None = None) -> None:
        try:
            import xlsxwriter
        except ImportError:
            raise UsageFault("extra_missing", package="xlsxwriter") from None
        options = {"constant_memory": True, "strings_to_formulas": False, "tmpdir": folder}
        self._book = xlsxwriter.Workbook(stream, options)
        self._book.set_properties({"created": datetime.combine(month.last, datetime.min.time())})
        self._sheet = self._book.add_worksheet(SHEET)
        bold, self._day = self._book.add_format({"bold": True}), self._book.add_format({"num_format": "yyyy-mm-dd"})
        self._row = 0
        for place, column in enumerate(columns()):
            self._sheet.write_string(0, place, column.name, bold)
            width = max(11, len(column.name) + 2)
            self._sheet.set_column(place, place, width, self._day if column.kind == "date" else None)
        self._sheet.freeze_panes(1, 0)

    def write(self, table: pa.Table) -> None:
        """Write some rows."""
        known = columns()
        for cells in _rows(table):
            self._row += 1
            for place, (text, column) in enumerate(zip(cells, known, strict=True)):
                if text:
                    _put(self._sheet, self._row, place, text, column, self._day)

    def close(self) -> None:
        """All rows are written; the stream stays open."""
        from xlsxwriter.exceptions import FileCreateError

        try:
            self._book.close()
        except FileCreateError as error:
            raise error.args[0] if isinstance(error.args[0], OSError) else error from error


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
