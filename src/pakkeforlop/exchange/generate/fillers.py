"""Courses that end without cancer: more than half of all registrations, and in no published share.

They are spread over pathways, units and time as the counted ones are, and make a data set of any size.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from pakkeforlop.exchange.generate.counted import places
from pakkeforlop.exchange.generate.courses import FILLER, Courses, Ints, new_courses
from pakkeforlop.exchange.generate.days import draw_days, to_working_day
from pakkeforlop.exchange.generate.world import NONE, SUFFIX, World, people
from pakkeforlop.vocabulary.calendar import NO_DAY

ENDINGS = ("CI", "CA", "CM", "X", "")
MIX = (0.55, 0.27, 0.08, 0.094, 0.006)
METASTASIS_ENDINGS = ("CI", "CA", "CK", "X", "")
METASTASIS_MIX = (0.22, 0.22, 0.45, 0.10, 0.01)
DIAGNOSTIC_OPEN = 0.04
ON_PAPERS = np.array([SUFFIX["CI"], SUFFIX["CM"], SUFFIX["CA"]])
PAPERS_ONLY = 0.07
"""These decisions need no attendance before them, and some are made from the papers alone."""


def cleared_per_counted(world: World) -> dict[str, float]:
    """How many courses end without cancer for each counted one, per pathway key."""
    table = people()
    usual = table["default"]["cleared"]
    return {key: table["pathway"].get(key, {}).get("cleared", usual) for key in world.keys}


def usual_number(world: World, leaves: pa.Table, as_of: int) -> int:
    """How many fillers the leaves of the share call for, in the periods up to `as_of`."""
    return int(_sizes(world, leaves, as_of)[0].sum())


def _sizes(
    world: World, leaves: pa.Table, as_of: int
) -> tuple[np.ndarray[tuple[int], np.dtype[np.float64]], Ints, Ints, Ints]:
    """How many fillers each leaf calls for, its pathway, and the days they can start on."""
    pathway = places(world.pathways, leaves["pathway"])
    first, last = (leaves[name].to_numpy().astype(np.int64) for name in ("period_from", "period_to"))
    share = np.clip((as_of + 1 - first) / (last + 1 - first), 0.0, 1.0)
    first = np.maximum(first, world.first_day[pathway])
    last = np.minimum(np.minimum(last, world.last_day[pathway]), as_of)
    counted = leaves["within"].to_numpy() + leaves["outside"].to_numpy()
    cleared = cleared_per_counted(world)
    size = counted * share * np.array([cleared[key] for key in world.keys])[pathway]
    return np.where(first <= last, size, 0.0), pathway, first, last


def filler_courses(
    rng: np.random.Generator, world: World, leaves: pa.Table, count: int, *, first_patient: int, as_of: int
) -> Courses:
    """`count` courses that end without cancer, or stay open; none starts after `as_of`."""
    size, pathway_of, first, last = _sizes(world, leaves, as_of)
    if not size.sum() or not count:
        return new_courses(0)
    edges = np.cumsum(size)
    cell = np.minimum(np.searchsorted(edges, rng.random(count) * edges[-1], side="right"), len(edges) - 1)
    pathway = pathway_of[cell]
    start = draw_days(rng, first[cell], last[cell])
    attendance = start + rng.gamma(1.3, 5.5, count).astype(np.int64)
    attendance = to_working_day(attendance, start, attendance + 3)
    decided = attendance + rng.gamma(1.5, 7.0, count).astype(np.int64)
    decided = to_working_day(decided, attendance, decided + 3)
    ending = _endings(rng, world, pathway)
    by_decision = (ending != NONE) & (ending != SUFFIX["X"])
    on_papers = by_decision & np.isin(ending, ON_PAPERS) & (rng.random(count) < PAPERS_ONLY)
    not_met = (ending == SUFFIX["X"]) & (rng.random(count) < 0.4)
    courses = new_courses(
        count,
        patient=first_patient + np.arange(count),
        pathway=pathway,
        unit=places(world.units, leaves["unit"])[cell],
        role=np.full(count, FILLER),
        start=start,
        attendance=np.where(on_papers | not_met, NO_DAY, attendance),
        ending=ending,
        end_day=np.where(ending == NONE, NO_DAY, decided),
        decision=np.where(by_decision, ending, NONE),
        decision_day=np.where(by_decision, decided, NO_DAY),
    )
    return courses


def _endings(rng: np.random.Generator, world: World, pathway: Ints) -> Ints:
    def drawn(names: tuple[str, ...], mix: tuple[float, ...]) -> Ints:
        return rng.choice([SUFFIX.get(name, NONE) for name in names], size=len(pathway), p=mix)

    found = drawn(ENDINGS, MIX)
    found = np.where(world.metastasis[pathway], drawn(METASTASIS_ENDINGS, METASTASIS_MIX), found)
    diagnostic = drawn(("X", ""), (1 - DIAGNOSTIC_OPEN, DIAGNOSTIC_OPEN))
    return np.where(world.to_decision[pathway], diagnostic, found)
