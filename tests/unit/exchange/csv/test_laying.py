"""A file laid down by patient in an enclosed process: every row once, in order, within limits, nothing left behind."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pakkeforlop.exchange.csv import laying
from pakkeforlop.exchange.csv.laying import Laid, laid, lay, sweep
from pakkeforlop.vocabulary.errors import FileFault, UnreadableFault

GIVEN = {"today": 19797, "first_day": 16436, "linked_prefixes": ["A26"]}
ROWS = 3_000


def rows() -> list[dict[str, str]]:
    """Of 700 patients, shuffled; every hundredth names no place."""
    made = [
        {
            "patient_id": f"p{n % 700:03}", "code": "A26A", "event_date": "2024-01-08",
            "institution": "" if n % 100 == 50 else "974557746", "registration_id": str(n),
        }
        for n in range(ROWS)
    ]  # fmt: skip
    random.Random(3).shuffle(made)
    return made


def written(path: Path, table: list[dict[str, str]]) -> Path:
    pq.write_table(pa.Table.from_pylist(table), path, row_group_size=400)
    return path


def in_this_process(path: Path, folder: Path, **given: Any) -> Laid:
    *_, told = lay("registrations", str(path), str(folder), GIVEN | given)
    return Laid(folder, **told[1])


@pytest.mark.parametrize("piece", [400, 10_000], ids=["in pieces", "at once"])
def test_rows_come_by_patient_and_each_patients_as_they_stood(tmp_path: Path, piece: int):
    table = rows()
    down = in_this_process(written(tmp_path / "in.parquet", table), tmp_path, piece=piece)
    expected = sorted(
        (row["patient_id"], n, row["registration_id"]) for n, row in enumerate(table, 1) if row["institution"]
    )
    found = [row for part in down.tables() for row in part.to_pylist()]
    assert [(row["patient_id"], row["row"], row["registration_id"]) for row in found] == expected
    assert (down.rows, down.count, down.refused, down.later) == (3_000, 2_970, 30, 0)
    wrong = [n for n, row in enumerate(table, 1) if not row["institution"]]
    assert [(one[0], one[1], one[3]) for one in down.refusals()] == [(n, "institution", "institution_missing") for n in wrong]


def test_a_load_can_go_on_in_the_middle(tmp_path: Path):
    down = in_this_process(written(tmp_path / "in.parquet", rows()), tmp_path, piece=400)
    whole = [row["row"] for part in down.tables() for row in part.to_pylist()]
    for begin in (0, 1, 999, 2_969, 2_970):
        assert [row["row"] for part in down.tables(begin) for row in part.to_pylist()] == whole[begin:]


def test_an_enclosed_process_tells_the_same_and_leaves_nothing(tmp_path: Path):
    file = written(tmp_path / "in.parquet", rows())
    home, told = tmp_path / "home", []
    home.mkdir()
    with laid("registrations", file, home, GIVEN, lambda done, of: told.append((done, of))) as down:
        assert (down.rows, down.count, down.refused) == (3_000, 2_970, 30)
        assert sum(len(part) for part in down.tables()) == 2_970
    assert told[-1] == (3_000, 0)
    assert told == sorted(told)
    assert list(home.iterdir()) == []


def test_faults_come_over_as_they_are(tmp_path: Path):
    for name, text, kind, key in (
        ("short.csv", "patient_id,code\np1,A26A\n", FileFault, "columns_missing"),
        ("empty.csv", "patient_id,code,event_date,institution\n", FileFault, "no_rows"),
        ("none.csv", None, UnreadableFault, "file_missing"),
    ):
        if text is not None:
            (tmp_path / name).write_text(text)
        with pytest.raises(kind) as told, laid("registrations", tmp_path / name, tmp_path, GIVEN):
            pass
        assert told.value.key == key
        assert name in told.value.sentence("en")
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == []


def test_what_takes_more_than_it_may_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    file = written(tmp_path / "in.parquet", rows())
    monkeypatch.setattr(laying, "MEMORY", 1 << 20)
    with pytest.raises(FileFault) as told, laid("registrations", file, tmp_path, GIVEN):
        pass
    assert told.value.key in {"read_too_large", "read_died"}
    monkeypatch.undo()
    monkeypatch.setattr(laying, "ROOM", 100)
    monkeypatch.setattr(laying, "GROWS", 0)
    with pytest.raises(FileFault) as told, laid("registrations", file, tmp_path, GIVEN):
        pass
    assert told.value.key == "grows_too_much"


def test_what_a_killed_load_left_is_swept_away(tmp_path: Path):
    gone = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    for name in (f"import-{int(gone.stdout)}-a", f"import-{os.getpid()}-b", "import-notes"):
        (tmp_path / name).mkdir()
    sweep(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([f"import-{os.getpid()}-b", "import-notes"])
