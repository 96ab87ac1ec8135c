"""The page of tasks: mine, the units', what was told to me as leader, and promised answers before they are late."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from pakkeforlop.access.rights import Right
from pakkeforlop.coordination.models import Change, ExpectedAnswer, Task
from pakkeforlop.coordination.queries import covers, messages, tasks, worklist
from pakkeforlop.coordination.queries.worklist import Reader
from pakkeforlop.vocabulary.working_days import is_working_day
from pakkeforlop.web import clock
from pakkeforlop.web.layout.live import Shown, answer
from pakkeforlop.web.patients import named
from pakkeforlop.web.words import Words, words
from pakkeforlop.web.worklist.presenter import pathway_name

VIEWS = ("mine", "answers", "unit", "unit_answers", "escalated")
ANSWERS = ("answers", "unit_answers")
TASKS = {"mine": tasks.mine, "unit": tasks.of_units, "escalated": tasks.escalated}
GROUPS = ("late", "today", "next", "later")
DAYS_OFFERED = 10
MOST = tasks.MOST


@dataclass(frozen=True)
class Line:
    """A task or an answer as it is read; `left` days to its day."""

    kind: str
    pk: int
    key: str
    handle: str
    name: str
    born: str
    pathway: str
    text: str
    owner: str
    day: str
    left: int | None
    history: tuple[str, ...]
    escalated: str


def tasks_page(request: Any) -> HttpResponse:
    """One view of the page."""
    t, me = words(), worklist.reader(request.user, on=clock.today())
    view = _view(request)
    shown = _shown(view, me, t)
    request.listed = [pk for _, rows in shown for pk, _ in rows]
    groups = [(name, [line for _, line in rows]) for name, rows in shown if rows]
    counts = _counts(me)
    mine, waiting = tasks.mine(for_=me), tasks.awaited(for_=me, own=True)
    return render(
        request,
        "tasks/list.html",
        {
            "view": view,
            "tabs": _tabs(view, counts, t),
            "cut": MOST if sum(len(rows) for _, rows in groups) < counts[view] else 0,
            "groups": groups,
            "n": counts["mine"],
            "late": mine.filter(due__lt=me.on).count(),
            "due": waiting.filter(expected_date__lte=me.on).count(),
            "hidden_n": tasks.hidden(for_=me) if view == "mine" else 0,
            "covers": list(covers.running(request.user, on=me.on)),
            "colleagues": [(one.pk, one.display_name) for one in tasks.colleagues(for_=me)],
            "days_offered": coming_days(me.on, t),
            "may": request.access.may(Right.COORDINATE),
            "address": messages.address_of(request.user),
            "stands": _stands(view, me),
            "now": clock.now(),
        },
    )


def live(request: Any) -> HttpResponse:
    """Whether the page still stands: asked every few seconds by the page itself."""
    t, me = words(), worklist.reader(request.user, on=clock.today())
    return answer(request, _stands(_view(request), me), t("layout.live.changed", clock=t.clock(clock.now())))


def _view(request: Any) -> str:
    view = str(request.GET.get("view", ""))
    return view if view in VIEWS else "mine"


def _stands(view: str, me: Reader) -> Shown:
    """What a view is made from: each task with its day, owner and leader, each answer with its day."""
    url = f"{reverse('tasks_live')}?{urlencode({'view': view})}"
    if view in ANSWERS:
        days = tasks.awaited(for_=me, own=view == "answers").values_list("pk", "expected_date")[:MOST]
        return Shown(url, {f"answer-{pk}": str(day) for pk, day in days})
    rows = TASKS[view](for_=me).values_list("pk", "due", "owner_id", "escalated_to_id")[:MOST]
    return Shown(url, {f"task-{pk}": "-".join(map(str, told)) for pk, *told in rows})


def coming_days(on: date, t: Words, *, first: int = 0) -> list[tuple[str, str]]:
    """The next working days to choose from, so that no date has to be typed."""
    days = (on + timedelta(n) for n in range(first, 31))
    return [(day.isoformat(), t.day(day)) for day in days if is_working_day(day)][:DAYS_OFFERED]


def _shown(view: str, me: Reader, t: Words) -> list[tuple[str, list[tuple[int, Line]]]]:
    """The view's groups: patients for the log, and lines."""
    if view in ANSWERS:
        found = tasks.answers(for_=me, own=view == "answers")
        return [(name, _answers(getattr(found, name), me, t)) for name in GROUPS]
    rows = list(TASKS[view](for_=me)[:MOST])
    traces = tasks.traces("task", [one.pk for one in rows])
    lines = [(one.patient_id, _task(one, traces.get(one.pk, []), me, t), one.due) for one in rows]
    return [
        (name, [(patient, line) for patient, line, due in lines if _group(due, me.on) == name])
        for name in ("late", "today", "later", "undated")
    ]


def _group(due: date | None, on: date) -> str:
    if due is None:
        return "undated"
    return "late" if due < on else "today" if due == on else "later"


def _task(one: Task, changes: Sequence[Change], me: Reader, t: Words) -> Line:
    told = t("tasks.escalated_to", name=one.escalated_to.display_name) if one.escalated_to else ""
    return Line(
        "task", one.pk, f"k-{uuid.uuid4().hex}", one.patient.handle, *named(one.patient, t),
        pathway_name(one.pathway, t), one.text, one.owner.display_name if one.owner else t("tasks.nobody"),
        t.day(one.due) if one.due else "", (one.due - me.on).days if one.due else None, _history(changes, t), told,
    )  # fmt: skip


def _answers(rows: Sequence[ExpectedAnswer], me: Reader, t: Words) -> list[tuple[int, Line]]:
    traces, whose = tasks.traces("answer", [one.pk for one in rows]), tasks.who_has(rows)
    return [
        (
            one.patient_id,
            Line(
                "answer", one.pk, f"k-{uuid.uuid4().hex}", one.patient.handle, *named(one.patient, t),
                pathway_name(one.pathway, t), f"{t(f'tasks.kind.{one.kind}')}{f': {one.text}' if one.text else ''}",
                one.owner.display_name if one.owner else whose.get(one.pk, t("tasks.nobody")), t.day(one.expected_date),
                (one.expected_date - me.on).days, _history(traces.get(one.pk, []), t), "",
            ),
        )
        for one in rows
    ]  # fmt: skip


def _history(changes: Sequence[Change], t: Words) -> tuple[str, ...]:
    """What it was before, with who and why."""
    return tuple(
        t(
            f"tasks.change.{one.what.partition('.')[2]}", was=_shown_value(one.was, t), now=_shown_value(one.now, t),
            who=one.by.display_name if one.by else t("tasks.by_itself"), reason=one.reason, day=t.day(one.at),
        ).strip()
        for one in changes
    )  # fmt: skip


def _shown_value(text: str, t: Words) -> str:
    try:
        return t.day(date.fromisoformat(text))
    except ValueError:
        return text or "–"


def _counts(me: Reader) -> dict[str, int]:
    """How much each view has."""
    found = {view: rows(for_=me).count() for view, rows in TASKS.items()}
    return found | {view: tasks.awaited(for_=me, own=view == "answers").count() for view in ANSWERS}


def _tabs(view: str, counts: dict[str, int], t: Words) -> list[dict[str, Any]]:
    shown = [name for name in VIEWS if name != "escalated" or counts[name] or view == name]
    return [
        {
            "url": f"{reverse('tasks')}?view={name}" if name != "mine" else reverse("tasks"),
            "text": t(f"tasks.view.{name}"), "current": name == view, "n": counts[name],
        }
        for name in shown
    ]  # fmt: skip
