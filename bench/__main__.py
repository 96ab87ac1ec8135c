"""The benchmark: this product, the floors under it and its peers on the same data, as ratios of one run.

`make bench`, or `python -m bench --help`.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from bench import report
from bench.data import VERSION
from bench.same import Comparison, compare
from bench.worker import PEERS, SLOW, WITHOUT_CELLS
from tools import postgresql

SMALL = 77_000
AGAINST = 770_000
"""Registrations on which a run by parts is held to a run in one piece."""

ROOT = Path(__file__).resolve().parent.parent
WHAT = """\
Timed: from Parquet on disk to tables in memory; no file is written. Each engine runs in a process of its own with
{cores} threads; cold is its first run on the file, warm the median of all others ({warm} in each process). The product
reads and checks, links, and has every episode, every message (as numbers) and the table of every indicator; "its tables
as text too" also makes the documented tables of episodes and messages, with ids and dates as text, and has no goal. The
peers do a part of it, on data without faults: starts, continuations, ends, the four times with their limits, and n,
within, median and 90th percentile of every cell of OF1 to OF4 (country, regions and trusts by month, tertial and year,
hospitals by tertial and year; by branch and in all, by pathway and all organ-specific together). "The times alone" is
the product on that part, still with its checks and messages: peers are judged by it. "Few cells" is pathway by month
for the country and the trusts alone. pandas stands twice: with columns packed into one number by NumPy, where pandas
sorts, fills, groups and takes quantiles; and "frames alone", by pandas' own methods on columns. PostgreSQL reads no
Parquet: its table is loaded before the time is taken, and the CPU seconds are not its own. pm4py knows no episodes: it
reads the log, and finds what follows what, the length of each case, and two selections of cases. {slow} are run once,
after a small run. Goals are for the wall clock; CPU seconds stand beside it: they move less on a machine that others
use too.
"""


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--sizes", default="0.77,7.7,77", help="millions of registrations (0.77,7.7,77)")
    parser.add_argument("--peers", default=",".join(PEERS), help=f"{', '.join(PEERS)}; empty for none")
    parser.add_argument("--peers-up-to", type=float, default=10, metavar="N", help="largest size with peers (10)")
    parser.add_argument(
        "--slow-peers-up-to", type=float, default=10, metavar="N",
        help="largest size with PostgreSQL, pm4py and pandas' frames alone (10)",
    )  # fmt: skip
    parser.add_argument("--rounds", type=int, default=2, help="times each engine is started anew (2; 1 without peers)")
    parser.add_argument("--warm", type=int, default=3, help="warm runs after each cold one (3)")
    parser.add_argument("--no-few", dest="few", action="store_false", help="do not time the peers on few cells too")
    parser.add_argument("--windows", action="store_true", help="also time DuckDB's other way of linking")
    parser.add_argument("--text-ids", action="store_true", help="also time the product on patient ids that are text")
    parser.add_argument("--partitioned", default="", metavar="N", help="by parts too (alone: --sizes ''), as 77,300")
    parser.add_argument("--refresh", default="", metavar="N", help="a day's codes too (alone: --sizes ''), as 0.77,7.7")
    parser.add_argument("--memory", type=float, default=4, metavar="GB", help="what runs by parts keep within (4)")
    parser.add_argument("--quick", action="store_true", help="one small size, one round, one warm run: does it work?")
    parser.add_argument("--data", type=Path, help="folder of the data (PAKKEFORLOP_BENCH_DATA, else the user's cache)")
    parser.add_argument("--json", type=Path, help="write everything measured to this file")
    chosen = parser.parse_args()
    if chosen.quick:
        chosen.sizes, chosen.rounds, chosen.warm = "0.2", 1, 1
    chosen.peers = [name for name in chosen.peers.split(",") if name]
    for name in chosen.peers:
        if name not in PEERS:
            parser.error(f"no peer is called {name}; there are {' and '.join(PEERS)}")
    for name in ("sizes", "partitioned", "refresh"):
        given = getattr(chosen, name)
        try:
            setattr(chosen, name, [round(float(size) * 1e6) for size in given.split(",") if size])
        except ValueError:
            parser.error(f"--{name}: {given!r} is not a list of numbers such as 0.77,7.7")
    if not chosen.sizes and not chosen.partitioned and not chosen.refresh:
        parser.error("there is nothing to run: neither --sizes nor --partitioned nor --refresh")
    return chosen


def data_folder(given: Path | None) -> Path:
    """Where the data are kept between runs: never in the repository."""
    if given or os.environ.get("PAKKEFORLOP_BENCH_DATA"):
        return given or Path(os.environ["PAKKEFORLOP_BENCH_DATA"])
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    try:
        (cache / "pakkeforlop-bench").mkdir(parents=True, exist_ok=True)
    except OSError:
        return Path(tempfile.gettempdir()) / "pakkeforlop-bench"
    return cache / "pakkeforlop-bench"


def child(*words: Any) -> str:
    """Run a module of this package in a process of its own, and give what it printed."""
    command = [sys.executable, "-m", *map(str, words)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT)
    if done.returncode:
        raise SystemExit(f"bench: {' '.join(map(str, words[:2]))} failed:\n{done.stderr.strip()}")
    return done.stdout


def made(folder: Path, size: int, *, text: bool = False) -> Path:
    """The file of one size, made if it is not there."""
    file = folder / f"registrations-v{VERSION}-{size}{'-text' if text else ''}.parquet"
    if not file.exists():
        note(f"making {size / 1e6:g} million registrations in {folder}")
        child("bench.data", size, folder, *(["--text-ids"] if text else []))
    return file


def note(text: str) -> None:
    """Say what is going on."""
    print(f"[{time.strftime('%H:%M:%S')}] {text}", file=sys.stderr, flush=True)


def measure(
    file: Path, small: Path, engines: list[str], rounds: int, warm: int, save: Path | None
) -> dict[str, report.Figures]:
    """Start every engine in every round: the floors first, then the others in a rotating order."""
    told: dict[str, list[dict[str, Any]]] = {name: [] for name in engines}
    floors, others = engines[:2], engines[2:]
    for n in range(rounds):
        turned = others[n % len(others) :] + others[: n % len(others)]
        for name in (*floors, *turned):
            slow = name in SLOW
            if slow and n:
                continue
            note(f"round {n + 1} of {rounds}: {name}")
            keep = ["--save", save] if save and n == 0 and name not in WITHOUT_CELLS else []
            words = (name, file, "--small", small, "--warm", 0 if slow else warm)
            told[name].append(json.loads(child("bench.worker", *words, *keep)))
    return {name: report.Figures.of(name, runs) for name, runs in told.items()}


def main() -> int:
    """Measure, compare, print."""
    chosen = arguments()
    folder = data_folder(chosen.data)
    small = made(folder, SMALL)
    sizes: dict[int, dict[str, report.Figures]] = {}
    compared: dict[int, list[Comparison]] = {}
    texts: dict[int, dict[str, report.Figures]] = {}
    for size in chosen.sizes:
        file = made(folder, size)
        rows = pq.ParquetFile(file).metadata.num_rows
        large = size > 1e6 * chosen.peers_up_to
        names = [] if large else [name for peer in chosen.peers for name in variants(peer, chosen, size)]
        own = [] if large else ["product times", "product tables"]
        with tempfile.TemporaryDirectory() as save:
            rounds = 1 if large else chosen.rounds
            engines, keep = ["scan", "sort", "product", *own, *names], Path(save) if names else None
            sizes[rows] = measure(file, small, engines, rounds, chosen.warm, keep)
            held = [name for name in ("product", "product times", *names) if name not in WITHOUT_CELLS]
            compared[rows] = compare(Path(save), held) if names else []
        if chosen.text_ids and not large:
            with_text = made(folder, size, text=True)
            texts[rows] = measure(with_text, small, ["scan", "sort", "product"], 1, chosen.warm, None)
    parts = by_parts(chosen, folder)
    days = []
    for size in chosen.refresh:
        file = made(folder, size)
        note(f"a day's codes into {size / 1e6:g} million")
        days.append(json.loads(child("bench.refresh", file)))
    patient = None
    if chosen.sizes:
        note("one patient")
        patient = json.loads(child("bench.one_patient", made(folder, chosen.sizes[0])))
    same = tell(chosen, sizes, compared, texts, patient, parts, days)
    if chosen.json:
        found = as_json(sizes, compared, texts, patient, parts, days)
        chosen.json.write_text(json.dumps(found, indent=1), encoding="utf-8")
    return 0 if same else 1


def by_parts(chosen: argparse.Namespace, folder: Path) -> list[dict[str, Any]]:
    """Runs in bounded memory; before them a small one whose figures are held to those of a run in one piece."""
    if not chosen.partitioned:
        return []
    note("by parts: are the figures the same?")
    words = ("--memory", chosen.memory)
    found = [json.loads(child("bench.partitioned", made(folder, AGAINST), "--buckets", 7, "--against", *words))]
    for size in chosen.partitioned:
        file = made(folder, size)
        note(f"by parts: {size / 1e6:g} million within {chosen.memory:g} GB")
        found.append(json.loads(child("bench.partitioned", file, *words)))
    return found


def variants(peer: str, chosen: argparse.Namespace, size: int) -> list[str]:
    """The ways a peer is timed."""
    names = [peer]
    if peer in ("duckdb", "pandas") and chosen.few:
        names.append(f"{peer} few")
    names += ["duckdb windows"] if chosen.windows and peer == "duckdb" else []
    names += ["pandas plain"] if peer == "pandas" else []
    if peer == "postgresql" and postgresql.programs() is None:
        note(f"PostgreSQL is left out: {postgresql.MISSING}")
        return []
    return [name for name in names if name not in SLOW or size <= 1e6 * chosen.slow_peers_up_to]


def tell(
    chosen: argparse.Namespace,
    sizes: dict[int, dict[str, report.Figures]],
    compared: dict[int, list[Comparison]],
    texts: dict[int, dict[str, report.Figures]],
    patient: dict[str, Any] | None,
    parts: list[dict[str, Any]],
    days: list[dict[str, Any]],
) -> bool:
    """Print the report; times of an engine that found something else are not shown, and the run has failed."""
    cores = len(os.sched_getaffinity(0))
    print(f"Python {platform.python_version()}, {cores} cores, load {os.getloadavg()[0]:.1f} at the end of the run")
    print(WHAT.format(cores=cores, warm=chosen.warm, slow=", ".join(report.TITLES[name] for name in SLOW)))
    same = True
    for rows, found in sizes.items():
        wrong = [one.name for one in compared[rows] if not one.same]
        if len(compared[rows]) > 1:
            print(f"{rows:,} registrations: what each found".replace(",", " "))
            print("\n".join(report.checksums(compared[rows])), "\n", sep="")
        for one in compared[rows]:
            if not one.same:
                same = False
                sums = ", ".join(one.sums_apart) or "no sum"
                print(f"  {one.name} found something else: {sums} and {one.cells_apart} cells\n")
        shown = {name: figures for name, figures in found.items() if name not in wrong}
        print("\n".join(report.size_lines(rows, shown)))
        print("\n".join(report.columns(report.goal_lines(rows, shown))), "\n", sep="")
        if rows in texts:
            print("with patient ids as text: ", end="")
            print("\n".join(report.size_lines(rows, texts[rows])), "\n", sep="")
    if parts:
        print("by parts of the patients, in bounded memory")
        print("\n".join(report.by_parts(parts)), "\n", sep="")
        same = same and all(one.get("same", True) for one in parts)
    if days:
        print("a day's codes into figures that stand")
        print("\n".join(report.refreshed(days)), "\n", sep="")
        same = same and all(one["same"] for one in days)
    if patient is not None:
        print("growth, and one patient")
        print("\n".join(report.columns([*report.growth(sizes), *report.one_patient(patient)])))
    if not same:
        print("\nFAILED: not every engine found the same; no time is shown for those that did not.")
    return same


def as_json(
    sizes: dict[int, dict[str, report.Figures]],
    compared: dict[int, list[Comparison]],
    texts: dict[int, dict[str, report.Figures]],
    patient: dict[str, Any] | None,
    parts: list[dict[str, Any]],
    days: list[dict[str, Any]],
) -> dict[str, Any]:
    """Everything measured."""
    return {
        "sizes": {
            rows: {
                "times": {name: asdict(one) for name, one in found.items()},
                "goals": report.goal_lines(rows, found),
                "found": [one.as_dict() for one in compared[rows]],
                "text_ids": {name: asdict(one) for name, one in texts.get(rows, {}).items()},
            }
            for rows, found in sizes.items()
        },
        "growth": report.growth(sizes),
        "one_patient": patient,
        "by_parts": parts,
        "refresh": days,
    }


if __name__ == "__main__":
    sys.exit(main())
