"""The rule book in SQL gives what the engine gives, on random histories: a second judge that shares nothing with it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np
import pytest

from factories import histories as pool
from property import many
from reference import plain
from twin import judge
from twin.compare import differences

ENGINES = ("duckdb", "postgresql")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A PostgreSQL server of our own, where the machine has its programs."""
    from tools import postgresql

    if postgresql.programs() is None:
        pytest.skip(postgresql.MISSING)
    with postgresql.server() as folder:
        yield postgresql.make_database(folder, "twin")


def drawn(count: int, seed: int, *, people: bool, as_of: date) -> tuple[list[dict[str, str]], Any]:
    """Histories of the property tests' pool, as they are known on the as-of day."""
    chance = np.random.default_rng(seed)
    rows = [row for row in many.draw(count, chance, 0) if plain.is_ours(row) and plain.is_possible(row, as_of)]
    return rows, many.people(count, chance, 0) if people else None


@pytest.mark.slow
@pytest.mark.parametrize(("seed", "people", "as_of"), [(1, True, pool.AS_OF[-1]), (2, False, pool.AS_OF[3])])
def test_twenty_thousand_histories_on_duckdb(seed: int, people: bool, as_of: date) -> None:
    """10,000 with a file of patients and all days known, 10,000 without and as of a day in between: 0 rows differ."""
    rows, persons = drawn(10_000, seed, people=people, as_of=as_of)
    assert len(rows) > 40_000
    found = differences(judge.on_duckdb(judge.tables(rows, persons, as_of)), many.in_bulk(rows, persons, as_of), rows)
    assert found == []


@pytest.mark.slow
def test_the_same_text_on_postgresql(address: str) -> None:
    as_of = pool.AS_OF[-1]
    rows, persons = drawn(2_000, 3, people=True, as_of=as_of)
    given = judge.tables(rows, persons, as_of)
    assert differences(judge.on_postgresql(given, address), many.in_bulk(rows, persons, as_of), rows) == []


def test_a_few_histories_quickly() -> None:
    as_of = pool.AS_OF[-1]
    rows, persons = drawn(300, 4, people=True, as_of=as_of)
    episodes, messages = judge.on_duckdb(judge.tables(rows, persons, as_of))
    assert differences((episodes, messages), many.in_bulk(rows, persons, as_of), rows) == []
    assert len({message["message"] for message in messages}) > 20


def test_the_comparison_sees_a_difference() -> None:
    """One limit a day longer, one message less: both are told, so that agreement means something."""
    as_of = pool.AS_OF[-1]
    rows, persons = drawn(300, 4, people=True, as_of=as_of)
    given = judge.tables(rows, persons, as_of)
    made = many.in_bulk(rows, persons, as_of)
    longer = [(p, s, k, f, d + 1 if (p, s) == ("A01", "OF1") and d else d) for p, s, k, f, d in given["limits"]]
    assert differences(judge.on_duckdb({**given, "limits": longer}), made, rows)
    episodes, messages = judge.on_duckdb(given)
    assert differences((episodes, messages[1:]), made, rows)
    assert differences((episodes[1:], messages), made, rows)


def test_by_hand() -> None:
    """A transfer inside a trust, an attendance told twice, treatment on the last day of the limit."""
    codes = [
        ("A01A", "2024-03-01", "974557746"), ("A01S", "2024-03-06", "974557746"), ("A01S", "2024-03-07", "974557746"),
        ("A01O", "2024-03-08", "974557746"), ("A01A", "2024-03-09", "974743272"), ("A01CK", "2024-03-14", "974743272"),
        ("A01FK", "2024-04-02", "974743272"),
    ]  # fmt: skip
    rows = [
        {"patient_id": "p", "code": code, "event_date": day, "institution": place, "registration_id": ""}
        for code, day, place in codes
    ]
    (episode,), messages = judge.on_duckdb(judge.tables(rows, None, date(2026, 12, 31)))
    assert [(message["row_no"], message["message"], message["counted"]) for message in messages] == [(2, 102, False)]
    days = [episode[name] for name in ("of1_days", "of2_days", "of3_days", "of4_days", "of4_limit", "share_within")]
    assert days == [5, 8, 19, 32, 32, True]
    assert (episode["end"], episode["institutions"], episode["trusts"], episode["transferred"]) == ("FK", 2, 1, True)
