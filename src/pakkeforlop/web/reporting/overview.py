"""The front of reporting: what is due and whether it is done, what the register will say, what came back."""

from __future__ import annotations

import uuid
from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from markupsafe import Markup

from pakkeforlop.access.rights import Right
from pakkeforlop.catalogue.load import load_catalogue
from pakkeforlop.reporting.models import Submission
from pakkeforlop.reporting.queries.complete import Checked, completeness
from pakkeforlop.reporting.queries.foreseen import foreseen
from pakkeforlop.reporting.queries.history import done_for, submissions
from pakkeforlop.reporting.queries.locks import locks
from pakkeforlop.reporting.queries.returns import counts, returns
from pakkeforlop.reporting.rounds import Round, coming, locked_from
from pakkeforlop.web import clock
from pakkeforlop.web.layout.frame import unit_name
from pakkeforlop.web.reporting.asked import Here, here, month_name, months
from pakkeforlop.web.words import Words, words

SHOWN = 12
ROUNDS = 5


@dataclass(frozen=True)
class Expected:
    """A message that can be expected: number, how many, its text, what to do."""

    number: int
    n: int
    text: str
    todo: str
    url: str


def overview(request: Any) -> HttpResponse:
    """The page of one unit."""
    t, at = words(), here(request, request.GET)
    if not at.sender:
        return render(request, "reporting/nothing.html", {})
    waiting = at.round
    assert waiting is not None
    expected = _expected(at, waiting, t)
    made = list(submissions(scope=at.scope, on=at.on, sender=at.sender)[:SHOWN])
    return render(
        request,
        "reporting/overview.html",
        {
            "at": at,
            "unit": unit_name(at.sender),
            "units": [(number, unit_name(number)) for number in at.senders],
            "answer": _answer(waiting, at, sum(one.n for one in expected), t),
            "expected": expected,
            "period": month_name(f"{waiting.period[1]:%Y-%m}", t),
            "foreseen_url": f"{reverse('reporting_foreseen')}?unit={at.sender}&month={waiting.period[1]:%Y-%m}",
            "choices": [(month, month_name(month, t)) for month in months(at.on)],
            "month": f"{waiting.period[1]:%Y-%m}",
            "rounds": [_round(one, at, t) for one in coming(at.on, ROUNDS)],
            "submissions": [(one, _came(one, t)) for one in made],
            "returns": returns(scope=at.scope, on=at.on),
            "counts": counts(scope=at.scope, sender=at.sender),
            "complete": [_complete(one, t) for one in completeness(scope=at.scope, on=at.on)],
            "locks": list(locks(scope=at.scope, on=at.on)),
            "lockable": _lockable(at) if request.access.may(Right.LOCKING) else None,
            "unit_name": unit_name,
            "key": uuid.uuid4().hex,
            "now": clock.now(),
        },
    )


def _expected(at: Here, waiting: Round, t: Words) -> list[Expected]:
    found = foreseen(at.sender, waiting.period, scope=at.scope).order_by()
    counted = Counter(found.values_list("number", flat=True))
    known = load_catalogue().messages
    address = f"{reverse('reporting_foreseen')}?unit={at.sender}&month={waiting.period[1]:%Y-%m}&message="
    texts = {number: (known[number].text.of(t.language), known[number].what_now.of(t.language)) for number in counted}
    return [
        Expected(number, n, *texts[number], f"{address}{number}")
        for number, n in sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
    ]


def _answer(waiting: Round, at: Here, expected: int, t: Words) -> Markup:
    """What matters now, in a sentence."""
    done = done_for(waiting, at.sender)
    days = (waiting.due - at.on).days
    period = month_name(f"{waiting.period[1]:%Y-%m}", t)
    said = t.count("reporting.answer.expected", expected)
    if done is not None:
        name = done.made_by.display_name if done.made_by else t("reporting.by_command")
        return t.html("reporting.answer.done", period=period, day=t.long_day(done.made_at), who=name, expected=said)
    key = "late" if days < 0 else "today" if days == 0 else "ahead"
    left = t.count("reporting.answer.days", abs(days))
    return t.html(f"reporting.answer.{key}", period=period, day=t.long_day(waiting.due), days=left, expected=said)


def _round(one: Round, at: Here, t: Words) -> dict[str, Any]:
    """A line of the calendar."""
    names = t.many("layout.months")
    text = "–".join(names[month - 1] for month in sorted({one.months[0], one.months[-1]}))
    done = done_for(one, at.sender)
    return {
        "due": t.long_day(one.due),
        "what": t(f"reporting.round.{one.kind}", months=text, year=one.period[1].year),
        "second": one.number > 1,
        "done": t.day(done.made_at) if done else "",
    }


def _came(one: Submission, t: Words) -> str:
    """What came back, in short."""
    said = [f"{t('reporting.kind.' + each.kind)}: {t.number(each.lines)}" for each in one.returns.all()]
    return "; ".join(said)


def _complete(one: Checked, t: Words) -> dict[str, Any]:
    found = one.finding
    if found is None:
        return {"unit": unit_name(one.org_nr), "alarm": False, "text": t("reporting.complete.short")}
    month = month_name(f"{found.month[0]}-{found.month[1]:02}", t)
    numbers = {"n": found.count, "expected": round(found.expected), "least": found.at_least}
    values = {name: t.number(number) for name, number in numbers.items()}
    text = t(f"reporting.complete.{'alarm' if found.alarm else 'usual'}", month=month, **values)
    return {"unit": unit_name(one.org_nr), "alarm": found.alarm, "text": text}


def _lockable(at: Here) -> int | None:
    """The year that can be locked now; None where there is none."""
    year = at.on.year - 1
    year = year if at.on >= locked_from(year) else year - 1
    taken = {one.first.year for one in locks(scope=at.scope, on=at.on) if one.sender == at.sender}
    return None if year in taken else year
