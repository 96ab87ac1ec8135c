"""Small tables of counts that add up, as the disclosure control takes them, and what a reader sees of the outcome."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from factories.attacker import Attack, View
from pakkeforlop.publication.disclosure.axes import Axis, flat, single
from pakkeforlop.publication.disclosure.block import Member, Past, Reason, State
from pakkeforlop.publication.disclosure.protect import FIELDS, Protected
from pakkeforlop.publication.disclosure.search import counts_of

UNITS = Axis(("country", "north", "south", "n1", "n2", "s1", "s2"), (-1, 0, 0, 1, 1, 2, 2))


def axes_of(*sizes: int) -> tuple[Axis, ...]:
    """Flat axes of so many parts each; 0 is an axis of one node; four in all."""
    made = [
        single(f"x{n}") if not size else flat([f"x{n}{part}" for part in range(size)], f"x{n}")
        for n, size in enumerate(sizes)
    ]
    return tuple(made + [single(f"y{n}") for n in range(4 - len(made))])


def summed(leaves: np.ndarray, axes: tuple[Axis, ...]) -> np.ndarray:
    """Counts at all nodes, from those at the leaves (in the order of the axes' leaves)."""
    table = np.zeros(tuple(len(axis.names) for axis in axes), np.int64)
    table[np.ix_(*[axis.leaves for axis in axes])] = leaves
    for place, axis in enumerate(axes):
        for node in sorted(range(len(axis.names)), key=lambda node: -axis.depth[node]):
            if below := axis.below(node):
                table[tuple(node if n == place else slice(None) for n in range(table.ndim))] = table.take(
                    below, place
                ).sum(axis=place)
    return table


def leaf_shape(axes: tuple[Axis, ...]) -> tuple[int, ...]:
    return tuple(len(axis.leaves) for axis in axes)


def member(
    axes: tuple[Axis, ...],
    numerators: Sequence[int] | np.ndarray,
    rests: Sequence[int] | np.ndarray,
    *,
    share: bool = True,
) -> Member:
    """A member from its leaves: within and over."""
    n, c = (np.array(part, np.int64).reshape(leaf_shape(axes)) for part in (numerators, rests))
    numerator, denominator = summed(n, axes), summed(n + c, axes)
    return Member(
        share, numerator if share else np.zeros_like(numerator), denominator, np.ones(denominator.shape, np.bool_)
    )


def past_of(result: Protected, name: str = "before") -> Past:
    """A protected block as the earlier release of the next one."""
    return Past(name, result.block.members, result.states, result.reasons)


def view_of(members, states, reasons) -> View:
    """What a reader sees."""
    rows, published = [], []
    for one, state, reason in zip(members, states, reasons, strict=True):
        seen = {}
        for place in itertools.product(*[range(n) for n in one.denominator.shape]):
            if state[place] == State.UNPUBLISHED or not one.denominator[place]:
                continue
            n = int(one.numerator[place]) if state[place] == State.SHOWN else None
            d = int(one.denominator[place]) if state[place] < State.HIDDEN else None
            seen[place] = (n, d, Reason(reason[place]).name.lower())
        rows.append(seen)
        published.append({tuple(int(n) for n in place) for place in np.argwhere(state != State.UNPUBLISHED)})
    return View(rows, published, [one.share for one in members])


def attack_on(result: Protected, *, nested: bool = False) -> Attack:
    """The attacker before the new release (number 0) and the earlier ones."""
    block = result.block
    tables = [(block.members, result.states, result.reasons), *((p.members, p.states, p.reasons) for p in block.past)]
    same = []
    for one, other in itertools.combinations(range(len(tables)), 2):
        for number, (a, b, s, t) in enumerate(
            zip(tables[one][0], tables[other][0], tables[one][1], tables[other][1], strict=True)
        ):
            for name in FIELDS:
                equal = (counts_of(a, name) == counts_of(b, name)) & (s != State.UNPUBLISHED) & (t != State.UNPUBLISHED)
                same += [(one, other, number, tuple(int(n) for n in place), name) for place in np.argwhere(equal)]
    return Attack([axis.above for axis in block.axes], [view_of(*table) for table in tables], same, nested)
