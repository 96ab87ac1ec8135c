"""Synthetic people: sex and age that fit their pathways, a home municipality, and for some a day of death."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pakkeforlop.exchange.generate.courses import Courses, Ints
from pakkeforlop.exchange.generate.links import neutral
from pakkeforlop.exchange.generate.newcomers import Contacts
from pakkeforlop.exchange.generate.world import SUFFIX, World, people
from pakkeforlop.vocabulary.calendar import NO_DAY

YEAR = 365.2425
YOUNGEST_ADULT, OLDEST = 18.2, 98.0
OLDEST_CHILD = 17.9
NEVER_SEEN = 2**31 - 1


@dataclass(frozen=True)
class Patients:
    """One entry per patient. sex: 1 man, 2 woman; municipality: place in the list of numbers."""

    birth: Ints
    sex: Ints
    municipality: Ints
    district: Ints
    death: Ints


@dataclass(frozen=True)
class Seen:
    """First and last day that a patient is seen on, and the pathway that tells most of them (of the first course)."""

    first: Ints
    last: Ints
    pathway: Ints
    unit: Ints


def seen(world: World, count: int, courses: Courses, contacts: Contacts, others: tuple[Ints, Ints], as_of: int) -> Seen:
    """Days and pathways of `count` patients. others: patient and day of registrations outside the courses' own days."""
    any_sex = neutral(world)
    first = np.full(count, NEVER_SEEN, dtype=np.int64)
    last = np.full(count, -NEVER_SEEN, dtype=np.int64)
    days = (courses.start, courses.attendance, courses.decision_day, courses.end_day, courses.received)
    latest = np.minimum(np.maximum.reduce(days), as_of)
    known = others[1] > NO_DAY
    sources = ((contacts.patient, contacts.day), (others[0][known], others[1][known]))
    for patient, low, high in ((courses.patient, courses.start, latest), *((p, d, d) for p, d in sources)):
        np.minimum.at(first, patient, low)
        np.maximum.at(last, patient, high)
    pathway, unit = np.full(count, 0, dtype=np.int64), np.full(count, 0, dtype=np.int64)
    # what is written last stays: courses over contacts, pathways of one sex over others
    of_any = any_sex[courses.pathway]
    turns: list[Courses | Contacts] = [contacts, courses.take(of_any), courses.take(~of_any)]
    for table in turns:
        pathway[table.patient] = table.pathway
        unit[table.patient] = table.unit
    return Seen(first, last, pathway, unit)


def make_patients(
    rng: np.random.Generator, world: World, found: Seen, courses: Courses, wrong_age: Ints, as_of: int
) -> Patients:
    """People who fit what was registered of them; those in `wrong_age` are children among adults, or the reverse."""
    count = len(found.first)
    table = people()
    usual = table["default"]
    each = [usual | table["pathway"].get(key, {}) for key in world.keys]
    men = np.array([one["men"] for one in each])[found.pathway]
    sex = np.where(rng.random(count) < men, 1, 2)
    child = world.children[found.pathway]
    swapped = np.zeros(count, bool)
    swapped[wrong_age] = True
    age = rng.normal(
        np.array([o["age"] for o in each])[found.pathway], np.array([o["spread"] for o in each])[found.pathway]
    )
    age = np.clip(age, YOUNGEST_ADULT, OLDEST)
    birth = found.first - np.ceil(age * YEAR).astype(np.int64) - 1
    youngest = (found.last - np.floor(OLDEST_CHILD * YEAR)).astype(np.int64)
    shape = rng.beta(1.1, 1.3, count)
    as_child = youngest + np.floor((np.maximum(found.first - 30, youngest) - youngest) * shape).astype(np.int64)
    birth = np.where(child != swapped, as_child, birth)
    numbers, around, first_of, many = _municipalities(world)
    drawn = first_of[found.unit] + np.floor(rng.random(count) * many[found.unit]).astype(np.int64)
    municipality = around[drawn]
    oslo = np.array([number == "0301" for number in numbers])[municipality]
    district = np.where(oslo, rng.integers(0, len(table["municipality"]["districts"]), count), -1)
    return Patients(birth, sex, municipality, district, _deaths(rng, found, courses, as_of))


def _municipalities(world: World) -> tuple[list[str], Ints, Ints, Ints]:
    """All municipality numbers; those around each unit as places in that list, where they begin and how many."""
    listed = people()["municipality"]
    around = [listed.get(key, listed["default"]) for key in world.unit_keys]
    numbers = sorted({number for own in around for number in own})
    many = np.array([len(own) for own in around])
    return numbers, np.array([numbers.index(n) for own in around for n in own]), np.cumsum(many) - many, many


def municipality_numbers(world: World) -> list[str]:
    """Municipality numbers by the place that `Patients.municipality` holds."""
    return _municipalities(world)[0]


def _deaths(rng: np.random.Generator, found: Seen, courses: Courses, as_of: int) -> Ints:
    """Days of death: soon after a broken-off or palliative course, some years after others; after all else seen."""
    count = len(found.first)
    chance = np.full(count, 0.03)
    wait = 900.0 * np.ones(count)
    for suffix, likely, days in (("FK", 0.08, 700.0), ("FM", 0.2, 500.0), ("FL", 0.8, 120.0), ("X", 0.35, 20.0)):
        of = courses.patient[courses.ending == SUFFIX[suffix]]
        chance[of], wait[of] = likely, days
    day = found.last + np.floor(rng.gamma(1.3, wait)).astype(np.int64)
    dies = (rng.random(count) < chance) & (day <= as_of)
    return np.where(dies, day, NO_DAY)
