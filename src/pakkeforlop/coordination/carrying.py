"""Who carries a pathway now: the hospital of the last receipt, and a transfer that nobody has answered.

An O says that responsibility was sent; the receiving hospital answers with an A of its own. Until then
the sender keeps the row, and the hospital that has the referral sees it too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Coded:
    """A registration of the pathway: what, when, where."""

    code: str
    day: date
    institution: str

    @property
    def event(self) -> str:
        """The letters after the prefix."""
        return self.code[3:]


@dataclass(frozen=True)
class Asked:
    """A referral for the pathway: when it came, and to which hospital."""

    day: date
    institution: str


@dataclass(frozen=True)
class Carried:
    """The hospital that carries the pathway; the day it was sent on and by whom while unanswered; the day it came."""

    hospital: str
    sender: str = ""
    receiver: str = ""
    sent_on: date | None = None
    came_on: date | None = None


def carried(
    coded: Sequence[Coded],
    asked: Sequence[Asked],
    *,
    start: str,
    same_place: Callable[[str, str], bool],
    receiver: str = "",
) -> Carried:
    """Who carries a pathway by its registrations since the start, in order of days; `start` is the first hospital.

    `receiver`: the unit that the sender has named; else the one that has the referral.

    An O of a hospital that no longer carries it was answered on the same day or before, and is no transfer.
    """
    hospital, sent, came_on = start, None, None
    for one in sorted(coded, key=lambda row: (row.day, row.event == "O")):
        if one.event in ("A", "AA"):
            elsewhere = one.institution != hospital and not same_place(one.institution, hospital)
            if sent is not None or elsewhere:
                came_on = one.day if sent is not None and elsewhere else came_on
                hospital, sent = one.institution, None
        elif one.event == "O" and (one.institution == hospital or same_place(one.institution, hospital)):
            sent = one
        elif one.event == "O" and came_on is None:
            came_on = one.day
    if sent is None:
        return Carried(hospital, came_on=came_on)
    receiver = receiver or next(
        (a.institution for a in asked if a.day >= sent.day and not same_place(a.institution, sent.institution)), ""
    )
    return Carried(hospital, sent.institution, receiver, sent.day, came_on)
