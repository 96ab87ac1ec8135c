"""What became of proposals: each rule's, and the ones behind every number."""

from __future__ import annotations

from collections import Counter
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from pakkeforlop.catalogue.load import load_catalogue
from pakkeforlop.coordination.models import Proposal
from pakkeforlop.coordination.queries import outcomes as asked
from pakkeforlop.coordination.settling import OVERTAKEN
from pakkeforlop.web import clock
from pakkeforlop.web.patients import named
from pakkeforlop.web.words import Words, words

PERSON = "person"
"""Stands in addresses for proposals that no rule made."""


def outcomes_page(request: Any) -> HttpResponse:
    """The rules with their counts; `rule` and `outcome` open a number."""
    t, on = words(), clock.today()
    given, outcome = str(request.GET.get("rule", "")), str(request.GET.get("outcome", ""))
    known = {rule.key: rule for rule in load_catalogue().event_rules}
    rule = "" if given == PERSON else given if given in known else None
    outcome = outcome if outcome in asked.OUTCOMES else ""
    found = asked.outcomes(for_=request.user, on=on)
    rows = asked.those(for_=request.user, on=on, outcome=outcome, rule=rule)
    request.listed = [one.patient_id for one in rows]
    total: Counter[str] = sum((one.counts for one in found), Counter())
    return render(
        request,
        "proposals/outcomes.html",
        {
            "rules": [_rule(one, known, t) for one in found],
            "outcomes": asked.OUTCOMES,
            "total": total,
            "made": sum(total.values()),
            "rows": [_row(one, t) for one in rows],
            "heading": _heading(outcome, rule, known, t),
            "opened": bool(outcome or rule is not None),
            "now": clock.now(),
        },
    )


def _rule(one: asked.Outcome, known: dict[str, Any], t: Words) -> dict[str, Any]:
    rule = known.get(one.rule)
    key = one.rule or PERSON
    unnamed = "proposals.old_rule" if one.rule else "proposals.by_person"
    return {
        "name": rule.says.of(t.language) if rule else t(unnamed),
        "suffix": rule.suffix if rule else "",
        "since": t.num_day(rule.valid_from) if rule else "",
        "source": _source(rule, t) if rule else "",
        "made": one.made,
        "cells": [
            (one.counts[name], f"{reverse('proposals')}?{urlencode({'rule': key, 'outcome': name})}#those")
            for name in asked.OUTCOMES
        ],
        "share": t.percent(one.counts["confirmed"], one.judged) if one.judged else "–",
    }  # fmt: skip


def _source(rule: Any, t: Words) -> str:
    own = rule.source == "OWN"
    return t("proposals.own") if own else load_catalogue().source_named(rule.source, t.language)


def _row(one: Proposal, t: Words) -> dict[str, Any]:
    name, born = named(one.patient, t)
    reason = t("proposals.overtaken") if one.reason == OVERTAKEN else one.reason
    became = t("proposals.became", code=one.became, day=t.day(one.became_date)) if one.became_date else ""
    return {
        "handle": one.patient.handle, "name": name, "born": born, "code": one.code,
        "day": t.day(one.event_date), "evidence": one.evidence, "outcome": t(f"proposals.outcome.{one.state}"),
        "reason": " ".join(part for part in (became, reason) if part),
        "by": one.settled_by.display_name if one.settled_by else "",
        "at": t.moment(one.settled_at) if one.settled_at else "",
        "event": one.event.external_id if one.event else "", "source": one.event.source if one.event else "",
    }  # fmt: skip


def _heading(outcome: str, rule: str | None, known: dict[str, Any], t: Words) -> str:
    if not outcome and rule is None:
        return t("proposals.those")
    what = t(f"proposals.outcome.{outcome}") if outcome else t("proposals.all")
    named = known[rule].says.of(t.language) if rule in known else t("proposals.by_person")
    return t("proposals.those_of", what=what, rule=named) if rule is not None else what
