"""The priced steps of a block, kept up to date while figures are hidden, and the cheapest move through a figure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pakkeforlop.publication.disclosure.block import Block, Member, Reason, State, States, nested, odd
from pakkeforlop.publication.disclosure.cheapest import Ways, cheapest, ways_of
from pakkeforlop.publication.disclosure.kernels import kernels
from pakkeforlop.publication.disclosure.moves import (
    NOWHERE,
    PRICE,
    STILL,
    STRICT,
    Costs,
    Move,
    Step,
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
UP = 3.0
"""How much dearer a figure is for every level that it sums over: those of the country are missed most."""
SIZE = 0.25
"""And for its size: a figure of 2,000 persons is 4.7 times as dear as one of three."""


@dataclass(frozen=True, eq=False)
class Found:
    """A move with its price. mode: which tables it changes. gone: by member, figures that it takes out."""

    price: float
    move: Move
    mode: str
    free: bool
    gone: tuple[Places, ...] = ()


def weights(block: Block) -> Costs:
    """What a figure is worth: more the more it sums over, and more the larger it is."""
    largest = np.maximum.reduce([np.maximum(member.denominator, 0) for member in block.members])
    weight: npt.NDArray[np.float64] = (1.0 + largest) ** SIZE
    for place, axis in enumerate(block.axes):
        height = np.zeros(len(axis.names))
        for leaf in axis.leaves:
            for up, node in enumerate(axis.path(leaf)):
                height[node] = max(height[node], up)
        weight = weight * (UP**height).reshape([-1 if n == place else 1 for n in range(len(block.axes))])
    found: Costs = weight.astype(np.float32)
    return found


@dataclass
class _Priced:
    """A step's prices over all figures: [up or down, figure], and what they rest on.

    may: figures that the mode lets the step change. seen: up to which change of states (`Search.reprice`) the prices
    are right.
    """

    steps: Steps
    mode: str
    level: int
    prices: Costs
    passes: Any
    strict: Any
    needs: Any
    may: Any
    seen: int = 0


WORTH = np.array([0.0, PRICE[State.PART], PRICE[State.HIDDEN], PRICE[State.UNPUBLISHED]], np.float32)
"""The price of a state, by its number."""


class Search:
    """Prices of steps for the states as they stand; `hide` changes the states and the prices they touch."""

    def __init__(self, block: Block, rule: Rule, states: list[States], reasons: list[States]) -> None:
        self.block, self.rule, self.states, self.reasons = block, rule, states, reasons
        self.stack, self.marks = _stacked(states), _stacked(reasons)
        for number, state in enumerate(states):
            states[number] = self.stack[number].reshape(state.shape)
            reasons[number] = self.marks[number].reshape(state.shape)
        self.published = [state != State.UNPUBLISHED for state in self.stack]
        self.weight = weights(block)
        self.nested = nested(block)
        self.withheld = self.marks == Reason.WITHHELD
        self._known = _Known(block)
        self._priced: dict[tuple[Steps, str, int], _Priced] = {}
        self._ways: dict[tuple[int, int], Ways] = {}
        self._every = np.arange(self.weight.size)
        self._changes: list[Places] = []
        self._cheapest = cheapest()
        self._judge_at, self._reprice_at, self.restate_at = kernels()

    def best(
        self, member: int, field: str, at: tuple[int, ...], modes: tuple[str, ...], *, level: int,
        below: float = NOWHERE,
    ) -> Found | None:  # fmt: skip
        """The cheapest move that changes `field` of the figure at `at`; None where there is none below that price."""
        best: tuple[Any, _Priced] | None = None
        price = below
        ways = [self._ways_of(place, node) for place, node in enumerate(at)]
        lists = [part for way in ways for part in (way.first, way.nodes, way.signs)]
        for mode in modes:
            for steps in step_options(self.block, member, field, nested=self.nested):
                priced = self._step(steps, mode, level)
                found = self._cheapest(priced.prices.reshape(2, *self.block.shape), at[3], price - 1e-6, *lists)
                if found[2] >= 0:
                    best, price = (found, priced), float(found[0])
                if price <= 0:
                    break
            if price <= 0:
                break
        if best is None:
            return None
        (_, down, *chosen), priced = best
        move = move_at(self.block, priced.steps, at, tuple(chosen), -1 if down else 1)
        return Found(price, move, priced.mode, level > STRICT, self._gone(move))

    def _ways_of(self, place: int, node: int) -> Ways:
        key = place, node
        if key not in self._ways:
            self._ways[key] = ways_of(self.block.axes[place], node)
        return self._ways[key]

    def _gone(self, move: Move) -> tuple[Places, ...]:
        """Figures of each member that are there before the move and not after, or the other way about."""
        found = []
        for member, step, published in zip(self.block.members, move.steps, self.published, strict=True):
            before = member.denominator.ravel()[move.places]
            goes = ((before == 0) != (before + move.signs * step[1] == 0)) & published[move.places]
            goes &= ~odd(member.numerator.ravel()[move.places], before)
            found.append(move.places[goes])
        return tuple(found) if any(len(one) for one in found) else ()

    def hide(self, found: Found, reason: Reason) -> None:
        """Hide what the move touches, for that reason; what the rule does not allow is withheld."""
        move, places = found.move, found.move.places
        for member, step in enumerate(move.steps):
            if step == STILL:
                continue
            state, marks = self.stack[member], self.marks[member]
            marks[places[state[places] == State.SHOWN]] = reason
            marks[places[self.withheld[member][places] & (marks[places] != Reason.NONE)]] = Reason.WITHHELD
            state[places] = np.maximum(state[places], needed(step))
            if found.gone:
                self._take_out(member, found.gone[member])
        if found.free:
            self._withhold(move)
        self.reprice(places)

    def _take_out(self, member: int, places: Places) -> None:
        """Figures that are not released: nothing is told of them."""
        self.stack[member][places] = State.UNPUBLISHED
        self.marks[member][places] = Reason.WITHHELD
        self.withheld[member][places] = True

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
            seen = self.stack[member][move.places] != State.UNPUBLISHED
            self.marks[member][move.places[differs & seen]] = Reason.WITHHELD
            self.withheld[member][move.places[differs & seen]] = True
        for priced in self._priced.values():
            self._judge(priced, move.places)

    def reprice(self, places: Places) -> None:
        """The states of some figures have changed: prices are brought up to date where they are next asked for."""
        self._changes.append(places)

    def _step(self, steps: Steps, mode: str, level: int) -> _Priced:
        key = (steps, mode, level)
        made = self._priced.get(key)
        if made is None:
            made = self._priced[key] = self._begun(steps, mode, level)
            self._judge(made, self._every)
            self._bring_up(made, self._every)
        elif made.seen < len(self._changes):
            self._bring_up(made, np.concatenate(self._changes[made.seen :]))
        return made

    def _begun(self, steps: Steps, mode: str, level: int) -> _Priced:
        size, members = self.weight.size, len(self.block.members)
        may = changed(self.block, steps).ravel() if mode == ALONE else np.ones(size, np.bool_)
        return _Priced(
            steps, mode, level, np.zeros((2, size), np.float32), np.zeros((2, size), np.bool_),
            np.zeros((2, size), np.bool_), np.zeros((2, members, size), np.int8), may,
        )  # fmt: skip

    def _bring_up(self, one: _Priced, places: Places) -> None:
        """The prices of some figures anew."""
        self._reprice_at(one.prices, places, self.weight.ravel(), self.stack, one.needs, one.passes, one.strict, WORTH)
        one.seen = len(self._changes)

    def _judge(self, one: _Priced, places: Places) -> None:
        """Which figures the step may move, and how hidden they must then be."""
        known, rule = self._known, self.rule
        tables = 1 if one.mode == ALONE else len(known.numerators)
        self._judge_at(
            one.passes, one.strict, one.needs, places, one.may, np.array(one.steps), known.share, known.numerators,
            known.denominators, self.stack, self.marks, known.past_states, known.past_reasons, tables, one.level,
            self.nested, self.block.whole, rule.fewer_than, rule.denominator_below,
        )  # fmt: skip


class _Known:
    """What never changes in a search: counts of all tables [table, member, figure], states of the earlier ones."""

    def __init__(self, block: Block) -> None:
        tables = [block.members, *(past.members for past in block.past)]
        self.share = np.array([member.share for member in block.members])
        self.numerators = np.stack([np.stack([one.numerator.ravel() for one in members]) for members in tables])
        self.denominators = np.stack([np.stack([one.denominator.ravel() for one in members]) for members in tables])
        none = np.zeros((0, *self.numerators.shape[1:]), np.int8)
        self.past_states = np.stack([_stacked(past.states) for past in block.past]) if block.past else none
        self.past_reasons = np.stack([_stacked(past.reasons) for past in block.past]) if block.past else none


def _stacked(tables: list[States]) -> States:
    """By member and figure."""
    return np.stack([table.ravel() for table in tables]).astype(np.int8)


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
