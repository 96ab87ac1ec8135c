"""Numbers in order: found, and told apart."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pakkeforlop.vocabulary.ordered import Ordered, among, distinct, firsts, places

NUMBERS = st.lists(st.integers(0, 60) | st.integers(0, 2**63 - 1), max_size=400)


def test_worked_out_by_hand() -> None:
    """7 stands third among 2, 3, 7, 7, 9; 1 before all, 10 behind all, 8 before 9."""
    ordered = np.array([2, 3, 7, 7, 9])
    assert places(ordered, np.array([1, 2, 7, 8, 9, 10])).tolist() == [0, 0, 2, 4, 4, 5]
    assert among(np.array([9, 1, 7, 8, 10]), ordered).tolist() == [True, False, True, False, False]
    assert firsts(ordered).tolist() == [True, True, True, False, True]
    assert distinct(np.array([7, 2, 9, 7, 3])).tolist() == [2, 3, 7, 9]


def test_of_nothing_nothing() -> None:
    """No numbers: nothing is found, and nothing fails."""
    none, one = np.empty(0, np.int64), np.array([4])
    assert distinct(none).tolist() == places(one, none).tolist() == among(none, one).tolist() == []
    assert (places(none, one).tolist(), among(one, none).tolist()) == ([0], [False])


def test_each_stands_in_its_piece() -> None:
    """Of the even numbers to 998, 2n stands at n and 2n + 1 would stand at n + 1: in every piece and at every edge."""
    at, here = Ordered(np.arange(0, 1000, 2)).found(np.arange(1000))
    assert at.tolist() == [(number + 1) // 2 for number in range(1000)]
    assert here.tolist() == [number % 2 == 0 for number in range(1000)]


@settings(deadline=None)  # the first one is compiled
@given(NUMBERS, NUMBERS)
def test_as_numpy_finds_them(some: list[int], others: list[int]) -> None:
    """The same as NumPy's own, which look through all each time."""
    for kind in (np.int64, np.uint64):
        ordered, wanted = np.sort(np.array(some, kind)), np.sort(np.array(others, kind))
        assert (places(ordered, wanted) == np.searchsorted(ordered, wanted)).all()
        at, here = Ordered(ordered).found(wanted)
        assert (at == np.searchsorted(ordered, wanted)).all()
        assert (here == np.isin(wanted, ordered)).all()
        assert (among(np.array(others, kind), ordered) == np.isin(np.array(others, kind), ordered)).all()
        assert (distinct(np.array(some, kind)) == np.unique(np.array(some, kind))).all()
