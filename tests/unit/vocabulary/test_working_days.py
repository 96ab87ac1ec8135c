"""Working days by the calendar of 2022: Easter, Ascension Day, 17 May and Christmas."""

from __future__ import annotations

from datetime import date

import pytest

from pakkeforlop.vocabulary.working_days import free_days, is_working_day, working_days_after


@pytest.mark.parametrize(
    ("day", "count", "wanted"),
    [
        (date(2022, 1, 20), 1, date(2022, 1, 21)),
        (date(2022, 1, 21), 1, date(2022, 1, 24)),
        (date(2022, 1, 22), 1, date(2022, 1, 24)),
        (date(2022, 4, 13), 1, date(2022, 4, 19)),
        (date(2022, 5, 16), 1, date(2022, 5, 18)),
        (date(2022, 12, 23), 2, date(2022, 12, 28)),
        (date(2022, 1, 20), 0, date(2022, 1, 20)),
    ],
)
def test_so_many_working_days_later(day, count, wanted):
    assert working_days_after(day, count) == wanted


def test_the_free_days_of_a_week():
    assert free_days(date(2022, 5, 23), date(2022, 5, 30)) == {date(2022, 5, 26), date(2022, 5, 28), date(2022, 5, 29)}
    assert not is_working_day(date(2022, 5, 17))
