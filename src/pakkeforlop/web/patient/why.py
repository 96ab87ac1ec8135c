"""The list "how the pathway counts": the engine's own sentences, and each time with its days, limit and booking."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from markupsafe import Markup, escape

from pakkeforlop.charts.patient_timeline import Part
from pakkeforlop.web.patient.going import longest_wait
from pakkeforlop.web.patient.spans import Measured
from pakkeforlop.web.words import Words


@dataclass(frozen=True)
class Line:
    """A line of the list."""

    label: str
    text: Markup


def why_lines(
    times: list[Measured],
    t: Words,
    *,
    standing: tuple[str, ...],
    missing: tuple[str, ...],
    limit: str,
    start: date,
    parts: tuple[Part, ...],
    booked: tuple[str, date] | None,
) -> list[Line]:
    """The lines. `standing`, `missing`, `limit`: the engine's sentences; `booked`: what treatment, and when."""
    lines = [Line(t("patient.why.counts"), escape(" ".join(standing)))] if standing else []
    lines += [Line(_label(one, t), _said(one, t, start, parts, booked)) for one in times]
    lines += [Line(t("patient.why.missing"), escape(" ".join(missing)))] if missing else []
    if limit:
        lines.append(Line(t("patient.why.limits"), escape(limit)))
    return lines


def _label(one: Measured, t: Words) -> str:
    return t(f"patient.phase.{one.name}") if one.name else one.span.label


def _said(one: Measured, t: Words, start: date, parts: tuple[Part, ...], booked: tuple[str, date] | None) -> Markup:
    if one.days is not None and one.until is not None:
        return _done(one, one.days, one.until, t, start, parts)
    if one.passed:
        return t.html("patient.why.passed")
    if one.planned is not None and booked is not None:
        return _planned(one, one.planned, t, booked)
    if one.limit is None:
        return t.html("patient.why.runs_free", n=one.running, since=_day(one.since, t))
    over = (one.running or 0) - one.limit
    so_far = t.html("patient.why.runs", n=one.running, limit=one.limit, since=_day(one.since, t))
    return so_far + (" " + _over(over, t) if over > 0 else Markup(""))


def _done(one: Measured, days: int, until: date, t: Words, start: date, parts: tuple[Part, ...]) -> Markup:
    between = {"since": _day(one.since, t), "until": _day(until, t)}
    if one.limit is None:
        return t.html("patient.why.done_free", n=days, **between)
    said = t.html("patient.why.done", n=days, limit=one.limit, **between)
    if days <= one.limit:
        return said + Markup(" ") + t.html("patient.why.within")
    wait = longest_wait(parts, (one.since - start).days, (until - start).days)
    said += Markup(" ") + _over(days - one.limit, t)
    if wait is not None:
        said += " " + escape(t("patient.why.wait", what=in_a_sentence(wait.name), n=wait.end - wait.start))
    return said


def _planned(one: Measured, days: int, t: Words, booked: tuple[str, date]) -> Markup:
    what, day = in_a_sentence(booked[0]), booked[1]
    if one.limit is None:
        return t.html("patient.why.planned_free", n=days, what=what, day=_day(day, t))
    said = t.html("patient.why.planned", n=days, limit=one.limit, what=what, day=_day(day, t))
    if days > one.limit:
        return said + Markup(" ") + _over(days - one.limit, t)
    return said + Markup(" ") + t.html("patient.why.within_then")


def _over(days: int, t: Words) -> Markup:
    return Markup('<span class="over">{}</span>').format(t.count("patient.why.over", days))


def in_a_sentence(what: str) -> str:
    """As it stands inside a sentence: `operasjon`, but `CT`."""
    return what[:1].lower() + what[1:] if what[1:2].islower() else what


def _day(day: date, t: Words) -> str:
    """`22. desember`: a day as in a sentence, without weekday and year."""
    return t("patient.sentence_day", day=day.day, month=t.many("layout.months")[day.month - 1])
