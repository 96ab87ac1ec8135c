"""What stands behind a number: its pathways with days, limit and its version; each leads to the patient's codes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from pakkeforlop.access.rights import Right
from pakkeforlop.coding.models import Patient
from pakkeforlop.reporting.queries.behind import KINDS, Pathway, behind, pathways_of
from pakkeforlop.reporting.queries.figures import counted
from pakkeforlop.web import clock
from pakkeforlop.web.figures.asked import Asked, asked_of, period_name
from pakkeforlop.web.layout.frame import unit_name
from pakkeforlop.web.patients import named
from pakkeforlop.web.words import Words, words
from pakkeforlop.web.worklist.presenter import pathway_name

MOST = 200


@dataclass(frozen=True)
class Row:
    """A pathway: days of the limit in force, and since when that limit holds."""

    name: str
    born: str
    page: str
    start: str
    end: str
    days: int | None
    limit: int | None
    version: str


def behind_page(request: Any) -> HttpResponse:
    """The list. Http404 for a unit, a pathway or a number that is not the person's to open."""
    t, asked = words(), asked_of(request, Right.PATIENT)
    prefix, what = str(request.GET.get("pathway", "")), str(request.GET.get("what", ""))
    if prefix not in asked.prefixes or what not in KINDS or str(request.GET.get("unit", "")) != asked.unit:
        raise Http404
    _, linking = counted(asked.unit, asked.days, as_of=asked.on)
    found = behind(pathways_of(linking, asked.cell, [prefix]), what, asked.cell)
    shown = found[:MOST]
    patients = Patient.objects.in_bulk([one["patient_id"] for one in shown], field_name="source_id")
    request.listed = sorted(patient.pk for patient in patients.values())
    return render(
        request,
        "figures/behind.html",
        {
            "rows": [_row(one, patients[one["patient_id"]], asked, t) for one in shown],
            "n": len(found),
            "most": MOST,
            "what": what,
            "pathway": pathway_name(prefix, t),
            "title": t(f"figures.what.{what}"),
            "unit": unit_name(asked.unit),
            "period": period_name(asked.period, asked.on, t),
            "back": f"{reverse('figures')}?{asked.query}",
            "now": clock.now(),
        },
    )


def _row(one: Pathway, patient: Patient, asked: Asked, t: Words) -> Row:
    open_now = one["end"] is None
    page = reverse("patient", kwargs={"handle": patient.handle})
    name, born = named(patient, t)
    return Row(
        name, born, f"{page}?pathway={one['pathway']}&number={one['episode']}", t.num_day(one["start_date"]),
        "" if one["end_date"] is None else t.num_day(one["end_date"]),
        (asked.on - one["start_date"]).days if open_now else one["share_days"], one["share_limit"], _version(one, t),
    )  # fmt: skip


def _version(one: Pathway, t: Words) -> str:
    """Since when the limits hold that the pathway is measured by."""
    if not one["limit_version"]:
        return ""
    return t.num_day(date.fromisoformat(one["limit_version"].split("@")[1]))
