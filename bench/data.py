"""Benchmark data: synthetic registrations in the order they were registered, without other faults than real life's.

Columns: patient_id BIGINT, code and institution text, event_date DATE (and patients: patient_id, birth_date, sex).
Each episode has a start, a first attendance, a decision and, if the decision leads on, a treatment; one in eight is
sent on to another trust; one in eight belongs to a patient already there, a fifth of those in the same pathway, later.
Attendances, decisions and treatments are forgotten now and then, so some episodes stay open. Nothing is there that the
peers do not do: no code told twice, none before a start or after an end, no start at a place that has one already.
Episodes are 3.7 registrations on average. Seeded: the same size gives the same bytes.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from pakkeforlop.catalogue.load import load_catalogue
from pakkeforlop.vocabulary.calendar import day_number

VERSION = 2
FAMILIES = ("organ_specific", "metastasis", "diagnostic")
"""The pathways of the data: those for cancer, whose rules the peers know."""

Array = npt.NDArray[np.int64]
PIECE = 2_100_000
"""Episodes made at a time, in the order of registration, each piece with its own patients (7.7 million rows: one)."""

ROWS_AN_EPISODE = 3.743


@dataclass(frozen=True)
class Names:
    """What the numbers of the data stand for."""

    pathways: list[str]
    families: list[str]
    hospitals: list[str]
    trust: Array
    codes: list[str]
    code_of: dict[str, int]
    first: Array
    last: Array


def names() -> Names:
    """Pathways, hospitals and codes of the catalogue."""
    catalogue = load_catalogue()
    pathways = sorted(prefix for prefix, pathway in catalogue.pathways.items() if pathway.family in FAMILIES)
    codes: list[str] = []
    for prefix in pathways:
        family = catalogue.families[catalogue.pathways[prefix].family]
        codes += [prefix + event.suffix for event in family.event]
    trusts = {trust.key for trust in catalogue.trusts.values() if trust.kind == "trust"}
    hospitals = sorted(
        number
        for number, hospital in catalogue.hospitals.items()
        if len(hospital.belongs) == 1 and hospital.belongs[0].trust in trusts and hospital.belongs[0].valid_from is None
    )
    keys = sorted(trusts)
    return Names(
        pathways,
        [catalogue.pathways[prefix].family for prefix in pathways],
        hospitals,
        np.array([keys.index(catalogue.hospitals[number].belongs[0].trust) for number in hospitals]),
        codes,
        {code: n for n, code in enumerate(codes)},
        np.array([day_number(catalogue.pathways[prefix].introduced) for prefix in pathways]),
        np.array(
            [
                day_number(last) if (last := catalogue.pathways[prefix].last_day) else day_number(END)
                for prefix in pathways
            ]
        ),
    )


END = date(2024, 12, 31)


def piece(known: Names, episodes: int, seed: int, first_patient: int) -> pa.Table:
    """So many episodes of patients numbered from `first_patient`, in the order they were registered."""
    r = np.random.default_rng([VERSION, seed])
    n = episodes
    patient = np.arange(n)
    again = r.random(n) < 0.13
    patient[again] = r.integers(0, n, int(again.sum()))
    weight = 1 / np.arange(1, len(known.pathways) + 1) ** 0.6
    pathway = r.choice(len(known.pathways), n, p=weight / weight.sum())
    same = again & (r.random(n) < 0.2)
    pathway[same] = pathway[patient[same]]
    share = 1 / np.arange(1, len(known.hospitals) + 1) ** 0.5
    hospital = r.choice(len(known.hospitals), n, p=share / share.sum())
    span = known.last[pathway] - known.first[pathway] - 200
    start = known.first[pathway] + (r.random(n) * span).astype(np.int64)
    attend = start + r.gamma(1.6, 5, n).astype(np.int64)
    decide = attend + r.gamma(1.8, 8, n).astype(np.int64)
    kind = r.choice(4, n, p=[0.62, 0.05, 0.03, 0.30])
    treatment = r.choice(6, n, p=[0.47, 0.23, 0.13, 0.05, 0.10, 0.02])
    other = r.integers(0, len(known.hospitals), n)
    moved = (r.random(n) < 0.125) & (known.trust[other] != known.trust[hospital])
    received = np.maximum(start + ((decide - start) * r.random(n)).astype(np.int64), start + 1) + r.integers(0, 4, n)
    sent = np.maximum(received - 1 - r.integers(0, 4, n), start)
    decide = np.where(moved, np.maximum(decide, received), decide)
    treat = decide + r.gamma(1.7, 7, n).astype(np.int64)
    family = np.array(known.families)[pathway]
    parts: list[tuple[Array, ...]] = []

    def lookup(suffixes: list[str]) -> Array:
        return np.array([[known.code_of.get(p + s, -1) for s in suffixes] for p in known.pathways])

    def add(mask: npt.NDArray[np.bool_], code: Array, day: Array, where: Array) -> None:
        rows = np.flatnonzero(mask & (code >= 0) & (day <= known.last[pathway]))
        parts.append((patient[rows], code[rows], day[rows], where[rows]))

    leading = np.where(family == "organ_specific", 0, np.where(family == "metastasis", 1, 2))
    decision = lookup(["CK", "CU", "CM", "CA", "CI"])
    ends = np.where(kind == 1, 2, np.where(kind == 2, 3, 4))
    which = np.where(kind == 0, np.where(leading == 1, 1, 0), ends)
    which = np.where((which == 2) & (leading != 0), 3, which)
    decided = r.random(n) < 0.96
    treated = (kind == 0) & (leading < 2) & (r.random(n) < 0.96)
    ended = np.where(treated, treat, np.where(decided & ((kind > 0) | (leading == 2)), decide, FOREVER))
    ended = np.where(ended > known.last[pathway], FOREVER, ended)
    every = first_or_after_the_end(patient, pathway, start, ended)
    start_code = lookup(["A", "S", "O"])
    later = np.where(moved, other, hospital)
    add(every, start_code[pathway, 0], start, hospital)
    add(every & (r.random(n) < 0.97), start_code[pathway, 1], attend, hospital)
    add(every & moved, start_code[pathway, 2], sent, hospital)
    add(every & moved, start_code[pathway, 0], received, other)
    add(every & decided, decision[pathway, which], decide, later)
    given = lookup(["FK", "FM", "FS", "FL", "FO", "FI"])
    add(every & treated, given[pathway, treatment], treat, later)
    patient_id, code, day, where = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.argsort(day * 1000 + r.integers(0, 4000, len(day)), kind="stable")
    return pa.table(
        {
            "patient_id": pa.array(patient_id[order] + first_patient + 10_000_000, pa.int64()),
            "code": _texts(code[order], known.codes),
            "event_date": pa.array(day[order].astype(np.int32), pa.int32()).cast(pa.date32()),
            "institution": _texts(where[order], known.hospitals),
        }
    )


FOREVER = 1 << 30


def first_or_after_the_end(patient: Array, pathway: Array, start: Array, ended: Array) -> npt.NDArray[np.bool_]:
    """Episodes that begin after every earlier one of the same patient and pathway has ended; others are left out."""
    order = np.lexsort((start, pathway, patient))
    group = patient[order] * 64 + pathway[order]
    again = np.concatenate([[False], group[1:] == group[:-1]])
    number = np.cumsum(~again)
    latest = np.maximum.accumulate(number * (FOREVER * 2) + ended[order]) - number * (FOREVER * 2)
    before = np.concatenate([[0], latest[:-1]])
    keep = np.ones(len(order), bool)
    keep[order] = ~again | (start[order] > before)
    return keep


def _texts(index: Array, texts: list[str]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(index.astype(np.int32)), pa.array(texts)).cast(pa.string())


def write(folder: Path, registrations: int, *, text_ids: bool = False) -> Path:
    """Write (or find) a Parquet file of about so many registrations."""
    path = folder / f"registrations-v{VERSION}-{registrations}{'-text' if text_ids else ''}.parquet"
    if path.exists():
        return path
    folder.mkdir(parents=True, exist_ok=True)
    known = names()
    half = path.with_suffix(".part")
    episodes, seed, first, writer = round(registrations / ROWS_AN_EPISODE), 0, 0, None
    while episodes:
        count = min(PIECE, episodes)
        table = piece(known, count, seed, first)
        if text_ids:
            ids = pa.compute.utf8_lpad(table["patient_id"].cast(pa.string()), 11, "0")
            table = table.set_column(0, "patient_id", ids)
        writer = writer or pq.ParquetWriter(half, table.schema, compression="zstd")
        writer.write_table(table, row_group_size=1_000_000)
        episodes, seed, first = episodes - count, seed + 1, first + count
    if writer is not None:
        writer.close()
    half.rename(path)
    return path


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("registrations", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--text-ids", action="store_true")
    chosen = parser.parse_args()
    print(write(chosen.folder, chosen.registrations, text_ids=chosen.text_ids))
