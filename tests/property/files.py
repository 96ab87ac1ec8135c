"""Histories as files, and what the engine makes of files: read, checked, linked in bulk."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pakkeforlop.episodes.rows import link_table
from pakkeforlop.exchange.csv.read import read_registrations
from pakkeforlop.vocabulary.calendar import day_number
from property.engines import engine
from reference.compare import EPISODE_COLUMNS, plain_value

COLUMNS = ("patient_id", "code", "event_date", "institution", "registration_id", "registered_at")
TODAY = day_number(date(2027, 6, 1))

Line = tuple[Any, ...]


@dataclass(frozen=True)
class Outcome:
    """Episodes and messages without where they stood: no file, no row."""

    episodes: list[Line]
    messages: Counter[Line]


def write(path: Path, rows: Sequence[dict[str, str]]) -> Path:
    """The rows as a CSV file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    return path


def outcome(paths: Sequence[Path], as_of: date) -> Outcome:
    """What the engine makes of files."""
    intake = read_registrations(paths, today=TODAY, as_of=day_number(as_of))
    table = intake.table
    done = link_table(table, engine(frozenset()), as_of=intake.as_of)
    rows = table.select(["patient_id", "code", "day", "institution"]).to_pylist()
    episodes = [tuple(plain_value(line[name]) for name in EPISODE_COLUMNS) for line in done.episodes.to_pylist()]
    messages = Counter(
        (
            *rows[line["at"]].values(),
            line["pathway"] or None,
            line["episode"] or None,
            line["message"],
            line["counted"],
        )
        for line in done.messages.to_pylist()
    )
    return Outcome(sorted(episodes, key=repr), messages)
