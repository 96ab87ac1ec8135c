"""What is done to one row: confirm, reject, undo, and the coordinator's own work."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.http import HttpResponse

from pakkeforlop.access.models import User
from pakkeforlop.coordination.actions import work as actions
from pakkeforlop.coordination.actions.work import Deed
from pakkeforlop.coordination.models import Appointment, Proposal, Task
from pakkeforlop.coordination.queries import worklist
from pakkeforlop.coordination.states import StepRefused
from pakkeforlop.web import clock
from pakkeforlop.web.words import words
from pakkeforlop.web.worklist.answers import Said, answer
from pakkeforlop.web.worklist.confirming import confirm_proposal, take_back, take_up_again, undo_words


def confirm(request: Any) -> HttpResponse:
    """Save a proposed code as it stands."""
    proposal = _proposal(request)
    if proposal is None:
        return answer(request, Said(words()("worklist.said.gone"), done=False), key=_key(request))
    key, revision = request.POST.get("key", ""), request.POST.get("revision", "")
    said = confirm_proposal(request, proposal, key=key, revision=int(revision) if revision.isdigit() else None)
    return answer(request, said, key=_key(request))


def reject(request: Any) -> HttpResponse:
    """Say no to a proposal, with a reason."""
    t, reason, proposal = words(), request.POST.get("reason", "").strip()[:400], _proposal(request)
    if not reason:
        return answer(request, Said(t("worklist.said.reason_missing"), done=False), key=_key(request))
    if proposal is None:
        return answer(request, Said(t("worklist.said.gone"), done=False), key=_key(request))
    try:
        actions.reject_proposal(proposal=proposal, reason=reason, deed=deed(request))
    except StepRefused:
        return answer(request, Said(t("worklist.said.gone"), done=False), key=_key(request))
    undo = {"rejected": str(proposal.pk), "handle": request.patient.handle}
    said = Said(t("worklist.said.rejected", code=proposal.code), undo=undo, what=undo_words(proposal, t))
    return answer(request, said, key=_key(request))


def undo(request: Any) -> HttpResponse:
    """Take back the last deed: a saved code by a new, correcting row; a rejection by taking the proposal up again."""
    rejected = request.POST.get("rejected", "")
    if rejected:
        return answer(request, take_up_again(request, rejected), key=_key(request))
    return answer(request, take_back(request, request.POST.get("registration", "")), key=_key(request))


def work(request: Any) -> HttpResponse:
    """A task, a note, a follow-up, a task done, or taking over; `do` names which."""
    chosen = WORK.get(request.POST.get("do", ""))
    if chosen is None or not _on_the_list(request):
        return answer(request, Said(words()("worklist.said.gone"), done=False), key=_key(request))
    return answer(request, chosen(request), key=_key(request))


def deed(request: Any) -> Deed:
    """Who, when and under which key."""
    return Deed(request.user, clock.now(), clock.today(), request.POST.get("key", ""))


def _task(request: Any) -> Said:
    t, text = words(), request.POST.get("text", "").strip()[:400]
    if not text:
        return Said(t("worklist.said.text_missing"), done=False)
    due, owner = _day(request.POST.get("due", "")), _person(request.POST.get("owner", ""))
    fresh = actions.add_task(
        patient=request.patient, pathway=_pathway(request), text=text, due=due, owner=owner or request.user,
        deed=deed(request),
    )  # fmt: skip
    return Said(t("worklist.said.task" if fresh else "worklist.said.again"))


def _task_done(request: Any) -> Said:
    t, number = words(), request.POST.get("task", "")
    task = Task.objects.filter(patient=request.patient, pk=int(number) if number.isdigit() else 0).first()
    if task is None or task.done_at is not None:
        return Said(t("worklist.said.again"))
    actions.finish_task(task=task, deed=deed(request))
    return Said(t("worklist.said.task_done"))


def _note(request: Any) -> Said:
    t, text = words(), request.POST.get("text", "").strip()[:2000]
    if not text:
        return Said(t("worklist.said.text_missing"), done=False)
    fresh = actions.add_note(patient=request.patient, pathway=_pathway(request), text=text, deed=deed(request))
    return Said(t("worklist.said.note" if fresh else "worklist.said.again"))


def _take(request: Any) -> Said:
    actions.give_responsibility(
        patient=request.patient, pathway=_pathway(request), owner=request.user, deed=deed(request)
    )
    return Said(words()("worklist.said.taken", name=request.user.display_name))


def _follow(request: Any) -> Said:
    t, text, number = words(), request.POST.get("text", "").strip()[:400], request.POST.get("appointment", "")
    if not text:
        return Said(t("worklist.said.text_missing"), done=False)
    missed = Appointment.objects.filter(patient=request.patient, pk=int(number) if number.isdigit() else 0).first()
    if missed is None:
        return Said(t("worklist.said.gone"), done=False)
    fresh = actions.follow_up(appointment=missed, text=text, deed=deed(request))
    return Said(t("worklist.said.followed" if fresh else "worklist.said.again"))


WORK: dict[str, Callable[[Any], Said]] = {
    "task": _task, "task_done": _task_done, "note": _note, "take": _take, "follow": _follow,
}  # fmt: skip


def _proposal(request: Any) -> Proposal | None:
    """The open proposal that the form names, of this patient."""
    number = request.POST.get("proposal", "")
    found = Proposal.objects.filter(patient=request.patient, pk=int(number) if number.isdigit() else 0).first()
    return found if found is not None and found.state == "open" else None


def _key(request: Any) -> str:
    return str(request.POST.get("row", ""))


def _pathway(request: Any) -> str:
    return _key(request).partition(".")[2][:3]


def _on_the_list(request: Any) -> bool:
    """Whether the form's pathway is an open one of the patient, on the person's list."""
    rows = worklist.reader(request.user, on=clock.today()).rows()
    return rows.filter(patient=request.patient, pathway=_pathway(request)).exists()


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _person(number: str) -> Any:
    return User.objects.filter(pk=int(number), is_active=True).first() if number.isdigit() else None
