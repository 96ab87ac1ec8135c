"""The subset in DuckDB SQL, on all processors; two ways of linking, of which the faster is the peer."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import duckdb

from bench.definitions import cuts, definitions
from bench.same import KEY, Result, cells_table

SQL = Path(__file__).parent / "sql"


class DuckDB:
    """One connection; the definitions are tables in it."""

    def __init__(self, cells: str = "all", way: str = "aggregate_first") -> None:
        self.cuts, self.way = cuts(cells), way
        self.db = duckdb.connect()
        self.do(f"set threads = {len(os.sched_getaffinity(0))}")
        self.do("set preserve_insertion_order = false")
        for name, table in definitions().tables().items():
            self.db.register("given", table)
            self.do(f"create table {name} as from given")
            self.db.unregister("given")

    def do(self, sql: str) -> list[Any]:
        """Run statements and fetch the answer to its end (DuckDB streams: what is not fetched is not done)."""
        found: list[Any] = []
        for statement in sql.split(";\n"):
            if statement.strip():
                found = self.db.execute(statement).fetchall()
        return found

    def run(self, file: Path) -> dict[str, float]:
        """From Parquet to tables in memory; seconds of the parts."""
        parts = {}
        for part, name in (("read", "keys"), ("link", f"link_{self.way}"), ("figures", "cells")):
            begun = time.perf_counter()
            self.do(statement(name, FILE=str(file), BRANCH=self.branches))
            if part == "figures":
                self.count()
            parts[part] = time.perf_counter() - begun
        return parts

    @property
    def branches(self) -> str:
        """Branch by number of the kind, for a case expression."""
        return " ".join(f"when {kind} then {b}" for kind, b in enumerate(definitions().branch_of_kind) if b)

    def count(self) -> None:
        """The cells of every cut."""
        key = ", ".join(f"{name} int" for name in KEY)
        self.do(f"create or replace temp table cells ({key}, n bigint, inside bigint, q double[])")
        for cut in self.cuts:
            where = [*([] if cut.by_pathway else ["organ = 1"]), *(["branch > 0"] if cut.by_branch else [])]
            self.do(
                statement(
                    "cut", PATHWAY="pw" if cut.by_pathway else "-1", BRANCH="branch" if cut.by_branch else "0",
                    LEVEL=str(cut.level), UNIT=("0", "region", "trust", "place")[cut.level], STEP=str(cut.step),
                    WHERE=" and ".join(where) or "true",
                )
            )  # fmt: skip

    def result(self) -> Result:
        """What was found."""
        sums = self.do(
            "select count(*) as episodes, sum(starts) - count(*), sum(a), count(*) filter (not unended), "
            "count(*) filter (unended and e is not null), sum(e), sum(s - a) filter (s >= a), "
            "sum(c - s) filter (c >= s), sum(f - c) filter (f >= c), sum(f - a) from measured"
        )[0]
        limits = self.do("select span, sum(most) from waits group by span order by span")
        table = self.db.sql("select * exclude (q), q[1] as median, q[2] as p90 from cells").to_arrow_table()
        columns = [column.combine_chunks() for column in table.columns]
        numbers = [int(value or 0) for value in sums]
        return Result.of(numbers, [int(value) for _, value in limits], cells_table(*columns))


def statement(name: str, **words: str) -> str:
    """The text of a file in `sql` with its words put in."""
    text = (SQL / f"{name}.sql").read_text(encoding="utf-8")
    for word, value in words.items():
        text = text.replace(f"${word}", value)
    return text
