"""Files that cannot be used at all: the right sentence, the right exit code, and nothing written."""

import gzip

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bad_input.process import COMMANDS, GOOD, HEADER, as_an_ordinary_user, in_a_process

ONE = pa.table({"patient_id": [1], "code": ["A01A"], "event_date": ["2024-01-08"], "institution": ["983971709"]})


def parquet(table=ONE, rows=1):
    stream = pa.BufferOutputStream()
    pq.write_table(pa.concat_tables([table] * rows), stream)
    return stream.getvalue().to_pybytes()


WHOLE = parquet(rows=2000)


@pytest.mark.parametrize(
    ("what", "name", "content", "told"),
    [
        ("UTF-16 with its mark", "a.csv", (HEADER + GOOD).encode("utf-16"), "a.csv: the file is stored as UTF-16"),
        ("UTF-16 without", "a.csv", (HEADER + GOOD).encode("utf-16-le"), "a.csv: the file is stored as UTF-16"),
        ("a spreadsheet", "a.xlsx", b"PK\x03\x04" + bytes(200), "a.xlsx: this is a spreadsheet or a zip file"),
        ("an old spreadsheet", "a.xls", b"\xd0\xcf\x11\xe0" + bytes(200), "a.xls: this is a spreadsheet"),
        ("a picture", "a.png", b"\x89PNG\r\n\x1a\n" + bytes(range(32)) * 20, "a.png: the file is not text"),
        ("only zeros", "a.csv", bytes(5000), "a.csv: the file is "),
        ("half a Parquet file", "a.parquet", WHOLE[: len(WHOLE) // 2], "a.parquet: the Parquet file is not whole"),
        ("Parquet without its last byte", "a.parquet", WHOLE[:-1], "a.parquet: the Parquet file is not whole"),
        ("a damaged Parquet file", "a.parquet", b"PAR1" + bytes(100) + WHOLE[-200:], "a.parquet: the Parquet file is "),
        ("half an Arrow file", "a.arrow", b"ARROW1\0\0" + bytes(50), "a.arrow: the Arrow file is not whole"),
        ("half a gzipped file", "a.csv.gz", gzip.compress((HEADER + GOOD * 5000).encode())[:300], "a.csv.gz: the gzip file"),
        ("no gzip after all", "a.csv.gz", b"\x1f\x8b" + b"x" * 100, "a.csv.gz: the gzip file is damaged"),
        ("nothing", "a.csv", b"", "a.csv: the file is empty"),
        ("a mark and nothing", "a.csv", b"\xef\xbb\xbf", "a.csv: the file is empty"),
        ("blank lines", "a.csv", b"\n \n\r\n", "a.csv: the file is empty"),
        ("only a header", "a.csv", HEADER, "a.csv: no data rows, only a header"),
        ("only a header, no line end", "a.csv", HEADER.strip(), "a.csv: no data rows, only a header"),
        ("Parquet without rows", "a.parquet", parquet(ONE.slice(0, 0)), "a.parquet: no data rows"),
        ("other columns", "a.csv", "a,b\n1,2\n", "a.csv: patient_id, code, event_date, institution missing. Columns in the file: a, b."),
        ("a misspelt column", "a.csv", HEADER.replace("event_date", "evnt_date") + GOOD, "a.csv: event_date missing. Columns in the file: patient_id, code, evnt_date, institution. (evnt_date → event_date?)"),
        ("columns of Parquet", "a.parquet", parquet(ONE.drop_columns(["code"])), "a.parquet: code missing."),
        ("a header twice", "a.csv", "code," + HEADER + "A01A," + GOOD, "a.csv: the header code stands more than once"),
        ("a header twice, written otherwise", "a.csv", "Patient ID," + HEADER + "1," + GOOD, "a.csv: the header Patient ID stands more"),
        ("decimal numbers as ids", "a.parquet", parquet(ONE.set_column(0, "patient_id", [[1.5]])), "a.parquet: column patient_id is of type double"),
        ("whole numbers as dates", "a.parquet", parquet(ONE.set_column(2, "event_date", [[19730]])), "a.parquet: column event_date is of type int64"),
        ("one line without end", "a.csv", HEADER + "1," * 3_000_000, "a.csv: "),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_used(run, file, what, name, content, told):
    ended = run(file(name, content))
    assert told.rstrip(".") in ended.told.replace("file..", "file.")
    assert ended.code == 12
    assert ended.left == []


def test_a_folder_is_no_file(run, tmp_path):
    (tmp_path / "months").mkdir()
    ended = run(tmp_path / "months")
    assert "months: this is a folder, not a file." in ended.told
    assert ended.code == 12
    assert ended.left == []


def test_a_file_that_is_not_there(run, tmp_path):
    ended = run(tmp_path / "none.csv")
    assert "none.csv: there is no such file." in ended.told
    assert ended.code == 13
    assert ended.left == []


def test_a_file_that_may_not_be_read(run, file):
    locked = file("locked.csv", HEADER + GOOD)
    locked.chmod(0)
    ended = run(locked, before=as_an_ordinary_user)
    assert "locked.csv: you may not read this file." in ended.told
    assert ended.code == 13
    assert ended.left == []


def test_a_pipe_is_no_ordinary_file(run):
    ended = run("/dev/null")
    assert "null: this is not an ordinary file." in ended.told
    assert ended.code == 12


def test_faulty_files_among_good_ones_stop_the_run_and_are_named_at_once(run, file, tmp_path):
    good, also_good = file("good.csv", HEADER + GOOD), file("also.parquet", parquet())
    empty, cut = file("empty.csv", ""), file("cut.parquet", WHOLE[:100])
    ended = run(good, empty, also_good, cut, tmp_path / "none.csv")
    assert ended.code == 12
    assert ended.left == []
    faults = [line for line in ended.told.splitlines() if ": " in line]
    assert len(faults) == 3
    assert all(any(name in line for line in faults) for name in ("empty.csv", "cut.parquet", "none.csv"))
    assert "good.csv" not in ended.told


def test_an_earlier_result_stands_when_the_next_input_is_faulty(run, file):
    first = run(file("a.csv", HEADER + GOOD))
    assert first.code == 0, first.told
    before = {name: (first.out / name).read_bytes() for name in first.left}
    assert run(file("b.csv", "")).code == 12
    assert {name: (first.out / name).read_bytes() for name in first.left} == before


@pytest.mark.slow
@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize(
    ("content", "code"), [(HEADER + GOOD, 0), ("", 12), (None, 13), (HEADER + "1,A01A,1899-01-01,1\n", 15)]
)
def test_a_real_process_ends_with_the_same_codes(file, tmp_path, name, content, code):
    given = file("a.csv", content) if content is not None else tmp_path / "none.csv"
    out = tmp_path / "out"
    ended = in_a_process(name, [str(given), "--out", str(out), "--lang", "en", "--no-report"], out)
    assert ended.code == code, ended.told
