"""What single rows have wrong refuses those rows, with file, row, column and reason; the others go on."""

from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pakkeforlop.exchange.csv.rejects import reasons
from pakkeforlop.vocabulary.calendar import day_number
from pakkeforlop.vocabulary.errors import NothingLeft, UsageFault

HEADER = "patient_id,code,event_date,institution\n"
GOOD = "1,A01A,2024-01-08,983971709\n"


def refused(intake):
    """The list of refusals, short: row, column, reason, value."""
    return [(row["row"], row["column"], row["reason_key"], row["value"]) for row in intake.rejects.to_pylist()]


@pytest.mark.parametrize(
    ("line", "column", "reason", "value"),
    [
        (",A01A,2024-01-08,983971709", "patient_id", "patient_missing", None),
        ("   ,A01A,2024-01-08,983971709", "patient_id", "patient_missing", None),
        ("1,,2024-01-08,983971709", "code", "code_missing", None),
        ("1,A01A,2024-01-08,", "institution", "institution_missing", None),
        ("1,A01A,1899-12-31,983971709", "event_date", "date_early", "1899-12-31"),
        ("1,A01A,31.12.2014,983971709", "event_date", "date_early", "31.12.2014"),
        ("1,A01A,2199-01-01,983971709", "event_date", "date_late", "2199-01-01"),
        ("1,A01A,2025-07-01,983971709", "event_date", "date_late", "2025-07-01"),
        ("1,A01A,2024-02-30,983971709", "event_date", "date_unreadable", "2024-02-30"),
        ("1,A01A,2023-02-29,983971709", "event_date", "date_unreadable", "2023-02-29"),
        ("1,A01A,8/1/2024,983971709", "event_date", "date_unreadable", "8/1/2024"),
        ("1,A01A,20240108,983971709", "event_date", "date_unreadable", "20240108"),
        ("1,A01A,45299,983971709", "event_date", "date_unreadable", "45299"),
        ("1,A01A,2024-01-08x,983971709", "event_date", "date_unreadable", "2024-01-08x"),
        ("1,A01A,2024-01-08T25:00,983971709", "event_date", "date_unreadable", "2024-01-08T25:00"),
        ("1,A01A,i går,983971709", "event_date", "date_unreadable", "i går"),
        ("1,A01A,2024-01-08", "", "field_count", None),
        ("1,A01A,2024-01-08,983971709,", "", "field_count", None),
        ("bare tekst", "", "field_count", None),
        ("1,A01A,2024-01-08,9839\x0071709", "", "nul", None),
        ('1,A01A,2024-01-08,"983971709', "", "quotes", None),
        ('1,"A01A"A,2024-01-08,983971709', "", "quotes", None),
    ],
)
def test_a_faulty_row_is_refused_and_its_neighbours_are_not(file, read, line, column, reason, value):
    intake = read(file("a.csv", f"{HEADER}{GOOD}{line}\n{GOOD}"))
    assert refused(intake) == [(2, column, reason, value)]
    assert intake.sources.row().tolist() == [1, 3]
    assert intake.refused == 1


def test_a_person_number_strayed_into_another_column_is_not_shown(file, read):
    intake = read(file("a.csv", f"{HEADER}{GOOD}A01A,1,01019912345,983971709\n"))
    assert refused(intake) == [(2, "event_date", "date_unreadable", "…")]
    assert "patient_id" not in intake.rejects.column_names


def test_an_empty_date_is_kept_for_message_107(file, read):
    intake = read(file("a.csv", f"{HEADER}{GOOD}1,A01S,,983971709\n1,A01S,  ,983971709\n"))
    assert intake.registrations["day"].to_pylist() == [day_number(date(2024, 1, 8)), None, None]
    assert intake.refused == 0


@pytest.mark.parametrize(
    "cut",
    ["2,A01S,2024-0", "2", '2,A01S,2024-01-09,"98397', "2,A01S,"],
)
def test_a_last_row_cut_off_is_refused_and_noted_on_the_file(file, read, cut):
    intake = read(file("a.csv", HEADER + GOOD + cut))
    assert refused(intake) == [(2, "", "cut_off", None)]
    assert intake.for_record()["files"][0]["notes"] == ["cut_off"]
    assert len(intake.registrations) == 1


def test_a_cut_date_is_told_by_the_date(file, read):
    """Cut where the number of fields is right, the row is judged like any other."""
    text = "patient_id,code,institution,event_date\n1,A01A,983971709,2024-01-08\n1,A01S,983971709,2024-01-1"
    assert refused(read(file("a.csv", text))) == [(2, "event_date", "date_unreadable", "2024-01-1")]


def test_bytes_outside_the_encoding_refuse_their_row_only(file, read):
    lines = (HEADER + "ø1,A01A,2024-01-08,983971709\n" * 3).encode()
    damaged = lines + b"\xff\xfe1,A01A,2024-01-08,983971709\n"
    assert refused(read(file("a.csv", damaged))) == [(4, "", "unreadable_characters", None)]


def test_rows_of_other_families_are_kept_aside_silently_and_counted(file, read):
    text = (
        HEADER + GOOD + "1,WMFG11,2024-01-08,1\n1,D01M,1899-01-01,\n,D12F,,\n1,D01M,2024-01-08,1\n1,D1,2024-01-08,1\n"
    )
    intake = read(file("a.csv", text))
    assert intake.registrations["code"].to_pylist() == ["A01A", "D1"]
    assert intake.aside == {"D01M": 2, "D12F": 1, "WMFG11": 1}
    assert intake.rejects.num_rows == 0


def test_d_codes_of_a_pathway_in_use_are_linked(file, read):
    text = HEADER + "1,D01M,2024-01-08,1\n1,D12F,2024-01-08,1\n"
    intake = read(file("a.csv", text), linked_prefixes={"A01", "D01"})
    assert intake.registrations["code"].to_pylist() == ["D01M"]


def test_as_of_is_the_last_date_in_the_data_that_is_not_after_today(file, read):
    text = HEADER + GOOD + "1,A01S,2024-03-05,1\n1,A01S,2199-01-01,1\n1,A01S,2025-07-01,1\n"
    assert read(file("a.csv", text)).as_of == day_number(date(2024, 3, 5))


def test_days_of_registration_count_for_as_of_too(file, read):
    text = "patient_id,code,event_date,institution,registered_at\n1,A01A,2024-01-08,1,2024-03-05T10:00\n"
    assert read(file("a.csv", text)).as_of == day_number(date(2024, 3, 5))


def test_as_of_limits_events_and_what_was_known(file, read):
    """Events after the day are refused; rows registered after it are not known yet, which is no fault."""
    text = (
        "patient_id,code,event_date,institution,registered_at\n"
        "1,A01A,2024-01-08,1,2024-01-10\n"
        "2,A01A,2024-01-09,1,2024-01-11T00:00:00\n"
        "3,A01A,2024-01-11,1,2024-01-10\n"
    )
    intake = read(file("a.csv", text), as_of=day_number(date(2024, 1, 10)))
    assert intake.registrations["patient_id"].to_pylist() == ["1"]
    assert refused(intake) == [(3, "event_date", "date_late", "2024-01-11")]
    assert intake.later == 1


def test_an_unreadable_time_of_registration_refuses_the_row(file, read):
    text = "patient_id,code,event_date,institution,registered_at\n1,A01A,2024-01-08,1,later\n" + GOOD.replace(
        "\n", ",\n"
    )
    assert refused(read(file("a.csv", text))) == [(1, "registered_at", "date_unreadable", "later")]


def test_an_unusable_optional_date_is_left_out_and_the_row_used(file, read):
    text = (
        "patient_id,code,event_date,institution,seniority_date,received_date\n"
        "1,A01A,2024-01-08,1,soon,2014-12-24\n2,A01A,2024-01-08,1,2199-01-01,1899-12-31\n"
    )
    intake = read(file("a.csv", text))
    assert intake.registrations["seniority_day"].to_pylist() == [None, None]
    assert intake.registrations["received_day"].to_pylist() == [day_number(date(2014, 12, 24)), None]
    assert refused(intake) == [
        (1, "seniority_date", "value_unreadable", "soon"),
        (2, "seniority_date", "value_unreadable", "2199-01-01"),
        (2, "received_date", "value_unreadable", "1899-12-31"),
    ]
    assert intake.rejects["used"].to_pylist() == [True, True, True]
    assert intake.refused == 0


def test_parquet_rows_are_refused_alike(tmp_path, read):
    table = pa.table(
        {
            "patient_id": pa.array([1, None, 3, 4, 5, 6], pa.int64()),
            "code": ["A01A", "A01A", None, " ", "A01A", "A01A"],
            "event_date": [date(2024, 1, 8)] * 4 + [date(1899, 1, 1), None],
            "institution": ["1"] * 6,
        }
    )
    pq.write_table(table, tmp_path / "a.parquet")
    intake = read(tmp_path / "a.parquet")
    assert refused(intake) == [
        (2, "patient_id", "patient_missing", None),
        (3, "code", "code_missing", None),
        (4, "code", "code_missing", None),
        (5, "event_date", "date_early", "1899-01-01"),
    ]
    assert intake.table.select(["patient_id", "day", "row"]).to_pylist() == [
        {"patient_id": 1, "day": day_number(date(2024, 1, 8)), "row": 1},
        {"patient_id": 6, "day": None, "row": 6},
    ]


def test_refusals_say_why_in_three_languages(file, read):
    row = read(file("a.csv", HEADER + GOOD + "1,A01A,1899-01-01,1\n")).rejects.to_pylist()[0]
    assert row["reason"] == "Datoen er før 2015-01-01, den første dagen som kan brukes."
    assert row["reason_nn"].startswith("Datoen er før 2015-01-01, den første dagen som kan brukast")
    assert row["reason_en"] == "The date is before 2015-01-01, the first day that can be used."
    assert all(set(texts) == {"nb", "nn", "en"} for texts in reasons().values())


def test_nothing_left_says_what_became_of_the_rows(file, read):
    intake = read(file("a.csv", HEADER + "1,A01A,1899-01-01,1\n" * 3 + "1,WMFG11,2024-01-08,1\n"))
    with pytest.raises(NothingLeft) as fault:
        intake.require_rows()
    assert fault.value.exit_code == 15
    assert fault.value.sentence("en") == (
        "No rows left: 4 read, 3 refused, 1 kept aside, 0 replaced or withdrawn, 0 registered later. The most common "
        "reason: The date is before 2015-01-01, the first day that can be used. All refused rows are in rejects.csv."
    )


def test_sources_tell_file_and_row_of_chosen_rows(file, read):
    import numpy as np

    intake = read(file("a.csv", HEADER + GOOD + "bad\n" + GOOD), file("b.csv", HEADER + GOOD + GOOD))
    names, rows = intake.sources.at(np.array([3, 0, 1, 2]))
    assert list(zip(names.to_pylist(), rows.tolist(), strict=True)) == [
        ("b.csv", 2),
        ("a.csv", 1),
        ("a.csv", 3),
        ("b.csv", 1),
    ]


def test_an_as_of_day_before_the_first_usable_day_is_a_wrong_use(file, read):
    with pytest.raises(UsageFault, match="--as-of: 2014-12-31 er utenfor 2015-01-01"):
        read(file("a.csv", HEADER + GOOD), as_of=day_number(date(2014, 12, 31)))
