"""The worklist's rows, rebuilt for some patients inside the caller's transaction.

Whoever changes what a row is made of (a code, an appointment, an answer, a task, who is responsible) holds the patient
(`coding.actions.append.hold`) before the change and calls `refresh` before committing, so that the list never says
anything else than the store: of two writers the second reads what the first has written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from pakkeforlop.access import statements
from pakkeforlop.catalogue.load import load_catalogue
from pakkeforlop.catalogue.model import Catalogue
from pakkeforlop.coding.actions.append import hold
from pakkeforlop.coordination.fetch import of_patients
from pakkeforlop.coordination.flags import Flag
from pakkeforlop.coordination.gather import Gathered, gather
from pakkeforlop.coordination.models import WorklistRow
from pakkeforlop.coordination.places import Place, nearness, place_of
from pakkeforlop.coordination.proposing import drafts
from pakkeforlop.coordination.settling import settle, settle_referrals, settle_transfers
from pakkeforlop.coordination.working import work_out

CHUNK = 400
"""Patients read at a time."""

Key = tuple[int, str, int]
TOLD = (
    "episode_id", "start_date", "phase", "phase_from", "phase_limit", "phase_due", "whole_limit", "whole_due",
    "hospital", "trust", "region", "sender", "receiver", "owner_id", "next_kind", "next_text", "next_at", "next_on",
    "next_status", "department", "answer_due", "receipt_due", "flags", "marks", "proposed_id", "last_touched",
    "sought", "closed",
)  # fmt: skip
"""Fields that a reader can see change; the rest tell of the change itself."""
CHANGE = ("changed_at", "changed_by_id", "changed_what", "changed_detail")
KEY = ("patient_id", "pathway", "number")
BEFORE = (*KEY, *TOLD, "worked_out_on", *CHANGE, "id")
WRITTEN = (*KEY, *TOLD, "worked_out_on", *CHANGE)


def refresh(
    patient_ids: Iterable[int], *, on: date, at: datetime, by: int | None = None, what: str = "", detail: str = ""
) -> int:
    """Rebuild the rows of some patients as of day `on`; the number of rows that a reader sees changed.

    at, by, what, detail: when, by whom and what was done, as the list tells the others ("code" with "A12CK").
    """
    catalogue = load_catalogue()
    change = {"changed_at": at, "changed_by_id": by, "changed_what": what, "changed_detail": detail}
    return sum(_refresh(chunk, on, change, catalogue) for chunk in _chunks(patient_ids))


def turn(*, on: date, at: datetime) -> int:
    """Turn the list to a new day: rows whose next step has passed, or that were worked out for a later day.

    Some hundred patients at a time, so that nobody waits for the whole list.
    """
    passed = Q(worked_out_on__lt=on, next_on__lt=on) | Q(worked_out_on__gt=on)
    WorklistRow.objects.filter(closed=True, changed_at__lt=at).delete()
    seen = 0
    for chunk in _chunks(WorklistRow.objects.filter(passed, closed=False).values_list("patient_id", flat=True)):
        with transaction.atomic():
            hold(chunk)
            seen += refresh(chunk, on=on, at=at, what="day")
    return seen


def _chunks(patient_ids: Iterable[int]) -> Iterator[list[int]]:
    wanted = sorted(set(patient_ids))
    for low in range(0, len(wanted), CHUNK):
        yield wanted[low : low + CHUNK]


def _refresh(patients: Sequence[int], on: date, change: dict[str, Any], catalogue: Catalogue) -> int:
    gathered = gather(patients, on=on)
    rows = _worked_out(gathered, on, change, catalogue)
    before = {tuple(row[:3]): row[3:] for row in of_patients(WorklistRow, BEFORE, patients)}
    seen = 0
    write = []
    for key, row in rows.items():
        old = before.get(key)
        if old is not None and all(row[name] == was for name, was in zip(TOLD, old, strict=False)):
            if old[len(TOLD)] == on:
                continue
            row |= dict(zip(CHANGE, old[len(TOLD) + 1 :], strict=False))
        else:
            seen += 1
        write.append([row[name] for name in WRITTEN])
    if write:
        statements.replace_rows(WorklistRow, WRITTEN, KEY, write)
    gone = [old[-1] for key, old in before.items() if key not in rows and not old[TOLD.index("closed")]]
    if gone:
        seen += WorklistRow.objects.filter(pk__in=gone).update(closed=True, proposed=None, **change)
    return seen


def _worked_out(
    gathered: Gathered, on: date, change: dict[str, Any], catalogue: Catalogue
) -> dict[Key, dict[str, Any]]:
    near = nearness(catalogue, on)
    places: dict[str, Place] = {}
    done = []
    for opened in gathered.opened:
        if opened.pathway in catalogue.pathways:
            known = gathered.known[(opened.patient, opened.pathway)]
            done.append((opened, work_out(opened, known, on=on, catalogue=catalogue, same_place=near)))
    settle_referrals(gathered, at=change["changed_at"], by=change["changed_by_id"])
    starts = {
        (patient, pathway): drafts(pathway, facts, happened, catalogue=catalogue, same_place=near)
        for (patient, pathway), (facts, happened) in gathered.unopened.items()
        if pathway in catalogue.pathways
    }
    settle_transfers(gathered, done, at=change["changed_at"], by=change["changed_by_id"])
    proposed = settle(gathered, done, starts, at=change["changed_at"], by=change["changed_by_id"])
    rows = {}
    for opened, worked in done:
        hospital = worked.fields["hospital"]
        org = places.setdefault(hospital, place_of(catalogue, hospital, on))
        key = (opened.patient, opened.pathway, opened.number)
        row = {
            "patient_id": opened.patient, "pathway": opened.pathway, "trust": org.trust, "region": org.region,
            "owner_id": gathered.owner(
                opened.patient, opened.pathway, (hospital, org.trust), worked.carrier.came_on or date.min
            ),
            "sought": gathered.people[opened.patient].sought, "closed": False, "worked_out_on": on,
            "proposed_id": proposed.get(key), **worked.fields, **change,
        }  # fmt: skip
        row["flags"] |= int(Flag.PROPOSED) if row["proposed_id"] else 0
        rows[key] = row
    return rows
