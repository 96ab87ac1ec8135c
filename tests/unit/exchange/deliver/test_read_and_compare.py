"""A delivered file read back, and compared with one's own registrations."""

from __future__ import annotations

import csv
import json
import zipfile
from datetime import date
from io import BytesIO, StringIO

import openpyxl
import pyarrow as pa
import pytest
from hypothesis import given as every
from hypothesis import settings
from hypothesis import strategies as st

from pakkeforlop.exchange.deliver.layout import Month, columns, month_of, months_delivered
from pakkeforlop.exchange.deliver.read import cells as cells_of
from pakkeforlop.exchange.deliver.read import read_delivery, table_of
from pakkeforlop.exchange.deliver.write import CsvFile, XlsxFile
from pakkeforlop.vocabulary.errors import FileFault

TEXT = st.text(st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\ufeff"), max_size=12)
CELLS = {
    "number": st.one_of(st.just(""), st.integers(-999, 10**9).map(str)),
    "place": st.one_of(st.sampled_from(["", "974557746", "9745577460", "bergen", "=1", "0123"])),
    "code": st.one_of(st.sampled_from(["", "0301", "=1+1", "'a", "A01"]), TEXT),
    "text": st.one_of(TEXT, st.sampled_from(['a;b"c', "=cmd()", "'=x", "''", "+47", "-", "Øre-nese-hals"])),
    "date": st.one_of(st.just(""), st.dates().map(lambda day: day.isoformat())),
}
ROWS = st.lists(st.tuples(*(CELLS[column.kind] for column in columns())), max_size=6)


def table(rows):
    return pa.table(
        {column.name: pa.array([row[n] for row in rows], pa.string()) for n, column in enumerate(columns())}
    )


def written(file, content):
    file.write(content)
    file.close()


@settings(deadline=None, max_examples=60)
@every(ROWS)
def test_what_was_written_is_read_again_from_csv(tmp_path_factory, rows):
    whole = BytesIO()
    written(CsvFile(whole), table(rows))
    path = tmp_path_factory.mktemp("csv") / "f.csv"
    path.write_bytes(whole.getvalue())
    again = table_of(cells_of(str(path)), path.name)
    assert again.to_pylist() == table(rows).to_pylist()
    second = BytesIO()
    written(CsvFile(second), again)
    assert second.getvalue() == whole.getvalue()


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1+2", "@SUM(1)", "\t=1", "'=1", "'", "=cmd|' /C calc'!A0", '=HYPERLINK("http://x")'])
def test_no_text_becomes_a_formula(tmp_path, text):
    """In CSV an apostrophe stands before it, in a workbook it is a text; reading gives it back as it was."""
    row = [text if column.kind in {"text", "code", "place"} else "" for column in columns()]
    whole = BytesIO()
    written(CsvFile(whole), table([row]))
    plain = next(csv.DictReader(StringIO(whole.getvalue().decode("utf-8-sig"), newline=""), delimiter=";"))
    assert {plain[column.name] for column in columns() if column.kind in {"text", "code", "place"}} == {"'" + text}
    with (tmp_path / "f.xlsx").open("wb") as stream:
        written(XlsxFile(stream, Month(2025, 12)), table([row]))
    cells = [cell for line in openpyxl.load_workbook(tmp_path / "f.xlsx").worksheets[0].iter_rows() for cell in line]
    assert {cell.data_type for cell in cells if cell.value is not None} == {"s"}
    assert not any(cell.hyperlink for cell in cells)
    (tmp_path / "f.csv").write_bytes(whole.getvalue())
    for name in ("f.csv", "f.xlsx"):
        (again,) = table_of(cells_of(str(tmp_path / name)), name).to_pylist()
        assert again == dict(zip(again, row, strict=True))


MODERN = st.dates(min_value=date(1900, 3, 1)).map(lambda day: day.isoformat())


@settings(deadline=None, max_examples=60)
@every(st.lists(st.tuples(*(MODERN if c.kind == "date" else CELLS[c.kind] for c in columns())), max_size=4))
def test_what_was_written_is_read_again_from_a_workbook(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("xlsx") / "f.xlsx"
    with path.open("wb") as stream:
        written(XlsxFile(stream, Month(2025, 12)), table(rows))
    assert table_of(cells_of(str(path)), path.name).to_pylist() == table(rows).to_pylist()


@pytest.mark.parametrize(
    ("delivery", "months"),
    [("2025-01", "2024-12"), ("2025-02", ""), ("2025-03", "2025-01 2025-02"), ("2025-04", "2025-03"), ("2025-12", "2025-11")],
)
def test_the_calendar(delivery, months):
    assert [str(month) for month in months_delivered(Month.parse(delivery))] == months.split()


@pytest.mark.parametrize(
    ("name", "month"), [("Utlevering_HV_des25.csv", "2025-12"), ("Utlevering_HSØ_mai24.xlsx", "2024-05"), ("x_may24.csv", "None")]
)
def test_the_month_in_a_files_name(name, month):
    assert str(month_of(name)) == month


def test_a_trust_that_recomputes_finds_nothing(delivered, given, run):
    file = delivered() / "trusts/Utlevering_bergen_feb24.csv"
    told = run("deliver", "compare", file, given / "in.csv", "--patients", given / "patients.csv", "--json", "--quiet")
    assert json.loads(told[told.index("{") :]) == {"file_rows": 2, "own_rows": 2, "paired": 2, "equal": 2, "differences": []}


def test_a_regions_file_has_other_ids_and_is_paired_all_the_same(delivered, given, run):
    file = delivered() / "regions/Utlevering_HV_feb24.xlsx"
    told = run("deliver", "compare", file, given / "in.csv", "--lang", "en")
    assert "2 are the same ones, 2 of them equal in all." in told


def test_differences_are_listed_by_episode(delivered, given, run):
    """The trust's own file has another treatment day, lacks what the other trust did, and one pathway more."""
    file = delivered() / "trusts/Utlevering_bergen_feb24.csv"
    own = (given / "in.csv").read_text(encoding="utf-8").replace("A01FK,2024-02-09", "A01FK,2024-02-12")
    lines = [line for line in own.splitlines() if "974749025" not in line] + ["p9,A01A,2024-02-01,974557746,2024-02-01,r90,,"]
    (given / "own.csv").write_text("\n".join(lines), encoding="utf-8")
    out = given / "differences.parquet"
    told = run("deliver", "compare", file, given / "own.csv", "--out", out, "--lang", "en", code=1)
    import pyarrow.parquet as pq

    found = pq.read_table(out).to_pylist()
    key = [(row["patient_id"], row["kind"], row["column"], row["in_file"], row["own"]) for row in found]
    treatment = [one[2:] for one in key if one[0] == "p1"]
    assert treatment == [("StartBeh", "2024-02-09", "2024-02-12"), ("Avslutn", "2024-02-09", "2024-02-12"),
                         ("OF3", "15", "18"), ("OF4", "32", "35")]  # fmt: skip
    lung = {row["column"]: (row["in_file"], row["own"]) for row in found if row["patient_id"] == "p2"}
    assert lung["UtrStartDato"] == ("2024-01-16", "")
    assert lung["AntHf"] == ("2", "1")
    assert all("Another trust" in row["because"] for row in found if row["patient_id"] == "p2")
    assert ("p9", "only_here", "", "", "") in key
    assert "A01-20240108" in told


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"", "file_empty"),
        (b"a;b\n1;2\n", "not_a_delivery"),
        (b"PK\x03\x04 not a workbook", "damaged"),
        (b"\xff\xfe\x00\x01", "not_text_utf8"),
    ],
)
def test_other_files_are_refused(tmp_path, content, key):
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    with pytest.raises(FileFault) as caught:
        read_delivery(path)
    assert caught.value.key == key


@pytest.mark.parametrize(("column", "value"), [("OF1", "seven"), ("StartDato", "31.12.2025"), ("lopenr", "1e5")])
def test_a_cell_that_cannot_be_is_named(tmp_path, column, value):
    row = ["1" if c.kind == "number" else "" for c in columns()]
    row[[c.name for c in columns()].index(column)] = value
    path = tmp_path / "file.csv"
    path.write_text("\ufeff" + ";".join(c.name for c in columns()) + "\n" + ";".join(row) + "\n", encoding="utf-8")
    with pytest.raises(FileFault) as caught:
        read_delivery(path)
    assert (caught.value.key, caught.value.values["row"], caught.value.values["column"]) == ("delivery_cell", 1, column)


@pytest.mark.parametrize(
    ("sheet", "key"),
    [(b"<!DOCTYPE x [<!ENTITY a 'b'>]><worksheet/>", "xml_doctype"), (b" " * (70 << 20), "grows_too_much")],
)
def test_a_workbook_made_to_harm_is_refused(tmp_path, sheet, key):
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", sheet)
    with pytest.raises(FileFault) as caught:
        read_delivery(path)
    assert caught.value.key == key


def test_a_file_cut_short_is_refused(delivered, tmp_path):
    whole = (delivered() / "trusts/Utlevering_bergen_feb24.csv").read_bytes()
    path = tmp_path / "cut.csv"
    path.write_bytes(whole[:-150])
    with pytest.raises(FileFault):
        read_delivery(path)
