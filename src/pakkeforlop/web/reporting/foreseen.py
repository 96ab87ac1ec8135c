"""The messages that can be expected of a period, code by code, before it is sent."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from pakkeforlop.reporting.queries.foreseen import foreseen
from pakkeforlop.vocabulary.numbers import whole
from pakkeforlop.web import clock
from pakkeforlop.web.codes.presenter import marked_rows
from pakkeforlop.web.layout.frame import unit_name
from pakkeforlop.web.reporting.asked import here, month_name, period_of
from pakkeforlop.web.words import words

MOST = 200


def foreseen_page(request: Any) -> HttpResponse:
    """The list of one unit and period; of one message where it is named."""
    t, at = words(), here(request, request.GET)
    period = period_of(str(request.GET.get("month", ""))) or (at.round.period if at.round else None)
    number = whole(str(request.GET.get("message", "")))
    if not at.sender or period is None:
        return render(request, "reporting/nothing.html", {})
    found = foreseen(at.sender, period, scope=at.scope)
    if number is not None:
        found = found.filter(number=number)
    rows = list(found[:MOST])
    request.listed = sorted({row.patient_id for row in rows})
    address = f"{reverse('reporting_foreseen')}?unit={at.sender}&month={period[1]:%Y-%m}"
    return render(
        request,
        "reporting/foreseen.html",
        {
            "rows": marked_rows(rows, t),
            "n": found.count(),
            "most": MOST,
            "unit": unit_name(at.sender),
            "period": month_name(f"{period[1]:%Y-%m}", t),
            "number": "" if number is None else number,
            "all_url": address,
            "back": f"{reverse('reporting')}?unit={at.sender}",
            "now": clock.now(),
        },
    )
