"""Saturdays, Sundays and the public holidays of Norway."""

from __future__ import annotations

from datetime import date, timedelta

import holidays


def free_days(first: date, last: date) -> frozenset[date]:
    """The free days from `first` to `last`, both included."""
    named = holidays.country_holidays("NO", years=range(first.year, last.year + 1))
    days = (first + timedelta(n) for n in range((last - first).days + 1))
    return frozenset(day for day in days if day.weekday() >= 5 or day in named)
