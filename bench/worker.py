"""One engine in a process of its own: a small run to load what it needs, one cold run, some warm ones. Prints JSON.

`python -m bench.worker ENGINE FILE --small FILE --warm N [--save FOLDER]`
"""

from __future__ import annotations

import argparse
import gc
import json
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

PEERS = ("duckdb", "pandas", "polars", "postgresql", "pm4py")
SLOW = ("pandas plain", "postgresql", "pm4py")
"""Peers that take minutes: they are started once, and run once."""

WITHOUT_CELLS = ("scan", "sort", "product tables", "pm4py")
"""Engines that find nothing that the others could be held to."""



def engine(name: str) -> Any:
    """An engine by name; `few` after it asks for the few cells, `windows` for DuckDB's other way of linking, `plain`
    for pandas without packed keys, `times` and `tables` for less and more of the product.
    """
    kind, *words = name.split()
    cells = "few" if "few" in words else "all"
    if kind == "product":
        from bench.product import Product, ProductTimes
        from bench.tables import ProductTables

        return ProductTables() if "tables" in words else ProductTimes() if "times" in words else Product()
    if kind == "duckdb":
        from bench.duckdb_peer import DuckDB

        return DuckDB(cells, "windows" if "windows" in words else "aggregate_first")
    if kind == "pandas" and "plain" in words:
        from bench.pandas_plain import PlainPandas

        return PlainPandas(cells)
    if kind == "pandas":
        from bench.pandas_peer import Pandas

        return Pandas(cells)
    if kind == "polars":
        from bench.polars_peer import Polars

        return Polars(cells)
    if kind == "postgresql":
        from bench.postgresql_peer import PostgreSQL

        return PostgreSQL(cells)
    if kind == "pm4py":
        from bench.pm4py_peer import PM4Py

        return PM4Py()
    from bench.floors import Scan, Sort

    return {"scan": Scan, "sort": Sort}[kind]()


def memory(field: str) -> int:
    """Bytes of this process as Linux counts them: VmRSS now, VmHWM at most; 0 where that is not told."""
    try:
        for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
            if line.startswith(f"{field}:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0


def forget_peak() -> None:
    """Let the peak count from now on (Linux)."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def once(chosen: Any, file: Path) -> dict[str, Any]:
    """One run: seconds on the wall and of all processors, and the parts'."""
    if hasattr(chosen, "prepare"):
        chosen.prepare(file)
    wall, cpu = time.perf_counter(), time.process_time()
    parts = chosen.run(file)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return {"wall": parts.get("sort", wall), "cpu": cpu, "parts": parts}


def main() -> int:
    """Run and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("engine")
    parser.add_argument("file", type=Path)
    parser.add_argument("--small", type=Path, required=True)
    parser.add_argument("--warm", type=int, default=3)
    parser.add_argument("--save", type=Path)
    chosen = parser.parse_args()
    runner = engine(chosen.engine)
    once(runner, chosen.small)
    gc.collect()
    forget_peak()
    base = memory("VmRSS")
    runs = [once(runner, chosen.file)]
    peak = memory("VmHWM")
    for _ in range(chosen.warm):
        gc.collect()
        runs.append(once(runner, chosen.file))
    if chosen.save:
        runner.result().save(chosen.save, chosen.engine)
    json.dump({"engine": chosen.engine, "base": base, "peak": peak, "cold": runs[0], "warm": runs[1:]}, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
