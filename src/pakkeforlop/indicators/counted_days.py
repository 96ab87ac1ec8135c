"""Cells with many values, their days counted one by one: a value that comes or goes is one count up or down.

A median then costs the same whatever the cell holds. Days far above the 90th percentile are not counted: where a cell
has so many of them that a quantile would lie there, it is told from the rows themselves.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pakkeforlop.indicators.printed import Runs
from pakkeforlop.vocabulary.compiling import compiled

Array = npt.NDArray[Any]
MANY = 40
"""Cells with more values than this are counted by day."""


def room_of(p90: Array) -> npt.NDArray[np.int64]:
    """How many days are counted in a cell: well above the 90th percentile, so that it may grow."""
    room: npt.NDArray[np.int64] = (p90 * 1.5).astype(np.int64) + 8
    return room


@compiled
def _day_at(counted, position):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """The day of the value at a position, and how many values stand up to its end; -1 where it is not counted."""
    seen = 0
    for day in range(len(counted)):
        seen += counted[day]
        if seen > position:
            return day, seen
    return -1, seen


@compiled
def _change(which, first, day, weight, n, begin, counts, out):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Count the days of cells up and down, and tell their quantiles; NaN where they lie beyond what is counted."""
    for c in range(len(which)):
        if which[c] == 0:
            continue
        counted = counts[begin[which[c] - 1] : begin[which[c]]]
        for i in range(first[c], first[c + 1]):
            if day[i] < len(counted):
                counted[day[i]] += weight[i]
        for which_one in range(2):
            wanted = (n[c] - 1) * (5 if which_one == 0 else 9)
            below, seen = _day_at(counted, wanted // 10)
            above = below
            if below >= 0 and wanted % 10 and seen <= wanted // 10 + 1:
                above, _ = _day_at(counted, wanted // 10 + 1)
            if n[c] > 0 and below >= 0 and above >= 0:
                out[c, which_one] = below + (above - below) * (wanted % 10) / 10.0


class CountedDays:
    """Days counted, cell by cell; cells are numbered from 1 as they come, and keep their number."""

    def __init__(self, begin: Array | None = None, counts: Array | None = None) -> None:
        self.begin = np.zeros(1, np.int64) if begin is None else begin
        self._counts = np.zeros(0, np.int32) if counts is None else counts

    @property
    def counts(self) -> npt.NDArray[np.int32]:
        """The counts of all cells, one after another."""
        return self._counts[: self.begin[-1]]

    def make_room(self, p90: Array) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int32]]:
        """Room for more cells, all zero: their numbers, where each begins (and the last ends), and all the counts."""
        numbers = np.arange(len(self.begin), len(self.begin) + len(p90))
        begin = int(self.begin[-1]) + np.concatenate([[0], np.cumsum(room_of(p90))])
        if begin[-1] > len(self._counts):
            grown = np.zeros(int(begin[-1] * 1.1) + 1, np.int32)
            grown[: self.begin[-1]] = self.counts
            self._counts = grown
        self.begin = np.concatenate([self.begin[:-1], begin])
        return numbers, begin, self._counts

    def change(self, which: Array, runs: Runs, n: Array) -> npt.NDArray[np.float64]:
        """Count the values of runs (their columns: weight first, day last) into their cells, and tell the quantiles.

        which: the number of each cell here, 0 for none; n: how many values it holds then. NaN where a quantile is not
        known here.
        """
        out = np.full((len(which), 2), np.nan)
        _change(which, runs.first, runs.columns[-1], runs.columns[0], n, self.begin, self._counts, out)
        return out
