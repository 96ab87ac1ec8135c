"""A million random histories, engine against the rule book in SQL: `python tests/twin/many.py 1000000`.

On DuckDB, or with `--postgresql` on a PostgreSQL server of its own.

The histories are those of `tests/property/many.py`. What only one side says is told with the rows that made it.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parents[2])]

from factories import histories as pool  # noqa: E402
from property import many  # noqa: E402
from reference import plain  # noqa: E402
from twin import judge  # noqa: E402
from twin.compare import differences  # noqa: E402

CHUNK = 20_000


def main() -> int:
    """Draw, link, judge, compare; the number of lines that differ is the exit code, 100 at most."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("histories", type=int, nargs="?", default=100_000)
    arguments.add_argument("--seed", type=int, default=20_260_202)
    arguments.add_argument("--postgresql", action="store_true", help="ask PostgreSQL, not DuckDB")
    asked = arguments.parse_args()
    if not asked.postgresql:
        return compared(asked.histories, asked.seed, judge.on_duckdb)
    from tools import postgresql

    if postgresql.programs() is None:
        print(postgresql.MISSING)
        return 1
    with postgresql.server() as folder:
        address = postgresql.make_database(folder, "twin")
        return compared(asked.histories, asked.seed, lambda given: judge.on_postgresql(given, address))


def compared(histories: int, seed: int, ask: Callable[[Mapping[str, judge.Rows]], Any]) -> int:
    """Draw, link, ask and compare; how many lines differ, 100 at most."""
    chance = np.random.default_rng(seed)
    began, done, wrong, registrations = time.perf_counter(), 0, 0, 0
    episodes = messages = 0
    while done < histories:
        count = min(CHUNK, histories - done)
        as_of = pool.AS_OF[int(chance.integers(0, len(pool.AS_OF)))]
        drawn = many.draw(count, chance, done)
        persons = many.people(count, chance, done) if chance.random() < 0.5 else None
        rows = [row for row in drawn if plain.is_ours(row) and plain.is_possible(row, as_of)]
        said = ask(judge.tables(rows, persons, as_of))
        found = differences(said, many.in_bulk(rows, persons, as_of), rows)
        wrong += len(found)
        print("\n".join(found[:3]), end="\n" if found else "")
        done, registrations = done + count, registrations + len(rows)
        episodes, messages = episodes + len(said[0]), messages + len(said[1])
        print(
            f"{done:>9,} histories, {registrations:,} registrations, {episodes:,} episodes, {messages:,} messages, "
            f"{wrong} lines differ, {time.perf_counter() - began:.0f} s",
            flush=True,
        )
    return min(wrong, 100)


if __name__ == "__main__":
    raise SystemExit(main())
