"""Many rows into a table at once: COPY on PostgreSQL, one prepared statement on SQLite."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from django.db import connection, models

from pakkeforlop.access import statements

AT_ONCE = 20_000
FEW = 20
"""Rows up to which one prepared statement a row is quicker than a COPY."""


def insert(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Add rows; `columns` are names of fields (`patient_id` for a foreign key)."""
    names = tuple(columns)
    postgresql = connection.vendor == "postgresql"
    for some in _pieces(rows):
        if postgresql and len(some) > FEW:
            _copy(model, names, some)
        else:
            statements.add_rows(model, names, some)


def _copy(model: type[models.Model], columns: tuple[str, ...], rows: Iterable[Sequence[Any]]) -> None:
    names = ", ".join(statements.column(model, name) for name in columns)
    with connection.cursor() as cursor, cursor.copy(f"COPY {statements.table(model)} ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _pieces(rows: Iterable[Sequence[Any]]) -> Iterator[list[Sequence[Any]]]:
    ordered = iter(rows)
    while some := list(islice(ordered, AT_ONCE)):
        yield some
