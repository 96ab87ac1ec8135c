"""Patients into the store: those that files name, and what is told of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db import IntegrityError, connection, transaction

from pakkeforlop.access import statements
from pakkeforlop.coding.bulk import insert
from pakkeforlop.coding.models import Patient, new_handle
from pakkeforlop.coding.queries import AT_ONCE

TOLD = (
    "birth_date", "sex", "national_number", "name", "municipality", "district", "death_date", "gp",
)  # fmt: skip
"""What a file can tell of a patient."""
COLUMNS = ("handle", "source_id", "told", *TOLD, "revision")
UNTOLD = {field.name: field.get_default() for field in Patient._meta.concrete_fields if field.name in TOLD}


@dataclass
class People:
    """What became of the patients of a file. `affected`: ids of those known before whose facts are others now."""

    new: int = 0
    changed: int = 0
    same: int = 0
    affected: list[int] = field(default_factory=list)


class Held(NamedTuple):
    """A patient who is held until the transaction ends."""

    pk: int
    source_id: str
    revision: int


def known_as(source_ids: Sequence[str]) -> dict[str, Held]:
    """The patients of these ids of files, each held until the transaction ends; those not there yet are made."""
    found = _held(source_ids)
    if missing := [source for source in source_ids if source not in found]:
        try:
            with transaction.atomic():
                rows = ((new_handle(), source, False, *(UNTOLD[name] for name in TOLD), 0) for source in missing)
                insert(Patient, COLUMNS, rows)
        except IntegrityError:
            if not _held(missing):
                raise
            return known_as(source_ids)  # another writer has made some of them meanwhile
        found |= _held(missing)
    return found


def _held(source_ids: Sequence[str]) -> dict[str, Held]:
    """In the order of their keys, so that two loads never wait for each other crosswise."""
    text = f"SELECT id, source_id, revision FROM {Patient._meta.db_table} WHERE "
    text += f"{statements.among('source_id', 'text')} ORDER BY id"
    text += " FOR UPDATE" if connection.vendor == "postgresql" else ""
    return {held.source_id: held for held in map(Held._make, statements.ask(text, (tuple(source_ids),)))}


def tell(rows: Iterable[Mapping[str, Any]]) -> People:
    """Take in what a patients file tells (`source_id` and the columns of TOLD that it has), inside a transaction.

    What a file does not have stays; what it has, holds.
    """
    done = People()
    told = {row["source_id"]: row for row in rows}
    known = _known_or_made(told)
    done.new = len(told) - len(known)
    changed = []
    for source, patient in known.items():
        fields = {"told": True, **{name: told[source][name] for name in TOLD if name in told[source]}}
        if all(getattr(patient, name) == value for name, value in fields.items()):
            done.same += 1
            continue
        for name, value in fields.items():
            setattr(patient, name, value)
        patient.revision += 1
        changed.append(patient)
    Patient.objects.bulk_update(changed, ["told", "revision", *TOLD], batch_size=500)
    done.changed, done.affected = len(changed), [patient.pk for patient in changed]
    return done


def _known_or_made(told: Mapping[str, Mapping[str, Any]]) -> dict[str, Patient]:
    """The patients that are known, each held; the others are made. Those that another writer makes meanwhile are known
    then.
    """
    known = _of(sorted(told))
    while True:
        try:
            with transaction.atomic():
                insert(Patient, COLUMNS, (_new(told[source]) for source in sorted(told) if source not in known))
            return known
        except IntegrityError:
            before, known = len(known), _of(sorted(told))
            if len(known) == before:
                raise


def _new(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return new_handle(), row["source_id"], True, *(row.get(name, UNTOLD[name]) for name in TOLD), 0


def _of(source_ids: Sequence[str]) -> dict[str, Patient]:
    """In the order of their keys, so that two loads never wait for each other crosswise."""
    found: dict[str, Patient] = {}
    for low in range(0, len(source_ids), AT_ONCE):
        rows = Patient.objects.select_for_update().filter(source_id__in=source_ids[low : low + AT_ONCE]).order_by("pk")
        found |= {patient.source_id: patient for patient in rows}
    return found
