"""Groups of cases from a file with one or more lines for each case, such as their diagnoses."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from pakkeforlop.exchange.logs.files import opened
from pakkeforlop.vocabulary.errors import FileFault

NOTHING: Mapping[str, str] = MappingProxyType({})


def read_groups(path: Path, case_column: str, by: str, where: Mapping[str, str] = NOTHING) -> dict[str, set[str]]:
    """The cases of each value of a column; empty values are none.

    A case with several lines can be in several groups. `where`: only lines that have these values in these columns.
    FileFault when the file lacks a column.
    """
    groups: dict[str, set[str]] = {}
    with opened(path) as stream:
        text = io.TextIOWrapper(stream, encoding="utf-8-sig", errors="replace", newline="")
        rows = csv.DictReader(text)
        present = rows.fieldnames or []
        if missing := [name for name in (case_column, by, *where) if name not in present]:
            raise FileFault("log_column_missing", file=path.name, missing=missing, present=present)
        for row in rows:
            if row[by] and all(row[name] == value for name, value in where.items()):
                groups.setdefault(row[by], set()).add(row[case_column])
    return groups
