"""The lists of the worklist as conditions of the database: what `ranking` and `flags` say of one row, said of many.

`tests/app/work` holds the two to each other, row by row.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from django.db.models import Case, F, IntegerField, Q, Value, When
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThan

from pakkeforlop.coordination.flags import STALE_DAYS, Flag
from pakkeforlop.coordination.ranking import CALLS_FOR_WORK, Group
from pakkeforlop.vocabulary.working_days import working_days_after

FAR = date(9999, 12, 31)


def has(flags: Flag) -> Q:
    """Rows with any of these bits."""
    return Q(GreaterThan(F("flags").bitand(int(flags)), 0))


def nothing_booked(today: date) -> Q:
    """No step today or ahead."""
    return Q(next_on__isnull=True) | Q(next_on__lt=today)


def answer_overdue(today: date) -> Q:
    """An answer that should have come before today."""
    return Q(answer_due__lt=today)


def answer_soon(today: date) -> Q:
    """An answer that is due today or on the next working day: time to ask for it before it is late."""
    return Q(answer_due__gte=today, answer_due__lte=working_days_after(today))


def unacknowledged(today: date) -> Q:
    """A transfer that the receiver has not acknowledged within one working day."""
    return Q(receipt_due__lt=today)


def stale(today: date) -> Q:
    """Nothing has happened for long, and nothing is booked."""
    return nothing_booked(today) & Q(last_touched__lt=today - timedelta(days=STALE_DAYS))


def calls_for_work(today: date) -> Q:
    """Something must be done now."""
    return has(CALLS_FOR_WORK) | nothing_booked(today) | answer_overdue(today)


LISTS: dict[str, Callable[[date], Q]] = {
    "open": lambda _: Q(),
    "nothing_booked": nothing_booked,
    "missing_code": lambda _: has(Flag.MISSING_CODE | Flag.PROPOSED),
    "answer_overdue": answer_overdue,
    "answer_soon": answer_soon,
    "unacknowledged": unacknowledged,
    "not_received": lambda _: has(Flag.NOT_RECEIVED),
    "missed": lambda _: has(Flag.MISSED),
    "booked_late": lambda _: has(Flag.BOOKED_LATE),
    "stale": stale,
    "wrong_order": lambda _: has(Flag.WRONG_ORDER),
    "duplicate": lambda _: has(Flag.DUPLICATE),
    "message": lambda _: has(Flag.MESSAGE),
    "postponed": lambda _: has(Flag.POSTPONED),
    "task": lambda _: has(Flag.TASK),
}
"""The lists that a page offers; the first ones are tabs."""
TABS = ("open", "nothing_booked", "missing_code", "answer_overdue", "not_received", "missed")


def group_case(today: date) -> Case:
    """The group of each row, as `ranking.group`."""
    return Case(
        When(whole_due__lt=today, then=Value(int(Group.WHOLE_PASSED))),
        When(phase_due__lt=today, then=Value(int(Group.PHASE_PASSED))),
        When(calls_for_work(today), then=Value(int(Group.SAVE))),
        default=Value(int(Group.ON_TRACK)),
        output_field=IntegerField(),
    )


def order_case(today: date) -> Case:
    """What rows of a group are ordered by, as `ranking.within_group`."""
    return Case(
        When(Q(whole_due__lt=today) | Q(phase_due__lt=today), then=Coalesce("whole_due", Value(FAR))),
        default=Coalesce("phase_due", Value(FAR)),
    )
