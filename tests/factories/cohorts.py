"""Registrations of an invented cohort, large or small, in whole arrays: for tests of figures and pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from pakkeforlop.catalogue.limits import in_force
from pakkeforlop.catalogue.model import Catalogue


@dataclass(frozen=True)
class Leaf:
    """So many pathways a year of one kind at one trust, with the share in time that they are drawn to have."""

    prefix: str
    trust: str
    kind: str
    a_year: float
    share: float


@dataclass(frozen=True)
class Cohort:
    """The three files of a run, as tables with the documented columns."""

    registrations: pa.Table
    patients: pa.Table
    new_cancers: pa.Table


def day(text: str) -> int:
    """Days since 1970."""
    return date.fromisoformat(text).toordinal() - date(1970, 1, 1).toordinal()


def cohort(catalogue: Catalogue, leaves: Sequence[Leaf], *, first: str, last: str, seed: int = 1) -> Cohort:
    """Pathways that start between two days; those that would end after `last` stay open, with the codes so far."""
    rng = np.random.default_rng(seed)
    columns: dict[str, list[np.ndarray]] = {"patient": [], "code": [], "day": [], "place": [], "delay": []}
    cancers: dict[str, list[np.ndarray]] = {"patient": [], "icd10": [], "day": [], "place": []}
    begins, ends, patient = day(first), day(last), 1
    for leaf in leaves:
        count = rng.poisson(leaf.a_year * (ends - begins + 60) / 365.25)
        if not count:
            continue
        ids = np.arange(patient, patient + count)
        patient += count
        start = np.sort(rng.integers(begins - 60, ends + 1, count))
        points = _points(rng, catalogue, leaf, start)
        for code, at in points.items():
            given = (at >= 0) & (at <= ends) & (at >= begins - 60)
            columns["patient"].append(ids[given])
            columns["code"].append(np.full(int(given.sum()), f"{leaf.prefix}{code}"))
            columns["day"].append(at[given])
            columns["place"].append(np.full(int(given.sum()), leaf.trust))
            columns["delay"].append(np.minimum(rng.geometric(0.35, int(given.sum())) - 1, 60))
        pathway = catalogue.pathways[leaf.prefix]
        if pathway.icd10 and pathway.inclusion:
            outside = rng.poisson(count * 0.22)
            contact = np.concatenate([start + rng.integers(0, 10, count), rng.integers(begins, ends + 1, outside)])
            who = np.concatenate([ids, np.arange(patient, patient + outside)])
            patient += outside
            known = contact <= ends
            cancers["patient"].append(who[known])
            cancers["icd10"].append(np.full(int(known.sum()), pathway.icd10[0]))
            cancers["day"].append(contact[known])
            cancers["place"].append(np.full(int(known.sum()), leaf.trust))
    joined = {name: np.concatenate(parts) for name, parts in columns.items()}
    registrations = pa.table(
        {
            "patient_id": [f"p{n}" for n in joined["patient"].tolist()],
            "code": joined["code"],
            "event_date": _iso(joined["day"]),
            "institution": joined["place"],
            "registered_at": _iso(joined["day"] + joined["delay"]),
        }
    )
    people = np.arange(1, patient)
    patients = pa.table(
        {
            "patient_id": [f"p{n}" for n in people.tolist()],
            "birth_date": _iso(rng.integers(day("1935-01-01"), day("1990-01-01"), len(people))),
            "sex": rng.integers(1, 3, len(people)).astype(str),
        }
    )
    told = {name: np.concatenate(parts) if parts else np.array([]) for name, parts in cancers.items()}
    new_cancers = pa.table(
        {
            "patient_id": [f"p{int(n)}" for n in told["patient"].tolist()],
            "icd10": told["icd10"].astype(str),
            "first_contact_date": _iso(told["day"].astype(int)),
            "institution": told["place"].astype(str),
        }
    )
    return Cohort(registrations, patients, new_cancers)


def _points(rng: np.random.Generator, catalogue: Catalogue, leaf: Leaf, start: np.ndarray) -> dict[str, np.ndarray]:
    """The day of each code of each pathway; -1 where it has none."""
    count = len(start)
    limit = _limits(catalogue, leaf, start)
    in_time = rng.random(count) < leaf.share
    days = np.where(
        in_time,
        np.round(limit * rng.beta(4.5, 1.9, count)),
        limit + 1 + np.floor(rng.gamma(1.3, 9.0, count)),
    ).astype(int)
    cuts = np.sort(rng.beta(2.2, 2.4, (count, 2)), axis=1)
    attended = start + np.floor(days * cuts[:, 0] * 0.8).astype(int)
    decided = start + np.floor(days * (0.25 + 0.6 * cuts[:, 1])).astype(int)
    decided = np.maximum(decided, attended)
    attended = np.where(rng.random(count) < 0.03, -1, attended)
    if leaf.kind == "":
        return {"A": start, "S": attended, "CI": start + days}
    decided = np.where(rng.random(count) < 0.02, -1, decided)
    forgotten = rng.random(count) < 0.01
    treated = np.where(forgotten, -1, start + days)
    cleared = rng.random(count) < 0.3
    return {
        "A": start,
        "S": np.where(cleared, np.maximum(attended, start + 3), attended),
        "CK": np.where(cleared, -1, decided),
        "CA": np.where(cleared, np.maximum(attended, start + 3) + 5, -1),
        f"F{leaf.kind}": np.where(cleared, -1, treated),
    }


def _limits(catalogue: Catalogue, leaf: Leaf, start: np.ndarray) -> np.ndarray:
    """The limit of the share on each start day."""
    pathway = catalogue.pathways[leaf.prefix]
    spans = ("OF4",) if leaf.kind else ("OF1", "OF2")
    found = {}
    for at in np.unique(start).tolist():
        on = date.fromordinal(at + date(1970, 1, 1).toordinal())
        versions = [in_force(pathway, span, leaf.kind, on=on) or in_force(pathway, span, on=on) for span in spans]
        found[at] = sum(v.days for v in versions if v is not None and v.days is not None) or 30
    return np.array([found[at] for at in start.tolist()])


def _iso(days: np.ndarray) -> pa.Array:
    return pa.array(days.astype(np.int32)).cast(pa.date32()).cast(pa.string())
