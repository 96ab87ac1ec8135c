"""Courses to registrations: one row per code, in columns of whole numbers."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from pakkeforlop.exchange.generate.courses import Courses, Ints
from pakkeforlop.exchange.generate.moves import Whereabouts
from pakkeforlop.exchange.generate.world import B_LAST_DAY, NONE, SUFFIX, SUFFIXES, World
from pakkeforlop.vocabulary.calendar import NO_DAY

DAY_SECONDS = 86_400
BIOPSIES = 0.55
"""Share of courses with the biopsy code, while it was in use."""
Mask = npt.NDArray[np.bool_]
NO_CODE = -1
UNKNOWN_CODES = ("A01F1", "A27A", "A99S", "B01CM", "A01CU", "C01FK", "A16", "A12FKK")
"""Codes that no list knows; numbered after the real ones."""


@dataclass
class Rows:
    """Registrations. code: place among all codes (-1: none, a withdrawal); registered: seconds since 1970."""

    course: npt.NDArray[np.int32]
    code: npt.NDArray[np.int16]
    day: npt.NDArray[np.int32]
    institution: npt.NDArray[np.int16]
    registered: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.course)

    def take(self, chosen: Mask | Ints) -> Rows:
        """The rows chosen, in that order."""
        return Rows(*(getattr(self, field.name)[chosen] for field in fields(self)))


def joined_rows(parts: list[Rows]) -> Rows:
    """Rows of all parts, one after the other."""
    return Rows(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Rows)))


def make_rows(course: Ints, code: Ints, day: Ints, institution: Ints) -> Rows:
    """Rows that are not registered yet."""
    return Rows(
        np.asarray(course, np.int32),
        np.asarray(code, np.int16),
        np.asarray(day, np.int32),
        np.asarray(institution, np.int16),
        np.zeros(len(course), np.int64),
    )


@dataclass
class Left:
    """Codes that a planted fault leaves out: one mark per course."""

    start: Mask
    attendance: Mask
    decision: Mask
    sending: Mask


def code_of(pathway: Ints, suffix: Ints | int) -> Ints:
    """The number of a code."""
    return pathway * len(SUFFIXES) + suffix


def rows_of(
    rng: np.random.Generator, world: World, courses: Courses, where: Whereabouts, left: Left, as_of: int
) -> Rows:
    """Every code of the courses that was set by `as_of` and while its pathway was in use."""
    every = np.arange(len(courses))
    biopsy = _biopsy_days(rng, courses)
    own_ending = (courses.ending != NONE) & (courses.ending != courses.decision)
    treated_by_radiation = courses.ending == SUFFIX["FS"]
    start_code = np.where(courses.via_specialist == 1, SUFFIX["AA"], SUFFIX["A"])
    parts = []
    steps: list[tuple[Ints | int, Ints, Mask]] = [
        (start_code, courses.start, ~left.start),
        (SUFFIX["S"], courses.attendance, ~left.attendance),
        (SUFFIX["B"], biopsy, np.ones(len(courses), bool)),
        (SUFFIX["O"], courses.sent, ~left.sending),
        (SUFFIX["A"], courses.received, np.ones(len(courses), bool)),
        (courses.decision, courses.decision_day, ~left.decision & (courses.decision != NONE)),
        (SUFFIX["P"], courses.postponed, np.ones(len(courses), bool)),
        (courses.ending, courses.end_day, own_ending),
    ]
    for number, (suffix, day, allowed) in enumerate(steps):
        wanted = allowed & (day != NO_DAY) & (day <= as_of) & (day <= world.last_day[courses.pathway])
        chosen = every[wanted]
        codes = code_of(courses.pathway, suffix)[chosen]
        parts.append(
            make_rows(chosen, codes, day[chosen], _place(number, courses, where, treated_by_radiation, chosen, day))
        )
    return joined_rows(parts)


def _biopsy_days(rng: np.random.Generator, courses: Courses) -> Ints:
    taken = (courses.attendance != NO_DAY) & (courses.decision_day != NO_DAY) & (rng.random(len(courses)) < BIOPSIES)
    room = np.where(taken, courses.decision_day - courses.attendance, 0)
    day = courses.attendance + (room * rng.random(len(courses))).astype(np.int64)
    return np.where(taken & (day <= B_LAST_DAY), day, NO_DAY)


def _place(step: int, courses: Courses, where: Whereabouts, radiation: Mask, chosen: Ints, day: Ints) -> Ints:
    """The institution of a step: where the course began until the patient was received elsewhere."""
    began, received = where.began[chosen], where.received[chosen]
    if step in (0, 3):
        return began
    if step == 4:
        return received
    there = (received != NONE) & (day[chosen] >= courses.received[chosen])
    place = np.where(there, received, began)
    if step == 7:
        place = np.where(radiation[chosen], where.radiotherapy[chosen], place)
    return place


def register(rng: np.random.Generator, rows: Rows, late_share: float, as_of: int) -> None:
    """When each row was entered: mostly the same day or the next ones, some weeks later, a few months later."""
    count = len(rows)
    luck = rng.random(count)
    delay = np.zeros(count, dtype=np.int64)
    for low, high, share in ((0, 1, 0.55), (1, 4, 0.85), (4, 15, 0.965), (15, 50, 1.0)):
        part = (luck < share) & (luck >= (0 if low == 0 else (0.55, 0.85, 0.965)[(1, 4, 15).index(low)]))
        delay[part] = rng.integers(low, high, int(part.sum()))
    late = rng.random(count) < late_share
    delay[late] = rng.integers(60, 400, int(late.sum()))
    clock = rng.integers(7 * 3600, 16 * 3600, count)
    day = rows.day.astype(np.int64)
    known = day != NO_DAY
    base = np.where(known, day, as_of - 30)
    end = (as_of + 1) * DAY_SECONDS - 1
    registered = (base + delay) * DAY_SECONDS + clock
    over = registered > end
    earliest = base[over] * DAY_SECONDS + 7 * 3600
    registered[over] = earliest + ((end - earliest) * rng.random(int(over.sum()))).astype(np.int64)
    rows.registered = registered
