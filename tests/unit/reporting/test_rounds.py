"""The calendar: what each round is for, when it is due, February's exception, and when a year may be locked."""

from __future__ import annotations

from datetime import date

import pytest

from pakkeforlop.reporting.rounds import coming, last_due, locked_from, reminder_days, rounds_of

D = date


@pytest.mark.parametrize(
    ("due", "kind", "last", "months", "number"),
    [
        (D(2022, 1, 4), "year", D(2021, 12, 31), tuple(range(1, 13)), 1),
        (D(2022, 2, 2), "year", D(2021, 12, 31), tuple(range(1, 13)), 2),
        (D(2022, 3, 4), "month", D(2022, 2, 28), (1, 2), 1),  # January and February together
        (D(2022, 4, 4), "month", D(2022, 3, 31), (3,), 1),
        (D(2022, 5, 3), "tertial", D(2022, 4, 30), (1, 2, 3, 4), 1),
        (D(2022, 5, 24), "tertial", D(2022, 4, 30), (1, 2, 3, 4), 2),
        (D(2022, 6, 7), "month", D(2022, 5, 31), (5,), 1),  # 4 June was a Saturday, the 6th Whit Monday
        (D(2022, 9, 2), "tertial", D(2022, 8, 31), (5, 6, 7, 8), 1),
        (D(2022, 12, 5), "month", D(2022, 11, 30), (11,), 1),  # 4 December was a Sunday
    ],
)
def test_the_rounds_of_2022(due, kind, last, months, number):
    (one,) = [one for one in rounds_of(2022) if one.due == due]
    assert (one.kind, one.period, one.months, one.number) == (kind, (D(last.year, 1, 1), last), months, number)


def test_there_is_no_monthly_round_in_february():
    assert [one.kind for one in rounds_of(2022) if one.due.month == 2] == ["year"]
    assert all(one.period[1] != D(2022, 1, 31) for one in rounds_of(2022))


@pytest.mark.parametrize("year", range(2016, 2036))
def test_every_month_is_reported_once_in_a_year(year):
    """Tertial and year in place of the month they end with; each deadline is a working day after its period."""
    firsts = [one for one in rounds_of(year) if one.number == 1 and one.kind != "year"]
    ended = [one.period[1].month for one in firsts]
    assert ended == [2, 3, 4, 5, 6, 7, 8, 9, 10, 11]
    for one in rounds_of(year):
        assert one.due > one.period[1]
        assert one.due.weekday() < 5


def test_what_is_next_and_what_was_last():
    assert coming(D(2022, 2, 2), 2)[0].due == D(2022, 2, 2)
    assert coming(D(2022, 2, 3), 2)[0].due == D(2022, 3, 4)
    assert last_due(D(2022, 1, 4)).due == D(2021, 12, 6)
    assert last_due(D(2022, 1, 5)).due == D(2022, 1, 4)


def test_a_year_is_locked_after_its_second_round():
    assert locked_from(2021) == D(2022, 2, 3)
    assert locked_from(2023) == D(2024, 2, 3)
    assert locked_from(2024) == D(2025, 2, 4)  # 2 February 2025 was a Sunday


def test_reminders_come_before_and_every_day_after():
    days = reminder_days(coming(D(2022, 3, 1), 1)[0])
    assert days[:4] == [D(2022, 2, 27), D(2022, 3, 2), D(2022, 3, 3), D(2022, 3, 4)]
    assert days[4:] == [D(2022, 3, 4 + n) for n in range(1, 15)]
