"""What is written is what a reader of the format expects, and comes back as it was."""

from datetime import date

import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq
import pytest

from pakkeforlop.exchange.csv.episode_file import EPISODE_SCHEMA
from pakkeforlop.exchange.csv.read import read_episodes
from pakkeforlop.exchange.csv.write import write_table
from pakkeforlop.vocabulary.errors import FileFault, UnwritableFault

TABLE = pa.table(
    {
        "name": pa.array(["Oslo, øst", 'the "old" one', None, "=1+1"]).dictionary_encode(),
        "day": pa.array([date(2024, 1, 8), None, date(2015, 1, 1), date(2024, 2, 29)]),
        "within": [True, False, None, True],
        "count": pa.array([1, None, -3, 4], pa.int32()),
        "percent": [100 / 3, 0.0, None, 70.0],
        "none": pa.nulls(4),
    }
)
AS_CSV = (
    "name,day,within,count,percent,none\n"
    '"Oslo, øst",2024-01-08,true,1,33.333333333333336,\n'
    '"the ""old"" one",,false,,0,\n'
    ",2015-01-01,,-3,,\n"
    '"=1+1",2024-02-29,true,4,70,\n'
)


def test_csv_is_written_as_promised(tmp_path):
    write_table(TABLE, tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_text(encoding="utf-8") == AS_CSV


def test_texts_that_look_like_formulas_are_marked_when_asked(tmp_path):
    write_table(TABLE, tmp_path / "a.csv", as_text=True)
    assert (tmp_path / "a.csv").read_text(encoding="utf-8") == AS_CSV.replace('"=1+1"', '"\'=1+1"')


def test_an_empty_table_has_its_header(tmp_path):
    write_table(TABLE.slice(0, 0), tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_text() == "name,day,within,count,percent,none\n"


def test_parquet_comes_back_with_its_kinds_packed_with_zstd(tmp_path):
    write_table(TABLE, tmp_path / "a.parquet")
    assert pq.read_table(tmp_path / "a.parquet").to_pylist() == TABLE.to_pylist()
    assert pq.ParquetFile(tmp_path / "a.parquet").metadata.row_group(0).column(1).compression == "ZSTD"


def test_many_rows_in_many_pieces_are_all_written(tmp_path):
    many = pa.table({"n": list(range(200_000)), "word": pa.array(["a", "b"] * 100_000).dictionary_encode()})
    write_table(many, tmp_path / "a.csv")
    back = arrow_csv.read_csv(tmp_path / "a.csv")
    assert back["n"].to_pylist() == list(range(200_000))
    assert back["word"].to_pylist() == ["a", "b"] * 100_000


def test_a_file_takes_its_name_only_when_whole(tmp_path):
    """A column that cannot be written as CSV stops the writing; what stood there before still stands."""
    (tmp_path / "a.csv").write_text("before")
    with pytest.raises(pa.ArrowException):
        write_table(pa.table({"n": [1], "list": [[1, 2]]}), tmp_path / "a.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]
    assert (tmp_path / "a.csv").read_text() == "before"


def test_a_name_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UnwritableFault):
        write_table(TABLE, tmp_path / "file" / "a.csv")


def episodes():
    """Two episodes with every kind of column filled and empty."""
    full, empty = {}, {}
    for field in EPISODE_SCHEMA:
        value = {pa.string(): "x", pa.int32(): 7, pa.date32(): date(2024, 1, 8), pa.bool_(): True}[field.type]
        full[field.name], empty[field.name] = value, None
    empty |= {"episode_id": "e2", "patient_id": "2", "share_within": False, "of1_days": -3, "messages": "102 901"}
    return pa.Table.from_pylist([full, empty], EPISODE_SCHEMA)


@pytest.mark.parametrize("name", ["episodes.csv", "episodes.parquet"])
def test_episodes_come_back_as_they_were_written(tmp_path, name):
    write_table(episodes(), tmp_path / name)
    reading = read_episodes(tmp_path / name)
    assert reading.table.to_pylist() == episodes().to_pylist()
    assert reading.table.schema.equals(EPISODE_SCHEMA)
    assert len(reading.rejects) == 0


def test_episodes_of_whole_number_patients_come_back_so_from_parquet(tmp_path):
    numbered = episodes().set_column(1, "patient_id", pa.array([17, 2]))
    write_table(numbered, tmp_path / "e.parquet")
    assert read_episodes(tmp_path / "e.parquet").table["patient_id"].to_pylist() == [17, 2]


def test_an_episode_with_an_unreadable_cell_is_refused(tmp_path):
    write_table(episodes(), tmp_path / "e.csv")
    text = (tmp_path / "e.csv").read_text()
    (tmp_path / "e.csv").write_text(text.replace(",-3,", ",three,"))
    reading = read_episodes(tmp_path / "e.csv")
    assert len(reading.table) == 1
    found = [(r["row"], r["column"], r["reason_key"]) for r in reading.rejects.to_pylist()]
    assert found == [(2, "of1_days", "value_unreadable")]


def test_an_episodes_file_of_the_wrong_kind_is_named(tmp_path):
    pq.write_table(episodes().set_column(4, "start_date", pa.array([1.5, 2.5])), tmp_path / "e.parquet")
    with pytest.raises(FileFault, match="start_date"):
        read_episodes(tmp_path / "e.parquet")
