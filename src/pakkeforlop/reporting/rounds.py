"""The calendar of reporting: which rounds there are, what each is for, when it is due, and when a year is closed.

A round in March is for January and February together, since February has none. A deadline on a day off moves to the
next working day. Nothing here looks at a clock.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from pakkeforlop.vocabulary.working_days import is_working_day

MONTH, TERTIAL, YEAR = "month", "tertial", "year"
DECEMBER = 12


@dataclass(frozen=True, order=True)
class Round:
    """A round of reporting. `months`: the months that are new in it; the message goes from 1 January all the same."""

    due: date
    kind: str
    period: tuple[date, date]
    months: tuple[int, ...]
    number: int = 1
    """1, or 2 for a second round of the same period."""


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "data" / "calendar.toml").read_text(encoding="utf-8"))


def rounds_of(year: int) -> list[Round]:
    """Every round whose deadline is in a year, in order. Where a month's round is also a tertial's or a year's, it is
    that one.
    """
    found = [*_months(year), *_tertials(year), *_years(year)]
    larger = {one.period[1] for one in found if one.kind != MONTH}
    return sorted(one for one in found if one.kind != MONTH or one.period[1] not in larger)


def coming(on: date, count: int = 6) -> list[Round]:
    """The next rounds, those due on the day itself among them."""
    ahead = [one for year in (on.year, on.year + 1) for one in rounds_of(year) if one.due >= on]
    return ahead[:count]


def last_due(on: date) -> Round:
    """The round whose deadline passed last before a day."""
    return [one for year in (on.year - 1, on.year) for one in rounds_of(year) if one.due < on][-1]


def locked_from(year: int) -> date:
    """The first day on which a year of data may be locked: the day after the last round of the yearly reporting."""
    return _working_day(_day(_data()["lock"]["after"], year + 1)) + timedelta(1)


def reminder_days(one: Round) -> list[date]:
    """The days on which those who report are reminded of a round that they have not done."""
    about = _data()["reminder"]
    before = [one.due - timedelta(days) for days in about["days_before"]]
    return sorted([*before, *(one.due + timedelta(days) for days in range(1, about["days_after"] + 1))])


def _months(year: int) -> Iterator[Round]:
    about = _data()["month"]
    for month in range(1, DECEMBER + 1):
        if month in about["not_in"]:
            continue
        last = date(year, month, 1) - timedelta(1)
        joined = about["joined"].get(str(month), [last.month])
        period = date(last.year, 1, 1), last
        yield Round(_working_day(date(year, month, about["day"])), MONTH, period, tuple(joined))


def _tertials(year: int) -> Iterator[Round]:
    for one in _data()["tertial"]:
        end = date(year, one["last_month"] + 1, 1) - timedelta(1)
        months = tuple(range(end.month - 3, end.month + 1))
        for number, text in enumerate(one["rounds"], 1):
            yield Round(_working_day(_day(text, year)), TERTIAL, (date(year, 1, 1), end), months, number)


def _years(year: int) -> Iterator[Round]:
    period = date(year - 1, 1, 1), date(year - 1, DECEMBER, 31)
    for one in _data()["year"]:
        for number, text in enumerate(one["rounds"], 1):
            yield Round(_working_day(_day(text, year)), YEAR, period, tuple(range(1, DECEMBER + 1)), number)


def _day(text: str, year: int) -> date:
    month, day = map(int, text.split("-"))
    return date(year, month, day)


def _working_day(day: date) -> date:
    while not is_working_day(day):
        day += timedelta(1)
    return day
