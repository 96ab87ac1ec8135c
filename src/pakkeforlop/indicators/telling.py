"""Cells by key as the table of figures: what a key stands for gets its name, as in a whole run."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pakkeforlop.indicators import cube
from pakkeforlop.indicators.compute import Figures
from pakkeforlop.indicators.counts import BELOW, INCLUSION, MESSAGES, OPEN, Told
from pakkeforlop.indicators.ground import STEPS
from pakkeforlop.indicators.printed import PERSON, SPOT, SUB_BITS, WHAT_BITS, Spot, read_keys
from pakkeforlop.indicators.tally import Counted
from pakkeforlop.indicators.times import Told as TimesTold

Array = npt.NDArray[Any]
Columns = dict[str, Array]

WHAT = (
    "pathways_started", "pathways_decided", "pathways_completed", "pathways_postponed", "missing_first_attendance",
    "missing_decision", "missing_treatment", OPEN, INCLUSION, MESSAGES, BELOW,
)  # fmt: skip
"""The figures of counts, by their numbers in keys."""

WITH_HITS = ("missing_first_attendance", "missing_decision", "missing_treatment", INCLUSION)
"""Those that are a share."""


def whats(keys: Array) -> Array:
    """Which figure each key is of."""
    return (keys >> SUB_BITS) & ((1 << WHAT_BITS) - 1)


def beside(keys: Array, key: str) -> Array:
    """The first key of another figure at the same spots."""
    return (keys >> SPOT << SPOT) | (WHAT.index(key) << SUB_BITS)


def table_of(figures: Figures, width: int, times: tuple[Array, Columns], counts: tuple[Array, Columns]) -> pa.Table:
    """Cells with the columns of indicators.csv: times (n, within, limited, median, p90) and counts (n, hit, under).

    width: of the age groups; under: how many registrations stand at the spot of a message.
    """
    frame = figures.ground.frame()
    spans = len(figures.times.spans)
    groups = figures.times.groups_of_people
    group_of = np.zeros(PERSON + 3 * width, np.int64)
    group_of[[PERSON + sex * width + age for sex, age in groups]] = np.arange(len(groups))
    keys, columns = times
    late, people = whats(keys) >= spans, read_keys(keys).sub >= PERSON
    plain, by_person, delays = (
        _by_pathway(keys[mine], {name: column[mine] for name, column in columns.items()}, group_of)
        for mine in (~late & ~people, people, late)
    )
    figures.times.name(frame, TimesTold(plain, by_person))
    figures.counts.name(frame, _counted(figures, *counts))
    figures.times.name_delays(frame, delays)
    return frame.table()


def _counted(figures: Figures, keys: Array, columns: Columns) -> list[Told]:
    spot = read_keys(keys)
    found = []
    for what, key in enumerate(WHAT):
        mine = np.flatnonzero(spot.what == what)
        if key == BELOW or not len(mine):
            continue
        kind, names = spot.sub[mine], figures.counts.names.get(key, ("",))
        if key == MESSAGES:
            numbers, kind = np.unique(kind, return_inverse=True)
            names = tuple(map(str, numbers))
        cells = Counted(
            kind, spot.pathway[mine], spot.unit[mine], spot.period[mine], columns["n"][mine],
            columns["hit"][mine] if key in WITH_HITS else None, columns["under"][mine] if key == MESSAGES else None,
        )  # fmt: skip
        found.append(Told(key, names, spot.level[mine], np.array(STEPS)[spot.step[mine]], cells))
    return found


def _by_pathway(keys: Array, columns: Columns, group_of: Array) -> list[cube.Cells]:
    """Cells in parts of one pathway each, by span."""
    spot = read_keys(keys)
    order = np.argsort(spot.pathway << WHAT_BITS | spot.what, kind="stable")
    spot = Spot(*(column[order] for column in spot))
    branch = np.where(spot.sub >= PERSON, group_of[spot.sub], spot.sub)
    n, within, median, p90, limited = (columns[name][order] for name in ("n", "within", "median", "p90", "limited"))
    whole = cube.Cells(
        spot.pathway, spot.what, spot.level, spot.unit, branch, np.array(STEPS)[spot.step], spot.period, n, within,
        median, p90, limited,
    )  # fmt: skip
    edges = np.flatnonzero(np.diff(spot.pathway, prepend=-1, append=-1))
    return [cube.Cells(*(column[low:high] for column in whole)) for low, high in pairwise(edges)]
