"""What a coordinator does with an open pathway beside coding it: each verb one transaction, one line in the log.

The key of a form makes a double click one deed. Every verb ends by rebuilding the patient's rows of the list.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from pakkeforlop.access.audit import record
from pakkeforlop.coding.actions.append import hold
from pakkeforlop.coding.models import ActionKey, Patient
from pakkeforlop.coordination import states
from pakkeforlop.coordination.models import Appointment, Note, Proposal, SavedView, Task
from pakkeforlop.coordination.rows import refresh

LOGGED = {
    "proposal_rejected": "proposal.rejected",
    "proposal_reopened": "proposal.reopened",
    "task": "task.added",
    "task_done": "task.done",
    "task_again": "task.again",
    "note": "note.added",
    "follow_up": "appointment.followed_up",
    "task_moved": "task.moved",
    "task_given": "task.given",
    "task_escalated": "task.escalated",
    "answer_promised": "answer.promised",
    "answer_moved": "answer.moved",
    "answer_received": "answer.received",
    "transfer_received": "transfer.received",
    "transfer_declined": "transfer.declined",
}
"""What a deed is called on the access log."""


@dataclass(frozen=True)
class Deed:
    """Who does something, when, on which day, under which key."""

    by: Any
    at: datetime
    on: date
    key: str


def reject_proposal(*, proposal: Proposal, reason: str, deed: Deed) -> bool:
    """Say no to a proposed code, with the reason. False when this very deed was done before."""

    def do() -> None:
        held = Proposal.objects.select_for_update().get(pk=proposal.pk)
        held.state = states.step(states.PROPOSAL_STEPS, held.state, "rejected")
        held.reason, held.settled_by, held.settled_at = reason, deed.by, deed.at
        held.save(update_fields=["state", "reason", "settled_by", "settled_at"])

    return once(deed, proposal.patient, proposal.pathway, "proposal_rejected", proposal.code, do, reason=reason)


def reopen_proposal(*, proposal: Proposal, deed: Deed) -> bool:
    """Take up a rejected proposal again."""

    def do() -> None:
        held = Proposal.objects.select_for_update().get(pk=proposal.pk)
        held.state = states.step(states.PROPOSAL_STEPS, held.state, "open")
        held.reason, held.settled_by, held.settled_at = "", None, None
        held.save(update_fields=["state", "reason", "settled_by", "settled_at"])

    return once(deed, proposal.patient, proposal.pathway, "proposal_reopened", proposal.code, do)


def add_task(*, patient: Patient, pathway: str, text: str, due: date | None, owner: Any, deed: Deed) -> bool:
    """Write down something to do."""

    def do() -> None:
        Task.objects.create(
            patient=patient, pathway=pathway, text=text, due=due, owner=owner, made_by=deed.by, made_at=deed.at
        )

    return once(deed, patient, pathway, "task", "", do)


def finish_task(*, task: Task, deed: Deed) -> bool:
    """Tick off a task."""

    def do() -> None:
        held = Task.objects.select_for_update().get(pk=task.pk)
        states.step(states.TASK_STEPS, "done" if held.done_at else "open", "done")
        held.done_at, held.done_by = deed.at, deed.by
        held.save(update_fields=["done_at", "done_by"])

    return once(deed, task.patient, task.pathway, "task_done", "", do)


def take_up_task(*, task: Task, deed: Deed) -> bool:
    """A task that one has ticked off is to be done after all. Raises StepRefused for one that is open, or that another
    has ticked off.
    """

    def do() -> None:
        held = Task.objects.select_for_update().get(pk=task.pk)
        if held.done_by_id != getattr(deed.by, "pk", None):
            raise states.StepRefused("done", "open")
        states.step(states.TASK_STEPS, "done" if held.done_at else "open", "open")
        held.done_at, held.done_by = None, None
        held.save(update_fields=["done_at", "done_by"])

    return once(deed, task.patient, task.pathway, "task_again", "", do)


def add_note(*, patient: Patient, pathway: str, text: str, deed: Deed) -> bool:
    """Write a note; it can never be changed."""

    def do() -> None:
        Note.objects.create(patient=patient, pathway=pathway, text=text, by=deed.by, at=deed.at)

    return once(deed, patient, pathway, "note", "", do)


def follow_up(*, appointment: Appointment, text: str, deed: Deed) -> bool:
    """Say what was done about a missed or cancelled appointment. Raises StepRefused where somebody has said it already:
    what was written stays.
    """

    def do() -> None:
        held = Appointment.objects.select_for_update().get(pk=appointment.pk)
        if held.followed_up_at is not None:
            raise states.StepRefused("followed up", "followed up")
        held.follow_up, held.followed_up_by, held.followed_up_at = text, deed.by, deed.at
        held.save(update_fields=["follow_up", "followed_up_by", "followed_up_at"])

    return once(deed, appointment.patient, appointment.pathway, "follow_up", appointment.text, do)


def save_view(*, user: Any, name: str, query: str, page: str = "worklist") -> SavedView:
    """Name a filter of a list; the same name again changes it."""
    view, _ = SavedView.objects.update_or_create(user=user, page=page, name=name[:60], defaults={"query": query[:500]})
    return view


def drop_view(*, user: Any, view_id: int) -> None:
    """Forget a named filter of one's own."""
    SavedView.objects.filter(user=user, pk=view_id).delete()


def set_single_keys(*, user: Any, on: bool) -> None:
    """Whether single keys do something on the pages of a person."""
    user.single_keys = on
    user.save(update_fields=["single_keys"])


def once(
    deed: Deed, patient: Patient, pathway: str, what: str, detail: str, do: Callable[[], None], *, reason: str = ""
) -> bool:
    """Do a deed under its key, log it and rebuild the patient's rows; False when the key has been used."""
    with transaction.atomic():
        if deed.key:
            told = {"user": getattr(deed.by, "pk", None), "at": deed.at, "result": {"what": what}}
            _, fresh = ActionKey.objects.get_or_create(key=deed.key[:64], defaults=told)
            if not fresh:
                return False
        hold([patient.pk])
        do()
        record(
            "changed", by=deed.by, at=deed.at, what=LOGGED[what], patient_id=patient.pk,
            pathway=pathway, reason=reason,
        )  # fmt: skip
        refresh([patient.pk], on=deed.on, at=deed.at, by=getattr(deed.by, "pk", None), what=what, detail=detail[:120])
    return True
