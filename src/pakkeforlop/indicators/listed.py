"""What a few patients give the figures, noted down entry by entry instead of being added up.

`Figures` counts the same things in the same way; only the sheets it writes on are these. So what is taken out of the
figures when a patient's registrations change is to the last entry what was put in.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pakkeforlop.episodes.link import Linked
from pakkeforlop.indicators.tally import EVERY, Choice, Which
from pakkeforlop.indicators.values import Values

Array = npt.NDArray[Any]


class Entries(NamedTuple):
    """Counts by pathway, rank of place, month and kind; hit: how many of them are hits."""

    pathway: Array
    place: Array
    month: Array
    kind: Array
    n: Array
    hit: Array


class ListedTally:
    """Stands for a `Tally`: takes the same rows, and keeps each of them."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        self._parts: list[tuple[Array, ...]] = []

    def add(
        self, _trust_of: Array, pathway: Array, place: Array, month: Array, kind: Array | None = None,
        hits: Array | None = None,
    ) -> None:  # fmt: skip
        """Keep the rows that have a month."""
        kept = np.flatnonzero(month >= 0)
        zeros = np.zeros(len(kept), np.int64)
        columns = (pathway[kept], place[kept], month[kept], zeros if kind is None else kind[kept])
        self._parts.append((*columns, zeros if hits is None else hits[kept].astype(np.int64)))

    def add_rows(self, trust_of: Array, first: Array, place: Array, marks: Array, chosen: Choice) -> None:
        """Keep the rows whose marks are asked for; rows stand by pathway, from `first[p]` to `first[p + 1]`."""
        rows = np.flatnonzero(_marked(marks, chosen.which))
        pathway = np.repeat(np.arange(len(first) - 1), np.diff(first))[rows]
        month = chosen.month[rows] if chosen.now < 0 else np.full(len(rows), chosen.now)
        hits = None if chosen.hits is None else _marked(marks[rows], chosen.hits)
        self.add(trust_of, pathway, place[rows], month, None if chosen.kind is None else chosen.kind[rows], hits)

    def add_registrations(self, linked: Linked, reading: tuple[Array, int, Array]) -> None:
        """Keep every registration. reading: the month of each day, its first day, the rank of places."""
        month_of, first_day, rank = reading
        layout = linked.layout
        keys = np.concatenate([np.empty(0, np.int64), *(part.keys for part in linked.parts)])
        day_shift = layout.place_bits + layout.order_bits
        day = ((keys >> day_shift) & ((1 << layout.day_bits) - 1)) + layout.first_day - first_day
        inside = (day >= 0) & (day < len(month_of))
        month = np.where(inside, month_of[np.where(inside, day, 0)], -1)
        pathway = (keys >> layout.group_shift) & ((1 << layout.pathway_bits) - 1)
        self.add(rank, pathway, rank[keys & ((1 << layout.place_bits) - 1)], month)

    def entries(self, *, numbered: bool) -> Entries:
        """Everything that was kept. numbered: the names of the kinds are numbers, and stand as such."""
        nothing = [np.empty(0, np.int64)] * 5
        pathway, place, month, kind, hit = (
            np.concatenate(column).astype(np.int64) for column in zip(nothing, *self._parts, strict=True)
        )
        if numbered:
            kind = np.array([int(name) for name in self.names], np.int64)[kind]
        return Entries(pathway, place, month, kind, np.ones(len(pathway), np.int64), hit)


NO_ENTRIES = Entries(*[np.empty(0, np.int64)] * 6)


def _marked(marks: Array, which: Which) -> npt.NDArray[np.bool_]:
    if which == EVERY:
        return np.ones(len(marks), np.bool_)
    chosen: npt.NDArray[np.bool_] = (marks & np.uint8(which.asked)) == which.set
    return chosen


class ListedValues:
    """Stands for the values that the cube counts: keeps those that have a month."""

    def __init__(self) -> None:
        self.parts: list[Values] = []

    def add(self, values: Values) -> None:
        """Keep them."""
        self.parts.append(values)

    def years(self, months: int) -> Iterator[tuple[int, int, Values]]:
        """First month, months, values: part by part as they came."""
        return ((0, months, values) for values in self.parts)
