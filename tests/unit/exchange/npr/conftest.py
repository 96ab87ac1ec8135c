"""Messages made by the command itself, from a few lines of registrations."""

from __future__ import annotations

import pytest
from lxml import etree
from typer.testing import CliRunner

REGISTRATIONS = """patient_id,code,event_date,institution,registration_id,unit,care_level,seniority_date,received_date
p1,A01A,2025-01-08,974557746,r1,Brystdiagnostisk senter,,2025-01-05,2025-01-06
p1,A01S,2025-01-10,974557746,r2,Brystdiagnostisk senter,3,,
p1,A01CK,2025-01-10,974557746,r3,Brystdiagnostisk senter,3,,
p1,A01FK,2025-02-09,974743272,,,1,,
p2,D01A,2025-02-11,bergen,r5,,,,
p3,A26A,2025-02-12,974749025,r6,,,,
p4,A26A,2024-12-30,974557746,r7,,,,
p5,A26A,,974557746,r8,,,,
p6,A26A,2025-02-01,912345678,r9,,,,
"""
PATIENTS = """patient_id,birth_date,sex,municipality
p1,1960-05-17,2,4601
p2,1980-01-01,1,
"""


@pytest.fixture
def given(tmp_path):
    (tmp_path / "in.csv").write_text(REGISTRATIONS, encoding="utf-8")
    (tmp_path / "patients.csv").write_text(PATIENTS, encoding="utf-8")
    return tmp_path


@pytest.fixture(scope="session")
def run():
    def invoke(*words, code=0):
        from pakkeforlop.cli.main import app

        result = CliRunner().invoke(app, [str(word) for word in words])
        assert result.exit_code == code, result.output
        return result.output

    return invoke


@pytest.fixture
def written(given, run):
    """The folder of messages of Helse Bergen for January and February 2025."""

    def make(*more, sender="983974724", out="message", period="2025-02", code=0):
        run("npr", "write", given / "in.csv", "--patients", given / "patients.csv", "--sender", sender, "--period",
            period, "--out", given / out, "--at", "2025-03-03T08:00:00", *more, code=code)  # fmt: skip
        return given / out

    return make


@pytest.fixture
def tree():
    """A message as a tree, its names without namespace."""

    def read(path):
        parsed = etree.parse(path)
        for element in parsed.iter(etree.Element):
            element.tag = etree.QName(element).localname
        return parsed

    return read
