"""A store made again from files that hold all of its tables (`queries.everything`), in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

import pyarrow as pa
from django.core.management.color import no_style
from django.db import connection, models, transaction

from pakkeforlop.access.audit import record
from pakkeforlop.access.queries import EVERYTHING
from pakkeforlop.coding.bulk import insert
from pakkeforlop.coding.models import Patient
from pakkeforlop.coordination.queries.everything import SECRETS, schema_of, tables

Read = Callable[[type[models.Model]], Iterable[pa.Table]]


class NotEmpty(RuntimeError):
    """There is something in the store already: nothing is put on top of it."""


def restore(read: Read, progress: Callable[[str, int], None] = lambda _table, _rows: None) -> dict[str, int]:
    """Fill an empty store; rows by table. `read` gives a table's rows with the columns of `schema_of`.

    All of it stands, or nothing does: constraints are looked at when it is done.
    """
    done: dict[str, int] = {}
    with transaction.atomic():
        if any(model._default_manager.exists() for model in tables()):
            raise NotEmpty
        for model in tables():
            table = model._meta.db_table
            done[table] = 0
            hidden = SECRETS.get(table, {})
            columns = (*schema_of(model).names, *hidden)
            for part in read(model):
                insert(model, columns, _rows(part, tuple(hidden.values())))
                done[table] += len(part)
                progress(table, done[table])
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), tables()):
                cursor.execute(statement)
    return done


def tell_of_export(*, at: datetime) -> None:
    """The access log's line of an export: it is about every patient who is there now, and stands before the files."""
    last = Patient.objects.aggregate(last=models.Max("pk"))["last"] or 0
    record("exported", by=None, at=at, what=EVERYTHING, detail={"patients_to": last})


def _rows(part: pa.Table, hidden: tuple[str, ...]) -> Iterator[tuple[object, ...]]:
    for row in zip(*(column.to_pylist() for column in part.columns), strict=True):
        yield *row, *hidden
