"""This product, from Parquet to tables in memory: everything that `monitor` finds, before it is put into words.

What stands in memory at the end: every instance with its points, times, limits and reason (arrays), every message with
its code and instance (arrays), and the table of all indicators. The documented episodes and messages tables, with ids
and dates as text, are made from these when files are written, and are not timed.
"""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bench.definitions import BRANCHES, LEVELS, definitions
from bench.same import Result, cells_table
from pakkeforlop.episodes import kernel
from pakkeforlop.episodes.coded import Registrations, give_back, keys_of, number_rows
from pakkeforlop.episodes.link import link_keys, sort_keys
from pakkeforlop.episodes.rows import Linking
from pakkeforlop.exchange.csv.read import read_registrations
from pakkeforlop.indicators.compute import Figures, compute
from pakkeforlop.indicators.ground import Ground
from pakkeforlop.indicators.material import material_of
from pakkeforlop.review.monitoring import Run, Sources, make_engine, start_run
from pakkeforlop.vocabulary.calendar import day_number

TODAY = day_number(date(2026, 1, 1))


def without_rows(registrations: Registrations) -> Registrations:
    """The registrations without the rows that are all in the keys now; only where none was set apart."""
    if len(registrations.apart):
        return registrations
    nothing = np.empty(0, np.int32)
    empty = registrations.table.schema.empty_table()
    return replace(registrations, table=empty, code_index=nothing, institution_index=nothing, kept=None)


class Product:
    """The engine is made once, as in a service; everything else is done anew each time."""

    def __init__(self) -> None:
        self.engine = make_engine()
        self.file = Path()
        self.indicators: pa.Table | None = None
        self.done: Run | None = None

    def run(self, file: Path) -> dict[str, float]:
        """From Parquet to tables in memory; seconds of the parts."""
        self.file, self.indicators, self.done = file, None, None
        engine = self.engine
        begun = time.perf_counter()
        intake = read_registrations([file], today=TODAY, linked_prefixes=engine.tables.pathways)
        as_of = intake.as_of
        size = intake.registrations.nbytes
        give_back(size)
        read = time.perf_counter()
        registrations = number_rows(intake.registrations, engine.tables, engine.organisations)
        del intake
        keys = keys_of(registrations)
        registrations = without_rows(registrations)
        give_back(size)
        sort_keys(keys)
        linked = link_keys(
            keys, registrations.layout, registrations.places, engine.tables, as_of=as_of, settings=engine.settings
        )
        link = time.perf_counter()
        self.indicators = self.figures(Linking(linked, registrations))
        return {"read": read - begun, "link": link - read, "figures": time.perf_counter() - link}

    def figures(self, linking: Linking) -> pa.Table:
        """The table of every indicator."""
        engine, material = self.engine, material_of(linking, None, None)
        return compute(linking.linked, engine.catalogue, engine.organisations, engine.settings, material)

    def result(self) -> Result:
        """The subset that the peers do, out of everything that was found."""
        run = self.done = start_run(Sources([self.file]), self.engine, today=TODAY)
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
        assert self.indicators is not None
        known, table = definitions(), self.indicators
        keep = pc.is_in(table["indicator"], pa.array([f"of{n}_days" for n in range(1, 5)]))
        for name in ("sex", "age_group"):
            keep = pc.and_(keep, pc.equal(pc.cast(table[name], pa.string()), ""))
        rows = table.filter(keep)
        pathways, regions = self.engine.catalogue.pathways, self.engine.catalogue.regions
        number_of = {row["prefix"]: row["pw"] for row in known.pathways.to_pylist()}
        by_key = {pathways[prefix].key: number for prefix, number in number_of.items()} | {"all_organ_specific": -1}
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


class ProductTimes(Product):
    """The figures of the times alone, which is what the peers do: no counts of starts, decisions, ends and messages.

    Reading checks as it does otherwise, and linking finds every message. The share within the limits is told beside
    OF4, as it always is.
    """

    def figures(self, linking: Linking) -> pa.Table:
        """OF1 to OF4 and the share, in all their cells."""
        linked, engine = linking.linked, self.engine
        ground = Ground(
            linked.tables, linked.as_of, [linked.places], engine.catalogue, engine.organisations, engine.settings
        )
        told = Figures(ground)
        told.times.add(told.rows(linked, None), people=False)
        frame = ground.frame()
        told.times.name(frame, told.times.told())
        return frame.table()


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
