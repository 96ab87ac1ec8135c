"""New cancer patients: who of them is in a pathway, who is not, and the pathways made for those that need one.

A leaf of the inclusion share holds new patients by the tertial of their first contact. Those in a pathway are found
among the counted courses of the unit whose start lies near such a contact; where there are too few, courses that no
share counts are made (palliative, no treatment, broken off, postponed by the patient, a kind without a limit).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pakkeforlop.exchange.generate.counted import places
from pakkeforlop.exchange.generate.courses import EXTRA, Courses, Ints, new_courses, rank_within
from pakkeforlop.exchange.generate.days import draw_days, to_working_day
from pakkeforlop.exchange.generate.world import (
    BRANCH,
    ENDING_OF_BRANCH,
    NONE,
    P_FIRST_DAY,
    SUFFIX,
    World,
    people,
)
from pakkeforlop.vocabulary.calendar import NO_DAY

NEAR_BEFORE, NEAR_AFTER = 40, 150
"""A contact may be moved to this many days before or after the start of the course; well inside the windows."""
LONGEST_COURSE = 300
OPEN, UNTREATED, BROKEN, PALLIATIVE, POSTPONED, OTHER_KIND = range(6)
EXTRA_MIX = (0.01, 0.20, 0.17, 0.35, 0.17, 0.10)
"""How often extra courses are open, without treatment, broken off, palliative, postponed, of a kind without limit."""


@dataclass(frozen=True)
class Contacts:
    """First contacts with a new cancer: the patient, the pathway it belongs to, the day and the unit."""

    patient: Ints
    pathway: Ints
    day: Ints
    unit: Ints

    def __len__(self) -> int:
        return len(self.patient)


@dataclass(frozen=True)
class Newcomers:
    """The contacts, which of the counted courses have one (with its day), and the courses made for the others."""

    contacts: Contacts
    contact_of_counted: Ints
    extra: Courses
    contact_of_extra: Ints
    outside: Contacts


@dataclass(frozen=True)
class _Cells:
    """Leaves of the inclusion share: key = (pathway, unit, period) as one number, and how many are wanted."""

    keys: Ints
    inside: Ints
    outside: Ints
    pathway: Ints
    unit: Ints
    period: Ints
    first: Ints  # first day of each period, in order
    last: Ints


def newcomers(rng: np.random.Generator, world: World, leaves: pa.Table, counted: Courses) -> Newcomers:
    """Patients of the leaves of the inclusion share. Patient numbers go on from those of the counted courses."""
    cells = _cells(world, leaves)
    contact, lacking = _contacts_of(rng, world, cells, counted)
    extra, extra_contact = _extra_courses(rng, world, cells, lacking, first_patient=len(counted))
    outside = _outside(rng, world, cells, first_patient=len(counted) + len(extra))
    have = np.flatnonzero(contact != NO_DAY)
    every = Contacts(
        patient=np.concatenate([counted.patient[have], extra.patient, outside.patient]),
        pathway=np.concatenate([counted.pathway[have], extra.pathway, outside.pathway]),
        day=np.concatenate([contact[have], extra_contact, outside.day]),
        unit=np.concatenate([counted.unit[have], extra.unit, outside.unit]),
    )
    return Newcomers(every, contact, extra, extra_contact, outside)


def _cells(world: World, leaves: pa.Table) -> _Cells:
    pathway, unit = places(world.pathways, leaves["pathway"]), places(world.units, leaves["unit"])
    first, last = (leaves[name].to_numpy().astype(np.int64) for name in ("period_from", "period_to"))
    begins, period = np.unique(first, return_inverse=True)
    ends = np.zeros(len(begins), dtype=np.int64)
    ends[period] = last
    keys = (pathway * len(world.units) + unit) * max(len(begins), 1) + period
    inside, outside = (leaves[name].to_numpy().astype(np.int64) for name in ("within", "outside"))
    order = np.argsort(keys)
    return _Cells(
        keys[order], inside[order], outside[order], pathway[order], unit[order], period[order].astype(np.int64),
        first=begins, last=ends,
    )  # fmt: skip


def _contacts_of(rng: np.random.Generator, world: World, cells: _Cells, counted: Courses) -> tuple[Ints, Ints]:
    """The contact day of each counted course (NO_DAY for those without), and how many each cell still lacks."""
    contact = np.full(len(counted), NO_DAY, dtype=np.int64)
    lacking = cells.inside.copy()
    if not len(cells.keys):
        return contact, lacking
    share = rng.beta(2.5, 1.5, len(counted))
    natural = counted.start + np.floor((counted.decision_day - counted.start) * share).astype(np.int64)
    here = np.searchsorted(cells.first, natural, side="right") - 1
    for shift in (0, 1, -1):
        period = here + shift
        real = (period >= 0) & (period < len(cells.first)) & (contact == NO_DAY)
        bounded = np.clip(period, 0, len(cells.first) - 1)
        low = np.maximum(cells.first[bounded], counted.start - NEAR_BEFORE)
        high = np.minimum(cells.last[bounded], counted.start + NEAR_AFTER)
        day = np.clip(natural, low, high)
        real &= (low <= high) & ((shift != 0) | (day == natural))
        tried = np.flatnonzero(real)
        key = (counted.pathway[tried] * len(world.units) + counted.unit[tried]) * len(cells.first) + period[tried]
        cell = np.searchsorted(cells.keys, key)
        known = (cell < len(cells.keys)) & (cells.keys[np.minimum(cell, len(cells.keys) - 1)] == key)
        tried, cell = tried[known], cell[known]
        distance = np.abs(day[tried] - natural[tried]) + rng.random(len(tried))
        rank = rank_within(cell, distance)
        taken = rank < lacking[cell]
        contact[tried[taken]] = day[tried[taken]]
        lacking -= np.bincount(cell[taken], minlength=len(lacking))
    return contact, lacking


def _extra_courses(
    rng: np.random.Generator, world: World, cells: _Cells, lacking: Ints, *, first_patient: int
) -> tuple[Courses, Ints]:
    """Courses for the new patients that no counted course was found for, and their contact days."""
    pathway, unit = np.repeat(cells.pathway, lacking), np.repeat(cells.unit, lacking)
    period = np.repeat(cells.period, lacking)
    contact = _contact_days(rng, world, cells, pathway, period)
    count = len(pathway)
    lag = np.minimum(rng.gamma(1.4, 9, count), 90).astype(np.int64)
    start = np.maximum(contact - lag, world.first_day[pathway])
    start = to_working_day(start, np.maximum(start - 3, world.first_day[pathway]), np.maximum(contact, start))
    attendance = start + rng.gamma(1.3, 5, count).astype(np.int64)
    decision_day = attendance + rng.gamma(1.6, 9, count).astype(np.int64)
    end = np.minimum(decision_day + rng.gamma(1.3, 11, count).astype(np.int64), start + LONGEST_COURSE)
    end = to_working_day(np.maximum(end, decision_day), decision_day, decision_day + LONGEST_COURSE)
    courses = new_courses(
        count,
        patient=first_patient + np.arange(count),
        pathway=pathway,
        unit=unit,
        role=np.full(count, EXTRA),
        start=start,
        attendance=attendance,
        decision_day=decision_day,
        decision=np.where(world.metastasis[pathway], SUFFIX["CU"], SUFFIX["CK"]),
        end_day=end,
        ending=np.full(count, NONE),
    )
    _end_without_counting(rng, world, courses)
    return courses, contact


def _end_without_counting(rng: np.random.Generator, world: World, courses: Courses) -> None:
    """Ways to end that no share counts, as far as the pathway and the day allow them; else palliative."""
    count = len(courses)
    way = rng.choice(len(EXTRA_MIX), size=count, p=EXTRA_MIX)
    branch = rng.choice([BRANCH[b] for b in ("K", "M", "S", "O")], size=count, p=[0.45, 0.3, 0.15, 0.1])
    has_limit = world.limit(courses.pathway, branch, courses.start) != NONE
    for kind in ("O", "S", "M", "K"):
        free = world.limit(courses.pathway, np.full(count, BRANCH[kind]), courses.start) == NONE
        branch = np.where((way == OTHER_KIND) & free & has_limit & (rng.random(count) < 0.7), BRANCH[kind], branch)
    has_limit = world.limit(courses.pathway, branch, courses.start) != NONE
    ending = np.full(count, SUFFIX["FL"])
    ending = np.where(way == UNTREATED, SUFFIX["FI"], ending)
    ending = np.where(way == BROKEN, SUFFIX["X"], ending)
    ending = np.where((way == OTHER_KIND) & ~has_limit, ENDING_OF_BRANCH[branch], ending)
    postponed = (way == POSTPONED) & has_limit & (courses.decision_day >= P_FIRST_DAY)
    ending = np.where(postponed, ENDING_OF_BRANCH[branch], ending)
    courses.ending = np.where(way == OPEN, NONE, ending)
    courses.end_day = np.where(way == OPEN, NO_DAY, courses.end_day)
    day = courses.decision_day + ((courses.end_day - courses.decision_day) * rng.random(count)).astype(np.int64)
    courses.postponed = np.where(postponed, day, NO_DAY)


def _outside(rng: np.random.Generator, world: World, cells: _Cells, *, first_patient: int) -> Contacts:
    pathway, unit = np.repeat(cells.pathway, cells.outside), np.repeat(cells.unit, cells.outside)
    day = _contact_days(rng, world, cells, pathway, np.repeat(cells.period, cells.outside))
    return Contacts(first_patient + np.arange(len(day)), pathway, day, unit)


def _contact_days(rng: np.random.Generator, world: World, cells: _Cells, pathway: Ints, period: Ints) -> Ints:
    """A day in the period on which the pathway was in use."""
    if not len(pathway):
        return np.zeros(0, dtype=np.int64)
    first = np.maximum(cells.first[period], world.first_day[pathway])
    return draw_days(rng, first, np.minimum(cells.last[period], world.last_day[pathway]))


def diagnoses(rng: np.random.Generator, world: World, pathway: npt.NDArray[np.integer]) -> list[str]:
    """An ICD-10 code for each contact that belongs to its pathway's group and to no other."""
    listed = people()["diagnoses"]
    choices = [listed["children"] if world.children[p] else _codes_of(spans) for p, spans in enumerate(world.icd10)]
    drawn = rng.random((len(pathway), 2))
    found = []
    for place, (which, fourth) in zip(pathway.tolist(), drawn.tolist(), strict=True):
        code = choices[place][int(which * len(choices[place]))]
        digits = listed["fourth"].get(code)
        found.append(f"{code}.{digits[int(fourth * len(digits))]}" if digits else code)
    return found


def _codes_of(spans: tuple[str, ...]) -> list[str]:
    codes: list[str] = []
    for span in spans:
        first, _, last = span.partition("-")
        codes += [f"{first[0]}{n:02d}" for n in range(int(first[1:3]), int(last[1:3]) + 1)] if last else [first]
    return codes
