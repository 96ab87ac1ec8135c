"""From the handle in an address to the patient, to the places where the patient is known, and to what a list shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from django.http import Http404

from pakkeforlop.access.scope import Place, units
from pakkeforlop.coding.models import Patient, Registration
from pakkeforlop.coding.queries import held_by
from pakkeforlop.coordination.models import Appointment, ClinicalEvent, Referral, WorklistRow
from pakkeforlop.web import clock
from pakkeforlop.web.words import Words

Known = Iterator[tuple[int, Place]]
"""Patients, and where each is known."""


def patient_by_handle(handle: str) -> Patient:
    """The patient of an address; Http404 when there is none."""
    found = Patient.objects.filter(handle=handle).first()
    if found is None:
        raise Http404
    return found


def named(patient: Patient, t: Words) -> tuple[str, str]:
    """A patient on a list: the name, and the year of birth with the last two digits of the number, which are enough to
    tell two of a name apart.
    """
    year = str(patient.birth_date.year) if patient.birth_date else ""
    tail = f"••{patient.national_number[-2:]}" if patient.national_number else ""
    return patient.name or t("layout.no_name"), f"{year} {tail}".strip()


def places_of(patient: Patient) -> list[Place]:
    """Where the patient is known: who holds responsibility now first, then codes, appointments and referrals."""
    return places_of_many([patient.pk])[patient.pk]


def places_of_many(patients: Sequence[int]) -> dict[int, list[Place]]:
    """The same of several patients, with as many questions to the database as of one."""
    found: dict[int, dict[Place, None]] = {patient: {} for patient in patients}
    for way in (_open_pathways, _codes, _appointments, _events, _referrals):
        for patient, place in way(patients):
            found[patient].setdefault(place)
    return {patient: list(places) for patient, places in found.items()}


def places_of_own_changes(patient: Patient, user: Any, *, since: datetime) -> list[Place]:
    """Where the codes lie or lay that the person has changed since a moment: one's own mistake can be undone, also
    when it was the last that tied the patient to one's unit.
    """
    mine = Registration.objects.filter(patient=patient, registered_by=user.pk, registered_at__gte=since)
    rows = Registration.objects.filter(registration_id__in=mine.values("registration_id")).order_by("pk")
    found: dict[str, str] = {}
    places = []
    for row in rows:
        found.setdefault(row.registration_id, row.code[:3])
        places.append(Place(_number(row.institution), row.code[:3] or found[row.registration_id], row.unit))
    return list(dict.fromkeys(places))


def _open_pathways(patients: Sequence[int]) -> Known:
    """Who carries, sends or is to receive an open pathway; one that has ended is known by its codes."""
    rows = WorklistRow.objects.filter(patient__in=patients, closed=False)
    found = rows.values_list("patient_id", "hospital", "sender", "receiver", "pathway", "department")
    for patient, *held, pathway, department in found:
        yield from ((patient, Place(_number(unit), pathway, department)) for unit in held if unit)


def _codes(patients: Sequence[int]) -> Known:
    """Of the registrations that hold today, the latest first; one that was withdrawn or moved leaves no trace of a
    place.
    """
    for patient, rows in held_by(patients, as_of=clock.today()).items():
        for row in sorted(rows, key=lambda row: (row.event_date or date.max, row.pk), reverse=True):
            if row.institution:
                yield patient, Place(_number(row.institution), row.code[:3], row.unit)


def _appointments(patients: Sequence[int]) -> Known:
    rows = Appointment.objects.filter(patient__in=patients)
    for patient, at, pathway, department in rows.values_list(
        "patient_id", "institution", "pathway", "department"
    ).distinct():
        yield patient, Place(_number(at), pathway, department)


def _events(patients: Sequence[int]) -> Known:
    """Of events that belong or point to a pathway; what else a system has told opens no door."""
    rows = ClinicalEvent.objects.filter(patient__in=patients)
    found = rows.values_list("patient_id", "institution", "pathway", "towards", "department").distinct()
    for patient, at, pathway, towards, department in found:
        yield from ((patient, Place(_number(at), prefix, department)) for prefix in (pathway, towards) if prefix)


def _referrals(patients: Sequence[int]) -> Known:
    rows = Referral.objects.filter(patient__in=patients).values_list("patient_id", "institution", "pathway")
    for patient, at, pathway in rows.distinct():
        yield patient, Place(_number(at), pathway)


def _number(institution: str) -> str:
    """The organisation number of an institution as it was written; unknown texts stay as they are."""
    unit = units().resolve(institution)
    return unit.org_nr if unit else institution
