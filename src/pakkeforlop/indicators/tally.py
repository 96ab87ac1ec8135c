"""Plain counts by kind, pathway, unit and month, and their sums over units and periods."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pakkeforlop.episodes.link import Linked, in_threads, threads
from pakkeforlop.indicators.units import HOSPITAL, REGION, TRUST, UnitTree
from pakkeforlop.vocabulary.compiling import compiled

Array = npt.NDArray[Any]
Counts = npt.NDArray[np.int32]
NOTHING = np.zeros((0, 0, 0, 0), np.int32)


@compiled
def _add(kind, pathway, place, month, hits, trust_of, plain, by_kind, hit):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    for i in range(len(month)):
        m = month[i]
        if m < 0:
            continue
        if plain.shape[0]:
            plain[0, pathway[i], place[i], m] += 1
        if by_kind.shape[0]:
            by_kind[kind[i], pathway[i], trust_of[place[i]], m] += 1
        if hit.shape[0] and hits[i]:
            hit[0, pathway[i], place[i], m] += 1


@compiled
def _add_rows(first, place, month, now, marks, which, hitting, kind, trust_of, plain, by_kind, hit):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    wanted, wanted_set = which
    asked, asked_set = hitting
    for p in range(len(first) - 1):
        for i in range(first[p], first[p + 1]):
            if (marks[i] & wanted) != wanted_set:
                continue
            m = month[i] if now < 0 else now
            if m < 0:
                continue
            if plain.shape[0]:
                plain[0, p, place[i], m] += 1
            if by_kind.shape[0]:
                by_kind[kind[i], p, trust_of[place[i]], m] += 1
            if hit.shape[0] and (marks[i] & asked) == asked_set:
                hit[0, p, place[i], m] += 1


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


@compiled
def _filled(counts, kinds, kind, pathway, unit, period, found, hits, hit, under, below):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Write the cells of the first `kinds` kinds that are not empty, with their hits and what stands below."""
    out = 0
    for k in range(kinds):
        for p in range(counts.shape[1]):
            for u in range(counts.shape[2]):
                for t in range(counts.shape[3]):
                    if counts[k, p, u, t]:
                        kind[out] = k
                        pathway[out] = p
                        unit[out] = u
                        period[out] = t
                        found[out] = counts[k, p, u, t]
                        if len(hit):
                            hit[out] = hits[0, p, u, t]
                        if len(under):
                            under[out] = below[0, p, u, t]
                        out += 1


class Which(NamedTuple):
    """Rows whose marks are these, of those that are asked about."""

    asked: int = 0
    set: int = 0


EVERY = Which()


@dataclass(frozen=True)
class Choice:
    """What is counted of rows that stand by pathway: those that `which` tells, in their month, by kind.

    now: the month of all of them, where they have none of their own; hits: which of them hit.
    """

    month: Array
    which: Which = EVERY
    now: int = -1
    kind: Array | None = None
    hits: Which | None = None
    plain: bool = True


class Shape(NamedTuple):
    """How large a tally is. Behind the pathways stand the aggregate, and one for "no pathway"."""

    pathways: int
    places: int
    trusts: int
    months: int

    @property
    def aggregate(self) -> int:
        """Where the pathways that are told together stand."""
        return self.pathways

    @property
    def no_pathway(self) -> int:
        """Where what has no pathway stands."""
        return self.pathways + 1

    def plain(self) -> Counts:
        """Counts by place."""
        return np.zeros((1, self.pathways + 2, self.places, self.months), np.int32)

    def of_kinds(self, kinds: int) -> Counts:
        """Counts by kind and trust."""
        return np.zeros((kinds, self.pathways + 2, self.trusts, self.months), np.int32)


@dataclass(frozen=True)
class Tally:
    """Counts by pathway, place and month; by kind they are kept for trusts, since no hospital is told by kind.

    names: what the kinds are called; a first one without a name stands for all kinds together. Any of the tables may
    be empty.
    """

    names: tuple[str, ...]
    plain: Counts
    by_kind: Counts
    hits: Counts

    @classmethod
    def of(
        cls, shape: Shape, names: Sequence[str], *, plain: bool = True, kinds: bool = False, hits: bool = False
    ) -> Tally:
        """Nothing counted yet."""
        return cls(
            tuple(names),
            shape.plain() if plain else NOTHING,
            shape.of_kinds(len(names)) if kinds else NOTHING,
            shape.plain() if hits else NOTHING,
        )

    def add(
        self, trust_of: Array, pathway: Array, place: Array, month: Array, kind: Array | None = None,
        hits: Array | None = None,
    ) -> None:  # fmt: skip
        """Count rows that have a month (-1 has none). trust_of: the trust of each place."""
        _add(
            np.empty(0, np.uint8) if kind is None else kind, pathway, place, month,
            np.empty(0, np.bool_) if hits is None else hits, trust_of, self.plain, self.by_kind, self.hits,
        )  # fmt: skip

    def add_rows(self, trust_of: Array, first: Array, place: Array, marks: Array, chosen: Choice) -> None:
        """Count rows that stand by pathway, from `first[p]` to `first[p + 1]`. trust_of: the trust of each place."""
        _add_rows(
            first, place, chosen.month, chosen.now, marks, tuple(chosen.which), tuple(chosen.hits or EVERY),
            np.empty(0, np.uint8) if chosen.kind is None else chosen.kind, trust_of, self.plain, self.by_kind,
            self.hits,
        )  # fmt: skip

    def add_registrations(self, linked: Linked, reading: tuple[Array, int, Array]) -> None:
        """Count registrations, on all processors. reading: the month of each day, its first day, the rank of places."""
        month_of, first_day, rank = reading
        hands = threads()

        def count(hand: int) -> Counts:
            counts = np.zeros_like(self.plain)
            for part in linked.parts[hand::hands]:
                _add_keys(part.keys, tuple(linked.layout), month_of, first_day, rank, counts)
            return counts

        for counts in in_threads(count, range(hands)):
            self.plain[:] += counts


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
    """Sums of a tally over units and periods, each made once from the next narrower one.

    plain: by place, summed up to hospitals and, where there is nothing by kind, to the others; by_kind: by trust.
    all_first: the first kind becomes all kinds together.
    """

    def __init__(
        self, plain: Counts, by_kind: Counts, tree: UnitTree, together: npt.NDArray[np.bool_], *,
        all_first: bool = False,
    ) -> None:  # fmt: skip
        self.tree, self.plain, self.by_kind, self.together, self.all_first = tree, plain, by_kind, together, all_first
        self._made: dict[tuple[int, int], Counts] = {}

    def of(self, level: int, step: int) -> Counts:
        """Counts by kind, pathway, unit of the level and period of `step` months; hospitals without kinds."""
        if (level, step) not in self._made:
            self._made[level, step] = self._sum(level, step)
        return self._made[level, step]

    def _sum(self, level: int, step: int) -> Counts:
        if step > 1:
            finer = self.of(level, NARROWER[step])
            part = step // NARROWER[step]
            longer: Counts = finer[..., 0::part].copy()
            for n in range(1, part):
                longer += finer[..., n::part]
            return longer
        if level == HOSPITAL:
            return self._with_aggregate(self.tree.by_unit(self.plain, HOSPITAL))
        if level == TRUST:
            if not len(self.by_kind):
                return self._with_aggregate(self.tree.by_unit(self.plain, TRUST))
            if self.all_first:
                self.by_kind[0] = self.by_kind.sum(axis=0, dtype=np.int32)
            return self._with_aggregate(self.by_kind)
        if level == REGION:
            trusts, regions = self.tree.unit_of_rank[TRUST], self.tree.unit_of_rank[REGION]
            edges = np.flatnonzero(np.diff(regions[np.unique(trusts, return_index=True)[1]], prepend=-1))
            return np.add.reduceat(self.of(TRUST, 1), edges, axis=2, dtype=np.int32)
        country: Counts = self.of(REGION, 1).sum(axis=2, keepdims=True, dtype=np.int32)
        return country

    def _with_aggregate(self, table: Counts) -> Counts:
        """The table with the pathways that are told together added up, in their place behind the others."""
        total = table[:, len(self.together)]
        total[:] = 0
        for pathway in np.flatnonzero(self.together):
            total += table[:, pathway]
        return table


NARROWER = {4: 1, 12: 4}
"""The period that each longer one is added up from, in months."""


class Rolled:
    """A tally rolled up to any level of units and length of period."""

    def __init__(
        self, tally: Tally, tree: UnitTree, together: npt.NDArray[np.bool_], below: Tally | None = None
    ) -> None:
        self.names, by_kind = tally.names, tally.by_kind
        self.kinds = np.arange(len(by_kind), dtype=np.uint8)
        """The kinds that are counted at all (and the first, where it stands for all): most messages never come."""
        if len(by_kind):
            self.kinds = np.flatnonzero(by_kind.any(axis=(1, 2, 3)) | (self.kinds == 0)).astype(np.uint8)
            by_kind = by_kind if len(self.kinds) == len(by_kind) else by_kind[self.kinds]
        self.counts = Sums(tally.plain, by_kind, tree, together, all_first=not tally.names[0])
        self.hits = Sums(tally.hits, NOTHING, tree, together) if len(tally.hits) else None
        self.below = None if below is None else Sums(below.plain, NOTHING, tree, together)

    def cells(self, level: int, step: int, *, kinds: bool) -> Counted:
        """The cells that are not empty; without `kinds`, those of all kinds together."""
        counts = self.counts.of(level, step)
        width = len(counts) if kinds else 1
        size = int(np.count_nonzero(counts[:width]))
        cells: list[Array] = [np.empty(size, kind) for kind in (np.uint8, np.uint8, np.int16, np.int16, np.int32)]
        hits = NOTHING if self.hits is None else self.hits.of(level, step)
        below = NOTHING if self.below is None else self.below.of(level, step)
        hit, under = np.empty(size if len(hits) else 0, np.int32), np.empty(size if len(below) else 0, np.int32)
        _filled(counts, width, *cells, hits, hit, under, below)
        kind, pathway, unit, period, found = cells
        kind = self.kinds[kind] if len(self.kinds) else kind
        more = (hit if len(hits) else None, under if len(below) else None)
        return Counted(kind, pathway, unit, period, found, *more)
