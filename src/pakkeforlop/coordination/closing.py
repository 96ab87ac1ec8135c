"""When a year is locked: what is corrected after that day is a revision, and stands beside the locked figures."""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

SUNDAY, SATURDAY = 6, 5


def lock_day(year: int) -> date:
    """The day that locks a year: the year's own in data/closing.toml, else the usual one, moved on from a weekend."""
    rules = _rules()
    own: date | None = rules.get("days", {}).get(str(year))
    if own is not None:
        return own
    day = date(year + 1, rules["month"], rules["day"])
    return day + timedelta({SATURDAY: 2, SUNDAY: 1}.get(day.weekday(), 0))


def is_locked(year: int, *, on: date) -> bool:
    """Whether the day has passed; on the day itself the last corrections are still taken."""
    return on > lock_day(year)


def next_to_lock(on: date) -> int:
    """The earliest year that is not locked."""
    return on.year - 1 if not is_locked(on.year - 1, on=on) else on.year


@cache
def _rules() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "data" / "closing.toml").read_text(encoding="utf-8"))
