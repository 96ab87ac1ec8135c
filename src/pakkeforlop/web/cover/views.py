"""Handing over a list, taking it back, and the brief on one page."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from pakkeforlop.access.models import User
from pakkeforlop.access.rights import Right
from pakkeforlop.coordination.actions import covers as actions
from pakkeforlop.coordination.blocking import Blocked
from pakkeforlop.coordination.phase import days
from pakkeforlop.coordination.queries import covers, tasks, worklist
from pakkeforlop.coordination.queries.covers import Line
from pakkeforlop.coordination.ranking import Group
from pakkeforlop.web import clock
from pakkeforlop.web.layout.days import read_day
from pakkeforlop.web.words import Words, words
from pakkeforlop.web.worklist.giving import deed
from pakkeforlop.web.worklist.presenter import row_view

DAYS = 15
SAID_IN_WORDS = ("ring", "clock")
"""Signs of tasks and of answers: the brief says which they are."""


def cover_page(request: Any) -> HttpResponse:
    """Who covers for whom, and the form; POST hands over."""
    t, on = words(), clock.today()
    faults: list[str] = []
    if request.method == "POST":
        try:
            made = _made(request, on)
        except Blocked as fault:
            faults = fault.sentences(t.language)
        else:
            said = t("cover.said.made", name=made.deputy.display_name, day=t.long_day(made.last_day))
            messages.success(request, said)
            return HttpResponseRedirect(reverse("cover_brief", kwargs={"number": made.pk}))
    me = worklist.reader(request.user, on=on)
    people = tasks.colleagues(for_=me)
    owned = worklist.look_around(me).owned
    leads = request.access.may(Right.DIRECTORY_EDIT)
    others = [one for one in people if leads or one.pk != request.user.pk]
    offered = [(day.isoformat(), t.day(day)) for day in (on + timedelta(n) for n in range(DAYS))]
    given = request.POST
    return render(
        request,
        "cover/page.html",
        {
            "running": list(covers.of_person(request.user, on=on)),
            "owners": [(one.pk, _owner(one, owned, t)) for one in people if leads or one.pk == request.user.pk],
            "owner": given.get("owner", request.user.pk),
            "deputies": [("", t("cover.choose"))] + [(one.pk, one.display_name) for one in others],
            "deputy": given.get("deputy", covers.usual_deputy(request.user, on=on) or ""),
            "days": offered,
            "first_day": given.get("first_day", on.isoformat()),
            "last_day": given.get("last_day", offered[_to_friday(on)][0]),
            "note": given.get("note", ""),
            "n": owned.get(request.user.pk, 0),
            "mine": tasks.mine(for_=me).count(),
            "key": uuid.uuid4().hex,
            "faults": faults,
            "on": on,
        },
    )


def brief_page(request: Any, number: int) -> HttpResponse:
    """The brief of a hand-over, on one page of paper."""
    cover = covers.one(number, for_=request.user)
    if cover is None:
        raise Http404
    t, me = words(), worklist.reader(request.user, on=clock.today())
    found = covers.brief(cover, for_=me)
    scope = request.access.scope(Right.WORKLIST)
    request.listed = [line.row.patient_id for line in found.lines] + [task.patient_id for task in found.loose]
    groups = [(t(f"worklist.group.{g.name.lower()}"), found.groups[int(g)]) for g in Group if int(g) in found.groups]
    return render(
        request,
        "cover/brief.html",
        {
            "cover": cover,
            "found": found,
            "lines": [_line(one, t, scope, me.on) for one in found.lines],
            "groups": groups,
            "now": clock.now(),
            "may_end": cover.ended_at is None and request.access.may(Right.COORDINATE),
            "is_deputy": cover.deputy_id == request.user.pk,
        },
    )


def end(request: Any, number: int) -> HttpResponse:
    """POST: the list taken back."""
    t, cover = words(), covers.one(number, for_=request.user)
    if cover is None:
        raise Http404
    done = actions.end_cover(cover=cover, deed=deed(request))
    (messages.success if done else messages.warning)(
        request, t("cover.said.ended" if done else "cover.said.ended_before", name=cover.owner.display_name)
    )
    return HttpResponseRedirect(reverse("cover"))


def _made(request: Any, on: date) -> Any:
    given = request.POST
    me = worklist.reader(request.user, on=on)
    people = {str(one.pk): one for one in tasks.colleagues(for_=me)}
    leads = request.access.may(Right.DIRECTORY_EDIT)
    owner = people.get(str(given.get("owner", "")), request.user) if leads else request.user
    deputy = people.get(str(given.get("deputy", "")), owner)
    first, last = read_day(str(given.get("first_day", ""))) or on, read_day(str(given.get("last_day", ""))) or on
    return actions.hand_over(
        owner=owner, deputy=deputy, first_day=first, last_day=last, note=str(given.get("note", "")), deed=deed(request)
    )


def _owner(user: User, owned: dict[int | None, int], t: Words) -> str:
    return f"{user.display_name}, {t.count('cover.rows', owned.get(user.pk, 0))}"


def _to_friday(on: date) -> int:
    """Days to the end of the week; from a Friday on, to the end of the next."""
    return (4 - on.weekday()) % 7 or 7


def _line(line: Line, t: Words, scope: Any, on: date) -> dict[str, Any]:
    view = row_view(line.row, t, on=on, for_=scope)
    _, left = days(line.row.start_date, line.row.whole_due, today=on)
    todo = [f"{task.text}{f' ({t.day(task.due)})' if task.due else ''}" for task in line.tasks]
    signs = [sign.text for sign in view.signs if sign.kind not in SAID_IN_WORDS]
    if line.answer is not None:
        day = line.answer.expected_date
        said = t("cover.answer", kind=t(f"tasks.kind.{line.answer.kind}"), day=t.day(day))
        (signs if day <= on else todo).append(said)
    note = line.note.text[:90] if line.note else ""
    return {"row": view, "left": left, "signs": signs, "todo": todo, "note": note}
