"""Keys of the systems of one's units: the list, a new key shown once, a key ended."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from pakkeforlop.access import queries
from pakkeforlop.access.actions import systems as actions
from pakkeforlop.access.actions.faults import Faults
from pakkeforlop.access.models import SystemKey
from pakkeforlop.access.rights import Right
from pakkeforlop.access.systems import Scope
from pakkeforlop.web import clock
from pakkeforlop.web.layout.choices import pathway_choices, unit_choices
from pakkeforlop.web.layout.days import read_day
from pakkeforlop.web.layout.frame import unit_name
from pakkeforlop.web.words import t

TYPED = ("system", "display_name", "org_nr", "pathway", "expires_on")


def systems(request: Any) -> HttpResponse:
    """GET: the keys of my units' systems. POST: a new key, which is shown once."""
    typed = {name: request.POST.get(name, "").strip() for name in TYPED}
    chosen = [one.value for one in Scope if request.POST.get(f"scope_{_word(one)}") == "1"]
    faults, key = {}, ""
    if request.method == "POST":
        try:
            key = _made(request, typed, chosen)
            typed, chosen = dict.fromkeys(TYPED, ""), []
        except Faults as found:
            faults = found.by_field
    on, scope = clock.today(), request.access.scope(Right.PEOPLE)
    rows = [_line(one, on) for one in queries.keys(scope=scope)]
    scopes = [(_word(one), t(f"systems.scope.{_word(one)}"), one.value in chosen) for one in Scope]
    values = {
        "rows": rows, "in_use": sum(row["state"] == "in_use" for row in rows), "key": key, "typed": typed,
        "faults": faults, "scopes": scopes,
        "units": unit_choices(scope), "pathways": pathway_choices(),
    }  # fmt: skip
    return render(request, "systems/list.html", values, status=400 if faults else 200)


def end(request: Any) -> HttpResponse:
    """POST: a key of my units' systems is good no more."""
    number = request.POST.get("key", "")
    if not queries.keys(scope=request.access.scope(Right.PEOPLE)).filter(number=number).exists():
        raise Http404
    if actions.end_key(number=number, by=request.user, at=clock.now()):
        messages.success(request, t("systems.ended"))
    return redirect("systems")


def _made(request: Any, typed: dict[str, str], scopes: list[str]) -> str:
    """The new key; Faults where something is wrong, the unit outside my own too."""
    last = read_day(typed["expires_on"]) if typed["expires_on"] else None
    faults = {}
    if typed["expires_on"] and last is None:
        faults["expires_on"] = "date"
    if not request.access.scope(Right.PEOPLE).covers(typed["org_nr"]):
        faults["org_nr"] = "outside" if typed["org_nr"] else "unit"
    if faults:
        raise Faults(faults)
    return actions.make_key(
        system=typed["system"], display_name=typed["display_name"], scopes=scopes, org_nr=typed["org_nr"],
        pathway=typed["pathway"], expires_on=last, by=request.user, on=clock.today(), at=clock.now(),
    )  # fmt: skip


def _line(key: SystemKey, on: date) -> dict[str, Any]:
    state = "ended" if key.ended_at else "expired" if key.expires_on and key.expires_on < on else "in_use"
    held = [one for one in key.user.assignments.all() if one.valid_to is None or one.valid_to >= on]
    return {
        "number": key.number, "system": key.user.username, "name": key.user.display_name, "state": state,
        "scopes": [t(f"systems.scope.{_word(Scope(one))}") for one in key.scopes.split()],
        "units": [f"{unit_name(one.org_nr)} {one.pathway}".strip() for one in held],
        "used": key.used_on, "expires": key.expires_on,
    }  # fmt: skip


def _word(scope: Scope) -> str:
    return scope.value.replace(".", "_")
