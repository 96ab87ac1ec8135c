"""Two judges, one answer: the engine and the plain reading of the rule book agree on any history, to the row.

Compiled or as plain Python, for one patient or in bulk, the engine is one.
"""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from property.engines import linked, read
from property.strategies import History, histories
from reference.compare import differences


def assert_agree(history: History, *, compiled: bool) -> None:
    found = differences(read(history), linked(history, compiled=compiled))
    assert not found, "\n".join(found)


@settings(max_examples=120)
@given(histories())
def test_the_engine_agrees_with_the_plain_reading(history: History) -> None:
    """Every episode in every column, every message on its row."""
    assert_agree(history, compiled=False)


@settings(max_examples=60)
@given(histories())
def test_the_compiled_engine_agrees_too(history: History) -> None:
    """The same function, compiled."""
    assert_agree(history, compiled=True)


@pytest.mark.slow
@settings(max_examples=3_000)
@given(histories(max_size=20))
def test_they_agree_at_length(history: History) -> None:
    """Longer histories, and many more of them."""
    assert_agree(history, compiled=False)
    assert_agree(history, compiled=True)
