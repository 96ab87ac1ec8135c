"""An axis of a table: nodes that add up (hospitals to trusts to regions to the country, tertials to the year).

A move of one person along an axis touches the nodes above one leaf (+1) and, when another leaf gives the person away,
those above the other (-1); what is above both does not change. `ways` lists all such moves that change a node by +1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Axis:
    """`names[i]` stands below `names[above[i]]`; -1 has nothing above it. Every node is the sum of those below it."""

    names: tuple[str, ...]
    above: tuple[int, ...]

    @cached_property
    def leaves(self) -> tuple[int, ...]:
        """Nodes with none below."""
        inner = set(self.above)
        return tuple(node for node in range(len(self.names)) if node not in inner)

    @cached_property
    def depth(self) -> tuple[int, ...]:
        """How many nodes stand above each."""
        return tuple(len(self.path(node)) - 1 for node in range(len(self.names)))

    def path(self, node: int) -> tuple[int, ...]:
        """The node and all above it."""
        found = [node]
        while self.above[found[-1]] >= 0:
            found.append(self.above[found[-1]])
        return tuple(found)

    @cached_property
    def parts(self) -> tuple[tuple[int, ...], ...]:
        """The nodes right below each node."""
        found: list[list[int]] = [[] for _ in self.names]
        for child, parent in enumerate(self.above):
            if parent >= 0:
                found[parent].append(child)
        return tuple(tuple(children) for children in found)

    def below(self, node: int) -> tuple[int, ...]:
        """The nodes right below."""
        return self.parts[node]

    def ways(self, node: int) -> tuple[Matrix, Matrix]:
        """Moves that change `node` by +1: (one row a move: nodes with +1, nodes with -1)."""
        if node not in self._ways:
            self._ways[node] = self._ways_of(node)
        return self._ways[node]

    @cached_property
    def _ways(self) -> dict[int, tuple[Matrix, Matrix]]:
        return {}

    def _ways_of(self, node: int) -> tuple[Matrix, Matrix]:
        rows: list[npt.NDArray[np.float64]] = []
        for leaf in self.leaves:
            path = self.path(leaf)
            if node not in path:
                continue
            gain = np.zeros(len(self.names))
            gain[list(path)] = 1
            rows.append(gain)
            for other in self.leaves:
                theirs = self.path(other)
                if node not in theirs:
                    row = gain.copy()
                    row[list(theirs)] -= 1
                    rows.append(row)
        table = np.array(rows)
        return (table > 0).astype(np.float32), (table < 0).astype(np.float32)


def flat(names: Sequence[str], total: str) -> Axis:
    """An axis of parts and their total; the total comes first."""
    return Axis((total, *names), (-1, *([0] * len(names))))


def single(name: str) -> Axis:
    """An axis of one node."""
    return Axis((name,), (-1,))
