"""The whole days of ended instances, laid out so that those of any printed cell are found without looking at others.

A row stands by pathway, month and rank of place, with the days of its spans. The rows that were there at the beginning
stay where they are: one that is taken out loses its days, one that comes is laid beside. Median and 90th percentile are
those of the cube.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pakkeforlop.episodes.link import in_threads, threads
from pakkeforlop.indicators.cube import NO_VALUE, SMALL, Ranges, count_by_day, of_few, of_many
from pakkeforlop.indicators.printed import PERSON, SPOT, Rows, read_keys
from pakkeforlop.indicators.room import ROOM
from pakkeforlop.vocabulary.compiling import compiled

Array = npt.NDArray[Any]
FEW_CELLS = 1000
"""So few are not worth a second processor."""



class Part(NamedTuple):
    """Rows in order. first: where each pathway's months begin, and where the last one ends; days: a row a span."""

    first: Array
    place: Array
    branch: Array
    person: Array
    days: Array


@compiled
def _from(places, low, high, wanted):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """The first row from `low` to `high` whose place is not before the wanted one."""
    while low < high:
        middle = (low + high) // 2
        if places[middle] < wanted:
            low = middle + 1
        else:
            high = middle
    return low


@compiled
def _row_of(part, months, pathway, month, place, branch, person, days):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """A row like this one; -1 where there is none."""
    first, places, branches, persons, found = part
    at = pathway * months + month
    for row in range(_from(places, first[at], first[at + 1], place), first[at + 1]):
        if places[row] != place:
            break
        if branches[row] == branch and persons[row] == person:
            same = True
            for s in range(len(days)):
                same = same and found[s, row] == days[s]
            if same:
                return row
    return -1


@compiled
def _take_out(main, since, months, rows):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Take the days from a row like each of these; returns how many were not found."""
    pathway, place, month, branch, person, days = rows
    missed = 0
    for i in range(len(pathway)):
        asked = (months, pathway[i], month[i], place[i], branch[i], person[i], days[i])
        row = _row_of(main, *asked)
        if row >= 0:
            main[4][:, row] = 65535
            continue
        row = _row_of(since, *asked)
        if row >= 0:
            since[4][:, row] = 65535
        else:
            missed += 1
    return missed


@compiled
def _find(part, months, spot, told, bounds):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Where the rows of a pathway, unit and period begin and end, range by range; returns how many ranges."""
    first, places = part[0], part[1]
    pathway, level, unit, step, period = spot[0], spot[1], spot[2], spot[3], spot[4]
    range_of, first_range, last_range, low_place, high_place = told
    length = 1 if step == 0 else 4 if step == 1 else 12
    begin = pathway * months + period * length
    if level == 0:
        bounds[0, 0], bounds[0, 1] = first[begin], first[begin + length]
        return 1
    count = 0
    u = range_of[level, unit]
    for at in range(begin, begin + length):
        for r in range(first_range[u], last_range[u]):
            low = _from(places, first[at], first[at + 1], low_place[r])
            high = _from(places, low, first[at + 1], high_place[r])
            if high > low:
                bounds[count, 0], bounds[count, 1] = low, high
                count += 1
    return count


@compiled
def _gather(part, bounds, span, sub, width, buffer, filled):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Put a span's days in some ranges of rows behind those that are in the buffer; returns how many there are."""
    branches, persons, days = part[2], part[3], part[4][span]
    sex, age = (sub - PERSON) // width, (sub - PERSON) % width
    for n in range(len(bounds)):
        for row in range(bounds[n, 0], bounds[n, 1]):
            value = days[row]
            if value == 65535 or filled == len(buffer):
                continue
            if sub >= PERSON:
                if (sex and persons[row] // width != sex) or (age and persons[row] % width != age):
                    continue
            elif sub and branches[row] != sub:
                continue
            buffer[filled] = value
            filled += 1
    return filled


@compiled
def _each(main, since, months, spots, again, width, told, buffer, n, histogram, out, begin, days):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Take up the days of cells, in the order of their spots; returns how many do not hold so many as they should.

    again: whether a cell stands at the spot of the one before it, so that its rows are found already.
    Their median and 90th percentile are told, if there is an `out`; they are counted, each cell's from its place in
    `days` to the next one's, if there is a `begin` (longer ones are left out).
    """
    here, there = np.empty((12 * len(told[3]) + 1, 2), np.int64), np.empty((12 * len(told[3]) + 1, 2), np.int64)
    in_main = in_since = wrong = 0
    for c in range(len(n)):
        if not again[c]:
            in_main, in_since = _find(main, months, spots[c], told, here), _find(since, months, spots[c], told, there)
        filled = _gather(main, here[:in_main], spots[c, 5], spots[c, 6], width, buffer[: n[c] + 1], 0)
        filled = _gather(since, there[:in_since], spots[c, 5], spots[c, 6], width, buffer[: n[c] + 1], filled)
        if filled != n[c]:
            wrong += 1
            continue
        if len(begin):
            counted = days[begin[c] : begin[c + 1]]
            for i in range(filled):
                if buffer[i] < len(counted):
                    counted[buffer[i]] += 1
        elif filled <= SMALL:
            of_few(buffer, 0, filled, out, c)
        else:
            least, most = count_by_day(buffer[:filled], histogram)
            found = histogram[least : most + 1]
            of_many(found, filled, least, out, c)
            found[:] = 0
    return wrong


class Laid:
    """Rows of instances, and the quantiles of any cell of them.

    Pathways are as in keys: behind the last one stand those that are told together, whose rows are laid a second time,
    and "no pathway". months: so many there is room for; first_what: the first of the spans; width: of the age groups.
    """

    def __init__(
        self, rows: Rows, together: npt.NDArray[np.bool_], ranges: Ranges, months: int, *, first_what: int, width: int
    ) -> None:
        self.together, self.months, self.first_what, self.width = together, months, first_what, width
        self.ranges = _found_by_unit(ranges)
        self.main = self._part(self._twice(rows))
        self.since = self._part(Rows(*(column[:0] for column in rows)))

    def _twice(self, rows: Rows) -> Rows:
        """The rows, and once more those of pathways that are told together."""
        count = len(self.together)
        own = np.flatnonzero(rows.pathway < count)
        again = own[self.together[rows.pathway[own]]]
        both = Rows(*(np.concatenate([column, column[again]]) for column in rows))
        both.pathway[len(rows.pathway) :] = count
        return both

    def _part(self, rows: Rows) -> Part:
        slot = rows.pathway.astype(np.int64) * self.months + rows.month
        order = np.argsort(slot << 16 | rows.place, kind="stable")
        slots = (len(self.together) + 2) * self.months
        first = np.concatenate([[0], np.cumsum(np.bincount(slot, minlength=slots))])
        branch, person = (column[order].astype(np.uint8) for column in (rows.branch, rows.person))
        days = np.ascontiguousarray(rows.days[order].astype(np.uint16).T)
        return Part(first, rows.place[order].astype(np.int16), branch, person, days)

    def change(self, rows: Rows, weight: npt.NDArray[np.int64]) -> None:
        """Take rows out (weight below zero) and lay rows in. ValueError when one to take out is not there."""
        gone, come = np.maximum(-weight, 0), np.maximum(weight, 0)
        taken = self._twice(Rows(*(np.repeat(column, gone, axis=0) for column in rows)))
        if _take_out(tuple(self.main), tuple(self.since), self.months, tuple(taken)):
            raise ValueError("A row that is to be taken out is not there.")
        new = self._twice(Rows(*(np.repeat(column, come, axis=0) for column in rows)))
        self.since = self._part(Rows(*map(np.concatenate, zip(self._rows(self.since), new, strict=True))))

    def rows(self) -> Rows:
        """All rows, each once."""
        both = Rows(*map(np.concatenate, zip(self._rows(self.main), self._rows(self.since), strict=True)))
        own = both.pathway != len(self.together)
        return Rows(*(column[own] for column in both))

    def _rows(self, part: Part) -> Rows:
        """The rows of a part, those without days left out."""
        slot = np.repeat(np.arange(len(part.first) - 1), np.diff(part.first))
        kept = (part.days != NO_VALUE).any(axis=0)
        columns = (slot // self.months, part.place, slot % self.months, part.branch, part.person)
        pathway, place, month, branch, person = (column[kept] for column in columns)
        return Rows(pathway, place, month, branch, person, part.days[:, kept].T)

    def quantiles(self, keys: Array, n: Array) -> Array:
        """Median and 90th percentile of cells (in the order of their keys), a row each. n: how many values they hold.

        ValueError when a cell holds another number of values.
        """
        out = np.full((len(keys), 2), np.nan)
        self._take_up(keys, n, out, np.empty(0, np.int64), np.empty(0, np.int32))
        return out

    def fill(self, keys: Array, n: Array, begin: Array, days: Array) -> None:
        """Count the days of cells, each from its place in `days` to the next one's; longer ones are left out."""
        self._take_up(keys, n, np.empty((0, 2)), begin, days)

    def _take_up(self, keys: Array, n: Array, out: Array, begin: Array, days: Array) -> None:
        hands = threads() if len(keys) > FEW_CELLS else 1

        def work(hand: int) -> int:
            low, high = len(keys) * hand // hands, len(keys) * (hand + 1) // hands
            buffer = ROOM.array("buffer", int(n[low:high].max(initial=0)) + 1, np.uint16)
            spots = keys[low:high] >> SPOT
            wrong = _each(
                tuple(self.main), tuple(self.since), self.months, self._spots(keys[low:high]),
                np.append(np.zeros(1, np.bool_), spots[1:] == spots[:-1]), self.width, self.ranges,
                buffer, n[low:high], ROOM.zeros("days", 1 << 16), out[low:high], begin[low : high + 1], days,
            )  # fmt: skip
            return int(wrong)

        if sum(in_threads(work, range(hands))):
            raise ValueError("A cell does not hold the values that it should.")

    def _spots(self, keys: Array) -> Array:
        """What keys stand for, a row each."""
        spot = read_keys(keys)
        return np.column_stack([*spot[:5], spot.what - self.first_what, spot.sub])


def _found_by_unit(ranges: Ranges) -> tuple[Array, ...]:
    """The ranges with a table that tells where each unit of each level stands."""
    range_of = np.full((4, int(ranges.unit.max(initial=0)) + 1), -1, np.int64)
    range_of[ranges.level, ranges.unit] = np.arange(len(ranges.unit))
    return range_of, ranges.first, ranges.last, ranges.low, ranges.high
