"""Labels beside each other that never overlap: each takes the first lane where one of its three places is free."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pakkeforlop.charts.svg import Anchor

GAP = 8.0
"""Pixels between two labels of a lane."""


@dataclass(frozen=True)
class Wanted:
    """A label that belongs at `x`. `places` are tried in order: which end of the label stands there."""

    x: float
    width: float
    places: tuple[Anchor, ...] = ("start", "middle", "end")
    nudge: float = 0.0
    """How far a label that starts (or ends) at `x` begins before (or ends after) it."""


@dataclass(frozen=True)
class Placed:
    """Where a label came to stand: its left edge, and its lane (0 nearest to what it names)."""

    left: float
    lane: int


def stagger(
    wanted: Sequence[Wanted],
    *,
    low: float,
    high: float,
    lanes: int = 4,
    taken: Iterable[tuple[float, float]] = (),
) -> list[Placed | None]:
    """A place for each label, in the order given; None where no lane has room.

    `low` and `high` bound every label; `taken` are stretches of lane 0 that something else fills.
    """
    rows: list[list[tuple[float, float]]] = [list(taken), *([] for _ in range(lanes - 1))]
    return [_place(one, rows, low, high) for one in wanted]


def _place(one: Wanted, rows: list[list[tuple[float, float]]], low: float, high: float) -> Placed | None:
    for lane, row in enumerate(rows):
        for left in _lefts(one, low, high):
            if all(left + one.width + GAP <= begins or ends + GAP <= left for begins, ends in row):
                row.append((left, left + one.width))
                return Placed(left, lane)
    return None


def _lefts(one: Wanted, low: float, high: float) -> list[float]:
    """The left edges that a label may have: its places, those that lie within the bounds."""
    of = {"start": one.x - one.nudge, "middle": one.x - one.width / 2, "end": one.x - one.width + one.nudge}
    found = [of[place] for place in one.places if low <= of[place] and of[place] + one.width <= high]
    return found or [min(max(one.x - one.width / 2, low), high - one.width)]


def depth(placed: Iterable[Placed | None]) -> int:
    """How many lanes are in use, at least one."""
    return 1 + max((one.lane for one in placed if one is not None), default=0)
