"""Plain reads of a table's columns for some patients: one short statement, made once and kept.

Rebuilding one patient's row asks ten small tables; building each question anew costs more than asking it. Days come as
`date`, moments as aware `datetime`, on both databases.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from django.db import models

from pakkeforlop.access import statements


def of_patients(
    model: type[models.Model], columns: tuple[str, ...], patients: Sequence[int], *, where: str = "", order: str = ""
) -> list[tuple[Any, ...]]:
    """The columns (attribute names) of a table's rows of some patients.

    where, order: plain SQL of this package, never of a user; `where` has no values of its own.
    """
    found = statements.ask(_statement(model, columns, len(patients), where, order), patients)
    moments, texts = _converted(model, columns)
    if not moments and not texts:
        return found
    return [_row(row, moments, texts) for row in found]


def every(
    model: type[models.Model], columns: tuple[str, ...], *, where: str, values: Sequence[Any] = ()
) -> list[tuple[Any, ...]]:
    """The columns of a small table's rows, in the order they were made."""
    names = ", ".join(statements.column(model, name) for name in columns)
    return statements.ask(f"SELECT {names} FROM {statements.table(model)} WHERE {where} ORDER BY id", values)


def _row(row: tuple[Any, ...], moments: frozenset[int], texts: frozenset[int]) -> tuple[Any, ...]:
    return tuple(
        value.replace(tzinfo=UTC) if n in moments and isinstance(value, datetime) and value.tzinfo is None
        else json.loads(value) if n in texts and isinstance(value, str)
        else value
        for n, value in enumerate(row)
    )  # fmt: skip


@lru_cache(maxsize=256)
def _statement(model: type[models.Model], columns: tuple[str, ...], count: int, where: str, order: str) -> str:
    names = ", ".join(statements.column(model, name) for name in columns)
    key = statements.column(model, "id" if model._meta.model_name == "patient" else "patient_id")
    text = f"SELECT {names} FROM {statements.table(model)} WHERE {key} IN ({statements.marks(count)})"
    return text + (f" AND {where}" if where else "") + (f" ORDER BY {order}" if order else "")


@lru_cache(maxsize=64)
def _converted(model: type[models.Model], columns: tuple[str, ...]) -> tuple[frozenset[int], frozenset[int]]:
    """Places of the moments and of the JSON texts among the columns."""
    kinds = [_field(model, name) for name in columns]
    return (
        frozenset(n for n, kind in enumerate(kinds) if isinstance(kind, models.DateTimeField)),
        frozenset(n for n, kind in enumerate(kinds) if isinstance(kind, models.JSONField)),
    )


@lru_cache(maxsize=256)
def _field(model: type[models.Model], name: str) -> Any:
    return next(one for one in model._meta.concrete_fields if one.attname == name)
