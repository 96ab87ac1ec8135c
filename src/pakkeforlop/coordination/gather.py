"""What the rows of some patients are made of, read in one query a table however many the patients are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q
from django.utils.timezone import localtime

from pakkeforlop.access.models import Post
from pakkeforlop.coding.queries import held_by
from pakkeforlop.coordination.carrying import Asked, Coded
from pakkeforlop.coordination.models import (
    Appointment,
    ExpectedAnswer,
    Note,
    Proposal,
    Referral,
    Responsibility,
    Task,
)
from pakkeforlop.coordination.working import Awaited, Booked, Known, Opened
from pakkeforlop.episodes.models import Episode

Place = tuple[int, str]
"""A patient and a pathway: what everything of the working day hangs on."""

EPISODE = (
    "patient_id", "pathway", "number", "episode_id", "start_date", "start_institution", "first_attendance_date",
    "decision_date", "treatment_date", "postponed", "messages",
)  # fmt: skip


@dataclass
class Gathered:
    """Open episodes of some patients, what is known of each pathway, its proposals and who is responsible."""

    opened: list[Opened] = field(default_factory=list)
    known: defaultdict[Place, Known] = field(default_factory=lambda: defaultdict(Known))
    proposals: defaultdict[Place, list[Proposal]] = field(default_factory=lambda: defaultdict(list))
    owners: dict[Place, int | None] = field(default_factory=dict)
    posts: dict[tuple[str, str], int] = field(default_factory=dict)
    unassessed: list[Referral] = field(default_factory=list)

    def owner(self, patient: int, pathway: str, units: Sequence[str]) -> int | None:
        """Who has taken the pathway; else the coordinator that the hospital or trust has named for it."""
        if (patient, pathway) in self.owners:
            return self.owners[(patient, pathway)]
        wanted = ((unit, prefix) for unit in units for prefix in (pathway, ""))
        return next((self.posts[one] for one in wanted if one in self.posts), None)


def gather(patients: Sequence[int], *, on: date) -> Gathered:
    """Read everything about the open pathways of some patients."""
    found = Gathered()
    found.opened = [
        Opened(*row[:-1], messages=tuple(int(number) for number in row[-1].split()))
        for row in Episode.objects.filter(patient__in=patients, end__isnull=True)
        .order_by("patient_id", "pathway", "number")
        .values_list(*EPISODE)
    ]
    if not found.opened:
        return found
    _codes(found, patients, on)
    _appointments(found, patients)
    _the_rest(found, patients)
    found.posts = _posts(on)
    return found


def _codes(found: Gathered, patients: Sequence[int], on: date) -> None:
    for patient, versions in held_by(patients, as_of=on).items():
        for version in versions:
            if version.event_date is not None:
                row = Coded(version.code, version.event_date, version.institution)
                found.known[(patient, version.code[:3])].coded.append(row)


def _appointments(found: Gathered, patients: Sequence[int]) -> None:
    rows = Appointment.objects.filter(patient__in=patients).order_by("at", "id")
    for patient, pathway, kind, text, at, institution, status, result, followed, department in rows.values_list(
        "patient_id", "pathway", "kind", "text", "at", "institution", "status", "result", "followed_up_at", "department"
    ):
        day = localtime(at).date()
        booked = Booked(kind, text, at, day, institution, status, result, followed is not None, department)
        found.known[(patient, pathway)].booked.append(booked)


def _the_rest(found: Gathered, patients: Sequence[int]) -> None:
    answers = ExpectedAnswer.objects.filter(patient__in=patients, received_at__isnull=True)
    for patient, pathway, kind, expected, asked in answers.values_list(
        "patient_id", "pathway", "kind", "expected_date", "asked_at"
    ):
        found.known[(patient, pathway)].awaited.append(Awaited(kind, expected, asked))
    for referral in Referral.objects.filter(patient__in=patients).exclude(pathway="").order_by("received_date", "id"):
        here = (referral.patient_id, referral.pathway)
        found.known[here].asked.append(Asked(referral.received_date, referral.institution))
        if referral.status == "new":
            found.unassessed.append(referral)
    for patient, pathway, at in Note.objects.filter(patient__in=patients).values_list("patient_id", "pathway", "at"):
        found.known[(patient, pathway)].touched.append(localtime(at).date())
    for patient, pathway, at, done in Task.objects.filter(patient__in=patients).values_list(
        "patient_id", "pathway", "made_at", "done_at"
    ):
        found.known[(patient, pathway)].touched.append(localtime(done or at).date())
        found.known[(patient, pathway)].tasks += done is None
    for proposal in Proposal.objects.filter(patient__in=patients).order_by("event_date", "id"):
        found.proposals[(proposal.patient_id, proposal.pathway)].append(proposal)
    taken = Responsibility.objects.filter(patient__in=patients).order_by("since", "id")
    for patient, pathway, owner in taken.values_list("patient_id", "pathway", "owner_id"):
        found.owners[(patient, pathway)] = owner


def _posts(on: date) -> dict[tuple[str, str], int]:
    """The coordinator of each unit and pathway on a day."""
    held = Post.objects.filter(kind="coordinator", user__isnull=False, valid_from__lte=on)
    held = held.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on)).order_by("-valid_from", "-id")
    return {(unit, pathway): user for unit, pathway, user in held.values_list("org_nr", "pathway", "user_id")}
