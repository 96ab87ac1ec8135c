"""The alarm of missing registrations: what happened must alarm in the first month, an ordinary July must not."""

from __future__ import annotations

import math

import numpy as np
import pytest

from pakkeforlop.reporting.completeness import at_most, judge, working_days

HABIT = (1, 0.98, 1, 0.97, 1, 1, 0.62, 0.9, 1.05, 1.05, 1.05, 0.85)
"""What a month is to an average one, per working day: the summer is quiet."""


def unit(level, *, spread=0.003, years=3, seed=1, first=2019, growth=0.0):
    """Months of a unit: negative binomial about its habit; spread is the variance beyond chance in squared means."""
    draw = np.random.default_rng(seed)
    found = {}
    for n in range(years * 12):
        month = (first + n // 12, n % 12 + 1)
        mean = level * HABIT[month[1] - 1] * working_days(month) / 21 * (1 + growth) ** (n / 12)
        found[month] = int(draw.poisson(draw.gamma(1 / spread, mean * spread)))
    return found


def test_working_days_of_months():
    """January 2022: 31 days, ten of a weekend (the 1st was a Saturday). May 2022: 22 weekdays less the 17th and the 26th."""
    assert working_days((2022, 1)) == 21
    assert working_days((2022, 5)) == 20


@pytest.mark.parametrize("years", [1, 2, 3])
@pytest.mark.parametrize("month", range(1, 13))
def test_505_where_1200_were_expected_alarms_in_the_first_month(years, month):
    """Whichever month it is, but for July, when fewer are expected in the first place (some 740)."""
    past = unit(1200, years=years + 1)
    past = {one: n for one, n in past.items() if one < (2019 + years, month)}
    scale = HABIT[month - 1]
    found = judge({**past, (2019 + years, month): round(505 * min(scale, 1))}, (2019 + years, month))
    assert found.alarm, found
    assert found.chance < 0.001


@pytest.mark.parametrize("years", [1, 2, 3, 5])
def test_an_ordinary_july_does_not_alarm(years):
    for seed in range(40):
        counts = unit(1200, years=years + 1, seed=seed)
        found = judge({one: n for one, n in counts.items() if one <= (2019 + years, 7)}, (2019 + years, 7))
        assert not found.alarm, found


def test_a_small_unit_is_not_alarmed_by_chance():
    """Five a month: even none is no sign. Nothing is said of a unit with less than a year behind it."""
    past = {(2020 + n // 12, n % 12 + 1): 5 for n in range(24)}
    assert not judge({**past, (2022, 1): 0}, (2022, 1)).alarm
    assert judge({(2021, n): 100 for n in range(3, 13)}, (2022, 1)) is None


def test_a_change_that_lasts_goes_on_being_alarmed():
    counts = unit(1200, years=3)
    for month in (4, 5, 6, 7, 8, 9):
        counts[2021, month] = int(counts[2021, month] * 0.42)
    assert all(judge(counts, (2021, month)).alarm for month in (4, 5, 6, 7, 8, 9))


def test_growth_is_no_alarm_and_hides_none():
    counts = unit(800, years=4, growth=0.08)
    assert not any(judge(counts, (2022, month)).alarm for month in range(1, 13))
    counts[2022, 10] //= 2
    assert judge(counts, (2022, 10)).alarm


def test_the_chance_is_that_of_the_negative_binomial():
    """By scipy's own: r = 1/spread, p = r/(r + mean)."""
    from scipy.stats import nbinom, poisson

    for count, mean, spread in ((0, 3.0, 0.1), (505, 1200.0, 0.01), (40, 60.0, 0.02), (100, 100.0, 0.001)):
        size = 1 / spread
        assert math.isclose(at_most(count, mean, spread), nbinom.cdf(count, size, size / (size + mean)), rel_tol=1e-9)
    assert math.isclose(at_most(7, 10.0, 1e-9), poisson.cdf(7, 10.0), rel_tol=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize(("level", "spread"), [(30, 0.0005), (30, 0.03), (400, 0.0005), (400, 0.01), (400, 0.03), (1200, 0.01)])
def test_ordinary_months_alarm_about_once_in_a_thousand(level, spread):
    """2,160 months of ordinary units: some two alarms by chance, at most nine (0.4 per cent)."""
    alarms = 0
    for seed in range(180):
        counts = unit(level, spread=spread, years=4, seed=seed)
        alarms += sum(judge(counts, (2022, month)).alarm for month in range(1, 13))
    assert alarms <= 9


@pytest.mark.slow
def test_half_missing_is_found_in_units_that_are_large_enough():
    found = []
    for seed in range(60):
        counts = unit(400, spread=0.01, years=4, seed=seed)
        counts[2022, 10] //= 2
        found.append(judge(counts, (2022, 10)).alarm)
    assert sum(found) >= 48
