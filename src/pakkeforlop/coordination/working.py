"""One open pathway worked out: everything that its row of the list says, from what is known of the patient.

Pure: the facts come in, the row's fields go out. `rows.refresh` reads the one and writes the other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from pakkeforlop.catalogue.model import Catalogue
from pakkeforlop.coordination.carrying import Asked, Carried, Coded, carried
from pakkeforlop.coordination.flags import Flag, Visit, booked_late, code_missing, missed_on, of_messages
from pakkeforlop.coordination.phase import Points, Standing, standing
from pakkeforlop.coordination.proposing import Draft, Facts, Happened, drafts
from pakkeforlop.coordination.states import ACTIVE_TRANSFERS, TREATMENT_KINDS
from pakkeforlop.vocabulary.working_days import working_days_after


@dataclass(frozen=True)
class Opened:
    """An open episode as the engine gives it."""

    patient: int
    pathway: str
    number: int
    episode_id: str
    start: date
    start_institution: str
    attendance: date | None
    decision: date | None
    treatment: date | None
    postponed: bool
    messages: tuple[int, ...] = ()


@dataclass(frozen=True)
class Booked:
    """An appointment with its local day."""

    kind: str
    text: str
    at: datetime
    day: date
    institution: str
    status: str
    result: str = ""
    followed: bool = False
    department: str = ""


@dataclass(frozen=True)
class Awaited:
    """An answer that has not come."""

    kind: str
    expected: date
    asked: date


@dataclass(frozen=True)
class Sent:
    """A transfer as it stands."""

    pk: int
    sender: str
    receiver: str
    sent_on: date
    state: str
    received_on: date | None
    accepted_on: date | None


@dataclass
class Known:
    """All that is known of one patient's pathway beside the episode."""

    coded: list[Coded] = field(default_factory=list)
    happened: list[Happened] = field(default_factory=list)
    transfers: list[Sent] = field(default_factory=list)
    booked: list[Booked] = field(default_factory=list)
    awaited: list[Awaited] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    touched: list[date] = field(default_factory=list)
    tasks: int = 0


@dataclass(frozen=True)
class WorkedOut:
    """The row's fields that the facts decide, who carries the pathway, and the codes that the events speak for."""

    fields: dict[str, Any]
    carrier: Carried
    drafts: tuple[Draft, ...]


def work_out(
    opened: Opened, known: Known, *, on: date, catalogue: Catalogue, same_place: Callable[[str, str], bool]
) -> WorkedOut:
    """The row of an open episode as of day `on`."""
    pathway = catalogue.pathways[opened.pathway]
    booked = [one for one in known.booked if one.day >= opened.start]
    planned = _planned(booked)
    points = Points(opened.start, opened.attendance, opened.decision, planned)
    where = standing(pathway, catalogue.families[pathway.family], points)
    coded = [one for one in known.coded if one.day >= opened.start]
    under_way = _under_way(known)
    declined = {one.sent_on for one in known.transfers if one.state == "declined"}
    carrier = carried(
        coded, known.asked, start=opened.start_institution, same_place=same_place,
        receiver=under_way.receiver if under_way else "",
    )  # fmt: skip
    ahead = _next(booked, on)
    answer = min((one for one in known.awaited if one.asked >= opened.start), key=lambda a: a.expected, default=None)
    here = [one if one.institution else replace(one, institution=carrier.hospital) for one in known.happened]
    spoken = drafts(opened.pathway, _facts(opened, carrier, known), here, catalogue=catalogue, same_place=same_place)
    visits = [Visit(one.kind, one.day, one.status, one.followed) for one in booked]
    missed = missed_on(visits)
    flags = _flags(opened, known, where, carrier, visits, ahead, missed)
    return WorkedOut(
        {
            "number": opened.number,
            "episode_id": opened.episode_id,
            "start_date": opened.start,
            **_days(where),
            **_place(carrier),
            **_step(ahead),
            "department": _department(ahead, booked),
            "answer_due": answer.expected if answer else None,
            "receipt_due": _receipt_due(carrier, under_way, declined),
            "flags": int(flags),
            "marks": _marks(opened, carrier, answer, missed)
            | ({"declined": True} if under_way is None and carrier.sent_on in declined else {}),
            "last_touched": _touched(opened, known, booked, on),
        },
        carrier,
        tuple(spoken),
    )


def _under_way(known: Known) -> Sent | None:
    """The transfer that the receiver has not accepted."""
    return max((one for one in known.transfers if one.state in ACTIVE_TRANSFERS), key=lambda one: one.pk, default=None)


def _receipt_due(carrier: Carried, under_way: Sent | None, declined: set[date]) -> date | None:
    """The last day for the receiver to acknowledge: one working day after it was sent; None when that is done."""
    if carrier.sent_on is None or (under_way is not None and under_way.received_on is not None):
        return None
    if under_way is None and carrier.sent_on in declined:
        return None
    return working_days_after(carrier.sent_on)


def _facts(opened: Opened, carrier: Carried, known: Known) -> Facts:
    """The pathway's points as the rules on events ask for them."""
    return Facts(
        start=opened.start, attendance=opened.attendance, decision=opened.decision, treatment=opened.treatment,
        postponed=opened.postponed, sent=carrier.sent_on, hospital=carrier.hospital,
        here_since=carrier.came_on or opened.start,
        coded=frozenset((one.code, one.day, one.institution) for one in known.coded),
    )  # fmt: skip


def _planned(booked: Sequence[Booked]) -> str:
    """The letter of the first treatment that is booked or given; '' when there is none."""
    ahead = [one for one in booked if one.kind in TREATMENT_KINDS and one.status in ("booked", "attended")]
    return TREATMENT_KINDS[min(ahead, key=lambda one: one.at).kind] if ahead else ""


def _next(booked: Sequence[Booked], on: date) -> Booked | None:
    """The first booked step from today on; else what was attended today."""
    ahead = [one for one in booked if one.status == "booked" and one.day >= on]
    today = [one for one in booked if one.status == "attended" and one.day == on]
    return min(ahead or today, key=lambda one: one.at, default=None)


def _flags(
    opened: Opened,
    known: Known,
    where: Standing,
    carrier: Carried,
    visits: Sequence[Visit],
    ahead: Booked | None,
    missed: date | None,
) -> Flag:
    flags = of_messages(opened.messages)
    said = {
        Flag.MISSING_CODE: code_missing(where.phase, visits, TREATMENT_KINDS),
        Flag.MISSED: missed is not None,
        Flag.NOT_RECEIVED: carrier.sent_on is not None,
        Flag.TRANSFERRED: carrier.came_on is not None,
        Flag.POSTPONED: opened.postponed,
        Flag.BOOKED_LATE: _late(ahead, where) > 0,
        Flag.TASK: known.tasks > 0,
    }
    for flag, holds in said.items():
        if holds:
            flags |= flag
    return flags


def _late(ahead: Booked | None, where: Standing) -> int:
    if ahead is None:
        return 0
    return booked_late(ahead.day, where.due, where.whole_due if ahead.kind in TREATMENT_KINDS else None)


def _days(where: Standing) -> dict[str, Any]:
    return {
        "phase": where.phase,
        "phase_from": where.since,
        "phase_limit": where.limit,
        "phase_due": where.due,
        "whole_limit": where.whole_limit,
        "whole_due": where.whole_due,
    }


def _place(carrier: Carried) -> dict[str, str]:
    return {"hospital": carrier.hospital, "sender": carrier.sender, "receiver": carrier.receiver}


def _step(ahead: Booked | None) -> dict[str, Any]:
    if ahead is None:
        return {"next_kind": "", "next_text": "", "next_at": None, "next_on": None, "next_status": ""}
    return {
        "next_kind": ahead.kind,
        "next_text": ahead.text,
        "next_at": ahead.at,
        "next_on": ahead.day,
        "next_status": ahead.status,
    }


def _department(ahead: Booked | None, booked: Sequence[Booked]) -> str:
    """The department that has the patient next; else the one that had the patient last."""
    last = max((one for one in booked if one.status == "attended"), key=lambda one: one.at, default=None)
    chosen = ahead or last
    return chosen.department if chosen else ""


def _marks(opened: Opened, carrier: Carried, answer: Awaited | None, missed: date | None) -> dict[str, Any]:
    marks: dict[str, Any] = {}
    if answer is not None:
        marks["answer"] = answer.kind
    for name, day in (("missed", missed), ("sent", carrier.sent_on), ("came", carrier.came_on)):
        if day is not None:
            marks[name] = day.isoformat()
    if opened.messages:
        marks["messages"] = list(opened.messages)
    return marks


def _touched(opened: Opened, known: Known, booked: Sequence[Booked], on: date) -> date:
    """The last day that something happened: a code, an attended or missed appointment, a note, a task."""
    days = [opened.start, *(one.day for one in known.coded), *known.touched, *(one.asked for one in known.awaited)]
    days += [one.day for one in booked if one.status in ("attended", "missed")]
    return max(day for day in days if day <= on) if any(day <= on for day in days) else opened.start
