"""Ends that rule each other out, with some still waiting: by hand, and against a published curve."""

from __future__ import annotations

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


def test_the_published_curve_of_freireich():
    """Remission under 6-MP (E. J. Freireich and others, Blood 21, 1963), as every textbook of survival prints it."""
    ended = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    waiting = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    seen = by_day(ended + waiting, [1] * len(ended) + [0] * len(waiting), kinds=1, last=35)
    published = {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448, 35: 0.448}
    assert {week: round(1 - float(seen.at(week)[0]), 3) for week in published} == published


def test_the_shares_of_several_ends_add_up_to_the_one_curve():
    """Told apart or together, the ends leave the same share waiting (Kaplan and Meier)."""
    drawn = np.random.default_rng(7)
    days, ends = drawn.integers(0, 60, 800), drawn.choice([0, 1, 2, 3], 800, p=[0.3, 0.3, 0.2, 0.2])
    apart, together = by_day(days, ends, kinds=3, last=59), by_day(days, np.minimum(ends, 1), kinds=1, last=59)
    for day in range(60):
        assert float(apart.at(day).sum()) == pytest.approx(float(together.at(day)[0]), abs=1e-12)
