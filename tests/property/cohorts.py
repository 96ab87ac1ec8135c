"""Random cohorts: many histories, their people and new cancers, through the engine and by the plain reading to figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from factories import histories as pool
from pakkeforlop.episodes.rows import link_table
from pakkeforlop.indicators.compute import compute
from pakkeforlop.indicators.material import material_of
from pakkeforlop.indicators.standing import Tables
from pakkeforlop.vocabulary.calendar import day_number
from property import many
from property.engines import engine, limits, places
from property.strategies import Given
from reference import figures, plain

DIAGNOSES = [
    "C50",
    "C50.4",
    "C34.1",
    "C61",
    "C61.9",
    "C62",
    "C91.1",
    "C43",
    "C49",
    "C77",
    "C68.0",
    "C13.9",
    "C24.1",
    "D46.2",
]
CELL = (
    "indicator", "branch", "kind", "pathway_key", "unit_level", "org_nr", "period_type", "period_from", "sex",
    "age_group",
)  # fmt: skip

Values = tuple[int | None, int | None, float | None, float | None]


@dataclass(frozen=True)
class Cohort:
    """Registrations, people and new cancers, as of a day."""

    rows: Given
    people: dict[str, tuple[date | None, str]]
    cancers: list[dict[str, str]]
    as_of: date


def draw(seed: int, count: int = 600) -> Cohort:
    """A cohort from a seed: half of it patients whose pathways run to a treatment, so that shares are well filled."""
    chance = np.random.default_rng(seed)
    as_of = pool.AS_OF[seed % len(pool.AS_OF)]
    rows = [*many.draw(count, chance, 0), *treated(count, chance, count)]
    rows = [row for row in rows if plain.is_ours(row) and plain.is_possible(row, as_of)]
    for row in rows:
        if row["event_date"]:
            late = timedelta(days=int(chance.choice([-1, 0, 0, 1, 2, 3, 4, 7, 30])))
            row["registered_at"] = min(date.fromisoformat(row["event_date"]) + late, as_of).isoformat()
    people = {
        patient: (born, ["", "1", "2"][int(chance.integers(0, 3))])
        for patient, (born, _) in many.people(2 * count, chance, 0).items()
    }
    cancers = []
    for patient in range(0, 2 * count + 50, 2):
        for _ in range(int(chance.integers(1, 3))):
            base = pool.BASES[int(chance.integers(0, len(pool.BASES)))]
            cancers.append(
                {
                    "patient_id": str(patient),
                    "icd10": DIAGNOSES[int(chance.integers(0, len(DIAGNOSES)))],
                    "first_contact_date": (base + timedelta(days=int(chance.integers(-5, 90)))).isoformat(),
                    "institution": pool.PLACES[int(chance.integers(0, len(pool.PLACES)))],
                }
            )
    return Cohort(rows, people, cancers, as_of)


def treated(count: int, chance: np.random.Generator, first: int) -> Given:
    """Patients with start, attendance, decision and an end, some weeks apart."""
    rows = []
    for n in range(count):
        prefix = pool.PREFIXES[int(chance.integers(0, len(pool.PREFIXES)))]
        start = date(2015, 9, 1) + timedelta(days=int(chance.integers(0, 3_800)))
        end = chance.choice(["FK", "FK", "FM", "FM", "FS", "FO", "FL", "X", "CA"])
        decision = "CU" if prefix == "B01" else "CK"
        steps = np.cumsum(chance.integers(0, 25, 4))
        place = pool.PLACES[int(chance.integers(0, len(pool.PLACES)))]
        for suffix, step in zip(("A", "S", decision, end), steps, strict=True):
            if prefix == "C01" and suffix == end:
                continue
            if chance.random() < 0.95:
                rows.append(
                    {
                        "patient_id": str(first + n),
                        "code": prefix + suffix,
                        "event_date": (start + timedelta(days=int(step - steps[0]))).isoformat(),
                        "institution": place,
                        "registration_id": "",
                    }
                )
    return rows


def tables(cohort: Cohort) -> Tables:
    """The cohort as the product reads it."""
    people = pa.table(
        {
            "patient_id": pa.array(list(cohort.people), pa.string()),
            "birth_day": pa.array(
                [None if b is None else day_number(b) for b, _ in cohort.people.values()], pa.int32()
            ),
            "sex": pa.array([int(s or 0) for _, s in cohort.people.values()], pa.int8()),
        }
    )
    cancers = pa.table(
        {
            "patient_id": pa.array([row["patient_id"] for row in cohort.cancers], pa.string()),
            "icd10": pa.array([row["icd10"] for row in cohort.cancers], pa.string()),
            "first_contact_day": pa.array(
                [day_number(date.fromisoformat(row["first_contact_date"])) for row in cohort.cancers], pa.int32()
            ),
            "institution": pa.array([row["institution"] for row in cohort.cancers], pa.string()).dictionary_encode(),
        }
    )
    table = many.table_of(cohort.rows)
    registered = [row.get("registered_at") for row in cohort.rows]
    if any(registered):
        days = [day_number(date.fromisoformat(day)) if day else None for day in registered]
        table = table.append_column("registered_day", pa.array(days, pa.int32()))
    return Tables(table, people, cancers)


def whole(given: Tables, as_of: int) -> pa.Table:
    """The product's figures, counted whole."""
    ready = engine(frozenset())
    done = link_table(given.registrations, ready, as_of=as_of, patients=given.patients)
    material = material_of(done, given.patients, given.new_cancers)
    return compute(done.linked, ready.catalogue, ready.organisations, ready.settings, material)


def computed(cohort: Cohort) -> pa.Table:
    """The product's figures of a cohort."""
    return whole(tables(cohort), day_number(cohort.as_of))


def cells(table: pa.Table) -> dict[tuple[Any, ...], Values]:
    """The product's figures by cell."""
    found: dict[tuple[Any, ...], Values] = {}
    for line in table.to_pylist():
        cell = tuple(line[name] for name in CELL)
        assert cell not in found, f"twice: {cell}"
        found[cell] = line["numerator"], line["denominator"], line["median_days"], line["p90_days"]
    return found


def counted(cohort: Cohort) -> dict[tuple[Any, ...], Values]:
    """The figures by cell, counted the slow way."""
    reading = plain.read(cohort.rows, as_of=cohort.as_of, places=places(), limits=limits(), patients=cohort.people)
    found = figures.figures(
        reading.episodes, as_of=cohort.as_of, places=places(), people=cohort.people, cancers=cohort.cancers
    )
    found |= figures.of_registrations(cohort.rows, reading.messages, places())
    return {
        cell: (
            figure.numerator,
            figure.denominator,
            None if figure.median is None else float(figure.median),
            None if figure.p90 is None else float(figure.p90),
        )
        for cell, figure in found.items()
    }
