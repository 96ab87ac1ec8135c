"""Rows of files into the tables of the working day: appointments, referrals, answers, events, new cancers.

Each function takes rows as dicts of texts, as the files have them, in any order and as often as one likes: a row that
says nothing new changes nothing, a row with a known id that says something else changes it, a row that cannot be used
is handed back with the reason (a key of the reject texts). Written in blocks, each in one transaction with the rows of
the list that it touches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import models, transaction

from pakkeforlop.coding.actions.append import hold
from pakkeforlop.coding.models import Patient
from pakkeforlop.coordination import rows as listed
from pakkeforlop.coordination.actions.answers import bring_answers
from pakkeforlop.coordination.actions.reading import READERS, Refused, Unusable
from pakkeforlop.coordination.models import Appointment, ClinicalEvent, ExpectedAnswer, NewCancer, Referral

BLOCK = 1000
Row = Mapping[str, str]


@dataclass
class Loaded:
    """What a load did: rows that were new, changed or the same, and those that were refused."""

    new: int = 0
    changed: int = 0
    same: int = 0
    refused: list[Refused] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """All rows that were read."""
        return self.new + self.changed + self.same + len(self.refused)


@dataclass(frozen=True)
class Kind:
    """A kind of file: its table, the columns that tell one row from another, and whether it may name new patients.

    `stamp`: the column that says when the store learnt of a row. `names`: only rows that say one of these columns make
    a patient who is not known. `then`: what follows for the rows that are new or changed, in the same transaction.
    """

    model: type[models.Model]
    reader: Callable[[Row], dict[str, Any]]
    key: tuple[str, ...]
    new_patients: bool = False
    names: tuple[str, ...] = ()
    stamp: str = ""
    then: Callable[[Sequence[Any]], None] | None = None


KINDS = {
    "appointments": Kind(Appointment, READERS["appointments"], ("external_id",)),
    "referrals": Kind(Referral, READERS["referrals"], ("external_id",), new_patients=True),
    "answers": Kind(ExpectedAnswer, READERS["answers"], ("external_id",)),
    "events": Kind(
        ClinicalEvent, READERS["events"], ("external_id",), new_patients=True, names=("pathway", "towards"),
        stamp="told_at", then=bring_answers,
    ),
    "new-cancers": Kind(
        NewCancer, READERS["new-cancers"], ("patient_id", "icd10", "first_contact_date", "institution"),
        new_patients=True,
    ),
}  # fmt: skip


def load(
    kind: str, rows: Iterable[Row], *, on: date, at: datetime, first_row: int = 1, by: int | None = None
) -> Loaded:
    """Load rows of a kind (`KINDS`). on: the day the list is of; at: the moment of the load; rows count from 1.

    by: the user of the system that sent them; nobody for a file.
    """
    chosen, loaded = KINDS[kind], Loaded()
    for start, block in _blocks(rows, first_row):
        with transaction.atomic():
            touched = _load_block(chosen, block, start, loaded, at)
            listed.refresh(touched, on=on, at=at, by=by, what="file")
    return loaded


def _blocks(rows: Iterable[Row], first_row: int) -> Iterator[tuple[int, Sequence[Row]]]:
    start = first_row
    block: list[Row] = []
    for row in rows:
        block.append(row)
        if len(block) == BLOCK:
            yield start, block
            start, block = start + BLOCK, []
    if block:
        yield start, block


def _load_block(kind: Kind, block: Sequence[Row], start: int, loaded: Loaded, at: datetime) -> set[int]:
    patients = _patients(kind, block)
    hold(patients.values())
    wanted: dict[tuple[Any, ...], dict[str, Any]] = {}
    for number, row in enumerate(block, start):
        try:
            told = kind.reader(row)
            name = str(row.get("patient_id") or "").strip()
            if name not in patients:
                raise Unusable("patient_id", "patient_missing", "")
        except Unusable as fault:
            loaded.refused.append(Refused(number, fault.column, fault.value, fault.reason))
            continue
        told["patient_id"] = patients[name]
        key = tuple(told[part] for part in kind.key)
        loaded.same += key in wanted and wanted[key] == told
        loaded.changed += key in wanted and wanted[key] != told
        wanted[key] = told
    return _write(kind, wanted, loaded, at)


def _patients(kind: Kind, block: Sequence[Row]) -> dict[str, int]:
    """Store ids of the block's patients; those of a referral or a new cancer are made where they are not known."""
    names = {str(row.get("patient_id") or "").strip() for row in block} - {""}
    known = dict(Patient.objects.filter(source_id__in=names).values_list("source_id", "pk"))
    if kind.new_patients and len(known) < len(names):
        missing = names - known.keys()
        if kind.names:
            speaking = (row for row in block if any(str(row.get(column) or "").strip() for column in kind.names))
            missing &= {str(row.get("patient_id") or "").strip() for row in speaking}
        Patient.objects.bulk_create([Patient(source_id=name) for name in sorted(missing)], ignore_conflicts=True)
        known = dict(Patient.objects.filter(source_id__in=names).values_list("source_id", "pk"))
    return known


def _write(kind: Kind, wanted: Mapping[tuple[Any, ...], dict[str, Any]], loaded: Loaded, at: datetime) -> set[int]:
    rows = kind.model._default_manager
    first = kind.key[0]
    stored = {
        tuple(getattr(row, part) for part in kind.key): row
        for row in rows.filter(**{f"{first}__in": {key[0] for key in wanted}})
    }
    fresh, differing, touched = [], [], set()
    names: list[str] = []
    for key, told in wanted.items():
        row = stored.get(key)
        if row is None:
            fresh.append(kind.model(**told, **({kind.stamp: at} if kind.stamp else {})))
        elif any(getattr(row, name) != value for name, value in told.items()):
            touched.add(row.patient_id)  # type: ignore[attr-defined]
            for name, value in told.items():
                setattr(row, name, value)
            differing.append(row)
            names = list(told)
        else:
            loaded.same += 1
            continue
        touched.add(told["patient_id"])
    rows.bulk_create(fresh)
    if differing:
        fields = [name.removesuffix("_id") if name == "patient_id" else name for name in names]
        rows.bulk_update(differing, fields, batch_size=100)
    if kind.then is not None:
        kind.then([*fresh, *differing])
    loaded.new += len(fresh)
    loaded.changed += len(differing)
    return touched
