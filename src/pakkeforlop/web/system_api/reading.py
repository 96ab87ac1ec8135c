"""What systems take out: the worklist, a patient's episodes with their story, and what has changed since."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import translation

from pakkeforlop.access.audit import record
from pakkeforlop.access.rights import Right
from pakkeforlop.access.scope import Scope, units
from pakkeforlop.catalogue.load import load_catalogue
from pakkeforlop.coding.models import Patient, Registration
from pakkeforlop.coding.queries import settled_after
from pakkeforlop.coordination.flags import Flag
from pakkeforlop.coordination.models import WorklistRow
from pakkeforlop.coordination.queries.worklist import Filters, reader, worklist
from pakkeforlop.episodes import store
from pakkeforlop.episodes.explain import Teller
from pakkeforlop.web import clock
from pakkeforlop.web.patients import places_of
from pakkeforlop.web.system_api.problem import SystemProblem

SEARCHED, PIECE = 20_000, 1000
"""Versions looked through in one request, of which some are of other units; and how many are read at a time."""
COPIED = (
    "pathway", "number", "episode_id", "phase", "phase_from", "phase_limit", "phase_due", "start_date", "whole_limit",
    "whole_due", "hospital", "trust", "next_on", "changed_at",
)  # fmt: skip


def listed(request: Any, *, page: int, pathway: str, unit: str, flag: str) -> dict[str, Any]:
    """A page of the worklist of the key's units; on the log before the answer leaves."""
    on = clock.today()
    filters = Filters.read({"pathway": pathway, "unit": unit, "flag": flag, "owner": "all"})
    found = worklist(for_=reader(request.user, on=on), filters=filters, page=page)
    ids = [row.patient_id for row in found.rows]
    record("exported", by=request.user, at=clock.now(), what="system_worklist", listed=ids)
    rows = [_list_row(row, on) for row in found.rows]
    return {"on": on, "total": found.total, "page": found.page, "pages": found.pages, "rows": rows}


def _list_row(row: WorklistRow, on: date) -> dict[str, Any]:
    return {
        **{name: getattr(row, name) for name in COPIED},
        "patient": row.patient.handle,
        "patient_id": row.patient.source_id,
        "phase_left": (row.phase_due - on).days if row.phase_due else None,
        "whole_left": (row.whole_due - on).days if row.whole_due else None,
        "next": row.next_text,
        "owner": row.owner.display_name if row.owner else "",
        "flags": [str(flag.name).lower() for flag in Flag if row.flags & flag],
        "proposed": row.proposed is not None,
    }


def found(request: Any, patient_id: str) -> dict[str, str]:
    """The handle of a patient of the key's units. 404 for others, known or not: nothing is told of them."""
    patient = Patient.objects.filter(source_id=patient_id).first()
    _only_own(request, patient, "system_find")
    return {"patient": patient.handle if patient else ""}


def told(request: Any, handle: str) -> dict[str, Any]:
    """A patient's pathway instances as of today, each with its story."""
    patient = Patient.objects.filter(handle=handle).first()
    _only_own(request, patient, "system_episodes")
    assert patient is not None
    on, language = clock.today(), translation.get_language() or "nb"
    linking, source = store.linking_of(patient, as_of=on)
    stories = Teller(linking, load_catalogue(), source, language).story().episodes
    rows = zip(linking.episodes.to_pylist(), stories, strict=True)
    episodes = [{"episode": row, "title": said.title, "story": list(said.sentences)} for row, said in rows]
    return {"patient": handle, "on": on, "episodes": episodes}


def _only_own(request: Any, patient: Patient | None, what: str) -> None:
    """A patient of the key's units, with the look on the log; else 404."""
    scope = request.access.scope(Right.PATIENT)
    place = scope.covers_any(places_of(patient)) if patient else None
    if patient is None or place is None:
        raise SystemProblem(404, "no_patient")
    record(
        "looked", by=request.user, at=clock.now(), what=what, patient_id=patient.pk, org_nr=place.org_nr,
        pathway=place.pathway,
    )  # fmt: skip


def changed(request: Any, *, after: int, limit: int) -> dict[str, Any]:
    """Versions of registrations that the store has learnt of after a number, of the key's units, oldest first.

    Only what nothing that is still being written can come before: a reader who asks from `next` misses nothing, also
    when reader or store was killed in between.
    """
    scope, at = request.access.scope(Right.PATIENT), after
    own: list[Registration] = []
    for _ in range(SEARCHED // PIECE):
        seen = settled_after(at, PIECE + 1)
        for row in seen[:PIECE]:
            at = row.pk
            if _is_own(row, scope):
                own.append(row)
            if len(own) == limit:
                break
        more = bool(seen) and at < seen[-1].pk
        if len(own) == limit or not more:
            break
    if own:
        ids = sorted({row.patient_id for row in own})
        record("exported", by=request.user, at=clock.now(), what="system_changes", listed=ids)
    return {"changes": [_change(row) for row in own], "next": at, "more": more}


def _is_own(row: Registration, scope: Scope) -> bool:
    unit = units().resolve(row.institution)
    return scope.covers(unit.org_nr if unit else row.institution, row.code[:3] or row.first_code[:3], row.unit)  # type: ignore[attr-defined]


def _change(row: Registration) -> dict[str, Any]:
    kind = "withdrawn" if row.withdrawn else "registered" if row.version == 1 else "corrected"
    return {
        "n": row.pk, "kind": kind, "patient": row.patient.handle, "patient_id": row.patient.source_id,
        "registration_id": row.registration_id, "version": row.version, "code": row.code,
        "event_date": row.event_date, "institution": row.institution, "registered_at": row.registered_at,
    }  # fmt: skip
