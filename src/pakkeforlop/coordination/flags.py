"""What the list says of a row beside its days: bits, and what each is read from.

Bits are worked out when the row is written. Two things turn with the day alone and are asked of the row's dates:
an answer that is overdue, and a pathway that nothing is booked for or nothing has happened in.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntFlag

STALE_DAYS = 30
"""Days without an event, an attended appointment or a note, and nothing booked: the pathway is stale. A choice."""

ORDER_MESSAGES = frozenset({108, 109, 110, 111, 118, 119, 901})
"""Messages of codes in the wrong order (docs/reference/messages.md; 901 is a negative time)."""
DUPLICATE_MESSAGES = frozenset({102})
QUIET_MESSAGES = frozenset({903, 904, 905, 911})
"""Messages that another flag tells (an unanswered transfer, a receipt without a sender, a stale pathway)."""


class Flag(IntFlag):
    """One bit of `WorklistRow.flags`."""

    MISSING_CODE = 1
    PROPOSED = 2
    MISSED = 4
    NOT_RECEIVED = 8
    TRANSFERRED = 16
    POSTPONED = 32
    BOOKED_LATE = 64
    WRONG_ORDER = 128
    DUPLICATE = 256
    MESSAGE = 512
    TASK = 1024


@dataclass(frozen=True)
class Visit:
    """An appointment as the rules see it; `followed` when someone has followed up a missed one."""

    kind: str
    day: date
    status: str
    followed: bool = False


def of_messages(numbers: Iterable[int]) -> Flag:
    """The flags of the engine's messages on a pathway."""
    flags = Flag(0)
    for number in numbers:
        if number in ORDER_MESSAGES:
            flags |= Flag.WRONG_ORDER
        elif number in DUPLICATE_MESSAGES:
            flags |= Flag.DUPLICATE
        elif number not in QUIET_MESSAGES:
            flags |= Flag.MESSAGE
    return flags


def missed_on(visits: Sequence[Visit]) -> date | None:
    """The day of the last missed appointment that nobody has followed up and no later booking has replaced."""
    last = max((visit.day for visit in visits if visit.status == "missed" and not visit.followed), default=None)
    replaced = any(visit.status in ("booked", "attended") and last is not None and visit.day > last for visit in visits)
    return None if replaced else last


def code_missing(phase: str, visits: Sequence[Visit], treatment_kinds: Collection[str]) -> bool:
    """Whether a treatment is booked or given though no decision is registered."""
    ahead = any(visit.kind in treatment_kinds and visit.status in ("booked", "attended") for visit in visits)
    return ahead and phase in ("first_attendance", "workup")


def booked_late(next_on: date | None, due: date | None, whole_due: date | None = None) -> int:
    """Days by which the next booked step lies after the last day of the phase, or of the whole where that is given.

    0 when it holds or none is booked. The whole is given for a treatment only: nothing else ends it.
    """
    limits = [day for day in (due, whole_due) if day is not None]
    return 0 if next_on is None or not limits else max(0, (next_on - min(limits)).days)


def answer_overdue(answer_due: date | None, *, today: date) -> bool:
    """Whether an answer should have come before today."""
    return answer_due is not None and answer_due < today


def nothing_booked(next_on: date | None, *, today: date) -> bool:
    """Whether no step lies today or ahead."""
    return next_on is None or next_on < today


def stale(last_touched: date, next_on: date | None, *, today: date) -> bool:
    """Whether nothing has happened for STALE_DAYS and nothing is booked."""
    return nothing_booked(next_on, today=today) and last_touched < today - timedelta(days=STALE_DAYS)
