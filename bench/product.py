"""This product, with all of its work: read, check, link, episodes, messages and every indicator, as `monitor` does."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bench.definitions import BRANCHES, LEVELS, definitions
from bench.same import Result, cells_table
from pakkeforlop.episodes import kernel
from pakkeforlop.review.monitoring import Run, Sources, make_engine, start_run
from pakkeforlop.vocabulary.calendar import day_number

TODAY = day_number(date(2026, 1, 1))


class Product:
    """The engine is made once, as in a service; everything else is done anew each time."""

    def __init__(self) -> None:
        self.engine = make_engine()
        self.done: Run | None = None

    def run(self, file: Path) -> dict[str, float]:
        """From Parquet to tables in memory; seconds of the parts."""
        self.done = None
        run = start_run(Sources([file]), self.engine, today=TODAY)
        parts = {"read": run.seconds["read"], "link": run.seconds["link"]}
        for part in ("episodes", "messages", "indicators"):
            begun = time.perf_counter()
            getattr(run, part)
            parts["figures" if part == "indicators" else part] = time.perf_counter() - begun
        self.done = run
        return parts

    def result(self) -> Result:
        """The subset that the peers do, out of everything that was found."""
        assert self.done is not None
        run = self.done
        episodes, linked = run.episodes, run.linking.linked
        starts = sum(_starts(part.keys, linked) for part in linked.parts)
        ended = pc.is_valid(episodes["end"])
        by_rule = pc.fill_null(pc.equal(pc.cast(episodes["end"], pa.string()), "R"), False)
        sums = [
            episodes.num_rows, starts - episodes.num_rows, _days(episodes["start_date"]),
            _count(pc.and_(ended, pc.invert(by_rule))), _count(by_rule), _days(episodes["end_date"]),
            *(_sum(episodes[f"of{n}_days"]) for n in range(1, 5)),
        ]  # fmt: skip
        return Result.of(sums, self._limits(), self._cells())

    def _limits(self) -> list[int]:
        """Sums of the limits of the times that are counted."""
        assert self.done is not None
        episodes = self.done.episodes
        ended = pc.is_valid(episodes["end"])
        counted = [pc.and_(ended, pc.is_valid(episodes[f"of{n}_days"])) for n in range(1, 5)]
        return [
            _sum(pc.if_else(mask, episodes[f"of{n}_limit"], None)) for n, mask in enumerate(counted, 1)
        ]  # fmt: skip

    def _cells(self) -> pa.Table:
        assert self.done is not None
        known, table = definitions(), self.done.indicators
        keep = pc.is_in(table["indicator"], pa.array([f"of{n}_days" for n in range(1, 5)]))
        for name in ("sex", "age_group"):
            keep = pc.and_(keep, pc.equal(pc.cast(table[name], pa.string()), ""))
        rows = table.filter(keep)
        pathways, regions = self.engine.catalogue.pathways, self.engine.catalogue.regions
        number_of = {row["prefix"]: row["pw"] for row in known.pathways.to_pylist()}
        by_key = {pathway.key: number_of[prefix] for prefix, pathway in pathways.items()} | {"all_organ_specific": -1}
        places = {row["institution"]: row["place"] for row in known.places.to_pylist()}
        units = {self.engine.catalogue.country.org_nr: 0}
        units |= {region.org_nr: known.regions.index(region.org_nr) for region in regions.values()}
        units |= {number: n for n, number in enumerate(known.trusts)} | places
        months = np.asarray(rows["period_from"]).astype("datetime64[M]").astype(np.int64) + 1970 * 12
        return cells_table(
            _looked_up(rows["indicator"], {f"of{n}_days": n for n in range(1, 5)}),
            _looked_up(rows["pathway_key"], by_key),
            _looked_up(rows["branch"], {name or "all": n for n, name in enumerate(BRANCHES)}),
            _looked_up(rows["unit_level"], {name: n for n, name in enumerate(LEVELS)}),
            _looked_up(rows["org_nr"], units),
            _looked_up(rows["period_type"], {"month": 1, "tertial": 4, "year": 12}),
            pa.array(months),
            *(rows[name].combine_chunks() for name in ("denominator", "numerator", "median_days", "p90_days")),
        )


def _looked_up(column: pa.ChunkedArray, numbers: dict[str, int]) -> pa.Array:
    texts = pc.cast(column, pa.string()).combine_chunks()
    at = pc.index_in(texts, value_set=pa.array(list(numbers)))
    return pa.array(list(numbers.values()), pa.int64()).take(at)


def _starts(keys: np.ndarray, linked: object) -> int:
    """How many of the sorted registrations are starts."""
    layout, tables = linked.layout, linked.tables  # type: ignore[attr-defined]
    order = (keys >> layout.place_bits) & ((1 << layout.order_bits) - 1)
    pathway = (keys >> layout.group_shift) & ((1 << layout.pathway_bits) - 1)
    flags = np.asarray(tables.rules.flags)
    return int(((flags[(pathway << layout.order_bits) | order] & kernel.OPENS) != 0).sum())


def _sum(column: pa.ChunkedArray) -> int:
    return int(pc.sum(pc.cast(column, pa.int64())).as_py() or 0)


def _days(column: pa.ChunkedArray) -> int:
    return _sum(pc.cast(column, pa.int32()))


def _count(mask: pa.ChunkedArray) -> int:
    return int(pc.sum(pc.cast(mask, pa.int64())).as_py() or 0)
