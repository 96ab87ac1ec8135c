"""Leaves to files: the whole drawing, in the order its parts need each other.

One seeded generator for each part, so that a change of one part's settings (more faults, more registrations) leaves
the others as they were. Same leaves, same settings, same seed: same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pakkeforlop.catalogue.model import Catalogue
from pakkeforlop.exchange.generate import faults, files, fillers
from pakkeforlop.exchange.generate.corrections import corrected
from pakkeforlop.exchange.generate.counted import add_steps, counted_courses
from pakkeforlop.exchange.generate.courses import COUNTED, Courses, Ints, joined
from pakkeforlop.exchange.generate.links import link_patients
from pakkeforlop.exchange.generate.moves import institutions, whereabouts
from pakkeforlop.exchange.generate.newcomers import Contacts, Newcomers, diagnoses, newcomers
from pakkeforlop.exchange.generate.patients import make_patients, seen
from pakkeforlop.exchange.generate.rows import Rows, joined_rows, register, rows_of
from pakkeforlop.exchange.generate.world import AA_FIRST_DAY, World, world_of
from pakkeforlop.vocabulary.calendar import NO_DAY

SHARE, INCLUSION = "of4_share", "inclusion_share"
ROWS_PER_FILLER = 3.0
SPECIALIST_STARTS = 0.04
FIRST_NUMBER = 10_000_001
FILES = ("registrations.parquet", "patients.parquet", "new_cancers.parquet")


@dataclass(frozen=True)
class Wanted:
    """What is asked for: the leaves (also beyond `as_of`, for courses still open then) and the choices."""

    leaves: pa.Table
    as_of: int
    seed: int = 1
    registrations: int | None = None
    rates: Mapping[str, float] = field(default_factory=faults.fault_rates)
    told: Callable[[str, int], None] | None = None


@dataclass(frozen=True)
class Drawn:
    """What was written: counts by name, and how many faults of each kind were planted."""

    counts: dict[str, int]
    planted: dict[str, int]


def draw(wanted: Wanted, catalogue: Catalogue, out: Path) -> Drawn:
    """Draw the data set and write its three files to `out`."""
    world = world_of(catalogue)
    streams = iter(np.random.SeedSequence(wanted.seed).spawn(16))

    def rng() -> np.random.Generator:
        return np.random.default_rng(next(streams))

    tell = wanted.told or (lambda _step, _done: None)
    share = wanted.leaves.filter(pc.equal(wanted.leaves["indicator"], SHARE))
    begun = pc.less_equal(wanted.leaves["period_from"], wanted.as_of)
    inclusion = wanted.leaves.filter(pc.and_(pc.equal(wanted.leaves["indicator"], INCLUSION), begun))
    tell("counted", 0)
    counted = counted_courses(rng(), world, share)
    add_steps(rng(), world, counted)
    counted = counted.take(counted.start <= wanted.as_of)
    counted.patient = np.arange(len(counted))
    new = newcomers(rng(), world, inclusion, counted)
    tell("fillers", 0)
    cleared = _fillers(rng(), world, wanted, share, counted, new)
    courses = joined([counted, new.extra, cleared])
    without = np.full(len(cleared), NO_DAY, dtype=np.int64)
    contact = np.concatenate([new.contact_of_counted, new.contact_of_extra, without])
    link_patients(rng(), world, courses, contact, new.outside)
    _specialist_starts(rng(), world, courses)
    rows, plan, others = _rows(rng, world, wanted, courses, tell)
    number = _patient_numbers(rng(), courses, new)
    contacts = _known(new.contacts, wanted.as_of)
    tell("patients", 0)
    found = seen(world, len(number), courses, contacts, others, wanted.as_of)
    people = make_patients(rng(), world, found, courses, plan.wrong_age, wanted.as_of)
    is_shown = np.zeros(len(number), dtype=bool)
    is_shown[courses.patient[rows.course]] = is_shown[contacts.patient] = True
    is_shown[plan.hidden_patients] = False
    shown = np.flatnonzero(is_shown)
    files.write_patients(out / FILES[1], world, number, people, shown)
    contact_places = institutions(rng(), world, contacts.unit, contacts.day)[0]
    codes = diagnoses(rng(), world, contacts.pathway)
    files.write_new_cancers(out / FILES[2], number, contacts, codes, contact_places, list(world.institutions))
    tell("writing", 0)
    rows, ids = corrected(rng(), world, rows, wanted.rates, plan.planted, wanted.as_of)
    names = [*world.institutions, faults.UNKNOWN_INSTITUTION]
    files.write_registrations(
        out / FILES[0], world, courses, rows, ids, number, names, lambda done: tell("writing", done)
    )
    counts = {
        "registrations": len(rows),
        "patients": len(shown),
        "new_cancers": len(contacts),
        "counted": int(((courses.role == COUNTED) & (courses.end_day <= wanted.as_of)).sum()),
        "uncounted": len(new.extra),
        "cleared": len(cleared),
    }
    return Drawn(counts, {kind: plan.planted.get(kind, 0) for kind in wanted.rates})


def _fillers(
    rng: np.random.Generator, world: World, wanted: Wanted, share: pa.Table, counted: Courses, new: Newcomers
) -> Courses:
    """As many cleared courses as are usual, or as the number of registrations leaves room for."""
    count = fillers.usual_number(world, share, wanted.as_of)
    if wanted.registrations is not None:
        others = 5.3 * (len(counted) + len(new.extra))
        count = max(int((wanted.registrations - others) / ROWS_PER_FILLER), 0)
    first = len(counted) + len(new.extra) + len(new.outside)
    return fillers.filler_courses(rng, world, share, count, first_patient=first, as_of=wanted.as_of)


def _specialist_starts(rng: np.random.Generator, world: World, courses: Courses) -> None:
    by = (courses.start >= AA_FIRST_DAY) & ~world.children[courses.pathway]
    courses.via_specialist[by & (rng.random(len(courses)) < SPECIALIST_STARTS)] = 1


def _rows(
    rng: Callable[[], np.random.Generator],
    world: World,
    wanted: Wanted,
    courses: Courses,
    tell: Callable[[str, int], None],
) -> tuple[Rows, faults.Planting, tuple[Ints, Ints]]:
    """Registrations with faults, in the order they were entered; patient and day of those beside courses."""
    tell("registrations", 0)
    plan = faults.Planting(rng(), world, courses, wanted.rates, wanted.as_of)
    faults.spoil_courses(plan)
    where = whereabouts(rng(), world, courses)
    plan.where = where
    faults.leave_unsent(plan)
    rows = rows_of(rng(), world, courses, where, plan.left, wanted.as_of)
    further = faults.further_rows(plan)
    rows = joined_rows([rows, further])
    faults.unknown_places(plan, rows, len(world.institutions))
    register(rng(), rows, wanted.rates["late"], wanted.as_of)
    plan.planted["late"] = round(wanted.rates["late"] * len(rows))
    others = (courses.patient[further.course], further.day.astype(np.int64))
    return rows.take(np.argsort(rows.registered, kind="stable")), plan, others


def _patient_numbers(rng: np.random.Generator, courses: Courses, new: Newcomers) -> Ints:
    """The number shown for each patient: in no order that tells what the patient is."""
    count = 1 + max(int(part.max(initial=-1)) for part in (courses.patient, new.contacts.patient))
    return FIRST_NUMBER + rng.permutation(count)


def _known(contacts: Contacts, as_of: int) -> Contacts:
    kept = contacts.day <= as_of
    return Contacts(contacts.patient[kept], contacts.pathway[kept], contacts.day[kept], contacts.unit[kept])
