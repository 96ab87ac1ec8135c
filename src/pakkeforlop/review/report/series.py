"""The share over time: periods, which of them are provisional, and where the limits changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from pakkeforlop.charts.variation.p_chart import Level, levels
from pakkeforlop.review.report.cells import Cell
from pakkeforlop.vocabulary.calendar import day_number

PROVISIONAL_DAYS = 60
"""A period that ended less than this many days before the as-of day is provisional: codes are still coming in."""

FEW_PER_MONTH = 25
"""With fewer counted pathways a month than this (median), three years or more are shown per tertial."""

TOO_FEW_PER_MONTH = 10
"""With fewer than this, any stretch is."""


@dataclass(frozen=True)
class Period:
    """One month or tertial: its first day, the first day after it, and the counts."""

    begins: date
    after: date
    numerator: int
    denominator: int
    provisional: bool


@dataclass(frozen=True)
class Series:
    """Periods in order without gaps, by month or tertial, with the levels between breaks."""

    unit: str
    periods: Sequence[Period]
    breaks: Sequence[int]
    levels: Sequence[Level]

    def outside(self, index: int) -> bool:
        """True when a settled period lies beyond the limits of its level."""
        period = self.periods[index]
        level = self.level_of(index)
        if level is None or period.provisional or period.denominator == 0:
            return False
        return level.is_outside(index, period.numerator / period.denominator)

    def level_of(self, index: int) -> Level | None:
        """The level that a period belongs to."""
        return next((level for level in self.levels if level.first <= index < level.last), None)


def next_begin(begins: date, unit: str) -> date:
    """The first day after the month or tertial that begins on `begins`."""
    month = begins.month - 1 + (1 if unit == "month" else 4)
    return date(begins.year + month // 12, month % 12 + 1, 1)


def periods(
    cell_of: Callable[[str, date], Cell | None], months: Sequence[date], *, unit: str, as_of: int
) -> list[Period]:
    """All months or tertials from the first to the last of `months`, up to the as-of day; empty ones have no counts."""
    if not months:
        return []
    begins = months[0] if unit == "month" else date(months[0].year, (months[0].month - 1) // 4 * 4 + 1, 1)
    found = []
    while begins <= months[-1] and day_number(begins) <= as_of:
        after = next_begin(begins, unit)
        cell = cell_of(unit, begins)
        fresh = as_of - day_number(after - timedelta(days=1)) < PROVISIONAL_DAYS
        counts = (cell.numerator or 0, cell.denominator or 0) if cell else (0, 0)
        found.append(Period(begins, after, *counts, fresh))
        begins = after
    return without_start_up(found)


def without_start_up(found: list[Period]) -> list[Period]:
    """Without the first periods that hold fewer than half of what is usual: when data begin, only short pathways
    have had time to end, and their share says nothing.
    """
    counts = sorted(period.denominator for period in found if period.denominator)
    usual = counts[len(counts) // 2] if counts else 0
    first = next((i for i, period in enumerate(found) if period.denominator and 2 * period.denominator >= usual), 0)
    return found[first:]


def series(found: list[Period], changes: Sequence[date], *, unit: str, most: int) -> Series | None:
    """The newest `most` periods with their levels; a level ends where a limit changed. None without any counts."""
    newest = found[-most:]
    if not any(period.denominator for period in newest):
        return None
    breaks = [i for day in changes if (i := _first_at(newest, day)) is not None]
    fresh = frozenset(i for i, period in enumerate(newest) if period.provisional)
    lines = levels(
        [period.numerator for period in newest],
        [period.denominator for period in newest],
        breaks=breaks,
        left_out=fresh,
    )
    return Series(unit, newest, breaks, lines)


def _first_at(found: Sequence[Period], day: date) -> int | None:
    """The first period that begins on or after a change, when there is an earlier one too."""
    return next((i for i, period in enumerate(found) if period.begins >= day and i > 0 and found[0].begins < day), None)


def settled_unit(found: Sequence[Period]) -> str:
    """Months where there is enough to count in each, or where tertials would be too few to tell a level by."""
    counts = sorted(period.denominator for period in found if not period.provisional)
    middle = counts[len(counts) // 2] if counts else 0
    enough = FEW_PER_MONTH if len(found) >= 36 else TOO_FEW_PER_MONTH
    return "month" if middle >= enough else "tertial"
