"""Rows that cannot be used are listed with file, row, column and reason; the others go on."""

import numpy as np
import pytest

from bad_input.process import GOOD, HEADER


def short(rejects):
    return [(r["row"], r["column"] or "", str(r["value"] or ""), r["reason_key"]) for r in rejects]


def test_dates_in_1899_and_2199(run, file):
    text = HEADER + GOOD + "3,A01A,1899-12-31,983971709\n3,A01S,2199-01-01,983971709\n"
    ended = run(file("a.csv", text))
    assert ended.code == 0, ended.told
    assert short(ended.rejects) == [
        (4, "event_date", "1899-12-31", "date_early"),
        (5, "event_date", "2199-01-01", "date_late"),
    ]
    assert ended.record["as_of"] == "2024-01-15"
    assert ended.record["rows"]["used"] == 3


@pytest.mark.parametrize(
    ("what", "content"),
    [
        ("byte order mark", "\ufeff" + HEADER + GOOD),
        ("mixed line ends", (HEADER + GOOD).replace("2024-01-08,983971709\n", "2024-01-08,983971709\r\n").replace("01-15,983971709\n", "01-15,983971709\r")),
        ("Windows-1252", HEADER.replace("institution", "institution,unit").encode() + GOOD.replace("709\n", "709,Kir\xf8\n").encode("cp1252")),
    ],
)  # fmt: skip
def test_harmless_ways_of_writing(run, file, what, content):
    ended = run(file("a.csv", content))
    assert ended.code == 0, ended.told
    assert ended.record["rows"]["used"] == 3
    assert ended.rejects == []


def test_a_half_written_csv_file(run, file):
    """What stands before the cut is used; the cut row is refused, and run.json tells of it."""
    ended = run(file("a.csv", HEADER + GOOD + "3,A01A,2024-0"))
    assert ended.code == 0, ended.told
    assert short(ended.rejects) == [(4, "", "", "cut_off")]
    assert ended.record["files"][0]["notes"] == ["cut_off"]


def test_nothing_left_has_its_own_code_and_the_list_is_written(run, file):
    ended = run(file("a.csv", HEADER + "1,A01A,1899-12-31,983971709\n,A01A,2024-01-08,983971709\n"))
    assert ended.code == 15
    assert "No rows left: 2 read, 2 refused" in ended.told
    assert short(ended.rejects) == [
        (1, "event_date", "1899-12-31", "date_early"),
        (2, "patient_id", "", "patient_missing"),
    ]
    assert ended.record["rows"]["used"] == 0


def test_no_patient_is_shown_in_what_a_run_tells(run, file):
    secret = "01019912345"
    text = HEADER + GOOD + f"{secret},A01A,x,983971709\n{secret},A01A,2024-01-08,\nA01A,{secret}\nA01A,1,{secret},2\n"
    ended = run(file("a.csv", text))
    assert ended.code == 0, ended.told
    assert secret not in ended.told
    assert secret not in (ended.out / "rejects.csv").read_text()
    assert secret not in (ended.out / "run.json").read_text()


@pytest.mark.slow
def test_ten_thousand_bad_rows_among_a_million(run, file):
    """Every hundredth row is bad in one of ten ways; what is listed is exactly those, and nothing beside is lost."""
    bad = [
        (",A01A,2024-01-08,983971709", "patient_missing"),
        ("7,,2024-01-08,983971709", "code_missing"),
        ("7,A01A,2024-01-08,", "institution_missing"),
        ("7,A01A,1899-12-31,983971709", "date_early"),
        ("7,A01A,2199-12-31,983971709", "date_late"),
        ("7,A01A,2024-02-30,983971709", "date_unreadable"),
        ("7,A01A,2024-01-08", "field_count"),
        ("7,A01A,2024-01-08,983971709,,", "field_count"),
        ('7,A01A,2024-01-08,"983971709', "quotes"),
        ("7,A01A,2024-01-08,98\x003971709", "nul"),
    ]
    lines = [f"{n},A01A,2024-01-{1 + n % 28:02},983971709" for n in range(1, 1_000_001)]
    for n in range(10_000):
        lines[100 * n + 49] = bad[n % 10][0]
    ended = run(file("a.csv", HEADER + "\n".join(lines) + "\n"))
    assert ended.code == 0, ended.told
    found = [(r["row"], r["reason_key"]) for r in ended.rejects]
    assert found == [(100 * n + 50, bad[n % 10][1]) for n in range(10_000)]
    assert ended.record["rows"]["read"] == 1_000_000
    assert ended.record["rows"]["used"] == 990_000
    assert np.unique([row for row, _ in found]).size == 10_000
