"""The order of arrival, how rows are split over files, and loading them twice change nothing but file and row."""

from __future__ import annotations

import random
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pakkeforlop.vocabulary.calendar import day_number
from property.engines import linked, read
from property.files import Outcome, outcome, write
from property.strategies import Given, History, histories
from reference.compare import EPISODE_COLUMNS, comparable, plain_value

OWN = ("patient_id", "pathway", "episode", "code", "event_date", "institution", "message", "counted")


def shuffled(rows: Given, seed: int) -> Given:
    """The rows in another order."""
    mixed = list(rows)
    random.Random(seed).shuffle(mixed)
    return mixed


def without_row(done: Any) -> tuple[Any, Any]:
    """What was made, less the rows it was made from."""
    return comparable(done.episodes, EPISODE_COLUMNS), comparable(done.messages, OWN)


@settings(max_examples=80)
@given(histories(), st.integers())
def test_the_order_of_arrival(history: History, seed: int) -> None:
    """Rows in any order give the same episodes and the same messages."""
    assert without_row(linked(history)) == without_row(linked(history, rows=shuffled(history.rows, seed)))


@settings(max_examples=80)
@given(histories())
def test_the_same_registrations_twice(history: History) -> None:
    """A registration that has an id and comes again is nothing new."""
    named = [{**row, "registration_id": row["registration_id"] or f"n{n}"} for n, row in enumerate(history.rows)]
    assert without_row(linked(history, rows=named)) == without_row(linked(history, rows=named + named[::-1]))


def of_files(history: History, *parts: Given) -> Outcome:
    """The outcome of rows written to one file per part."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [write(Path(folder) / f"part{n}.csv", part) for n, part in enumerate(parts)]
        return outcome(paths, history.as_of)


@settings(max_examples=60)
@given(histories())
def test_files_are_read_as_the_rule_book_says(history: History) -> None:
    """From a file through the reading of files and the bulk path: what the plain reading makes of the same rows."""
    plainly = History(history.rows, history.as_of, None, {})
    reading = read(plainly)
    episodes = [tuple(plain_value(line[name]) for name in EPISODE_COLUMNS) for line in reading.episodes]
    messages = Counter(
        (
            line["patient_id"],
            line["code"],
            None if line["event_date"] is None else day_number(line["event_date"]),
            line["institution"],
            line["pathway"] or None,
            line["episode"] or None,
            line["message"],
            line["counted"],
        )
        for line in reading.messages
    )
    assert of_files(history, history.rows) == Outcome(sorted(episodes, key=repr), messages)


@settings(max_examples=30)
@given(histories(), st.integers(0, 14), st.integers())
def test_splitting_into_files(history: History, cut: int, seed: int) -> None:
    """One file, or two in either order: the same outcome. (Two files that are alike are one file loaded twice.)"""
    one, other = history.rows[:cut], history.rows[cut:]
    if Counter(map(repr, one)) == Counter(map(repr, other)):
        return
    whole = of_files(history, history.rows)
    assert whole == of_files(history, one, other)
    assert whole == of_files(history, shuffled(other, seed), shuffled(one, seed))


@settings(max_examples=30)
@given(histories())
def test_loading_a_file_twice(history: History) -> None:
    """The same content under another name is nothing new, with ids or without."""
    assert of_files(history, history.rows) == of_files(history, history.rows, history.rows)
