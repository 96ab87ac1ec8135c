"""The search for a patient who is not on the list: pathway ended, referred only, or another unit's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render

from pakkeforlop.access.rights import Right
from pakkeforlop.access.scope import Place
from pakkeforlop.coding.models import Patient
from pakkeforlop.vocabulary.identity import identity
from pakkeforlop.web.finding.hits import AT_MOST, find
from pakkeforlop.web.layout.choices import pathway_name
from pakkeforlop.web.layout.frame import unit_name
from pakkeforlop.web.patients import named
from pakkeforlop.web.words import t, words

LONGEST = 100
"""Letters of a search."""


@dataclass(frozen=True)
class Hit:
    """A patient of one's units: the name, what tells two of a name apart, and where the patient is known."""

    handle: str
    name: str
    born: str
    known: list[str]


def find_patient(request: Any) -> HttpResponse:
    """GET: the search. POST: what fits, on the log; what was typed stands in no address.

    A whole number leads on to the patient's page at once: of another unit, it asks for the reason and logs the stop.
    """
    typed = " ".join(request.POST.get("q", "").split())[:LONGEST]
    if not typed:
        return render(request, "finding/find.html", {"typed": "", "hits": [], "more": False, "said": ""})
    found = find(typed, request.access.scope(Right.PATIENT))
    one = found.outside or (found.inside[0][0] if len(found.inside) == 1 and not found.more else None)
    if one is not None:
        return redirect("patient", handle=one.handle)
    request.listed = [patient.pk for patient, _ in found.inside]
    values = {
        "typed": typed,
        "hits": [_hit(patient, places) for patient, places in found.inside],
        "more": found.more,
        "said": _said(found.number) if not found.inside else t("finding.more", n=AT_MOST) if found.more else "",
    }
    return render(request, "finding/find.html", values)


def _said(number: str) -> str:
    """Why nothing was found, and what now."""
    if not number:
        return t("finding.nobody_of_name")
    return t("finding.nobody_of_number" if identity(number) else "finding.no_number")


def _hit(patient: Patient, places: list[Place]) -> Hit:
    name, born = named(patient, words())
    told = (f"{pathway_name(at.pathway)} {at.pathway}, {unit_name(at.org_nr)}" for at in places if at.pathway)
    return Hit(patient.handle, name, born, list(dict.fromkeys(told)) or [unit_name(places[0].org_nr)])
