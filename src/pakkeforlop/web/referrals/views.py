"""The inbox, and the assessment of one referral."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

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
from pakkeforlop.web import clock
from pakkeforlop.web.referrals.wording import choices, pathway_of, unit_of
from pakkeforlop.web.words import Words, words


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
    """New referrals of the reader's hospitals, and the last that were assessed."""
    on, t = clock.today(), words()
    incoming = referrals.inbox(for_=request.user, on=on)
    done = referrals.assessed(for_=request.user, on=on)
    request.listed = [one.referral.patient_id for one in incoming] + [one.patient_id for one in done]
    opened = request.GET.get("open", "")
    views = [_view(one, t) for one in incoming]
    return render(
        request,
        "referrals/inbox.html",
        {
            "referrals": views,
            "unmarked": sum(1 for one in incoming if one.meets is not None),
            "done": [(one, t.day(one.received_date), pathway_of(one.into, t)) for one in done],
            "pathways": choices(t),
            "may_code": request.access.may(Right.CODE),
            "hospital": unit_of,
            "downgraded": referrals.downgraded_count(for_=request.user, on=on),
            "open": opened or (views[0].anchor if views else ""),
            "now": clock.now(),
        },
    )


def assess(request: Any) -> HttpResponse:
    """POST: into a pathway (`into`), or ordinary with a reason."""
    t, number = words(), request.POST.get("referral", "")
    referral = Referral.objects.filter(patient=request.patient, pk=int(number) if number.isdigit() else 0).first()
    if referral is None or not _theirs(request, referral):
        return _back(request, t("referrals.said.gone"), done=False)
    reason, choice = request.POST.get("reason", "").strip()[:400], request.POST.get("choice", "")
    try:
        said = _into(request, referral, reason, t) if choice == "pathway" else _ordinary(request, referral, reason, t)
    except StepRefused:
        return _back(request, t("referrals.said.already"), done=False)
    except Blocked as fault:
        why = " ".join(fault.sentences(t.language))
        return _back(request, t("referrals.said.stopped", why=why), done=False, opened=f"h-{referral.pk}")
    return _back(request, said[0], done=said[1], opened="" if said[1] else f"h-{referral.pk}")


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


def _theirs(request: Any, referral: Referral) -> bool:
    """Whether the referral came to one of the hospitals that the person assesses for."""
    scope = request.access.scope(Right.REFERRALS)
    return any(
        (grant.orgs is None or referral.institution in grant.orgs)
        and (not referral.pathway or referral.pathway.startswith(grant.pathway))
        for grant in scope.grants
    )


def _back(request: Any, text: str, *, done: bool, opened: str = "") -> HttpResponse:
    (messages.success if done else messages.warning)(request, text)
    return HttpResponseRedirect(reverse("referrals") + (f"?open={opened}#{opened}" if opened else ""))


def _view(one: Incoming, t: Words) -> ReferralView:
    referral, patient = one.referral, one.referral.patient
    year = str(patient.birth_date.year) if patient.birth_date else ""
    tail = f" ••{patient.national_number[-2:]}" if patient.national_number else ""
    why, said = "", ""
    if referral.marked and referral.pathway:
        said = t("referrals.marked", pathway=pathway_of(referral.pathway, t))
    elif one.meets is not None:
        said = t("referrals.meets", pathway=pathway_of(one.meets.pathway, t))
        why = t("referrals.why", words=one.meets.said, sure=t(f"referrals.sure.{one.meets.sure}"))
    return ReferralView(
        one, patient.name or t("referrals.no_name"), year + tail, t.day(referral.received_date),
        t("layout.days.today") if one.waited == 0 else t.count("referrals.waited", one.waited), said, why, one.proposed,
        uuid.uuid4().hex, f"h-{referral.pk}",
    )  # fmt: skip
