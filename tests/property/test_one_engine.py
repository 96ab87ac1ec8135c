"""At the keystroke and in the register: one patient alone, and many patients in bulk, are linked alike."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from property.engines import linked
from property.strategies import History, histories
from reference.compare import EPISODE_COLUMNS, MESSAGE_COLUMNS, comparable


def everything(done: Any) -> tuple[Any, Any]:
    return comparable(done.episodes, EPISODE_COLUMNS), comparable(done.messages, MESSAGE_COLUMNS)


@settings(max_examples=60)
@given(histories())
def test_compiled_and_as_plain_python(history: History) -> None:
    """The compiled function and the same function as Python, in every column."""
    assert everything(linked(history, compiled=True)) == everything(linked(history, compiled=False))


def together_and_alone(many: list[History]) -> None:
    """Patients of many histories in one table, and each history by itself."""
    first = many[0]
    rows, patients, expected = [], {}, []
    for n, history in enumerate(many):
        own = [
            {
                **row,
                "patient_id": f"{n}-{row['patient_id']}",
                "registration_id": row["registration_id"] and f"{n}-{row['registration_id']}",
            }
            for row in history.rows
        ]
        people = {f"{n}-{patient}": facts for patient, facts in (history.patients or {}).items()}
        alone = History(own, first.as_of, people, first.settings)
        done = linked(alone)
        expected += [{**line, "row": line["row"] + len(rows)} for line in done.messages], done.episodes
        rows += own
        patients |= people
    bulk = linked(History(rows, first.as_of, patients, first.settings), compiled=True)
    messages = [line for part in expected[::2] for line in part]
    episodes = [line for part in expected[1::2] for line in part]
    assert comparable(bulk.episodes, EPISODE_COLUMNS) == comparable(episodes, EPISODE_COLUMNS)
    assert comparable(bulk.messages, MESSAGE_COLUMNS) == comparable(messages, MESSAGE_COLUMNS)


@settings(max_examples=40)
@given(st.lists(histories(), min_size=2, max_size=6))
def test_many_patients_at_once(many: list[History]) -> None:
    """What stands beside a patient means nothing."""
    together_and_alone(many)


@pytest.mark.slow
@settings(max_examples=400)
@given(st.lists(histories(max_size=20), min_size=2, max_size=12))
def test_many_patients_at_once_at_length(many: list[History]) -> None:
    """The same, with more of them."""
    together_and_alone(many)
