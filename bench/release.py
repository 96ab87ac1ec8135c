"""Building the national release: 28 pathways, ten years, all units, from the figures of a run to files that were tried.

    python -m bench.release                       trusts, regions and the country
    python -m bench.release --hospitals           hospitals too
    python -m bench.release --registrations 77000 a small one: does it work?

Registrations are those of bench/data.py (seven million in ten years), run once by `monitor`; timed is what follows:
reading the figures, protecting them, trying the proof, writing. Seconds by the clock, and of processor time, children
included. The goal is a published cube (trusts and up) in under a minute.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.__main__ import data_folder
from bench.data import write

GOAL_SECONDS = 60.0


def processor_seconds() -> float:
    """Processor time of this process and of those it has waited for."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def timed(step: Callable[[], Any]) -> tuple[Any, dict[str, float]]:
    """What a step gives, and what it took."""
    clock, processor = time.perf_counter(), processor_seconds()
    found = step()
    return found, {
        "seconds": round(time.perf_counter() - clock, 2),
        "processor": round(processor_seconds() - processor, 2),
    }


def figures_of(folder: Path, registrations: int) -> Path:
    """The folder of a run over so many registrations, made once."""
    from pakkeforlop.cli.monitor import run_monitor

    run = folder / f"run-{registrations}"
    if not (run / "run.json").is_file():
        run_monitor([write(folder, registrations)], run, report=False)
    return run


def measure(folder: Path, registrations: int, *, hospitals: bool, processes: int) -> dict[str, Any]:
    """Build and try one release; what each took."""
    from pakkeforlop.cli.release import Asked, built_and_written
    from pakkeforlop.publication.release.plan import load_plan
    from pakkeforlop.publication.release.shelf import open_shelf
    from pakkeforlop.publication.release.source import read_source
    from pakkeforlop.publication.release.verify import faults_of

    run, out = figures_of(folder, registrations), folder / "releases"
    shutil.rmtree(out, ignore_errors=True)
    plan = load_plan()
    asked = Asked(
        run / "indicators.csv",
        out,
        "bench",
        hospitals=hospitals,
        episodes=run / "episodes.parquet",
        processes=processes,
    )
    figures, reading = timed(lambda: read_source(asked.indicators, plan, hospitals=hospitals))
    record, building = timed(lambda: built_and_written(asked))
    shelf = open_shelf(out)
    faults, trying = timed(lambda: faults_of(shelf, shelf.release("bench"), plan))
    return {
        "registrations": registrations, "hospitals": hospitals, "processes": processes, "load": os.getloadavg()[0],
        "figures_read": len(figures), "figures_released": record["figures"], "years": sorted({f.year for f in figures}),
        "pathways": len({f.pathway for f in figures}), "units": len({f.org_nr for f in figures}),
        "status": record["status"], "withheld": record["withheld"], "reading": reading, "building": building,
        "trying": trying, "stands": not faults,
    }  # fmt: skip


def told(found: dict[str, Any]) -> str:
    """The measurements as lines."""
    years = found["years"]
    lines = [
        f"{found['figures_released']:,} figures released ({found['pathways']} pathways and totals, "
        f"{found['units']} units, {years[0]}-{years[-1]}), {found['processes']} processes, load {found['load']:.1f}",
        f"{'':28}{'seconds':>9}{'processor':>11}",
    ]
    names = {
        "reading": "reading the figures alone",
        "building": "building, all of it",
        "trying": "trying the proof anew",
    }
    lines += [f"{text:28}{found[key]['seconds']:9.1f}{found[key]['processor']:11.1f}" for key, text in names.items()]
    if not found["hospitals"]:
        verdict = "below" if found["building"]["seconds"] < GOAL_SECONDS else "above"
        lines.append(f"building: {verdict} the goal of {GOAL_SECONDS:.0f} seconds")
    lines.append("the release stands" if found["stands"] else "THE RELEASE DOES NOT STAND")
    return "\n".join(lines)


def main() -> int:
    """Measure and tell; 1 when the release does not stand."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--registrations", type=int, default=7_700_000)
    parser.add_argument("--hospitals", action="store_true")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--data", type=Path, help="folder of the data (PAKKEFORLOP_BENCH_DATA, else the user's cache)")
    parser.add_argument("--json", type=Path, help="write what was measured to this file")
    asked = parser.parse_args()
    found = measure(data_folder(asked.data), asked.registrations, hospitals=asked.hospitals, processes=asked.processes)
    print(told(found))
    if asked.json:
        asked.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return 0 if found["stands"] else 1


if __name__ == "__main__":
    sys.exit(main())
