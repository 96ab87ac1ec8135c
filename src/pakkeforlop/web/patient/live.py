"""What others do about a patient while the page is open: one line, and nothing that is being typed moves."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode

from pakkeforlop.access.models import Event
from pakkeforlop.access.queries import can_see
from pakkeforlop.coding.models import Patient
from pakkeforlop.coordination.models import WorklistRow
from pakkeforlop.coordination.queries.live import last_of_patient
from pakkeforlop.web import clock
from pakkeforlop.web.layout.live import Shown, answer, is_as_shown
from pakkeforlop.web.patients import patient_by_handle, places_of
from pakkeforlop.web.words import Words, words


def live(request: Any) -> HttpResponse:
    """Whether the page still stands; a look that tells something is on the log, one that tells nothing is none."""
    patient = patient_by_handle(request.GET.get("patient", ""))
    if not can_see(request.user, places_of(patient), patient.pk, at=clock.now(), on=clock.today()):
        raise Http404
    last = last_of_patient(patient.pk)
    now = _made_from(patient, *last)
    if is_as_shown(request, now):
        return answer(request, now, "")
    request.listed = [patient.pk]
    return answer(request, now, line(*last, words()))


def shown(patient: Patient) -> Shown:
    """What the page was made from: the last change by a person, and by a file or another system."""
    return _made_from(patient, *last_of_patient(patient.pk))


def _made_from(patient: Patient, deed: Event | None, row: WorklistRow | None) -> Shown:
    url = f"{reverse('patient_live')}?{urlencode({'patient': patient.handle})}"
    changed = row.changed_at.isoformat() if row else ""
    return Shown(url, {"deed": str(deed.pk) if deed else "", "row": changed})


def line(deed: Event | None, row: WorklistRow | None, t: Words) -> str:
    """Time, who, and what was done last; of a file or another system that there is something new."""
    if deed is not None and deed.by is not None and (row is None or deed.at >= row.changed_at):
        name = f"log.what.{deed.what.replace('.', '_')}"
        what = t(name) if t.has(name) else t("patient.live.something")
        return t("patient.live.by", clock=t.clock(deed.at), who=deed.by.display_name, what=what)
    at, who = (row.changed_at, row.changed_by) if row else (clock.now(), None)
    if who is not None:
        return t("patient.live.sent", clock=t.clock(at), who=who.display_name)
    return t("patient.live.arrived", clock=t.clock(at))
