"""Patients of my units that others opened with a reason: leaders and administrators look through them and say so."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from pakkeforlop.access import queries
from pakkeforlop.access.actions.seeing import mark_seen
from pakkeforlop.access.models import Opening
from pakkeforlop.access.rights import Right
from pakkeforlop.coding.models import Patient
from pakkeforlop.vocabulary.numbers import whole
from pakkeforlop.web import clock
from pakkeforlop.web.log.presenter import opened
from pakkeforlop.web.words import t

PERIODS = (7, 30, 90, 365)
WAITING = "new"
"""The choice of those that nobody has marked as seen, however old; the page begins with it while there are any."""
AT_MOST = 200


def openings(request: Any) -> HttpResponse:
    """GET: the openings that wait, or those of some days, newest first; names only for one who sees the patients."""
    scope = request.access.scope(Right.OPENINGS)
    waiting = queries.unseen_count(scope=scope, reader=request.user)
    chosen = _chosen(request.GET.get("days", ""), waiting)
    rows = _once_each(_rows(chosen, request)[: AT_MOST * 4])[:AT_MOST]
    patients = Patient.objects.in_bulk([row.patient_id for row in rows])
    sees = request.access.scope(Right.PATIENT)
    shown = [opened(row, _patient(patients.get(row.patient_id), row, sees), reader=request.user) for row in rows]
    request.listed = sorted({row.patient_id for row in rows})
    values = {
        "rows": shown,
        "people": len({row.user_id for row in rows}),
        "waiting": waiting,
        "chosen": chosen,
        "days": chosen if chosen != WAITING else "",
        "periods": [
            (WAITING, t("log.openings.waiting", n=waiting)),
            *((str(number), t("log.openings.period", n=number)) for number in PERIODS),
        ],
        "to_mark": [one.pk for one in shown if one.markable],
        "may_see_log": request.access.may(Right.LOG),
    }
    return render(request, "log/openings.html", values)


def seen(request: Any) -> HttpResponse:
    """POST: the openings named (`opening`) are looked at; those of other units are left alone."""
    ids = [number for text in request.POST.getlist("opening") if (number := whole(text)) is not None]
    scope = request.access.scope(Right.OPENINGS)
    named = queries.openings(scope=scope).filter(pk__in=ids[: AT_MOST * 2])
    rows = [row for one in named for row in _same(queries.openings(scope=scope), one)]
    n = mark_seen(openings=list({row.pk: row for row in rows}.values()), by=request.user, at=clock.now())
    messages.success(request, t.count("log.openings.marked", n))
    days = request.POST.get("days", "")
    return HttpResponseRedirect(reverse("openings") + (f"?days={days}" if days == WAITING or whole(days) else ""))


def _rows(chosen: str, request: Any) -> QuerySet[Opening]:
    scope = request.access.scope(Right.OPENINGS)
    if chosen == WAITING:
        return queries.unseen_openings(scope=scope, reader=request.user)
    return queries.openings(scope=scope, since=clock.now() - timedelta(days=int(chosen)))


def _same(rows: QuerySet[Opening], one: Opening) -> QuerySet[Opening]:
    """The rows of one opening at all of one's units."""
    return rows.filter(user_id=one.user_id, patient_id=one.patient_id, at=one.at)


def _once_each(rows: Iterable[Opening]) -> list[Opening]:
    """One line per opening: a patient known at several of my units was opened once."""
    return list({(row.user_id, row.patient_id, row.at): row for row in rows}.values())


def _chosen(text: str, waiting: int) -> str:
    if text == WAITING or whole(text) in PERIODS:
        return text
    return WAITING if waiting else "30"


def _patient(patient: Patient | None, row: Any, sees: Any) -> dict[str, str] | None:
    """Handle, and the name for one who sees the patient through a unit."""
    if patient is None:
        return None
    return {"handle": patient.handle, "name": patient.name if sees.covers(row.org_nr, row.pathway) else ""}
