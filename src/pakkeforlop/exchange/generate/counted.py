"""Courses that the shares count: one per pathway in a leaf, with days that put it on the right side of its limit."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pakkeforlop.exchange.generate.courses import COUNTED, Courses, Ints, new_courses
from pakkeforlop.exchange.generate.days import draw_days, is_free, to_working_day
from pakkeforlop.exchange.generate.world import (
    BRANCHES,
    ENDING_OF_BRANCH,
    NONE,
    SUFFIX,
    World,
)
from pakkeforlop.vocabulary.calendar import day_of
from pakkeforlop.vocabulary.errors import InternalFault

ROUNDS = 60
PLAIN_FROM = 40
"""From this round on, weekends and likely lengths no longer matter."""
LONGEST = 330
Mask = npt.NDArray[np.bool_]


def counted_courses(rng: np.random.Generator, world: World, leaves: pa.Table) -> Courses:
    """A course per pathway counted in the leaves of the share: start and end drawn, the steps between still empty."""
    cells = _cells(world, leaves)
    start, end = _draw_span(rng, world, cells)
    to_decision = world.to_decision[cells["pathway"]]
    ending = np.where(to_decision, _diagnostic_endings(rng, len(start)), ENDING_OF_BRANCH[cells["branch"]])
    decision = np.where(world.metastasis[cells["pathway"]], SUFFIX["CU"], SUFFIX["CK"])
    return new_courses(
        len(start),
        patient=np.arange(len(start)),
        pathway=cells["pathway"],
        unit=cells["unit"],
        role=np.full(len(start), COUNTED),
        start=start,
        end_day=end,
        ending=ending,
        decision=np.where(to_decision, ending, decision),
    )


def _cells(world: World, leaves: pa.Table) -> dict[str, Ints]:
    """One entry per counted course: pathway, unit, branch, first and last day of the period, within (1) or late (0)."""
    pathway = places(world.pathways, leaves["pathway"])
    unit = places(world.units, leaves["unit"])
    branch = places(BRANCHES, leaves["branch"])
    times = {"first": leaves["period_from"].to_numpy(), "last": leaves["period_to"].to_numpy()}
    columns = {"pathway": pathway, "unit": unit, "branch": branch, **times}
    parts = []
    for side, within in (("within", 1), ("outside", 0)):
        count = leaves[side].to_numpy()
        repeated = {name: np.repeat(np.asarray(column, dtype=np.int64), count) for name, column in columns.items()}
        parts.append(repeated | {"within": np.full(int(count.sum()), within, dtype=np.int64)})
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def places(names: tuple[str, ...], column: pa.ChunkedArray) -> Ints:
    """The place of each text of a column among `names`."""
    number = {name: place for place, name in enumerate(names)}
    encoded = column.combine_chunks().dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    at: Ints = np.array([number[name] for name in encoded.dictionary.to_pylist()], dtype=np.int64)
    return np.asarray(at[np.asarray(encoded.indices)])


def _diagnostic_endings(rng: np.random.Generator, count: int) -> Ints:
    kinds = np.array([SUFFIX[suffix] for suffix in ("CK", "CU", "CA", "CI")])
    return np.asarray(rng.choice(kinds, size=count, p=[0.34, 0.04, 0.34, 0.28]))


def _draw_span(rng: np.random.Generator, world: World, cells: dict[str, Ints]) -> tuple[Ints, Ints]:
    """Start and end of each course. Draw, judge by the limit in force at the start, draw again what breaks a rule."""
    count = len(cells["pathway"])
    start, end = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    left = np.arange(count)
    for turn in range(ROUNDS):
        if not len(left):
            return start, end
        part = {name: column[left] for name, column in cells.items()}
        last = np.minimum(part["last"], world.last_day[part["pathway"]])
        ends = draw_days(rng, part["first"], last) if turn < PLAIN_FROM else rng.integers(part["first"], last + 1)
        starts = ends - _draw_length(rng, world, part, ends, plain=turn >= PLAIN_FROM)
        fine = _fits(world, part, starts, ends)
        if turn < PLAIN_FROM:
            fine &= ~is_free(starts) | (rng.random(len(left)) < 0.06)
        start[left[fine]], end[left[fine]] = starts[fine], ends[fine]
        left = left[~fine]
    for place in left:
        start[place], end[place] = _search(world, {name: column[place : place + 1] for name, column in cells.items()})
    return start, end


def _draw_length(rng: np.random.Generator, world: World, part: dict[str, Ints], ends: Ints, *, plain: bool) -> Ints:
    """Days from start to end, around the limit that holds at the end; the limit at the start judges them later."""
    limit = np.maximum(world.limit(part["pathway"], part["branch"], ends), 1)
    count = len(ends)
    if plain:
        short, late = rng.random(count) * (limit + 1), limit + 1 + rng.random(count) * limit
    else:
        short = (limit + 1) * rng.beta(2.6, 1.5, count)
        late = limit + 1 + rng.gamma(1.1, 0.32 * limit + 5)
    return np.minimum(np.where(part["within"] == 1, short, late), LONGEST).astype(np.int64)


def _fits(world: World, part: dict[str, Ints], starts: Ints, ends: Ints) -> Mask:
    limit = world.limit(part["pathway"], part["branch"], starts)
    right = ((ends - starts) <= limit) == (part["within"] == 1)
    alive = (starts >= world.first_day[part["pathway"]]) & (ends <= world.last_day[part["pathway"]])
    fine: Mask = right & alive & (limit != NONE)
    return fine


def _search(world: World, one: dict[str, Ints]) -> tuple[int, int]:
    """Any start and end that fit, by trying all; a fault that names the leaf when there are none."""
    last = min(int(one["last"][0]), int(world.last_day[one["pathway"][0]]))
    ends = np.repeat(np.arange(int(one["first"][0]), last + 1), LONGEST)
    starts = ends - np.tile(np.arange(LONGEST), len(ends) // LONGEST)
    part = {name: np.broadcast_to(column, len(ends)) for name, column in one.items()}
    fine = np.flatnonzero(_fits(world, part, starts, ends))
    if not len(fine):
        raise InternalFault(
            "leaf_not_drawn",
            days="within" if one["within"][0] else "late",
            pathway=world.pathways[one["pathway"][0]],
            branch=BRANCHES[one["branch"][0]],
            unit=world.units[one["unit"][0]],
            period=f"{day_of(int(one['first'][0]))} – {day_of(int(one['last'][0]))}",
        )
    chosen = int(fine[len(fine) // 2])
    return int(starts[chosen]), int(ends[chosen])


def add_steps(rng: np.random.Generator, world: World, courses: Courses) -> None:
    """First attendance and decision between start and end, by the usual parts of the time; ties are allowed."""
    span = courses.end_day - courses.start
    usual = world.phase[courses.pathway]
    first = np.clip(usual[:, 0] * np.exp(rng.normal(0, 0.4, len(courses))), 0, 1)
    second = np.clip((usual[:, 1] - usual[:, 0]) * np.exp(rng.normal(0, 0.3, len(courses))), 0, 1)
    ends_by_decision = courses.decision == courses.ending
    together = np.where(ends_by_decision, 1.0, np.minimum(first + second, 1.0))
    decided = courses.start + np.rint(span * together).astype(np.int64)
    attended = courses.start + np.floor(span * np.minimum(first, together)).astype(np.int64)
    courses.decision_day = np.where(
        ends_by_decision, courses.end_day, to_working_day(decided, courses.start, courses.end_day)
    )
    courses.attendance = to_working_day(np.minimum(attended, courses.decision_day), courses.start, courses.decision_day)
