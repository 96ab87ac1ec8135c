"""Control limits for a share over time (p chart), with levels that change at named dates.

Limits lie three standard deviations of the binomial from the level. With thousands of pathways a month that alone
would call nearly every month unusual, since shares also vary for other reasons than chance. Laney's p' chart widens
the limits by how much the standardised shares really move from one period to the next (Quality Engineering 14, 2002).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

BASELINE_POINTS = 3
"""A level needs this many settled points to be named; with fewer the level before goes on."""


@dataclass(frozen=True)
class Level:
    """One level: points `first` up to but not including `last`, its centre, and limits for each point (shares 0-1)."""

    first: int
    last: int
    centre: float
    low: tuple[float, ...]
    high: tuple[float, ...]
    widening: float
    rests_on: int

    def is_outside(self, index: int, share: float) -> bool:
        """True when the share of point `index` lies beyond the limits."""
        at = index - self.first
        return share < self.low[at] or share > self.high[at]


def levels(
    numerators: Sequence[int],
    denominators: Sequence[int],
    *,
    breaks: Sequence[int] = (),
    left_out: frozenset[int] = frozenset(),
    laney: bool = True,
) -> list[Level]:
    """The levels between `breaks` (a break is the index of the first point of a new level).

    Points in `left_out` (provisional ones) get limits but give nothing to them. Points without a denominator get the
    widest limits, 0 to 1. A stretch with too few points to rest on is joined to the one before, or after the first.
    """
    count = len(denominators)
    if count == 0:
        return []
    starts = [0, *sorted({b for b in breaks if 0 < b < count})]
    found: list[Level] = []
    for first, last in _joined(list(pairwise([*starts, count])), denominators, left_out):
        used = [i for i in range(first, last) if i not in left_out and denominators[i] > 0]
        used = used or [i for i in range(first, last) if denominators[i] > 0]
        if used:
            found.append(_level(numerators, denominators, first, last, used, laney=laney))
    return found


def _joined(
    stretches: Sequence[tuple[int, int]], denominators: Sequence[int], left_out: frozenset[int]
) -> list[tuple[int, int]]:
    """Stretches with at least `BASELINE_POINTS` settled points; shorter ones are joined to a neighbour."""
    joined: list[tuple[int, int]] = []
    for first, last in stretches:
        settled = sum(1 for i in range(first, last) if i not in left_out and denominators[i] > 0)
        if joined and (settled < BASELINE_POINTS or _settled(joined[-1], denominators, left_out) < BASELINE_POINTS):
            joined[-1] = (joined[-1][0], last)
        else:
            joined.append((first, last))
    return joined


def _settled(stretch: tuple[int, int], denominators: Sequence[int], left_out: frozenset[int]) -> int:
    return sum(1 for i in range(*stretch) if i not in left_out and denominators[i] > 0)


def _level(
    numerators: Sequence[int], denominators: Sequence[int], first: int, last: int, used: list[int], *, laney: bool
) -> Level:
    centre = sum(numerators[i] for i in used) / sum(denominators[i] for i in used)
    spread = math.sqrt(centre * (1 - centre))
    widening = _widening(numerators, denominators, used, centre, spread) if laney else 1.0
    low, high = [], []
    for i in range(first, last):
        reach = 3 * spread * widening / math.sqrt(denominators[i]) if denominators[i] > 0 else 1.0
        low.append(max(0.0, centre - reach))
        high.append(min(1.0, centre + reach))
    return Level(first, last, centre, tuple(low), tuple(high), widening, len(used))


def _widening(
    numerators: Sequence[int], denominators: Sequence[int], used: list[int], centre: float, spread: float
) -> float:
    """Laney's factor: the mean move between standardised shares, over 1.128; never below 1."""
    if spread == 0 or len(used) < BASELINE_POINTS:
        return 1.0
    standard = [(numerators[i] / denominators[i] - centre) / (spread / math.sqrt(denominators[i])) for i in used]
    moves = [abs(b - a) for a, b in pairwise(standard)]
    return max(1.0, sum(moves) / len(moves) / 1.128)
