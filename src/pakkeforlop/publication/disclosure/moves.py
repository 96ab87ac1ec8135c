"""Moves: other tables that fit everything shown. A figure that another table has differently cannot be worked out.

A move takes one person (or one person's being in time) along each axis, as `Axis.ways` lists them, all axes at once;
all sums hold by construction. What it touches has to be hidden; the search finds the move through a given figure whose
touched figures cost least to hide (`cheapest`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pakkeforlop.publication.disclosure.block import Block, Member, Reason, State, States, odd
from pakkeforlop.publication.disclosure.rule import Flags, Rule

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
    """How hidden a figure must be for a step not to be seen, where it neither comes nor goes."""
    return State.SHOWN if step == STILL else State.HIDDEN if step[1] else State.PART


@dataclass(frozen=True)
class Tables:
    """The tables that move as one, each with its members, states and reasons: the new one first, then earlier ones."""

    members: list[list[Member]]
    states: list[list[States]]
    reasons: list[list[Any]]


STRICT, FREE, GONE, LAST = 0, 1, 2, 3
"""How much a move may change of the new table: figures that keep their reason; figures whose reason is then withheld;
figures that come or go, which are then not released at all; and where nothing else is left, unpublished ones too whose
sums a later release may show."""


def allowed(
    tables: Tables, rule: Rule, steps: tuple[Step, ...], sign: int, places: Any, *, level: int, nested: bool,
    whole: bool,
) -> Flags:  # fmt: skip
    """Where the step leaves figures that can be: none below zero, and of the same kind as the reason given tells.

    An unpublished figure does not come or go either, for a later release may show its sums; in a `whole` year all sums
    stand, and it may.
    """
    found = np.ones(len(places), np.bool_)
    for at, (members, states, reasons) in enumerate(zip(tables.members, tables.states, tables.reasons, strict=True)):
        moved = []
        for member, states_of, reasons_of, step in zip(members, states, reasons, steps, strict=True):
            before_n, before_d = member.numerator.ravel()[places], member.denominator.ravel()[places]
            numerator, denominator = before_n + sign * step[0], before_d + sign * step[1]
            moved.append(denominator)
            if step == STILL:
                continue
            state = states_of.ravel()[places]
            ok = (numerator >= 0) & (denominator >= numerator)
            seen = state != State.UNPUBLISHED
            stays = (before_d > 0) & (denominator > 0)
            if level < GONE or at > 0:
                ok &= (stays | ~seen) if whole else stays
            elif level == GONE and not whole:
                ok &= stays | seen
            before = rule.hides(before_n, before_d, share=member.share)
            after = rule.hides(numerator, denominator, share=member.share)
            if level == STRICT or at > 0:
                ok &= ~seen | (reasons_of.ravel()[places] == Reason.WITHHELD) | (before == after)
            ok |= odd(before_n, before_d)
            if at > 0:
                ok &= ~seen | (state >= needed(step))
            found &= ok
        if nested and len(moved) == 2:
            found &= moved[1] <= moved[0]
    return found


def needs(members: list[Member], steps: tuple[Step, ...], sign: int, places: Any, *, level: int) -> States:
    """How hidden each figure must be for the move not to be seen, by member."""
    found = np.zeros((len(members), len(places)), np.int8)
    for row, member, step in zip(found, members, steps, strict=True):
        row[:] = needed(step)
        if level >= GONE and step != STILL:
            numerator, before = member.numerator.ravel()[places], member.denominator.ravel()[places]
            comes_or_goes = (before == 0) != (before + sign * step[1] == 0)
            row[comes_or_goes & ~odd(numerator, before)] = State.UNPUBLISHED
    return found


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
