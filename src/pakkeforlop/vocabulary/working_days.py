"""Working days in Norway: not Saturdays, Sundays or public holidays."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache


def free_days(first: date, last: date) -> frozenset[date]:
    """The free days from `first` to `last`, both included."""
    days = (first + timedelta(n) for n in range((last - first).days + 1))
    return frozenset(day for day in days if not is_working_day(day))


def is_working_day(day: date) -> bool:
    """Whether people are at work on a day."""
    return day.weekday() < 5 and day not in _holidays(day.year)


def working_days_after(day: date, count: int = 1) -> date:
    """The day that lies so many working days after another: one after a Friday is the Monday, if that is no holiday."""
    found = day
    for _ in range(count):
        found += timedelta(1)
        while not is_working_day(found):
            found += timedelta(1)
    return found


@lru_cache(maxsize=64)
def _holidays(year: int) -> frozenset[date]:
    import holidays

    return frozenset(holidays.country_holidays("NO", years=year))
