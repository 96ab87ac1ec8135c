"""Plain counts by kind, pathway, place and month, and their sums over units and periods."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numba
import numpy as np
import numpy.typing as npt

from pakkeforlop.episodes.link import Linked
from pakkeforlop.indicators.units import UnitTree

Array = npt.NDArray[Any]


@numba.njit(nogil=True, cache=True)
def _add(kind, pathway, place, month, hits, counts, hit_counts):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    for i in range(len(month)):
        m = month[i]
        if m < 0:
            continue
        k = kind[i] if len(kind) else 0
        counts[k, pathway[i], place[i], m] += 1
        if len(hits) and hits[i]:
            hit_counts[k, pathway[i], place[i], m] += 1


@numba.njit(nogil=True, cache=True)
def _add_keys(keys, layout, month_of, first_day, rank, counts):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    place_bits, order_bits, day_bits, pathway_bits, base_day = layout
    day_shift = place_bits + order_bits
    for i in range(len(keys)):
        key = keys[i]
        place = rank[key & ((1 << place_bits) - 1)]
        day = ((key >> day_shift) & ((1 << day_bits) - 1)) + base_day - first_day
        if 0 <= day < len(month_of):
            counts[0, (key >> (day_shift + day_bits)) & ((1 << pathway_bits) - 1), place, month_of[day]] += 1


@dataclass(frozen=True)
class Tally:
    """Counts (and hits, where they are asked for) by kind, pathway, place and month.

    names: what the kinds are called; unless `named`, kind 0 stands for all kinds together.
    """

    names: tuple[str, ...]
    counts: npt.NDArray[np.int32]
    hits: npt.NDArray[np.int32] | None
    named: bool = False

    @classmethod
    def of(
        cls,
        shape: tuple[int, int, int, int],
        names: tuple[str, ...],
        kind: Array | None,
        pathway: Array,
        place: Array,
        month: Array,
        hits: Array | None,
        *,
        named: bool = False,
    ) -> Tally:
        """Count rows that have a month (-1 has none)."""
        counts = np.zeros(shape, np.int32)
        hit_counts = np.zeros(shape if hits is not None else (1, 1, 1, 1), np.int32)
        _add(
            np.empty(0, np.int64) if kind is None else kind, pathway, place, month,
            np.empty(0, np.bool_) if hits is None else hits, counts, hit_counts,
        )  # fmt: skip
        return cls(names, counts, None if hits is None else hit_counts, named)

    def add(self, pathway: Array, place: Array, month: Array) -> None:
        """Count more rows, of the first kind."""
        _add(
            np.empty(0, np.int64), pathway, place, month, np.empty(0, np.bool_), self.counts,
            np.zeros((1, 1, 1, 1), np.int32),
        )  # fmt: skip


def tally_registrations(linked: Linked, shape: tuple[int, int, int, int], reading: tuple[Array, int, Array]) -> Tally:
    """Registrations by pathway, place and month. reading: the month of each day, its first day, the rank of places."""
    month_of, first_day, rank = reading
    counts = np.zeros(shape, np.int32)
    for part in linked.parts:
        _add_keys(part.keys, tuple(linked.layout), month_of, first_day, rank, counts)
    return Tally(("",), counts, None)


class Counted(NamedTuple):
    """Cells of one level and period length that are not empty, aligned; `under` is the denominator asked for."""

    kind: Array
    pathway: Array
    unit: Array
    period: Array
    found: Array
    hits: Array | None
    under: Array | None


def roll_up(
    tally: Tally,
    tree: UnitTree,
    level: int,
    step: int,
    together: npt.NDArray[np.bool_],
    *,
    kinds: bool,
    below: Tally | None = None,
) -> Counted:
    """The cells of one level and period length. kinds: tell the kinds apart; below: counts to stand as denominator.

    Pathways are numbered as given; the aggregate of those that stand together comes after them, "no pathway" last.
    """
    counts = _wider(tally.counts, tree, level, step, together, kinds=kinds, named=tally.named)
    where = np.nonzero(counts)
    kind, pathway, unit, period = where
    hits = None
    if tally.hits is not None:
        hits = _wider(tally.hits, tree, level, step, together, kinds=kinds, named=tally.named)[where]
    under = None
    if below is not None:
        table = _wider(below.counts, tree, level, step, together, kinds=False, named=False)[0]
        under = table[pathway, unit, period]
    return Counted(kind, pathway, unit, period, counts[where], hits, under)


def _wider(
    table: npt.NDArray[np.int32],
    tree: UnitTree,
    level: int,
    step: int,
    together: npt.NDArray[np.bool_],
    *,
    kinds: bool,
    named: bool,
) -> npt.NDArray[np.int64]:
    """Sums over months and places, all kinds together as kind 0, and the aggregate of pathways behind them."""
    if not named and len(table) > 1:
        whole = table.sum(axis=0, keepdims=True)
        table = np.concatenate([whole, table[1:]]) if kinds else whole
    if step > 1:
        table = table.reshape(*table.shape[:3], -1, step).sum(axis=4)
    by_unit = tree.by_unit(table, level)
    count = len(together)
    organ = by_unit[:, :count][:, together].sum(axis=1, keepdims=True)
    return np.concatenate([by_unit[:, :count], organ, by_unit[:, count:]], axis=1).astype(np.int64)
