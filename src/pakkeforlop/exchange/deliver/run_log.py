"""The log beside the files, for a colleague to read: what was read, what was made, what was filled or left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from pakkeforlop.exchange.deliver.files import NOTES, Made
from pakkeforlop.exchange.deliver.layout import Month
from pakkeforlop.exchange.deliver.told import told

ROWS = ("used", "refused", "superseded", "withdrawn")


@dataclass
class MonthMade:
    """One month of data: what was read for it and which files came of it."""

    month: Month
    reading: dict[str, Any]
    """As in run.json: `files` and `rows`."""
    left_out: dict[str, int]
    files: list[dict[str, Any]] = field(default_factory=list)


def about(file: Made, month: Month, *, xlsx: bool) -> dict[str, Any]:
    """What the log and the record tell of a file: counts only."""
    return {
        "name": file.name,
        "level": file.recipient.level,
        "rows": file.rows,
        "patients": file.patients,
        "started_by_month": {
            key[5:]: count for key, count in sorted(file.started.items()) if key.startswith(str(month.year))
        },
        "filled": sum(map(len, file.notes)),
        "without_municipality": file.without_municipality,
        "xlsx": xlsx,
    }


def log_lines(
    delivery: Month, months: list[MonthMade], language: str, *, own_secret: bool, patients: bool, wants_xlsx: bool
) -> Iterator[str]:
    """The log, line by line; the same for the same files."""
    yield told("title", language, delivery=delivery)
    if len(months) > 1:
        yield told("two_months", language)
    yield told("meaning", language)
    yield told("key_own" if own_secret else "key_content", language)
    if not patients:
        yield told("no_patients", language)
    for made in months:
        yield ""
        yield told("month", language, month=made.month, until=made.month.last)
        for file in made.reading["files"]:
            yield told("input", language, name=file["name"], rows=file["rows"], sha256=file["sha256"])
        yield told("rows", language, **{name: made.reading["rows"][name] for name in ROWS})
        for family, count in made.left_out.items():
            key = "left_out_unknown_unit" if family == "unknown_unit" else "left_out_family"
            yield told(key, language, count=count, family=family)
        for file in made.files:
            yield from _file_lines(file, made.month.year, language, patients=patients, wants_xlsx=wants_xlsx)


def _file_lines(file: dict[str, Any], year: int, language: str, *, patients: bool, wants_xlsx: bool) -> Iterator[str]:
    by_month = file["started_by_month"]
    yield told(
        "file", language, name=file["name"], rows=file["rows"], patients=file["patients"],
        year_rows=sum(by_month.values()), year=year,
    )  # fmt: skip
    if by_month and file["level"] == "region":
        yield told("months", language, year=year, counts=", ".join(f"{m} {count}" for m, count in by_month.items()))
    if file["filled"]:
        yield told("filled", language, count=file["filled"], notes="notes.csv")
    if patients and file["without_municipality"]:
        yield told("still_missing", language, count=file["without_municipality"])
    if wants_xlsx and not file["xlsx"]:
        yield told("no_xlsx", language, rows=file["rows"])


def notes_table(files: list[Made]) -> pa.Table:
    """The notes of all files, with the file's name first."""
    tables = [
        notes.add_column(0, "file", pa.array([file.name] * len(notes), pa.string()))
        for file in files for notes in file.notes
    ]  # fmt: skip
    empty = NOTES.insert(0, pa.field("file", pa.string())).empty_table()
    return pa.concat_tables([empty, *tables])
