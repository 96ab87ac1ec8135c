"""What is done from the list: confirm one or many, reject with a reason, undo, and why a new cancer had no pathway."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse

from pakkeforlop.coordination.actions import new_cancers, referrals
from pakkeforlop.coordination.models import NewCancer
from pakkeforlop.coordination.queries import codes_lists
from pakkeforlop.coordination.queries.codes_lists import Asked
from pakkeforlop.coordination.queries.patient import proposal_named
from pakkeforlop.vocabulary.numbers import whole
from pakkeforlop.web import clock
from pakkeforlop.web.codes.asked import VIEWS, address
from pakkeforlop.web.layout.undoing import AT_MOST, offer
from pakkeforlop.web.words import words
from pakkeforlop.web.worklist.answers import Said
from pakkeforlop.web.worklist.confirming import confirm_proposal, refuse, take_back, take_back_many, take_up_again
from pakkeforlop.web.worklist.giving import deed
from pakkeforlop.web.worklist.many import tell_notes, tell_taken_back


def confirm(request: Any) -> HttpResponse:
    """POST: the proposed code saved as it stands."""
    t, proposal = words(), proposal_named(request.patient, str(request.POST.get("proposal", "")))
    if proposal is None:
        return _answer(request, Said(t("codes.said.gone"), done=False))
    return _answer(request, confirm_proposal(request, proposal, key=_key(request), revision=None))


def reject(request: Any) -> HttpResponse:
    """POST: no to a proposal, with a reason."""
    return _answer(request, refuse(request, proposal_named(request.patient, str(request.POST.get("proposal", "")))))


def undo(request: Any) -> HttpResponse:
    """POST: the saved code taken back by a further row, or the rejected proposal taken up again."""
    rejected = str(request.POST.get("rejected", ""))
    if rejected:
        return _answer(request, take_up_again(request, rejected))
    return _answer(request, take_back(request, str(request.POST.get("registration", ""))))


def confirm_many(request: Any) -> HttpResponse:
    """POST: every marked proposal, each in its own transaction; what could not be saved is told."""
    t = words()
    me = codes_lists.coder(request.user, on=clock.today())
    ids = [number for text in request.POST.getlist("proposal")[:AT_MOST] if (number := whole(text)) is not None]
    chosen = codes_lists.proposals_of(ids, for_=me)
    key = deed(request).key
    done = [confirm_proposal(request, one, key=f"{key}:{one.pk}"[:64], revision=None) for one in chosen]
    if ids:
        messages.success(request, t.count("codes.said.many", sum(one.done for one in done)))
        tell_notes(request, done)
    else:
        messages.warning(request, t("codes.said.none_marked"))
    undone = [undo for one in done for undo in one.offered("codes_undo", query=str(request.POST.get("query", "")))]
    offer(request, undone, together=reverse("missing_codes_undo_many"))
    return HttpResponseRedirect(back(request))


def undo_many(request: Any) -> HttpResponse:
    """POST: the codes that the last deed saved, taken back."""
    tell_taken_back(request, take_back_many(request))
    return HttpResponseRedirect(back(request))


def settle(request: Any) -> HttpResponse:
    """POST: what became of a downgraded referral."""
    t, number = words(), whole(request.POST.get("referral", ""))
    me = codes_lists.coder(request.user, on=clock.today())
    found = codes_lists.downgraded_of(number or 0, for_=me)
    text = str(request.POST.get("text", "")).strip()
    if found is None:
        messages.warning(request, t("codes.said.gone"))
    elif not text:
        messages.warning(request, t("codes.said.text_missing"))
    elif referrals.settle_downgraded(referral=found, reason=text, by=request.user, at=clock.now()):
        messages.success(request, t("codes.said.settled"))
    else:
        messages.warning(request, t("codes.said.gone"))
    return HttpResponseRedirect(back(request))


def reason(request: Any) -> HttpResponse:
    """POST: why a new cancer had no pathway."""
    t, number = words(), whole(request.POST.get("cancer", ""))
    me = codes_lists.coder(request.user, on=clock.today())
    found = codes_lists.new_cancer_of(number or 0, for_=me)
    chosen = str(request.POST.get("reason", ""))
    if found is None:
        messages.warning(request, t("codes.said.gone"))
    elif chosen not in new_cancers.REASONS:
        messages.warning(request, t("codes.said.reason_missing"))
    else:
        _give_reason(request, found, chosen)
    return HttpResponseRedirect(back(request))


def _give_reason(request: Any, found: NewCancer, chosen: str) -> None:
    """The reason written down; the second of two is told who was first, and nothing is overwritten."""
    t, text = words(), str(request.POST.get("text", ""))
    try:
        new_cancers.give_reason(new_cancer=found, reason=chosen, text=text, by=request.user, at=clock.now())
    except new_cancers.Answered as fault:
        held = fault.held
        who = held.reason_by.display_name if held.reason_by else t("codes.somebody")
        when = t.moment(held.reason_at) if held.reason_at else ""
        told = t("codes.said.answered", who=who, when=when, reason=t(f"codes.reason.{held.reason}"))
        messages.warning(request, told)
    else:
        messages.success(request, t("codes.said.reason"))


def back(request: Any) -> str:
    """The lists as the person had them."""
    return address(Asked.read(dict(parse_qsl(str(request.POST.get("query", "")))), VIEWS))


def _answer(request: Any, said: Said) -> HttpResponse:
    """A redirect to the list with the sentence; the sentence alone for the page's own script."""
    if request.headers.get("X-Asked-By") == "codes":
        answer = {"said": said.text, "done": said.done, "undo": said.undo}
        return JsonResponse(answer, status=200 if said.done else 409)
    (messages.success if said.done else messages.warning)(request, said.text)
    offer(request, said.offered("codes_undo", query=str(request.POST.get("query", ""))))
    return HttpResponseRedirect(back(request))


def _key(request: Any) -> str:
    return str(request.POST.get("key", ""))
