"""The values that the cube counts, in memory or on disk.

Linked in parts, the values of each part are laid down by pathway and year; the figures then take a year at a time of
all parts together, since no cell is wider than a year. So memory holds one part, and after that one year.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
YEAR = 12


class Values(NamedTuple):
    """Rows by pathway: those of pathway p are `first[p]` to `first[p + 1]`.

    days: one column a span, `cube.NO_VALUE` for none; within: one bit a span; place: rank; branch and person: numbers
    of groups; month: counted from the first, -1 for none; limited: one bit a span that a limit is known for.
    """

    first: npt.NDArray[np.int64]
    days: Array
    within: Array
    place: Array
    branch: Array
    month: Array
    person: Array
    limited: Array


class Sink(Protocol):
    """Whatever takes in the values of parts, and gives them by the year."""

    def add(self, values: Values) -> None:
        """Take in the values of one part."""

    def years(self, months: int) -> Iterator[tuple[int, int, Values]]:
        """First month, months, values."""


class Kept:
    """Values of one linking, in memory."""

    def __init__(self) -> None:
        self.values: Values | None = None

    def add(self, values: Values) -> None:
        """Keep the only ones there are."""
        if self.values is not None:
            raise ValueError("Values in memory come in one piece.")
        self.values = values

    def years(self, months: int) -> Iterator[tuple[int, int, Values]]:
        """First month, months, values: all at once, and once only; they are let go after."""
        values, self.values = self.values, None
        if values is not None:
            yield 0, months, values


COLUMNS = tuple(name for name in Values._fields if name != "first")


class Spilled:
    """Values of many parts, in files of a folder: a file a part and column, ordered by year and pathway."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder, self.name = folder, name
        self._edges: list[npt.NDArray[np.int64]] = []
        self._kinds: dict[str, tuple[Any, int]] = {}
        self._pathways = 0

    def add(self, values: Values) -> None:
        """Lay down the values of one part that have a month."""
        self._pathways = len(values.first) - 1
        pathway = np.repeat(np.arange(self._pathways), np.diff(values.first))
        rows = np.flatnonzero(values.month >= 0)
        cell = values.month[rows].astype(np.int64) // YEAR * self._pathways + pathway[rows]
        rows = rows[np.argsort(cell, kind="stable")]
        part = len(self._edges)
        self._edges.append(np.concatenate([[0], np.cumsum(np.bincount(cell))]).astype(np.int64))
        for name in COLUMNS:
            column = getattr(values, name)
            self._kinds[name] = (column.dtype, column.shape[1] if column.ndim > 1 else 1)
            column[rows].tofile(self._file(part, name))

    def years(self, months: int) -> Iterator[tuple[int, int, Values]]:
        """First month, months, values: a year at a time, all parts together."""
        for year in range(months // YEAR if self._kinds else 0):
            yield year * YEAR, YEAR, self._year(year)

    def _file(self, part: int, name: str) -> Path:
        return self.folder / f"{self.name}-{part}-{name}"

    def _year(self, year: int) -> Values:
        """The values of a year, by pathway."""
        wanted = np.arange(year * self._pathways, (year + 1) * self._pathways + 1)
        edges = [known[np.minimum(wanted, len(known) - 1)] for known in self._edges]
        sizes = np.array([np.diff(edge) for edge in edges])
        first = np.concatenate([[0], np.cumsum(sizes.sum(axis=0))]).astype(np.int64)
        starts = first[:-1] + np.cumsum(sizes, axis=0) - sizes
        columns: dict[str, Array] = {}
        for name, (kind, width) in self._kinds.items():
            column = np.empty((int(first[-1]), width), kind)
            for part, edge in enumerate(edges):
                count, offset = int(edge[-1] - edge[0]), int(edge[0]) * width * kind.itemsize
                found = np.fromfile(self._file(part, name), kind, count * width, offset=offset).reshape(-1, width)
                for p in np.flatnonzero(sizes[part]):
                    low, at, size = int(edge[p] - edge[0]), int(starts[part, p]), int(sizes[part, p])
                    column[at : at + size] = found[low : low + size]
            columns[name] = column if name == "days" else column[:, 0]
        columns["month"] -= np.int16(year * YEAR)
        return Values(first, **columns)
