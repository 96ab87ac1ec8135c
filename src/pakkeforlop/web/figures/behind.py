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
from pakkeforlop.reporting.queries.behind import KINDS, Contact, Pathway, behind, contacts_of_unit, pathways_of
from pakkeforlop.reporting.queries.figures import counted
from pakkeforlop.web import clock
from pakkeforlop.web.figures.asked import Asked, asked_of, period_name
from pakkeforlop.web.layout.frame import unit_name
from pakkeforlop.web.patients import named
from pakkeforlop.web.words import Words, words
from pakkeforlop.web.worklist.presenter import pathway_name

MOST = 200
INCLUDED = "included"


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


@dataclass(frozen=True)
class Seen:
    """A new cancer: first contact and diagnosis, and whether the patient is in the pathway for it."""

    name: str
    born: str
    page: str
    day: str
    diagnosis: str
    included: bool


def behind_page(request: Any) -> HttpResponse:
    """The list. Http404 for a unit, a pathway or a number that is not the person's to open."""
    t, asked = words(), asked_of(request, Right.PATIENT)
    prefix, what = str(request.GET.get("pathway", "")), str(request.GET.get("what", ""))
    if prefix not in asked.prefixes or what not in (*KINDS, INCLUDED) or str(request.GET.get("unit", "")) != asked.unit:
        raise Http404
    told = counted(asked.unit, asked.days, as_of=asked.on)
    found: list[Any] = (
        contacts_of_unit(told, asked.cell, prefix) if what == INCLUDED
        else behind(pathways_of(told.linking, asked.cell, [prefix]), what, asked.cell)
    )  # fmt: skip
    shown = found[:MOST]
    ids = [one.patient_id if isinstance(one, Contact) else one["patient_id"] for one in shown]
    patients = Patient.objects.in_bulk(ids, field_name="source_id")
    request.listed = sorted(patient.pk for patient in patients.values())
    return render(
        request,
        "figures/behind.html",
        {
            "rows": [_row(one, patients[source], asked, prefix, t) for source, one in zip(ids, shown, strict=True)],
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


def _row(one: Pathway | Contact, patient: Patient, asked: Asked, prefix: str, t: Words) -> Row | Seen:
    page = reverse("patient", kwargs={"handle": patient.handle})
    name, born = named(patient, t)
    if isinstance(one, Contact):
        return Seen(name, born, f"{page}?pathway={prefix}", t.num_day(one.day), one.icd10, one.included)
    open_now = one["end"] is None
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
