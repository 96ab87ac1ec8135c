"""Plain counts by kind, pathway, place and month, and their sums over units and periods."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pakkeforlop.episodes.link import Linked
from pakkeforlop.indicators.units import HOSPITAL, REGION, TRUST, UnitTree
from pakkeforlop.vocabulary.compiling import compiled

Array = npt.NDArray[Any]


@compiled
def _add(kind, pathway, place, month, hits, counts, hit_counts):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    for i in range(len(month)):
        m = month[i]
        if m < 0:
            continue
        k = kind[i] if len(kind) else 0
        counts[k, pathway[i], place[i], m] += 1
        if len(hits) and hits[i]:
            hit_counts[k, pathway[i], place[i], m] += 1


@compiled
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


class Sums:
    """A tally's sums over units and periods, each made once from the next narrower one.

    Kind 0 is all kinds together (unless the kinds are named); behind the pathways stands the aggregate of those that
    stand together, "no pathway" last.
    """

    def __init__(
        self, table: npt.NDArray[np.int32], tree: UnitTree, together: npt.NDArray[np.bool_], *, named: bool
    ) -> None:
        self.tree = tree
        if not named and len(table) > 1:
            table[0] = table.sum(axis=0, dtype=np.int32)
        count = len(together)
        organ = table[:, :count][:, together].sum(axis=1, keepdims=True, dtype=np.int32)
        self.places = np.concatenate([table[:, :count], organ, table[:, count:]], axis=1)
        self._made: dict[tuple[int, int], npt.NDArray[np.int32]] = {}

    def of(self, level: int, step: int) -> npt.NDArray[np.int32]:
        """Counts by kind, pathway, unit of the level and period of `step` months; hospitals by kind 0 alone."""
        if (level, step) not in self._made:
            self._made[level, step] = self._sum(level, step)
        return self._made[level, step]

    def _sum(self, level: int, step: int) -> npt.NDArray[np.int32]:
        if step > 1:
            finer = self.of(level, NARROWER[step])
            part = step // NARROWER[step]
            parts = finer.reshape(*finer.shape[:3], finer.shape[3] // part, part)
            added: npt.NDArray[np.int32] = parts.sum(axis=4, dtype=np.int32)
            return added
        if level == HOSPITAL:
            return self.tree.by_unit(self.places[:1], HOSPITAL)
        if level == TRUST:
            return self.tree.by_unit(self.places, TRUST)
        if level == REGION:
            trusts, regions = self.tree.unit_of_rank[TRUST], self.tree.unit_of_rank[REGION]
            edges = np.flatnonzero(np.diff(regions[np.unique(trusts, return_index=True)[1]], prepend=-1))
            return np.add.reduceat(self.of(TRUST, 1), edges, axis=2, dtype=np.int32)
        country: npt.NDArray[np.int32] = self.of(REGION, 1).sum(axis=2, keepdims=True, dtype=np.int32)
        return country


NARROWER = {4: 1, 12: 4}
"""The period that each longer one is added up from, in months."""


class Rolled:
    """A tally rolled up to any level of units and length of period."""

    def __init__(
        self, tally: Tally, tree: UnitTree, together: npt.NDArray[np.bool_], below: Tally | None = None
    ) -> None:
        self.names = tally.names
        self.counts = Sums(tally.counts, tree, together, named=tally.named)
        self.hits = None if tally.hits is None else Sums(tally.hits, tree, together, named=tally.named)
        self.below = None if below is None else Sums(below.counts, tree, together, named=False)

    def make(self, level: int, step: int) -> None:
        """Make the sums of a level and period, and those they are added up from."""
        for sums in (self.counts, self.hits):
            if sums is not None:
                sums.of(level, step)

    def cells(self, level: int, step: int, *, kinds: bool) -> Counted:
        """The cells that are not empty; without `kinds`, those of all kinds together."""
        counts = self.counts.of(level, step)
        where = np.nonzero(counts if kinds else counts[:1])
        kind, pathway, unit, period = where
        hits = None if self.hits is None else self.hits.of(level, step)[where]
        under = None if self.below is None else self.below.of(level, step)[0][pathway, unit, period]
        return Counted(kind, pathway, unit, period, counts[where], hits, under)
