"""What the pages are asked for: the unit that reports, and the period."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from pakkeforlop.access.rights import Right
from pakkeforlop.access.scope import Scope
from pakkeforlop.coordination.queries.codes_lists import month_of
from pakkeforlop.reporting.queries.history import senders, waits
from pakkeforlop.reporting.rounds import Round, coming, last_due
from pakkeforlop.web import clock
from pakkeforlop.web.words import Words

MONTHS = 14


@dataclass(frozen=True)
class Here:
    """Who reports for which unit, on a day."""

    scope: Scope
    senders: list[str]
    sender: str
    on: date

    @property
    def round(self) -> Round | None:
        """The round that waits: one whose deadline has passed and that nobody has done, else the next."""
        if not self.sender:
            return None
        late = last_due(self.on)
        return late if waits(late, self.sender) else coming(self.on, 1)[0]


def here(request: Any, given: Any) -> Here:
    """The unit that is asked for among the person's, else the first of them."""
    scope, on = request.access.scope(Right.REPORTING), clock.today()
    mine = senders(scope, on=on)
    wanted = str(given.get("unit", ""))
    return Here(scope, mine, wanted if wanted in mine else (mine[0] if mine else ""), on)


def period_of(text: str) -> tuple[date, date] | None:
    """From 1 January to the end of a month written 2021-12."""
    found = month_of(text)
    return None if found is None else (date(found[1].year, 1, 1), found[1])


def months(on: date) -> list[str]:
    """The months whose message can be made: those that are over, and the one that runs (as a test)."""
    found, at = [], on.replace(day=1)
    for _ in range(MONTHS):
        found.append(f"{at:%Y-%m}")
        at = (at - timedelta(1)).replace(day=1)
    return found


def month_name(month: str, t: Words) -> str:
    """`desember 2021`."""
    year, number = month.split("-")
    return f"{t.many('layout.months')[int(number) - 1]} {year}"
