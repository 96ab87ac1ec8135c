"""Moves: other tables that fit everything shown. A figure that another table has differently cannot be worked out.

A move takes one person (or one person's being in time) along each axis, as `Axis.ways` lists them, all axes at once;
all sums hold by construction. What it touches has to be hidden; the search finds the move through a given figure whose
touched figures cost least to hide (`cheapest`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from pakkeforlop.publication.disclosure.block import Block, Member, State

Costs = npt.NDArray[np.float32]
"""Prices, and what a figure is worth."""
Step = tuple[int, int]
"""What a person's move changes in a figure: (numerator, denominator)."""

NOWHERE = 1e9
"""The cost of what is impossible."""
STILL: Step = (0, 0)
SHARE_STEPS: tuple[Step, ...] = ((1, 0), (1, 1), (0, 1))
COUNT_STEPS: tuple[Step, ...] = ((0, 1),)
PRICE = {State.PART: 1.0, State.HIDDEN: 1.6, State.UNPUBLISHED: 6.0}
"""Hiding the numerator alone loses less than hiding the figure; not to tell whether there is one loses most."""


@dataclass(frozen=True, eq=False)
class Move:
    """Signed changes: for each touched figure its place, and +1 or -1 times `steps` (one step a member)."""

    steps: tuple[Step, ...]
    places: npt.NDArray[np.int64]
    signs: npt.NDArray[np.int8]


@cache
def step_fields(step: Step) -> frozenset[str]:
    """The fields that a step changes: the numerator, the rest beside it, the denominator."""
    numerator, denominator = step
    changed = (("numerator", numerator), ("rest", numerator != denominator), ("denominator", denominator))
    return frozenset(name for name, by in changed if by)


def step_options(block: Block, member: int, field: str, *, nested: bool) -> list[tuple[Step, ...]]:
    """Steps of all members that change `field` of `member`: alone, and where members nest, both at once."""
    own = [s for s in _steps(block.members[member]) if field in step_fields(s)]
    if len(block.members) == 1:
        return [(step,) for step in own]
    pair: list[tuple[Step, ...]] = [(step, STILL) if member == 0 else (STILL, step) for step in own]
    if not nested:
        return pair
    others = [s for s in _steps(block.members[1 - member]) if s[1]]
    joint: list[tuple[Step, ...]] = [(a, b) if member == 0 else (b, a) for a in own if a[1] for b in others]
    return pair + joint


def _steps(member: Member) -> tuple[Step, ...]:
    return SHARE_STEPS if member.share else COUNT_STEPS


@cache
def needed(step: Step) -> State:
    """How hidden a figure must be for a step not to be seen, where it neither comes nor goes."""
    return State.SHOWN if step == STILL else State.HIDDEN if step[1] else State.PART


STRICT, FREE, GONE, LAST = 0, 1, 2, 3
"""How much a move may change of the new table: figures that keep their reason; figures whose reason is then withheld;
figures that come or go, which are then not released at all; and where nothing else is left, unpublished ones too whose
sums a later release may show.

An unpublished figure does not come or go either, for a later release may show its sums; in a `whole` year all sums
stand, and it may. None goes below zero. What earlier releases show is never moved, whatever the level (`kernels`).
"""


def move_at(block: Block, steps: tuple[Step, ...], at: tuple[int, ...], chosen: tuple[int, ...], sign: int) -> Move:
    """The move of the chosen way along each axis: the product of the ways' nodes and signs."""
    places, signs = np.zeros(1, np.int64), np.full(1, sign, np.int8)
    for place, axis in enumerate(block.axes):
        up, down = axis.ways(at[place])
        way = up[chosen[place]] - down[chosen[place]]
        nodes = np.flatnonzero(way)
        places = (places[:, None] * len(axis.names) + nodes).ravel()
        signs = (signs[:, None] * way[nodes].astype(np.int8)).ravel()
    order = np.argsort(places)
    return Move(steps, places[order], signs[order])
