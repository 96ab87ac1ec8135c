"""Many rows into a table at once: COPY on PostgreSQL, one prepared statement on SQLite."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from itertools import islice
from typing import Any

from django.db import connection, models

AT_ONCE = 20_000


def insert(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Add rows; `columns` are names of fields (`patient_id` for a foreign key)."""
    fields, table, names = _place(model, tuple(columns), connection.vendor)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            return
        plain = [_plain(field) for field in fields]
        marks = ", ".join(["%s"] * len(fields))
        statement = f"INSERT INTO {table} ({names}) VALUES ({marks})"
        for some in _pieces(rows):
            cursor.executemany(
                statement, [[make(value) for make, value in zip(plain, row, strict=True)] for row in some]
            )


@lru_cache(maxsize=32)
def _place(model: type[models.Model], columns: tuple[str, ...], _vendor: str) -> tuple[list[Any], str, str]:
    """The fields, and the table's and columns' names as the database writes them."""
    known = {field.attname: field for field in model._meta.concrete_fields}
    fields = [known[name] for name in columns]
    quote = connection.ops.quote_name
    return fields, quote(model._meta.db_table), ", ".join(quote(str(field.column)) for field in fields)


def _pieces(rows: Iterable[Sequence[Any]]) -> Iterator[list[Sequence[Any]]]:
    ordered = iter(rows)
    while some := list(islice(ordered, AT_ONCE)):
        yield some


def _plain(field: Any) -> Callable[[Any], Any]:
    """How SQLite keeps a value of a field."""
    if isinstance(field, models.DateTimeField):
        return _moment
    if isinstance(field, models.DateField):
        return _day
    return _as_is


def _moment(value: datetime | None) -> str | None:
    return None if value is None else str(value.astimezone(UTC).replace(tzinfo=None))


def _day(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


def _as_is(value: Any) -> Any:
    return value
