"""The order of the list: what can still be saved first.

Four groups: can still hold and something must be done (fewest days first); the phase has passed and the whole can hold;
the whole has passed and every day counts; on track. The same rule stands here for one row and, in `queries`, for many.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from pakkeforlop.coordination.flags import Flag, answer_overdue, nothing_booked

CALLS_FOR_WORK = (
    Flag.MISSING_CODE | Flag.PROPOSED | Flag.MISSED | Flag.NOT_RECEIVED | Flag.BOOKED_LATE
)  # fmt: skip
"""Flags that ask somebody to do something for the days; messages of the rules are mended from the code list."""


class Group(IntEnum):
    """The groups, in the order of the list."""

    SAVE = 1
    PHASE_PASSED = 2
    WHOLE_PASSED = 3
    ON_TRACK = 4


@dataclass(frozen=True)
class Facts:
    """What the rank of a row is read from."""

    phase_due: date | None
    whole_due: date | None
    next_on: date | None
    answer_due: date | None
    flags: int


def calls_for_work(facts: Facts, *, today: date) -> bool:
    """Whether something must be done now."""
    return (
        bool(facts.flags & CALLS_FOR_WORK)
        or nothing_booked(facts.next_on, today=today)
        or answer_overdue(facts.answer_due, today=today)
    )


def group(facts: Facts, *, today: date) -> Group:
    """The group of a row. The due day itself is within."""
    if facts.whole_due is not None and facts.whole_due < today:
        return Group.WHOLE_PASSED
    if facts.phase_due is not None and facts.phase_due < today:
        return Group.PHASE_PASSED
    return Group.SAVE if calls_for_work(facts, today=today) else Group.ON_TRACK


def within_group(facts: Facts, *, today: date) -> date:
    """What rows of a group are ordered by, earliest first: the phase's last day while it holds, else the whole's."""
    passed = group(facts, today=today) in (Group.PHASE_PASSED, Group.WHOLE_PASSED)
    due = facts.whole_due if passed else facts.phase_due
    return due or date.max
