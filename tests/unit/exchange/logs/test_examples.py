"""The example mappings on the small logs beside them; every date can be read in the log."""

from __future__ import annotations

from datetime import date

from factories.logs import EXAMPLES, dated


def test_a_plain_extract_gives_the_codes_of_a_pathway(example):
    """A missed appointment is no attendance; a line without a date waits in the list."""
    found = example("plain.toml", EXAMPLES / "plain.csv")
    rows = [(row["patient_id"], row["code"], row["event_date"]) for row in found.registrations.to_pylist()]
    assert rows == [
        ("p1", "A12A", date(2024, 1, 8)),
        ("p1", "A12S", date(2024, 1, 15)),
        ("p1", "A12CK", date(2024, 1, 24)),
        ("p1", "A12FK", date(2024, 2, 7)),
        ("p2", "A12A", date(2024, 1, 10)),
        ("p2", "A12S", date(2024, 1, 17)),
    ]
    assert {row["institution"] for row in found.registrations.to_pylist()} == {"974589095"}
    (refused,) = found.refused.to_pylist()
    assert (refused["file"], refused["row"], refused["column"]) == ("plain.csv", 8, "dato")
    assert refused["reason_en"] == "The event fits a milestone but has no date."


def test_a_departments_own_spreadsheet(example):
    """Eight lines, one of them over two: courses of six patients, one referred twice, one without a day of referral."""
    found = example("columns.toml", EXAMPLES / "columns.csv")
    codes = {}
    for row in found.registrations.to_pylist():
        codes.setdefault(row["patient_id"], []).append((row["code"][3:], f"{row['event_date']:%m-%d}"))
    assert codes["0001"] == [("A", "01-03"), ("S", "01-10"), ("CK", "01-24"), ("FK", "02-19")]
    assert codes["0002"] == [("A", "01-05"), ("S", "01-17"), ("CI", "02-01")]
    assert codes["0003"] == [("A", "01-08"), ("S", "01-08"), ("CM", "01-22"), ("FM", "02-06")]
    assert codes["0004"] == [("A", "01-09")]
    assert codes["0005"][-2:] == [("A", "11-12"), ("S", "11-19")]
    assert codes["0006"] == [("S", "01-22"), ("CK", "02-07"), ("FK", "03-01")]
    assert [(row["row"], row["line"], row["value"]) for row in found.refused.to_pylist()] == [(7, 11, "januar")]


def test_the_danish_form(example):
    assert dated(example("danish.toml", EXAMPLES / "danish.csv")) == [
        ("f1", "start", "2024-03-04"),
        ("f1", "first_attendance", "2024-03-11"),
        ("f1", "decision", "2024-03-22"),
        ("f1", "treatment", "2024-04-05"),
        ("f2", "start", "2024-03-05"),
        ("f2", "disproved", "2024-03-20"),
    ]


def test_the_swedish_form(example):
    assert dated(example("swedish.toml", EXAMPLES / "swedish.csv")) == [
        ("s1", "suspicion", "2024-02-01"),
        ("s1", "first_attendance", "2024-02-09"),
        ("s1", "treatment", "2024-03-01"),
        ("s2", "suspicion", "2024-02-02"),
    ]


def test_xes_takes_the_day_as_written_and_the_events_own_attributes(example):
    """23.30 in winter time stays on its day; a name within a list is not the event's name."""
    found = example("xes.toml", EXAMPLES / "log.xes")
    assert dated(found) == [
        ("c1", "referral", "2024-01-08"),
        ("c1", "surgery", "2024-02-02"),
        ("c2", "referral", "2024-01-09"),
    ]
    assert found.record["events"] == 4
