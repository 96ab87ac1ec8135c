"""What the pages of figures are asked for: a unit, a period, and which pathways the person may see there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from pakkeforlop.access.rights import Right
from pakkeforlop.access.scope import Scope, units
from pakkeforlop.catalogue.load import load_catalogue
from pakkeforlop.reporting.queries.behind import Cell
from pakkeforlop.web import clock
from pakkeforlop.web.words import Words

PERIODS = ("year", "tertial", "last_tertial", "last_year")


@dataclass(frozen=True)
class Asked:
    """A unit of the person's, a period (one of PERIODS), and the day it is told."""

    unit: str
    choices: tuple[str, ...]
    period: str
    on: date
    prefixes: tuple[str, ...]

    @property
    def days(self) -> tuple[date, date]:
        """First and last day of the period."""
        return days_of(self.period, self.on)

    @property
    def type(self) -> str:
        """As the figures call it."""
        return "tertial" if "tertial" in self.period else "year"

    @property
    def runs(self) -> bool:
        """Whether the period is not over."""
        return self.on <= self.days[1]

    @property
    def cell(self) -> Cell:
        """What its figures are of."""
        return Cell(self.unit, self.days, self.on)

    @property
    def query(self) -> str:
        """For an address."""
        return f"unit={self.unit}&period={self.period}"


def asked_of(request: Any, right: Right = Right.FIGURES) -> Asked:
    """What a page is asked for; the first unit and the year that runs where nothing is chosen."""
    scope, on = request.access.scope(right), clock.today()
    choices = units_of(scope, on)
    wanted, period = str(request.GET.get("unit", "")), str(request.GET.get("period", ""))
    unit = wanted if wanted in choices else _first(request.access.home, choices)
    prefixes = tuple(prefix for prefix in load_catalogue().pathways if unit and scope.covers(unit, prefix))
    return Asked(unit, choices, period if period in PERIODS else PERIODS[0], on, prefixes)


def _first(home: str, choices: tuple[str, ...]) -> str:
    return home if home in choices else choices[0] if choices else ""


def units_of(scope: Scope, on: date) -> tuple[str, ...]:
    """The trusts and hospitals within a scope, trusts first: larger units are for the nightly report."""
    numbers = scope.orgs
    trusts = [trust.org_nr for trust in load_catalogue().trusts.values() if numbers is None or trust.org_nr in numbers]
    there = [number for number in trusts if (unit := units().resolve(number)) is not None and unit.trust(on)]
    everywhere = (*there, *scope.hospitals())
    return tuple(number for number in everywhere if any(scope.covers(number, one) for one in load_catalogue().pathways))


def days_of(period: str, on: date) -> tuple[date, date]:
    """First and last day of a period that holds a day, or of the one before it."""
    if period in ("year", "last_year"):
        year = on.year - (period == "last_year")
        return date(year, 1, 1), date(year, 12, 31)
    first = date(on.year, (on.month - 1) // 4 * 4 + 1, 1)
    if period == "last_tertial":
        last = first - timedelta(1)
        return date(last.year, last.month - 3, 1), last
    return first, date(first.year + (first.month == 9), (first.month + 4) % 12 or 12, 1) - timedelta(1)


def period_name(period: str, on: date, t: Words) -> str:
    """`2022`, or `1. tertial 2022`."""
    first, _ = days_of(period, on)
    if "tertial" not in period:
        return str(first.year)
    return t("figures.tertial", n=first.month // 4 + 1, year=first.year)
