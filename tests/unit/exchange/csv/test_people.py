"""Patients and new cancers: what is unusable is left out or refused, and the last row of a patient holds."""

from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pakkeforlop.exchange.csv.read import read_new_cancers, read_patients
from pakkeforlop.vocabulary.calendar import day_number
from pakkeforlop.vocabulary.errors import FileFault

TODAY = day_number(date(2025, 6, 30))


def refused(reading):
    return [(row["row"], row["column"], row["reason_key"]) for row in reading.rejects.to_pylist()]


@pytest.mark.parametrize(
    ("text", "sex"),
    [
        *((text, 1) for text in ("1", "M", "male", "Mann")),
        *((text, 2) for text in ("2", "K", "F", "FEMALE", "kvinne")),
        *((text, 0) for text in ("9", "")),
    ],
)
def test_sex_is_read_in_every_way_it_is_written(file, text, sex):
    reading = read_patients(file("p.csv", f"patient_id,birth_date,sex\n1,1950-05-01,{text}\n"), today=TODAY)
    assert reading.table["sex"].to_pylist() == [sex]
    assert refused(reading) == []


def test_patients_are_read_with_all_columns(file):
    text = "patient_id;birth_date;sex;municipality;district;death_date\n007;1.5.1950;K;0301;030101;2024-01-08\n"
    assert read_patients(file("p.csv", text), today=TODAY).table.to_pylist() == [
        {
            "patient_id": "007",
            "birth_day": day_number(date(1950, 5, 1)),
            "sex": 2,
            "municipality": "0301",
            "district": "030101",
            "death_day": day_number(date(2024, 1, 8)),
        }
    ]


def test_unusable_values_are_left_out_and_noted(file):
    text = "patient_id,birth_date,sex\n1,1879-12-31,1\n2,2025-07-01,2\n3,unknown,helikopter\n4,,1\n,1950-05-01,1\n"
    reading = read_patients(file("p.csv", text), today=TODAY)
    assert reading.table["birth_day"].to_pylist() == [None] * 4
    assert reading.table["sex"].to_pylist() == [1, 2, 0, 1]
    assert refused(reading) == [
        (1, "birth_date", "value_unreadable"),
        (2, "birth_date", "value_unreadable"),
        (3, "birth_date", "value_unreadable"),
        (3, "sex", "value_unreadable"),
        (5, "patient_id", "patient_missing"),
    ]
    assert reading.refused == 1


def test_the_last_row_of_a_patient_holds_and_a_different_one_is_noted(file):
    text = "patient_id,birth_date,sex\n1,1950-05-01,1\n1,1950-05-01,1\n2,1950-05-01,1\n2,1951-05-01,1\n2,1950-05-01,\n"
    reading = read_patients(file("p.csv", text), today=TODAY)
    assert reading.table["patient_id"].to_pylist() == ["1", "2"]
    assert reading.table["sex"].to_pylist() == [1, 0]
    assert refused(reading) == [(3, "", "replaced_by_later"), (4, "", "replaced_by_later")]


def test_patients_in_several_files_of_different_kinds(tmp_path, file):
    pq.write_table(
        pa.table({"patient_id": [1, 2], "birth_date": [date(1950, 5, 1)] * 2, "sex": pa.array([1, 2], pa.int8())}),
        tmp_path / "p.parquet",
    )
    more = file("p.csv", "patient_id,birth_date,sex\n2,1950-05-01,2\n3,,2\n")
    reading = read_patients([tmp_path / "p.parquet", more], today=TODAY)
    assert reading.table.select(["patient_id", "sex"]).to_pylist() == [
        {"patient_id": "1", "sex": 1},
        {"patient_id": "2", "sex": 2},
        {"patient_id": "3", "sex": 2},
    ]
    assert refused(reading) == []


def test_whole_number_ids_stay_so(tmp_path):
    pq.write_table(pa.table({"patient_id": [5], "birth_date": ["1950-05-01"], "sex": ["K"]}), tmp_path / "p.parquet")
    assert read_patients(tmp_path / "p.parquet", today=TODAY).table.schema.field("patient_id").type == pa.int64()


def test_new_cancers_need_all_four_columns_and_all_four_values(file):
    text = (
        "patient_id,icd10,first_contact_date,institution\n1,C50,2010-03-01,1\n,C50,2024-01-08,1\n1,,2024-01-08,1\n"
        "1,C50,,1\n1,C50,soon,1\n1,C50,1899-12-31,1\n1,C50,2199-01-01,1\n1,C50,2024-01-08,\n"
    )
    reading = read_new_cancers(file("n.csv", text), last_day=TODAY)
    assert reading.table.to_pylist() == [
        {"patient_id": "1", "icd10": "C50", "first_contact_day": day_number(date(2010, 3, 1)), "institution": "1"}
    ]
    assert refused(reading) == [
        (2, "patient_id", "patient_missing"),
        (3, "icd10", "diagnosis_missing"),
        (4, "first_contact_date", "date_missing"),
        (5, "first_contact_date", "date_unreadable"),
        (6, "first_contact_date", "date_early"),
        (7, "first_contact_date", "date_late"),
        (8, "institution", "institution_missing"),
    ]
    with pytest.raises(FileFault, match="first_contact_date, institution"):
        read_new_cancers(file("m.csv", "patient_id,icd10\n1,C50\n"), last_day=TODAY)


def test_a_new_cancers_file_without_rows_is_a_period_without_new_cancers(file):
    reading = read_new_cancers(file("n.csv", "patient_id,icd10,first_contact_date,institution\n"), last_day=TODAY)
    assert len(reading.table) == 0
