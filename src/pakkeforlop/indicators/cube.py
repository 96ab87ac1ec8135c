"""The cube: counts and whole days of instances per cell, with exact median and 90th percentile.

Instances are laid out by pathway, and within a pathway their values are placed once, in cells ordered by span, branch,
month and place. Places are ordered by region, trust and hospital, so that a hospital, a trust, a region or the country
in a month, a tertial or a year is a handful of ranges of the same values: every wider cell is counted from what the
narrow ones hold, and sums hold exactly.

Nothing here knows an indicator: `compute.py` asks for spans and populations by number.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pakkeforlop.indicators.room import ROOM, kept
from pakkeforlop.vocabulary.compiling import compiled

Array = npt.NDArray[Any]
NO_VALUE = 65535
"""Stands for a missing number of days in unsigned 16-bit columns."""

SMALL = 9
"""Up to so many values are sorted by insertion; more are counted by day."""

SPARE = 4
"""Values that may be written past the end: a few at a time are moved without asking how many there are."""


class Ranges(NamedTuple):
    """The units of all levels as ranges of places.

    level and unit: what each unit is; first and last: its ranges, as positions in `low` and `high`, which hold the
    places from and to (not including). Each unit is asked for the period lengths that its level is printed in.
    """

    level: Array
    unit: Array
    first: Array
    last: Array
    low: Array
    high: Array


class Cells(NamedTuple):
    """Cells that are not empty; the columns are aligned.

    pathway: number, or the number of pathways for the aggregate; branch: number of the branch group; period counts in
    `step` months from the first; limited: how many of the values have a limit.
    """

    pathway: Array
    span: Array
    level: Array
    unit: Array
    branch: Array
    step: Array
    period: Array
    n: Array
    within: Array
    median: Array
    p90: Array
    limited: Array


@compiled
def _place_values(days, within, place, branch, month, rows, by_branch, shape, starts, values):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Count the values of the given rows per cell, lay out the cells, and put each value in its place.

    starts: per cell the values before it (low 32 bits) and how many of those are within their limit (high 32 bits), so
    that the difference of two tells both.
    """
    slab_of, months, places = shape
    slab = months * places
    starts[:] = 0
    for r in range(len(rows)):
        for e in range(rows[r, 0], rows[r, 1]):
            if month[e] < 0:
                continue
            at = month[e] * places + place[e] + 1
            inside = np.int64(within[e])
            for s in range(len(slab_of)):
                if days[e, s] != 65535:
                    cell = (slab_of[s] + (branch[e] if by_branch[s] else 0)) * slab + at
                    starts[cell] += 1 + (((inside >> s) & 1) << 32)
    total = np.int64(0)
    for cell in range(len(starts)):
        total += starts[cell]
        starts[cell] = total
    for r in range(len(rows)):
        for e in range(rows[r, 0], rows[r, 1]):
            if month[e] < 0:
                continue
            at = month[e] * places + place[e]
            for s in range(len(slab_of)):
                if days[e, s] != 65535:
                    cell = (slab_of[s] + (branch[e] if by_branch[s] else 0)) * slab + at
                    free = starts[cell]
                    values[free & 0xFFFFFFFF] = days[e, s]
                    starts[cell] = free + 1
    end = np.int64(0)
    for cell in range(len(starts)):  # each stands at its end now, where the next began
        begun, end = end, starts[cell] & 0xFFFFFFFF
        starts[cell] += begun - end


@compiled
def _between(below, above, tenths):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    return below + (above - below) * tenths / 10.0


@compiled
def of_few(buffer, first, count, quantiles, out):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """Median and 90th percentile of a few values, which are sorted in place."""
    for i in range(first + 1, first + count):
        value = buffer[i]
        j = i - 1
        while j >= first and buffer[j] > value:
            buffer[j + 1] = buffer[j]
            j -= 1
        buffer[j + 1] = value
    for which in range(2):
        wanted = (count - 1) * (5 if which == 0 else 9)
        floor = wanted // 10
        below = float(buffer[first + floor])
        above = float(buffer[first + floor + 1]) if floor + 1 < count else below
        quantiles[out, which] = _between(below, above, wanted % 10)


@compiled
def of_many(histogram, count, low, quantiles, out):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """Median and 90th percentile of values counted by day; the histogram begins with the lowest of them."""
    seen = 0
    day = -1
    for which in range(2):
        wanted = (count - 1) * (5 if which == 0 else 9)
        floor = wanted // 10
        while seen <= floor:
            day += 1
            seen += histogram[day]
        below = float(low + day)
        above = below
        if wanted % 10 and seen <= floor + 1:
            after = day + 1
            while histogram[after] == 0:
                after += 1
            above = float(low + after)
        quantiles[out, which] = _between(below, above, wanted % 10)


@compiled
def _move(histogram, above):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Add a histogram to another of the same days, and leave it all zero."""
    for day in range(len(histogram)):
        above[day] += histogram[day]
        histogram[day] = 0


@compiled
def count_by_day(values, histogram):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """Count values by day; returns the lowest and the highest."""
    low = np.uint16(65535)
    high = np.uint16(0)
    for i in range(len(values)):
        value = values[i]
        histogram[value] += 1
        low = min(low, value)
        high = max(high, value)
    return np.int64(low), np.int64(high)


@compiled
def _gather(values, starts, places, bases, ranges, buffer, edges, insides):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Put the values of a unit end to end, month by month; returns how many.

    bases: per stored branch the first cell of the first month; ranges: the places from and to of the unit; edges: where
    each month ends; insides: how many of each month are within their limit.
    """
    low_place, high_place = ranges
    filled = 0
    for m in range(len(insides)):
        inside = 0
        for b in range(len(bases)):
            base = bases[b] + m * places
            for r in range(len(low_place)):
                first = starts[base + low_place[r]]
                last = starts[base + high_place[r]]
                inside += (last - first) >> 32
                first &= 0xFFFFFFFF
                count = (last & 0xFFFFFFFF) - first
                if count == 0:
                    continue
                if count <= 4:
                    buffer[filled] = values[first]
                    buffer[filled + 1] = values[first + 1]
                    buffer[filled + 2] = values[first + 2]
                    buffer[filled + 3] = values[first + 3]
                else:
                    for i in range(count):
                        buffer[filled + i] = values[first + i]
                filled += count
        edges[m + 1] = filled
        insides[m] = inside
    return filled


@compiled
def _summarise(  # type: ignore[no-untyped-def]  # noqa: ANN202
    values,  # noqa: ANN001
    starts,  # noqa: ANN001
    shape,  # noqa: ANN001
    by_branch,  # noqa: ANN001
    ranges,  # noqa: ANN001
    group_of,  # noqa: ANN001
    group_first,  # noqa: ANN001
    steps,  # noqa: ANN001
    asked,  # noqa: ANN001
    buffer,  # noqa: ANN001
    histogram,  # noqa: ANN001
    keys,  # noqa: ANN001
    quantiles,  # noqa: ANN001
):
    """Write the cells that are not empty; returns how many.

    group_of and group_first: the stored branches of each branch group; asked: level by step, which are printed. The
    values of a unit's widest period are put end to end once; within them the shorter periods are told first. What is
    sorted or counted by day there is not looked at again for the longer ones.
    """
    slab_of, months, places = shape
    level_of, unit_of, first_range, last_range, low_place, high_place = ranges
    out_span, out_level, out_unit, out_group, out_step, out_period, out_count, out_inside = keys
    widest = steps[len(steps) - 1]
    # One histogram for the period at hand of the shortest step, then one for each longer period within the widest; all
    # zero before and after.
    lows, highs = np.full(len(histogram), 65535), np.zeros(len(histogram), np.int64)
    edges, insides = np.zeros(widest + 1, np.int64), np.zeros(widest, np.int64)
    told = np.empty(len(steps), np.int64)
    bases = np.empty(len(group_of), np.int64)
    out = 0
    for s in range(len(slab_of)):
        begin = slab_of[s] * months * places
        end = slab_of[s + 1] * months * places if s + 1 < len(slab_of) else len(starts) - 1
        if starts[begin] & 0xFFFFFFFF == starts[end] & 0xFFFFFFFF:
            continue
        for u in range(len(unit_of)):
            tellings = 0
            for t in range(len(steps)):
                if asked[level_of[u], t]:
                    told[tellings] = steps[t]
                    tellings += 1
            if tellings == 0:
                continue
            mine = (low_place[first_range[u] : last_range[u]], high_place[first_range[u] : last_range[u]])
            for g in range(len(group_first) - 1):
                if g > 0 and not by_branch[s]:
                    break
                stored = group_first[g + 1] - group_first[g] if by_branch[s] else 1
                for wide in range(0, months, widest):
                    for b in range(stored):
                        branch = group_of[group_first[g] + b]
                        bases[b] = ((slab_of[s] + branch) * months + wide) * places
                    if _gather(values, starts, places, bases[:stored], mine, buffer, edges, insides) == 0:
                        continue
                    for k in range(tellings):
                        step = told[k]
                        for j in range(widest // step):
                            first = edges[j * step]
                            count = edges[(j + 1) * step] - first
                            if count == 0:
                                continue
                            above = -1
                            if k + 1 < tellings:
                                longer = told[k + 1]
                                n = j * step // longer
                                if edges[(n + 1) * longer] - edges[n * longer] > SMALL:
                                    above = (k + 1) * widest + n + 1
                            if count <= SMALL:
                                of_few(buffer, first, count, quantiles, out)
                                if above >= 0:
                                    lows[above] = min(lows[above], buffer[first])
                                    highs[above] = max(highs[above], buffer[first + count - 1])
                                    for i in range(first, first + count):
                                        histogram[above, buffer[i]] += 1
                            else:
                                row = k * widest + j + 1 if k else 0
                                if k == 0:
                                    low, high = count_by_day(buffer[first : first + count], histogram[0])
                                else:
                                    low, high = lows[row], highs[row]
                                    lows[row], highs[row] = 65535, 0
                                counted = histogram[row, low : high + 1]
                                of_many(counted, count, low, quantiles, out)
                                if above >= 0:
                                    lows[above] = min(lows[above], low)
                                    highs[above] = max(highs[above], high)
                                    _move(counted, histogram[above, low : high + 1])
                                else:
                                    counted[:] = 0
                            inside = 0
                            for m in range(j * step, (j + 1) * step):
                                inside += insides[m]
                            out_span[out] = s
                            out_level[out] = level_of[u]
                            out_unit[out] = unit_of[u]
                            out_group[out] = g
                            out_step[out] = step
                            out_period[out] = (wide + j * step) // step
                            out_count[out] = count
                            out_inside[out] = inside
                            out += 1
    return out


class Question(NamedTuple):
    """What cells are asked for: how values are stored, and which unions are printed.

    by_branch: which spans are told by branch; group_of and group_first: the stored branches of each printed branch
    group (group 0 is the first printed); steps: period lengths; asked: level by step.
    """

    branches: int
    months: int
    places: int
    by_branch: Array
    group_of: Array
    group_first: Array
    steps: Array
    asked: Array
    ranges: Ranges


def cells_of(
    pathway: int,
    rows: npt.NDArray[np.int64],
    days: Array,
    within: Array,
    place: Array,
    branch: Array,
    month: Array,
    question: Question,
) -> Cells:
    """The cells of one pathway, or of the aggregate: `rows` are the ranges of instances that belong to it."""
    spans = days.shape[1]
    slabs = np.cumsum([0, *np.where(question.by_branch, question.branches, 1)])
    shape = (slabs[:-1], question.months, question.places)
    starts = ROOM.array("starts", int(slabs[-1]) * question.months * question.places + 1, np.int64)
    most = int((rows[:, 1] - rows[:, 0]).sum())
    values = ROOM.array("values", most * spans + SPARE, np.uint16)
    _place_values(days, within, place, branch, month, rows, question.by_branch, shape, starts, values)
    groups = len(question.group_first) - 1
    room = 1
    for t, step in enumerate(question.steps):
        units = int(question.asked[question.ranges.level, t].sum())
        room += units * spans * groups * (question.months // int(step))
    kinds = [np.int16] * 6 + [np.int32] * 2
    keys: tuple[Array, ...] = tuple(ROOM.array(f"key {n}", room, kind) for n, kind in enumerate(kinds))
    quantiles = ROOM.array("quantiles", 2 * room, np.float64).reshape(-1, 2)
    histogram = ROOM.zeros("histogram", (1 + len(question.steps) * int(question.steps[-1])) << 16).reshape(-1, 1 << 16)
    out = _summarise(
        values, starts, shape, question.by_branch, tuple(question.ranges), question.group_of, question.group_first,
        question.steps, question.asked, ROOM.array("buffer", most + SPARE, np.uint16), histogram, keys, quantiles,
    )  # fmt: skip
    told = [kept(column[:out]) for column in (*keys, *quantiles.T)]
    return Cells(*[np.full(out, pathway, np.uint8), *told, told[6]])


def of_span(part: Cells, span: int) -> Cells:
    """The cells of one span in a pathway; they stand by span."""
    low, high = np.searchsorted(part.span, (span, span + 1))
    return Cells(*(column[low:high] for column in part))
