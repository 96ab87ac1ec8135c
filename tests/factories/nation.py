"""A made-up nation with every kind of fault: registrations, patients and new cancers to recount figures on.

Unlike the benchmark's data these hold what goes wrong: unknown codes, missing dates, codes before the start and after
the end, the same thing told twice, corrections and withdrawals, transfers within and between trusts, a hospital that
changes trust, places that nobody knows, other families' codes, dates outside the years, late and impossible days of
registration, patients without a birth date or a sex, children, people found ill twice. Seeded; whole arrays.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

PATHWAYS = "A01 A02 A03 A04 A05 A06 A07 A12 A14 A16 A18 A26 A30 A36 A37 A38 A39 B01 C01".split()
PLACES = [
    "974557746", "974743272", "9745577460", "983974724",  # Helse Bergen: two hospitals, a radiotherapy unit, the trust
    "974749025", "974749505", "883974832",  # St. Olavs: two hospitals, the trust
    "974631776", "974631768", "974706490",  # Kongsvinger (changes trust), Elverum (Innlandet), Nordbyhagen (Ahus)
    "974707152", "874716782", "974589095",  # Oslo
    "974795787", "974795361", "974795558",  # the north
    "983971652",  # a replaced number of Oslo
    "unn", "984027737", "999999990", "somewhere",
]  # fmt: skip
ICD10 = ["C50", "C50.9", "C02", "C911", "C91.1", "C90.0", "C91.0", "C92.1", "D46", "C83", "C25.0", "C24.1", "C24.0",
         "C18", "C20.9", "C67", "C68.0", "C68.9", "C61", "C62", "C34.1", "C49", "C73", "C43.5", "C7A", "C80", "C44",
         "Z51", "c50.1"]  # fmt: skip
EPOCH = date(1970, 1, 1)
NO_DATE = -(2**31)


@dataclass(frozen=True)
class Nation:
    """The files of a made-up nation, and the day it is looked at."""

    registrations: Path
    patients: Path
    new_cancers: Path
    as_of: date


def day(year: int, month: int, number: int) -> int:
    """Days since 1970."""
    return (date(year, month, number) - EPOCH).days


def nation(folder: Path, episodes: int = 16_000, seed: int = 1, *, as_of: date = date(2024, 6, 30)) -> Nation:
    """Write registrations.parquet, patients.parquet and new_cancers.parquet for about 4.5 times so many codes."""
    r = np.random.default_rng(seed)
    made = _registrations(r, episodes)
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{name}.parquet" for name in ("registrations", "patients", "new_cancers")]
    pq.write_table(made, paths[0])
    pq.write_table(_patients(r, episodes), paths[1])
    pq.write_table(_new_cancers(r, made, episodes), paths[2])
    return Nation(*paths, as_of)


def _pick(r: Any, names: list[str], n: int) -> np.ndarray:
    return np.array(names, dtype=object)[r.integers(0, len(names), n)]


def _registrations(r: Any, n: int) -> pa.Table:
    patient = np.arange(n)
    again = r.random(n) < 0.25
    patient[again] = r.integers(0, n, int(again.sum()))
    prefix = _pick(r, PATHWAYS, n)
    same = again & (r.random(n) < 0.6)
    prefix[same] = prefix[patient[same]]
    weight = 1 / np.arange(1, len(PLACES) + 1) ** 0.4
    place = np.array(PLACES, dtype=object)[r.choice(len(PLACES), n, p=weight / weight.sum())]
    start = day(2015, 3, 1) + (r.random(n) * (day(2024, 12, 1) - day(2015, 3, 1))).astype(int)
    attend = start + r.gamma(1.6, 5, n).astype(int)
    decide = attend + r.gamma(1.8, 8, n).astype(int)
    treat = decide + r.gamma(1.7, 8, n).astype(int)
    slow = r.random(n) < 0.01
    treat[slow] += r.integers(300, 900, int(slow.sum()))
    moved = r.random(n) < 0.2
    other = _pick(r, PLACES, n)
    sent = start + ((decide - start) * r.random(n)).astype(int)
    later = np.where(moved, other, place)
    organ = np.array([p[0] == "A" for p in prefix])
    diagnostic = np.array([p == "C01" for p in prefix])
    cancer = np.where(organ, "CK", np.where(diagnostic, "CK", "CU"))
    cleared = np.where(
        organ, _pick(r, ["CM", "CA", "CI"], n), np.where(diagnostic, _pick(r, ["CA", "CI", "CU", "CD"], n), "CA")
    )
    found = r.random(n) < 0.65
    decision = np.where(found, cancer, cleared)
    treatment = np.array(["FK", "FM", "FS", "FL", "FO", "FI"])[
        r.choice(6, n, p=[0.42, 0.22, 0.15, 0.06, 0.12, 0.03])
    ]
    treated = found & ~diagnostic & (r.random(n) < 0.93)
    broken = ~treated & (r.random(n) < 0.15)
    asked = found & (r.random(n) < 0.06)
    rows: dict[str, list[np.ndarray]] = {name: [] for name in ("patient", "code", "day", "place")}

    def add(mask: np.ndarray, suffix: Any, when: np.ndarray, where: np.ndarray) -> None:
        at = np.flatnonzero(mask)
        rows["patient"].append(patient[at])
        rows["code"].append(prefix[at] + (suffix if isinstance(suffix, str) else suffix[at].astype(object)))
        rows["day"].append(when[at])
        rows["place"].append(where[at])

    def some(share: float) -> np.ndarray:
        return r.random(n) < share

    special = (start >= day(2019, 10, 1)) & some(0.08)
    add(~special, "A", start, place)
    add(special, "AA", start, place)
    add(some(0.94), "S", attend, np.where(some(0.05), other, place))
    add(moved & some(0.8), "O", sent, place)
    add(moved & some(0.9), "A", np.maximum(sent + r.integers(0, 5, n), start), other)
    add(some(0.93), decision, np.where(some(0.02), attend - r.integers(1, 9, n), decide), later)
    add(asked, "P", decide + r.integers(0, 9, n), later)
    add(treated, treatment, np.where(asked, treat + 20, treat), later)
    add(broken, "X", decide + r.integers(0, 40, n), later)
    # faults
    add(some(0.02), "A", start + r.integers(1, 20, n), place)  # a start at the same place: a repetition
    add(some(0.004), "A", start + r.integers(370, 500, n), place)  # or long after: stale
    add(some(0.02), "S", treat + r.integers(-10, 30, n), later)  # a second attendance, or one after the end
    add(some(0.01), "S", start - r.integers(1, 30, n), place)  # before the start
    add(some(0.01), _pick(r, ["B", "CD", "Q", "F1", "ZZ", ""], n), decide, place)  # lapsed and unknown ones
    add(some(0.01), "FM", treat + r.integers(0, 90, n), later)  # a second treatment
    add(some(0.01), "CM", decide + r.integers(0, 5, n), later)  # a second decision
    joined = {name: np.concatenate(parts) for name, parts in rows.items()}
    count = len(joined["day"])

    def rare(share: float) -> np.ndarray:
        return np.flatnonzero(r.random(count) < share)

    joined["code"][rare(0.003)] = "A27A"  # no such pathway
    joined["code"][rare(0.003)] = "WMFG11"
    joined["code"][rare(0.003)] = "D06M"
    joined["day"][rare(0.004)] = NO_DATE
    joined["day"][rare(0.001)] = day(2014, 5, 5)
    joined["day"][rare(0.001)] = day(2031, 1, 1)
    joined["id"] = np.array([f"r{number}" for number in range(count)], dtype=object)
    joined["id"][rare(0.1)] = None
    delay = np.minimum(r.geometric(0.3, count) - 1, 90)
    delay[rare(0.01)] = -3
    dated = np.where(joined["day"] == NO_DATE, day(2020, 1, 1), joined["day"])
    joined["registered"] = (dated + delay) * 1440 + r.integers(0, 1440, count)
    joined["registered"][rare(0.02)] = NO_DATE
    twice = rare(0.015)
    fixed = rare(0.01)
    fixed = fixed[[joined["id"][at] is not None for at in fixed]]
    gone = rare(0.003)
    gone = gone[[joined["id"][at] is not None for at in gone]]

    def copy(at: np.ndarray, **changes: Any) -> dict[str, np.ndarray]:
        return {name: changes.get(name, joined[name][at]) for name in joined}

    later_on = r.integers(1, 200, count) * 1440
    parts = [
        joined,
        copy(twice, id=np.array([f"t{number}" for number in twice], dtype=object)),
        copy(
            fixed,
            day=np.where(joined["day"][fixed] == NO_DATE, NO_DATE, joined["day"][fixed] + r.integers(-5, 6, len(fixed))),
            registered=np.where(
                joined["registered"][fixed] == NO_DATE, day(2023, 5, 5) * 1440,
                joined["registered"][fixed] + later_on[fixed],
            ),
        ),
        copy(gone, code=np.full(len(gone), "", dtype=object), registered=np.full(len(gone), day(2024, 6, 1) * 1440)),
    ]
    whole = {name: np.concatenate([part[name] for part in parts]) for name in joined}
    order = r.permutation(len(whole["day"]))
    table = {name: values[order] for name, values in whole.items()}
    return pa.table(
        {
            "patient_id": pa.array([f"p{number}" for number in table["patient"].tolist()], pa.string()),
            "code": pa.array(table["code"].tolist(), pa.string()),
            "event_date": _dates(table["day"]),
            "institution": pa.array(table["place"].tolist(), pa.string()),
            "registration_id": pa.array(table["id"].tolist(), pa.string()),
            "registered_at": _moments(table["registered"]),
        }
    )


def _patients(r: Any, n: int) -> pa.Table:
    known = np.flatnonzero(r.random(n) < 0.97)
    born = r.integers(day(1930, 1, 1), day(1998, 1, 1), len(known))
    young = r.random(len(known)) < 0.06
    born[young] = r.integers(day(1999, 1, 1), day(2016, 1, 1), int(young.sum()))
    leap = r.random(len(known)) < 0.01
    born[leap] = [day(year, 2, 29) for year in r.choice([1944, 1960, 1996, 2000, 2004], int(leap.sum())).tolist()]
    born[r.random(len(known)) < 0.01] = NO_DATE
    sex = np.array(["1", "2", "", "0"])[r.choice(4, len(known), p=[0.49, 0.49, 0.01, 0.01])]
    return pa.table(
        {
            "patient_id": pa.array([f"p{number}" for number in known.tolist()], pa.string()),
            "birth_date": _dates(born),
            "sex": pa.array(sex.tolist(), pa.string()),
        }
    )


def _new_cancers(r: Any, made: pa.Table, n: int) -> pa.Table:
    """People found ill: some near a start of theirs, some far from it, some with none, some twice."""
    codes, days = made["code"].to_pylist(), made["event_date"].cast(pa.int32()).to_numpy(zero_copy_only=False)
    starts = [at for at, code in enumerate(codes) if code.endswith("A") and len(code) == 4 and days[at] == days[at]]
    chosen = np.array(starts)[r.random(len(starts)) < 0.5]
    who = [made["patient_id"][int(at)].as_py() for at in chosen]
    by_prefix = {"A01": "C50", "A02": "C02", "A03": "C911", "A04": "C90.0", "A05": "C91.0", "A06": "C83", "A07": "C25",
                 "A12": "C18.7", "A14": "C67", "A16": "C61", "A18": "C62", "A26": "C34.1", "A37": "C73", "A38": "C43"}  # fmt: skip
    kind = [by_prefix.get(codes[int(at)][:3], "C44") for at in chosen]
    shift = r.choice([-300, -61, -60, -20, -3, 0, 5, 14, 30, 180, 181, 400], len(chosen))
    when = days[chosen].astype(int) + shift
    extra = n // 3
    who += [f"p{number}" for number in r.integers(0, n + n // 3, extra).tolist()]
    kind += _pick(r, ICD10, extra).tolist()
    when = np.concatenate([when, r.integers(day(2011, 1, 1), day(2024, 12, 1), extra)])
    second = r.integers(0, len(who), len(who) // 6)
    who += [who[at] for at in second.tolist()]
    kind += [kind[at] for at in second.tolist()]
    years = r.choice([0, 1, 30, 200, 1500, 1825, 1826, 1827, 2000], len(second))
    when = np.concatenate([when, when[second] + years])
    order = r.permutation(len(who))
    return pa.table(
        {
            "patient_id": pa.array([who[at] for at in order.tolist()], pa.string()),
            "icd10": pa.array([kind[at] for at in order.tolist()], pa.string()),
            "first_contact_date": _dates(when[order]),
            "institution": pa.array(_pick(r, PLACES, len(who)).tolist(), pa.string()),
        }
    )


def _dates(days: np.ndarray) -> pa.Array:
    missing = days == NO_DATE
    return pa.array(np.where(missing, 0, days).astype(np.int32), pa.int32(), mask=missing).cast(pa.date32())


def _moments(minutes: np.ndarray) -> pa.Array:
    missing = minutes == NO_DATE
    microseconds = np.where(missing, 0, minutes).astype(np.int64) * 60_000_000
    return pa.array(microseconds, pa.int64(), mask=missing).cast(pa.timestamp("us"))
