"""What is done to many rows at once, and the reader's own settings of the list."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from pakkeforlop.access.rights import Right
from pakkeforlop.coordination.actions import work as actions
from pakkeforlop.coordination.models import WorklistRow
from pakkeforlop.coordination.queries import worklist
from pakkeforlop.vocabulary.numbers import whole
from pakkeforlop.web import clock
from pakkeforlop.web.layout.undoing import AT_MOST, offer
from pakkeforlop.web.words import words
from pakkeforlop.web.worklist.answers import Said, answer, back
from pakkeforlop.web.worklist.confirming import confirm_proposal, said_before, take_back_many
from pakkeforlop.web.worklist.giving import deed, give, person
from pakkeforlop.web.worklist.views import key_parts


def confirm_many(request: Any) -> HttpResponse:
    """Confirm the proposed codes of the marked rows, each on its own: one that cannot be saved stops no other."""
    t, rows = words(), _marked(request)
    request.listed = [row.patient_id for row in rows]
    if not rows:
        messages.warning(request, t("worklist.said.nothing_marked"))
        return HttpResponseRedirect(back(request))
    key = deed(request).key
    done = [said for row in rows if (said := _confirmed(request, row, f"{key}:{row.pk}")) is not None]
    saved = sum(one.done for one in done)
    text = t.count("worklist.said.bulk_confirmed", saved)
    messages.success(request, text + t.count("worklist.said.bulk_left", len(done) - saved))
    tell_notes(request, done)
    query = request.POST.get("query", "")
    undoes = [undo for one in done for undo in one.offered("worklist_undo", query=query)]
    offer(request, undoes, together=reverse("worklist_undo_many"))
    return HttpResponseRedirect(back(request))


def _confirmed(request: Any, row: WorklistRow, key: str) -> Said | None:
    """What became of a marked row's proposal; None for a row that has none and had none."""
    before = said_before(key, row)
    if before is None and row.proposed is not None:
        return confirm_proposal(request, row.proposed, key=key, revision=None)
    return before


def undo_many(request: Any) -> HttpResponse:
    """Take back the codes that the last deed saved."""
    tell_taken_back(request, take_back_many(request))
    return HttpResponseRedirect(back(request))


def tell_taken_back(request: Any, done: list[Said]) -> None:
    """How many codes were taken back, and why each of the others was not."""
    messages.success(request, words().count("worklist.said.bulk_undone", sum(one.done for one in done)))
    for one in done:
        if not one.done:
            messages.warning(request, one.text)


def tell_notes(request: Any, done: list[Said]) -> None:
    """What the rules say of codes that were saved, code by code; of those that were not saved, why."""
    for one in done:
        if one.notes or not one.done:
            messages.warning(request, f"{one.what}: {' '.join(one.notes)}" if one.done else one.text)


def assign_many(request: Any) -> HttpResponse:
    """Give the marked rows to one person; the next page offers to take it back."""
    t, rows = words(), _marked(request, right=Right.COORDINATE)
    request.listed = [row.patient_id for row in rows]
    owner = person(request.POST.get("owner", ""))
    if not rows or owner is None:
        messages.warning(request, t("worklist.said.nothing_marked"))
        return HttpResponseRedirect(back(request))
    return answer(request, give(request, rows, owner))


def save_view(request: Any) -> HttpResponse:
    """Name the list as it is filtered, or forget a named one."""
    t, name, drop = words(), request.POST.get("name", "").strip()[:60], whole(request.POST.get("drop", ""))
    if drop is not None:
        actions.drop_view(user=request.user, view_id=drop)
        messages.success(request, t("worklist.said.view_dropped"))
    elif not name:
        messages.warning(request, t("worklist.said.text_missing"))
    else:
        pairs = worklist.Filters.read(dict(parse_qsl(request.POST.get("query", "")))).pairs()
        pairs.pop("s", None)
        actions.save_view(user=request.user, name=name, query=urlencode(pairs))
        messages.success(request, t("worklist.said.view_saved", name=name))
    return HttpResponseRedirect(back(request))


def single_keys(request: Any) -> HttpResponse:
    """Switch single keys on or off for the reader (WCAG 2.1.4)."""
    on = request.POST.get("on") == "1"
    actions.set_single_keys(user=request.user, on=on)
    messages.success(request, words()("worklist.said.keys_on" if on else "worklist.said.keys_off"))
    return HttpResponseRedirect(back(request))


def _marked(request: Any, *, right: Right = Right.WORKLIST) -> list[WorklistRow]:
    """The marked rows that are on the person's own list, where the person has a right."""
    keys = [key_parts(key) for key in request.POST.getlist("row")[:AT_MOST]]
    me = worklist.reader(request.user, on=clock.today(), right=right)
    known = [key for key in keys if key is not None]
    return worklist.some(for_=me, keys=known) if known else []
