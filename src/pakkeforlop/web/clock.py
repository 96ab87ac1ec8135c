"""The one place where pages look at the clock. The setting TODAY fixes the day, for the demo and for tests."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.conf import settings
from django.utils import timezone


def today() -> date:
    """The day in Norway."""
    fixed = getattr(settings, "TODAY", "")
    return date.fromisoformat(fixed) if fixed else timezone.localdate()


def now() -> datetime:
    """This moment, with time zone. On a fixed day: the time of day that it is, on that day."""
    moment = timezone.localtime()
    fixed = getattr(settings, "TODAY", "")
    if fixed:
        day = date.fromisoformat(fixed)
        moment = moment.replace(year=day.year, month=day.month, day=day.day, fold=0)
    return moment


def seconds() -> float:
    """Seconds since 1970 by the machine's own clock, for how long a session has rested."""
    return timezone.now().timestamp()


def in_hours(hours: float) -> datetime:
    """The moment some hours from now."""
    return now() + timedelta(hours=hours)
