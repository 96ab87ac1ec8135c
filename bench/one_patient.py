"""One patient's codes: the kernel as plain Python, and the product's own call with its checks and tables. Prints JSON.

Patients with 5 to 20 codes out of the benchmark's data, one after the other, over and over.
`python -m bench.one_patient FILE [--times N]`
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from pakkeforlop.episodes.coded import keys_of, number_rows
from pakkeforlop.episodes.link import link_one
from pakkeforlop.episodes.rows import Engine, link_rows

FEWEST, MOST, PATIENTS = 5, 20, 500


def histories(file: Path) -> list[list[dict[str, Any]]]:
    """The registrations of some patients, as the product is given them at the keystroke."""
    rows = duckdb.execute(
        f"with chosen as (select patient_id from read_parquet('{file}') group by patient_id "
        f"having count(*) between {FEWEST} and {MOST} order by hash(patient_id) limit {PATIENTS}) "
        f"select patient_id, code, event_date, institution from read_parquet('{file}') "
        "semi join chosen using (patient_id)"
    ).fetchall()
    found: dict[str, list[dict[str, Any]]] = {}
    for patient, code, day, place in rows:
        row = {"patient_id": str(patient), "code": code, "event_date": day, "institution": place}
        found.setdefault(str(patient), []).append(row)
    return list(found.values())


def timed(call: Callable[[Any], Any], given: list[Any], times: int) -> dict[str, float]:
    """Microseconds of single calls: median, 99th percentile."""
    for one in given[:50]:
        call(one)
    took = []
    clock = time.perf_counter_ns
    for n in range(times):
        one = given[n % len(given)]
        begun = clock()
        call(one)
        took.append(clock() - begun)
    return {"p50": float(np.quantile(took, 0.5)) / 1e3, "p99": float(np.quantile(took, 0.99)) / 1e3, "times": times}


def kernel_calls(
    patients: list[list[dict[str, Any]]], engine: Engine, as_of: date
) -> tuple[list[Any], Callable[[Any], Any]]:
    """Sorted keys of each patient, and the call that links them."""
    last = (as_of - date(1970, 1, 1)).days
    given = []
    for rows in patients:
        table = pa.table(
            {
                "patient_id": pa.array([row["patient_id"] for row in rows]),
                "code": pa.array([row["code"] for row in rows]).dictionary_encode(),
                "day": pa.array([(row["event_date"] - date(1970, 1, 1)).days for row in rows], pa.int32()),
                "institution": pa.array([row["institution"] for row in rows]).dictionary_encode(),
            }
        )
        numbered = number_rows(table, engine.tables, engine.organisations)
        places = (numbered.places.hospital.tolist(), numbered.places.trust.tolist())
        given.append((sorted(keys_of(numbered).tolist()), numbered.layout, places))

    def call(one: Any) -> Any:
        keys, layout, places = one
        return link_one(list(keys), layout, places, engine.tables, as_of=last, settings=engine.settings)

    return given, call


def main() -> int:
    """Time both and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--times", type=int, default=5000)
    chosen = parser.parse_args()
    from pakkeforlop.catalogue.load import load_catalogue

    catalogue = load_catalogue()
    engine = Engine.of(catalogue)
    patients = histories(chosen.file)
    as_of = max(row["event_date"] for rows in patients for row in rows) + timedelta(days=1)
    given, call = kernel_calls(patients, engine, as_of)
    kernel = timed(call, given, chosen.times)

    def relink(rows: Any) -> Any:
        return link_rows(rows, catalogue=catalogue, as_of=as_of, engine=engine)

    live = timed(relink, patients, max(200, chosen.times // 5))
    codes = sum(len(rows) for rows in patients) / len(patients)
    json.dump({"kernel": kernel, "live": live, "patients": len(patients), "codes": codes}, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
