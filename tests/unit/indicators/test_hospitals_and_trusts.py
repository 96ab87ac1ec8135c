"""A trust is the sum of its hospitals, in numerator and denominator, except where it can't be (decision 6).

It can't where a start was registered with the number of the trust itself, which no hospital has, and where a hospital
has changed trust since the start: the hospital keeps the pathway, and so does the trust it belonged to on that day.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from pakkeforlop.catalogue.load import load_catalogue
from pakkeforlop.episodes.rows import Engine, Linking, link_table
from pakkeforlop.indicators.compute import compute
from pakkeforlop.indicators.material import material_of
from pakkeforlop.vocabulary.calendar import day_number

AHUS, INNLANDET = "983971636", "983971709"
NORDBYHAGEN, KONGSVINGER = "974706490", "974631776"
Rows = list[tuple[int, str, int, str]]


def linked(rows: Rows, as_of: date) -> tuple[Engine, Linking]:
    """Registrations (patient, code, day, institution), linked."""
    engine = Engine.of(load_catalogue())
    patient, code, day, institution = zip(*rows, strict=True)
    table = pa.table(
        {
            "patient_id": pa.array(patient, pa.int64()), "code": pa.array(code).dictionary_encode(),
            "day": pa.array(day, pa.int32()), "institution": pa.array(institution).dictionary_encode(),
        }
    )  # fmt: skip
    return engine, link_table(table, engine, as_of=day_number(as_of))


def figures(rows: Rows, as_of: date) -> list[dict[str, Any]]:
    """All figures of the registrations."""
    engine, linking = linked(rows, as_of)
    material = material_of(linking, None, None)
    told = compute(linking.linked, engine.catalogue, engine.organisations, engine.settings, material)
    return list(told.to_pylist())


def drawn(patients: int, seed: int) -> Rows:
    """Histories at hospitals that have been in one trust all along, with codes left out now and then."""
    r = np.random.default_rng(seed)
    hospitals = [number for number, one in load_catalogue().hospitals.items() if len(one.belongs) == 1]
    rows: Rows = []
    for patient in range(patients):
        prefix = f"A{r.choice([1, 2, 12, 16, 18, 21]):02d}"
        day = day_number(date(2018, 1, 1)) + int(r.integers(0, 900))
        where, later = (str(r.choice(hospitals)) for _ in range(2))
        kind = str(r.choice(["K", "M", "S", "O"]))
        rows.append((patient, f"{prefix}A", day, where))
        for suffix, most in (("S", 25), ("CK", 30), (f"F{kind}", 45)):
            day += int(r.integers(0, most))
            if r.random() < 0.93:
                rows.append((patient, prefix + suffix, day, where))
            if suffix == "S" and r.random() < 0.1:
                rows += [(patient, f"{prefix}O", day, where), (patient, f"{prefix}A", day + 1, later)]
    return rows


def test_hospitals_make_the_trust() -> None:
    """Every indicator, branch, pathway, tertial and year."""
    catalogue = load_catalogue()
    trust_of = {
        number: catalogue.trusts[one.belongs[0].trust].org_nr for number, one in catalogue.hospitals.items()
    }  # fmt: skip
    cell = ("indicator", "branch", "pathway_key", "period_type", "period_from")
    trusts: dict[Any, tuple[int, int]] = {}
    hospitals: dict[Any, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for row in figures(drawn(2500, 4), date(2021, 1, 31)):
        if row["period_type"] == "month" or row["kind"] or row["indicator"] in {"messages", "pathways_open"}:
            continue
        names = tuple(row[name] for name in cell)
        told = (row["numerator"], row["denominator"] or 0)
        if row["unit_level"] == "HF":
            trusts[row["org_nr"], *names] = told
        elif row["unit_level"] == "hospital":
            trust = (trust_of[row["org_nr"]], *names)
            hospitals[trust] = (hospitals[trust][0] + told[0], hospitals[trust][1] + told[1])
    assert trusts == hospitals
    assert {key[1] for key in trusts} >= {
        "of1_days", "of2_days", "of3_days", "of4_days", "of4_share", "pathways_started", "pathways_decided",
        "pathways_completed", "missing_first_attendance", "missing_decision", "missing_treatment",
    }  # fmt: skip
    assert {key[2] for key in trusts} == {"all", "K", "M", "S", "O"}
    assert len(trusts) > 5000


def test_what_keeps_a_trust_from_being_the_sum_of_its_hospitals() -> None:
    """Kongsvinger came to Ahus on 1 February 2019; a start of January belongs to Innlandet, whenever it ends."""

    def history(patient: int, start: date, where: str, attended: int) -> Rows:
        first = day_number(start)
        days = {"A": 0, "S": attended, "CK": attended + 7, "FK": attended + 14}
        return [(patient, f"A21{suffix}", first + day, where) for suffix, day in days.items()]

    rows = [
        *history(1, date(2019, 2, 10), NORDBYHAGEN, 3),
        *history(2, date(2019, 1, 10), KONGSVINGER, 60),
        *history(3, date(2019, 2, 10), KONGSVINGER, 3),
        *history(4, date(2019, 3, 1), AHUS, 3),
    ]
    told = {
        (row["unit_level"], row["org_nr"]): (row["numerator"], row["denominator"])
        for row in figures(rows, date(2019, 12, 31))
        if row["indicator"] == "of1_days" and row["period_type"] == "year" and row["pathway_key"] != "all_organ_specific"
        and row["unit_level"] in {"HF", "hospital"}
    }  # fmt: skip
    assert told == {
        ("HF", AHUS): (3, 3),  # patients 1, 3 and 4
        ("HF", INNLANDET): (0, 1),  # patient 2, whose 60 days are over the limit
        ("hospital", NORDBYHAGEN): (1, 1),
        ("hospital", KONGSVINGER): (1, 2),
    }
