"""The store's registrations as tables, as they hold on a day: what messages and figures are made of."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa
from django.db.models import Max

from pakkeforlop.coding.models import Patient, Registration
from pakkeforlop.coding.queries import chunks, held_by
from pakkeforlop.coordination.models import NewCancer
from pakkeforlop.vocabulary.calendar import day_number

ROWS = pa.schema(
    [
        ("patient_id", pa.string()), ("code", pa.string()), ("day", pa.int32()), ("institution", pa.string()),
        ("registration_id", pa.string()), ("unit", pa.string()), ("care_level", pa.string()),
        ("seniority_day", pa.int32()), ("received_day", pa.int32()),
    ]
)  # fmt: skip
PEOPLE = pa.schema(
    [
        ("patient_id", pa.string()), ("sex", pa.int8()), ("birth_day", pa.int32()), ("municipality", pa.string()),
    ]
)  # fmt: skip


@dataclass(frozen=True)
class Registered:
    """Registrations and the patients they are of. `up_to`: the last row of the registrations that the store had."""

    rows: pa.Table
    people: pa.Table
    up_to: int

    def content(self) -> str:
        """A hash of the registrations: the same when nothing has changed."""
        digest = hashlib.sha256()
        ordered = self.rows.sort_by([(name, "ascending") for name in self.rows.column_names])
        for batch in ordered.to_batches(max_chunksize=16_384):
            for values in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                digest.update(repr(values).encode())
        return digest.hexdigest()


def newest_row() -> int:
    """The last row of the registrations."""
    return int(Registration.objects.aggregate(last=Max("pk"))["last"] or 0)


def registered(*, as_of: date, period: tuple[date, date] | None = None) -> Registered:
    """The registrations that hold on a day; those of patients with an event in the period where one is given.

    Patients are named by their national number where they have one (what the register asks for), else by the store's
    own id of them.
    """
    up_to = newest_row()
    found = Registration.objects.filter(patient__isnull=False)
    if period is not None:
        found = found.filter(event_date__range=period) | found.filter(event_date__isnull=True)
    ids = found.order_by().values_list("patient_id", flat=True).distinct()
    rows, people = [ROWS.empty_table()], [PEOPLE.empty_table()]
    for chunk in chunks(ids.iterator(chunk_size=5000)):
        names = _names(chunk)
        rows.append(_rows(chunk, names, as_of=as_of, period=period))
        people.append(_people(chunk, names))
    return Registered(pa.concat_tables(rows), pa.concat_tables(people), up_to)


def _names(patients: list[int]) -> dict[int, str]:
    told = Patient.objects.filter(pk__in=patients).values_list("pk", "national_number", "source_id")
    return {pk: (number or source) for pk, number, source in told}


def _rows(patients: list[int], names: dict[int, str], *, as_of: date, period: tuple[date, date] | None) -> pa.Table:
    versions = [one for some in held_by(patients, as_of=as_of).values() for one in some]
    if period is not None:
        versions = [one for one in versions if one.event_date is None or period[0] <= one.event_date <= period[1]]
    levels = dict(_care_levels([one.pk for one in versions]))
    columns: list[list[Any]] = [
        [names[one.patient_id] for one in versions], [one.code for one in versions],
        [_day(one.event_date) for one in versions], [one.institution for one in versions],
        [one.registration_id for one in versions], [one.unit or None for one in versions],
        [levels.get(one.pk) for one in versions], [_day(one.seniority_date) for one in versions],
        [_day(one.received_date) for one in versions],
    ]  # fmt: skip
    return pa.Table.from_arrays([pa.array(v, f.type) for v, f in zip(columns, ROWS, strict=True)], schema=ROWS)


def _care_levels(keys: Iterable[int]) -> Iterator[tuple[int, str]]:
    for chunk in chunks(keys):
        yield from Registration.objects.filter(pk__in=chunk).exclude(care_level="").values_list("pk", "care_level")


def _people(patients: list[int], names: dict[int, str]) -> pa.Table:
    known = Patient.objects.filter(pk__in=patients, told=True).order_by("pk")
    told = list(known.values_list("pk", "sex", "birth_date", "municipality"))
    columns: list[list[Any]] = [
        [names[pk] for pk, *_ in told], [sex for _, sex, *_ in told], [_day(born) for _, _, born, _ in told],
        [place or None for *_, place in told],
    ]  # fmt: skip
    return pa.Table.from_arrays([pa.array(v, f.type) for v, f in zip(columns, PEOPLE, strict=True)], schema=PEOPLE)


def new_cancers(patients: Iterable[int]) -> pa.Table | None:
    """The new cancers of some patients, as figures are computed from; None without any."""
    names = ("patient__source_id", "icd10", "first_contact_date", "institution")
    told: list[tuple[Any, ...]] = []
    for chunk in chunks(patients):
        told += NewCancer.objects.filter(patient__in=chunk).order_by("pk").values_list(*names)
    if not told:
        return None
    return pa.table({
        "patient_id": pa.array([one[0] for one in told], pa.string()),
        "icd10": pa.array([one[1] for one in told], pa.string()).dictionary_encode(),
        "first_contact_day": pa.array([_day(one[2]) for one in told], pa.int32()),
        "institution": pa.array([one[3] for one in told], pa.string()).dictionary_encode(),
    })  # fmt: skip


def _day(day: date | None) -> int | None:
    return None if day is None else day_number(day)
