"""Hospitals and the register run side by side: from the same events both have the same pathways, to the byte."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq
import pytest

COUNT = 100_000
DAY = date(2025, 12, 31)
COURSES = (
    ("A",), ("A", "S"), ("A", "S", "CK"), ("A", "S", "CK", "FK"), ("A", "S", "CK", "FM"), ("A", "S", "CK", "P", "FK"), ("A", "S", "CI"),
    ("A", "CA"), ("A", "X"), ("A", "S", "O"), ("A", "CK", "S", "FK"), ("S", "CK"), ("A", "S", "S", "CK", "FK", "FK"), ("A", "S", "X", "FK"),
)  # fmt: skip
"""In order and out of it: 102, 105, 106, 108, 110, 111, 113 and 114 are among what comes of them."""


def events(catalogue):
    """A hundred thousand pathways of a year at all hospitals; one in ten of A-S-O goes on at another trust."""
    draw = np.random.default_rng(20_250_101)
    hospitals = [one.org_nr for one in catalogue.hospitals.values() if one.org_nr and catalogue.units.resolve(one.org_nr).trust(DAY)]
    prefixes = [code for code in catalogue.pathways if code[0] == "A" and catalogue.pathways[code].last_day is None]
    patient, code, day, place = [], [], [], []
    for n in range(COUNT):
        prefix = prefixes[draw.integers(len(prefixes))]
        course = COURSES[draw.integers(len(COURSES))]
        at, where = 20_089 + int(draw.integers(330)), hospitals[draw.integers(len(hospitals))]
        who = f"p{n if draw.random() > 0.03 else draw.integers(n + 1):06}"
        for step in course:
            patient.append(who)
            code.append(prefix + step)
            day.append(min(at, 20_453))
            place.append(where)
            at += int(draw.integers(0, 20))
        if course[-1] == "O":
            where = hospitals[draw.integers(len(hospitals))]
            for step in ("A", "CK", "FK"):
                patient.append(who)
                code.append(prefix + step)
                day.append(min(at, 20_453))
                place.append(where)
                at += int(draw.integers(0, 15))
    return pa.table({
        "patient_id": patient, "code": code, "event_date": pa.array(day, pa.int32()).cast(pa.date32()), "institution": place,
        "registration_id": [f"r{n:07}" for n in range(len(code))],
    })  # fmt: skip



@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_hospitals_and_register_agree_to_the_byte(tmp_path, run, catalogue):
    everything = events(catalogue)
    trust_of = {one: catalogue.units.resolve(one).trust(DAY) for one in set(everything["institution"].to_pylist())}
    trusts = pa.array([trust_of[one] for one in everything["institution"].to_pylist()])
    pq.write_table(everything, tmp_path / "all.parquet")
    for trust in sorted(set(trusts.to_pylist())):
        pq.write_table(everything.filter(pc.equal(trusts, trust)), tmp_path / f"{trust}.parquet")
        run("npr", "write", tmp_path / f"{trust}.parquet", "--sender", trust, "--period", "2025-12", "--no-xml", "--quiet",
            "--at", "2026-01-03T08:00:00", "--out", tmp_path / "inbox" / trust)  # fmt: skip
    told = run("npr", "receive", tmp_path / "inbox", "--period", "2025-12", "--at", "2026-01-04T08:00:00", "--no-report", "--no-xlsx",
               "--quiet", "--json", "--out", tmp_path / "register")  # fmt: skip
    record = json.loads(told)
    assert record["registrations"] == everything.num_rows
    assert {one["fate"] for one in record["messages"]} == {"taken"}
    people = {"patient_id": sorted(set(everything["patient_id"].to_pylist()))}
    count = len(people["patient_id"])
    pq.write_table(pa.table({**people, "birth_date": pa.nulls(count, pa.date32()), "sex": ["0"] * count}), tmp_path / "people.parquet")
    run("monitor", tmp_path / "all.parquet", "--patients", tmp_path / "people.parquet", "--as-of", "2025-12-31", "--no-report",
        "--quiet", "--out", tmp_path / "together")  # fmt: skip
    for name in ("episodes.csv", "indicators.csv"):
        here, there = (tmp_path / folder / name for folder in ("together", "register/figures"))
        assert here.read_bytes() == there.read_bytes(), name
    assert len((tmp_path / "together/episodes.csv").read_bytes()) > 10_000_000
    numbers = Counter(arrow_csv.read_csv(tmp_path / "register/figures/messages.csv")["message"].to_pylist())
    assert {102, 105, 106, 108, 111, 113, 114} <= set(numbers)
    _each_hospital(tmp_path, run, everything, trusts)


def _each_hospital(folder, run, everything, trusts):
    """Three trusts by themselves: their patients who were nowhere else have the register's episodes, line by line."""
    places = {}
    for patient, trust in zip(everything["patient_id"].to_pylist(), trusts.to_pylist(), strict=True):
        places.setdefault(patient, set()).add(trust)
    register = (folder / "register/figures/episodes.csv").read_text(encoding="utf-8").splitlines()
    head = register[0].split(",").index("patient_id")
    for trust in sorted(set(trusts.to_pylist()))[:3]:
        run("monitor", folder / f"{trust}.parquet", "--patients", folder / "people.parquet", "--as-of", "2025-12-31", "--no-report",
            "--quiet", "--out", folder / f"own-{trust}")  # fmt: skip
        own = (folder / f"own-{trust}/episodes.csv").read_text(encoding="utf-8").splitlines()
        alone = {f'"{patient}"' for patient, at in places.items() if at == {trust}}
        mine = [line for line in own if line.split(",")[head] in alone]
        assert len(mine) > 1000
        assert mine == [line for line in register if line.split(",")[head] in alone]
