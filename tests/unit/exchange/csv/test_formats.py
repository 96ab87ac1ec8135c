"""The same three registrations come out of every kind of file that the interface promises to read."""

import gzip
import hashlib
from datetime import UTC, date, datetime

import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pakkeforlop.vocabulary.calendar import day_number, day_of
from pakkeforlop.vocabulary.errors import FaultList, FileFault

ROWS = [
    ("0001", "A01A", "2024-01-08", "983971709"),
    ("0001", "A01S", "2024-01-19", "983971709"),
    ("Å2", "A12A", "2024-02-29", "974589095"),
]
HEADER = "patient_id,code,event_date,institution"
PLAIN = HEADER + "\n" + "".join(",".join(row) + "\n" for row in ROWS)


def as_rows(intake):
    table = intake.registrations
    return list(
        zip(
            table["patient_id"].to_pylist(),
            table["code"].to_pylist(),
            [None if day is None else day_of(day).isoformat() for day in table["day"].to_pylist()],
            table["institution"].to_pylist(),
            strict=True,
        )
    )


@pytest.mark.parametrize(
    ("what", "content"),
    [
        ("commas", PLAIN),
        ("semicolons", PLAIN.replace(",", ";")),
        ("tabs", PLAIN.replace(",", "\t")),
        ("byte order mark", "\ufeff" + PLAIN),
        ("Windows-1252", PLAIN.encode("windows-1252")),
        ("Windows line ends", PLAIN.replace("\n", "\r\n")),
        ("old Mac line ends", PLAIN.replace("\n", "\r")),
        (
            "mixed line ends",
            PLAIN.replace("08,983971709\n", "08,983971709\r\n").replace("19,983971709\n", "19,983971709\r"),
        ),
        ("no last line end", PLAIN.rstrip("\n")),
        ("empty lines between", PLAIN.replace("\n", "\n\n")),
        ("everything quoted", '"' + PLAIN.replace(",", '","').replace("\n", '"\n"')[:-1]),
        ("headers in capitals with blanks", PLAIN.replace("patient_id,code,", " Patient ID , CODE,")),
        ("Norwegian headers", PLAIN.replace(HEADER, "Pasient-ID,Kode,Hendelsesdato,Institusjon")),
        ("other columns beside", "x,y," + PLAIN.replace("\n", "\n1,2,")[:-4]),
        (
            "another order",
            "code,institution,patient_id,event_date\n" + "".join(f"{c},{i},{p},{d}\n" for p, c, d, i in ROWS),
        ),
        ("blanks around values", PLAIN.replace("A01A", "  A01A ").replace("0001,A01S", " 0001\u00a0,A01S")),
        ("Excel's own first line", "sep=;\r\n" + PLAIN.replace(",", ";")),
        ("Norwegian dates", PLAIN.replace("2024-01-08", "08.01.2024").replace("2024-01-19", "19.1.2024")),
        (
            "points in time",
            PLAIN.replace("2024-01-08", "2024-01-08T23:59:59.9+01:00").replace("2024-01-19", "2024-01-19 00:00"),
        ),
    ],
)
def test_every_kind_of_text_gives_the_same_rows(file, read, what, content):
    intake = read(file("registrations.csv", content))
    assert as_rows(intake) == ROWS
    assert intake.sources.row().tolist() == [1, 2, 3]
    assert intake.rejects.num_rows == 0


def test_a_gzipped_file_is_read(file, read):
    assert as_rows(read(file("registrations.csv.gz", gzip.compress(PLAIN.encode())))) == ROWS


def test_the_content_tells_the_kind_whatever_the_name_says(file, read):
    assert as_rows(read(file("registrations.parquet", PLAIN))) == ROWS


def columns(**changed):
    plain = {
        name: [row[place] for row in ROWS]
        for place, name in enumerate(("patient_id", "code", "event_date", "institution"))
    }
    return {**plain, **changed}


DATES = [date.fromisoformat(row[2]) for row in ROWS]
OSLO_MIDNIGHT = [datetime(day.year, day.month, day.day) for day in DATES]


@pytest.mark.parametrize(
    ("what", "table"),
    [
        ("texts", pa.table(columns())),
        ("large texts", pa.table({name: pa.array(values, pa.large_string()) for name, values in columns().items()})),
        ("dictionaries", pa.table({name: pa.array(values).dictionary_encode() for name, values in columns().items()})),
        (
            "narrow dictionaries",
            pa.table(columns(code=pa.array(columns()["code"]).cast(pa.dictionary(pa.int8(), pa.string())))),
        ),
        ("dates", pa.table(columns(event_date=DATES))),
        ("timestamps", pa.table(columns(event_date=pa.array(OSLO_MIDNIGHT, pa.timestamp("us"))))),
        ("nanoseconds", pa.table(columns(event_date=pa.array(OSLO_MIDNIGHT, pa.timestamp("ns"))))),
        ("date64", pa.table(columns(event_date=pa.array(DATES, pa.date64())))),
        ("institutions as numbers", pa.table(columns(institution=[int(row[3]) for row in ROWS]))),
        ("many pieces", pa.concat_tables([pa.table(columns()).slice(n, 1) for n in range(3)])),
    ],
)
def test_every_kind_of_column_gives_the_same_rows(tmp_path, read, what, table):
    pq.write_table(table, tmp_path / "a.parquet", row_group_size=2)
    assert as_rows(read(tmp_path / "a.parquet")) == ROWS
    feather.write_feather(table, str(tmp_path / "a.arrow"), compression="uncompressed")
    assert as_rows(read(tmp_path / "a.arrow")) == ROWS


def test_a_zoned_timestamp_is_the_day_its_own_zone_shows(tmp_path, read):
    """Midnight in Oslo is stored as 23 o'clock the day before in UTC; it was written as the 8th."""
    stored = pa.array([datetime(2024, 1, 7, 23, tzinfo=UTC)], pa.timestamp("us", "Europe/Oslo"))
    pq.write_table(
        pa.table({"patient_id": ["1"], "code": ["A01A"], "event_date": stored, "institution": ["983971709"]}),
        tmp_path / "a.parquet",
    )
    assert as_rows(read(tmp_path / "a.parquet")) == [("1", "A01A", "2024-01-08", "983971709")]


def test_a_stream_of_arrow_batches_is_read(tmp_path, read):
    with pa.ipc.new_stream(tmp_path / "a.arrows", pa.table(columns()).schema) as stream:
        stream.write_table(pa.table(columns()))
    assert as_rows(read(tmp_path / "a.arrows")) == ROWS


def test_whole_number_ids_stay_whole_numbers_alone_and_become_text_beside_text(tmp_path, file, read):
    pq.write_table(pa.table(columns(patient_id=pa.array([7, 8, 9], pa.int32()))), tmp_path / "a.parquet")
    alone = read(tmp_path / "a.parquet").registrations
    assert alone.schema.field("patient_id").type == pa.int64()
    assert alone["patient_id"].to_pylist() == [7, 8, 9]
    both = read(tmp_path / "a.parquet", file("b.csv", PLAIN)).registrations
    assert both["patient_id"].to_pylist() == ["7", "8", "9", "0001", "0001", "Å2"]


def test_nothing_is_sniffed_into_numbers(file, read):
    text = "patient_id,code,event_date,institution\n007,0012,2024-01-08,000983971\n1e5,A01A,2024-01-08,NaN\n"
    assert as_rows(read(file("a.csv", text))) == [
        ("007", "0012", "2024-01-08", "000983971"),
        ("1e5", "A01A", "2024-01-08", "NaN"),
    ]


def test_several_files_of_different_kinds_are_one_table_in_the_order_given(tmp_path, file, read):
    pq.write_table(pa.table(columns()), tmp_path / "b.parquet")
    intake = read(tmp_path / "b.parquet", file("a.csv", PLAIN))
    assert as_rows(intake) == ROWS + ROWS
    assert intake.table["file"].to_pylist() == ["b.parquet"] * 3 + ["a.csv"] * 3
    assert intake.table["row"].to_pylist() == [1, 2, 3, 1, 2, 3]


def test_the_same_content_given_twice_counts_once(file, read):
    """Also under another name; a file that differs in one letter is another file."""
    intake = read(file("a.csv", PLAIN), file("copy of a.csv", PLAIN), file("b.csv", PLAIN.replace("A12A", "A14A")))
    assert len(intake.registrations) == 6
    assert [(one.name, one.same_as) for one in intake.files] == [
        ("a.csv", ""),
        ("copy of a.csv", "a.csv"),
        ("b.csv", ""),
    ]
    assert intake.for_record()["rows"]["read"] == 6


def test_files_of_the_same_name_are_shown_with_their_folders(tmp_path, read):
    for folder in ("north", "south"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.csv").write_text(PLAIN.replace("0001", folder))
    intake = read(tmp_path / "north" / "a.csv", tmp_path / "south" / "a.csv")
    assert set(intake.table["file"].to_pylist()) == {str(tmp_path / "north/a.csv"), str(tmp_path / "south/a.csv")}


def test_every_optional_column_is_read(file, read):
    text = (
        "patient_id;code;event_date;institution;registration_id;registered_at;unit;care_level;seniority_date;"
        "received_date;delay_reason;source\n"
        '1;A01A;2024-01-08;983971709;r1;2024-01-09T12:00:00;K1;D;2023-12-24;2024-01-05;"waited; twice";pas\n'
    )
    assert read(file("a.csv", text)).table.to_pylist() == [
        {
            "patient_id": "1",
            "code": "A01A",
            "day": day_number(date(2024, 1, 8)),
            "institution": "983971709",
            "registration_id": "r1",
            "registered_day": day_number(date(2024, 1, 9)),
            "unit": "K1",
            "care_level": "D",
            "seniority_day": day_number(date(2023, 12, 24)),
            "received_day": day_number(date(2024, 1, 5)),
            "delay_reason": "waited; twice",
            "source": "pas",
            "file": "a.csv",
            "row": 1,
        }
    ]


def test_columns_that_one_file_lacks_are_empty_there(file, read):
    with_unit = "patient_id,code,event_date,institution,unit\n9,A01A,2024-01-08,983971709,K1\n"
    intake = read(file("a.csv", PLAIN), file("b.csv", with_unit))
    assert intake.registrations["unit"].to_pylist() == [None, None, None, "K1"]


@pytest.mark.parametrize("column", ["patient_id", "event_date"])
def test_a_column_of_the_wrong_kind_is_named(tmp_path, read, column):
    pq.write_table(pa.table(columns(**{column: [0.5, 1.5, 2.5]})), tmp_path / "a.parquet")
    with pytest.raises(FileFault, match=column) as fault:
        read(tmp_path / "a.parquet")
    assert "double" in fault.value.what("en")


def test_all_faulty_files_are_named_at_once(tmp_path, file, read):
    good = file("good.csv", PLAIN)
    with pytest.raises(FaultList) as faults:
        read(good, file("bad.csv", "a,b\n1,2\n"), file("empty.csv", ""), tmp_path / "none.csv")
    assert faults.value.exit_code == 12
    told = faults.value.what("en")
    assert all(name in told for name in ("bad.csv", "empty.csv", "none.csv"))
    assert "good.csv" not in told


def test_a_file_with_a_header_only_beside_others_is_a_month_without_registrations(file, read):
    intake = read(file("a.csv", HEADER + "\n"), file("b.csv", PLAIN))
    assert as_rows(intake) == ROWS
    assert [one.rows for one in intake.files] == [0, 3]


def test_a_file_is_known_by_the_hash_of_its_content(file, read):
    intake = read(file("a.csv", PLAIN))
    assert intake.files[0].sha256 == hashlib.sha256(PLAIN.encode()).hexdigest()


def test_a_file_written_to_after_it_was_read_has_no_hash(file, read):
    intake = read(file("a.csv", PLAIN))
    file("a.csv", PLAIN + PLAIN)
    with pytest.raises(FileFault, match="endret mens den ble lest"):
        intake.for_record()


CELL = st.sampled_from(
    ["", " ", "1", "A01A", "WMFG11", "D01M", "2024-01-08", "8.1.2024", "1899-01-01", "2199-01-01", "x"]
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(CELL, CELL, CELL, CELL, CELL, CELL), min_size=1, max_size=15))
def test_text_and_columns_are_judged_alike(tmp_path, read, rows):
    names = [*HEADER.split(","), "registration_id", "seniority_date"]
    text = ",".join(names) + "\n" + "".join(",".join(row) + "\n" for row in rows)
    (tmp_path / "a.csv").write_text(text)
    columns = {name: [row[place] for row in rows] for place, name in enumerate(names)}
    pq.write_table(pa.table(columns), tmp_path / "a.parquet", row_group_size=4)
    from_text, from_columns = read(tmp_path / "a.csv"), read(tmp_path / "a.parquet")
    for one, other in ((from_text.table, from_columns.table), (from_text.rejects, from_columns.rejects)):
        assert one.drop_columns(["file"]).to_pylist() == other.drop_columns(["file"]).to_pylist()
    assert (from_text.aside, from_text.as_of) == (from_columns.aside, from_columns.as_of)
