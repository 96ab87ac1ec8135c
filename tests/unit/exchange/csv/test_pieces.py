"""Registrations read piece by piece are those that are read whole, corrections and refusals and all."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pakkeforlop.exchange.csv.pieces import Pieces
from pakkeforlop.exchange.csv.read import read_registrations
from pakkeforlop.vocabulary.calendar import day_number

TODAY = day_number(date(2025, 6, 30))
COLUMNS = ("patient_id", "code", "event_date", "institution", "registration_id", "registered_at")


def drawn(seed: int, count: int) -> list[tuple[str, ...]]:
    """Rows with ids that come again, without ids, withdrawn, refused, kept aside, and registered too late to be known."""
    draw = np.random.default_rng(seed)
    rows = []
    for n in range(count):
        day = date(2024, 1, 1) + timedelta(days=int(draw.integers(0, 700)))
        code = str(draw.choice(["A01A", "A01S", "A26CK", "WMFG11", "", "A99X"], p=[0.4, 0.2, 0.2, 0.05, 0.1, 0.05]))
        name = "" if draw.random() < 0.2 else f"r{draw.integers(count // 2)}"
        told = day + timedelta(days=int(draw.integers(0, 60)))
        rows.append((
            "" if draw.random() < 0.02 else f"p{draw.integers(count // 3)}", code,
            "nonsense" if draw.random() < 0.02 else day.isoformat(), "974557746" if n % 3 else "974749025", name, told.isoformat(),
        ))  # fmt: skip
    return rows


@pytest.fixture(params=[1, 2])
def files(request: pytest.FixtureRequest, tmp_path: Path) -> list[Path]:
    """A CSV file, a Parquet file and an Arrow file; the same id may stand in all of them."""
    rows = drawn(request.param, 450)
    (tmp_path / "one.csv").write_text("\n".join(";".join(row) for row in (COLUMNS, *rows[:150])), encoding="utf-8")
    two, three = ({name: [row[at] or None for row in part] for at, name in enumerate(COLUMNS)} for part in (rows[150:300], rows[300:]))
    pq.write_table(pa.table(two), tmp_path / "two.parquet", row_group_size=41)
    with pa.ipc.new_file(tmp_path / "three.arrow", pa.table(three).schema) as out:
        out.write_table(pa.table(three), 50)
    return [tmp_path / "one.csv", tmp_path / "two.parquet", tmp_path / "three.arrow"]


def plain(tables: list[pa.Table]) -> list[tuple[object, ...]]:
    names = ("file", "row", "patient_id", "code", "day", "institution", "registration_id")
    return sorted(tuple(row[name] for name in names) for table in tables for row in table.to_pylist())


@pytest.mark.parametrize("piece", [3, 100_000])
@pytest.mark.parametrize("as_of", [None, day_number(date(2025, 3, 1))])
def test_the_pieces_are_the_whole(files: list[Path], tmp_path: Path, piece: int, as_of: int | None):
    known = {"today": TODAY, "as_of": as_of, "linked_prefixes": ("A01", "A26")}
    whole = read_registrations(files, **known)
    pieces = Pieces(files, **known, piece=piece, folder=tmp_path)
    for _ in range(2):
        assert plain([one.table for one in pieces]) == plain([whole.table])
        assert pieces.record() == whole.for_record()
        assert sorted(map(str, pieces.rejects().to_pylist())) == sorted(map(str, whole.rejects.to_pylist()))
    assert whole.superseded > 50
    assert min(whole.withdrawn, whole.refused, whole.later, sum(whole.aside.values())) > 5
    assert pieces.as_of == whole.as_of


def test_temporary_files_are_gone(files: list[Path], tmp_path: Path):
    before = set(tmp_path.iterdir())
    pieces = Pieces(files, today=TODAY, folder=tmp_path)
    assert set(tmp_path.iterdir()) == before
    assert pieces.rows == 450
