"""Upgrades and downgrades of the last year: how many by pathway, each with its reason, and word to the referrer."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from pakkeforlop.catalogue.load import load_catalogue
from pakkeforlop.coordination.actions import outgoing
from pakkeforlop.coordination.queries import messages as letters
from pakkeforlop.coordination.queries import regradings as asked
from pakkeforlop.coordination.queries.regradings import Regraded
from pakkeforlop.coordination.regrading import DOWN, UP
from pakkeforlop.vocabulary.numbers import whole
from pakkeforlop.web import clock
from pakkeforlop.web.patients import named
from pakkeforlop.web.words import Words, words
from pakkeforlop.web.worklist.presenter import hospital_name, pathway_name

NO_PATHWAY = "none"
MOST = 200


def regradings_page(request: Any) -> HttpResponse:
    """The figures; `pathway` and `way` open a number."""
    t, on = words(), clock.today()
    prefix, way = str(request.GET.get("pathway", "")), str(request.GET.get("way", ""))
    way = way if way in (UP, DOWN) else ""
    narrowed = "" if prefix == NO_PATHWAY else prefix if prefix in load_catalogue().pathways else None
    every = asked.regradings(for_=request.user, on=on)
    found = asked.regradings(for_=request.user, on=on, pathway=narrowed, way=way)
    rows = found.rows[:MOST]
    request.listed = [one.referral.patient_id for one in rows]
    return render(
        request,
        "regradings/list.html",
        {
            "up": every.count(UP),
            "down": every.count(DOWN),
            "unsettled": every.unsettled,
            "figures": [
                (_pathway(code, t), (up, _address(code, UP)), (down, _address(code, DOWN)))
                for code, up, down in every.by_pathway()
            ],
            "rows": [_row(one, t) for one in rows],
            "waiting": sum(1 for one in every.rows if one.message is not None and one.message.state != "sent"),
            "opened": bool(way or narrowed is not None),
            "now": clock.now(),
        },
    )


def sent(request: Any) -> HttpResponse:
    """POST: a letter was sent to the referrer."""
    t, number = words(), whole(str(request.POST.get("message", "")))
    found = letters.letter(number or 0, for_=request.user, on=clock.today())
    done = found is not None and outgoing.letter_sent(message=found, by=request.user, at=clock.now())
    tell = messages.success if done else messages.warning
    tell(request, t("regradings.said.sent" if done else "regradings.said.gone"))
    return HttpResponseRedirect(reverse("regradings"))


def _address(prefix: str, way: str) -> str:
    return f"{reverse('regradings')}?{urlencode({'pathway': prefix or NO_PATHWAY, 'way': way})}#those"


def _pathway(prefix: str, t: Words) -> str:
    return f"{pathway_name(prefix, t)} {prefix}" if prefix else t("regradings.no_pathway")


def _row(one: Regraded, t: Words) -> dict[str, Any]:
    referral, step, letter = one.referral, one.assessment, one.message
    patient = referral.patient
    name, born = named(patient, t)
    return {
        "handle": patient.handle, "name": name, "born": born,
        "pathway": _pathway(referral.pathway, t), "way": t(f"regradings.way.{one.way}"), "reason": step.reason or "–",
        "by": step.by.display_name if step.by else "", "at": t.moment(step.at),
        "sender": hospital_name(referral.sender),
        "received": t.day(referral.received_date), "unsettled": referral.downgraded and one.way == DOWN,
        "letter": letter, "sent": t.moment(letter.sent_at) if letter is not None and letter.sent_at else "",
        "sent_by": letter.user.display_name if letter is not None and letter.user else "",
    }  # fmt: skip
