"""Reading messages.csv back, for the figures on messages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pakkeforlop.exchange.csv import rows as columns
from pakkeforlop.exchange.csv.doors import read_all
from pakkeforlop.exchange.csv.layout import Column, Kind, Layout
from pakkeforlop.exchange.csv.rows import Rows
from pakkeforlop.vocabulary.errors import FileFault

LAYOUT = Layout(
    "messages",
    (
        Column("message", Kind.WORD, True),
        Column("pathway", Kind.WORD, True),
        Column("event_date", Kind.WORD, True),
        Column("institution", Kind.WORD, True),
    ),
)


def read_messages(path: str | Path) -> pa.Table:
    """Messages as `monitor` writes them: message (whole number), pathway, day (day number, null when missing),
    institution. FileFault when a column is missing or holds something else.
    """
    _, parts = read_all([path], LAYOUT, _messages, may_be_empty=True)
    return pa.concat_tables(parts)


def _messages(rows: Rows) -> pa.Table:
    def text(name: str) -> Any:
        found = columns.words(rows, name)
        assert found is not None
        return pc.cast(found.array(), pa.string())

    try:
        days = pc.cast(pc.cast(text("event_date"), pa.date32()), pa.int32())
        numbers = pc.cast(text("message"), pa.int32())
    except pa.ArrowInvalid as error:
        raise FileFault(
            "column_wrong_kind", file=rows.file.name, column="message, event_date", kind="text",
            wanted="int32, date32",
        ) from error  # fmt: skip
    return pa.table(
        {"message": numbers, "pathway": text("pathway"), "day": days, "institution": text("institution")}
    )
