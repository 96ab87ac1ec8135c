"""One patient with lung cancer codes, entered through the actions on the days they happened."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

from app.work.filling import HAUKELAND, TODAY
from pakkeforlop.coding.models import Patient
from pakkeforlop.coordination.actions import codes
from pakkeforlop.coordination.models import Appointment

START = date(2021, 12, 16)
"""Day 0; TODAY, 20 January 2022, is day 35."""


def lung_patient(*told: tuple[str, int], name: str = "Lystig Ullgenser", place: str = HAUKELAND) -> Patient:
    """A patient with codes as (code, day of the pathway), each registered on its own day at noon."""
    patient = Patient.objects.create(
        source_id=uuid.uuid4().hex, told=True, name=name, national_number="12055612344",
        birth_date=date(1956, 5, 12), sex=2,
    )  # fmt: skip
    for code, day in told:
        enter(patient, code, day, place=place)
    patient.refresh_from_db()
    return patient


def enter(patient: Patient, code: str, day: int, *, place: str = HAUKELAND, by: Any = None, **more: Any) -> Any:
    """A code on a day of the pathway."""
    on = START + timedelta(day)
    at = datetime(on.year, on.month, on.day, 12, tzinfo=UTC)
    return codes.register_code(
        patient=patient, code=code, event_date=on, institution=place, by=by, at=at, key=uuid.uuid4().hex,
        revision=None, **more,
    )  # fmt: skip


def book(patient: Patient, kind: str, text: str, day: int, *, status: str = "booked") -> Appointment:
    """An appointment on a day of the pathway, at ten."""
    on = START + timedelta(day)
    return Appointment.objects.create(
        patient=patient, pathway="A26", external_id=uuid.uuid4().hex, kind=kind, text=text, status=status,
        at=datetime(on.year, on.month, on.day, 9, tzinfo=UTC), institution=HAUKELAND,
    )  # fmt: skip


def day(number: int) -> str:
    """A day of the pathway as it is typed."""
    return f"{START + timedelta(number):%d.%m.%Y}"


assert (TODAY - START).days == 35
