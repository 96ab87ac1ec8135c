"""Open pathways against their limit on the as-of day: which are longest past it, and which were probably forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from pakkeforlop.catalogue.limit_changes import longest_limit
from pakkeforlop.catalogue.model import Family, Pathway
from pakkeforlop.review.report.columns import Episodes, Ints, Mask
from pakkeforlop.vocabulary.calendar import NO_DAY, day_number, day_of


@dataclass(frozen=True)
class OpenPathways:
    """Columns over the open episodes: days since the start, limit (NO_DAY where none), days over, the last code's day,
    and whether nothing has been registered for longer than `stale_days`.
    """

    episodes: Episodes
    days: Ints
    limit: Ints
    last: Ints
    stale: Mask

    @property
    def over(self) -> Ints:
        """Days past the limit, negative before it; NO_DAY where there is no limit."""
        return np.where(self.limit == NO_DAY, NO_DAY, self.days - self.limit).astype(np.int32)

    @property
    def is_over(self) -> Mask:
        """Live episodes past their limit."""
        return (self.over > 0) & ~self.stale

    def longest(self, most: int) -> list[int]:
        """Places of the live episodes with most days over, at most `most`; ties by days, then by place."""
        live = np.flatnonzero(~self.stale & (self.limit != NO_DAY))
        order = np.lexsort((live, -self.days[live], -self.over[live]))
        return [int(place) for place in live[order[:most]]]


def open_pathways(
    episodes: Episodes, of: dict[str, tuple[Pathway, Family]], *, as_of: int, stale_days: int
) -> OpenPathways:
    """`episodes` (all open) against the longest limit of their pathway in force on their start day."""
    start = episodes.start
    last = np.maximum(np.maximum(start, episodes.whole("first_attendance_date")), episodes.whole("decision_date"))
    limit = np.full(episodes.count, NO_DAY, dtype=np.int32)
    for number, prefix in enumerate(episodes.pathway.names):
        if prefix in of:
            here = episodes.pathway.code == number
            limit[here] = _limits(start[here], *of[prefix])
    return OpenPathways(episodes, (as_of - start).astype(np.int32), limit, last, as_of - last > stale_days)


def _limits(start: Ints, pathway: Pathway, family: Family) -> Ints:
    """The longest limit on each start day: one look-up per version, not per episode."""
    days: list[date] = sorted({version.valid_from for versions in pathway.time_limit.values() for version in versions})
    if not days:
        return np.full(len(start), NO_DAY, dtype=np.int32)
    values = [NO_DAY, *(_or_none(longest_limit(pathway, family, day)) for day in days)]
    edges = np.array([day_number(day) for day in days], dtype=np.int64)
    return np.array(values, dtype=np.int32)[np.searchsorted(edges, start, side="right")]


def _or_none(limit: int | None) -> int:
    return NO_DAY if limit is None else limit


def last_event(row: dict[str, object]) -> tuple[str, date | int | None]:
    """The name of the last dated point of an open episode, and its day."""
    for name, column in (
        ("decision", "decision_date"),
        ("attendance", "first_attendance_date"),
        ("start", "start_date"),
    ):
        day = row.get(column)
        if isinstance(day, date):
            return name, day
        if isinstance(day, int) and day != NO_DAY:
            return name, day_of(day)
    return "start", None
