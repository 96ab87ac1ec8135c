"""The SQL judge run on DuckDB and on PostgreSQL: the same text of rules, the same answers as rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import duckdb
import pyarrow as pa

from reference.limits import read_limits
from reference.places import read_places

RULES = Path(__file__).parent / "rules.sql"
Rows = Sequence[tuple[Any, ...]]

SHAPES = {
    "given": "row_no integer, patient_id text, code text, day date, institution text, registration_id text",
    "people": "patient_id text, born date",
    "asked": "as_of date, people_given boolean, stale_days integer",
    "limits": "prefix text, span text, kind text, valid_from date, days integer",
    "numbers": "institution text, number text",
    "belongs": "number text, first_day date, last_day date, trust text, seq integer",
}
"""The tables that the rules are given."""


class Answers(Protocol):
    """A database that answers."""

    def execute(self, sql: str) -> Any: ...


@cache
def statements() -> tuple[str, ...]:
    """The statements of the rules."""
    text = re.sub(r"^--.*$", "", RULES.read_text(encoding="utf-8"), flags=re.M)
    return tuple(one.strip() for one in re.split(r";[ \t]*$", text, flags=re.M) if one.strip())


@cache
def definitions() -> dict[str, Rows]:
    """Limits and places, read straight from the catalogue's files."""
    limits, places = read_limits(), read_places()
    return {
        "limits": [
            (prefix, span, kind, first, days)
            for prefix, blocks in limits.blocks.items()
            for span, kind, first, days in blocks
        ],
        "numbers": list(places.number_of.items()),
        "belongs": [
            (number, first, last, trust, seq)
            for number, periods in places.belongs.items()
            for seq, (first, last, trust) in enumerate(periods)
        ],
    }


def tables(
    rows: Iterable[Mapping[str, str]], people: Mapping[str, tuple[date | None, Any]] | None, as_of: date
) -> dict[str, Rows]:
    """What the rules are given for these registrations, numbered from 0."""
    given = [
        (n, row["patient_id"], row["code"], date.fromisoformat(row["event_date"]) if row["event_date"] else None,
         row["institution"], row["registration_id"])
        for n, row in enumerate(rows)
    ]  # fmt: skip
    return {
        "given": given,
        "people": [(patient, born) for patient, (born, _) in (people or {}).items()],
        "asked": [(as_of, people is not None, 365)],
        **definitions(),
    }


def answers(db: Answers) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Run the rules; episodes and messages as rows."""
    for statement in statements():
        done = db.execute(statement)
        if isinstance(db, duckdb.DuckDBPyConnection):
            done.fetchall()
    return _rows(db, "episodes"), _rows(db, "messages")


def _rows(db: Answers, table: str) -> list[dict[str, Any]]:
    done = db.execute(f"select * from {table}")
    names = [column[0] for column in done.description]
    return [dict(zip(names, row, strict=True)) for row in done.fetchall()]


KINDS = {"integer": pa.int32(), "text": pa.string(), "date": pa.date32(), "boolean": pa.bool_()}


def on_duckdb(given: Mapping[str, Rows]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Ask DuckDB."""
    with duckdb.connect() as db:
        for name, shape in SHAPES.items():
            fields = [column.split() for column in shape.split(", ")]
            columns = list(zip(*given[name], strict=True)) or [()] * len(fields)
            table = pa.table(
                {field: pa.array(values, KINDS[kind]) for (field, kind), values in zip(fields, columns, strict=True)}
            )
            db.register("arriving", table)
            db.execute(f"create table {name} as select * from arriving").fetchall()
            db.unregister("arriving")
        return answers(db)


def on_postgresql(given: Mapping[str, Rows], address: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Ask PostgreSQL; everything is temporary, and texts are ordered by their bytes as in DuckDB."""
    import psycopg

    with psycopg.connect(address, autocommit=True) as db:
        for name, shape in SHAPES.items():
            columns = re.sub(r"\btext\b", 'text collate "C"', shape)
            db.execute(f"create temporary table {name} ({columns})")  # type: ignore[arg-type]
            with db.cursor().copy(f"copy {name} from stdin") as copy:  # type: ignore[arg-type]
                for row in given[name]:
                    copy.write_row(row)
        db.execute("analyze")
        return answers(db)  # type: ignore[arg-type]
