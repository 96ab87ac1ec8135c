"""Open tasks and expected answers: one's own with those of whom one covers for, the units', and what was escalated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from pakkeforlop.access.models import Assignment, Post, User
from pakkeforlop.access.queries import in_force, scope_of, within
from pakkeforlop.access.rights import ROLE_RIGHTS, Right
from pakkeforlop.access.scope import expand
from pakkeforlop.coding.models import Patient
from pakkeforlop.coordination.models import Change, ExpectedAnswer, Task, WorklistRow
from pakkeforlop.coordination.queries.worklist import ORGS, Reader, reader
from pakkeforlop.episodes.models import Episode
from pakkeforlop.vocabulary.numbers import whole
from pakkeforlop.vocabulary.working_days import working_days_after

MOST = 300


@dataclass(frozen=True)
class Waiting:
    """Expected answers by how soon they are due."""

    late: list[ExpectedAnswer]
    today: list[ExpectedAnswer]
    next: list[ExpectedAnswer]
    later: list[ExpectedAnswer]


def mine(*, for_: Reader) -> QuerySet[Task]:
    """One's own open tasks and those of whom one covers for, earliest day first. A task without an owner belongs to who
    has the pathway.
    """
    return _ordered(_seen(for_).filter(Q(owner__in=for_.own) | Q(_of_own_pathways(for_), owner=None)))


def of_units(*, for_: Reader) -> QuerySet[Task]:
    """All open tasks about patients of one's units."""
    return _ordered(_seen(for_))


def escalated(*, for_: Reader) -> QuerySet[Task]:
    """Open tasks that a person was told of as leader."""
    return _ordered(_seen(for_).filter(escalated_to=for_.user))


def hidden(*, for_: Reader) -> int:
    """One's own open tasks about patients whom one may no longer see."""
    own = Task.objects.filter(done_at=None, owner=for_.user)
    return own.exclude(pk__in=_seen(for_).values("pk")).count()


def awaited(*, for_: Reader, own: bool) -> QuerySet[ExpectedAnswer]:
    """Answers that are waited for, soonest first; `own`: those of one's own pathways and those one has promised."""
    rows = ExpectedAnswer.objects.filter(_reachable(for_), received_at=None)
    if own:
        rows = rows.filter(Q(_of_own_pathways(for_)) | Q(owner__in=for_.own))
    return rows.select_related("patient", "owner").order_by("expected_date", "pk")


def answers(*, for_: Reader, own: bool) -> Waiting:
    """The same by how soon they are due."""
    found = list(awaited(for_=for_, own=own)[:MOST])
    soon = working_days_after(for_.on)
    return Waiting(
        [one for one in found if one.expected_date < for_.on],
        [one for one in found if one.expected_date == for_.on],
        [one for one in found if for_.on < one.expected_date <= soon],
        [one for one in found if one.expected_date > soon],
    )


def who_has(rows: Sequence[ExpectedAnswer]) -> dict[int, str]:
    """Whose pathway each answer is about, by name; those that nobody has are left out."""
    owned = WorklistRow.objects.filter(patient__in={one.patient_id for one in rows}, closed=False)
    told = owned.filter(owner__isnull=False).values_list("patient_id", "pathway", "owner__display_name")
    named = {(patient, pathway): name for patient, pathway, name in told}
    return {one.pk: named[place] for one in rows if (place := (one.patient_id, one.pathway)) in named}


def task_of(*, patient: Patient, number: str) -> Task | None:
    """An open task of a patient; whoever asks has been let in to the patient."""
    rows = Task.objects.filter(patient=patient, done_at=None, pk=whole(number) or 0)
    return rows.select_related("patient", "owner").first()


def answer_of(*, patient: Patient, number: str) -> ExpectedAnswer | None:
    """An answer that a patient's pathway waits for."""
    rows = ExpectedAnswer.objects.filter(patient=patient, received_at=None, pk=whole(number) or 0)
    return rows.select_related("patient").first()


def traces(kind: str, rows: list[int]) -> dict[int, list[Change]]:
    """What tasks or answers (`kind`: task, answer) were before, oldest first."""
    found: dict[int, list[Change]] = {}
    for one in Change.objects.filter(what__startswith=f"{kind}.", row__in=rows).select_related("by").order_by("pk"):
        found.setdefault(one.row, []).append(one)
    return found


def leader_of(task: Task, *, on: date) -> User | None:
    """The leader of the unit that has the patient: of the pathway before the whole unit, of the hospital before the
    trust.
    """
    rows = WorklistRow.objects.filter(patient_id=task.patient_id, pathway=task.pathway)
    row = rows.order_by("closed", "-number").first()
    if row is None:
        return None
    posts = Post.objects.filter(
        in_force(on), kind="leader", org_nr__in=[row.hospital, row.trust], pathway__in=[task.pathway, ""],
        user__isnull=False, user__is_active=True,
    )  # fmt: skip
    found = sorted(posts, key=lambda post: (post.org_nr != row.hospital, not post.pathway, post.pk))
    return found[0].user if found else None


def colleagues(*, for_: Reader) -> list[User]:
    """Those who may coordinate at the person's units, oneself first."""
    mine = scope_of(for_.user, on=for_.on, right=Right.COORDINATE).orgs
    roles = [role.value for role, rights in ROLE_RIGHTS.items() if Right.COORDINATE in rights]
    held = Assignment.objects.filter(in_force(for_.on), role__in=roles, user__is_active=True).select_related("user")
    found = {}
    for one in held:
        theirs = expand(one.org_nr, for_.on)
        if mine is None or theirs is None or mine & theirs:
            found[one.user_id] = one.user
    return sorted(found.values(), key=lambda user: (user.pk != for_.user.pk, user.display_name))


def sees(owner: User, *, patient: Patient, pathway: str, on: date) -> bool:
    """Whether a patient's pathway, open or ended, is of somebody's units, so that work on it can be given there."""
    return any(found.exists() for found in _pathways(reader(owner, on=on), patient=patient, pathway=pathway))


def _of_own_pathways(for_: Reader) -> Exists:
    """About an open pathway of the person's own, or of those whom one covers for."""
    here = {"patient": OuterRef("patient"), "pathway": OuterRef("pathway")}
    return Exists(WorklistRow.objects.filter(**here, owner__in=for_.own, closed=False))


def _seen(for_: Reader) -> QuerySet[Task]:
    return Task.objects.filter(_reachable(for_), done_at=None)


def _reachable(for_: Reader) -> Q:
    """About patients of one's units."""
    rows, ended = _pathways(for_, patient=OuterRef("patient"), pathway=OuterRef("pathway"))
    return Q(Exists(rows)) | Q(Exists(ended))


def _pathways(for_: Reader, **here: Any) -> tuple[QuerySet[WorklistRow], QuerySet[Episode]]:
    """A patient's pathway as one's units have it: the list's row, and pathways that began there and have ended."""
    scope = scope_of(for_.user, on=for_.on, right=Right.WORKLIST)
    inside = within(scope, orgs=ORGS, pathway="pathway", department="department")
    began = within(scope, orgs=("start_institution",), pathway="pathway")
    rows = WorklistRow.objects.filter(inside, **here)
    return rows, Episode.objects.filter(began, end__isnull=False, **here)


def _ordered(rows: QuerySet[Task]) -> QuerySet[Task]:
    ordered = rows.select_related("patient", "owner", "escalated_to", "made_by")
    return ordered.order_by(F("due").asc(nulls_last=True), "pk")

