"""Secondary suppression: figures are hidden until every protected one differs in another table that fits all shown.

The moves that were found stand as the proof, one list of signed changes each; `verify` checks them without the search.
Earlier releases take part: a figure that one of them shows cannot be moved, what they hid stays protected, and whoever
compares is assumed to know which figures were revised since.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from pakkeforlop.publication.disclosure.block import Block, Member, Reason, State, States
from pakkeforlop.publication.disclosure.moves import FREE, GONE, LAST, NOWHERE, STILL, STRICT, needed, step_fields
from pakkeforlop.publication.disclosure.rule import Flags, Rule
from pakkeforlop.publication.disclosure.search import ALONE, TOGETHER, WORTH, Found, Places, Search, counts_of

FIELDS = ("denominator", "numerator", "rest")
CHEAP = 60.0
"""A move of this price hides little; a cheaper one that tells less of reasons is not looked for."""
SMALL_BLOCK = 1_000
"""Up to this many moves, each is tried again at the end in the light of the others."""
Key = tuple[int, int, str]
"""(table: 0 the new one, then the earlier ones; member; field)."""


@dataclass
class Protected:
    """The outcome for a block: states and reasons per member, and the moves that prove it.

    withheld: nothing of the block may be released, because it would give away what an earlier release hid.
    public: protected figures that an earlier release shows as they are; nothing can hide them any more.
    """

    block: Block
    states: list[States]
    reasons: list[States]
    proof: list[Found] = field(default_factory=list)
    withheld: bool = False
    public: int = 0


def protect(block: Block, rule: Rule) -> Protected:
    """Decide what of a block is hidden."""
    first = [member.first_states(rule) for member in block.members]
    result = Protected(block, [state for state, _ in first], [reason for _, reason in first])
    targets = targets_of(block, rule)
    result.public = _drop_public(block, targets)
    if not rule.secondary:
        return result
    search = Search(block, rule, result.states, result.reasons)
    work = _Work(block, search, targets)
    for key, place in work.in_order():
        if not work.covered(key, place) and not work.cover(key, place):
            return _withheld(result)
    work.drop_needless()
    if len(work.proof) <= SMALL_BLOCK:
        work.try_again()
    result.proof = work.proof
    return result


def targets_of(block: Block, rule: Rule) -> dict[Key, Flags]:
    """The fields to protect: of few, by the rule, in this release and, where it has other counts, in earlier ones.

    Those of which nothing is told are among them: nobody shall work them out either.
    """
    targets: dict[Key, Flags] = {}
    for place, member in enumerate(block.members):
        for name in FIELDS if member.share else ("denominator",):
            targets[0, place, name] = few(member, name, rule) & member.published
            for number, past in enumerate(block.past, start=1):
                hid = few(past.members[place], name, rule) & hides(past.states[place], name)
                same = counts_of(past.members[place], name) == counts_of(member, name)
                targets[number, place, name] = hid & ~(same & targets[0, place, name])
    return targets


def few(member: Member, name: str, rule: Rule) -> Flags:
    """Where a field is of few."""
    counts = counts_of(member, name)
    found = rule.hides_denominator(counts, share=member.share) if name == "denominator" else rule.few(counts)
    return np.asarray(found, np.bool_) & ~member.odd


def hides(states: States, name: str) -> Flags:
    """Where a published figure's field is not shown."""
    lowest = State.HIDDEN if name == "denominator" else State.PART
    found: Flags = (states >= lowest) & (states != State.UNPUBLISHED)
    return found


def _drop_public(block: Block, targets: dict[Key, Flags]) -> int:
    """Take out targets of the new release that an earlier one shows with the same count; how many."""
    gone = 0
    for place, member in enumerate(block.members):
        for name in FIELDS if member.share else ("denominator",):
            for past in block.past:
                seen = (past.states[place] != State.UNPUBLISHED) & ~hides(past.states[place], name)
                seen &= counts_of(past.members[place], name) == counts_of(member, name)
                seen &= targets[0, place, name]
                gone += int(seen.sum())
                targets[0, place, name] = targets[0, place, name] & ~seen
    return gone


def _withheld(result: Protected) -> Protected:
    """Nothing of the block is released."""
    for state, reason in zip(result.states, result.reasons, strict=True):
        state[:] = State.UNPUBLISHED
        reason[:] = Reason.NONE
    result.withheld, result.proof = True, []
    return result


class _Work:
    """The moves found so far and how often each target is covered by them."""

    def __init__(self, block: Block, search: Search, targets: dict[Key, Flags]) -> None:
        self.block, self.search, self.targets = block, search, targets
        self.start = search.stack.copy(), search.marks.copy()
        self.count = {key: np.zeros(block.shape, np.int32) for key in targets}
        self.layers = np.zeros((len(block.members), len(State), search.weight.size), np.int32)
        """By member and state: how many moves need each figure to be that hidden."""
        self.proof: list[Found] = []

    def in_order(self) -> list[tuple[Key, int]]:
        """Targets, those deepest in the tree first: what hides them often covers what is above."""
        depth = np.zeros(self.block.shape)
        for place, axis in enumerate(self.block.axes):
            depth = depth + np.reshape(axis.depth, [-1 if n == place else 1 for n in range(len(self.block.axes))])
        found = [
            (-depth.flat[place], FIELDS.index(key[2]), key, int(place))
            for key, wanted in self.targets.items()
            for place in np.flatnonzero(wanted)
        ]
        return [(key, place) for _, _, key, place in sorted(found)]

    def covered(self, key: Key, place: int) -> bool:
        """Does a move found so far change the target?"""
        return bool(self.count[key].flat[place])

    def cover(self, key: Key, place: int) -> bool:
        """Find the cheapest move that changes the target and hide what it touches; False where there is none."""
        found = self.look(key, place)
        if found is None:
            return False
        self.keep(found, key[0])
        return True

    def look(self, key: Key, place: int) -> Found | None:
        """The cheapest move through a target: within the reasons, else withholding some, else taking figures out."""
        modes = (TOGETHER, ALONE) if key[0] == 0 and self.block.past else (TOGETHER,)
        at = tuple(int(n) for n in np.unravel_index(place, self.block.shape))
        best: Found | None = None
        for level in (STRICT, FREE, GONE, LAST):
            if best is not None and (level == LAST or best.price <= CHEAP):
                break
            below = NOWHERE if best is None else best.price
            best = self.search.best(key[1], key[2], at, modes, level=level, below=below) or best
        return best

    def keep(self, found: Found, table: int) -> None:
        """Hide what the move touches and count what it covers."""
        self.search.hide(found, Reason.SECONDARY if table == 0 else Reason.EARLIER)
        self.proof.append(found)
        self._tally(found, 1)

    def _tally(self, found: Found, by: int) -> None:
        for member, step in enumerate(found.move.steps):
            if step != STILL:
                self.layers[member, needed(step), found.move.places] += by
            if found.gone:
                self.layers[member, State.UNPUBLISHED, found.gone[member]] += by
        for key, count in self.count.items():
            if key[0] and found.mode == ALONE:
                continue
            if key[2] in step_fields(found.move.steps[key[1]]):
                count.ravel()[found.move.places] += by

    def needless(self, found: Found) -> bool:
        """Would all targets still be covered without the move?"""
        for key, count in self.count.items():
            if (key[0] and found.mode == ALONE) or key[2] not in step_fields(found.move.steps[key[1]]):
                continue
            places = found.move.places
            if np.any(self.targets[key].ravel()[places] & (count.ravel()[places] <= 1)):
                return False
        return True

    def drop_needless(self) -> None:
        """Leave out moves whose targets others cover, and show again what no move needs."""
        for found in sorted(self.proof, key=self._own_price, reverse=True):
            if self.needless(found):
                self._tally(found, -1)
                self.proof.remove(found)
        self._restate(np.arange(self.layers.shape[2]))

    def try_again(self) -> None:
        """Take each move out and look for a cheaper one, now that the others are known."""
        for found in sorted(self.proof, key=self._own_price, reverse=True):
            before, stack = list(self.proof), self.search.stack.copy()
            self._tally(found, -1)
            self.proof.remove(found)
            self._restate(found.move.places)
            for key, place in self._uncovered(found):
                if not self.covered(key, place) and not self.cover(key, place):
                    break
            else:
                added = self.proof[len(before) - 1 :]
                touched = np.unique(np.concatenate([one.move.places for one in (found, *added)]))
                if self._price(self.search.stack, touched) < self._price(stack, touched) - 1e-9:
                    continue
            self._return_to(before)

    def _return_to(self, proof: list[Found]) -> None:
        before, after = set(self.proof), set(proof)
        for found in before - after:
            self._tally(found, -1)
        for found in after - before:
            self._tally(found, 1)
        self.proof = proof
        self._restate(np.unique(np.concatenate([found.move.places for found in before ^ after])))

    def _uncovered(self, found: Found) -> list[tuple[Key, int]]:
        return [
            (key, int(place))
            for key, count in self.count.items()
            for place in found.move.places
            if self.targets[key].flat[place] and not count.flat[place]
        ]

    def _restate(self, places: Any) -> None:
        """States and reasons of some figures from the start, by the moves that are left."""
        search = self.search
        search.restate_at(places, search.stack, search.marks, *self.start, self.layers, search.withheld)
        search.reprice(places)

    def _price(self, stack: States, places: Places) -> float:
        """The price of what is hidden of some figures. What the plan does not publish costs nothing."""
        state = stack[:, places]
        costs = WORTH[state] * self.search.weight.ravel()[places]
        costs[(state == State.UNPUBLISHED) & (self.start[0][:, places] == State.UNPUBLISHED)] = 0
        return float(costs.sum(dtype=np.float64))

    def _own_price(self, found: Found) -> float:
        return float(self.search.weight.ravel()[found.move.places].sum())
