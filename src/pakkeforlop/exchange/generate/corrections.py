"""Corrections and withdrawals: rows that a later row of the same registration replaces."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from pakkeforlop.exchange.generate.courses import Ints
from pakkeforlop.exchange.generate.rows import DAY_SECONDS, NO_CODE, Rows, joined_rows
from pakkeforlop.exchange.generate.world import SUFFIX, SUFFIXES, World
from pakkeforlop.vocabulary.calendar import NO_DAY

FIRST_DAY = 16436  # 2015-01-01
SHIFT, WAIT = 9, 45
"""A wrong date is this many days off at most; a correction comes within this many days."""


def corrected(
    rng: np.random.Generator,
    world: World,
    rows: Rows,
    rates: Mapping[str, float],
    planted: dict[str, int],
    as_of: int,
) -> tuple[Rows, Ints]:
    """Rows (in order of entry) with earlier wrong versions put before some, and some entered by mistake and withdrawn.

    Gives all rows in order of entry, and the number of the registration that each belongs to.
    """
    count = len(rows)
    last = (as_of + 1) * DAY_SECONDS - 1
    later = rows.registered + rng.integers(1, WAIT, count) * DAY_SECONDS
    able = (later <= last) & (rows.day != NO_DAY)
    wrong_first = np.flatnonzero(able & (rng.random(count) < rates["correction"]))
    mistakes = np.flatnonzero(able & (rng.random(count) < rates["withdrawal"]))
    planted["correction"], planted["withdrawal"] = len(wrong_first), len(mistakes)
    wrong = _wrong_versions(rng, world, rows.take(wrong_first), as_of)
    rows.registered[wrong_first] = later[wrong_first]
    entered = rows.take(mistakes)
    entered.registered = entered.registered.copy()
    withdrawn = rows.take(mistakes)
    withdrawn.code = np.full(len(mistakes), NO_CODE, np.int16)
    withdrawn.registered = later[mistakes]
    over = np.isin(mistakes, wrong_first)
    entered.registered[over] = rows.registered[mistakes[over]] - DAY_SECONDS // 2
    withdrawn.registered[over] = np.minimum(rows.registered[mistakes[over]] + 60, last)
    fresh = count + np.arange(len(mistakes))
    ids = np.concatenate([np.arange(count), wrong_first, fresh, fresh])
    every = joined_rows([rows, wrong, entered, withdrawn])
    order = np.lexsort((ids, every.registered))
    return every.take(order), 1 + ids[order]


def _wrong_versions(rng: np.random.Generator, world: World, rows: Rows, as_of: int) -> Rows:
    """What was entered first: another date, or another code of the same pathway."""
    count = len(rows)
    shift = rng.integers(1, SHIFT, count) * rng.choice([-1, 1], count)
    rows.day = np.clip(rows.day + shift, FIRST_DAY, as_of).astype(np.int32)
    known = rows.code < len(world.codes)
    other = known & (rng.random(count) < 0.2)
    swapped = (rows.code // len(SUFFIXES)) * len(SUFFIXES) + SUFFIX["S"]
    rows.code = np.where(other, swapped, rows.code).astype(np.int16)
    return rows
