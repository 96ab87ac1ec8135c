"""The groups of the list and the signs of a row, by tables; today is Thursday 20 January 2022."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from pakkeforlop.coordination.flags import (
    STALE_DAYS,
    Flag,
    Visit,
    answer_overdue,
    booked_late,
    code_missing,
    missed_on,
    nothing_booked,
    of_messages,
    stale,
)
from pakkeforlop.coordination.ranking import Facts, Group, group, within_group
from pakkeforlop.coordination.states import TREATMENT_KINDS

TODAY = date(2022, 1, 20)


def day(n: int) -> date:
    return TODAY + timedelta(days=n)


@pytest.mark.parametrize(
    ("phase", "whole", "next_on", "answer", "flags", "wanted"),
    [
        (5, 20, 3, None, 0, Group.ON_TRACK),
        (0, 20, 0, None, 0, Group.ON_TRACK),  # the last day, and the step is today
        (5, 20, None, None, 0, Group.SAVE),  # nothing booked
        (5, 20, -1, None, 0, Group.SAVE),  # what was booked has passed
        (5, 20, 3, 0, 0, Group.ON_TRACK),  # the answer is expected today
        (5, 20, 3, -1, 0, Group.SAVE),  # and should have come yesterday
        (5, 20, 3, None, Flag.PROPOSED, Group.SAVE),
        (5, 20, 3, None, Flag.MISSING_CODE, Group.SAVE),
        (5, 20, 3, None, Flag.NOT_RECEIVED, Group.SAVE),
        (5, 20, 3, None, Flag.MISSED, Group.SAVE),
        (5, 20, 8, None, Flag.BOOKED_LATE, Group.SAVE),
        (5, 20, 3, None, Flag.TRANSFERRED | Flag.POSTPONED | Flag.DUPLICATE, Group.ON_TRACK),
        (-1, 20, 3, None, 0, Group.PHASE_PASSED),
        (-1, 0, None, None, Flag.MISSED, Group.PHASE_PASSED),
        (-1, -1, 3, None, 0, Group.WHOLE_PASSED),
        (5, -1, None, None, 0, Group.WHOLE_PASSED),
        (None, None, 3, None, 0, Group.ON_TRACK),  # no limit in force
        (None, None, None, None, 0, Group.SAVE),
    ],
)
def test_groups(phase, whole, next_on, answer, flags, wanted):
    facts = Facts(*(None if n is None else day(n) for n in (phase, whole, next_on, answer)), int(flags))
    assert group(facts, today=TODAY) is wanted


@pytest.mark.parametrize(
    ("phase", "whole", "wanted"), [(5, 20, day(5)), (-1, 20, day(20)), (-3, -9, day(-9)), (None, None, date.max)]
)
def test_order_within_a_group(phase, whole, wanted):
    facts = Facts(*(None if n is None else day(n) for n in (phase, whole)), day(1), None, 0)
    assert within_group(facts, today=TODAY) == wanted


@pytest.mark.parametrize(
    ("numbers", "wanted"),
    [
        ((), Flag(0)),
        ((108,), Flag.WRONG_ORDER),
        ((102,), Flag.DUPLICATE),
        ((117,), Flag.MESSAGE),
        ((903,), Flag(0)),
        ((102, 109, 115), Flag.DUPLICATE | Flag.WRONG_ORDER | Flag.MESSAGE),
    ],
)
def test_messages_become_flags(numbers, wanted):
    assert of_messages(numbers) == wanted


@pytest.mark.parametrize(
    ("visits", "wanted"),
    [
        ([("talk", -2, "missed")], -2),
        ([("talk", -2, "missed"), ("talk", 3, "booked")], None),
        ([("talk", -2, "missed"), ("talk", -1, "attended")], None),
        ([("talk", -2, "missed"), ("talk", 3, "cancelled")], -2),
        ([("talk", -5, "attended"), ("talk", -2, "missed")], -2),
        ([("talk", -2, "attended")], None),
    ],
)
def test_a_missed_appointment_stands_until_a_new_one_is_made(visits, wanted):
    found = missed_on([Visit(kind, day(n), status) for kind, n, status in visits])
    assert found == (None if wanted is None else day(wanted))


def test_a_followed_up_appointment_is_no_longer_missed():
    assert missed_on([Visit("talk", day(-2), "missed", followed=True)]) is None


@pytest.mark.parametrize(
    ("phase", "kind", "status", "wanted"),
    [
        ("workup", "surgery", "booked", True),
        ("workup", "surgery", "attended", True),
        ("workup", "surgery", "cancelled", False),
        ("workup", "mdt", "booked", False),
        ("treatment", "surgery", "booked", False),
        ("first_attendance", "medical", "booked", True),
    ],
)
def test_a_treatment_without_a_decision_lacks_a_code(phase, kind, status, wanted):
    assert code_missing(phase, [Visit(kind, day(3), status)], TREATMENT_KINDS) is wanted


@pytest.mark.parametrize(
    ("next_on", "due", "whole", "wanted"),
    [(4, 4, None, 0), (5, 4, None, 1), (None, 4, None, 0), (5, None, None, 0), (5, 6, 3, 2), (5, 6, 5, 0)],
)
def test_days_booked_too_late(next_on, due, whole, wanted):
    days = [None if n is None else day(n) for n in (next_on, due, whole)]
    assert booked_late(*days) == wanted


def test_the_days_that_turn_with_today():
    assert [answer_overdue(day(n), today=TODAY) for n in (-1, 0, 1)] == [True, False, False]
    assert not answer_overdue(None, today=TODAY)
    assert [nothing_booked(day(n), today=TODAY) for n in (-1, 0, 1)] == [True, False, False]
    assert stale(day(-STALE_DAYS - 1), None, today=TODAY)
    assert not stale(day(-STALE_DAYS), None, today=TODAY)
    assert not stale(day(-STALE_DAYS - 1), day(1), today=TODAY)
