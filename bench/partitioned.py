"""A run in bounded memory on one file, in a process of its own. Prints JSON.

`python -m bench.partitioned FILE --memory GB [--buckets N] [--against]`: with `--against`, the figures are held to
those of a run in one piece.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

import pyarrow as pa

from bench.product import TODAY, Product
from bench.worker import memory
from pakkeforlop.review.monitoring import Sources, make_engine
from pakkeforlop.review.partitioned import PartitionedRun

GIGABYTE = 1e9


def plain(table: pa.Table) -> pa.Table:
    """The rows in an order of their own, words as texts."""
    words = [field.name for field in table.schema if pa.types.is_dictionary(field.type)]
    for name in words:
        table = table.set_column(table.column_names.index(name), name, table[name].cast(pa.string()))
    return table.sort_by([(name, "ascending") for name in (*words, "period_from")])


def run(file: Path, limit: float, buckets: int | None) -> tuple[dict[str, Any], pa.Table]:
    """What it took and what it found."""
    engine = make_engine()
    wall, cpu = time.perf_counter(), time.process_time()
    done = PartitionedRun(
        Sources([file]), engine, today=TODAY, memory=int(limit * GIGABYTE), buckets=buckets, folder=file.parent
    ).run()
    told = {
        "rows": done.registrations, "episodes": done.episodes, "cells": done.indicators.num_rows,
        "buckets": done.buckets, "memory": limit * GIGABYTE, "wall": time.perf_counter() - wall,
        "cpu": time.process_time() - cpu, "parts": done.seconds, "peak": memory("VmHWM"),
    }  # fmt: skip
    return told, done.indicators


def main() -> int:
    """Run and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--memory", type=float, default=4, help="gigabytes (10^9 bytes) to keep within")
    parser.add_argument("--buckets", type=int)
    parser.add_argument("--against", action="store_true")
    chosen = parser.parse_args()
    told, figures = run(chosen.file, chosen.memory, chosen.buckets)
    if chosen.against:
        product = Product()
        product.run(chosen.file)
        assert product.indicators is not None
        told["same"] = plain(figures).equals(plain(product.indicators))
    json.dump(told, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
