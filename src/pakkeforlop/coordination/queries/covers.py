"""Lists handed over: who covers for whom, what the deputy gets, and the brief."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from pakkeforlop.access.models import Post, User
from pakkeforlop.access.queries import in_force
from pakkeforlop.coordination.models import Cover, ExpectedAnswer, Note, Task, WorklistRow
from pakkeforlop.coordination.queries import tasks
from pakkeforlop.coordination.queries.worklist import Reader, ranked, reader

LINES = 26
"""Pathways that a brief has room for on one page; the rest are counted."""


@dataclass(frozen=True)
class Line:
    """A pathway in the brief: its row, open tasks, the next answer, the last note."""

    row: WorklistRow
    tasks: tuple[Task, ...]
    answer: ExpectedAnswer | None
    note: Note | None


@dataclass(frozen=True)
class Brief:
    """What the deputy must know, on one page: the most pressing pathways first, the rest counted by group."""

    cover: Cover
    lines: list[Line]
    more: int
    groups: dict[int, int]
    open_tasks: int
    loose: list[Task]
    """Tasks of the owner about pathways that others have."""


def of_person(user: Any, *, on: date) -> QuerySet[Cover]:
    """Hand-overs from and to a person that run or are to come."""
    rows = Cover.objects.filter(Q(owner=user) | Q(deputy=user), ended_at=None, last_day__gte=on)
    return rows.select_related("owner", "deputy", "made_by").order_by("first_day", "pk")


def running(user: Any, *, on: date) -> QuerySet[Cover]:
    """Hand-overs by which a person is deputy on a day."""
    return Cover.objects.filter(deputy=user, ended_at=None, first_day__lte=on, last_day__gte=on)


def one(number: int, *, for_: Any) -> Cover | None:
    """A hand-over of a person, as owner, as deputy, or as the one who made it."""
    rows = Cover.objects.filter(Q(owner=for_) | Q(deputy=for_) | Q(made_by=for_), pk=number)
    return rows.select_related("owner", "deputy").first()


def open_rows(owner: Any, *, for_: Reader) -> QuerySet[WorklistRow]:
    """The owner's open pathways that a person may see."""
    return for_.rows().filter(owner=owner)


def usual_deputy(owner: User, *, on: date) -> int | None:
    """Who-is-who's deputy for the most of a person's own pathways; else whom the list was handed over to last."""
    held = Post.objects.filter(in_force(on))
    mine = held.filter(kind="coordinator", user=owner, pathway=OuterRef("pathway"), org_nr=OuterRef("org_nr"))
    deputies = held.filter(Exists(mine), kind="deputy", user__isnull=False, user__is_active=True).exclude(user=owner)
    named = deputies.values("user").annotate(n=Count("pk")).order_by("-n", "user").first()
    last = Cover.objects.filter(owner=owner, deputy__is_active=True).order_by("-pk").first()
    return named["user"] if named else last.deputy_id if last else None


def out_of_reach(owner: User, deputy: User, *, on: date) -> int:
    """How many of the owner's pathways and tasks the deputy may not see."""
    theirs, sees = reader(owner, on=on), reader(deputy, on=on)
    rows = set(open_rows(owner, for_=theirs).values_list("pk", flat=True))
    seen = set(open_rows(owner, for_=sees).values_list("pk", flat=True))
    work = set(tasks.of_units(for_=theirs).filter(owner=owner).values_list("patient_id", flat=True))
    known = set(tasks.of_units(for_=sees).filter(owner=owner).values_list("patient_id", flat=True))
    return len(rows - seen) + len(work - known)


def brief(cover: Cover, *, for_: Reader) -> Brief:
    """The brief of a hand-over as a person may see it today."""
    rows = list(ranked(open_rows(cover.owner, for_=for_), on=for_.on))
    shown = rows[:LINES]
    patients = [row.patient_id for row in shown]
    every = list(tasks.of_units(for_=for_).filter(Q(owner=cover.owner) | Q(owner=None)))
    by_place: dict[tuple[int, str], list[Task]] = {}
    for task in every:
        by_place.setdefault((task.patient_id, task.pathway), []).append(task)
    awaited: dict[tuple[int, str], ExpectedAnswer] = {}
    for answer in ExpectedAnswer.objects.filter(patient__in=patients, received_at=None).order_by("-expected_date"):
        awaited[(answer.patient_id, answer.pathway)] = answer
    notes: dict[tuple[int, str], Note] = {}
    for note in Note.objects.filter(patient__in=patients).select_related("by").order_by("at", "pk"):
        notes[(note.patient_id, note.pathway)] = note
    places = {(row.patient_id, row.pathway) for row in rows}
    groups: dict[int, int] = {}
    for row in rows:
        rank = int(getattr(row, "rank", 0))
        groups[rank] = groups.get(rank, 0) + 1
    mine = [task for task in every if task.owner_id == cover.owner_id or (task.patient_id, task.pathway) in places]
    return Brief(
        cover,
        [
            Line(row, tuple(by_place.get(place, ())), awaited.get(place), notes.get(place))
            for row in shown
            for place in [(row.patient_id, row.pathway)]
        ],
        len(rows) - len(shown),
        groups,
        len(mine),
        [task for task in mine if (task.patient_id, task.pathway) not in places],
    )
