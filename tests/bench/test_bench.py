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

from bench import data, refresh, report
from bench.definitions import cuts
from bench.duckdb_peer import DuckDB
from bench.product import Product, ProductTimes
from bench.same import Result, compare
from tools import postgresql


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
    from bench.pandas_plain import PlainPandas

    engines = {
        "product": Product(), "pandas": Pandas("all"), "pandas few": Pandas("few"), "pandas plain": PlainPandas("all")
    }  # fmt: skip
    for name, engine in engines.items():
        engine.run(file)
        engine.result().save(tmp_path, name)
    assert [one.same for one in compare(tmp_path, [*engines][1:])] == [True, True, True]


def test_polars_finds_the_same(file: Path, tmp_path: Path):
    pytest.importorskip("polars", reason="a peer of the benchmark only: make bench installs it")
    from bench.polars_peer import Polars

    for name, engine in (("product", Product()), ("polars", Polars("all")), ("polars few", Polars("few"))):
        engine.run(file)
        engine.result().save(tmp_path, name)
    assert [one.same for one in compare(tmp_path, ["polars", "polars few"])] == [True, True]


@pytest.mark.slow
def test_postgresql_finds_the_same(file: Path, tmp_path: Path):
    if postgresql.programs() is None:
        pytest.skip(postgresql.MISSING)
    from bench.postgresql_peer import PostgreSQL

    for name, engine in (("product", Product()), ("postgresql", PostgreSQL("all"))):
        engine.run(file)
        engine.result().save(tmp_path, name)
    assert compare(tmp_path, ["postgresql"])[0].same


def test_the_times_alone_are_the_same_times(file: Path, tmp_path: Path):
    engines = {"product": Product(), "product times": ProductTimes()}
    for name, engine in engines.items():
        engine.run(file)
        engine.result().save(tmp_path, name)
    assert compare(tmp_path, ["product times"])[0].same
    told = [set(engine.indicators["indicator"].to_pylist()) for engine in engines.values() if engine.indicators]
    assert told[1] == {"of1_days", "of2_days", "of3_days", "of4_days", "of4_share"} < told[0]


@pytest.mark.slow
def test_pm4py_sees_the_cases(file: Path):
    """One case for each patient and pathway, and those with a treatment among them."""
    pytest.importorskip("pm4py", reason="a peer of the benchmark only: make bench installs it")
    from bench.pm4py_peer import CASE, PM4Py

    engine = PM4Py()
    engine.run(file)
    rows = pq.read_table(file)
    cases = set(
        zip(rows["patient_id"].to_pylist(), pc.utf8_slice_codeunits(rows["code"], 0, 3).to_pylist(), strict=True)
    )
    treated = {
        (patient, code[:3])
        for patient, code in zip(rows["patient_id"].to_pylist(), rows["code"].to_pylist(), strict=True)
        if code[3] == "F"
    }
    assert len(engine.lengths) == len(cases)
    assert engine.treated[CASE].nunique() == len(treated)


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
    for words in (
        "what each found",
        "everything / scan",
        "the same",
        "DuckDB SQL / the times alone",
        "kernel as plain Python",
    ):
        assert words in done.stdout
    (size,) = json.loads(told.read_text(encoding="utf-8"))["sizes"].values()
    assert all(one["same"] for one in size["found"])


def test_a_peer_that_is_not_there_is_named(root: Path):
    command = [sys.executable, "-m", "bench", "--peers", "abacus"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=root)
    assert done.returncode == 2
    assert "no peer is called abacus" in done.stderr


def test_a_days_codes_give_the_cells_of_a_whole_run(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Two small days, with corrections of old registrations; what differs is told, and no time is shown for it."""
    monkeypatch.setattr(refresh, "NEW", 200)
    monkeypatch.setattr(refresh, "CORRECTED", 20)
    found = refresh.run(file, 1, tmp_path)
    assert found["same"]
    assert found["rows"] > 30_000
    assert "as in a whole run" in "\n".join(report.refreshed([found]))
    told = report.refreshed([{**found, "same": False}])
    assert len(told) == 1
    assert "DIFFERS" in told[0]
