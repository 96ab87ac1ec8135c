"""The example files are read without a word of complaint, and written back they are what they were."""

from pathlib import Path

import pyarrow as pa

import pakkeforlop
from pakkeforlop.exchange.csv.read import read_new_cancers, read_patients
from pakkeforlop.exchange.csv.write import write_table

EXAMPLES = Path(pakkeforlop.__file__).parent / "exchange" / "csv" / "examples"


def as_file(table, **renamed):
    """A table as read, with the columns of the file: days as dates under their old names."""
    names = [renamed.get(name, name) for name in table.column_names]
    columns = [
        column.cast(pa.date32()) if name.endswith("_date") else column
        for name, column in zip(names, table.columns, strict=True)
    ]
    return pa.table(columns, names)


def test_registrations(read, tmp_path, catalogue):
    intake = read(EXAMPLES / "registrations.csv")
    assert len(intake.rejects) == 0
    write_table(as_file(intake.registrations, day="event_date"), tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_bytes() == (EXAMPLES / "registrations.csv").read_bytes()
    assert set(intake.registrations["code"].to_pylist()) <= set(catalogue.codes)
    assert set(intake.registrations["institution"].to_pylist()) <= set(catalogue.hospitals)


def test_patients(tmp_path):
    reading = read_patients(EXAMPLES / "patients.csv", today=20000)
    assert len(reading.rejects) == 0
    table = as_file(reading.table, birth_day="birth_date")
    table = table.set_column(2, "sex", table["sex"].cast(pa.string()))
    write_table(table, tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_bytes() == (EXAMPLES / "patients.csv").read_bytes()


def test_new_cancers(tmp_path):
    reading = read_new_cancers(EXAMPLES / "new_cancers.csv", last_day=20000)
    assert len(reading.rejects) == 0
    write_table(as_file(reading.table, first_contact_day="first_contact_date"), tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_bytes() == (EXAMPLES / "new_cancers.csv").read_bytes()


def test_corrections(read):
    intake = read(EXAMPLES / "registrations_with_corrections.csv")
    assert intake.registrations.select(["registration_id", "code"]).to_pylist() == [
        {"registration_id": "r1", "code": "A01A"},
        {"registration_id": "r2", "code": "A01S"},
        {"registration_id": "r4", "code": "A01CK"},
    ]
    assert (intake.superseded, intake.withdrawn) == (2, 1)
