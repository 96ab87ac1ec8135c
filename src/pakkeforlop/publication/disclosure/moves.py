"""Moves: other tables that fit everything shown. A figure that another table has differently cannot be worked out.

A move takes one person (or one person's being in time) along each axis, as `Axis.ways` lists them, all axes at once;
all sums hold by construction. What it touches has to be hidden; the search finds the move through a given figure whose
touched figures cost least to hide. Costs are laid out for every figure at once and folded axis by axis, so that all
combinations of ways are priced in a few small matrix products.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pakkeforlop.publication.disclosure.block import Block, Member, Reason, State, States
from pakkeforlop.publication.disclosure.rule import Flags, Rule

Costs = npt.NDArray[np.float32]
Step = tuple[int, int]
"""What a person's move changes in a figure: (numerator, denominator)."""

NOWHERE = 1e9
"""The cost of what is impossible."""
STILL: Step = (0, 0)
SHARE_STEPS: tuple[Step, ...] = ((1, 0), (1, 1), (0, 1))
COUNT_STEPS: tuple[Step, ...] = ((0, 1),)
PRICE = {State.PART: 1.0, State.HIDDEN: 1.6}
"""Hiding the numerator alone loses less than hiding the figure."""


@dataclass(frozen=True, eq=False)
class Move:
    """Signed changes: for each touched figure its place, and +1 or -1 times `steps` (one step a member)."""

    steps: tuple[Step, ...]
    places: npt.NDArray[np.int64]
    signs: npt.NDArray[np.int8]


def step_fields(step: Step) -> set[str]:
    """The fields that a step changes: the numerator, the rest beside it, the denominator."""
    numerator, denominator = step
    return ({"numerator"} if numerator else set()) | ({"rest"} if numerator != denominator else set()) | (
        {"denominator"} if denominator else set()
    )  # fmt: skip


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


def needed(step: Step) -> State:
    """How hidden a figure must be for a step not to be seen."""
    return State.SHOWN if step == STILL else State.HIDDEN if step[1] else State.PART


@dataclass(frozen=True)
class Tables:
    """The tables that move as one, each with its members, states and reasons: the new one first, then earlier ones."""

    members: list[list[Member]]
    states: list[list[States]]
    reasons: list[list[Any]]


def allowed(tables: Tables, rule: Rule, steps: tuple[Step, ...], sign: int, *, free: bool, nested: bool) -> Flags:
    """Where the step leaves figures that can be: none below zero, and of the same kind as the reason given tells.

    free: the reason of figures in the new table need not hold; they are then withheld.
    """
    found = np.ones(tables.members[0][0].denominator.shape, np.bool_)
    for at, (members, states, reasons) in enumerate(zip(tables.members, tables.states, tables.reasons, strict=True)):
        moved = []
        for member, state, reason, step in zip(members, states, reasons, steps, strict=True):
            numerator, denominator = member.numerator + sign * step[0], member.denominator + sign * step[1]
            moved.append((denominator, state))
            if step == STILL:
                continue
            ok = (numerator >= 0) & (denominator >= numerator)
            seen = state != State.UNPUBLISHED
            ok &= (member.denominator > 0) & (denominator > 0)  # unpublished ones too: a later release may show sums
            before = rule.hides(member.numerator, member.denominator, share=member.share)
            after = rule.hides(numerator, denominator, share=member.share)
            if not (free and at == 0):
                ok &= ~seen | (reason == Reason.WITHHELD) | (before == after)
            if at > 0:
                ok &= ~seen | (state >= needed(step))
            found &= ok
        if nested and len(moved) == 2:
            found &= moved[1][0] <= moved[0][0]
    return found


def fold(block: Block, gains: Costs, losses: Costs, at: tuple[int, ...]) -> Costs:
    """Costs of all moves through a figure: [0] with the figure one up, [1] one down, over the ways of each axis."""
    both = np.stack([gains, losses])
    for place in FOLD_ORDER:
        up, down = block.axes[place].ways(at[place])
        last = both.swapaxes(place + 1, -1)
        shape = (*last.shape[:-1], len(up))
        last = np.ascontiguousarray(last).reshape(-1, last.shape[-1])
        found = (last @ up.T).reshape(shape)
        if down.any():
            found += (last @ down.T).reshape(shape)[::-1]
        both = found.swapaxes(place + 1, -1)
    return both


FOLD_ORDER = (1, 2, 0, 3)
"""Axes with few ways first: period, part, unit, pathway."""


def move_at(block: Block, steps: tuple[Step, ...], at: tuple[int, ...], chosen: tuple[int, ...], sign: int) -> Move:
    """The move of the chosen way along each axis."""
    product = np.ones((1,) * len(block.axes))
    for place, axis in enumerate(block.axes):
        up, down = axis.ways(at[place])
        way = up[chosen[place]] - down[chosen[place]]
        product = product * way.reshape([-1 if n == place else 1 for n in range(len(block.axes))])
    flat = product.ravel() * sign
    places = np.flatnonzero(flat)
    return Move(steps, places, flat[places].astype(np.int8))
