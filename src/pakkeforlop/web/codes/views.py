"""The page of missing codes: lists by filter, counts in the tabs, the answer first; and the lists as a spreadsheet."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from pakkeforlop.access.rights import Right
from pakkeforlop.coordination.actions import work as actions
from pakkeforlop.coordination.actions.new_cancers import REASONS
from pakkeforlop.coordination.queries import codes_lists
from pakkeforlop.coordination.queries.codes_lists import Asked
from pakkeforlop.vocabulary.numbers import whole
from pakkeforlop.web import clock
from pakkeforlop.web.codes.asked import VIEWS, address
from pakkeforlop.web.codes.deeds import back
from pakkeforlop.web.codes.groups import found, groups, pages_of
from pakkeforlop.web.codes.heads import SAVED, backlog_lines, saved, selects, sentence, tabs
from pakkeforlop.web.codes.live import latest
from pakkeforlop.web.layout.seeking import sought
from pakkeforlop.web.words import words


def missing(request: Any) -> HttpResponse:
    """The lists as the address asks for them."""
    on, t = clock.today(), words()
    me = codes_lists.coder(request.user, on=on)
    asked = Asked.read({**request.GET.dict(), "q": sought(request)}, VIEWS)
    there = found(asked, me)
    everything = codes_lists.tally(Asked(), for_=me)
    wide = asked.of_any_month
    backlog = codes_lists.backlog(everything if wide == Asked() else codes_lists.tally(wide, for_=me), on=on)
    pages = pages_of(asked, there)
    page = _page(request.GET.get("page", ""), pages)
    shown, request.listed = groups(asked, there, t, me, page=page)
    may_see_referrals = request.access.may(Right.REFERRALS)
    return render(
        request,
        "codes/missing.html",
        {
            "asked": asked,
            "query": urlencode(asked.pairs()),
            "groups": shown,
            "tabs": tabs(asked, there, sum(backlog.values()), t),
            "saved": saved(request.user.pk, asked),
            "selects": selects(asked, everything, t),
            "sum": sentence(asked, there, me, t),
            "backlog": backlog_lines(asked, backlog, me, t) if asked.view == "backlog" else [],
            "reasons": [("", t("codes.reason.choose")), *((name, t(f"codes.reason.{name}")) for name in REASONS)],
            "open": str(request.GET.get("open", "")),
            "key": uuid.uuid4().hex,
            "may_code": request.access.may(Right.CODE),
            "keys": keys_of([group.kind for group in shown], may_code=request.access.may(Right.CODE)),
            "may_export": request.access.may(Right.EXPORT),
            "may_see_referrals": may_see_referrals,
            "latest": latest(me, t),
            "stamp": clock.now().isoformat(),
            "page": page,
            "pages": pages,
            "earlier": address(asked, page=page - 1) if page > 1 else "",
            "later": address(asked, page=page + 1) if page < pages else "",
            "sheet": address(asked, name="missing_codes_sheet"),
            "now": clock.now(),
        },
    )


def keys_of(kinds: Sequence[str], *, may_code: bool) -> list[tuple[str, str]]:
    """The keys that do something in the lists that stand on the page, each with its word."""
    if "proposed" in kinds and may_code:
        return [("B", "confirm"), ("E", "change"), ("A", "reject"), ("⇧B", "marked"), ("Z", "undo")]
    opened = [("E", "open")] if {"gap", "marked", "returned"} & set(kinds) else []
    return opened + ([("A", "answer")] if {"cancer", "downgraded"} & set(kinds) else [])


def save_view(request: Any) -> HttpResponse:
    """POST: name the lists as they are filtered, or forget a named view."""
    t, name, drop = words(), request.POST.get("name", "").strip()[:60], whole(request.POST.get("drop", ""))
    if drop is not None:
        actions.drop_view(user=request.user, view_id=drop)
        messages.success(request, t("codes.said.view_dropped"))
    elif not name:
        messages.warning(request, t("codes.said.name_missing"))
    else:
        asked = Asked.read(dict(parse_qsl(request.POST.get("query", ""))), VIEWS)
        actions.save_view(user=request.user, name=name, query=urlencode(asked.pairs()), page=SAVED)
        messages.success(request, t("codes.said.view_saved", name=name))
    return HttpResponseRedirect(back(request))


def _page(text: str, pages: int) -> int:
    """The page asked for; the first where there is no such page."""
    asked = whole(text) or 1
    return asked if asked <= pages else 1
