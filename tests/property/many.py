"""A million random histories, engine against plain reading: `python tests/property/many.py 1000000`.

The histories are drawn with numpy from the same few days, places and codes as the property tests, linked in bulk by the
compiled engine, and read patient by patient. A difference is told with the history that made it, cut down as far as it
still differs.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from factories import histories as pool  # noqa: E402
from pakkeforlop.episodes.rows import link_table  # noqa: E402
from pakkeforlop.vocabulary.calendar import day_number  # noqa: E402
from property.engines import engine, limits, linked, places  # noqa: E402
from property.strategies import Given, History  # noqa: E402
from reference import plain  # noqa: E402
from reference.compare import EPISODE_COLUMNS, differences, plain_value  # noqa: E402

CHUNK = 20_000
MOST_ROWS = 12


def draw(count: int, chance: np.random.Generator, first: int) -> Given:
    """Rows of `count` patients: each has a base day, a kind of pathway or two, and places of its own."""
    suffixes = [*pool.SUFFIXES, *pool.LASTING]
    sizes = chance.integers(1, MOST_ROWS + 1, count)
    patient = np.repeat(np.arange(count), sizes)
    total = len(patient)
    base = chance.integers(0, len(pool.BASES), count)[patient]
    kinds = chance.integers(0, len(pool.PREFIXES), (count, 2))
    prefix = kinds[patient, (chance.random(total) < 0.25).astype(int)]
    spots = chance.integers(0, len(pool.PLACES), (count, 3))
    place = spots[patient, chance.integers(0, 3, total)]
    step = chance.integers(0, len(pool.STEPS), total)
    calm = (chance.random(count) < 0.6)[patient]
    step = np.where(calm, np.minimum(step, 14), step)
    deep = (chance.random(count) < 0.5)[patient]
    begins = np.append(True, patient[1:] != patient[:-1])
    suffix = chance.integers(0, len(pool.SUFFIXES), total)
    suffix = np.where(deep, len(pool.SUFFIXES) + chance.integers(0, len(pool.LASTING), total), suffix)
    suffix = np.where(deep & begins, 0, suffix)
    step = np.where(deep & begins, 0, step)
    same = chance.random(total) < 0.06
    for column in (prefix, place, step, suffix):
        column[1:] = np.where(same[1:] & (patient[1:] == patient[:-1]), column[:-1], column[1:])
    odd = chance.random(total)
    named = (chance.random(count) < 0.2)[patient]
    identity = chance.integers(0, 10**6, total)
    rows = []
    for n in range(total):
        code = pool.PREFIXES[prefix[n]] + suffixes[suffix[n]]
        if odd[n] < 0.01:
            code = pool.RUBBISH[identity[n] % len(pool.RUBBISH)]
        rows.append(
            {
                "patient_id": str(first + patient[n]),
                "code": code,
                "event_date": "" if odd[n] > 0.99 else pool.day(pool.BASES[base[n]], int(pool.STEPS[step[n]])),
                "institution": pool.PLACES[place[n]],
                "registration_id": f"{identity[n]}-{first + patient[n]}-{n}" if named[n] else "",
            }
        )
    return rows


def people(count: int, chance: np.random.Generator, first: int) -> dict[str, tuple[date | None, str]]:
    """Most patients of the rows, with a birth date where one is known."""
    born = chance.integers(0, len(pool.BIRTHS), count)
    known = chance.random(count) < 0.9
    return {str(first + n): (pool.BIRTHS[born[n]], "") for n in range(count) if known[n]}


def table_of(rows: Given) -> pa.Table:
    """The rows as the bulk path takes them."""
    days = [day_number(date.fromisoformat(row["event_date"])) if row["event_date"] else None for row in rows]
    return pa.table(
        {
            "patient_id": pa.array([row["patient_id"] for row in rows]),
            "code": pa.array([row["code"] for row in rows]).dictionary_encode(),
            "day": pa.array(days, pa.int32()),
            "institution": pa.array([row["institution"] for row in rows]).dictionary_encode(),
            "registration_id": pa.array([row["registration_id"] or None for row in rows], pa.string()),
        }
    )


def in_bulk(rows: Given, persons: dict[str, tuple[date | None, str]] | None, as_of: date) -> tuple[Any, Any]:
    """Episodes and messages of the bulk path; messages with the row's own columns beside them."""
    table = table_of(rows)
    patients = None
    if persons is not None:
        births = [None if born is None else day_number(born) for born, _ in persons.values()]
        patients = pa.table(
            {
                "patient_id": pa.array(list(persons), pa.string()),
                "birth_day": pa.array(births, pa.int32()),
                "sex": pa.array([0] * len(persons), pa.int8()),
            }
        )
    done = link_table(table, engine(frozenset()), as_of=day_number(as_of), patients=patients)
    return done.episodes.to_pylist(), done.messages.to_pylist()


def by_patient(rows: Given) -> dict[str, list[tuple[int, dict[str, str]]]]:
    """The rows of each patient, with their places in the whole."""
    of: dict[str, list[tuple[int, dict[str, str]]]] = defaultdict(list)
    for at, row in enumerate(rows):
        of[row["patient_id"]].append((at, row))
    return of


def disagreements(
    rows: Given, persons: dict[str, tuple[date | None, str]] | None, as_of: date
) -> Iterator[tuple[str, Given]]:
    """Patients on whom the two do not agree, with their rows."""
    rows = [row for row in rows if plain.is_ours(row) and plain.is_possible(row, as_of)]
    episodes, messages = in_bulk(rows, persons, as_of)
    made: dict[str, set[tuple[Any, ...]]] = defaultdict(set)
    for line in episodes:
        made[line["patient_id"]].add(tuple(plain_value(line[name]) for name in EPISODE_COLUMNS))
    own = ("pathway", "episode", "message", "counted")
    told: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for line in messages:
        at = line["at"]
        told[rows[at]["patient_id"]].append((at, *(plain_value(line[name]) for name in own)))
    for patient, numbered in by_patient(rows).items():
        reading = plain.read(
            [row for _, row in numbered], as_of=as_of, places=places(), limits=limits(), patients=persons
        )
        read = {tuple(plain_value(line[name]) for name in EPISODE_COLUMNS) for line in reading.episodes}
        said = [(numbered[line["row"] - 1][0], *(plain_value(line[name]) for name in own)) for line in reading.messages]
        if read != made.get(patient, set()) or sorted(said, key=repr) != sorted(told.get(patient, []), key=repr):
            yield patient, [row for _, row in numbered]


def cut_down(history: History) -> History:
    """The fewest of its rows that still make a difference, left out one at a time."""
    rows = list(history.rows)
    smaller = True
    while smaller:
        smaller = False
        for n in range(len(rows)):
            fewer = History(rows[:n] + rows[n + 1 :], history.as_of, history.patients, history.settings)
            if fewer.rows and differ(fewer):
                rows, smaller = fewer.rows, True
                break
    return History(rows, history.as_of, history.patients, history.settings)


def differ(history: History) -> list[str]:
    """What the two say differently of one history."""
    reading = plain.read(history.rows, as_of=history.as_of, places=places(), limits=limits(), patients=history.patients)
    return differences(reading, linked(history))


def main() -> int:
    """Draw, link, read, compare; the number of patients that differ is the exit code, 100 at most."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("histories", type=int, nargs="?", default=100_000)
    arguments.add_argument("--seed", type=int, default=20_260_101)
    arguments.add_argument("--show", type=int, default=5, help="how many differences to tell in full")
    asked = arguments.parse_args()
    chance = np.random.default_rng(asked.seed)
    began, done, wrong, registrations = time.perf_counter(), 0, 0, 0
    while done < asked.histories:
        count = min(CHUNK, asked.histories - done)
        as_of = pool.AS_OF[int(chance.integers(0, len(pool.AS_OF)))]
        rows = draw(count, chance, done)
        persons = people(count, chance, done) if chance.random() < 0.5 else None
        for _, own in disagreements(rows, persons, as_of):
            wrong += 1
            if wrong <= asked.show:
                tell(cut_down(History(own, as_of, persons, {})))
        done += count
        registrations += len(rows)
        seconds = time.perf_counter() - began
        print(f"{done:>9,} histories, {registrations:,} registrations, {wrong} differ, {seconds:.0f} s", flush=True)
    return min(wrong, 100)


def tell(history: History) -> None:
    """A difference and the rows that make it."""
    print(f"as of {history.as_of}")
    for row in history.rows:
        born = (history.patients or {}).get(row["patient_id"], ("",))[0]
        print("   ", *(row[name] or "-" for name in row), born)
    print("   ", "\n    ".join(differ(history)) or "alone it does not differ: look at what stands beside it")


if __name__ == "__main__":
    raise SystemExit(main())
