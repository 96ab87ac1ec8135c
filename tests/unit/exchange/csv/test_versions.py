"""Corrections: of the rows with one registration id, the latest registered holds; an empty code withdraws."""

from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pakkeforlop.exchange.csv.read import read_registrations
from pakkeforlop.vocabulary.calendar import day_number

HEADER = "registration_id,registered_at,patient_id,code,event_date,institution\n"
TODAY = day_number(date(2025, 6, 30))


def kept(intake):
    return sorted(
        zip(intake.registrations["registration_id"].to_pylist(), intake.registrations["code"].to_pylist(), strict=True)
    )


def test_the_latest_registered_holds(file, read):
    text = HEADER + "r1,2024-01-09T10:00,1,A01A,2024-01-08,1\nr1,2024-01-09T10:01,1,A12A,2024-01-08,1\n"
    intake = read(file("a.csv", text))
    assert kept(intake) == [("r1", "A12A")]
    assert intake.superseded == 1
    assert intake.sources.row().tolist() == [2]


def test_a_row_without_a_time_gives_way_to_one_with(file, read):
    text = HEADER + "r1,2024-01-09,1,A01A,2024-01-08,1\nr1,,1,A12A,2024-01-08,1\n"
    assert kept(read(file("a.csv", text))) == [("r1", "A01A")]


@pytest.mark.parametrize(
    ("one", "other", "holds"),
    [
        ("A01A,2024-01-08,1", "A01S,2024-01-01,0", "A01S"),
        ("A01A,2024-01-09,1", "A01A,2024-01-08,2", "A01A"),
        ("A01A,2024-01-08,9", "A01A,2024-01-08,10", "A01A"),
    ],
)
def test_at_the_same_time_the_greatest_content_holds(file, read, one, other, holds):
    """Code, then date, then institution, compared as text: 9 comes after 10."""
    for first, second in ((one, other), (other, one)):
        text = HEADER + f"r1,2024-02-01,1,{first}\nr1,2024-02-01,1,{second}\n"
        table = read(file("a.csv", text)).registrations
        winner = max(one, other)
        assert table["code"].to_pylist() == [holds]
        assert table["institution"].to_pylist() == [winner.split(",")[2]]


def test_an_empty_code_withdraws(file, read):
    text = HEADER + "r1,2024-01-09,1,A01A,2024-01-08,1\nr1,2024-01-10,,,,\nr2,2024-01-09,1,A01S,2024-01-09,1\n"
    intake = read(file("a.csv", text))
    assert kept(intake) == [("r2", "A01S")]
    assert (intake.superseded, intake.withdrawn) == (1, 1)
    assert intake.rejects.num_rows == 0


def test_a_withdrawal_after_as_of_is_not_known_yet(file, read):
    text = HEADER + "r1,2024-01-09,1,A01A,2024-01-08,1\nr1,2024-01-10,,,,\n"
    intake = read(file("a.csv", text), as_of=day_number(date(2024, 1, 9)))
    assert kept(intake) == [("r1", "A01A")]
    assert intake.later == 1


def test_a_refused_correction_leaves_the_earlier_row_standing(file, read):
    text = HEADER + "r1,2024-01-09,1,A01A,2024-01-08,1\nr1,2024-01-10,1,A01A,2199-01-08,1\n"
    intake = read(file("a.csv", text))
    assert kept(intake) == [("r1", "A01A")]
    assert intake.refused == 1


def test_a_correction_into_another_family_takes_the_registration_away(file, read):
    text = HEADER + "r1,2024-01-09,1,A01A,2024-01-08,1\nr1,2024-01-10,1,WMFG11,2024-01-08,1\n"
    intake = read(file("a.csv", text))
    assert kept(intake) == []
    assert intake.aside == {"WMFG11": 1}


def test_rows_without_an_id_are_each_their_own(file, read):
    text = HEADER + ",,1,A01A,2024-01-08,1\n,,1,A01A,2024-01-08,1\n"
    assert len(read(file("a.csv", text)).registrations) == 2


def test_corrections_reach_over_files_and_kinds(tmp_path, file, read):
    later = pa.table(
        {
            "registration_id": pa.array([1], pa.int64()),
            "registered_at": pa.array([date(2024, 1, 10)]),
            "patient_id": pa.array([7], pa.int64()),
            "code": ["A12A"],
            "event_date": [date(2024, 1, 8)],
            "institution": ["1"],
        }
    )
    pq.write_table(later, tmp_path / "later.parquet")
    earlier = file("earlier.csv", HEADER + "1,2024-01-09,7,A01A,2024-01-08,1\n")
    for files in ((tmp_path / "later.parquet", earlier), (earlier, tmp_path / "later.parquet")):
        assert kept(read(*files)) == [("1", "A12A")]


ROW = st.tuples(
    st.sampled_from(["", "r1", "r2", "r3"]),
    st.sampled_from(["", "2024-02-01", "2024-02-01T08:00", "2024-02-02", "2024-03-01"]),
    st.sampled_from(["1", "2"]),
    st.sampled_from(["", "A01A", "A01S", "WMFG11"]),
    st.sampled_from(["", "2024-01-08", "2024-01-09", "1899-01-01"]),
    st.sampled_from(["9", "10"]),
)


def plainly(rows, as_of):
    """The rule, row by row: what is left, as a sorted list."""
    usable = []
    for number, registered, patient, code, day, place in rows:
        if registered[:10] > as_of:
            continue
        if not code and not number:
            continue
        if code and code != "WMFG11" and day == "1899-01-01":
            continue
        usable.append((number, registered + "T00:00" * (len(registered) == 10), (code, day, place), patient))
    latest = {}
    for row in usable:
        if row[0] and row > latest.get(row[0], ("",)):
            latest[row[0]] = row
    left = [row for row in usable if not row[0]] + list(latest.values())
    return sorted((row[0], *row[2], row[3]) for row in left if row[2][0] not in ("", "WMFG11"))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ROW, min_size=1, max_size=12), st.randoms(use_true_random=False), st.integers(0, 12))
def test_order_and_splitting_and_loading_twice_change_nothing(tmp_path, rows, random, cut):
    as_of = "2024-02-15"

    def left(*parts):
        files = []
        for number, part in enumerate(parts):
            path = tmp_path / f"{number}.csv"
            path.write_text(HEADER + "".join(",".join(row) + "\n" for row in part))
            files.append(path)
        table = read_registrations(files, today=TODAY, as_of=day_number(date.fromisoformat(as_of))).registrations
        days = [date.fromordinal(d + 719163).isoformat() if d is not None else "" for d in table["day"].to_pylist()]
        ids = [one or "" for one in table["registration_id"].to_pylist()]
        columns = (
            ids,
            table["code"].to_pylist(),
            days,
            table["institution"].to_pylist(),
            table["patient_id"].to_pylist(),
        )
        return sorted(zip(*columns, strict=True))

    expected = plainly(rows, as_of)
    assert left(rows) == expected
    shuffled = list(rows)
    random.shuffle(shuffled)
    assert left(shuffled) == expected
    if 0 < cut < len(rows) and rows[:cut] != rows[cut:]:  # two halves alike are the same file twice
        assert left(rows[:cut], rows[cut:]) == expected
    assert left(rows, rows) == expected
