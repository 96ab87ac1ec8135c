"""A locked year: its figures as they stood, what they are now, and the changes since."""

from __future__ import annotations

import csv
import io
from datetime import MAXYEAR
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from pakkeforlop.access.audit import record
from pakkeforlop.access.rights import Right
from pakkeforlop.catalogue.load import load_catalogue
from pakkeforlop.reporting.actions.lock import lock_year
from pakkeforlop.reporting.faults import Refused
from pakkeforlop.reporting.models import PeriodLock
from pakkeforlop.reporting.queries.figures import COLUMNS, KEY, NUMBERS, Figure, Revised, frozen, revised
from pakkeforlop.reporting.queries.locks import locks, revisions
from pakkeforlop.vocabulary.numbers import whole
from pakkeforlop.web import clock
from pakkeforlop.web.layout.frame import unit_name
from pakkeforlop.web.reporting.asked import here
from pakkeforlop.web.words import Words, words
from pakkeforlop.web.worklist.presenter import pathway_name

MOST = 200


def _found(request: Any, number: int) -> PeriodLock:
    one = locks(scope=request.access.scope(Right.REPORTING), on=clock.today()).filter(pk=number).first()
    if one is None:
        raise Http404
    return one


def lock(request: Any) -> HttpResponse:
    """POST: a year is locked."""
    t, at = words(), here(request, request.POST)
    year = whole(str(request.POST.get("year", "")))
    if not at.sender or year is None or not load_catalogue().settings.first_day.year <= year < MAXYEAR:
        messages.warning(request, t("reporting.said.choose"))
        return HttpResponseRedirect(reverse("reporting"))
    try:
        made = lock_year(
            at.sender, year, by=request.user, at=clock.now(), reason=str(request.POST.get("reason", ""))
        )
    except Refused as refused:
        messages.warning(request, refused.sentence(t.language))
        return HttpResponseRedirect(f"{reverse('reporting')}?unit={at.sender}")
    messages.success(request, t.count("reporting.said.locked", made.figures, year=year))
    return HttpResponseRedirect(reverse("locked_period", kwargs={"number": made.pk}))


def lock_page(request: Any, number: int) -> HttpResponse:
    """The figures that are others now, beside the locked ones, and the codes that were changed."""
    t, one = words(), _found(request, number)
    different = revised(one, as_of=clock.today())
    later = revisions(one, scope=request.access.scope(Right.REPORTING))
    rows = list(later[:MOST])
    request.listed = sorted({row.patient_id for row in rows})
    return render(
        request,
        "reporting/lock.html",
        {
            "one": one,
            "unit": unit_name(one.sender),
            "figures": [_figure(each, t) for each in different[:MOST]],
            "n_figures": len(different),
            "changes": [_change(row, t) for row in rows],
            "n_changes": later.count(),
            "back": f"{reverse('reporting')}?unit={one.sender}",
        },
    )


def _figure(each: Revised, t: Words) -> dict[str, str]:
    row = each.figure
    branch = "" if row["branch"] == "all" else row["branch"]
    return {
        "what": " ".join(part for part in (row["label"] or row["indicator"], branch, row["kind"]) if part),
        "pathway": row["pathway_key"],
        "unit": row["unit_name"],
        "period": f"{t.num_day(row['period_from'])}–{t.num_day(row['period_to'])}",
        "locked": _numbers(each.locked, t),
        "now": _numbers(each.now, t),
    }


def _numbers(row: Figure | None, t: Words) -> str:
    """A figure in short: a/b and per cent, or the middle and the ninth tenth in days."""
    if row is None:
        return t("reporting.lock.none")
    of = row["denominator"] or 0
    if row["percent"] is not None:
        return f"{t.number(row['numerator'])}/{t.number(of)} · {t.percent(row['numerator'], of)}"
    if row["median_days"] is not None:
        days = {name: t.format.decimal(row[f"{name}_days"], 1) for name in ("median", "p90")}
        return t("reporting.lock.days", n=t.number(of), **days)
    return t.number(row["numerator"] or row["denominator"] or 0)


def _change(row: Any, t: Words) -> dict[str, str]:
    prefix = row.code[:3]
    return {
        "name": row.patient.name or t("layout.no_name"),
        "page": reverse("patient", kwargs={"handle": row.patient.handle}) + (f"?pathway={prefix}" if prefix else ""),
        "pathway": pathway_name(prefix, t) if prefix else "",
        "code": row.code or t("reporting.lock.withdrawn"),
        "day": t.short_day(row.event_date) if row.event_date else "",
        "at": t.moment(row.registered_at),
        "reason": row.reason,
    }


def figures_file(request: Any, number: int) -> HttpResponse:
    """The locked figures beside what they are now, as CSV."""
    one = _found(request, number)
    now = {tuple(each.key): each.now for each in revised(one, as_of=clock.today())}
    text = io.StringIO(newline="")
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow([*COLUMNS, "revised", *(f"{name}_now" for name in NUMBERS)])
    locked = {tuple(row[name] for name in KEY): row for row in frozen(one)}
    for key in [*locked, *(key for key in now if key not in locked)]:
        before, after = locked.get(key), now.get(key, locked.get(key))
        shown = before or after or {}
        numbers = [(before or {}).get(name) for name in NUMBERS]
        known = [shown[name] for name in COLUMNS if name not in NUMBERS]
        lines.writerow([*known, *numbers, str(key in now).lower(), *((after or {}).get(name) for name in NUMBERS)])
    record("exported", by=request.user, at=clock.now(), what="locked_figures", org_nr=one.sender)
    answer = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="locked_{one.sender}_{one.first.year}.csv"'
    return answer
