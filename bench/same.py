"""Whether engines found the same: sums over the episodes, and every cell."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

SUMS = (
    "episodes", "continuations", "start days", "ended by a code", "closed by rule", "end days", "OF1 days", "OF2 days",
    "OF3 days", "OF4 days",
)  # fmt: skip
KEY = ("span", "pathway", "branch", "level", "unit", "step", "period")
"""What tells cells apart: span 1 to 4; pathway by number, -1 all organ-specific; branch, 0 all; level of units and unit
by number; months in the period and its first month, counted from year 0."""

COLUMNS = (*KEY, "n", "within_limit", "median", "p90")


@dataclass(frozen=True)
class Result:
    """What an engine found: sums over all episodes, sums of the limits by span, and the cells."""

    sums: dict[str, int]
    cells: pa.Table

    @classmethod
    def of(cls, sums: list[int], limits: list[int], cells: pa.Table) -> Result:
        """Name the sums, and add those of the cells."""
        named = dict(zip(SUMS, sums, strict=True))
        named |= {f"OF{n} limits": value for n, value in enumerate(limits, 1)}
        named |= {"cells": cells.num_rows}
        return cls(named, cells)

    def save(self, folder: Path, name: str) -> None:
        """Keep it for the comparison."""
        pq.write_table(self.cells, folder / f"{name}.parquet")
        (folder / f"{name}.json").write_text(json.dumps(self.sums), encoding="utf-8")


def cells_table(*columns: pa.Array) -> pa.Table:
    """Cells: the columns of the key, and their figures."""
    kinds = [*[pa.int64()] * (len(KEY) + 2), pa.float64(), pa.float64()]
    return pa.table({name: column.cast(kind) for name, column, kind in zip(COLUMNS, columns, kinds, strict=True)})


@dataclass(frozen=True)
class Comparison:
    """One engine's checksums, and in how many sums and cells it differs from the product."""

    name: str
    sums: dict[str, int]
    checks: dict[str, float]
    sums_apart: tuple[str, ...]
    cells_apart: int

    @property
    def same(self) -> bool:
        """Nothing differs."""
        return not self.sums_apart and not self.cells_apart

    def as_dict(self) -> dict[str, object]:
        """For the JSON file."""
        return {**asdict(self), "same": self.same}


FEW = "a.pathway >= 0 and a.branch = 0 and a.level in (0, 2) and a.step = 1"
"""The cells that an engine with few cells is asked for."""


def compare(folder: Path, names: list[str], against: str = "product") -> list[Comparison]:
    """Each engine's result against the product's: sums exactly, every cell exactly (quantiles to 1e-9), both ways.

    Names that end in `few` are held to the few cells.
    """
    db = duckdb.connect()
    wanted = json.loads((folder / f"{against}.json").read_text(encoding="utf-8"))
    unlike = " or ".join(
        ["a.n is distinct from b.n", "a.within_limit is distinct from b.within_limit"]
        + [f"a.{q} is null or b.{q} is null or abs(a.{q} - b.{q}) > 1e-9" for q in ("median", "p90")]
    )
    found = []
    for name in names:
        sums = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        mine, theirs = f"read_parquet('{folder / name}.parquet')", f"read_parquet('{folder / against}.parquet')"
        if name.endswith("few"):
            theirs = f"(select a.* from {theirs} a where {FEW})"
        apart = db.execute(
            f"select count(*) from {mine} a full join {theirs} b using ({', '.join(KEY)}) where {unlike}"
        ).fetchall()[0][0]
        n, inside, median, p90 = db.execute(
            f"select sum(n), sum(within_limit), sum(median), sum(p90) from {mine}"
        ).fetchall()[0]
        checks = {"n": n, "within": inside, "median": median, "p90": p90}
        sums_apart = tuple(key for key in wanted if key != "cells" and sums[key] != wanted[key])
        found.append(Comparison(name, sums, checks, sums_apart, apart))
    return found
