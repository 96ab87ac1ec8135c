"""The page that stands between a person and a patient outside their units: why, what follows, and the reason."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme

from pakkeforlop.access.actions.opening import HOURS, LEAST, ReasonFault, check_reason, open_with_reason
from pakkeforlop.access.audit import record
from pakkeforlop.access.models import REASON_KINDS
from pakkeforlop.access.rights import Right
from pakkeforlop.access.scope import Place
from pakkeforlop.web import clock
from pakkeforlop.web.patients import patient_by_handle, places_of
from pakkeforlop.web.words import t


def ask_for_reason(request: Any, patient: Any, places: Sequence[Place]) -> HttpResponse:
    """The answer in place of a patient's page: nothing about the patient, and a form where the role allows one."""
    at = places[0] if places else Place("")
    record(
        "stopped", by=request.user, at=clock.now(), what="outside", patient_id=patient.pk, org_nr=at.org_nr,
        pathway=at.pathway,
    )  # fmt: skip
    return _form(request, patient.handle, back=request.get_full_path())


def open_patient(request: Any, handle: str) -> HttpResponse:
    """POST: opens the patient when the reason says enough, and goes on to the page that was asked for."""
    back = request.POST.get("next", "/")
    back = back if url_has_allowed_host_and_scheme(back, allowed_hosts=None) else "/"
    kind, reason = request.POST.get("kind", ""), request.POST.get("reason", "")
    try:
        check_reason(kind, reason)
    except ReasonFault as fault:
        return _form(request, handle, back=back, kind=kind, reason=reason, fault=str(fault))
    patient = patient_by_handle(handle)
    places = places_of(patient)
    open_with_reason(patient_id=patient.pk, places=places, kind=kind, reason=reason, by=request.user, at=clock.now())
    return redirect(back)


def _form(request: Any, handle: str, *, back: str, kind: str = "", reason: str = "", fault: str = "") -> HttpResponse:
    values = {
        "handle": handle,
        "back": back if request.method == "GET" or "next" in request.POST else "/",
        "kinds": [(name, t(f"log.reason.{name}")) for name in REASON_KINDS],
        "kind": kind,
        "reason": reason,
        "fault": fault,
        "least": LEAST,
        "hours": HOURS,
        "allowed": request.access.may(Right.OPEN_WITH_REASON),
    }
    return render(request, "log/stopped.html", values, status=403)


def no_log(request: HttpRequest) -> HttpResponse:
    """503: the log cannot be written, so nothing is shown."""
    request.access = None  # type: ignore[attr-defined]
    answer = render(request, "layout/fault.html", {"fault": "no_log"}, status=503)
    answer["Retry-After"] = "60"
    return answer
