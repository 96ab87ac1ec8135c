"""The benchmark runs, its engines find the same, and it fails aloud when one does not."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from bench import data
from bench.definitions import cuts
from bench.duckdb_peer import DuckDB
from bench.product import Product
from bench.same import Result, compare


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return data.write(tmp_path_factory.mktemp("bench"), 40_000)


def test_the_data_hold_no_fault_that_the_peers_do_not_know(file: Path):
    """What is forgotten gives messages, but nothing is told twice, before a start, after an end or under another code."""
    product = Product()
    product.run(file)
    product.result()
    assert product.done is not None
    given = Counter(pc.cast(product.done.messages["message"], "int32").to_pylist())
    assert set(given) <= {108, 109, 110, 118, 119, 906, 908, 911}
    assert product.done.intake.registrations.num_rows == pq.read_metadata(file).num_rows


@pytest.mark.parametrize("way", ["aggregate_first", "windows"])
def test_duckdb_finds_the_same(file: Path, tmp_path: Path, way: str):
    for name, engine in (("product", Product()), ("duckdb", DuckDB("all", way)), ("duckdb few", DuckDB("few", way))):
        engine.run(file)
        engine.result().save(tmp_path, name)
    found = compare(tmp_path, ["product", "duckdb", "duckdb few"])
    assert [one.same for one in found] == [True, True, True], found
    assert found[1].sums["cells"] > 10 * found[2].sums["cells"] / 2 > 10_000
    assert found[0].sums["continuations"] > 1000
    assert found[0].sums["closed by rule"] > 20


def test_pandas_finds_the_same(file: Path, tmp_path: Path):
    pytest.importorskip("pandas", reason="a peer of the benchmark only: make bench installs it")
    from bench.pandas_peer import Pandas

    for name, engine in (("product", Product()), ("pandas", Pandas("all")), ("pandas few", Pandas("few"))):
        engine.run(file)
        engine.result().save(tmp_path, name)
    assert [one.same for one in compare(tmp_path, ["pandas", "pandas few"])] == [True, True]


def test_a_cell_that_differs_is_seen(file: Path, tmp_path: Path):
    product = Product()
    product.run(file)
    result = product.result()
    result.save(tmp_path, "product")
    for name, column, change in (("one more", "n", 1), ("another day", "median", 0.5)):
        values = result.cells[column].to_numpy().copy()
        values[7] += change
        at = result.cells.column_names.index(column)
        Result(result.sums, result.cells.set_column(at, column, pa.array(values))).save(tmp_path, name)
    Result(result.sums, result.cells.slice(1)).save(tmp_path, "one fewer")
    Result(result.sums | {"end days": 1}, result.cells).save(tmp_path, "another end")
    names = ["one more", "another day", "one fewer", "another end"]
    found = compare(tmp_path, names)
    assert [(one.same, one.cells_apart, one.sums_apart) for one in found] == [
        (False, 1, ()), (False, 1, ()), (False, 1, ()), (False, 0, ("end days",)),
    ]  # fmt: skip


def test_every_cut_stands_once():
    assert len(set(cuts("all"))) == len(cuts("all")) == 44
    assert set(cuts("few")) <= set(cuts("all"))


@pytest.mark.slow
def test_the_command(tmp_path: Path, root: Path):
    """It makes its data, prints the same for all, and says which ratios have goals."""
    told = tmp_path / "told.json"
    command = [sys.executable, "-m", "bench", "--quick", "--peers", "duckdb", "--data", tmp_path, "--json", told]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=root)
    assert done.returncode == 0, done.stdout + done.stderr
    for words in ("what each found", "everything / scan", "the same", "DuckDB SQL / product", "kernel as plain Python"):
        assert words in done.stdout
    (size,) = json.loads(told.read_text(encoding="utf-8"))["sizes"].values()
    assert all(one["same"] for one in size["found"])


def test_a_peer_that_is_not_there_is_named(root: Path):
    command = [sys.executable, "-m", "bench", "--peers", "abacus"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=root)
    assert done.returncode == 2
    assert "no peer is called abacus" in done.stderr
