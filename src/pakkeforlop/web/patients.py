"""From the handle in an address to the patient, to the places where the patient is known, and to what a list shows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404

from pakkeforlop.access.scope import Place, units
from pakkeforlop.coding.models import Patient, Registration
from pakkeforlop.coding.queries import current
from pakkeforlop.coordination.models import Appointment, ClinicalEvent, Referral, WorklistRow
from pakkeforlop.web import clock
from pakkeforlop.web.words import Words


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
    ways = (_open_pathways, _codes, _appointments, _events, _referrals)
    return list(dict.fromkeys(place for way in ways for place in way(patient)))


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


def _open_pathways(patient: Patient) -> list[Place]:
    """Who carries, sends or is to receive an open pathway; one that has ended is known by its codes."""
    rows = WorklistRow.objects.filter(patient=patient, closed=False)
    found = rows.values_list("hospital", "sender", "receiver", "pathway", "department")
    return [Place(_number(unit), pathway, department) for *held, pathway, department in found for unit in held if unit]


def _codes(patient: Patient) -> list[Place]:
    """Of the registrations that hold today; one that was withdrawn or moved leaves no trace of a place."""
    rows = [row for row in reversed(current(patient, as_of=clock.today())) if row.institution]
    return [Place(_number(row.institution), row.code[:3], row.unit) for row in rows]


def _appointments(patient: Patient) -> list[Place]:
    rows = Appointment.objects.filter(patient=patient).values_list("institution", "pathway", "department")
    return [Place(_number(at), pathway, department) for at, pathway, department in rows.distinct()]


def _events(patient: Patient) -> list[Place]:
    """Of events that belong or point to a pathway; what else a system has told opens no door."""
    rows = ClinicalEvent.objects.filter(patient=patient).values_list("institution", "pathway", "towards", "department")
    return [
        Place(_number(at), prefix, department)
        for at, pathway, towards, department in rows.distinct()
        for prefix in (pathway, towards)
        if prefix
    ]


def _referrals(patient: Patient) -> list[Place]:
    rows = Referral.objects.filter(patient=patient).values_list("institution", "pathway")
    return [Place(_number(at), pathway) for at, pathway in rows.distinct()]


def _number(institution: str) -> str:
    """The organisation number of an institution as it was written; unknown texts stay as they are."""
    unit = units().resolve(institution)
    return unit.org_nr if unit else institution
