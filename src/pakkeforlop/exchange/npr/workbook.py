"""The monthly workbook of a receiver: one line a message, with the headers that `returns` reads. No clock in it."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import BinaryIO

from pakkeforlop.vocabulary.errors import UsageFault

HEADERS = (
    ("message", "Feil nr", 9), ("text", "Feiltekst", 70), ("patient", "Pasientnummer", 24),
    ("code", "Prosedyrekode", 14), ("date", "Dato", 12),
    ("institution", "Institusjon", 12), ("registration", "Prosedyrenr", 24),
)  # fmt: skip
SHEET = "Feil"
MOST_ROWS = 1_000_000


def write_workbook(stream: BinaryIO, errors: Iterable[Mapping[str, str]], made_at: datetime) -> None:
    """Write the messages to a sender as a workbook of one sheet; every cell is text, never a formula.

    UsageFault when the package that writes workbooks is not installed.
    """
    try:
        import xlsxwriter
    except ImportError:
        raise UsageFault("extra_missing", package="xlsxwriter") from None
    whole = io.BytesIO()
    book = xlsxwriter.Workbook(whole, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": made_at})
    sheet = book.add_worksheet(SHEET)
    bold = book.add_format({"bold": True})
    for place, (_, title, width) in enumerate(HEADERS):
        sheet.write_string(0, place, title, bold)
        sheet.set_column(place, place, width)
    sheet.freeze_panes(1, 0)
    for row, one in enumerate(errors, 1):
        if row > MOST_ROWS:
            break
        for place, (word, _, _) in enumerate(HEADERS):
            if one.get(word):
                sheet.write_string(row, place, one[word])
    book.close()
    stream.write(whole.getvalue())
