"""The page of columns names exactly the columns that are read and written."""

from __future__ import annotations

import csv
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from tools.reference.columns import LAYOUTS, described

ROWS = """patient_id,code,event_date,institution
p1,A01A,2024-01-08,974707152
p1,A01S,2024-01-10,974707152
p1,A01S,2024-01-10,974707152
p1,A01CK,2024-01-15,974707152
p1,A01FK,2024-01-29,974707152
"""


@pytest.mark.parametrize("name", LAYOUTS)
def test_columns_read(name: str):
    """In the order of the layout."""
    assert list(described()[name]["columns"]) == [column.name for column in LAYOUTS[name].columns]


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from pakkeforlop.cli.main import app

    folder = tmp_path_factory.mktemp("monitor")
    (folder / "in.csv").write_text(ROWS, encoding="utf-8")
    result = CliRunner().invoke(app, ["monitor", str(folder / "in.csv"), "--out", str(folder / "out")])
    assert result.exit_code == 0, result.output
    return folder / "out"


@pytest.mark.parametrize("name", ["messages", "rejects", "episodes", "indicators"])
def test_columns_written(output: Path, name: str):
    with (output / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        assert set(next(csv.reader(file))) == set(described()[name]["columns"])


def test_columns_of_the_columnar_file(output: Path):
    assert set(pq.read_schema(output / "episodes.parquet").names) == set(described()["episodes"]["columns"])
