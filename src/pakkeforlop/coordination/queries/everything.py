"""Everything that a store holds, table by table, as it stood in one moment: for files that outlive the program.

All tables of this product are told, with every version, who and when; so what `export` writes is the whole store, and
`actions.restoring` makes the same store of it again. Left out are what belongs to one running installation: sessions,
throttled logins, second factors; and of users their passwords.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import islice
from typing import Any

import pyarrow as pa
from django.apps import apps
from django.db import connection, models, transaction
from django.db.migrations.recorder import MigrationRecorder

from pakkeforlop.access import statements
from pakkeforlop.coding.versions import EPOCH, NAMELESS, NEVER

PACKAGE = "pakkeforlop."
AT_ONCE = 20_000
"""Rows read at a time."""
SECRETS = {"access_user": {"password": "!"}}
"""Columns that no file tells, and what stands in them in a store made from files: nobody logs in with it."""
KINDS: dict[type[models.Field[Any, Any]], pa.DataType] = {
    models.CharField: pa.string(), models.TextField: pa.string(), models.JSONField: pa.string(),
    models.IntegerField: pa.int64(), models.FloatField: pa.float64(), models.BooleanField: pa.bool_(),
    models.DateTimeField: pa.timestamp("us", "UTC"), models.DateField: pa.date32(),
}  # fmt: skip


def tables() -> list[type[models.Model]]:
    """The tables of this product, by name."""
    found = [model for model in apps.get_models() if model.__module__.startswith(PACKAGE)]
    return sorted(found, key=lambda model: model._meta.db_table)


@cache
def schema_of(model: type[models.Model]) -> pa.Schema:
    """The columns of a table that files tell, as they are called here."""
    hidden = SECRETS.get(model._meta.db_table, {})
    fields = [field for field in model._meta.concrete_fields if field.attname not in hidden]
    return pa.schema([(field.attname, _kind(field)) for field in fields])


def _kind(field: Any) -> pa.DataType:
    told = field.target_field if field.is_relation else field
    for kind, arrow in KINDS.items():
        if isinstance(told, kind):
            return arrow
    raise TypeError(f"{field}: no file tells this kind of column")


def migrations() -> dict[str, str]:
    """The last step of the tables' history, by part: files and store must stand at the same."""
    ours = {model._meta.app_label for model in tables()}
    applied = sorted(key for key in MigrationRecorder(connection).applied_migrations() if key[0] in ours)
    return dict(applied)


@contextmanager
def one_moment() -> Iterator[None]:
    """All that is read within stands as it was when it began, whoever writes meanwhile; nobody waits for it."""
    if connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield
        return
    connection.ensure_connection()
    raw: Any = connection.connection
    raw.execute("BEGIN DEFERRED")
    try:
        yield
    finally:
        raw.execute("ROLLBACK")


def rows_of(model: type[models.Model]) -> Iterator[pa.Table]:
    """A table's rows by id, some thousand at a time; within `one_moment`."""
    schema = schema_of(model)
    names = ", ".join(statements.column(model, name) for name in schema.names)
    key = connection.ops.quote_name(str(model._meta.pk.column))
    return _read(f"SELECT {names} FROM {statements.table(model)} ORDER BY {key}", schema)


def registrations() -> Iterator[pa.Table]:
    """Every version of every registration, with the columns that `monitor` and `import` read, and who, when and why.

    `registered_at` is what orders the versions. Where a file gave a registration no id, it has none here either, and
    only the version that holds last is told: the tables have them all.
    """
    last = (
        "NOT EXISTS (SELECT 1 FROM coding_registration AS later WHERE later.registration_id = r.registration_id "
        "AND later.version > r.version)"
    )
    text = (
        "SELECT p.source_id, r.code, r.event_date, r.event_time, r.institution, r.registration_id, r.rank, r.unit, "
        "r.care_level, r.seniority_date, r.received_date, r.delay_reason, r.source, r.version, r.registered_at, "
        "u.username, r.reason FROM coding_registration AS r JOIN coding_patient AS p ON p.id = r.patient_id "
        "LEFT JOIN access_user AS u ON u.id = r.registered_by "
        f"WHERE r.registration_id NOT LIKE '{NAMELESS}%' OR (r.code <> '' AND {last}) ORDER BY r.id"
    )
    for rows in _in_pieces(text):
        yield _texts([_registration(row) for row in rows], REGISTRATION)


REGISTRATION = (
    "patient_id", "code", "event_date", "institution", "registration_id", "registered_at", "unit", "care_level",
    "seniority_date", "received_date", "delay_reason", "source", "version", "stored_at", "stored_by", "reason",
)  # fmt: skip
PATIENT = (
    "patient_id", "birth_date", "sex", "municipality", "district", "death_date", "national_number", "name", "gp",
)  # fmt: skip
NEW_CANCER = ("patient_id", "icd10", "first_contact_date", "institution", "reason", "reason_text")
LOGGED = ("at", "by", "kind", "what", "patient_id", "org_nr", "pathway", "reason", "detail", "listed")
HEADS = {"registrations": REGISTRATION, "patients": PATIENT, "new_cancers": NEW_CANCER, "access_log": LOGGED}
"""Columns of the files that are written for people and other programs."""


def patients() -> Iterator[pa.Table]:
    """The patients that the store has been told of, as a patients file."""
    text = (
        "SELECT source_id, birth_date, sex, municipality, district, death_date, national_number, name, gp "
        "FROM coding_patient WHERE told ORDER BY id"
    )
    for rows in _in_pieces(text):
        yield _texts(rows, PATIENT)


def new_cancers() -> Iterator[pa.Table]:
    """First contacts with new cancers, as a new-cancers file, with the reasons that were given."""
    text = (
        "SELECT p.source_id, c.icd10, c.first_contact_date, c.institution, c.reason, c.reason_text "
        "FROM coordination_newcancer AS c JOIN coding_patient AS p ON p.id = c.patient_id ORDER BY c.id"
    )
    for rows in _in_pieces(text):
        yield _texts(rows, NEW_CANCER)


def access_log() -> Iterator[pa.Table]:
    """Every line of the access log. `listed`: ids of a list's patients in the table of patients."""
    text = (
        "SELECT e.at, u.username, e.kind, e.what, p.source_id, e.org_nr, e.pathway, e.reason, e.detail, e.listed "
        "FROM access_event AS e LEFT JOIN access_user AS u ON u.id = e.by_id "
        "LEFT JOIN coding_patient AS p ON p.id = e.patient_id ORDER BY e.id"
    )
    for rows in _in_pieces(text):
        yield _texts(rows, LOGGED)


def _registration(row: Sequence[Any]) -> tuple[Any, ...]:
    source, code, day, minute, place, name, rank, *more, version, stored, by, reason = row
    registered = None if rank == NEVER else EPOCH + timedelta(microseconds=rank)
    written = f"{day}T{minute}" if day and minute else day
    shown = "" if name.startswith(NAMELESS) else name
    return source, code, written, place, shown, registered, *more, version, stored, by, reason


def _texts(rows: Sequence[Sequence[Any]], columns: Sequence[str]) -> pa.Table:
    """Rows as texts: days and moments in ISO form, nothing where there is nothing."""
    across = [[None if value in (None, "") else _text(value) for value in column] for column in zip(*rows, strict=True)]
    return pa.table([pa.array(column, pa.string()) for column in across], list(columns))


def _text(value: Any) -> str:
    return value.isoformat(sep=" ") if isinstance(value, datetime) else str(value)


def _read(text: str, schema: pa.Schema) -> Iterator[pa.Table]:
    moments = [n for n, field in enumerate(schema) if pa.types.is_timestamp(field.type)]
    flags = [n for n, field in enumerate(schema) if pa.types.is_boolean(field.type)]
    none = True
    for rows in _in_pieces(text):
        none = False
        columns = [list(column) for column in zip(*rows, strict=True)]
        for n in moments:
            columns[n] = [None if value is None else _aware(value) for value in columns[n]]
        for n in flags:
            columns[n] = [None if value is None else bool(value) for value in columns[n]]
        yield pa.table([pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)], schema)
    if none:
        yield schema.empty_table()


def _aware(value: datetime) -> datetime:
    return value if value.tzinfo is not None else value.replace(tzinfo=UTC)


def _in_pieces(text: str) -> Iterator[list[tuple[Any, ...]]]:
    """What a statement gives, without holding all of it."""
    if connection.vendor == "postgresql":
        with connection.connection.cursor(name="everything") as cursor:
            cursor.itersize = AT_ONCE
            cursor.execute(text)
            rows = iter(cursor)
            while some := list(islice(rows, AT_ONCE)):
                yield some
        return
    cursor = connection.connection.execute(text)
    while some := cursor.fetchmany(AT_ONCE):
        yield some
