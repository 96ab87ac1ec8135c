"""Patients of my units that others opened with a reason: for leaders and administrators to look through."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from pakkeforlop.access import queries
from pakkeforlop.access.models import Opening
from pakkeforlop.access.rights import Right
from pakkeforlop.coding.models import Patient
from pakkeforlop.web import clock
from pakkeforlop.web.log.presenter import opened
from pakkeforlop.web.words import t

PERIODS = (7, 30, 90, 365)
AT_MOST = 200


def openings(request: Any) -> HttpResponse:
    """GET: the openings of some days, newest first; names only for one who sees the patients."""
    days = _days(request.GET.get("days", ""))
    scope = request.access.scope(Right.OPENINGS)
    rows = _once_each(queries.openings(scope=scope, since=clock.now() - timedelta(days=days))[:AT_MOST])
    patients = Patient.objects.in_bulk([row.patient_id for row in rows])
    sees = request.access.scope(Right.PATIENT)
    shown = [opened(row, _patient(patients.get(row.patient_id), row, sees)) for row in rows]
    request.listed = sorted({row.patient_id for row in rows})
    values = {
        "rows": shown,
        "people": len({row.user_id for row in rows}),
        "days": days,
        "periods": [(number, t("log.openings.period", n=number)) for number in PERIODS],
        "may_see_log": request.access.may(Right.LOG),
    }
    return render(request, "log/openings.html", values)


def _once_each(rows: Iterable[Opening]) -> list[Opening]:
    """One line per opening: a patient known at several of my units was opened once."""
    return list({(row.user_id, row.patient_id, row.at): row for row in rows}.values())


def _days(text: str) -> int:
    return int(text) if text.isdigit() and int(text) in PERIODS else 30


def _patient(patient: Patient | None, row: Any, sees: Any) -> dict[str, str] | None:
    """Handle, and the name for one who sees the patient through a unit."""
    if patient is None:
        return None
    return {"handle": patient.handle, "name": patient.name if sees.covers(row.org_nr, row.pathway) else ""}
