"""Control limits for single values over time (XmR chart), and the four signs that something has changed.

The limits lie 2.66 mean moving ranges from the mean. Moving ranges of 3.267 times their mean or more may be screened
out of it, once. The rules are those of the English health service's "Making data count"; each marks every point of its
run. A level is reckoned anew only from a dated reason, never because points have moved.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise

REACH = 2.66
"""Limits from the mean, in mean moving ranges: 3 / 1.128, as the English health service rounds it."""
SCREEN = 3.267
RUN = 7
"""So many points on one side of the mean, or in a row up or down, are no longer chance."""


class Sign(Enum):
    """What a point is part of, the strongest first."""

    OUTSIDE = "outside"
    TREND = "trend"
    NEAR = "two_in_three"
    SIDE = "one_side"
    COMMON = "common"


@dataclass(frozen=True)
class Limits:
    """Mean and limits of ordinary variation, in the unit of the values; not cut at 0 or 100."""

    centre: float
    low: float
    high: float

    @property
    def near(self) -> tuple[float, float]:
        """Beyond these, two thirds of the way, a point lies near a limit."""
        return self.centre - (self.centre - self.low) * 2 / 3, self.centre + (self.high - self.centre) * 2 / 3


@dataclass(frozen=True)
class Marked:
    """A point's sign, and which way: 1 above (or rising), -1 below (or falling), 0 for ordinary variation."""

    sign: Sign
    way: int


def limits(values: Sequence[float], *, baseline: int = 0, screened: bool = True, reach: float = REACH) -> Limits | None:
    """The limits of the first `baseline` values (0: of all); None for fewer than two."""
    used = values[:baseline] if baseline else values
    if len(used) < 2:
        return None
    centre = sum(used) / len(used)
    moves = [abs(after - before) for before, after in pairwise(used)]
    mean = sum(moves) / len(moves)
    if screened:
        kept = [move for move in moves if move < SCREEN * mean]
        mean = sum(kept) / len(kept) if kept else mean
    return Limits(centre, centre - reach * mean, centre + reach * mean)


def marks(values: Sequence[float], within: Limits) -> list[Marked]:
    """The sign of each value."""
    side = [_side(value, within.centre) for value in values]
    outside = [1 if value > within.high else -1 if value < within.low else 0 for value in values]
    low, high = within.near
    near = [not out and (value < low or value > high) for value, out in zip(values, outside, strict=True)]
    trend = part_of_seven(seven_trend(values))
    close = part_of_two_in_three(two_in_three(near, side), near)
    run = part_of_seven(seven_one_side(side))
    found = []
    for i in range(len(values)):
        for sign, way in (
            (Sign.OUTSIDE, outside[i]), (Sign.TREND, trend[i]), (Sign.NEAR, side[i] if close[i] else 0),
            (Sign.SIDE, side[i] if run[i] else 0),
        ):  # fmt: skip
            if way:
                found.append(Marked(sign, way))
                break
        else:
            found.append(Marked(Sign.COMMON, 0))
    return found


def assurance(within: Limits, target: float, *, higher_is_better: bool = True) -> str:
    """Whether ordinary variation alone holds the target: "pass" always, "fail" never, "" as chance will have it."""
    if within.low > target:
        return "pass" if higher_is_better else "fail"
    if within.high < target:
        return "fail" if higher_is_better else "pass"
    return ""


def seven_one_side(side: Sequence[int]) -> list[int]:
    """1 or -1 where the last seven values lie above or below the mean."""
    return [
        side[i] if i + 1 >= RUN and side[i] and all(one == side[i] for one in side[i + 1 - RUN : i + 1]) else 0
        for i in range(len(side))
    ]


def seven_trend(values: Sequence[float]) -> list[int]:
    """1 or -1 where the last seven values rise or fall one by one."""
    found = []
    for i in range(len(values)):
        moves = [_side(after, before) for before, after in pairwise(values[max(0, i + 1 - RUN) : i + 1])]
        found.append(moves[0] if len(moves) == RUN - 1 and moves[0] and len(set(moves)) == 1 else 0)
    return found


def part_of_seven(ends: Sequence[int]) -> list[int]:
    """Every point of the runs that end at the marked ones; the first end after a point decides."""
    return [next((end for end in ends[i : i + RUN] if end), 0) for i in range(len(ends))]


def two_in_three(near: Sequence[bool], side: Sequence[int]) -> list[bool]:
    """Points in a window of three, all on one side, of which two or more lie near the limit."""
    found = [False] * len(near)
    for first in range(len(near) - 2):
        window = range(first, first + 3)
        if abs(sum(side[i] for i in window)) == 3 and sum(near[i] for i in window) >= 2:
            for i in window:
                found[i] = True
    return found


def part_of_two_in_three(windows: Sequence[bool], near: Sequence[bool]) -> list[bool]:
    """Those of the points that themselves lie near the limit."""
    return [window and close for window, close in zip(windows, near, strict=True)]


def _side(value: float, centre: float) -> int:
    return (value > centre) - (value < centre)
