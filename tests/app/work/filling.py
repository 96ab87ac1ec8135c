"""Puts a ward into the store without the doors."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from pakkeforlop.coding.models import Patient, Registration
from pakkeforlop.coding.versions import digest_of, rank_of
from pakkeforlop.coordination import rows
from pakkeforlop.coordination.actions import load
from pakkeforlop.episodes import store
from pakkeforlop.exchange.generate.ward.ward import Ward

HAUKELAND, FORDE = "974557746", "974744570"
TODAY = date(2022, 1, 20)
AT = datetime(2022, 1, 19, 20, tzinfo=UTC)
"""The evening before: the clock of a fixed day begins at midnight."""


def fill(ward: Ward, *, on: date = TODAY, at: datetime = AT) -> dict[str, Patient]:
    """Patients by their id of the files."""
    Patient.objects.bulk_create(
        [
            Patient(
                source_id=row["patient_id"], told=True, name=row["name"], national_number=row["national_number"],
                birth_date=date.fromisoformat(row["birth_date"]), sex=int(row["sex"]),
            )
            for row in ward.files["patients"]
        ]
    )  # fmt: skip
    people = {patient.source_id: patient for patient in Patient.objects.filter(source_id__in=ward.scene_of)}
    Registration.objects.bulk_create([_registration(row, people) for row in ward.files["registrations"]])
    ids = [patient.pk for patient in people.values()]
    store.relink(ids, as_of=on)
    for kind in ("referrals", "appointments", "answers", "events", "new-cancers"):
        done = load.load(kind, ward.files.get(kind.replace("-", "_"), []), on=on, at=at)
        assert not done.refused, done.refused[:3]
    rows.refresh(ids, on=on, at=at, what="file")
    return people


def _registration(row: dict[str, str], people: dict[str, Any]) -> Registration:
    told = datetime.fromisoformat(row["registered_at"])
    return Registration(
        patient=people[row["patient_id"]], registration_id=row["registration_id"], version=1, code=row["code"],
        event_date=date.fromisoformat(row["event_date"]), institution=row["institution"],
        registered_at=told.replace(tzinfo=UTC), rank=rank_of(told), digest=digest_of(tuple(row.values())),
    )  # fmt: skip
