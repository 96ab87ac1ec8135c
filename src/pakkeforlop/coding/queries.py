"""Reads of patients and registrations. Whoever calls has already come to the patient through a unit or a reason."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from functools import lru_cache

from django.db import connection
from django.db.models import OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from pakkeforlop.access import statements
from pakkeforlop.catalogue.load import load_catalogue
from pakkeforlop.coding.models import ImportBatch, ImportRefusal, Patient, Registration
from pakkeforlop.coding.versions import Version, in_force
from pakkeforlop.vocabulary.calendar import day_number

AT_ONCE = 5_000
"""Patients asked for in one query: below the number of parameters that either database takes."""


_remembered: ContextVar[dict[tuple[int, ...], list[Version]] | None] = ContextVar("remembered", default=None)


@contextmanager
def remembering() -> Iterator[None]:
    """Within it, what was read of some patients is not read again: for a writer who has appended and now reads on."""
    token = _remembered.set({})
    try:
        yield
    finally:
        _remembered.reset(token)


def versions_of(patient_ids: Iterable[int]) -> list[Version]:
    """Every version of every registration that ever was one of these patients', wherever it has been moved since."""
    found: list[Version] = []
    known = _remembered.get()
    for chunk in chunks(patient_ids):
        key = tuple(chunk)
        if known is None:
            found += _read(chunk)
        else:
            if key not in known:
                known[key] = _read(chunk)
            found += known[key]
    return found


def _read(patient_ids: Sequence[int]) -> list[Version]:
    return list(map(Version._make, statements.ask(_statement(connection.vendor), (tuple(patient_ids),))))


@lru_cache(maxsize=2)
def _statement(_vendor: str) -> str:
    """The versions of some patients' registrations; written out, since making it anew costs more than asking it."""
    table = Registration._meta.db_table
    names = ", ".join("id" if name == "pk" else name for name in Version._fields)
    theirs = f"SELECT registration_id FROM {table} WHERE {statements.among('patient_id')}"
    return f"SELECT {names} FROM {table} WHERE registration_id IN ({theirs})"


def held_by(patient_ids: Iterable[int], *, as_of: date) -> dict[int, list[Version]]:
    """The registrations that hold on a day, by patient, in the order they came."""
    wanted = set(patient_ids)
    first = day_number(load_catalogue().settings.first_day)
    held: dict[int, list[Version]] = defaultdict(list)
    holding = in_force(versions_of(wanted), first=first, as_of=day_number(as_of), names_of=_names_of)
    for version in sorted(holding):
        if version.patient_id in wanted:
            held[version.patient_id].append(version)
    return held


def _names_of(patient_ids: set[int]) -> dict[int, str]:
    """The ids in files of some patients."""
    return {
        number: name
        for chunk in chunks(patient_ids)
        for number, name in Patient.objects.filter(pk__in=chunk).values_list("pk", "source_id")
    }


def current(patient: Patient, *, as_of: date) -> list[Registration]:
    """The patient's registrations that hold on a day, by date (undated last), then as they came."""
    keys = [version.pk for version in held_by([patient.pk], as_of=as_of)[patient.pk]]
    rows = Registration.objects.filter(pk__in=keys)
    return sorted(rows, key=lambda row: (row.event_date or date.max, row.pk))


def history(patient: Patient) -> dict[str, list[Registration]]:
    """Every version of the patient's registrations, by registration, in the order the store learnt of them."""
    found: dict[str, list[Registration]] = defaultdict(list)
    for row in Registration.objects.filter(patient=patient).order_by("registration_id", "version"):
        found[row.registration_id].append(row)
    return dict(found)


def newest(registration_id: str) -> Registration | None:
    """The version of a registration that was registered last; None when there is none of that name."""
    return Registration.objects.filter(registration_id=registration_id).order_by("-rank", "-version").first()


def settled_after(number: int, limit: int) -> list[Registration]:
    """Versions after a running number, oldest first: only those that none still being written can come before.

    On SQLite one writer follows the other. On PostgreSQL several write at once, and the one that took the lower number
    may end last; then those after it wait. `first_code` is the code of the registration's first version.
    """
    last = last_settled()
    if last is None:
        return []
    rows = Registration.objects.filter(pk__gt=number, pk__lte=last)
    first = Registration.objects.filter(registration_id=OuterRef("registration_id"), version=1).values("code")[:1]
    rows = rows.annotate(first_code=Coalesce(Subquery(first), Value("")))
    return list(rows.select_related("patient").order_by("pk")[:limit])


def versions_before(rows: Iterable[Registration]) -> dict[int, Registration]:
    """The version that each of some later versions came after, by the later one's number."""
    later = {(row.registration_id, row.version - 1): row.pk for row in rows if row.version > 1}
    found = Registration.objects.filter(registration_id__in={name for name, _ in later})
    return {later[key]: row for row in found if (key := (row.registration_id, row.version)) in later}


def last_settled() -> int | None:
    """The last number of a version below which nothing can come any more; None while that cannot be told.

    On SQLite that is the last there is. On PostgreSQL a writer holds a lock on the table from before it takes its
    numbers until it ends. So whoever may still bring a number below the last one that is there is among those who hold
    the lock now; when they have ended, nobody can.
    """
    with connection.cursor() as ask:
        ask.execute(f"SELECT max(id) FROM {Registration._meta.db_table}")
        last = ask.fetchone()[0]
        if connection.vendor != "postgresql":
            return int(last or 0)
        ask.execute(_AT_WORK)
        at_work = {name for (name,) in ask.fetchall()}
        for _ in range(WAITS):
            if not at_work:
                return int(last or 0)
            time.sleep(WAIT_SECONDS)
            ask.execute(_AT_WORK)
            at_work &= {name for (name,) in ask.fetchall()}
    return None


WAITS, WAIT_SECONDS = 50, 0.02
"""How often and how long a reader of changes waits for those who are writing: a code takes some milliseconds."""
_AT_WORK = f"""
SELECT virtualtransaction FROM pg_locks
WHERE relation = '{Registration._meta.db_table}'::regclass AND mode = 'RowExclusiveLock' AND granted
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND pid <> pg_backend_pid()
"""


def refusals(batch: ImportBatch, limit: int | None = None) -> QuerySet[ImportRefusal]:
    """What a load refused, by row."""
    return batch.refusals.order_by("row", "pk")[:limit]


def batches(limit: int = 50) -> QuerySet[ImportBatch]:
    """The latest loads."""
    return ImportBatch.objects.order_by("-started", "-pk")[:limit]


def chunks(ids: Iterable[int], *, at_once: int = AT_ONCE) -> Iterator[list[int]]:
    """Different ids in order, some thousands at a time."""
    wanted = sorted(set(ids))
    for low in range(0, len(wanted), at_once):
        yield wanted[low : low + at_once]
