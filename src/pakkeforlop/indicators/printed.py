"""Printed cells by key: which cells an entry stands in, and what each cell holds.

A key is a whole number: pathway, level, unit, length of period and period (the spot), then what is told there and of
whom. An entry stands in the cells of its own pathway and of the pathways that are told together, of every level of
units and every length of period that is printed: some forty cells. What is known of a cell can be added to; a cell that
nothing stands in any more is there no more.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pakkeforlop.indicators.cube import NO_VALUE
from pakkeforlop.indicators.ground import STEPS, Ground
from pakkeforlop.vocabulary.compiling import compiled
from pakkeforlop.vocabulary.ordered import Ordered, distinct, firsts, found

Array = npt.NDArray[Any]
SUB_BITS, WHAT_BITS, PERIOD_BITS, STEP_BITS, UNIT_BITS, LEVEL_BITS = 10, 6, 12, 2, 16, 2
SPOT = SUB_BITS + WHAT_BITS
"""How far up the spot of a key stands."""

PERSON = 64
"""From here on `sub` is a group by sex and age; below it is a branch."""


class Spot(NamedTuple):
    """What keys stand for. step: which of `STEPS`; what: which figure or span; sub: kind, branch or group."""

    pathway: Array
    level: Array
    unit: Array
    step: Array
    period: Array
    what: Array
    sub: Array


@compiled
def packed(pathway, level, unit, step, period, what, sub):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """The key of a cell."""
    key = (pathway << LEVEL_BITS) | level
    key = (((key << UNIT_BITS) | unit) << STEP_BITS) | step
    key = (((key << PERIOD_BITS) | period) << WHAT_BITS) | what
    return (key << SUB_BITS) | sub


def keys_of(pathway: Array, level: Array, unit: Array, step: Array, period: Array, what: Array, sub: Array) -> Array:
    """The keys of cells. step: months."""
    columns = (pathway, level, unit, np.searchsorted(STEPS, step), period, what, sub)
    keys: Array = packed.py_func(*(column.astype(np.int64) for column in columns))
    return keys


def read_keys(keys: Array) -> Spot:
    """What keys stand for."""
    parts = []
    for bits in (SUB_BITS, WHAT_BITS, PERIOD_BITS, STEP_BITS, UNIT_BITS, LEVEL_BITS):
        parts.append(keys & ((1 << bits) - 1))
        keys = keys >> bits
    return Spot(keys, *reversed(parts))


@compiled
def _stand_at(pathway, place, month, together, units, spots, cuts):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """The spots that something of a pathway, place and month stands at; returns how many.

    spots: their keys, nothing told yet; cuts: level and step of each as one number; units: per level the unit of each
    rank.
    """
    count = 0
    for total in range(2):
        p = pathway
        if total:
            if pathway >= len(together) or not together[pathway]:
                break
            p = len(together)
        for level in range(4):
            unit = units[level, place]
            if unit < 0:
                continue
            for step in range(3):
                period = month // (1 if step == 0 else 4 if step == 1 else 12)
                spots[count], cuts[count] = packed(p, level, unit, step, period, 0, 0), level * 3 + step
                count += 1
    return count


@compiled
def _spread(entries, what, together, units, asked, named, out):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Write the cells that entries stand in; returns how many.

    asked: per level and step 0 (not printed), 1 (all kinds together), 2 (kinds too); named: whether the first kind has
    a name, so that nothing stands for all kinds together.
    """
    pathway, place, month, kind, n, hit = entries
    keys, out_n, out_hit = out
    spots, cuts = np.empty(MOST_SPOTS, np.int64), np.empty(MOST_SPOTS, np.int64)
    filled = 0
    for i in range(len(pathway)):
        for at in range(_stand_at(pathway[i], place[i], month[i], together, units, spots, cuts)):
            told = asked[cuts[at] // 3, cuts[at] % 3]
            for all_kinds in range(2):
                if not told or (named if all_kinds else not named and (kind[i] == 0 or told < 2)):
                    continue
                keys[filled] = spots[at] | what << SUB_BITS | (0 if all_kinds else kind[i])
                out_n[filled], out_hit[filled] = n[i], hit[i]
                filled += 1
    return filled


@compiled
def _groups_of(person, width, groups):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """The groups by sex, by age and by both that a person is told in; returns how many."""
    sex, age = person // width, person % width
    count = 0
    if sex:
        groups[count] = PERSON + sex * width
        count += 1
    if age:
        groups[count] = PERSON + age
        count += 1
    if sex and age:
        groups[count] = PERSON + sex * width + age
        count += 1
    return count


@compiled
def _spread_values(rows, first_what, together, units, asked, by_branch, width, out):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Write the cells that the values of instances stand in; returns how many. width: of the age groups; 0: none."""
    pathway, place, month, branch, person, days, within, limited, weight = rows
    keys, out_weight, out_within, out_limited, out_day = out
    spots, cuts = np.empty(MOST_SPOTS, np.int64), np.empty(MOST_SPOTS, np.int64)
    subs = np.empty(5, np.int64)
    filled = 0
    for i in range(len(pathway)):
        count = _stand_at(pathway[i], place[i], month[i], together, units, spots, cuts)
        for s in range(days.shape[1]):
            if days[i, s] == NO_VALUE:
                continue
            for at in range(count):
                told = 0
                if asked[cuts[at] // 3, cuts[at] % 3]:
                    subs[0], subs[1] = 0, branch[i]
                    told = 2 if by_branch[s] and branch[i] else 1
                if cuts[at] % 3 == 2 and cuts[at] < 9 and width:
                    told += _groups_of(person[i], width, subs[told:])
                for sub in range(told):
                    keys[filled] = spots[at] | (first_what + s) << SUB_BITS | subs[sub]
                    out_weight[filled], out_day[filled] = weight[i], days[i, s]
                    out_within[filled] = weight[i] * ((within[i] >> s) & 1)
                    out_limited[filled] = weight[i] * ((limited[i] >> s) & 1)
                    filled += 1
    return filled


MOST_SPOTS = 2 * 12
"""Spots at most: own and together, four levels, three lengths of period."""

MOST_CELLS = 2 * MOST_SPOTS
"""Cells of an entry at most: with kinds and without."""

MOST_VALUE_CELLS = MOST_CELLS + 2 * 3 * 3
"""Cells of a value at most: by sex and age too."""


def cells_of_entries(entries: tuple[Array, ...], what: int, asked: Array, ground: Ground, *, named: bool) -> Spread:
    """The cells that entries stand in, once for each: key, n, hits."""
    size = len(entries[0]) * MOST_CELLS
    out = (np.empty(size, np.int64), np.empty(size, np.int32), np.empty(size, np.int32))
    filled = _spread(entries, what, ground.together, ground.units, asked, named, out)
    return tuple(column[:filled] for column in out)


class Rows(NamedTuple):
    """Rows with days; days: a column a span, `NO_VALUE` where there is none. Behind the pathways stand those that are
    told together, and "no pathway".
    """

    pathway: Array
    place: Array
    month: Array
    branch: Array
    person: Array
    days: Array


class Netted(NamedTuple):
    """Rows that come (weight above zero) and go (below); within and limited: a bit a span."""

    rows: Rows
    within: Array
    limited: Array
    weight: npt.NDArray[np.int64]


def cells_of_values(
    net: Netted, first_what: int, asked: Array, by_branch: Array, ground: Ground, *, width: int
) -> Spread:
    """The cells that values stand in, once for each: key, n, within, with a limit, days."""
    size = len(net.weight) * net.rows.days.shape[1] * MOST_VALUE_CELLS
    out = (np.empty(size, np.int64), *(np.empty(size, np.int32) for _ in range(4)))
    rows = (*net.rows, net.within, net.limited, net.weight)
    filled = _spread_values(rows, first_what, ground.together, ground.units, asked, by_branch, width, out)
    return tuple(column[:filled] for column in out)


Spread = tuple[Array, ...]
"""Keys, each as often as something stands in its cell, and what does."""


class Runs(NamedTuple):
    """Distinct keys in order; what stands in the nth is from `first[n]` to `first[n + 1]` of the columns."""

    keys: Array
    first: Array
    columns: tuple[Array, ...]

    def sums(self) -> tuple[Array, ...]:
        """What is added to each cell."""
        if not len(self.keys):
            return self.columns
        return tuple(np.add.reduceat(column, self.first[:-1]) for column in self.columns)


def in_runs(keys: Array, *columns: Array) -> Runs:
    """What stands in cells, cell by cell."""
    order = np.argsort(keys)
    ordered = keys[order]
    first = np.flatnonzero(firsts(ordered))
    return Runs(ordered[first], np.append(first, len(keys)), tuple(column[order] for column in columns))


class Summed(NamedTuple):
    """Distinct keys in order, and what is added to each."""

    keys: Array
    added: tuple[Array, ...]


def summed(keys: Array, *columns: Array) -> Summed:
    """The sums of columns by key."""
    runs = in_runs(keys, *columns)
    return Summed(runs.keys, runs.sums())


class Where(NamedTuple):
    """Where keys stand: those in the main part, and those among the cells that came since."""

    main: Array
    main_at: Array
    since: Array
    since_at: Array


class Printed:
    """Cells in the order of their keys, with columns of numbers; cells that came since stand apart, being few."""

    def __init__(self, keys: Array, columns: dict[str, Array]) -> None:
        order = np.argsort(keys, kind="stable")
        self.keys, self.columns = keys[order], {name: column[order] for name, column in columns.items()}
        self._ordered = Ordered(self.keys)
        self.since_keys = self.keys[:0]
        self.since = {name: column[:0] for name, column in self.columns.items()}

    def where(self, keys: Array) -> Where:
        """Where these keys stand (in order, distinct); cells that are not there yet are made, all zero."""
        at, here = self._ordered.found(keys)
        main, rest = np.flatnonzero(here), np.flatnonzero(~here)
        since, known = found(self.since_keys, keys[rest])
        if not known.all():
            to, new = since[~known], keys[rest[~known]]
            self.since_keys = np.insert(self.since_keys, to, new)
            self.since = {name: np.insert(column, to, 0) for name, column in self.since.items()}
            since += np.cumsum(~known) - ~known
        return Where(main, at[main], rest, since)

    def read(self, where: Where, name: str) -> Array:
        """A column at some cells."""
        out = np.empty(len(where.main) + len(where.since), self.columns[name].dtype)
        out[where.main] = self.columns[name][where.main_at]
        out[where.since] = self.since[name][where.since_at]
        return out

    def write(self, where: Where, name: str, values: Array) -> None:
        """Set a column at some cells."""
        self.columns[name][where.main_at] = values[where.main]
        self.since[name][where.since_at] = values[where.since]

    def between(self, low: Array, high: Array) -> Array:
        """All keys from `low` to `high` (not including), pair by pair, of cells that something stands in."""
        parts = []
        for keys, columns in ((self.keys, self.columns), (self.since_keys, self.since)):
            begin, end = np.searchsorted(keys, low), np.searchsorted(keys, high)
            rows = np.repeat(end - np.cumsum(end - begin), end - begin) + np.arange(int((end - begin).sum()))
            parts.append(keys[rows][columns["n"][rows] > 0])
        return distinct(np.concatenate(parts))

    def whole(self) -> tuple[Array, dict[str, Array]]:
        """Every cell that something stands in, in the order of the keys."""
        keys = np.concatenate([self.keys, self.since_keys])
        order = np.argsort(keys, kind="stable")
        columns = {name: np.concatenate([self.columns[name], self.since[name]])[order] for name in self.columns}
        there = columns["n"] > 0
        return keys[order][there], {name: column[there] for name, column in columns.items()}
