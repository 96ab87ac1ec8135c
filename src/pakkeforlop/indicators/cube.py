"""The cube: counts and whole days of instances per cell, with exact median and 90th percentile.

A cell is a span, a pathway, a branch, a unit and a period. Every value is placed once per level of units, in cells
ordered by span, unit, pathway, branch and month; any wider cell (a tertial, all branches, all pathways) is then a
union of ranges and is counted from the same values, so that sums hold exactly (indicators.md 12).

Nothing here knows an indicator: `measures.py` asks for spans and populations by number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numba
import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
NO_VALUE = 65535
"""Stands for a missing number of days in unsigned 16-bit columns."""

SMALL = 24
"""Up to so many values are sorted by insertion; more are counted by day."""


class Columns(NamedTuple):
    """Instances as narrow columns, one entry each.

    pathway, place (of the start), months of start, end and decision counted from `first_month` (-1 where none), branch
    (0 where none of the branches), days of each span that is in its population and NO_VALUE otherwise, and whether
    each is within its limit (one bit a span).
    """

    pathway: Array
    place: Array
    start_month: Array
    end_month: Array
    decision_month: Array
    branch: Array
    decision: Array
    ended: Array
    days: Array
    within: Array


@dataclass(frozen=True)
class Cells:
    """Cells of one level of units and one length of period; the columns are aligned.

    pathway: number, or the number of pathways for all organ-specific ones together; branch 0 is all branches.
    """

    span: Array
    pathway: Array
    branch: Array
    unit: Array
    period: Array
    n: Array
    within: Array
    median: Array
    p90: Array


@numba.njit(nogil=True, cache=True)
def _count(days, within, pathway, unit, branch, period, shape, by_branch, n, inside):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    spans, units, pathways, branches, periods = shape
    for e in range(len(pathway)):
        at_period = period[e]
        if at_period < 0:
            continue
        for s in range(spans):
            if days[e, s] == 65535:
                continue
            b = branch[e] if by_branch[s] else 0
            cell = (((s * units + unit[e]) * pathways + pathway[e]) * branches + b) * periods + at_period
            n[cell] += 1
            inside[cell] += (within[e] >> s) & 1


@numba.njit(nogil=True, cache=True)
def _place(days, pathway, unit, branch, period, shape, by_branch, next_free, values):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    spans, units, pathways, branches, periods = shape
    for e in range(len(pathway)):
        at_period = period[e]
        if at_period < 0:
            continue
        for s in range(spans):
            if days[e, s] == 65535:
                continue
            b = branch[e] if by_branch[s] else 0
            cell = (((s * units + unit[e]) * pathways + pathway[e]) * branches + b) * periods + at_period
            values[next_free[cell]] = days[e, s]
            next_free[cell] += 1


@numba.njit(nogil=True, cache=True)
def _quantiles(buffer, count, low, high, histogram, out, at):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Median (midpoint of the two middle values) and 90th percentile (linear, type 7) of the values in `buffer`."""
    if count <= SMALL:
        for i in range(1, count):
            value = buffer[i]
            j = i - 1
            while j >= 0 and buffer[j] > value:
                buffer[j + 1] = buffer[j]
                j -= 1
            buffer[j + 1] = value
        for which in range(2):
            tenths = (count - 1) * (5 if which == 0 else 9)
            floor = tenths // 10
            below = float(buffer[floor])
            above = float(buffer[floor + 1]) if floor + 1 < count else below
            out[at, which] = below + (above - below) * (tenths % 10) / 10.0
        return
    for i in range(count):
        histogram[buffer[i]] += 1
    for which in range(2):
        tenths = (count - 1) * (5 if which == 0 else 9)
        floor = tenths // 10
        seen = 0
        day = low - 1
        while seen <= floor:
            day += 1
            seen += histogram[day]
        below = float(day)
        above = below
        if seen <= floor + 1 and floor + 1 < count:
            day += 1
            while histogram[day] == 0:
                day += 1
            above = float(day)
        out[at, which] = below + (above - below) * (tenths % 10) / 10.0
    for day in range(low, high + 1):
        histogram[day] = 0


@numba.njit(nogil=True, cache=True)
def _summarise(  # type: ignore[no-untyped-def]  # noqa: ANN202
    values,  # noqa: ANN001
    starts,  # noqa: ANN001
    inside,  # noqa: ANN001
    shape,  # noqa: ANN001
    by_branch,  # noqa: ANN001
    groups,  # noqa: ANN001
    together,  # noqa: ANN001
    step,  # noqa: ANN001
    keys,  # noqa: ANN001
    counts,  # noqa: ANN001
    quantiles,  # noqa: ANN001
    write,  # noqa: ANN001
):
    """Walk all cells of one period length (`step` months) and write those that are not empty; returns how many.

    groups: for each branch cell asked for, its first and last+1 stored branch; together: which pathways the aggregate
    takes in. With `write` false only the number of cells is found.
    """
    spans, units, pathways, branches, periods = shape
    buffer = np.empty(len(values) + 1 if write else 1, np.uint16)
    histogram = np.zeros(65536 if write else 1, np.int32)
    out = 0
    for s in range(spans):
        for u in range(units):
            for p in range(pathways + 1):
                for g in range(len(groups)):
                    if g > 0 and not by_branch[s]:
                        break
                    for first in range(0, periods, step):
                        count = 0
                        hits = 0
                        low = 65535
                        high = 0
                        for q in range(p if p < pathways else 0, p + 1 if p < pathways else pathways):
                            if p == pathways and not together[q]:
                                continue
                            base = ((s * units + u) * pathways + q) * branches
                            for b in range(groups[g, 0], groups[g, 1]):
                                if b > 0 and not by_branch[s]:
                                    break
                                a = (base + b) * periods + first
                                z = a + step
                                if starts[z] == starts[a]:
                                    continue
                                if write:
                                    for cell in range(a, z):
                                        hits += inside[cell]
                                    for i in range(starts[a], starts[z]):
                                        value = values[i]
                                        buffer[count] = value
                                        count += 1
                                        low = min(low, value)
                                        high = max(high, value)
                                else:
                                    count += 1
                        if count == 0:
                            continue
                        if write:
                            keys[out, 0] = s
                            keys[out, 1] = u
                            keys[out, 2] = p
                            keys[out, 3] = g
                            keys[out, 4] = first // step
                            counts[out, 0] = count
                            counts[out, 1] = hits
                            _quantiles(buffer, count, low, high, histogram, quantiles, out)
                        out += 1
    return out


def level(
    columns: Columns,
    unit: npt.NDArray[np.int16],
    units: int,
    pathways: int,
    branches: int,
    periods: int,
    by_branch: npt.NDArray[np.bool_],
    together: npt.NDArray[np.bool_],
    steps: tuple[int, ...],
    *,
    period: npt.NDArray[np.int16] | None = None,
    branch: npt.NDArray[np.uint8] | None = None,
    groups: npt.NDArray[np.int64] | None = None,
) -> list[Cells]:
    """All cells of one level of units, one `Cells` for each period length in `steps` (in the unit of `period`).

    unit: the unit of each instance; branch 0 to branches-1 (default: the treatment branch), period default: the month
    of the end. groups: which stored branches each printed branch joins; default: 0 is all, then each by itself.
    """
    of_period = columns.end_month if period is None else period
    of_branch = columns.branch if branch is None else branch
    if groups is None:
        groups = np.array([[0, branches], *([b, b + 1] for b in range(1, branches))], np.int64)
    shape = (columns.days.shape[1], units, pathways, branches, periods)
    cells = int(np.prod(shape))
    n, inside = np.zeros(cells + 1, np.int32), np.zeros(cells, np.int32)
    arguments = (columns.pathway, unit, of_branch, of_period, shape, by_branch)
    _count(columns.days, columns.within, *arguments, n, inside)
    starts = np.empty(cells + 1, np.int64)
    starts[0] = 0
    np.cumsum(n[:-1], out=starts[1:])
    values = np.empty(int(starts[-1]), np.uint16)
    _place(columns.days, *arguments, starts[:-1].copy(), values)
    found = []
    nothing = np.empty((0, 5), np.int32)
    for step in steps:
        common = (values, starts, inside, shape, by_branch, groups, together, step)
        size = _summarise(*common, nothing, nothing, np.empty((0, 2)), False)
        keys, counts, quantiles = np.empty((size, 5), np.int32), np.empty((size, 2), np.int32), np.empty((size, 2))
        _summarise(*common, keys, counts, quantiles, True)
        found.append(
            Cells(
                span=keys[:, 0], unit=keys[:, 1], pathway=keys[:, 2], branch=keys[:, 3], period=keys[:, 4],
                n=counts[:, 0], within=counts[:, 1], median=quantiles[:, 0], p90=quantiles[:, 1],
            )
        )  # fmt: skip
    return found


def wilson(hits: Array, n: Array, z: float = 1.959963984540054) -> tuple[Array, Array]:
    """The Wilson score interval of hits out of n, as fractions, without continuity correction; NaN where n is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        share = hits / n
        width = z * np.sqrt(share * (1 - share) / n + z * z / (4.0 * n * n))
        scale = 1 + z * z / n
        middle = share + z * z / (2.0 * n)
        low = (middle - width) / scale
        high = (middle + width) / scale
    return np.clip(low, 0.0, 1.0), np.clip(high, 0.0, 1.0)
