"""Faults planted on purpose, so that the checks have something to find and no figure changes.

A kind is named by the message it should give. On a counted course only what leaves its start, its unit and its
treatment alone may go wrong; what removes or moves a course is planted on courses that are meant to vanish.
A course gets one fault at most.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from pakkeforlop.exchange.generate.courses import EXTRA, FILLER, Courses, Ints
from pakkeforlop.exchange.generate.moves import Whereabouts
from pakkeforlop.exchange.generate.rows import UNKNOWN_CODES, Left, Rows, code_of, joined_rows, make_rows
from pakkeforlop.exchange.generate.world import (
    AA_FIRST_DAY,
    B_LAST_DAY,
    NONE,
    P_FIRST_DAY,
    SUFFIX,
    SUFFIXES,
    World,
)
from pakkeforlop.vocabulary.calendar import NO_DAY
from pakkeforlop.vocabulary.errors import UsageFault

Mask = npt.NDArray[np.bool_]
FIRST_DAY = 16436  # 2015-01-01
USUAL: dict[str, float] = {
    "100": 0.0004, "101": 0.0015, "102": 0.012, "103": 0.0001, "104": 0.0002, "105": 0.001, "106": 0.003, "107": 0.0008,
    "108": 0.012, "109": 0.004, "110": 0.008, "111": 0.003, "112": 0.002, "113": 0.004, "114": 0.001, "115": 0.0004,
    "116": 0.0, "117": 0.0, "118": 0.0002, "119": 0.001, "120": 0.001, "902": 0.001, "903": 0.002, "904": 0.003,
    "905": 0.0006, "906": 0.0002, "907": 0.0006, "908": 0.0006, "909": 0.0002, "910": 0.0002, "912": 0.0008,
    "late": 0.015, "correction": 0.02, "withdrawal": 0.002,
}  # fmt: skip
"""Share of all courses that get each kind; for the last three, of all registrations."""
OF_ROWS = ("late", "correction", "withdrawal")
TREATMENTS = np.array([SUFFIX[s] for s in ("FK", "FM", "FS", "FL", "FO", "FI")])
UNKNOWN_INSTITUTION = "999888777"


def fault_rates(given: Mapping[str, float] | float | None = None) -> dict[str, float]:
    """Rates of all kinds: the usual ones, all multiplied by one number, or single kinds set."""
    if given is None:
        return dict(USUAL)
    if isinstance(given, float | int):
        return {kind: min(rate * float(given), 0.5) for kind, rate in USUAL.items()}
    unknown = [kind for kind in given if kind not in USUAL]
    if unknown:
        raise UsageFault("unknown_fault_kind", name=unknown[0], known=list(USUAL))
    return {**USUAL, **given}


@dataclass
class Planting:
    """What is known while faults are planted, and what was planted.

    free: courses without a fault so far. only: the patient has no other course. alone: nor another of the same pathway.
    """

    rng: np.random.Generator
    world: World
    courses: Courses
    rates: Mapping[str, float]
    as_of: int
    where: Whereabouts | None = None
    free: Mask = field(init=False)
    only: Mask = field(init=False)
    alone: Mask = field(init=False)
    left: Left = field(init=False)
    hidden_patients: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    stale: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    wrong_age: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    planted: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        count = len(self.courses)
        self.free = self.courses.start <= self.as_of
        self.only = np.bincount(self.courses.patient)[self.courses.patient] == 1 if count else np.zeros(0, bool)
        several = np.flatnonzero(~self.only)
        key = self.courses.patient[several] * len(self.world.pathways) + self.courses.pathway[several]
        _, back, times = np.unique(key, return_inverse=True, return_counts=True)
        self.alone = self.only.copy()
        self.alone[several] = times[back] == 1
        self.left = Left(*(np.zeros(count, bool) for _ in range(4)))

    def choose(self, kind: str, eligible: Mask) -> Ints:
        """Courses that get the fault: as many as the rate says, among those where it may go."""
        wanted = round(self.rates.get(kind, 0.0) * len(self.courses))
        able = np.flatnonzero(eligible & self.free)
        chosen = np.sort(self.rng.choice(able, size=min(wanted, len(able)), replace=False)) if wanted else able[:0]
        self.free[chosen] = False
        self.planted[kind] = self.planted.get(kind, 0) + len(chosen)
        return chosen

    def days_in(self, first: Ints, last: Ints) -> Ints:
        """A day in each span, both ends inclusive."""
        return first + np.floor(self.rng.random(len(first)) * (last - first + 1)).astype(np.int64)


def spoil_courses(plan: Planting) -> None:
    """Faults that change a course or leave a code out. Before the registrations are made."""
    courses, world = plan.courses, plan.world
    treated = np.isin(courses.ending, TREATMENTS)
    finished = (courses.end_day != NO_DAY) & (courses.end_day <= plan.as_of)
    attended = courses.attendance != NO_DAY
    diagnostic, metastasis = world.to_decision[courses.pathway], world.metastasis[courses.pathway]
    organ = ~diagnostic & ~metastasis
    not_postponed = courses.postponed == NO_DAY
    real = treated & finished & attended & not_postponed
    plan.left.attendance[plan.choose("108", organ & real & (courses.decision == SUFFIX["CK"]))] = True
    plan.left.attendance[plan.choose("118", metastasis & real)] = True
    needs_attendance = np.isin(courses.ending, [SUFFIX[s] for s in ("CK", "CA", "CU")])
    plan.left.attendance[plan.choose("119", diagnostic & finished & attended & needs_attendance)] = True
    neither = plan.choose("109", real)
    plan.left.attendance[neither] = plan.left.decision[neither] = True
    plan.left.decision[plan.choose("110", real)] = True
    plan.left.decision[plan.choose("909", (courses.postponed != NO_DAY) & finished)] = True
    late = plan.choose("111", real & organ & (courses.end_day > courses.decision_day))
    courses.attendance[late] = plan.days_in(courses.decision_day[late] + 1, courses.end_day[late])
    filler = courses.role == FILLER
    plan.left.start[plan.choose("105", filler & plan.alone & attended & (courses.receiver == NONE))] = True
    early = plan.choose("907", (courses.start < AA_FIRST_DAY) & (courses.start > FIRST_DAY))
    courses.via_specialist[early] = 1
    _spoil_long_ones(plan, filler & plan.alone & finished)
    plan.hidden_patients = courses.patient[plan.choose("100", filler & plan.only)]
    grown = plan.choose("116", filler & world.children[courses.pathway] & plan.only)
    young = plan.choose("117", filler & ~world.children[courses.pathway] & plan.only)
    plan.wrong_age = courses.patient[np.concatenate([grown, young])]


def _spoil_long_ones(plan: Planting, cleared: Mask) -> None:
    """Open courses that a new start meets long after (905), and decisions years after the start (906)."""
    courses = plan.courses
    lasting = plan.world.last_day[courses.pathway] > plan.as_of
    stale = plan.choose("905", cleared & lasting & (courses.receiver == NONE) & (courses.start < plan.as_of - 600))
    courses.ending[stale] = courses.decision[stale] = NONE
    courses.end_day[stale] = courses.decision_day[stale] = NO_DAY
    slow = plan.choose(
        "906", cleared & lasting & (courses.decision == courses.ending) & (courses.start < plan.as_of - 1000)
    )
    courses.end_day[slow] = courses.decision_day[slow] = courses.start[slow] + plan.rng.integers(740, 990, len(slow))
    plan.stale = stale


def further_rows(plan: Planting) -> Rows:
    """Faults that are registrations too many. After `spoil_courses`, when it is known where things happened."""
    parts = [rows for make in _FURTHER for rows in make(plan)]
    found = joined_rows(parts)
    return found.take((found.day == NO_DAY) | (found.day <= plan.as_of))


def _row(plan: Planting, chosen: Ints, suffix: Ints | int, day: Ints) -> Rows:
    assert plan.where is not None
    return make_rows(chosen, code_of(plan.courses.pathway[chosen], suffix), day, plan.where.began[chosen])


def _repeats(plan: Planting) -> list[Rows]:
    """102: the start, the attendance or the decision a second time, at the same place."""
    courses = plan.courses
    ended = (courses.end_day != NO_DAY) & (courses.attendance != NO_DAY) & (courses.end_day <= plan.as_of)
    still = ended & (courses.receiver == NONE) & (courses.end_day > courses.attendance)
    chosen = plan.choose("102", still & ~plan.left.attendance & ~plan.left.decision)
    which = plan.rng.integers(0, 3, len(chosen))
    start, attendance, end = courses.start[chosen], courses.attendance[chosen], courses.end_day[chosen]
    on_treatment = np.isin(courses.ending[chosen], TREATMENTS) & (courses.decision_day[chosen] < end)
    decided = (which == 2) & on_treatment
    suffix = np.where(which == 1, SUFFIX["S"], SUFFIX["A"])
    day = np.where(which == 1, plan.days_in(attendance, end - 1), plan.days_in(start, end - 1))
    suffix = np.where(decided, courses.decision[chosen], suffix)
    day = np.where(decided, plan.days_in(np.where(decided, courses.decision_day[chosen], end - 1), end - 1), day)
    return [_row(plan, chosen, suffix, day)]


def _after_the_end(plan: Planting) -> list[Rows]:
    """112, 113, 114: a code after the one that ended the course; 908: a new start soon after a treatment."""
    courses = plan.courses
    ended = plan.alone & (courses.end_day != NO_DAY) & (courses.end_day <= plan.as_of - 25)
    ended &= plan.world.last_day[courses.pathway] > plan.as_of
    parts = []
    kinds = {
        "112": courses.ending == courses.decision,
        "113": np.isin(courses.ending, TREATMENTS),
        "114": courses.ending == SUFFIX["X"],
    }
    for kind, right in kinds.items():
        chosen = plan.choose(kind, ended & right)
        parts.append(_row(plan, chosen, SUFFIX["S"], courses.end_day[chosen] + plan.rng.integers(1, 21, len(chosen))))
    untreated = np.isin(courses.ending, [SUFFIX["FL"], SUFFIX["FI"]]) & (courses.role == EXTRA)
    again = plan.choose("908", ended & untreated & (courses.end_day <= plan.as_of - 100))
    day = courses.end_day[again] + plan.rng.integers(1, 81, len(again))
    return [*parts, _row(plan, again, SUFFIX["A"], day), _row(plan, again, SUFFIX["CI"], day + 7)]


def _before_the_start(plan: Planting) -> list[Rows]:
    """106: an attendance before the start; 103, 104, 115: a start before the pathway was introduced."""
    courses, world = plan.courses, plan.world
    first = world.first_day[courses.pathway]
    early = plan.choose("106", plan.alone & (courses.start - 1 >= first) & ~plan.left.start)
    before = np.maximum(courses.start[early] - plan.rng.integers(1, 11, len(early)), first[early])
    parts = [_row(plan, early, SUFFIX["S"], before)]
    near = (courses.role == FILLER) & plan.alone & (first > FIRST_DAY) & (courses.start < first + 200)
    families = {
        "103": world.metastasis[courses.pathway],
        "104": world.to_decision[courses.pathway],
        "115": ~world.metastasis[courses.pathway] & ~world.to_decision[courses.pathway],
    }
    for kind, family in families.items():
        chosen = plan.choose(kind, near & family)
        day = np.maximum(first[chosen] - plan.rng.integers(1, 60, len(chosen)), FIRST_DAY)
        parts.append(_row(plan, chosen, SUFFIX["A"], day))
    return parts


def _wrong_codes(plan: Planting) -> list[Rows]:
    """101: no such code; 107: no date; 120: a biopsy after the code was withdrawn; 910: C01P; 902: two decisions."""
    courses = plan.courses
    chosen = plan.choose("101", np.ones(len(courses), bool))
    unknown = make_rows(
        chosen,
        len(plan.world.pathways) * len(SUFFIXES) + plan.rng.integers(0, len(UNKNOWN_CODES), len(chosen)),
        courses.start[chosen],
        plan.where.began[chosen] if plan.where else chosen,
    )
    undated = plan.choose("107", courses.attendance != NO_DAY)
    lapsed = plan.choose("120", (courses.start > B_LAST_DAY) & (courses.attendance != NO_DAY))
    kept_on = plan.world.last_day[courses.pathway] > plan.as_of
    diagnostic = plan.world.to_decision[courses.pathway] & (courses.start >= P_FIRST_DAY) & kept_on
    postponed = plan.choose("910", diagnostic & (courses.end_day != NO_DAY))
    cleared = np.isin(courses.ending, [SUFFIX["CI"], SUFFIX["CA"]]) & (courses.role == FILLER)
    cleared &= (courses.attendance != NO_DAY) & (courses.decision_day > courses.attendance)
    cleared &= courses.end_day <= plan.as_of
    cleared &= ~plan.world.to_decision[courses.pathway] & ~plan.world.metastasis[courses.pathway]
    twice = plan.choose("902", cleared)
    return [
        unknown,
        _row(plan, undated, SUFFIX["S"], np.full(len(undated), NO_DAY)),
        _row(plan, lapsed, SUFFIX["B"], courses.attendance[lapsed]),
        _row(plan, postponed, SUFFIX["P"], courses.start[postponed]),
        _row(plan, twice, SUFFIX["CK"], plan.days_in(courses.attendance[twice], courses.decision_day[twice] - 1)),
    ]


def _sent_nowhere(plan: Planting) -> list[Rows]:
    """903: sent on, and nobody received the patient; 905: the new start at a course that was left open."""
    courses = plan.courses
    cleared = (courses.role == FILLER) & (courses.receiver == NONE) & (courses.end_day != NO_DAY)
    lost = plan.choose("903", cleared & (courses.end_day > courses.start) & (courses.end_day < plan.as_of - 60))
    stale = plan.stale
    last = np.maximum(courses.start[stale], courses.attendance[stale])
    return [
        _row(plan, lost, SUFFIX["O"], plan.days_in(courses.start[lost], courses.end_day[lost] - 1)),
        _row(plan, stale, SUFFIX["A"], last + plan.rng.integers(367, 420, len(stale))),
    ]


def leave_unsent(plan: Planting) -> None:
    """904: the patient was received elsewhere, and nobody had sent them."""
    moved = (plan.courses.receiver != NONE) & (plan.courses.receiver != plan.courses.unit)
    plan.left.sending[plan.choose("904", moved & (plan.courses.received <= plan.as_of))] = True


def unknown_places(plan: Planting, rows: Rows, institution: int) -> None:
    """912: an organisation number that nobody has, on attendances."""
    at = plan.choose("912", plan.courses.attendance != NO_DAY)
    hit = np.isin(rows.course, at) & (rows.code % len(SUFFIXES) == SUFFIX["S"])
    rows.institution[hit & (rows.code < len(plan.world.pathways) * len(SUFFIXES))] = institution


_FURTHER: tuple[Callable[[Planting], list[Rows]], ...] = (
    _repeats, _after_the_end, _before_the_start, _wrong_codes, _sent_nowhere,
)  # fmt: skip
