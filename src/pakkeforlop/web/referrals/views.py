"""The inbox, and the assessment of one referral."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from pakkeforlop.access.rights import Right
from pakkeforlop.catalogue.load import load_catalogue
from pakkeforlop.coordination.actions import referrals as actions
from pakkeforlop.coordination.blocking import Blocked
from pakkeforlop.coordination.models import Referral
from pakkeforlop.coordination.queries import referrals
from pakkeforlop.coordination.queries.referrals import Incoming
from pakkeforlop.coordination.states import StepRefused
from pakkeforlop.vocabulary.numbers import whole
from pakkeforlop.web import clock
from pakkeforlop.web.layout.frame import unit_name
from pakkeforlop.web.patients import named
from pakkeforlop.web.referrals.wording import choices, pathway_of
from pakkeforlop.web.words import Words, words

PAGE = 50
"""Referrals of a page."""


@dataclass(frozen=True)
class ReferralView:
    """A referral as it is read."""

    incoming: Incoming
    name: str
    born: str
    received: str
    waited: str
    said: str
    why: str
    chosen: str
    key: str
    anchor: str


def inbox_page(request: Any) -> HttpResponse:
    """A page of new referrals of the reader's hospitals, and the last that were assessed."""
    on, t = clock.today(), words()
    incoming = referrals.inbox(for_=request.user, on=on)
    pages, opened = max(1, -(-len(incoming) // PAGE)), request.GET.get("open", "")
    page = _page(request.GET.get("page", ""), pages, [_anchor(one.referral) for one in incoming], opened)
    here = incoming[(page - 1) * PAGE : page * PAGE]
    done = referrals.assessed(for_=request.user, on=on)
    request.listed = [one.referral.patient_id for one in here] + [one.patient_id for one in done]
    views = [_view(one, t) for one in here]
    return render(
        request,
        "referrals/inbox.html",
        {
            "referrals": views,
            "waiting": len(incoming),
            "unmarked": sum(1 for one in incoming if one.meets is not None),
            "done": [(one, t.day(one.received_date), pathway_of(one.into, t)) for one in done],
            "pathways": choices(t),
            "may_code": request.access.may(Right.CODE),
            "hospital": unit_name,
            "downgraded": referrals.downgraded_count(for_=request.user, on=on),
            "open": opened or (views[0].anchor if views else ""),
            "page": page,
            "pages": pages,
            "earlier": _address(page - 1) if page > 1 else "",
            "later": _address(page + 1) if page < pages else "",
            "now": clock.now(),
        },
    )


def assess(request: Any) -> HttpResponse:
    """POST: into a pathway (`into`), or ordinary with a reason."""
    t, on = words(), clock.today()
    referral = referrals.one_referral(request.POST.get("referral", ""), for_=request.user, on=on)
    if referral is None or referral.patient_id != request.patient.pk:
        return _back(request, t("referrals.said.gone"), done=False)
    reason, choice = request.POST.get("reason", "").strip()[:400], request.POST.get("choice", "")
    if choice not in {"pathway", "ordinary"}:
        return _back(request, t("referrals.said.no_choice"), done=False, opened=_anchor(referral))
    try:
        said = _into(request, referral, reason, t) if choice == "pathway" else _ordinary(request, referral, reason, t)
    except StepRefused:
        return _back(request, t("referrals.said.already"), done=False)
    except Blocked as fault:
        why = " ".join(fault.sentences(t.language))
        return _back(request, t("referrals.said.stopped", why=why), done=False, opened=_anchor(referral))
    return _back(request, said[0], done=said[1], opened="" if said[1] else _anchor(referral))


def _into(request: Any, referral: Referral, reason: str, t: Words) -> tuple[str, bool]:
    pathway = request.POST.get("pathway", "")
    if pathway not in load_catalogue().pathways:
        return t("referrals.said.no_pathway"), False
    actions.into_pathway(
        referral=referral, pathway=pathway, reason=reason, by=request.user, at=clock.now(),
        key=request.POST.get("key", ""), via_specialist=request.POST.get("via") == "1",
    )  # fmt: skip
    return t("referrals.said.pathway", pathway=pathway_of(pathway, t), day=t.day(referral.received_date)), True


def _ordinary(request: Any, referral: Referral, reason: str, t: Words) -> tuple[str, bool]:
    if not reason:
        return t("referrals.said.no_reason"), False
    actions.ordinary(referral=referral, reason=reason, by=request.user, at=clock.now())
    referral.refresh_from_db(fields=["downgraded"])
    return t("referrals.said.downgraded" if referral.downgraded else "referrals.said.ordinary"), True


def _back(request: Any, text: str, *, done: bool, opened: str = "") -> HttpResponse:
    """The page of the inbox that the form stood on."""
    (messages.success if done else messages.warning)(request, text)
    return HttpResponseRedirect(_address(whole(request.POST.get("page", "")) or 1, opened))


def _address(page: int, opened: str = "") -> str:
    pairs = ({"page": page} if page > 1 else {}) | ({"open": opened} if opened else {})
    return reverse("referrals") + (f"?{urlencode(pairs)}" if pairs else "") + (f"#{opened}" if opened else "")


def _page(text: str, pages: int, anchors: list[str], opened: str) -> int:
    """The page of the referral that is to be open, else the one asked for; the last one where it was emptied."""
    if opened in anchors:
        return anchors.index(opened) // PAGE + 1
    return min(whole(text) or 1, pages)


def _anchor(referral: Referral) -> str:
    return f"h-{referral.pk}"


def _view(one: Incoming, t: Words) -> ReferralView:
    referral = one.referral
    why, said = "", ""
    if referral.marked and referral.pathway:
        said = t("referrals.marked", pathway=pathway_of(referral.pathway, t))
    elif one.meets is not None:
        said = t("referrals.meets", pathway=pathway_of(one.meets.pathway, t))
        why = t("referrals.why", words=one.meets.said, sure=t(f"referrals.sure.{one.meets.sure}"))
    return ReferralView(
        one, *named(referral.patient, t), t.day(referral.received_date),
        t("layout.days.today") if one.waited == 0 else t.count("referrals.waited", one.waited), said, why, one.proposed,
        uuid.uuid4().hex, _anchor(referral),
    )  # fmt: skip
