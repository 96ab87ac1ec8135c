"""The one way that a person's registration comes into the store: a further version, never a change."""

from __future__ import annotations

import secrets
from datetime import date, datetime
from typing import NamedTuple

from django.utils.timezone import localtime

from pakkeforlop.coding.models import Patient, Registration
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
    patient.save(update_fields=["revision"])
    return Registration.objects.create(
        patient=patient,
        registration_id=after.registration_id if after else f"{OWN}{secrets.token_hex(10)}",
        version=after.version + 1 if after else 1,
        **entry._asdict(),
        withdrawn=not entry.code,
        registered_at=at,
        registered_by=by,
        reason=reason,
        rank=rank,
        revision=patient.revision,
        digest=digest_of((patient.source_id, *entry, rank)),
    )


def locked(patient_id: int) -> Patient:
    """The patient, held until the transaction ends: one writer at a time (on SQLite the whole store is held)."""
    return Patient.objects.select_for_update().get(pk=patient_id)
