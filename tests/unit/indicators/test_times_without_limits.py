"""A time that has no limit has no percent: there is nothing to be within."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pyarrow as pa

from pakkeforlop.catalogue.load import load_catalogue
from pakkeforlop.episodes.rows import Engine, link_table
from pakkeforlop.indicators.compute import compute
from pakkeforlop.vocabulary.calendar import day_number, day_of

START = 18000


def engine_without(prefix: str, span: str) -> Engine:
    """The engine, with a pathway whose time has lost its limits."""
    engine = Engine.of(load_catalogue())
    tables = engine.tables
    limits = tables.measuring.limits.copy().reshape(len(tables.pathways), -1, len(tables.spans), len(tables.kinds))
    limits[tables.pathways.index(prefix), :, tables.spans.index(span)] = -1
    return replace(engine, tables=replace(tables, measuring=replace(tables.measuring, limits=limits.ravel())))


def figures(engine: Engine, prefixes: str = "A01 A02") -> list[dict[str, Any]]:
    """The country's times in the year, of one pathway of each kind: 3 days to the attendance, 4 to the decision."""
    rows = [
        (n, prefix + suffix, START + day)
        for n, prefix in enumerate(prefixes.split())
        for suffix, day in (("A", 0), ("S", 3), ("CK", 7), ("FK", 9))
    ]
    patient, code, day = zip(*rows, strict=True)
    table = pa.table(
        {
            "patient_id": pa.array(patient, pa.int64()), "code": pa.array(code).dictionary_encode(),
            "day": pa.array(day, pa.int32()), "institution": pa.array(["974705788"] * len(rows)).dictionary_encode(),
        }
    )  # fmt: skip
    linked = link_table(table, engine, as_of=day_number(day_of(START + 30))).linked
    told = compute(linked, engine.catalogue, engine.organisations, engine.settings).to_pylist()
    return [
        row for row in told
        if row["unit_level"] == "national" and row["period_type"] == "year" and row["indicator"] == "of1_days"
    ]  # fmt: skip


def test_no_limit_no_percent():
    by_pathway = {row["pathway_key"]: row for row in figures(engine_without("A01", "of1"))}
    engine = Engine.of(load_catalogue())
    keys = {prefix: engine.catalogue.pathways[prefix].key for prefix in ("A01", "A02")}
    without = by_pathway[keys["A01"]]
    assert (without["status"], without["percent"], without["ci_low"], without["ci_high"]) == ("no_limit", *[None] * 3)
    assert (without["numerator"], without["denominator"], without["median_days"]) == (0, 1, 3.0)
    assert (by_pathway[keys["A02"]]["status"], by_pathway[keys["A02"]]["percent"]) == ("ok", 100.0)


def test_where_some_have_a_limit_the_fraction_stands():
    together = next(row for row in figures(engine_without("A01", "of1")) if row["pathway_key"] == "all_organ_specific")
    assert (together["status"], together["numerator"], together["denominator"]) == ("ok", 1, 2)
    assert together["percent"] == 50.0


def test_with_limits_nothing_is_marked():
    assert {row["status"] for row in figures(Engine.of(load_catalogue()))} == {"ok"}
