"""Deliveries made by the command itself, from a few lines of registrations."""

from __future__ import annotations

import csv
import io

import pytest
from typer.testing import CliRunner

REGISTRATIONS = """patient_id,code,event_date,institution,registered_at,registration_id,unit,seniority_date
p1,A01A,2024-01-08,974557746,2024-01-08,r1,Brystdiagnostisk senter,2024-01-05
p1,A01S,2024-01-10,974557746,2024-01-10,r2,,
p1,A01CK,2024-01-25,974557746,2024-01-25,r3,,
p1,A01FK,2024-02-09,974557746,2024-02-09,r4,,
p2,A26A,2024-01-10,974557746,2024-01-10,r5,4201234,
p2,A26O,2024-01-12,974557746,2024-01-12,r6,,
p2,A26A,2024-01-15,974749025,2024-01-15,r7,,
p2,A26S,2024-01-16,974749025,2024-01-16,r8,,
p3,C01A,2024-01-03,974557746,2024-01-03,r9,,
p4,A16A,2024-01-03,912345678,2024-01-03,r10,,
p5,A38A,2024-02-20,974749025,2024-02-20,r11,=HYPERLINK(1),
"""
PATIENTS = """patient_id,birth_date,sex,municipality,district,death_date
p2,1950-06-01,1,4601,460101,
p1,1960-05-17,2,4601,,
p2,1950-06-01,1,,,2024-02-20
"""


@pytest.fixture
def given(tmp_path):
    (tmp_path / "in.csv").write_text(REGISTRATIONS, encoding="utf-8")
    (tmp_path / "patients.csv").write_text(PATIENTS, encoding="utf-8")
    return tmp_path


@pytest.fixture
def run():
    def invoke(*words, code=0):
        from pakkeforlop.cli.main import app

        result = CliRunner().invoke(app, [str(word) for word in words])
        assert result.exit_code == code, result.output
        return result.output

    return invoke


@pytest.fixture
def delivered(given, run):
    """The folder that a delivery wrote."""

    def make(month="2024-03", *more, out="out"):
        run("deliver", "--month", month, given / "in.csv", "--patients", given / "patients.csv", "--out", given / out, *more)
        return given / out

    return make


@pytest.fixture
def rows():
    """The rows of a CSV file as the register sends it, as dicts."""

    def read(path):
        text = path.read_bytes().decode("utf-8")
        assert text.startswith("\ufeff")
        return list(csv.DictReader(io.StringIO(text[1:], newline=""), delimiter=";"))

    return read
