"""Patients with more than one course: recurrences, one pathway leading to another, a second suspicion later.

Only courses that no figure counts, or whose figures are the same for any patient, change patient.
"""

from __future__ import annotations

import numpy as np

from pakkeforlop.exchange.generate.courses import COUNTED, FILLER, Courses, Ints, pair
from pakkeforlop.exchange.generate.newcomers import Contacts
from pakkeforlop.exchange.generate.world import SUFFIX, World, people
from pakkeforlop.vocabulary.calendar import NO_DAY

RECURRENCES, AFTER_CONTACT, OTHER_SUSPICIONS = 0.35, 0.1, 0.06
"""Shares of the counted courses without a first contact that are recurrences, or late starts of a known new patient;
and of the fillers that belong to a patient with another course."""
TREATED = (SUFFIX["FK"], SUFFIX["FM"], SUFFIX["FS"], SUFFIX["FO"])


def neutral(world: World) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Pathways that men and women both come to often."""
    table = people()
    usual = table["default"]["men"]
    men = np.array([table["pathway"].get(key, {}).get("men", usual) for key in world.keys])
    return (men > 0.2) & (men < 0.8) & ~world.children


def link_patients(rng: np.random.Generator, world: World, courses: Courses, contact: Ints, outside: Contacts) -> None:
    """Give some courses the patient of another. `contact`: day of the first contact of each course, NO_DAY without."""
    taken = np.zeros(len(courses), dtype=bool)
    _recurrences(rng, world, courses, contact, taken)
    _late_starters(rng, world, courses, contact, outside, taken)
    _leading_on(rng, world, courses, taken)
    _other_suspicions(rng, world, courses, taken)


def _recurrences(rng: np.random.Generator, world: World, courses: Courses, contact: Ints, taken: Ints) -> None:
    """The same pathway again, after the first one ended and well after its contact's window."""
    without = (courses.role == COUNTED) & (contact == NO_DAY) & ~world.children[courses.pathway]
    without &= ~world.to_decision[courses.pathway]
    later = np.flatnonzero(without & (rng.random(len(courses)) < RECURRENCES))
    first = (contact != NO_DAY) & np.isin(courses.ending, TREATED) & (courses.role == COUNTED)
    earlier = np.flatnonzero(first & ~world.children[courses.pathway])
    over = np.maximum(courses.end_day[earlier] + 40, contact[earlier])
    _adopt(rng, courses, taken, later, earlier, (courses.pathway, courses.start), over, (65, 2400))


def _late_starters(
    rng: np.random.Generator, world: World, courses: Courses, contact: Ints, outside: Contacts, taken: Ints
) -> None:
    """New patients who came into the pathway too late to be in its inclusion share."""
    free = (courses.role == COUNTED) & (contact == NO_DAY) & ~taken & ~world.children[courses.pathway]
    later = np.flatnonzero(free & (rng.random(len(courses)) < AFTER_CONTACT))
    if not len(later) or not len(outside):
        return
    mine, theirs = pair(rng, (courses.pathway[later], courses.start[later]), (outside.pathway, outside.day), (61, 300))
    courses.patient[later[mine]] = outside.patient[theirs]
    taken[later[mine]] = True


def _leading_on(rng: np.random.Generator, world: World, courses: Courses, taken: Ints) -> None:
    """A diagnostic course that found cancer, or one that found another cancer, leads to a course begun that day."""
    both = neutral(world)
    leads = courses.ending == SUFFIX["CM"]
    leads |= world.to_decision[courses.pathway] & (courses.ending == SUFFIX["CK"])
    later = np.flatnonzero(leads & both[courses.pathway] & ~taken)
    real = (courses.role != FILLER) & ~world.to_decision[courses.pathway] & ~world.children[courses.pathway]
    earlier = np.flatnonzero(real & ~taken)
    if not len(later) or not len(earlier):
        return
    mine, theirs = pair(
        rng, (courses.unit[later], courses.end_day[later]), (courses.unit[earlier], courses.start[earlier]), (0, 0)
    )
    mine, theirs = later[mine], earlier[theirs]
    other = courses.pathway[mine] != courses.pathway[theirs]
    courses.patient[mine[other]] = courses.patient[theirs[other]]
    taken[mine[other]] = True
    taken[theirs[other]] = True


def _other_suspicions(rng: np.random.Generator, world: World, courses: Courses, taken: Ints) -> None:
    """A cleared suspicion of another cancer, in a patient with a course of another kind."""
    both = neutral(world)
    fillers = (courses.role == FILLER) & both[courses.pathway] & ~taken
    mine = np.flatnonzero(fillers & (rng.random(len(courses)) < OTHER_SUSPICIONS))
    base = np.flatnonzero((courses.role != FILLER) & ~taken & ~world.children[courses.pathway])
    if not len(mine) or not len(base):
        return
    theirs = base[rng.integers(0, len(base), len(mine))]
    _, once = np.unique(theirs, return_index=True)
    mine, theirs = mine[once], theirs[once]
    other = courses.pathway[mine] != courses.pathway[theirs]
    courses.patient[mine[other]] = courses.patient[theirs[other]]
    taken[mine[other]] = True


def _adopt(
    rng: np.random.Generator,
    courses: Courses,
    taken: Ints,
    later: Ints,
    earlier: Ints,
    by: tuple[Ints, Ints],
    over: Ints,
    gap: tuple[int, int],
) -> None:
    """Courses `later` get the patient of one of `earlier` with the same key, `gap` days after `over`."""
    if not len(later) or not len(earlier):
        return
    key, day = by
    mine, theirs = pair(rng, (key[later], day[later]), (key[earlier], over), gap)
    courses.patient[later[mine]] = courses.patient[earlier[theirs]]
    taken[later[mine]] = True
    taken[earlier[theirs]] = True
