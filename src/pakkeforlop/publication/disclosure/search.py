"""The priced steps of a block, kept up to date while figures are hidden, and the cheapest move through a figure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pakkeforlop.publication.disclosure.block import Block, Member, Reason, State, States, nested
from pakkeforlop.publication.disclosure.moves import (
    NOWHERE,
    PRICE,
    STILL,
    Costs,
    Move,
    Step,
    Tables,
    allowed,
    fold,
    move_at,
    needed,
    step_fields,
    step_options,
)
from pakkeforlop.publication.disclosure.rule import Counts, Flags, Rule

Steps = tuple[Step, ...]
Places = npt.NDArray[np.int64]
TOGETHER, ALONE = "together", "alone"
"""All releases change alike; or this one alone does, in figures that differ from every earlier release."""
UP = 1.6
"""How much dearer a figure is for every level that it sums over."""


@dataclass(frozen=True, eq=False)
class Found:
    """A move with its price; mode: which tables it changes."""

    price: float
    move: Move
    mode: str
    free: bool


def weights(block: Block) -> Costs:
    """What a figure is worth: more the more it sums over, and a little more the larger it is."""
    weight: npt.NDArray[np.float64] = 1 + 0.05 * np.log2(
        1 + np.maximum.reduce([member.denominator for member in block.members])
    )
    for place, axis in enumerate(block.axes):
        height = np.zeros(len(axis.names))
        for leaf in axis.leaves:
            for up, node in enumerate(axis.path(leaf)):
                height[node] = max(height[node], up)
        weight = weight * (UP**height).reshape([-1 if n == place else 1 for n in range(len(block.axes))])
    found: Costs = weight.astype(np.float32)
    return found


class Search:
    """Prices of steps for the states as they stand; `hide` changes the states and the prices they touch."""

    def __init__(self, block: Block, rule: Rule, states: list[States], reasons: list[States]) -> None:
        self.block, self.rule, self.states, self.reasons = block, rule, states, reasons
        self.weight = weights(block)
        self.nested = nested(block)
        self.withheld = [reason == Reason.WITHHELD for reason in reasons]
        self._passes: dict[tuple[Steps, str, bool], tuple[Flags, Flags, Flags, Flags]] = {}
        self._prices: dict[tuple[Steps, str, bool], tuple[Costs, Costs]] = {}

    def best(self, member: int, field: str, at: tuple[int, ...], modes: tuple[str, ...], *, free: bool) -> Found | None:
        """The cheapest move that changes `field` of the figure at `at`; None where there is none."""
        best: tuple[float, Steps, str, int, int] | None = None
        for mode in modes:
            for steps in step_options(self.block, member, field, nested=self.nested):
                folded = fold(self.block, *self._priced(steps, mode, free=free), at)
                place = int(folded.argmin())
                price = float(folded.flat[place])
                if price < NOWHERE and (best is None or price < best[0] - 1e-9):
                    best = (price, steps, mode, *divmod(place, folded[0].size))
                    if price <= 0:
                        break
            if best is not None and best[0] <= 0:
                break
        if best is None:
            return None
        price, steps, mode, down, way = best
        shape = tuple(len(axis.ways(node)[0]) for axis, node in zip(self.block.axes, at, strict=True))
        chosen = tuple(int(n) for n in np.unravel_index(way, shape))
        return Found(price, move_at(self.block, steps, at, chosen, -1 if down else 1), mode, free)

    def hide(self, found: Found, reason: Reason) -> None:
        """Hide what the move touches, for that reason; what the rule does not allow is withheld."""
        move, places = found.move, found.move.places
        for member, step in enumerate(move.steps):
            if step == STILL:
                continue
            state, marks = self.states[member].ravel(), self.reasons[member].ravel()
            marks[places[state[places] == State.SHOWN]] = reason
            marks[places[self.withheld[member].ravel()[places] & (marks[places] != Reason.NONE)]] = Reason.WITHHELD
            state[places] = np.maximum(state[places], needed(step))
        if found.free:
            self._withhold(move)
        self.reprice(places)

    def _withhold(self, move: Move) -> None:
        """Where the moved figure would be of another kind than its reason says, the reason is no longer told."""
        for member, step in enumerate(move.steps):
            if step == STILL:
                continue
            own = self.block.members[member]
            numerator, denominator = (part.ravel()[move.places] for part in (own.numerator, own.denominator))
            after = self.rule.hides(numerator + move.signs * step[0], denominator + move.signs * step[1],
                                    share=own.share)  # fmt: skip
            differs = after != self.rule.hides(numerator, denominator, share=own.share)
            seen = self.states[member].ravel()[move.places] != State.UNPUBLISHED
            self.reasons[member].ravel()[move.places[differs & seen]] = Reason.WITHHELD
            self.withheld[member].ravel()[move.places[differs & seen]] = True
        self._passes.clear()
        self._prices.clear()

    def reprice(self, places: Places) -> None:
        """Bring the prices of some figures up to date with their states."""
        for (steps, mode, free), prices in self._prices.items():
            for sign in (0, 1):
                prices[sign].ravel()[places] = self._price(steps, mode, free, sign, places)

    def _priced(self, steps: Steps, mode: str, *, free: bool) -> tuple[Costs, Costs]:
        key = (steps, mode, free)
        if key not in self._prices:
            every = np.arange(self.weight.size)
            shape = self.weight.shape
            one, other = (self._price(steps, mode, free, sign, every).reshape(shape) for sign in (0, 1))
            self._prices[key] = (one, other)
        return self._prices[key]

    def _price(self, steps: Steps, mode: str, free: bool, sign: int, places: Places) -> Costs:
        passes, strict = self._passing(steps, mode, free=free)[2 * sign : 2 * sign + 2]
        weight = self.weight.ravel()[places]
        price = np.zeros(len(places), np.float32)
        for state, step in zip(self.states, steps, strict=True):
            need = needed(step)
            if need is not State.SHOWN:
                have = state.ravel()[places]
                paid = np.where(have == State.PART, PRICE[State.PART], 0.0).astype(np.float32)
                price += np.where(have >= need, 0.0, weight * (PRICE[need] - paid))
        price = np.where(strict.ravel()[places], price, price + 3 * weight)
        return np.where(passes.ravel()[places], price, NOWHERE)

    def _passing(self, steps: Steps, mode: str, *, free: bool) -> tuple[Flags, Flags, Flags, Flags]:
        key = (steps, mode, free)
        if key not in self._passes:
            tables = tables_of(self.block, self.states, self.reasons, mode)
            found = []
            for sign in (1, -1):
                may = changed(self.block, steps) if mode == ALONE else np.ones(self.weight.shape, np.bool_)
                strict = may & allowed(tables, self.rule, steps, sign, free=False, nested=self.nested)
                passes = (
                    may & allowed(tables, self.rule, steps, sign, free=True, nested=self.nested) if free else strict
                )
                found += [passes, strict]
            self._passes[key] = (found[0], found[1], found[2], found[3])
        return self._passes[key]


def tables_of(block: Block, states: list[States], reasons: list[States], mode: str) -> Tables:
    """The tables that a move of this mode changes."""
    past = block.past if mode == TOGETHER else []
    return Tables(
        [block.members, *(one.members for one in past)],
        [states, *(one.states for one in past)],
        [reasons, *(one.reasons for one in past)],
    )


def changed(block: Block, steps: Steps) -> Flags:
    """Figures in which every field that the step changes differs from every earlier release that has it."""
    found = np.ones(block.shape, np.bool_)
    for past in block.past:
        for new, old, state, step in zip(block.members, past.members, past.states, steps, strict=True):
            for field in step_fields(step):
                found &= (counts_of(new, field) != counts_of(old, field)) | (state == State.UNPUBLISHED)
    return found


def counts_of(member: Member, field: str) -> Counts:
    """The counts of one field: numerator, rest or denominator."""
    if field == "rest":
        return member.denominator - member.numerator
    return member.numerator if field == "numerator" else member.denominator
