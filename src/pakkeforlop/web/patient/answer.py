"""The page's first sentence: the day it is, what comes next, and whether the limit holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from pakkeforlop.web.words import Words


@dataclass(frozen=True)
class Standing:
    """What the sentence is made of. `left_of_phase` is below 0 when the phase is over its limit.

    `next_on`, `next_text`: the next thing booked; `treats`: whether it is the treatment, which the whole is held to.
    """

    day: int
    limit: int | None
    phase: str
    phase_due: date | None
    start: date
    next_text: str = ""
    next_on: date | None = None
    treats: bool = False


def open_answer(now: Standing, t: Words, *, on: date) -> Markup:
    """The sentence for a pathway that is open."""
    first = (
        t.html("patient.answer.day_of", n=now.day, limit=now.limit)
        if now.limit is not None
        else t.html("patient.answer.day", n=now.day)
    )
    return Markup(" ").join([first, *(_next(now, t, on=on))])


def died(day: date, code: str, t: Words) -> Markup:
    """The sentence for an open pathway of one who has died; `code` is what ends it then, empty where there is none."""
    return t.html("patient.answer.died" if code else "patient.answer.died_plain", day=t.full_day(day), code=code)


def _next(now: Standing, t: Words, *, on: date) -> list[Markup]:
    if now.next_on is None or now.next_on < on:
        return [t.html("patient.answer.nothing"), *_due(now, t, on)]
    day = (now.next_on - now.start).days
    name = "today" if now.next_on == on else "booked"
    said = [t.html(f"patient.answer.{name}", what=now.next_text, day=t.long_day(now.next_on), n=day)]
    if now.treats and now.limit is not None:
        left = now.limit - day
        if left == 0:
            return [*said, t.html("patient.answer.holds_last")]
        return [*said, _count(t, "holds" if left > 0 else "breaks", abs(left))]
    return [*said, *_due(now, t, on)]


def _due(now: Standing, t: Words, on: date) -> list[Markup]:
    """The limit that is nearest: of the whole when that has passed, else of the phase."""
    if now.limit is not None and now.day > now.limit:
        return [_count(t, "whole_over", now.day - now.limit)]
    if now.phase_due is None:
        return []
    left = (now.phase_due - on).days
    phase = t(f"patient.phase_limit.{now.phase}")
    if left < 0:
        return [_count(t, "phase_over" if now.limit is not None else "phase_over_alone", -left, phase=phase)]
    if left == 0:
        return [t.html("patient.answer.phase_today", phase=phase)]
    return [_count(t, "phase_left", left, phase=phase, day=t.long_day(now.phase_due))]


def closed_answer(days: int | None, limit: int | None, end: date | None, share: str, t: Words) -> Markup:
    """The sentence for a pathway that is over: its time against the limit, else how it counts in the engine's words."""
    if days is not None and limit is not None:
        over = days - limit
        said = _count(t, "done_over", over) if over > 0 else t.html("patient.answer.done_within")
        return Markup(" ").join([t.html("patient.answer.done", n=days, limit=limit), said])
    ended = t.html("patient.answer.ended", day=t.full_day(end)) if end else t.html("patient.answer.no_pathway")
    return Markup(" ").join([ended, Markup.escape(share)]) if share else ended


def _count(t: Words, name: str, number: int, **values: str) -> Markup:
    """The form for a number of a text with tags; the values are our own texts and days."""
    return Markup(t.count(f"patient.answer.{name}", number, **values))  # noqa: S704 the texts are ours
