"""What is done to one row: confirm, reject, undo, and the coordinator's own work."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.http import HttpResponse

from pakkeforlop.coordination.actions import work as actions
from pakkeforlop.coordination.models import Appointment, Proposal, Task, WorklistRow
from pakkeforlop.coordination.queries.patient import proposal_named
from pakkeforlop.coordination.states import StepRefused
from pakkeforlop.vocabulary.numbers import whole
from pakkeforlop.web.words import words
from pakkeforlop.web.worklist.answers import Said, answer
from pakkeforlop.web.worklist.confirming import confirm_proposal, refuse, take_back, take_up_again
from pakkeforlop.web.worklist.giving import coordinating, deed, give, person, sees
from pakkeforlop.web.worklist.giving import take_back as take_back_owners


def confirm(request: Any) -> HttpResponse:
    """Save a proposed code as it stands."""
    proposal = _proposal(request)
    if proposal is None:
        return answer(request, Said(words()("worklist.said.gone"), done=False), key=_key(request))
    key, revision = request.POST.get("key", ""), whole(request.POST.get("revision", ""))
    said = confirm_proposal(request, proposal, key=key, revision=revision)
    return answer(request, said, key=_key(request))


def reject(request: Any) -> HttpResponse:
    """Say no to a proposal, with a reason."""
    return answer(request, refuse(request, _proposal(request)), key=_key(request))


def undo_owner(request: Any) -> HttpResponse:
    """POST: pathways that one's deed `given` gave to somebody, one or many, back where they were."""
    return answer(request, take_back_owners(request), key=_key(request))


def undo(request: Any) -> HttpResponse:
    """Take back the last deed: a saved code by a new, correcting row; a rejection by taking the proposal up again."""
    rejected = request.POST.get("rejected", "")
    if rejected:
        return answer(request, take_up_again(request, rejected), key=_key(request))
    return answer(request, take_back(request, request.POST.get("registration", "")), key=_key(request))


def work(request: Any) -> HttpResponse:
    """A task, a note, a follow-up, a task done, or taking over; `do` names which."""
    chosen = WORK.get(request.POST.get("do", ""))
    if chosen is None or not _rows(request):
        return answer(request, Said(words()("worklist.said.gone"), done=False), key=_key(request))
    return answer(request, chosen(request), key=_key(request))


def _task(request: Any) -> Said:
    t, text = words(), request.POST.get("text", "").strip()[:400]
    if not text:
        return Said(t("worklist.said.text_missing"), done=False)
    due, owner = _day(request.POST.get("due", "")), person(request.POST.get("owner", "")) or request.user
    if not sees(owner, _rows(request)):
        return Said(t("worklist.said.task_unseen", name=owner.display_name), done=False)
    fresh = actions.add_task(
        patient=request.patient, pathway=_pathway(request), text=text, due=due, owner=owner, deed=deed(request),
    )  # fmt: skip
    return Said(t("worklist.said.task" if fresh else "worklist.said.again"))


def _task_done(request: Any) -> Said:
    t, number = words(), whole(request.POST.get("task", ""))
    task = Task.objects.filter(patient=request.patient, pk=number or 0).first()
    try:
        if task is None or not actions.finish_task(task=task, deed=deed(request)):
            return Said(t("worklist.said.again"))
    except StepRefused:
        return Said(t("worklist.said.again"))
    undo = {"task": str(task.pk), "do": "task_again", "handle": request.patient.handle}
    return Said(t("worklist.said.task_done"), undo=undo, what=t("worklist.said.undo_task", text=task.text))


def _task_again(request: Any) -> Said:
    t, number = words(), whole(request.POST.get("task", ""))
    task = Task.objects.filter(patient=request.patient, pk=number or 0).first()
    try:
        if task is None or not actions.take_up_task(task=task, deed=deed(request)):
            return Said(t("worklist.said.again"))
    except StepRefused:
        return Said(t("worklist.said.task_gone"), done=False)
    return Said(t("worklist.said.task_again"))


def _note(request: Any) -> Said:
    t, text = words(), request.POST.get("text", "").strip()[:2000]
    if not text:
        return Said(t("worklist.said.text_missing"), done=False)
    fresh = actions.add_note(patient=request.patient, pathway=_pathway(request), text=text, deed=deed(request))
    return Said(t("worklist.said.note" if fresh else "worklist.said.again"))


def _take(request: Any) -> Said:
    rows = _rows(request)
    return give(request, rows, request.user)


def _follow(request: Any) -> Said:
    t, text, number = words(), request.POST.get("text", "").strip()[:400], whole(request.POST.get("appointment", ""))
    if not text:
        return Said(t("worklist.said.text_missing"), done=False)
    missed = Appointment.objects.filter(patient=request.patient, pk=number or 0).first()
    if missed is None:
        return Said(t("worklist.said.gone"), done=False)
    try:
        fresh = actions.follow_up(appointment=missed, text=text, deed=deed(request))
    except StepRefused:
        return Said(_followed_before(missed), done=False)
    return Said(t("worklist.said.followed" if fresh else "worklist.said.again"))


def _followed_before(missed: Appointment) -> str:
    """Who has followed up an appointment, when and how: the second of two is told, and nothing is overwritten."""
    t, held = words(), Appointment.objects.select_related("followed_up_by").get(pk=missed.pk)
    who = held.followed_up_by.display_name if held.followed_up_by else t("worklist.said.somebody")
    when = t.moment(held.followed_up_at) if held.followed_up_at else ""
    return t("worklist.said.followed_before", who=who, when=when, text=held.follow_up)


WORK: dict[str, Callable[[Any], Said]] = {
    "task": _task, "task_done": _task_done, "task_again": _task_again, "note": _note, "take": _take, "follow": _follow,
}  # fmt: skip


def _proposal(request: Any) -> Proposal | None:
    """The proposal that the form names, of this patient; the deed tells of one that is answered."""
    return proposal_named(request.patient, str(request.POST.get("proposal", "")))


def _key(request: Any) -> str:
    return str(request.POST.get("row", ""))


def _pathway(request: Any) -> str:
    return _key(request).partition(".")[2][:3]


def _rows(request: Any) -> list[WorklistRow]:
    """The patient's open rows of the form's pathway, where the person coordinates it."""
    rows = coordinating(request).rows().filter(patient=request.patient, pathway=_pathway(request))
    return list(rows.select_related("patient"))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None

