"""One referral that was assessed: how, by whom and why; another answer to it; and what became of a downgraded one."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from pakkeforlop.access.rights import Right
from pakkeforlop.catalogue.load import load_catalogue
from pakkeforlop.coordination.actions import referrals as actions
from pakkeforlop.coordination.blocking import Blocked
from pakkeforlop.coordination.models import Assessment, Referral
from pakkeforlop.coordination.queries import referrals
from pakkeforlop.coordination.states import StepRefused
from pakkeforlop.web import clock
from pakkeforlop.web.layout.frame import unit_name
from pakkeforlop.web.referrals.wording import choices, pathway_of
from pakkeforlop.web.words import Words, words


@dataclass(frozen=True)
class Trace:
    """One assessment in words."""

    when: str
    who: str
    became: str
    start: str
    reason: str


def page(request: Any) -> HttpResponse:
    """GET: the referral with its assessments and the forms. POST: another answer, or that it is settled (`do`)."""
    number = request.POST.get("referral", "") or request.GET.get("referral", "")
    held = referrals.one_assessed(number, for_=request.user, on=clock.today())
    if held is None or held.patient_id != request.patient.pk:
        if request.method == "POST":
            messages.warning(request, words()("referrals.said.gone"))
            return HttpResponseRedirect(reverse("referrals"))
        raise Http404
    if request.method != "POST":
        return _draw(request, held)
    return _settle(request, held) if request.POST.get("do") == "settle" else _assess(request, held)


def _assess(request: Any, held: Referral) -> HttpResponse:
    """Another answer; what stops it is told on the page, with what was typed."""
    t, typed = words(), {name: request.POST.get(name, "") for name in ("choice", "pathway", "leaving", "reason")}
    into = typed["pathway"] if typed["choice"] == "pathway" else ""
    faults = _missing(typed, into, t)
    if not faults:
        try:
            actions.assess_anew(
                referral=held, into=into, leaving=typed["leaving"], reason=typed["reason"].strip()[:400],
                by=request.user, at=clock.now(), key=request.POST.get("key", ""),
            )  # fmt: skip
        except Blocked as fault:
            faults = [t("referrals.said.kept", why=" ".join(fault.sentences(t.language)))]
        except StepRefused:
            faults = [t("referrals.said.gone")]
    if faults:
        return _draw(request, held, typed=typed, faults=faults)
    said = "referrals.said.anew_pathway" if into else "referrals.said.anew_ordinary"
    messages.success(request, t(said, pathway=pathway_of(into, t), day=t.day(held.received_date)))
    return HttpResponseRedirect(_here(held))


def _settle(request: Any, held: Referral) -> HttpResponse:
    t, reason = words(), request.POST.get("reason", "").strip()
    if not reason:
        return _draw(request, held, unsettled=t("referrals.said.no_settled"))
    actions.settle_downgraded(referral=held, reason=reason, by=request.user, at=clock.now())
    messages.success(request, t("referrals.said.settled"))
    return HttpResponseRedirect(_here(held))


def _missing(typed: dict[str, str], into: str, t: Words) -> list[str]:
    """What must be chosen before anything is asked of the store."""
    if typed["choice"] not in {"pathway", "ordinary"}:
        return [t("referrals.said.no_choice")]
    if typed["choice"] == "pathway" and into not in load_catalogue().pathways:
        return [t("referrals.said.no_pathway")]
    return []


def _draw(
    request: Any, held: Referral, *, typed: dict[str, str] | None = None, faults: list[str] | None = None,
    unsettled: str = "",
) -> HttpResponse:  # fmt: skip
    t, now = words(), clock.now()
    begun = held.status == "pathway" and actions.start_of(held, at=now) is not None
    others = actions.others_after(held, at=now) if begun else []
    values = {
        "referral": held,
        "patient": held.patient,
        "received": t.long_day(held.received_date),
        "hospital": unit_name(held.institution),
        "sender": unit_name(held.sender),
        "stands": t("referrals.stands_pathway", pathway=pathway_of(held.into, t))
        if held.status == "pathway"
        else t("referrals.stands_ordinary"),
        "trace": [_trace(row, t) for row in referrals.assessments_of(held)],
        "pathways": choices(t),
        "begun": begun,
        "others": ", ".join(others),
        "may_code": request.access.may(Right.CODE),
        "typed": {"choice": "", "pathway": "", "reason": "", "leaving": "end" if others else "", **(typed or {})},
        "faults": faults or [],
        "unsettled": unsettled,
        "key": uuid.uuid4().hex,
    }
    return render(request, "referrals/anew.html", values, status=422 if faults or unsettled else 200)


def _trace(row: Assessment, t: Words) -> Trace:
    became = {
        "pathway": lambda: t("referrals.became_pathway", pathway=pathway_of(row.into, t)),
        "ordinary": lambda: t("referrals.was_ordinary"),
        "settled": lambda: t("referrals.became_settled"),
    }[row.became]()
    return Trace(
        t.moment(row.at), row.by.display_name if row.by else t("referrals.by_file"), became,
        t(f"referrals.start.{row.start}") if row.start else "", row.reason,
    )  # fmt: skip


def _here(held: Referral) -> str:
    return reverse("referral_anew", kwargs={"handle": held.patient.handle}) + f"?referral={held.pk}"
