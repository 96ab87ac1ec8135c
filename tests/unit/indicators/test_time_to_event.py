"""Ends that rule each other out, with some still waiting: by hand, and against another implementation."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from pakkeforlop.indicators.time_to_event import course, share_of, tally


def by_day(days, ends, *, kinds, last):
    return course(tally(np.array(days), np.array(ends), kinds=kinds, last=last))


def test_five_people_by_hand():
    """Days 1 treated, 2 waiting, 3 otherwise, 4 treated, 5 waiting.

    Day 1: 1/5. Day 3: three in sight, still 4/5, so 4/5 * 1/3 ends otherwise. Day 4: two in sight, still 8/15, half of it.
    """
    seen = by_day([1, 2, 3, 4, 5], [1, 0, 2, 1, 0], kinds=2, last=6)
    assert seen.at(2).tolist() == pytest.approx([1 / 5, 0])
    assert seen.at(3).tolist() == pytest.approx([1 / 5, 4 / 15])
    assert seen.at(4).tolist() == pytest.approx([1 / 5 + 4 / 15, 4 / 15])
    assert seen.followed.tolist() == [5, 5, 4, 3, 2, 1, 0]


def test_with_nobody_waiting_it_is_the_plain_share():
    seen = by_day([0, 1, 1, 9], [1, 2, 1, 2], kinds=2, last=9)
    assert seen.at(1).tolist() == pytest.approx([2 / 4, 1 / 4])
    assert seen.at(9).tolist() == pytest.approx([2 / 4, 2 / 4])


def test_the_quick_ones_do_not_stand_for_all():
    """Four started; two were treated in time at once, two are still waiting past the limit: of those ended, all in time."""
    days, ends = np.array([5, 5, 40, 40, 45, 45]), np.array([1, 1, 0, 0, 2, 2])
    assert (ends[ends > 0] == 1).mean() == 0.5
    found = share_of(days, ends, part=1, whole=(1, 2), kinds=2, by=60)
    assert found is not None
    assert found.share == pytest.approx((2 / 6) / 1.0)  # the four left all come to the late end
    assert 0 <= found.low <= found.share <= found.high <= 1


def test_no_end_no_share():
    assert share_of(np.array([3, 4]), np.array([0, 0]), part=1, whole=(1, 2), kinds=2, by=9) is None


def test_the_same_as_lifelines():
    lifelines = pytest.importorskip("lifelines")
    drawn = np.random.default_rng(7)
    days = drawn.integers(0, 60, 800)
    ends = drawn.choice([0, 1, 2, 3], 800, p=[0.3, 0.3, 0.2, 0.2])
    seen = course(tally(days, ends, kinds=3, last=59))
    for end in (1, 2, 3):
        fitted = lifelines.AalenJohansenFitter(jitter_level=0, calculate_variance=False)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns of people who leave on one day
            fitted.fit(days, ends, event_of_interest=end)
        expected = fitted.cumulative_density_[fitted.cumulative_density_.columns[0]]
        for day in range(60):
            assert seen.at(day)[end - 1] == pytest.approx(expected.asof(day), abs=1e-9)
