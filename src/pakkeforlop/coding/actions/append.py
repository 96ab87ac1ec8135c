"""The one way that a person's registration comes into the store: a further version, never a change."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple

from django.db import connection
from django.utils.timezone import localtime

from pakkeforlop.access import statements
from pakkeforlop.coding.models import Patient, Registration
from pakkeforlop.coding.queries import chunks
from pakkeforlop.coding.versions import digest_of, rank_of

OWN = "r-"
"""Begins the names that the store gives to registrations made here."""


class Entry(NamedTuple):
    """What a version says. An empty code withdraws the registration."""

    code: str
    event_date: date | None
    institution: str
    event_time: str = ""
    unit: str = ""
    care_level: str = ""
    received_date: date | None = None
    seniority_date: date | None = None
    delay_reason: str = ""
    source: str = ""


def entry_of(row: Registration) -> Entry:
    """What a stored version says."""
    return Entry(*(getattr(row, name) for name in Entry._fields))


def append(
    *, patient: Patient, entry: Entry, at: datetime, by: int | None, reason: str = "", after: Registration | None = None
) -> Registration:
    """Add a version: the first of a new registration, or the one after `after`, which it supersedes.

    Counts the patient's revision up and saves it. The caller holds the patient's lock and the transaction.
    """
    rank = rank_of(localtime(at))
    if after is not None:
        rank = max(rank, after.rank + 1)
    patient.revision += 1
    statements.write(_COUNT_UP, [(patient.revision, patient.pk)])
    values = {
        "patient_id": patient.pk,
        "registration_id": after.registration_id if after else f"{OWN}{secrets.token_hex(10)}",
        "version": after.version + 1 if after else 1,
        **entry._asdict(),
        "withdrawn": not entry.code,
        "registered_at": at,
        "registered_by": by,
        "reason": reason,
        "rank": rank,
        "digest": digest_of((patient.source_id, *entry, rank)),
        "revision": patient.revision,
    }
    made = Registration(id=statements.add(Registration, tuple(values), tuple(values.values())), **values)
    made.patient = patient
    made._state.adding = False
    return made


_COUNT_UP = f"UPDATE {Patient._meta.db_table} SET revision = %s WHERE id = %s"


def locked(patient_id: int) -> Patient:
    """The patient, held until the transaction ends: one writer at a time (on SQLite the whole store is held)."""
    found = statements.ask(_locking(connection.vendor), (patient_id,))
    if not found:
        raise Patient.DoesNotExist
    return Patient.from_db(connection.alias, _NAMES, found[0])


def hold(patient_ids: Iterable[int]) -> None:
    """Hold some patients until the transaction ends, as `locked` holds one, always in the same order: two writers never
    wait for each other crosswise. Whoever changes what a patient's row of the list is made of holds the patient first.
    """
    if connection.vendor != "postgresql":
        return
    text = f"SELECT id FROM {statements.table(Patient)} WHERE {statements.among('id')} ORDER BY id FOR UPDATE"
    for chunk in chunks(patient_ids):
        statements.ask(text, (tuple(chunk),))


_NAMES = [field.attname for field in Patient._meta.concrete_fields]


@lru_cache(maxsize=2)
def _locking(vendor: str) -> str:
    names = ", ".join(statements.column(Patient, name) for name in _NAMES)
    text = f"SELECT {names} FROM {statements.table(Patient)} WHERE id = %s"
    return f"{text} FOR UPDATE" if vendor == "postgresql" else text
