"""The synthetic ward: the same for a seed, numbers that can be nobody's, files that the loader's columns know."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from pakkeforlop.exchange.generate.ward.arrivals import arrivals
from pakkeforlop.exchange.generate.ward.files import COLUMNS, write_ward
from pakkeforlop.exchange.generate.ward.ward import inbox, joined, morning, planted

TODAY = date(2022, 1, 20)
PLACES = {"hospital": "974557746", "other": "974744570"}


def test_a_seed_gives_the_same_ward_and_another_seed_another():
    one, again = (morning(today=TODAY, seed=3, **PLACES).files for _ in range(2))
    assert one == again
    assert one != morning(today=TODAY, seed=4, **PLACES).files


def test_identity_numbers_are_synthetic_with_valid_check_digits():
    rows = morning(today=TODAY, seed=3, **PLACES).files["patients"]
    assert len({row["national_number"] for row in rows}) == len(rows) > 40
    for row in rows:
        digits = [int(sign) for sign in row["national_number"]]
        assert int(row["national_number"][2:4]) - 80 == int(row["birth_date"][5:7])
        assert sum(w * d for w, d in zip((3, 7, 6, 1, 8, 9, 4, 5, 2, 1), digits[:10], strict=True)) % 11 == 0
        assert sum(w * d for w, d in zip((5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1), digits, strict=True)) % 11 == 0
        assert digits[8] % 2 == int(row["sex"]) % 2


def test_nothing_is_registered_in_the_future_and_all_registrations_have_a_patient():
    ward = planted(today=TODAY, seed=3, faults=60, clean=10, **PLACES)
    known = {row["patient_id"] for row in ward.files["patients"]}
    for row in ward.files["registrations"]:
        assert date.fromisoformat(row["event_date"]) <= TODAY
        assert row["patient_id"] in known
    assert len({row["registration_id"] for row in ward.files["registrations"]}) == len(ward.files["registrations"])


def test_the_files_have_the_columns_that_are_loaded(tmp_path: Path):
    one = {"today": TODAY, "seed": 3, "hospital": PLACES["hospital"]}
    ward = joined([morning(today=TODAY, seed=3, **PLACES), arrivals(**one), inbox(**one)])
    paths = write_ward(ward, tmp_path)
    assert set(paths) == set(COLUMNS)
    for kind, path in paths.items():
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert len(rows) == len(ward.files[kind]) > 0
        assert tuple(rows[0]) == COLUMNS[kind]


@pytest.mark.parametrize("size", [20, 60])
def test_a_morning_is_about_as_large_as_asked_for(size: int):
    ward = morning(today=TODAY, seed=3, size=size, **PLACES)
    open_ones = [scene for scene in ward.scene_of.values() if scene != "outside"]
    assert abs(len(open_ones) - size) <= 8
