"""The subset in PostgreSQL's SQL, by a server of its own with the memory and the processors of the machine.

PostgreSQL reads no Parquet: the registrations are loaded into a table before the time is taken, which is to its favour.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import time
from pathlib import Path
from typing import Any

import psycopg
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from bench.definitions import cuts, definitions
from bench.same import KEY, Result, cells_table
from tools import postgresql

SQL = Path(__file__).parent / "sql" / "postgresql"
KINDS = {pa.int32(): "int", pa.int64(): "bigint", pa.string(): "text", pa.date32(): "date"}
UNITS = ("0", "region", "trust", "place")


class PostgreSQL:
    """A server in a temporary folder; the definitions are tables in it."""

    def __init__(self, cells: str = "all") -> None:
        self.cuts = cuts(cells)
        self.loaded = Path()
        with contextlib.ExitStack() as stack:
            folder = stack.enter_context(postgresql.server())
            self.db = stack.enter_context(psycopg.connect(postgresql.address(folder), autocommit=True))
            atexit.register(stack.pop_all().close)
        cores = len(os.sched_getaffinity(0))
        for setting in (
            "work_mem = '1GB'", "maintenance_work_mem = '1GB'", "hash_mem_multiplier = 2", "jit = off",
            f"max_parallel_workers_per_gather = {cores}", "min_parallel_table_scan_size = 0",
        ):  # fmt: skip
            self.do(f"set {setting}")
        for name, table in definitions().tables().items():
            self.load(name, table)
        key = ", ".join(f"{name} int" for name in KEY)
        self.do(f"create unlogged table cells ({key}, n bigint, inside bigint, q float8[])")

    def do(self, sql: str) -> list[Any]:
        """Run statements one by one, and fetch the last one's answer."""
        found: list[Any] = []
        for statement in sql.split(";\n"):
            cursor = self.db.execute(statement)
            found = cursor.fetchall() if cursor.description else []
        return found

    def load(self, name: str, table: pa.Table) -> None:
        """A table with these rows."""
        columns = ", ".join(f"{field.name} {KINDS[field.type]}" for field in table.schema)
        self.do(f"drop table if exists {name}")
        self.do(f"create unlogged table {name} ({columns})")
        with self.db.cursor().copy(f"copy {name} from stdin (format csv)") as copy:
            for batch in table.to_batches(max_chunksize=500_000):
                sink = pa.BufferOutputStream()
                options = pa.csv.WriteOptions(include_header=False)
                with pa.csv.CSVWriter(sink, batch.schema, write_options=options) as out:
                    out.write_batch(batch)
                copy.write(sink.getvalue().to_pybytes())
        self.do(f"analyze {name}")

    def prepare(self, file: Path) -> None:
        """Load the registrations; not timed."""
        if self.loaded != file:
            self.load("registrations", pq.read_table(file))
            self.loaded = file

    def run(self, file: Path) -> dict[str, float]:
        """From the table of registrations to tables; seconds of the parts."""
        self.prepare(file)
        parts = {}
        for part in ("keys", "link", "cells"):
            begun = time.perf_counter()
            self.do(statement(part, BRANCH=self.branches))
            if part == "cells":
                self.count()
            parts["figures" if part == "cells" else part] = time.perf_counter() - begun
        return parts

    @property
    def branches(self) -> str:
        """Branch by number of the kind, for a case expression."""
        return " ".join(f"when {kind} then {b}" for kind, b in enumerate(definitions().branch_of_kind) if b)

    def count(self) -> None:
        """The cells of every cut."""
        for cut in self.cuts:
            where = [*([] if cut.by_pathway else ["organ = 1"]), *(["branch > 0"] if cut.by_branch else [])]
            words = {
                "PATHWAY": "pw" if cut.by_pathway else "-1", "BRANCH": "branch" if cut.by_branch else "0",
                "LEVEL": str(cut.level), "UNIT": UNITS[cut.level], "STEP": str(cut.step),
                "WHERE": " and ".join(where) or "true",
            }  # fmt: skip
            self.do(statement("cut", **words))

    def result(self) -> Result:
        """What was found."""
        sums = self.do(
            "select count(*) as episodes, sum(starts) - count(*), sum(a), count(*) filter (where not unended), "
            "count(*) filter (where unended and e is not null), sum(e), sum(s - a) filter (where s >= a), "
            "sum(c - s) filter (where c >= s), sum(f - c) filter (where f >= c), sum(f - a) from measured"
        )[0]
        limits = self.do("select span, sum(most) from waits group by span order by span")
        rows = self.do(f"select {', '.join(KEY)}, n, inside, q[1], q[2] from cells")
        columns = [pa.array(column) for column in zip(*rows, strict=True)]
        return Result.of(
            [int(value or 0) for value in sums], [int(value) for _, value in limits], cells_table(*columns)
        )


def statement(name: str, **words: str) -> str:
    """The text of a file in `sql/postgresql` with its words put in."""
    text = (SQL / f"{name}.sql").read_text(encoding="utf-8").strip()
    for word, value in words.items():
        text = text.replace(f"${word}", value)
    return text
