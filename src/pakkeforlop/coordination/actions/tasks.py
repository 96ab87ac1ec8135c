"""Tasks moved, given to another and told to the leader; every day and owner that changes leaves a trace."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from pakkeforlop.access.models import User
from pakkeforlop.coordination import states
from pakkeforlop.coordination.actions import outgoing
from pakkeforlop.coordination.actions.work import Deed, once
from pakkeforlop.coordination.blocking import Blocked, Stop
from pakkeforlop.coordination.models import Change, Task
from pakkeforlop.coordination.queries.tasks import leader_of
from pakkeforlop.vocabulary.working_days import working_days_after

ESCALATED_AFTER = 2
"""Working days after its day that a task is told to the leader. A choice."""


def move_task(*, task: Task, due: date | None, reason: str, deed: Deed) -> bool:
    """Another day for a task, with the reason. Raises Blocked without a reason or a day, or for the day that it has."""
    refuse(due, task.due, reason, deed.on)

    def do() -> None:
        held = _open(task)
        trace(held, "task.due", _day(held.due), _day(due), reason, deed)
        held.due, held.escalated_at, held.escalated_to = due, None, None
        held.save(update_fields=["due", "escalated_at", "escalated_to"])

    return once(deed, task.patient, task.pathway, "task_moved", "", do, reason=reason.strip()[:400])


def give_task(*, task: Task, owner: User, deed: Deed) -> bool:
    """Another owner of a task."""

    def do() -> None:
        held = _open(task)
        was = held.owner.display_name if held.owner else ""
        trace(held, "task.owner", was, owner.display_name, "", deed)
        held.owner = owner
        held.save(update_fields=["owner"])

    return once(deed, task.patient, task.pathway, "task_given", owner.display_name, do)


def escalate_task(*, task: Task, deed: Deed, why: str = "") -> User | None:
    """Tell the leader of the unit that a task needs help; the leader, None where the unit has named none."""
    leader = leader_of(task, on=deed.on)
    if leader is None:
        return None

    def do() -> None:
        held = _open(task)
        held.escalated_at, held.escalated_to = deed.at, leader
        held.save(update_fields=["escalated_at", "escalated_to"])
        trace(held, "task.escalated", "", leader.display_name, why, deed)
        message = outgoing.to_person(leader, "escalation", key=f"escalation:{held.pk}:{deed.on}", at=deed.at)
        if deed.by is not None:
            outgoing.send_soon(message, at=deed.at)

    once(deed, task.patient, task.pathway, "task_escalated", leader.display_name, do, reason=why[:400])
    return leader


def escalate_late(*, on: date, at: datetime) -> int:
    """Tell the leaders of every open task whose day has passed by more than ESCALATED_AFTER working days."""
    late = Task.objects.filter(done_at=None, due__lt=on - timedelta(days=ESCALATED_AFTER - 1), escalated_at=None)
    done = 0
    for task in late.select_related("patient", "owner").order_by("due", "pk"):
        if task.due is not None and working_days_after(task.due, ESCALATED_AFTER) <= on:
            told = escalate_task(task=task, deed=Deed(None, at, on, f"escalation:{task.pk}:{task.due}"))
            done += told is not None
    return done


def trace(held: Any, what: str, was: str, now: str, reason: str, deed: Deed) -> None:
    """What a task or an answer was, and what it became."""
    Change.objects.create(
        patient_id=held.patient_id, pathway=held.pathway, what=what, row=held.pk, was=was, now=now,
        reason=reason.strip()[:400], by=deed.by, at=deed.at,
    )  # fmt: skip


def _open(task: Task) -> Task:
    held = Task.objects.select_for_update().get(pk=task.pk)
    if held.done_at is not None:
        raise states.StepRefused("done", "open")
    return held


def refuse(due: date | None, was: date | None, reason: str, on: date) -> None:
    """Raise Blocked for a day that is moved without a reason, to no day, to one that has passed, or not at all."""
    found = [] if reason.strip() else [Stop("reason_missing", "reason")]
    if due is None:
        found.append(Stop("day_missing", "day"))
    elif due < on:
        found.append(Stop("day_passed", "day", {"date": due}))
    elif due == was:
        found.append(Stop("nothing_changed", "day"))
    if found:
        raise Blocked(*found)


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


