"""Figures that are refreshed are those of a whole run, cell by cell, whatever came, was corrected or was withdrawn."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from unittest.mock import patch

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factories import histories as pool
from pakkeforlop.indicators.standing import StandingFigures, Tables
from pakkeforlop.vocabulary.calendar import day_number
from property import cohorts
from property.engines import engine

Rows = list[dict[str, str]]
DEEDS = ("withdraw", "withdraw all", "move in time", "move elsewhere", "another code", "add", "send on", "new patient")


MANY = st.sampled_from([2, 250])
"""From how many values on the days of a cell are counted: the cohorts are small."""


def plain(table: pa.Table) -> pa.Table:
    """The rows in an order of their own, words as texts."""
    words = [field.name for field in table.schema if pa.types.is_dictionary(field.type)]
    for name in words:
        table = table.set_column(table.column_names.index(name), name, table[name].cast(pa.string()))
    return table.sort_by([(name, "ascending") for name in (*words, "period_from")])


def changed(rows: Rows, deed: str, patient: str, chance: np.random.Generator, as_of: date) -> Rows:
    """The rows after something was done to a patient's."""
    mine = [n for n, row in enumerate(rows) if row["patient_id"] == patient]
    at = mine[int(chance.integers(len(mine)))] if mine else None
    other = rows[int(chance.integers(len(rows)))]
    if deed == "new patient":
        return [*rows, *({**row, "patient_id": f"new-{len(rows)}"} for row in rows if row["patient_id"] == patient)]
    if at is None:
        return rows
    row = rows[at]
    if deed == "withdraw":
        return [one for n, one in enumerate(rows) if n != at]
    if deed == "withdraw all":
        return [one for n, one in enumerate(rows) if n not in mine]
    day = date.fromisoformat(row["event_date"]) if row["event_date"] else as_of
    moved = min(day + timedelta(days=int(chance.integers(-40, 41))), as_of).isoformat()
    new = {
        "move in time": {"event_date": moved},
        "move elsewhere": {"institution": other["institution"]},
        "another code": {"code": row["code"][:3] + other["code"][3:]},
        "add": {"code": row["code"][:3] + str(chance.choice(["S", "CK", "FK", "FM", "X"])), "event_date": moved},
        "send on": {"code": row["code"][:3] + "O", "event_date": moved},
    }[deed]
    if deed in ("add", "send on"):
        return [*rows, {**row, **new, "registration_id": ""}]
    return [{**one, **new} if n == at else one for n, one in enumerate(rows)]


def told(cohort: cohorts.Cohort, *, known: bool) -> Tables:
    """Registrations, and people and new cancers if they are known."""
    tables = cohorts.tables(cohort)
    return tables if known else Tables(tables.registrations)


def only(tables: Tables, patients: set[str]) -> Tables:
    """What is told of some patients."""
    wanted = pa.array(sorted(patients), pa.string())
    return Tables(*(
        None if table is None else table.filter(pa.compute.is_in(table["patient_id"], value_set=wanted))
        for table in tables
    ))  # fmt: skip


def assert_same(seed: int, known: bool, steps: list[tuple[list[str], int]]) -> None:
    """Each step changes some patients and lets some days pass; after each the figures are those of a whole run."""
    first = cohorts.draw(seed, 40)
    chance = np.random.default_rng(seed)
    ready = engine(frozenset())
    cohort = first if known else cohorts.Cohort(first.rows, {}, [], first.as_of)
    standing = StandingFigures(ready, told(cohort, known=known), as_of=day_number(cohort.as_of))
    for deeds, days in steps:
        as_of = cohort.as_of + timedelta(days=days)
        rows, touched = cohort.rows, set()
        for deed in deeds:
            patient = str(int(chance.integers(80)))
            before = len(rows)
            rows = changed(rows, deed, patient, chance, as_of)
            touched |= {patient} | ({f"new-{before}"} if deed == "new patient" else set())
        cohort = cohorts.Cohort(rows, cohort.people, cohort.cancers, as_of)
        now = told(cohort, known=known)
        done = standing.refresh(only(now, touched), pa.array(sorted(touched), pa.string()), as_of=day_number(as_of))
        assert not done.whole
        whole = cohorts.whole(now, day_number(as_of))
        assert plain(standing.table()).equals(plain(whole))
        assert_told(standing.changes(done), whole)


def assert_told(changes: tuple[pa.Table, pa.Table], whole: pa.Table) -> None:
    """What is told as changed stands in the whole as it is told."""
    after = {tuple(map(str, row.values())) for row in changes[1].to_pylist()}
    assert after <= {tuple(map(str, row.values())) for row in whole.to_pylist()}


@settings(max_examples=6, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    known=st.booleans(),
    many=MANY,
    steps=st.lists(
        st.tuples(st.lists(st.sampled_from(DEEDS), min_size=1, max_size=12), st.sampled_from([0, 0, 1, 30, 400])),
        min_size=1, max_size=2,
    ),
)  # fmt: skip
def test_a_refresh_gives_the_figures_of_a_whole_run(seed: int, known: bool, many: int, steps: list[Any]) -> None:
    """With and without patients and new cancers, on the same day and on later ones, once and again."""
    with patch("pakkeforlop.indicators.standing.MANY", many):
        assert_same(seed, known, steps)


@pytest.mark.slow
@settings(max_examples=8, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    known=st.booleans(),
    many=MANY,
    steps=st.lists(
        st.tuples(st.lists(st.sampled_from(DEEDS), min_size=1, max_size=30), st.integers(0, 800)), min_size=1, max_size=4
    ),
)
def test_a_refresh_gives_the_figures_of_a_whole_run_at_length(
    seed: int, known: bool, many: int, steps: list[Any]
) -> None:
    """The same with more of everything."""
    with patch("pakkeforlop.indicators.standing.MANY", many):
        assert_same(seed, known, steps)


def test_every_kind_of_pathway_is_among_them() -> None:
    """The cohorts hold transfers, messages, people, new cancers and open pathways, so that nothing is proved of nothing."""
    table = cohorts.whole(cohorts.tables(cohorts.draw(3, 40)), day_number(cohorts.draw(3, 40).as_of))
    kinds = set(table["indicator"].to_pylist())
    assert {"of4_share", "of1_days", "pathways_open", "messages", "inclusion_share", "registration_delay_days"} <= kinds
    assert {"1", "2"} <= set(table["sex"].to_pylist())
    assert any(row["code"].endswith("O") for row in cohorts.draw(3, 40).rows)
    assert len(pool.PREFIXES) > 3
