"""A day's codes into figures that stand, in a process of its own, beside a whole run on the same registrations.

`python -m bench.refresh FILE [--days N]`: prints JSON. Figures are counted of the registrations up to a spring day, and
then brought on day by day: 1,900 registrations that follow in the file and 100 corrected ones from any year before,
moved by a day. In turn with them the product runs whole on all registrations up to then. Timed is, for both, from
Parquet to figures in memory: the day's file read and checked, the patients touched taken up, linked as they were and as
they are, and every figure refreshed. No file is written. At the end every cell is held to the whole run's.
"""

from __future__ import annotations

import argparse
import gc
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from bench.partitioned import plain
from bench.product import TODAY, Product
from pakkeforlop.episodes.held import who, worded
from pakkeforlop.exchange.csv.read import read_registrations
from pakkeforlop.indicators.standing import StandingFigures, Tables
from pakkeforlop.review.monitoring import make_engine
from pakkeforlop.vocabulary.calendar import day_number
from pakkeforlop.vocabulary.ordered import distinct

CUT = date(2024, 5, 1)
"""Up to here the synthetic data hold as many registrations a day as before."""

NEW, CORRECTED = 1_900, 100
"""Registrations of a day."""


def day_of(rows: pa.Table) -> pa.Array:
    """Days as numbers."""
    return rows["event_date"].cast(pa.int32())


class Days:
    """The registrations of a file up to a day, and what comes and is corrected after; `rows` are those that hold."""

    def __init__(self, file: Path, folder: Path) -> None:
        table = pq.read_table(file)
        begun = np.asarray(day_of(table)) < day_number(CUT)
        self.rows, self._later = table.filter(pa.array(begun)), table.filter(pa.array(~begun))
        self._draw, self.folder = np.random.default_rng(1), folder

    def __iter__(self) -> Iterator[tuple[Path, Path]]:
        """Two files a day: what is new, and the corrected registrations as they were and as they are, side by side."""
        for low in range(0, len(self._later) - NEW + 1, NEW):
            new = self._later.slice(low, NEW)
            at = self._draw.choice(len(self.rows), CORRECTED, replace=False)
            days = np.asarray(day_of(self.rows)).copy()
            was = self.rows.take(pa.array(at))
            days[at] -= days[at] > day_number(date(2015, 1, 2))
            column = self.rows.column_names.index("event_date")
            self.rows = self.rows.set_column(column, "event_date", pa.array(days, pa.int32()).cast(pa.date32()))
            corrected = was.append_column("moved_to", self.rows["event_date"].take(pa.array(at)))
            self.rows = pa.concat_tables([self.rows, new])
            pq.write_table(new, self.folder / "new.parquet")
            pq.write_table(corrected, self.folder / "corrected.parquet")
            yield self.folder / "new.parquet", self.folder / "corrected.parquet"


def moved(rows: pa.Table, corrected: pa.Table) -> pa.Table:
    """Rows of patients, those that are corrected on their new days: of alike ones any."""
    days = np.asarray(rows["day"]).copy()
    theirs = np.flatnonzero(np.isin(np.asarray(rows["patient_id"]), np.asarray(corrected["patient_id"])))
    some = rows.take(pa.array(theirs))
    names = zip(*(some[name].to_pylist() for name in ("patient_id", "code", "day", "institution")), strict=True)
    at: dict[tuple[Any, ...], list[int]] = {}
    for n, name in zip(theirs.tolist(), names, strict=True):
        at.setdefault(name, []).append(n)
    columns = (corrected[name].to_pylist() for name in ("patient_id", "code", "event_date", "institution"))
    was = zip(*columns, strict=True)
    for (patient, code, day, place), to in zip(was, corrected["moved_to"].to_pylist(), strict=True):
        days[at[patient, code, day_number(day), place].pop()] = day_number(to)
    return rows.set_column(rows.column_names.index("day"), "day", pa.array(days))


def refresh(standing: StandingFigures, engine: Any, new: Path, corrected: Path) -> dict[str, float]:
    """One day; seconds of the parts."""
    begun = time.perf_counter()
    intake = read_registrations([new], today=TODAY, linked_prefixes=engine.tables.pathways)
    changed = pq.read_table(corrected)
    rows = worded(intake.registrations)
    read = time.perf_counter()
    touched = pa.concat_arrays([*rows["patient_id"].chunks, *changed["patient_id"].chunks]).unique()
    before = standing.take(distinct(who(touched)))
    held = moved(before.registrations, changed)
    now = Tables(pa.concat_tables([held, rows.select(held.column_names)]))
    standing.refresh(now, touched, as_of=max(standing.as_of, intake.as_of), before=before)
    return {"read": read - begun, "refresh": time.perf_counter() - read}


def run(file: Path, days: int, folder: Path) -> dict[str, Any]:
    """What it took and whether it found the same."""
    given, engine, product = Days(file, folder), make_engine(), Product()
    whole = folder / "whole.parquet"
    pq.write_table(given.rows, whole)
    begun = time.perf_counter()
    intake = read_registrations([whole], today=TODAY, linked_prefixes=engine.tables.pathways)
    standing = StandingFigures(engine, Tables(intake.registrations), as_of=intake.as_of)
    counted = time.perf_counter() - begun
    del intake
    taken: list[dict[str, float]] = []
    for n, (new, corrected) in enumerate(given):
        gc.collect()
        wall, cpu = time.perf_counter(), time.process_time()
        parts = refresh(standing, engine, new, corrected)
        one = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu, **parts}
        pq.write_table(given.rows, whole)
        gc.collect()
        wall, cpu = time.perf_counter(), time.process_time()
        product.run(whole)
        taken.append({**one, "whole_wall": time.perf_counter() - wall, "whole_cpu": time.process_time() - cpu})
        if n == days:
            break
    assert product.indicators is not None
    same = plain(standing.table()).equals(plain(product.indicators))
    warm = taken[1:] or taken
    told = {name: median(day[name] for day in warm) for name in warm[0]}
    return {
        "rows": len(given.rows), "codes": NEW + CORRECTED, "days": len(warm), "count_and_keep": counted, **told,
        "cold": taken[0]["wall"], "cells": product.indicators.num_rows, "same": same,
    }  # fmt: skip


def main() -> int:
    """Run and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--days", type=int, default=5, help="days after a first one that is not counted (5)")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=chosen.file.parent) as folder:
        json.dump(run(chosen.file, chosen.days, Path(folder)), sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
