"""The top of a page: the answer in a sentence, what it rests on, and the three key figures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from pakkeforlop.charts.blocks import KeyFigure, Note
from pakkeforlop.review.report.cells import Share
from pakkeforlop.review.report.inputs import Converted
from pakkeforlop.review.report.measures import Spread
from pakkeforlop.review.report.run import TOLD_PER_HUNDRED, Run, Scope
from pakkeforlop.vocabulary.calendar import day_of


@dataclass(frozen=True)
class Answer:
    """Heading, lead and key figures."""

    heading: str
    lead: list[str]
    key_figures: list[KeyFigure]


def answer(run: Run, scope: Scope, days: Spread | None) -> Answer:
    """The answer for a scope; `days` is the spread of its days."""
    share = run.share(scope)
    if share is None:
        return _nothing(run, scope)
    texts, rate = run.texts, run.rate(share.numerator, share.denominator)
    rate = rate[:1].upper() + rate[1:]
    name = f"ending.{scope.ending}"
    if scope.pathway is None:
        heading = texts(f"{name}.answer", rate=rate)
    else:
        heading = texts(f"{name}.answer_pathway", pathway=run.pathway_name(scope), rate=rate[:1].lower() + rate[1:])
    lead = [
        texts(
            f"{name}.basis",
            within=run.format.integer(share.numerator),
            total=run.format.integer(share.denominator),
            period=run.period,
        ),
        _against_target(run, share),
    ]
    before = run.share(scope, year=run.year - 1)
    filled = run.is_filled(date(run.year - 1, 1, 1), date(run.year, 1, 1))
    if before is not None and before.denominator >= TOLD_PER_HUNDRED and not filled:
        lead.append(texts("answer.before", before=run.per_hundred(before.numerator, before.denominator)))
    inclusion = run.inclusion(scope)
    if inclusion is not None:
        which = "answer.inclusion" if scope.pathway is None else "answer.inclusion_pathway"
        lead.append(texts(which, n=run.per_hundred(inclusion.numerator, inclusion.denominator)))
    if not run.year_is_whole:
        lead.append(texts("answer.provisional", end=run.format.long_date(run.as_of)))
    return Answer(heading, lead, key_figures(run, scope, share, before, days))


def _against_target(run: Run, share: Share) -> str:
    """Above or below the target, said only where the interval leaves no doubt."""
    reached = share.reaches(run.target)
    sure = share.low is not None and share.high is not None and (share.low > run.target or share.high < run.target)
    name = ("above" if reached else "below") if sure else ("reached_unsure" if reached else "missed_unsure")
    return run.texts(f"answer.{name}", target=run.target_word)


def _nothing(run: Run, scope: Scope) -> Answer:
    """The heading and lead where nothing can be measured."""
    texts = run.texts
    inside = run.in_scope(run.episodes, scope) if run.scopes else run.episodes
    if inside.count == 0:
        lead = texts("answer.no_episodes_lead", rows=run.format.integer(run.data.rows))
        return Answer(texts("answer.no_episodes"), [lead], [])
    if inside.open.all():
        heading = texts("answer.only_open")
        lead = texts("answer.only_open_lead", n=run.format.integer(inside.count))
    elif scope.ending == "spans":
        ended = run.in_scope(run.ended, scope).count
        heading = texts.count("spans.ended", ended, period=run.period)
        lead = texts("spans.lead")
    else:
        heading = texts(f"ending.{scope.ending}.nothing", period=run.period)
        lead = texts("answer.nothing_lead")
    if scope.pathway is not None:
        heading = f"{run.pathway_name(scope)}: {heading[:1].lower() + heading[1:]}"
    return Answer(heading, [lead], [])


def key_figures(run: Run, scope: Scope, share: Share, before: Share | None, days: Spread | None) -> list[KeyFigure]:
    """In time, included, and days."""
    texts, form = run.texts, run.format
    notes = [
        texts("key_figure.in_time_note", within=form.integer(share.numerator), total=form.integer(share.denominator))
    ]
    notes += _interval(run, share)
    if before is not None:
        told = form.percent(before.numerator, before.denominator, target=run.target)
        name = (
            "key_figure.before_filled"
            if run.is_filled(date(run.year - 1, 1, 1), date(run.year, 1, 1))
            else "key_figure.before"
        )
        notes.append(texts(name, year=run.year - 1, percent=told))
    figures = [
        KeyFigure(
            texts("key_figure.in_time"), form.percent(share.numerator, share.denominator, target=run.target), notes
        ),
        _inclusion(run, scope),
    ]
    if days is not None:
        median = days.median
        value = texts("key_figure.day" if median == 1 else "key_figure.days", n=form.days(median))
        note = texts("key_figure.days_note", p90=form.days_reached(days.p90))
        figures.append(KeyFigure(texts(f"ending.{scope.ending}.time"), value, [note]))
    return figures


def _interval(run: Run, cell: Share) -> list[str]:
    if cell.low is None or cell.high is None:
        return []
    return [run.texts("key_figure.interval", interval=run.format.interval(cell.low, cell.high))]


def _inclusion(run: Run, scope: Scope) -> KeyFigure:
    texts, cell = run.texts, run.inclusion(scope)
    if cell is None:
        why = "no_inclusion_pathway" if run.has_inclusion else "no_inclusion_file"
        return KeyFigure(
            texts("key_figure.inclusion"), texts("key_figure.no_inclusion"), [texts(f"key_figure.{why}")], words=True
        )
    notes = [
        texts(
            "key_figure.inclusion_note",
            within=run.format.integer(cell.numerator),
            total=run.format.integer(cell.denominator),
        ),
        *_interval(run, cell),
    ]
    return KeyFigure(
        texts("key_figure.inclusion"), run.format.percent(cell.numerator, cell.denominator, target=run.target), notes
    )


KINDS_OF_MARK = ("filled", "incomplete")
"""Kinds of marks that the texts name; any other reason is told as it is given."""


def marks(run: Run) -> list[Note]:
    """What was filled in or made, so that nobody takes it for registered: the periods of each reason together."""
    if not run.data.marks:
        return []
    by_reason: dict[str, list[str]] = {}
    for mark in run.data.marks:
        told = run.format.span(day_of(mark.from_day), day_of(mark.to_day))
        known = mark.reason in KINDS_OF_MARK
        reason = run.texts(f"mark.kind_{mark.reason}") if known else mark.reason.rstrip(".")
        by_reason.setdefault(reason, []).append(told)
    filled = [
        run.texts("mark.filled", periods=run.texts.joined(periods), reason=reason)
        for reason, periods in by_reason.items()
    ]
    return [Note(" ".join([run.texts("mark.lead"), *filled]))]


def converted(run: Run) -> list[Note]:
    """That the registrations come from an event log: by which mapping, what stands for the start, and the shift."""
    return [Note(" ".join(_conversion(run, one))) for one in run.data.converted]


def _conversion(run: Run, one: Converted) -> Iterator[str]:
    spoken = run.texts.language
    yield run.texts("converted.lead", mapping=one.mapping[spoken])
    for milestone, code, because in one.starts:
        yield run.texts("converted.start", milestone=milestone[spoken], code=code, because=because[spoken])
    if one.years:
        yield run.texts("converted.shift", years=one.years, because=one.because[spoken])


def facts(run: Run) -> list[str]:
    """How much was read, as short facts."""
    texts, data = run.texts, run.data
    found = [texts("page.as_of", date=run.format.long_date(run.as_of))]
    if data.rows:
        rows = texts.count("facts.rows", data.rows)
        files = texts.count("facts.files", len(data.files))
        found.append(texts("facts.rows_files", rows=rows, files=files) if data.files else rows)
    open_count = int(run.episodes.open.sum()) if run.episodes.count else 0
    found.append(texts.count("facts.episodes", run.episodes.count) + ", " + texts.count("facts.open", open_count))
    found.append(texts.count("facts.rejected", data.rejects.num_rows))
    return found
