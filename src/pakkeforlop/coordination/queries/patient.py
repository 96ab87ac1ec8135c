"""What the page of one patient reads. Whoever asks has been let in to the patient already; see web/routes.py."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.timezone import localtime

from pakkeforlop.access.models import Post, User
from pakkeforlop.access.queries import in_force
from pakkeforlop.catalogue.load import load_catalogue
from pakkeforlop.coding.models import ActionKey, Patient, Registration
from pakkeforlop.coordination.models import (
    Appointment,
    ClinicalEvent,
    ExpectedAnswer,
    Note,
    Proposal,
    Responsibility,
    Task,
    WorklistRow,
)
from pakkeforlop.coordination.queries.worklist import Reader, plain_list, ranked
from pakkeforlop.coordination.states import BOOKED_AS
from pakkeforlop.episodes.models import EpisodeMessage
from pakkeforlop.vocabulary.numbers import whole

POSTS = ("coordinator", "deputy", "responsible_doctor", "department_contact")


@dataclass(frozen=True)
class Hanging:
    """What hangs on a patient's pathway, in the order it is read."""

    appointments: list[Appointment]
    answers: list[ExpectedAnswer]
    tasks: list[Task]
    notes: list[Note]
    proposals: list[Proposal]
    owner: User | None


def hanging(patient: Patient, pathway: str) -> Hanging:
    """Everything of the working day about a patient's pathway."""
    here = {"patient": patient, "pathway": pathway}
    last = Responsibility.objects.filter(**here).select_related("owner").order_by("since", "pk").last()
    return Hanging(
        appointments=visits(patient, pathway),
        answers=list(ExpectedAnswer.objects.filter(**here).order_by("asked_at", "pk")),
        tasks=list(Task.objects.filter(**here, done_at__isnull=True).select_related("owner").order_by("due", "pk")),
        notes=list(Note.objects.filter(**here).select_related("by").order_by("-at", "-pk")),
        proposals=list(Proposal.objects.filter(**here, state="open").order_by("event_date", "pk")),
        owner=last.owner if last else None,
    )


def visits(patient: Patient, pathway: str) -> list[Appointment]:
    """Appointments, and the visits and treatments that other systems tell of, as they count on the list.

    An event reads as an appointment without a row of its own; one that the booking system tells of too stands once.
    """
    booked = Appointment.objects.filter(patient=patient, pathway=pathway)
    found = list(booked.select_related("booked_by", "followed_up_by"))
    there = {(one.kind, localtime(one.at).date()) for one in found}
    for event in _events(patient, pathway):
        kind = BOOKED_AS[event.kind]
        if (kind, localtime(event.at).date()) not in there:
            found.append(
                Appointment(
                    patient=patient, pathway=pathway, kind=kind, at=event.at, institution=event.institution,
                    text=event.text or load_catalogue().event_kinds[event.kind].name.nb, department=event.department,
                    status=event.status, result=event.result,
                )
            )  # fmt: skip
    return sorted(found, key=lambda one: (one.at, one.pk or 0))


def _events(patient: Patient, pathway: str) -> list[ClinicalEvent]:
    """The patient's visits and treatments of a pathway; those without one where it is the only one open."""
    rows = WorklistRow.objects.filter(patient=patient, closed=False)
    only = set(rows.values_list("pathway", flat=True)) == {pathway}
    names = [pathway, ""] if only else [pathway]
    told = ClinicalEvent.objects.filter(patient=patient, pathway__in=names, kind__in=BOOKED_AS)
    return list(told.order_by("at", "pk"))


def row_of(patient: Patient, pathway: str, number: int | None = None) -> WorklistRow | None:
    """The row that the worklist has of a patient's open pathway."""
    rows = WorklistRow.objects.filter(patient=patient, pathway=pathway, closed=False).select_related("owner")
    return (rows.filter(number=number) if number else rows).order_by("-number").first()


def posts_for(pathway: str, orgs: Sequence[str], *, on: date) -> list[Post]:
    """Who is who for a pathway at some units: the pathway's own posts, and those of the whole unit."""
    held = Post.objects.filter(in_force(on), org_nr__in=orgs, pathway__in=(pathway, ""), kind__in=POSTS)
    found = sorted(held, key=lambda post: (orgs.index(post.org_nr), POSTS.index(post.kind), not post.pathway))
    return [post for post in found if post.name]


def names_of(rows: Sequence[Registration]) -> dict[int, str]:
    """Display names of those who registered, by their id."""
    ids = {row.registered_by for row in rows if row.registered_by}
    return dict(User.objects.filter(pk__in=ids).values_list("pk", "display_name")) if ids else {}


def saved_registration(patient: Patient, number: str) -> Registration | None:
    """A registration of the patient by its row; None when it is no number or another's."""
    return Registration.objects.filter(patient=patient, pk=whole(number) or 0).first()


def saved_by(user: User, numbers: Sequence[int]) -> list[Registration]:
    """Versions that a person has registered, by their rows; another's are left out."""
    rows = Registration.objects.filter(pk__in=numbers, registered_by=user.pk)
    return list(rows.select_related("patient").order_by("pk"))


def proposal_of(patient: Patient, number: str) -> Proposal | None:
    """An open proposal of the patient by its row."""
    return Proposal.objects.filter(patient=patient, pk=whole(number) or 0, state="open").first()


def proposal_named(patient: Patient, number: str) -> Proposal | None:
    """A proposal of the patient by its row, answered or not: what a form may name that is posted twice or too late."""
    return Proposal.objects.filter(patient=patient, pk=whole(number) or 0).first()


def used_key(key: str) -> bool:
    """Whether a form with this key has been posted before."""
    return bool(key) and ActionKey.objects.filter(key=key[:64]).exists()


def registered_under(key: str) -> Registration | None:
    """What a form with this key registered; None for a key that registered nothing."""
    known = ActionKey.objects.filter(key=key[:64]).first()
    return Registration.objects.filter(pk=known.result.get("registration") or 0).first() if known else None


def messages_on(made: Registration) -> list[int]:
    """The numbers of the engine's messages on a version, as they stand."""
    rows = EpisodeMessage.objects.filter(patient_id=made.patient_id, registration=made)
    return list(rows.order_by("pk").values_list("number", flat=True))


@dataclass(frozen=True)
class Position:
    """Where a patient stands on the reader's list, and who comes before and after (handle, pathway)."""

    at: int
    of: int
    before: tuple[str, str] | None
    after: tuple[str, str] | None


def position(*, for_: Reader, patient: Patient, pathway: str) -> Position | None:
    """The patient's place on the reader's own list as it is ranked today; None for one who is not on it."""
    keys = list(ranked(plain_list(for_), on=for_.on).values_list("patient__handle", "pathway"))
    here = (patient.handle, pathway)
    if here not in keys:
        return None
    at = keys.index(here)
    return Position(
        at + 1, len(keys), keys[at - 1] if at > 0 else None, keys[at + 1] if at + 1 < len(keys) else None
    )
