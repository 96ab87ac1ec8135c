"""What the rows of some patients are made of, read in one query a table however many the patients are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any

from django.utils.timezone import localtime

from pakkeforlop.access.models import Post
from pakkeforlop.coding.models import Patient
from pakkeforlop.coding.queries import held_by
from pakkeforlop.coordination.carrying import Asked, Coded
from pakkeforlop.coordination.fetch import every, of_patients
from pakkeforlop.coordination.models import (
    Appointment,
    ExpectedAnswer,
    Note,
    Proposal,
    Referral,
    Responsibility,
    Task,
    Transfer,
)
from pakkeforlop.coordination.proposing import Facts, Happened
from pakkeforlop.coordination.queries.events import Events, events_of
from pakkeforlop.coordination.working import Awaited, Booked, Known, Opened, Sent
from pakkeforlop.episodes.models import Episode

Place = tuple[int, str]
"""A patient and a pathway: what everything of the working day hangs on."""

EPISODE = (
    "patient_id", "pathway", "number", "episode_id", "start_date", "start_institution", "first_attendance_date",
    "decision_date", "treatment_date", "postponed", "messages",
)  # fmt: skip


DEATH = "death"
"""The kind of event that a death is (event_rules.toml)."""
OPENED = tuple(one.name for one in fields(Opened))
"""The same, as they are called here."""


@dataclass(frozen=True)
class Stored:
    """A proposal as it stands."""

    pk: int
    patient: int
    pathway: str
    code: str
    day: date
    state: str
    rule: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Person:
    """What a search finds a patient by, and the day of death that the population register tells."""

    name: str
    number: str
    died: date | None

    @property
    def sought(self) -> str:
        """The name without capitals, and the number."""
        return f"{self.name.casefold()} {self.number}".strip()


@dataclass(frozen=True)
class Unassessed:
    """A referral that nobody has assessed."""

    pk: int
    patient: int
    pathway: str
    day: date
    institution: str


@dataclass
class Gathered:
    """Open episodes of some patients, what is known of each pathway, its proposals and who is responsible."""

    opened: list[Opened] = field(default_factory=list)
    known: defaultdict[Place, Known] = field(default_factory=lambda: defaultdict(Known))
    proposals: defaultdict[Place, list[Stored]] = field(default_factory=lambda: defaultdict(list))
    owners: dict[Place, tuple[int | None, date]] = field(default_factory=dict)
    posts: dict[tuple[str, str], int] = field(default_factory=dict)
    people: dict[int, Person] = field(default_factory=dict)
    unassessed: list[Unassessed] = field(default_factory=list)
    unopened: dict[Place, tuple[Facts, list[Happened]]] = field(default_factory=dict)
    """Pathways that are not open and that events point to: what is known, and the events."""

    def owner(self, patient: int, pathway: str, units: Sequence[str], here_since: date) -> int | None:
        """Who has taken the pathway since it came here; else the coordinator that the hospital or trust has named.

        A row without an owner says that what was given has been taken back.
        """
        taken = self.owners.get((patient, pathway))
        if taken is not None and taken[0] is not None and taken[1] >= here_since:
            return taken[0]
        wanted = ((unit, prefix) for unit in units for prefix in (pathway, ""))
        return next((self.posts[one] for one in wanted if one in self.posts), None)


def gather(patients: Sequence[int], *, on: date) -> Gathered:
    """Read everything about the open pathways of some patients."""
    found = Gathered()
    rows = of_patients(Episode, EPISODE, patients, where='"end" IS NULL', order="patient_id, pathway, number")
    found.opened = [_opened(*row) for row in rows]
    events = events_of(patients, found.opened, on=on)
    _proposals(found, patients)
    if not found.opened and not events.happened:
        return found
    _codes(found, patients, on)
    _events(found, events)
    if found.opened:
        _appointments(found, patients, on)
        _the_rest(found, patients)
        found.posts = _posts(on)
        _people(found, on)
    return found


def _people(found: Gathered, on: date) -> None:
    """Those who have something open. A death that the population register tells is an event of each open pathway, where
    no other system has told it.
    """
    wanted = sorted({one.patient for one in found.opened})
    told = of_patients(Patient, ("id", "name", "national_number", "death_date"), wanted)
    found.people = {pk: Person(name, number, died) for pk, name, number, died in told}
    for one in found.opened:
        died, known = found.people[one.patient].died, found.known[(one.patient, one.pathway)]
        if died is not None and died <= on and not any(event.kind == DEATH for event in known.happened):
            known.happened.append(Happened(DEATH, died, "", "", pathway=one.pathway))


def _events(found: Gathered, events: Events) -> None:
    """Events to the pathways that are open, and to those that they might open."""
    opened = {(one.patient, one.pathway) for one in found.opened}
    for place, booked in events.booked.items():
        found.known[place].booked.extend(booked)
    for place, happened in events.happened.items():
        if place in opened:
            found.known[place].happened.extend(happened)
            continue
        coded = frozenset((one.code, one.day, one.institution) for one in found.known[place].coded)
        facts = Facts(ended=events.ended.get(place), quiet_until=events.quiet.get(place), coded=coded)
        found.unopened[place] = (facts, happened)


def _opened(*row: Any) -> Opened:
    told = dict(zip(OPENED, row, strict=True))
    told["postponed"] = bool(told["postponed"])
    told["messages"] = tuple(int(number) for number in told["messages"].split())
    return Opened(**told)


def _codes(found: Gathered, patients: Sequence[int], on: date) -> None:
    for patient, versions in held_by(patients, as_of=on).items():
        for version in versions:
            if version.event_date is not None:
                row = Coded(version.code, version.event_date, version.institution)
                found.known[(patient, version.code[:3])].coded.append(row)


def _appointments(found: Gathered, patients: Sequence[int], on: date) -> None:
    columns = (
        "id", "patient_id", "pathway", "kind", "text", "at", "institution", "status", "result", "followed_up_at",
        "department",
    )  # fmt: skip
    rows = of_patients(Appointment, columns, patients, order="at, id")
    for pk, patient, pathway, kind, text, at, institution, status, result, followed, department in rows:
        day, known = localtime(at).date(), found.known[(patient, pathway)]
        known.booked.append(Booked(kind, text, at, day, institution, status, result, followed is not None, department))
        if status == "attended" and day <= on:
            name = f"a{pk}"
            known.happened.append(Happened(kind, day, institution, text, result, pathway=pathway, name=name))


def _the_rest(found: Gathered, patients: Sequence[int]) -> None:
    answers = ("patient_id", "pathway", "kind", "expected_date", "asked_at")
    for patient, pathway, *told in of_patients(ExpectedAnswer, answers, patients, where="received_at IS NULL"):
        found.known[(patient, pathway)].awaited.append(Awaited(*told))
    referrals = ("patient_id", "pathway", "received_date", "institution", "status", "id")
    for patient, pathway, day, institution, status, pk in of_patients(
        Referral, referrals, patients, where="pathway <> ''", order="received_date, id"
    ):
        found.known[(patient, pathway)].asked.append(Asked(day, institution))
        if status == "new":
            found.unassessed.append(Unassessed(pk, patient, pathway, day, institution))
    for patient, pathway, at in of_patients(Note, ("patient_id", "pathway", "at"), patients):
        found.known[(patient, pathway)].touched.append(localtime(at).date())
    for patient, pathway, at, done in of_patients(Task, ("patient_id", "pathway", "made_at", "done_at"), patients):
        found.known[(patient, pathway)].touched.append(localtime(done or at).date())
        found.known[(patient, pathway)].tasks += done is None
    moved = ("patient_id", "pathway", "id", "sender", "receiver", "sent_on", "state", "received_on", "accepted_on")
    for patient, pathway, *told in of_patients(Transfer, moved, patients, order="id"):
        found.known[(patient, pathway)].transfers.append(Sent(*told))
    taken = ("patient_id", "pathway", "owner_id", "since")
    for patient, pathway, owner, since in of_patients(Responsibility, taken, patients, order="since, id"):
        found.owners[(patient, pathway)] = (owner, localtime(since).date())


def _proposals(found: Gathered, patients: Sequence[int]) -> None:
    columns = ("id", "patient_id", "pathway", "code", "event_date", "state", "rule", "reason")
    for row in of_patients(Proposal, columns, patients, order="event_date, id"):
        stored = Stored(*row)
        found.proposals[(stored.patient, stored.pathway)].append(stored)


def _posts(on: date) -> dict[tuple[str, str], int]:
    """The coordinator of each unit and pathway on a day; who came last, where there are two."""
    columns = ("org_nr", "pathway", "user_id", "valid_to")
    held = every(Post, columns, where="kind = 'coordinator' AND user_id IS NOT NULL AND valid_from <= %s", values=(on,))
    return {(unit, pathway): user for unit, pathway, user, last in held if last is None or last >= on}
