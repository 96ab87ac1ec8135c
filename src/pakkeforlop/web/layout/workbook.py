"""A list as a spreadsheet in which no cell is a formula or a link."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from typing import Any

import xlsxwriter

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def workbook(title: str, heads: Sequence[str], lines: Sequence[Sequence[Any]]) -> bytes:
    """One sheet. Texts are written as texts whatever they begin with; days as days, numbers as numbers."""
    told = io.BytesIO()
    book = xlsxwriter.Workbook(told, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    page = book.add_worksheet(title[:31])
    bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "dd.mm.yyyy"})
    for column, name in enumerate(heads):
        page.write_string(0, column, name, bold)
    for number, line in enumerate(lines, 1):
        for column, value in enumerate(line):
            if isinstance(value, str):
                page.write_string(number, column, value)
            elif isinstance(value, date):
                page.write_datetime(number, column, value, day)
            elif value is not None:
                page.write_number(number, column, value)
    page.freeze_panes(1, 1)
    page.autofit()
    book.close()
    return told.getvalue()
