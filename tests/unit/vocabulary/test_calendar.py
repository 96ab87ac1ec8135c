"""Whole years of age on a day."""

from __future__ import annotations

from datetime import date

import pytest

from pakkeforlop.vocabulary.calendar import whole_years


@pytest.mark.parametrize(
    ("born", "on", "years"),
    [
        (date(2004, 1, 20), date(2022, 1, 19), 17),  # the day before the birthday
        (date(2004, 1, 20), date(2022, 1, 20), 18),
        (date(2004, 2, 29), date(2022, 2, 28), 17),  # no 29 February that year
        (date(2004, 2, 29), date(2022, 3, 1), 18),
        (date(2004, 2, 29), date(2024, 2, 29), 20),
        (date(2022, 1, 20), date(2022, 1, 20), 0),
    ],
)
def test_a_year_older_on_the_birthday(born: date, on: date, years: int):
    assert whole_years(born, on) == years
