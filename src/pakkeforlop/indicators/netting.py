"""What some patients gave the figures less what they give now: what is the same on both sides falls out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from pakkeforlop.indicators import cube
from pakkeforlop.indicators.columns import OPEN as IS_OPEN
from pakkeforlop.indicators.columns import Narrow
from pakkeforlop.indicators.ground import Ground
from pakkeforlop.indicators.listed import Entries
from pakkeforlop.indicators.printed import SUB_BITS, Netted, Rows, Summed, summed
from pakkeforlop.indicators.values import Values
from pakkeforlop.vocabulary.compiling import compiled
from pakkeforlop.vocabulary.ordered import firsts, found

Array = npt.NDArray[Any]
Ints = npt.NDArray[np.int64]
DAY_BITS, PLACE_BITS, BAND_BITS = 24, 16, 8


def open_rows(rows: Narrow, as_of: int) -> tuple[Ints, Ints]:
    """The open instances by pathway, place and start: their keys, and one for each."""
    mine = np.flatnonzero(rows.marks & IS_OPEN)
    pathway = np.repeat(np.arange(len(rows.first) - 1), np.diff(rows.first))[mine]
    start = as_of - rows.open_days[mine].astype(np.int64)
    key = ((pathway << PLACE_BITS | rows.place[mine].astype(np.int64)) << DAY_BITS) | start
    return key, np.ones(len(key), np.int64)


def open_after(known: Summed, out: Ints, come: Ints) -> Summed:
    """The open instances when some are open no more and others are."""
    one = np.concatenate([np.full(len(out), -1), np.ones(len(come), np.int64)])
    change = summed(np.concatenate([out, come]), one)
    at, here = found(known.keys, change.keys)
    count = known.added[0].copy()
    count[at[here]] += change.added[0][here]
    keys = np.insert(known.keys, at[~here], change.keys[~here])
    count = np.insert(count, at[~here], change.added[0][~here])
    there = count != 0
    return Summed(keys[there], (count[there],))


def open_entries(was: Summed, comes: Summed, before: Ground, ground: Ground) -> tuple[Entries, Entries]:
    """The open instances as entries, before and now, where the two differ: by how long they have been open.

    They stand in the month of the as-of day: where that is another than it was, all of them differ.
    """
    bands = np.array(ground.settings.open_age_bands, np.int64)
    size = len(was.keys) + len(comes.keys)
    key, weight = np.empty(size, np.int64), np.empty(size, np.int64)
    months = int(before.month_of[-1]), int(ground.month_of[-1])
    days = before.as_of, ground.as_of
    filled = _open_changes((was.keys, was.added[0]), (comes.keys, comes.added[0]), months, days, bands, key, weight)
    sides = []
    for month, mine in zip(months, (weight[:filled] < 0, weight[:filled] > 0), strict=True):
        told = summed(key[:filled][mine], np.abs(weight[:filled][mine]))
        place, count = (told.keys >> BAND_BITS) & ((1 << PLACE_BITS) - 1), told.added[0]
        pathway, band = told.keys >> (BAND_BITS + PLACE_BITS), told.keys & ((1 << BAND_BITS) - 1)
        sides.append(Entries(pathway, place, np.full(len(place), month), band, count, np.zeros(len(place), np.int64)))
    return sides[0], sides[1]


@compiled
def _band(key, as_of, bands):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """How long an instance has been open: the number of its band, from 1."""
    days = as_of - (key & ((1 << DAY_BITS) - 1))
    band = 1
    for limit in bands:
        band += limit < days
    return band


@compiled
def _open_changes(was, comes, months, as_of, bands, key, weight):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Write pathway, place and band of the open instances that are not as they were, and how many; returns how many.

    Those that were have a weight below zero.
    """
    i = j = filled = 0
    while i < len(was[0]) or j < len(comes[0]):
        left = j == len(comes[0]) or (i < len(was[0]) and was[0][i] <= comes[0][j])
        right = i == len(was[0]) or (j < len(comes[0]) and comes[0][j] <= was[0][i])
        known = was[0][i] if left else comes[0][j]
        bands_now = _band(known, as_of[0], bands), _band(known, as_of[1], bands)
        same = left and right and was[1][i] == comes[1][j] and bands_now[0] == bands_now[1] and months[0] == months[1]
        if left and not same:
            key[filled], weight[filled] = (known >> DAY_BITS) << BAND_BITS | bands_now[0], -was[1][i]
            filled += 1
        if right and not same:
            key[filled], weight[filled] = (known >> DAY_BITS) << BAND_BITS | bands_now[1], comes[1][j]
            filled += 1
        i += left
        j += right
    return filled


def net_entries(was: Entries, comes: Entries) -> tuple[Array, ...]:
    """What comes less what was; what is the same on both sides falls out."""
    keys = [(((side.pathway << 16 | side.place) << 16 | side.month) << SUB_BITS) | side.kind for side in (was, comes)]
    told = summed(np.concatenate(keys), np.concatenate([-was.n, comes.n]), np.concatenate([-was.hit, comes.hit]))
    n, hit = told.added
    there = (n != 0) | (hit != 0)
    key = told.keys[there]
    spot = key >> SUB_BITS
    return spot >> 32, (spot >> 16) & 0xFFFF, spot & 0xFFFF, key & ((1 << SUB_BITS) - 1), n[there], hit[there]


def _columns(parts: list[Values], spans: int, pathways: int) -> tuple[Array, ...]:
    """Values that have a month and days, as columns: those of `Rows`, then within and limited."""
    nothing = (*[np.empty(0, np.int64)] * 5, np.empty((0, spans), np.int64), *[np.empty(0, np.int64)] * 2)
    parts_of = [nothing]
    for values in parts:
        pathway = np.repeat(np.arange(len(values.first) - 1), np.diff(values.first))
        pathway += pathway == pathways  # "no pathway" stands behind those that are told together
        kept = np.flatnonzero((values.month >= 0) & (values.days != cube.NO_VALUE).any(axis=1))
        columns = (pathway, values.place, values.month, values.branch, values.person, values.days, values.within)
        parts_of.append(tuple(column[kept].astype(np.int64) for column in (*columns, values.limited)))
    return tuple(np.concatenate(column) for column in zip(*parts_of, strict=True))


def rows_of(values: Values | None, spans: int, pathways: int) -> Rows:
    """The rows of values that have a month; pathways: how many there are."""
    pathway, place, month, branch, person, days, *_ = _columns([] if values is None else [values], spans, pathways)
    return Rows(pathway, place, month, branch, person, days)


def netted(was: list[Values], comes: list[Values], spans: int, pathways: int) -> Netted:
    """Rows that come and rows that go."""
    sides = [_columns(side, spans, pathways) for side in (was, comes)]
    columns = [np.concatenate(pair) for pair in zip(*sides, strict=True)]
    weight = np.concatenate([np.full(len(side[0]), sign) for side, sign in zip(sides, (-1, 1), strict=True)])
    order, first = _alike(columns)
    total = np.add.reduceat(weight[order], first) if len(first) else weight[:0]
    kept = order[first[total != 0]]
    plain = [column[kept] for column in columns]
    return Netted(Rows(*plain[:6]), plain[6], plain[7], total[total != 0])


def _alike(columns: Sequence[Array]) -> tuple[Array, Array]:
    """Rows in an order that has alike ones together, and where in it each lot of them begins. Columns of numbers from 0
    on, some of several columns themselves.
    """
    packed: list[Array] = []
    room = 0
    for column in (single for one in columns for single in np.atleast_2d(one.T)):
        bits = int(column.max(initial=0)).bit_length()
        if not packed or bits > room:
            packed.append(np.zeros(len(column), np.int64))
            room = 63
        packed[-1] = packed[-1] << bits | column
        room -= bits
    order = np.lexsort(packed)
    first = np.zeros(len(order), np.bool_)
    for numbers in packed:
        first |= firsts(numbers[order])
    return order, np.flatnonzero(first)
