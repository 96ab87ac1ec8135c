"""What some patients gave the figures less what they give now: what is the same on both sides falls out."""

from __future__ import annotations

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

Array = npt.NDArray[Any]
Ints = npt.NDArray[np.int64]
DAY_BITS, PLACE_BITS = 24, 16


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
    told = summed(np.concatenate([known.keys, change.keys]), np.concatenate([known.added[0], change.added[0]]))
    there = told.added[0] != 0
    return Summed(told.keys[there], (told.added[0][there],))


def open_entries(known: Summed, ground: Ground) -> Entries:
    """The open instances as entries: by how long they have been open, in the month of the as-of day."""
    keys, count = known.keys, known.added[0]
    days = ground.as_of - (keys & ((1 << DAY_BITS) - 1))
    band = np.searchsorted(ground.settings.open_age_bands, days, side="left") + 1
    told = summed((keys >> DAY_BITS) << 8 | band, count)
    place = (told.keys >> 8) & ((1 << PLACE_BITS) - 1)
    month = np.full(len(place), int(ground.month_of[-1]))
    return Entries(
        told.keys >> (8 + PLACE_BITS), place, month, told.keys & 255, told.added[0], np.zeros(len(place), np.int64)
    )


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
    found = [nothing]
    for values in parts:
        pathway = np.repeat(np.arange(len(values.first) - 1), np.diff(values.first))
        pathway += pathway == pathways  # "no pathway" stands behind those that are told together
        kept = np.flatnonzero((values.month >= 0) & (values.days != cube.NO_VALUE).any(axis=1))
        columns = (pathway, values.place, values.month, values.branch, values.person, values.days, values.within)
        found.append(tuple(column[kept].astype(np.int64) for column in (*columns, values.limited)))
    return tuple(np.concatenate(column) for column in zip(*found, strict=True))


def rows_of(values: Values | None, spans: int, pathways: int) -> Rows:
    """The rows of values that have a month; pathways: how many there are."""
    pathway, place, month, branch, person, days, *_ = _columns([] if values is None else [values], spans, pathways)
    return Rows(pathway, place, month, branch, person, days)


def netted(was: list[Values], comes: list[Values], spans: int, pathways: int) -> Netted:
    """Rows that come and rows that go."""
    sides = [_columns(side, spans, pathways) for side in (was, comes)]
    columns = [np.concatenate(pair) for pair in zip(*sides, strict=True)]
    weight = np.concatenate([np.full(len(side[0]), sign) for side, sign in zip(sides, (-1, 1), strict=True)])
    matrix = np.column_stack(columns) if len(weight) else np.empty((0, 7 + spans), np.int64)
    distinct, back = np.unique(matrix, axis=0, return_inverse=True)
    total = np.bincount(back.ravel(), weight, len(distinct)).astype(np.int64)
    kept = distinct[total != 0]
    plain = [np.ascontiguousarray(kept[:, n]) for n in range(5)]
    rows = Rows(plain[0], plain[1], plain[2], plain[3], plain[4], np.ascontiguousarray(kept[:, 5 : 5 + spans]))
    return Netted(rows, kept[:, 5 + spans].copy(), kept[:, 6 + spans].copy(), total[total != 0])
