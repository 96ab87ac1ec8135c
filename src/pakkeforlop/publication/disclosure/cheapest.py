"""The cheapest move through a figure, compiled: ways along four axes, priced lazily from the cheapest bound upwards.

A way is a list of nodes with signs; a move takes one way on each axis, and touches the product of their nodes. The
price of a move is the sum of what its figures cost to hide. Prices are never below zero, so the part of a move that
lies on the figure's own pathway is a bound for the whole, and most moves are never priced in full.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from pakkeforlop.publication.disclosure.axes import Axis


@dataclass(frozen=True)
class Ways:
    """All ways through a node of an axis: way n has the entries from `first[n]` to `first[n + 1]`."""

    first: npt.NDArray[np.int32]
    nodes: npt.NDArray[np.int32]
    signs: npt.NDArray[np.int8]


def ways_of(axis: Axis, node: int) -> Ways:
    """The ways of `Axis.ways` as lists."""
    up, down = axis.ways(node)
    rows = [(np.flatnonzero(gain), np.flatnonzero(loss)) for gain, loss in zip(up, down, strict=True)]
    first = np.cumsum([0, *(len(gain) + len(loss) for gain, loss in rows)]).astype(np.int32)
    nodes = np.concatenate([np.concatenate(row) for row in rows]).astype(np.int32)
    signs = np.concatenate([[1] * len(gain) + [-1] * len(loss) for gain, loss in rows]).astype(np.int8)
    return Ways(first, nodes, signs)


def _cheapest(
    prices: Any, own: int, bound: float,
    first0: Any, nodes0: Any, signs0: Any, first1: Any, nodes1: Any, signs1: Any,
    first2: Any, nodes2: Any, signs2: Any, first3: Any, nodes3: Any, signs3: Any,
) -> Any:  # fmt: skip
    """(price, 0 up or 1 down, way on each axis) of the cheapest move below `bound`; price = bound where none is.

    prices[0]: what a figure costs to hide when it goes up, prices[1] down, over (unit, period, part, pathway).
    """
    count0, count1, count2, count3 = len(first0) - 1, len(first1) - 1, len(first2) - 1, len(first3) - 1
    total = 2 * count0 * count1 * count2
    bounds = np.empty(total, np.float32)
    at = 0
    for down in range(2):
        for way0 in range(count0):
            for way1 in range(count1):
                for way2 in range(count2):
                    least = np.float32(0.0)
                    for i in range(first0[way0], first0[way0 + 1]):
                        for j in range(first1[way1], first1[way1 + 1]):
                            for k in range(first2[way2], first2[way2 + 1]):
                                side = 1 - down if signs0[i] * signs1[j] * signs2[k] < 0 else down
                                least += prices[side, nodes0[i], nodes1[j], nodes2[k], own]
                        if least >= bound:
                            break
                    bounds[at] = least
                    at += 1
    best, best_at, best_way = np.float32(bound), -1, -1
    width = prices.shape[4]
    above = np.empty(width, np.float32)
    below = np.empty(width, np.float32)
    while True:
        at = -1
        least = best
        for n in range(total):
            if bounds[n] < least:
                least = bounds[n]
                at = n
        if at < 0:
            break
        bounds[at] = np.float32(np.inf)
        way2 = at % count2
        way1 = at // count2 % count1
        way0 = at // (count2 * count1) % count0
        down = at // (count2 * count1 * count0)
        above[:] = 0.0
        below[:] = 0.0
        for i in range(first0[way0], first0[way0 + 1]):
            for j in range(first1[way1], first1[way1 + 1]):
                for k in range(first2[way2], first2[way2 + 1]):
                    side = 1 - down if signs0[i] * signs1[j] * signs2[k] < 0 else down
                    for node in range(width):
                        above[node] += prices[side, nodes0[i], nodes1[j], nodes2[k], node]
                        below[node] += prices[1 - side, nodes0[i], nodes1[j], nodes2[k], node]
        for way3 in range(count3):
            price = np.float32(0.0)
            for m in range(first3[way3], first3[way3 + 1]):
                price += above[nodes3[m]] if signs3[m] > 0 else below[nodes3[m]]
            if price < best:
                best, best_at, best_way = price, at, way3
    if best_at < 0:
        return best, 0, -1, -1, -1, -1
    return (
        best, best_at // (count2 * count1 * count0), best_at // (count2 * count1) % count0,
        best_at // count2 % count1, best_at % count2, best_way,
    )  # fmt: skip


@cache
def cheapest() -> Any:
    """The function, compiled when it is first asked for."""
    from pakkeforlop.vocabulary.compiling import compiled

    return compiled(_cheapest)
