"""What systems take out: the worklist, a patient's episodes with their story, and what has changed since."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils import translation

from pakkeforlop.access.audit import record
from pakkeforlop.access.rights import Right
from pakkeforlop.access.scope import Scope, units
from pakkeforlop.catalogue.load import load_catalogue
from pakkeforlop.coding.models import Patient, Registration
from pakkeforlop.coding.queries import settled_after, versions_before
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
    scope, at, more = request.access.scope(Right.PATIENT), after, False
    told_: list[dict[str, Any]] = []
    ids: set[int] = set()
    for _ in range(SEARCHED // PIECE):
        seen = settled_after(at, PIECE + 1)
        for row, change in _changes(seen[:PIECE], scope):
            at = row.pk
            if change is not None:
                told_.append(change)
                ids.add(row.patient_id)
            if len(told_) == limit:
                break
        more = bool(seen) and at < seen[-1].pk
        if len(told_) == limit or not more:
            break
    if told_:
        record("exported", by=request.user, at=clock.now(), what="system_changes", listed=sorted(ids))
    return {"changes": told_, "next": at, "more": more}


def _changes(rows: Sequence[Registration], scope: Scope) -> list[tuple[Registration, dict[str, Any] | None]]:
    """What each version is to the key's units: a change; one that was moved elsewhere is withdrawn there, and of where
    it went nothing is told; None for others' own.
    """
    own = {row.pk for row in rows if _is_own(row, row.code or row.first_code, scope)}  # type: ignore[attr-defined]
    before = versions_before(row for row in rows if row.pk not in own)
    left = {pk for pk, earlier in before.items() if earlier.code and _is_own(earlier, earlier.code, scope)}
    gone = {"kind": "withdrawn", "code": "", "event_date": None, "institution": ""}
    return [
        (row, _change(row) if row.pk in own else {**_change(row), **gone} if row.pk in left else None) for row in rows
    ]


def _is_own(row: Registration, code: str, scope: Scope) -> bool:
    unit = units().resolve(row.institution)
    return scope.covers(unit.org_nr if unit else row.institution, code[:3], row.unit)


def _change(row: Registration) -> dict[str, Any]:
    kind = "withdrawn" if row.withdrawn else "registered" if row.version == 1 else "corrected"
    return {
        "n": row.pk, "kind": kind, "patient": row.patient.handle, "patient_id": row.patient.source_id,
        "registration_id": row.registration_id, "version": row.version, "code": row.code,
        "event_date": row.event_date, "institution": row.institution, "registered_at": row.registered_at,
    }  # fmt: skip
