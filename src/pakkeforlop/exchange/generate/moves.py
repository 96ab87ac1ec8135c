"""Where things happen: hospitals within the units, and patients sent on to another unit or hospital."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pakkeforlop.exchange.generate.courses import COUNTED, FILLER, Courses, Ints
from pakkeforlop.exchange.generate.world import NONE, SUFFIX, World
from pakkeforlop.vocabulary.calendar import NO_DAY

SENT_ON, SENT_ON_FILLER, FOR_RADIOTHERAPY, WITHIN_UNIT = 0.09, 0.015, 0.9, 0.015
OWN_NUMBER = 0.012
"""Share of courses registered with the trust's own number instead of a hospital's."""
LEAST_WEIGHT = 0.25


@dataclass(frozen=True)
class Whereabouts:
    """Institutions of each course: where it began, where the patient was received (-1), where radiotherapy is given."""

    began: Ints
    received: Ints
    radiotherapy: Ints


def whereabouts(rng: np.random.Generator, world: World, courses: Courses) -> Whereabouts:
    """Send some patients on (fills `sent`, `received` and `receiver`), and draw hospitals valid on the day."""
    began, began_radiotherapy = institutions(rng, world, courses.unit, courses.start, own_number=OWN_NUMBER)
    _send_on(rng, world, courses)
    moved = np.flatnonzero(courses.receiver != NONE)
    received = np.full(len(courses), NONE, dtype=np.int64)
    radiotherapy = began_radiotherapy.copy()
    received[moved], radiotherapy[moved] = institutions(rng, world, courses.receiver[moved], courses.received[moved])
    nowhere = moved[(received[moved] == began[moved]) | (began[moved] == _own(world)[courses.receiver[moved]])]
    courses.sent[nowhere] = courses.received[nowhere] = NO_DAY
    courses.receiver[nowhere] = received[nowhere] = NONE
    radiotherapy[nowhere] = began_radiotherapy[nowhere]
    return Whereabouts(began, received, radiotherapy)


def _own(world: World) -> Ints:
    """The institution that is each unit's own number."""
    number = {org_nr: place for place, org_nr in enumerate(world.institutions)}
    return np.array([number[org_nr] for org_nr in world.units], dtype=np.int64)


def institutions(
    rng: np.random.Generator, world: World, unit: Ints, day: Ints, *, own_number: float = 0.0
) -> tuple[Ints, Ints]:
    """A hospital of each unit that belongs to it on the day, and its radiotherapy unit (or the hospital itself)."""
    found, radiotherapy = np.full(len(unit), NONE, dtype=np.int64), np.full(len(unit), NONE, dtype=np.int64)
    luck = rng.random(len(unit))
    for place, sites in enumerate(world.sites):
        rows = np.flatnonzero(unit == place)
        if not len(rows):
            continue
        weight = np.array([max(1 / (1 + 0.6 * n), LEAST_WEIGHT) for n in range(len(sites))])
        valid = np.array([[s.first_day, s.last_day] for s in sites])
        open_sites = (day[rows, None] >= valid[:, 0]) & (day[rows, None] <= valid[:, 1])
        edges = np.cumsum(open_sites * weight, axis=1)
        chosen = (luck[rows, None] * edges[:, -1:] >= edges).sum(axis=1)
        chosen = np.minimum(chosen, len(sites) - 1)
        found[rows] = np.array([s.institution for s in sites])[chosen]
        treats = np.array([s.radiotherapy for s in sites])
        treats = np.where(treats == NONE, treats.max(), treats)
        radiotherapy[rows] = treats[chosen]
    if own_number:
        found = np.where(rng.random(len(unit)) < own_number, _own(world)[unit], found)
    return found, np.where(radiotherapy == NONE, found, radiotherapy)


def _send_on(rng: np.random.Generator, world: World, courses: Courses) -> None:
    """Choose who is sent on, when and where to; the receiver is another unit (or the same, for another hospital)."""
    last = np.where(courses.end_day != NO_DAY, courses.end_day, np.maximum(courses.decision_day, courses.attendance))
    span = np.where(last > NO_DAY, last - courses.start, 0)
    treats = np.array([any(site.radiotherapy != NONE for site in sites) for sites in world.sites])
    needs = (courses.ending == SUFFIX["FS"]) & ~treats[courses.unit]
    luck = rng.random(len(courses))
    chance = np.where(courses.role == FILLER, SENT_ON_FILLER, SENT_ON)
    goes = (span >= 2) & (luck < np.where(needs, FOR_RADIOTHERAPY, chance))
    within = (span >= 3) & ~goes & (luck > 1 - WITHIN_UNIT)
    receiver = np.full(len(courses), NONE, dtype=np.int64)
    size = np.bincount(courses.unit[courses.role == COUNTED], minlength=len(world.units)).astype(float)
    size *= np.array([len(sites) > 1 or sites[0].radiotherapy != NONE for sites in world.sites])
    for unit in np.unique(courses.unit[goes]):
        for need in (False, True):
            rows = np.flatnonzero(goes & (courses.unit == unit) & (needs == need))
            chances = _receivers(world, int(unit), size, treats if need else None)
            if len(rows) and chances.sum():
                receiver[rows] = rng.choice(len(chances), size=len(rows), p=chances / chances.sum())
    receiver[within] = courses.unit[within]
    moved = receiver != NONE
    sent = courses.start + np.floor(rng.random(len(courses)) * span).astype(np.int64)
    # within a unit the receipt must come after the sending: on the same day it would be a repeated start
    received = np.maximum(sent + rng.integers(0, 5, len(courses)) + within, courses.start + 1)
    courses.receiver = receiver
    courses.sent = np.where(moved, sent, NO_DAY)
    courses.received = np.where(moved, np.minimum(received, last), NO_DAY)


def _receivers(
    world: World, unit: int, size: npt.NDArray[np.float64], only: npt.NDArray[np.bool_] | None
) -> npt.NDArray[np.float64]:
    """Chances of the units that a unit's patients are sent to: the region's largest first, some to the country's."""
    near = (world.region == world.region[unit]) & (size > 0)
    chances = np.where(near, size**2, 0.0)
    chances[int(size.argmax())] += 0.1 * chances.sum()
    chances[unit] = 0.0
    if only is not None:
        chances = np.where(only, chances, 0.0)
    return chances
