"""The measured times of a pathway as the page speaks of them: done, running, or not yet begun."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from pakkeforlop.catalogue.limits import in_force
from pakkeforlop.catalogue.model import Family, Pathway, Span
from pakkeforlop.coordination.phase import Points, standing
from pakkeforlop.episodes.explain import DATED

Episode = dict[str, Any]


@dataclass(frozen=True)
class Measured:
    """One time: `days` when both points are there, `running` when only the first is; `planned`: days with the booking.

    `name`: first_attendance, workup, treatment or whole, which the texts know; else "" and `span` has the name.
    `passed`: the code that ends it is missing, and a later one is registered; it cannot be measured, and nothing runs.
    """

    span: Span
    name: str
    since: date
    until: date | None
    days: int | None
    limit: int | None
    running: int | None
    planned: int | None
    passed: bool = False

    @property
    def shown(self) -> int:
        """The days that a bar shows: those done, else those the booking would give, else those run so far."""
        return next((days for days in (self.days, self.planned, self.running) if days is not None), 0)


def measured(
    episode: Episode,
    pathway: Pathway,
    family: Family,
    *,
    on: date,
    booked: date | None,
    kind: str,
    held_to: tuple[str, int | None, int | None] | None = None,
) -> list[Measured]:
    """The times of an episode that have begun. `booked`, `kind`: the day and kind (K, M ...) of a booked treatment.

    held_to: the phase of an open pathway, its limit and that of the whole, as the worklist holds it to; the page says
    the same.
    """
    points = Points(episode["start_date"], episode["first_attendance_date"], episode["decision_date"], kind)
    now = standing(pathway, family, points)
    found = []
    for span in family.span:
        since = _day(episode, span.start)
        days = episode.get(f"{span.key}_days")
        if since is None or (days is None and episode["end"] is not None):
            continue
        until = None if days is None else since + timedelta(days)
        limit = episode.get(f"{span.key}_limit") if days is not None else None
        if days is None:
            limit = now.whole_limit if name_of(span) == "whole" else _limit(pathway, span, episode, kind)
            if held_to is not None:
                limit = {"whole": held_to[2], held_to[0]: held_to[1]}.get(name_of(span), limit)
        passed = days is None and _passed(episode, family, span)
        ahead = booked if span.to == "treatment" and not passed else None
        found.append(
            Measured(
                span, name_of(span), since, until, days, limit,
                None if days is not None or passed else (on - since).days,
                (ahead - since).days if days is None and ahead and ahead >= since else None, passed,
            )
        )  # fmt: skip
    return found


def _passed(episode: Episode, family: Family, span: Span) -> bool:
    """Whether a point after the one that ends a time is registered, though that one is not."""
    order = list(dict.fromkeys(point for one in family.span for point in (one.start, one.to)))
    later = order[order.index(span.to) + 1 :] if span.to in order else []
    return _day(episode, span.to) is None and any(_day(episode, point) is not None for point in later)


def name_of(span: Span) -> str:
    """Which of the page's words a time has."""
    if span.to == "attendance":
        return "first_attendance"
    if span.to == "decision" and span.start == "attendance":
        return "workup"
    if span.to == "treatment":
        return "treatment" if span.start == "decision" else "whole"
    return ""


def _day(episode: Episode, point: str) -> date | None:
    found: date | None = episode[f"{DATED[point]}_date"] if point in DATED else None
    return found


def _limit(pathway: Pathway, span: Span, episode: Episode, kind: str) -> int | None:
    """The limit of a time that runs: of the planned kind, else the longest of all kinds."""
    kinds = (kind,) if kind and span.by_kind else ("K", "M", "S", "O") if span.by_kind else ("",)
    limits = [in_force(pathway, span.limit, one, on=episode["start_date"]) for one in kinds]
    days = [limit.days for limit in limits if limit is not None and limit.days is not None]
    if not days and kind and span.by_kind:
        return _limit(pathway, span, episode, "")
    return max(days, default=None)
