"""What is done with tasks and answers: made, promised, done, moved with a reason, given away, told to the leader."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from pakkeforlop.access.models import User
from pakkeforlop.access.rights import Right
from pakkeforlop.coding.models import Patient
from pakkeforlop.coordination.actions import answers, outgoing, work
from pakkeforlop.coordination.actions import tasks as actions
from pakkeforlop.coordination.blocking import Blocked, Stop
from pakkeforlop.coordination.queries import tasks as asked
from pakkeforlop.coordination.queries import worklist
from pakkeforlop.coordination.queries.patient import row_of
from pakkeforlop.coordination.states import ANSWER_KINDS, StepRefused
from pakkeforlop.web import clock
from pakkeforlop.web.layout.days import read_day
from pakkeforlop.web.tasks.views import VIEWS, coming_days
from pakkeforlop.web.words import words
from pakkeforlop.web.worklist.giving import deed, person
from pakkeforlop.web.worklist.presenter import pathway_name


def new(request: Any) -> HttpResponse:
    """An answer promised, or a task, for one open pathway; days are chosen, not typed."""
    t, on = words(), clock.today()
    given = request.POST if request.method == "POST" else request.GET
    row = row_of(request.patient, str(given.get("pathway", ""))[:3])
    if row is None or not request.access.scope(Right.COORDINATE).covers(row.hospital, row.pathway, row.department):
        messages.warning(request, t("tasks.said.gone"))
        return HttpResponseRedirect(reverse("tasks"))
    faults: list[str] = []
    if request.method == "POST":
        try:
            said = _made(request, row.pathway)
        except Blocked as fault:
            faults = fault.sentences(t.language)
        else:
            messages.success(request, said)
            view = "mine" if given.get("kind") == "task" else "answers"
            return HttpResponseRedirect(f"{reverse('tasks')}?view={view}")
    me = worklist.reader(request.user, on=on)
    values = {
        "patient": request.patient,
        "row": row,
        "pathway": pathway_name(row.pathway, t),
        "kinds": [(name, t(f"tasks.kind.{name}")) for name in ("call", "pathology", "imaging", "other", "task")],
        "kind": str(given.get("kind", "call")),
        "days": coming_days(on, t),
        "day": str(given.get("day", "")) or coming_days(on, t, first=1)[0][0],
        "text": str(given.get("text", "")),
        "owners": [(one.pk, one.display_name) for one in asked.colleagues(for_=me)],
        "owner": str(given.get("owner", "")),
        "key": uuid.uuid4().hex,
        "faults": faults,
    }
    return render(request, "tasks/new.html", values)


def _made(request: Any, pathway: str) -> str:
    t, given = words(), request.POST
    kind, day = str(given.get("kind", "")), read_day(str(given.get("day", "")))
    text = str(given.get("text", "")).strip()
    owner = person(str(given.get("owner", ""))) or request.user
    _require_sight(owner, request.patient, pathway)
    if kind in ANSWER_KINDS:
        answers.promise(
            patient=request.patient, pathway=pathway, kind=kind, expected=day, text=text, owner=owner,
            deed=deed(request),
        )  # fmt: skip
        return t("tasks.said.promised")
    if not text:
        raise Blocked(Stop("reason_missing", "text"))
    work.add_task(
        patient=request.patient, pathway=pathway, text=text[:400], due=day, owner=owner, deed=deed(request)
    )  # fmt: skip
    return t("tasks.said.made")


def do_work(request: Any) -> HttpResponse:
    """POST: `do` names what."""
    t = words()
    chosen = WORK.get(str(request.POST.get("do", "")))
    try:
        said = chosen(request) if chosen else None
    except StepRefused:
        said = None
    except Blocked as fault:
        messages.warning(request, t("tasks.said.stopped", why=" ".join(fault.sentences(t.language))))
        return _back(request)
    (messages.success if said else messages.warning)(request, said or t("tasks.said.gone"))
    return _back(request)


def _task(request: Any) -> Any:
    return asked.task_of(patient=request.patient, number=str(request.POST.get("row", "")))


def _answer(request: Any) -> Any:
    return asked.answer_of(patient=request.patient, number=str(request.POST.get("row", "")))


def _done(request: Any) -> str | None:
    task = _task(request)
    return words()("tasks.said.done") if task and work.finish_task(task=task, deed=deed(request)) else None


def _move(request: Any) -> str | None:
    task, day = _task(request), read_day(str(request.POST.get("day", "")))
    if task is None or not actions.move_task(task=task, due=day, reason=_reason(request), deed=deed(request)):
        return None
    return words()("tasks.said.moved", day=words().day(day)) if day else None


def _give(request: Any) -> str | None:
    task, owner = _task(request), person(str(request.POST.get("owner", "")))
    if task is None or owner is None:
        return None
    _require_sight(owner, request.patient, task.pathway)
    if not actions.give_task(task=task, owner=owner, deed=deed(request)):
        return None
    return words()("tasks.said.given", name=owner.display_name)


def _require_sight(owner: User, patient: Patient, pathway: str) -> None:
    """Work is given to those who see the pathway. Raises Blocked."""
    if not asked.sees(owner, patient=patient, pathway=pathway, on=clock.today()):
        raise Blocked(Stop("owner_unseen", "owner", {"name": owner.display_name}))


def _escalate(request: Any) -> str | None:
    t, task = words(), _task(request)
    if task is None:
        return None
    leader = actions.escalate_task(task=task, deed=deed(request), why=_reason(request))
    return t("tasks.said.escalated", name=leader.display_name) if leader else t("tasks.said.no_leader")


def _received(request: Any) -> str | None:
    answer = _answer(request)
    return words()("tasks.said.received") if answer and answers.receive(answer=answer, deed=deed(request)) else None


def _answer_move(request: Any) -> str | None:
    answer, day = _answer(request), read_day(str(request.POST.get("day", "")))
    if answer is None or not answers.move_answer(
        answer=answer, expected=day, reason=_reason(request), deed=deed(request)
    ):
        return None
    return words()("tasks.said.moved", day=words().day(day)) if day else None


def address(request: Any) -> HttpResponse:
    """POST: where one wants reminders; empty for nowhere."""
    t, text = words(), str(request.POST.get("address", "")).strip()[:254]
    try:
        if text:
            validate_email(text)
    except ValidationError:
        messages.warning(request, t("tasks.said.no_address", text=text))
        return _back(request)
    outgoing.set_address(user=request.user, address=text)
    messages.success(request, t("tasks.said.address" if text else "tasks.said.no_reminders"))
    return _back(request)


def _reason(request: Any) -> str:
    return str(request.POST.get("reason", ""))[:400]


def _back(request: Any) -> HttpResponse:
    view = str(request.POST.get("view", ""))
    query = f"?{urlencode({'view': view})}" if view in VIEWS and view != "mine" else ""
    return HttpResponseRedirect(reverse("tasks") + query)


WORK: dict[str, Callable[[Any], str | None]] = {
    "done": _done, "move": _move, "give": _give, "escalate": _escalate, "received": _received,
    "answer_move": _answer_move,
}  # fmt: skip
