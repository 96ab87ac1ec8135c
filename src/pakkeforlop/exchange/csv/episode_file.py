"""The episodes file: its columns, and reading it back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pakkeforlop.exchange.csv import rows as columns
from pakkeforlop.exchange.csv.dates import BAD_DAY, days_of_texts
from pakkeforlop.exchange.csv.doors import read_all
from pakkeforlop.exchange.csv.intake import day_array
from pakkeforlop.exchange.csv.layout import Column, Kind, Layout
from pakkeforlop.exchange.csv.people import Table
from pakkeforlop.exchange.csv.rejects import reject_table
from pakkeforlop.exchange.csv.rows import Rows, Words
from pakkeforlop.vocabulary.errors import FileFault

TEXT, WHOLE, DAY, FLAG = pa.string(), pa.int32(), pa.date32(), pa.bool_()
SPANS = ("of1", "of2", "of3", "of4", "ce", "share")
EPISODE_SCHEMA = pa.schema(
    [
        *((name, TEXT) for name in ("episode_id", "patient_id", "pathway")),
        ("episode", WHOLE),
        *(
            (name, kind)
            for point in ("start", "first_attendance", "decision", "treatment", "end")
            for name, kind in (
                (f"{point}_date", DAY),
                *(((point, TEXT),) if point in {"decision", "treatment", "end"} else ()),
                (f"{point}_institution", TEXT),
            )
        ),
        ("trust", TEXT),
        *((name, WHOLE) for name in ("institutions", "trusts")),
        *((name, FLAG) for name in ("transferred", "postponed", "via_specialist")),
        *((name, WHOLE) for span in SPANS for name in (f"{span}_days", f"{span}_limit")),
        ("share_within", FLAG),
        *((name, TEXT) for name in ("share_reason", "limit_version")),
        *((name, WHOLE) for name in ("sex", "age")),
        ("unit", TEXT),
        *((name, DAY) for name in ("seniority_date", "received_date")),
        ("messages", TEXT),
    ]
)
"""Columns of the episodes file with their kinds; patient_id is a whole number where the registrations had it so."""
MAY_LACK = frozenset({"ce_days", "ce_limit", "sex", "age", "unit", "seniority_date", "received_date", "messages"})
IDS = ("episode_id", "patient_id")
FLAGS = {"true": 1, "1": 1, "false": 0, "0": 0}
BAD = -(2**31) + 1
LAYOUT = Layout(
    "episodes",
    tuple(
        Column(field.name, Kind.ID if field.name in IDS else Kind.WORD, field.name not in MAY_LACK)
        for field in EPISODE_SCHEMA
    ),
)


def read_episodes(paths: str | Path | Sequence[str | Path]) -> Table:
    """Episodes as `monitor` and `episodes link` write them, Parquet or CSV; a row that cannot be read is refused."""
    given = [paths] if isinstance(paths, (str, Path)) else list(paths)
    files, parts = read_all(given, LAYOUT, lambda rows: (rows, _episodes(rows)), may_be_empty=True)
    together = pa.concat_tables([table for _, table in parts], promote_options="permissive")
    rejects = reject_table([(rows.file.name, rows.refusals) for rows, _ in parts], 0, 0)
    return Table(tuple(files), rejects, together)


def _episodes(rows: Rows) -> pa.Table:
    """The rows of one file with the kinds of the schema."""
    if rows.file.kind.startswith("csv"):
        return _from_texts(rows)
    fields = {}
    for field in EPISODE_SCHEMA:
        column = rows.column(field.name)
        if column is None:
            column = pa.nulls(len(rows), field.type)
        elif not (field.name == "patient_id" and pa.types.is_integer(column.type)):
            column = _cast(column, field, rows)
        fields[field.name] = column
    return pa.table(fields)


def _cast(column: pa.ChunkedArray, field: pa.Field, rows: Rows) -> pa.ChunkedArray:
    try:
        return column.cast(field.type)
    except pa.ArrowException as error:
        raise FileFault(
            "column_wrong_kind", file=rows.file.name, column=field.name, kind=column.type, wanted=field.type
        ) from error


def _from_texts(rows: Rows) -> pa.Table:
    """Cells of a CSV file as dates, whole numbers and flags."""
    fields: dict[str, Any] = {}
    standing = np.ones(len(rows), bool)
    for field in EPISODE_SCHEMA:
        if field.name in IDS:
            fields[field.name] = columns.ids(rows, field.name)
            continue
        words = columns.words(rows, field.name)
        if words is None:
            fields[field.name] = pa.nulls(len(rows), field.type)
        elif field.type == TEXT:
            fields[field.name] = words.array().cast(TEXT)
        else:
            numbers = _numbers(words, field.type)
            bad = np.flatnonzero((numbers == BAD) & standing)
            rows.refusals.add(rows.number(bad), field.name, "value_unreadable")
            standing[bad] = False
            fields[field.name] = day_array(np.where(numbers == BAD, 0, numbers).astype(np.int32)).cast(field.type)
    table = pa.table(fields)
    return table if standing.all() else table.filter(pa.array(standing))


def _numbers(words: Words, kind: pa.DataType) -> npt.NDArray[np.int32]:
    """Every cell as a whole number: BAD where it cannot be read, the mark for a missing day where there is none."""
    if kind == DAY:
        different = days_of_texts(pa.array(words.texts, TEXT))
    else:
        read: Callable[[str], int] = _whole if kind == WHOLE else lambda text: FLAGS.get(text.casefold(), BAD)
        different = np.array([read(text) for text in words.texts], np.int32)
    found: npt.NDArray[np.int32] = np.append(different, np.int32(BAD_DAY - 1))[words.indices]
    return found


def _whole(text: str) -> int:
    try:
        number = int(text)
    except ValueError:
        return BAD
    return number if abs(number) < -BAD else BAD
