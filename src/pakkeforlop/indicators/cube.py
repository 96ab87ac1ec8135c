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

from pakkeforlop.indicators.room import ROOM, room_for
from pakkeforlop.vocabulary.compiling import compiled

Array = npt.NDArray[Any]
NO_VALUE = 65535
"""Stands for a missing number of days in unsigned 16-bit columns."""

SMALL = 24
"""Up to so many values are sorted by insertion; more are counted by day."""


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
    `step` months from the first; no_limit: none of the values has a limit.
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
    no_limit: Array


@compiled
def _place_values(days, within, place, branch, month, rows, by_branch, shape, starts, hits, values):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Count the values of the given rows per cell, lay out the cells, and put each value in its place."""
    spans, branches, months, places = shape
    starts[:] = 0
    hits[:] = 0
    for r in range(len(rows)):
        for e in range(rows[r, 0], rows[r, 1]):
            m = month[e]
            if m < 0:
                continue
            for s in range(spans):
                if days[e, s] != 65535:
                    b = branch[e] if by_branch[s] else 0
                    cell = ((s * branches + b) * months + m) * places + place[e]
                    starts[cell + 1] += 1
                    hits[cell + 1] += (within[e] >> s) & 1
    total = 0
    inside = 0
    for cell in range(len(starts)):
        total += starts[cell]
        inside += hits[cell]
        starts[cell] = total
        hits[cell] = inside
    for r in range(len(rows)):
        for e in range(rows[r, 0], rows[r, 1]):
            m = month[e]
            if m < 0:
                continue
            for s in range(spans):
                if days[e, s] != 65535:
                    b = branch[e] if by_branch[s] else 0
                    cell = ((s * branches + b) * months + m) * places + place[e]
                    values[starts[cell]] = days[e, s]
                    starts[cell] += 1
    for cell in range(len(starts) - 1, 0, -1):
        starts[cell] = starts[cell - 1]
    starts[0] = 0
    return total


@compiled
def _between(below, above, tenths):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    return below + (above - below) * tenths / 10.0


@compiled
def _of_few(buffer, count, quantiles, out):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Median and 90th percentile of a few values, which are sorted in place."""
    for i in range(1, count):
        value = buffer[i]
        j = i - 1
        while j >= 0 and buffer[j] > value:
            buffer[j + 1] = buffer[j]
            j -= 1
        buffer[j + 1] = value
    for which in range(2):
        wanted = (count - 1) * (5 if which == 0 else 9)
        floor = wanted // 10
        below = float(buffer[floor])
        above = float(buffer[floor + 1]) if floor + 1 < count else below
        quantiles[out, which] = _between(below, above, wanted % 10)


@compiled
def _of_many(histogram, count, low, quantiles, out):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Median and 90th percentile of values counted by day, the lowest of them known."""
    seen = 0
    day = low - 1
    for which in range(2):
        wanted = (count - 1) * (5 if which == 0 else 9)
        floor = wanted // 10
        while seen <= floor:
            day += 1
            seen += histogram[day]
        below = float(day)
        above = below
        if wanted % 10 and seen <= floor + 1:
            after = day + 1
            while histogram[after] == 0:
                after += 1
            above = float(after)
        quantiles[out, which] = _between(below, above, wanted % 10)


@compiled
def _summarise(  # type: ignore[no-untyped-def]  # noqa: ANN202
    values,  # noqa: ANN001
    starts,  # noqa: ANN001
    hits,  # noqa: ANN001
    shape,  # noqa: ANN001
    by_branch,  # noqa: ANN001
    ranges,  # noqa: ANN001
    group_of,  # noqa: ANN001
    group_first,  # noqa: ANN001
    steps,  # noqa: ANN001
    asked,  # noqa: ANN001
    histogram,  # noqa: ANN001
    keys,  # noqa: ANN001
    quantiles,  # noqa: ANN001
):
    """Write the cells that are not empty; returns how many.

    group_of and group_first: the stored branches of each branch group; asked: level by step, which are printed. A
    period of many values is counted by day once, in its months; a longer one adds up the days of the shorter.
    """
    spans, branches, months, places = shape
    level_of, unit_of, first_range, last_range, low_place, high_place = ranges
    out_span, out_level, out_unit, out_group, out_step, out_period, out_count, out_inside = keys
    buffer = np.empty(SMALL, np.uint16)
    widest = steps[len(steps) - 1]
    # One row for the period at hand of the shortest step, then one for each longer period within the widest; all zero
    # before and after.
    lows, highs = np.full(len(histogram), 65535), np.zeros(len(histogram), np.int64)
    counts, insides = np.zeros((len(steps), widest), np.int64), np.zeros((len(steps), widest), np.int64)
    told = np.empty(len(steps), np.int64)
    out = 0
    for s in range(spans):
        if starts[(s + 1) * branches * months * places] == starts[s * branches * months * places]:
            continue
        for u in range(len(unit_of)):
            tellings = 0
            for t in range(len(steps)):
                if asked[level_of[u], t]:
                    told[tellings] = steps[t]
                    tellings += 1
            if tellings == 0:
                continue
            for g in range(len(group_first) - 1):
                if g > 0 and not by_branch[s]:
                    break
                stored = group_first[g + 1] if by_branch[s] else group_first[g] + 1
                for wide in range(0, months, widest):
                    # How many there are, in the shortest periods first.
                    whole_count = 0
                    short = told[0]
                    for j in range(widest // short):
                        count = 0
                        inside = 0
                        for at in range(group_first[g], stored):
                            base = ((s * branches + group_of[at]) * months + wide + j * short) * places
                            for r in range(first_range[u], last_range[u]):
                                if low_place[r] == 0 and high_place[r] == places:
                                    count += starts[base + short * places] - starts[base]
                                    inside += hits[base + short * places] - hits[base]
                                else:
                                    for m in range(short):
                                        a = base + m * places + low_place[r]
                                        z = base + m * places + high_place[r]
                                        count += starts[z] - starts[a]
                                        inside += hits[z] - hits[a]
                        counts[0, j] = count
                        insides[0, j] = inside
                        whole_count += count
                    if whole_count == 0:
                        continue
                    for k in range(1, tellings):
                        parts = told[k] // told[k - 1]
                        for j in range(widest // told[k]):
                            count = 0
                            inside = 0
                            for part in range(j * parts, (j + 1) * parts):
                                count += counts[k - 1, part]
                                inside += insides[k - 1, part]
                            counts[k, j] = count
                            insides[k, j] = inside
                    for k in range(tellings):
                        step = told[k]
                        for j in range(widest // step):
                            count = counts[k, j]
                            if count == 0:
                                continue
                            few = count <= SMALL
                            mine = k * widest + j + 1 if k else 0
                            above = -1
                            if k + 1 < tellings and counts[k + 1, j * step // told[k + 1]] > SMALL:
                                above = (k + 1) * widest + j * step // told[k + 1] + 1
                            if few or k == 0:
                                filled = 0
                                low = 65535
                                high = 0
                                for at in range(group_first[g], stored):
                                    base = ((s * branches + group_of[at]) * months + wide + j * step) * places
                                    for r in range(first_range[u], last_range[u]):
                                        whole = low_place[r] == 0 and high_place[r] == places
                                        for m in range(1 if whole else step):
                                            a = base + m * places + low_place[r]
                                            z = base + step * places if whole else base + m * places + high_place[r]
                                            if few:
                                                for i in range(starts[a], starts[z]):
                                                    buffer[filled] = values[i]
                                                    filled += 1
                                            else:
                                                for i in range(starts[a], starts[z]):
                                                    value = values[i]
                                                    histogram[0, value] += 1
                                                    low = min(low, value)
                                                    high = max(high, value)
                                if not few:
                                    lows[0] = low
                                    highs[0] = high
                            if few:
                                _of_few(buffer, count, quantiles, out)
                                if above >= 0:
                                    lows[above] = min(lows[above], buffer[0])
                                    highs[above] = max(highs[above], buffer[count - 1])
                                    for i in range(count):
                                        histogram[above, buffer[i]] += 1
                            else:
                                low = lows[mine]
                                high = highs[mine]
                                _of_many(histogram[mine], count, low, quantiles, out)
                                if above >= 0:
                                    lows[above] = min(lows[above], low)
                                    highs[above] = max(highs[above], high)
                                    for day in range(low, high + 1):
                                        histogram[above, day] += histogram[mine, day]
                                for day in range(low, high + 1):
                                    histogram[mine, day] = 0
                                lows[mine] = 65535
                                highs[mine] = 0
                            out_span[out] = s
                            out_level[out] = level_of[u]
                            out_unit[out] = unit_of[u]
                            out_group[out] = g
                            out_step[out] = step
                            out_period[out] = (wide + j * step) // step
                            out_count[out] = count
                            out_inside[out] = insides[k, j]
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
    shape = (spans, question.branches, question.months, question.places)
    size = int(np.prod(shape))
    starts, hits = ROOM.array("starts", size + 1, np.int32), ROOM.array("hits", size + 1, np.int32)
    most = int((rows[:, 1] - rows[:, 0]).sum()) * spans
    values = ROOM.array("values", most, np.uint16)
    _place_values(days, within, place, branch, month, rows, question.by_branch, shape, starts, hits, values)
    groups = len(question.group_first) - 1
    room = 1
    for t, step in enumerate(question.steps):
        units = int(question.asked[question.ranges.level, t].sum())
        room += units * spans * groups * (question.months // int(step))
    keys: tuple[Array, ...] = tuple(room_for(room, np.int16 if n < 6 else np.int32) for n in range(8))
    quantiles = room_for(2 * room, np.float64).reshape(-1, 2)
    histogram = ROOM.zeros("histogram", (1 + len(question.steps) * int(question.steps[-1])) << 16).reshape(-1, 1 << 16)
    out = _summarise(
        values, starts, hits, shape, question.by_branch, tuple(question.ranges), question.group_of,
        question.group_first, question.steps, question.asked, histogram, keys, quantiles,
    )  # fmt: skip
    columns = [np.full(out, pathway, np.uint8), *(column[:out] for column in keys), *quantiles[:out].T]
    return Cells(*[*columns, np.zeros(out, np.bool_)])


def of_span(parts: list[Cells], span: int) -> Cells:
    """The cells of one span in several pathways, end to end; within a part cells stand by span."""
    edges = [np.searchsorted(part.span, (span, span + 1)) for part in parts]
    size = int(sum(high - low for low, high in edges))
    columns = []
    for column in zip(*parts, strict=True):
        cut = [part[low:high] for part, (low, high) in zip(column, edges, strict=True)]
        columns.append(np.concatenate(cut, out=room_for(size, cut[0].dtype)))
    return Cells(*columns)
