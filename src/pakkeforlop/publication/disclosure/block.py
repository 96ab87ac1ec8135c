"""A block: the figures that share persons in one year, as dense tables over unit, period, part and pathway.

Blocks share nothing with each other, so each is protected on its own. A block has one member, or two of which the
second counts some of the persons of the first (the times from decision to treatment, among the times of the whole
pathway). Indicators that count the same persons in the same way (a share and its days) are one member.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from pakkeforlop.publication.disclosure.axes import Axis
from pakkeforlop.publication.disclosure.rule import Counts, Flags, Rule

States = npt.NDArray[np.int8]


class State(IntEnum):
    """How much of a figure is shown. Higher hides more."""

    SHOWN = 0
    PART = 1
    HIDDEN = 2
    UNPUBLISHED = 3


class Reason(IntEnum):
    """Why a figure is hidden. Whoever reads it knows what the rule says of a figure so marked; the search counts on it.

    PRIMARY: the rule hides it. SECONDARY, EARLIER: the rule does not; it would give another away, within this release
    or against an earlier one. WITHHELD: hidden whatever the rule says, so the mark tells nothing.
    """

    NONE = 0
    PRIMARY = 1
    SECONDARY = 2
    EARLIER = 3
    WITHHELD = 4


def odd(numerator: Counts, denominator: Counts) -> Flags:
    """Counts that are none: below zero, or more in a part than in the whole."""
    return np.asarray((numerator < 0) | (denominator < numerator), np.bool_)


@dataclass
class Member:
    """Counts over the axes. `denominator` holds the count where there is no share. published: has a row where not 0.

    aside: published figures of which nothing is told, whatever the rule says.
    """

    share: bool
    numerator: Counts
    denominator: Counts
    published: Flags
    aside: Flags | None = None

    @property
    def odd(self) -> Flags:
        """What sums leave over and cannot be a count: it points at nobody, and no reader knows what else it may be."""
        return odd(self.numerator, self.denominator)

    def first_states(self, rule: Rule) -> tuple[States, npt.NDArray[np.int8]]:
        """(states, reasons) by the primary rule alone."""
        told = self.published & ~self.odd
        by_rule = rule.hides(self.numerator, self.denominator, share=self.share) & told
        whole = rule.hides_denominator(self.denominator, share=self.share) & told
        state = np.where(self.published, State.SHOWN, State.UNPUBLISHED).astype(np.int8)
        state[by_rule] = State.PART
        state[whole] = State.HIDDEN
        reason = np.where(by_rule, Reason.PRIMARY, Reason.NONE).astype(np.int8)
        if self.aside is not None:
            state[self.aside & self.published] = State.UNPUBLISHED
            reason[self.aside & self.published] = Reason.WITHHELD
        return state, reason


@dataclass
class Past:
    """The block as an earlier release had it: per member its counts, states and reasons over the same axes."""

    name: str
    members: list[Member]
    states: list[States]
    reasons: list[npt.NDArray[np.int8]]


@dataclass
class Block:
    """The members of a block, its axes, and what earlier releases showed of it.

    whole: all its sums are there, so no later release can add one over figures that are not published.
    loose: nodes of the first axis that hold what a sum leaves over. Where a unit counts persons that the one above it
    leaves to another (a hospital that changed trust), that may be below zero: `Member.odd`.
    """

    name: str
    axes: tuple[Axis, ...]
    members: list[Member]
    past: list[Past] = field(default_factory=list)
    whole: bool = False
    loose: tuple[int, ...] = ()

    @property
    def shape(self) -> tuple[int, ...]:
        """Nodes of each axis."""
        return tuple(len(axis.names) for axis in self.axes)


class DoesNotAddUp(Exception):
    """A figure is not the sum of its parts: (block, names of its nodes, said, sum of the parts)."""


def check_sums(block: Block) -> None:
    """Every node is the sum of those below it. Raises DoesNotAddUp."""
    for member in block.members:
        for counts in (member.numerator, member.denominator):
            for place, total, parts in sums(block.axes):
                said: Counts = np.atleast_1d(counts.take(total, place))
                added: Counts = np.atleast_1d(counts.take(parts, place).sum(axis=place))
                for where in np.argwhere(said != added).tolist():
                    nodes = [*where[:place], total, *where[place:]]
                    names = [axis.names[node] for axis, node in zip(block.axes, nodes, strict=True)]
                    raise DoesNotAddUp(block.name, names, int(said[tuple(where)]), int(added[tuple(where)]))


def sums(axes: tuple[Axis, ...]) -> Iterator[tuple[int, int, tuple[int, ...]]]:
    """(axis, node, the nodes it is the sum of), for every node that has some."""
    for place, axis in enumerate(axes):
        for node in range(len(axis.names)):
            if parts := axis.below(node):
                yield place, node, parts


def nested(block: Block) -> bool:
    """Does the second member lie within the first in every cell? What sums leave over is not asked."""
    if len(block.members) != 2:
        return False
    inside = block.members[1].denominator <= block.members[0].denominator
    inside[list(block.loose)] = True
    return bool(np.all(inside))
