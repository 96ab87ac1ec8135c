"""Plain statements to the database: the words are made once, the database prepares them once, rows come as tuples.

Where a save asks twenty small questions, building each anew costs several times what asking it costs. Values go as the
database's own texts, so that one statement has one plan whatever its values are; days come back as `date`, moments as
the connection gives them. Faults come as Django's.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from django.db import connection, models

Values = Sequence[Any]
Row = tuple[Any, ...]


def ask(text: str, values: Values = ()) -> list[Row]:
    """The rows that a statement gives; `%s` stands for a value."""
    raw = _raw()
    with connection.wrap_database_errors:
        if connection.vendor == "postgresql":
            cursor = _prepared(raw)
            cursor.execute(text, [_TOLD[type(value)](value) for value in values])
            return list(cursor.fetchall()) if cursor.description else []
        return list(raw.execute(_marked(text), [_KEPT[type(value)](value) for value in values]).fetchall())


def write(text: str, rows: Iterable[Values]) -> None:
    """A writing statement for each of some rows."""
    raw = _raw()
    with connection.wrap_database_errors:
        if connection.vendor == "postgresql":
            told = [[_TOLD[type(value)](value) for value in row] for row in rows]
            cursor = _prepared(raw)
            if len(told) == 1:
                cursor.execute(text, told[0])
            else:
                cursor.executemany(text, told)
        else:
            raw.executemany(_marked(text), [[_KEPT[type(value)](value) for value in row] for row in rows])


def add(model: type[models.Model], columns: tuple[str, ...], values: Values) -> int:
    """Add one row; `columns` are names of attributes (`patient_id` for a foreign key). Its id."""
    number: int = ask(_adding(model, columns, connection.vendor, returning=True), values)[0][0]
    return number


def add_rows(model: type[models.Model], columns: tuple[str, ...], rows: Iterable[Values]) -> None:
    """Add some rows, one statement each: for a handful; for many there is `coding.bulk`."""
    write(_adding(model, columns, connection.vendor), rows)


def replace_rows(
    model: type[models.Model], columns: tuple[str, ...], key: tuple[str, ...], rows: Iterable[Values]
) -> None:
    """Add rows, or change the ones that have the same key to what these say."""
    write(_adding(model, columns, connection.vendor, key), rows)


def column(model: type[models.Model], name: str) -> str:
    """A column as the database writes it, by the attribute's name."""
    return connection.ops.quote_name(_column(model, name))


def table(model: type[models.Model]) -> str:
    """A table as the database writes it."""
    return connection.ops.quote_name(model._meta.db_table)


def among(name: str, kind: str = "bigint") -> str:
    """The condition that a column is one of many values, which are given as one tuple."""
    if connection.vendor == "postgresql":
        return f"{name} = ANY(%s::{kind}[])"
    return f"{name} IN (SELECT value FROM json_each(%s))"


def marks(count: int) -> str:
    """So many places for values, with commas between."""
    return ", ".join(["%s"] * count)


def _raw() -> Any:
    """The open connection itself, in the state that Django holds it in."""
    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    return connection.connection


def _prepared(raw: Any) -> Any:
    """A cursor that binds on the server, so that statements asked often are prepared (see config/settings.py)."""
    return _cursor_class()(raw)


@lru_cache(maxsize=1)
def _cursor_class() -> Callable[[Any], Any]:
    from psycopg import Cursor

    return Cursor


@lru_cache(maxsize=512)
def _marked(text: str) -> str:
    """With SQLite's mark for a value."""
    return text.replace("%s", "?")


@lru_cache(maxsize=256)
def _column(model: type[models.Model], name: str) -> str:
    return str(next(one for one in model._meta.concrete_fields if one.attname == name).column)


@lru_cache(maxsize=128)
def _adding(
    model: type[models.Model], columns: tuple[str, ...], _vendor: str, key: tuple[str, ...] = (), *,
    returning: bool = False,
) -> str:  # fmt: skip
    names = [column(model, name) for name in columns]
    text = f"INSERT INTO {table(model)} ({', '.join(names)}) VALUES ({marks(len(names))})"
    if key:
        same = [column(model, name) for name in key]
        told = ", ".join(f"{name} = excluded.{name}" for name in names if name not in same)
        text += f" ON CONFLICT ({', '.join(same)}) DO UPDATE SET {told}"
    return text + (f" RETURNING {connection.ops.quote_name(str(model._meta.pk.column))}" if returning else "")


# --- values as the databases take them --------------------------------------------------------------------------------


def _same(value: Any) -> Any:
    return value


def _kept_moment(value: datetime) -> str:
    return str(value.astimezone(UTC).replace(tzinfo=None))


def _told_bool(value: bool) -> str:
    return "true" if value else "false"


class _Ways(dict[type, Callable[[Any], Any]]):
    """How values of a type are given; of a type that is none of them, as the nearest one above it."""

    def __missing__(self, kind: type) -> Callable[[Any], Any]:
        way = next((self[above] for above in kind.__mro__[1:] if above in self), _same)
        self[kind] = way
        return way


_KEPT = _Ways(
    {
        type(None): _same, str: str, int: int, bool: int, datetime: _kept_moment, date: date.isoformat,
        dict: json.dumps, list: json.dumps, tuple: json.dumps,
    }
)  # fmt: skip
_TOLD = _Ways(
    {
        type(None): _same, str: str, int: str, bool: _told_bool, datetime: datetime.isoformat, date: date.isoformat,
        dict: json.dumps, list: json.dumps, tuple: list,
    }
)  # fmt: skip
