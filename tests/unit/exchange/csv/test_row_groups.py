"""A file of several row groups reads as the same rows, whatever each group holds."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pakkeforlop.exchange.csv import row_groups

ROWS = {
    "patient_id": pa.array([7, 8, 9, 7, 5, 6, 11], pa.int64()),
    "code": ["A01A", "A01S", "A01A", "A12A", "A01S", "A01A", "B01A"],
    "event_date": pa.array([date(2024, 1, 1 + n) for n in range(7)], pa.date32()),
    "institution": ["x", "y", None, "y", "x", "z", "z"],
    "registered_at": pa.array([1, None, 3, 4, 5, 6, 7], pa.timestamp("us")),
}
WORDS = ["code", "institution"]


@pytest.fixture(autouse=True)
def _two_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAKKEFORLOP_THREADS", "2")


def written(folder: Path, rows: int, **options: object) -> Path:
    path = folder / "registrations.parquet"
    pq.write_table(pa.table(ROWS), path, row_group_size=rows, **options)
    return path


@pytest.mark.parametrize("rows", [1, 2, 3, 6, 7])
@pytest.mark.parametrize("statistics", [True, False])
def test_the_rows_are_those_of_the_file(tmp_path: Path, rows: int, statistics: bool) -> None:
    path = written(tmp_path, rows, write_statistics=statistics)
    found = row_groups.read_row_groups(path, list(ROWS), WORDS)
    assert found.column_names == list(ROWS)
    assert found.to_pydict() == pa.table(ROWS).to_pydict()


def test_columns_without_gaps_come_in_one_piece(tmp_path: Path) -> None:
    found = row_groups.read_row_groups(written(tmp_path, 2), list(ROWS), WORDS)
    pieces = {name: found[name].num_chunks for name in ROWS}
    assert pieces == {"patient_id": 1, "code": 1, "event_date": 1, "institution": 4, "registered_at": 4}
    assert found["code"].chunk(0).dictionary.to_pylist().count("A01A") == 1


def test_only_the_columns_asked_for(tmp_path: Path) -> None:
    found = row_groups.read_row_groups(written(tmp_path, 3), ["event_date", "code"], ["code"])
    assert found.column_names == ["event_date", "code"]
    assert found["code"].to_pylist() == ROWS["code"]


def test_a_file_that_does_not_tell_the_truth_of_its_gaps_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, 2)
    monkeypatch.setattr(row_groups, "_without_gaps", lambda about, name: name == "institution")
    with pytest.raises(pa.ArrowInvalid, match="missing"):
        row_groups.read_row_groups(path, list(ROWS), WORDS)
