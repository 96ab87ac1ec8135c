"""Registered against expected, worked out by hand."""

from __future__ import annotations

import math

import pytest

from pakkeforlop.indicators.completeness import expected

COUNTRY = {"2018T2": 1000, "2019T2": 1000, "2020T2": 1100, "2019T1": 900}


def test_a_unit_is_expected_to_move_with_the_country():
    """A tenth of the country before, so 110 of 1 100; chance alone reaches 3.09 root 110 down, to 77.6."""
    unit = {"2018T2": 100, "2019T2": 100, "2020T2": 77}
    found = expected(unit, COUNTRY, "2020T2")
    assert found is not None
    assert found.count == pytest.approx(110)
    assert found.low == pytest.approx(110 - 3.090232 * math.sqrt(110))
    assert found.falls_short
    assert not expected({**unit, "2020T2": 78}, COUNTRY, "2020T2").falls_short


def test_a_unit_that_has_always_varied_is_given_room():
    """80 and 120: chi square 4 + 4 over one degree of freedom, so limits root 8 times as wide."""
    found = expected({"2018T2": 80, "2019T2": 120, "2020T2": 40}, COUNTRY, "2020T2")
    assert found is not None
    assert found.high - found.count == pytest.approx(3.090232 * math.sqrt(110 * 8))
    assert not found.falls_short


def test_other_parts_of_the_year_and_single_years_are_no_yardstick():
    assert expected({"2019T1": 90, "2019T2": 100, "2020T2": 10}, COUNTRY, "2020T2") is None
    assert expected({"2018T2": 100, "2019T2": 100}, COUNTRY, "2020T2") is None


def test_the_country_is_held_against_its_own_mean():
    found = expected(COUNTRY, COUNTRY, "2020T2")
    assert found is not None
    assert found.count == 1000


def test_only_the_last_five_years_tell():
    """A first year with half the codes would widen every limit after it; seven years on it is out of sight."""
    unit = {f"{year}T2": 50 if year == 2014 else 100 for year in range(2014, 2021)}
    country = dict.fromkeys(unit, 1000)
    found = expected(unit, country, "2020T2")
    assert found is not None
    assert found.count == pytest.approx(100)
    assert found.low == pytest.approx(100 - 3.090232 * 10)
