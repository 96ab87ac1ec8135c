"""How likely things are to happen on a day: working days, few weekends and holidays, quiet summers."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import numpy as np
import numpy.typing as npt

from pakkeforlop.vocabulary.calendar import day_number, day_of

FIRST, LAST = day_number(date(2013, 1, 1)), day_number(date(2041, 1, 1))
WEEKEND, HOLIDAY, SUMMER, BETWEEN_YEARS = 0.04, 0.03, 0.62, 0.5
Days = npt.NDArray[np.int64]


def easter(year: int) -> date:
    """Easter Sunday (the Gregorian computus)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def holidays(year: int) -> set[date]:
    """Public holidays in Norway."""
    fixed = {date(year, 1, 1), date(year, 5, 1), date(year, 5, 17), date(year, 12, 25), date(year, 12, 26)}
    return fixed | {easter(year) + timedelta(days=offset) for offset in (-3, -2, 0, 1, 39, 49, 50)}


@cache
def weights() -> npt.NDArray[np.float64]:
    """Weight of each day from FIRST; an ordinary working day is 1."""
    free = {day for year in range(2013, 2042) for day in holidays(year)}
    found = np.ones(LAST - FIRST)
    for place in range(len(found)):
        day = day_of(FIRST + place)
        if day.weekday() >= 5:
            found[place] = WEEKEND
        elif day in free:
            found[place] = HOLIDAY
        elif day.month == 7:
            found[place] = SUMMER
        elif (day.month, day.day) >= (12, 24):
            found[place] = BETWEEN_YEARS
    return found


@cache
def cumulated() -> npt.NDArray[np.float64]:
    """Weights added up; the entry of FIRST is zero."""
    return np.concatenate([[0.0], np.cumsum(weights())])


def draw_days(rng: np.random.Generator, first: npt.NDArray[np.integer], last: npt.NDArray[np.integer]) -> Days:
    """One day from each span (both ends inclusive), working days first."""
    total = cumulated()
    low, high = total[first - FIRST], total[last - FIRST + 1]
    found = np.searchsorted(total, low + rng.random(len(low)) * (high - low), side="right") - 1 + FIRST
    days: Days = np.clip(found, first, last)
    return days


def is_free(days: npt.NDArray[np.integer]) -> npt.NDArray[np.bool_]:
    """Saturdays, Sundays and public holidays."""
    return np.asarray(weights()[np.clip(days, FIRST, LAST - 1) - FIRST] < 0.1)


def to_working_day(
    days: npt.NDArray[np.integer], first: npt.NDArray[np.integer], last: npt.NDArray[np.integer]
) -> Days:
    """The nearest working day at or before each day, else at or after it, within the span; else the day itself."""
    moved = days.astype(np.int64)
    for step in (-1, 1, -2, 2, -3, 3):
        wanted = days + step
        better = is_free(moved) & ~is_free(wanted) & (wanted >= first) & (wanted <= last)
        moved = np.where(better, wanted, moved)
    return moved
