"""The subset in Polars: lazy, one sort of a packed key, shift and fill; all cuts collected together."""

from __future__ import annotations

import time
from pathlib import Path

import polars as pl

from bench.definitions import ATTENDANCE, DECISION, EVER, START, TREATMENT, Cut, cuts, definitions
from bench.same import Result, cells_table

UNITS = ("country", "region", "trust", "place")


class Polars:
    """The definitions as frames, then one run at a time."""

    def __init__(self, cells: str = "all") -> None:
        known = definitions()
        self.cuts = cuts(cells)
        self.known = {name: pl.from_arrow(table).lazy() for name, table in known.tables().items()}
        self.branch = list(known.branch_of_kind)

    def run(self, file: Path) -> dict[str, float]:
        """From Parquet to frames in memory; seconds of the parts."""
        begun = time.perf_counter()
        self.episodes = self.link(pl.scan_parquet(file)).collect()
        linked = time.perf_counter()
        self.waits = self.measure().collect()
        self.cells = pl.concat(pl.collect_all([self.cut(cut) for cut in self.cuts]))
        return {"link": linked - begun, "figures": time.perf_counter() - linked}

    def link(self, file: pl.LazyFrame) -> pl.LazyFrame:
        """Episodes with the first of each point: a start opens one when there is none or the last is closed."""
        day = pl.col("event_date").to_physical()
        key = ((day * 64 + pl.col("ord")) * 256 + pl.col("place")) * 2 + pl.col("closes")
        rows = (
            file.join(self.known["codes"], on="code")
            .join(self.known["places"].select("institution", "place"), on="institution")
            .select(
                (pl.col("patient_id") * 32 + pl.col("pw")).alias("group"),
                key.cast(pl.Int32).alias("k"),
                pl.col("pt").cast(pl.Int8),
                pl.col("kind").cast(pl.Int8),
            )
            .sort("group", "k")
        )
        start, closes, day = pl.col("pt") == START, pl.col("k") & 1 == 1, pl.col("k") // 32768
        rows = rows.with_columns(
            pl.when(start).then(0).when(closes).then(1).forward_fill().shift(1).alias("state"),
            (pl.col("group") != pl.col("group").shift(1)).fill_null(True).alias("new"),
        ).with_columns((start & (pl.col("new") | (pl.col("state") == 1))).cum_sum().alias("episode"))

        def first(chosen: pl.Expr, what: pl.Expr) -> pl.Expr:
            return pl.when(chosen).then(what).min()

        found = rows.group_by("episode").agg(
            pl.col("group").first(),
            pl.col("k").first().alias("opening"),
            start.sum().alias("starts"),
            first(pl.col("pt") == ATTENDANCE, day).alias("s"),
            first(pl.col("pt") == DECISION, day).alias("c"),
            first(pl.col("pt") == TREATMENT, pl.col("k").cast(pl.Int64) * 16 + pl.col("kind")).alias("treated"),
            first(closes, day).alias("closed_day"),
            day.max().alias("last_day"),
        )
        closed = pl.col("closed")
        ended = pl.when((closed < EVER) & (closed < pl.col("last_day").max())).then(closed)
        return found.with_columns(
            (pl.col("group") % 32).cast(pl.Int32).alias("pw"),
            (pl.col("opening") // 32768).alias("a"),
            (pl.col("opening") // 2 % 256).alias("place"),
            (pl.col("treated") // (32768 * 16)).cast(pl.Int32).alias("f"),
            (pl.col("treated") % 16).fill_null(0).cast(pl.Int32).alias("kind"),
        ).join(self.known["pathways"].select("pw", "closed", "organ"), on="pw").select(
            "pw", "organ", "place", "a", "s", "c", "f", "kind", "starts",
            pl.col("closed_day").is_null().alias("unended"), pl.coalesce("closed_day", ended).alias("e"),
        )  # fmt: skip

    def measure(self) -> pl.LazyFrame:
        """One row for every time that is counted, with its limit."""
        day = pl.col("e").cast(pl.Date)
        ended = self.episodes.lazy().filter(pl.col("e").is_not_null()).with_columns(
            (day.dt.year() * 12 + day.dt.month().cast(pl.Int32) - 1).alias("month")
        )  # fmt: skip
        spans = [
            ended.select(
                "pw", "organ", "place", "a", "month", pl.lit(span, pl.Int32).alias("span"),
                (pl.col("kind") if span > 2 else pl.lit(0, pl.Int32)).alias("kind"),
                (pl.col(last) - pl.col(first)).alias("days"),
            ).filter(pl.col("days") >= 0)
            for span, first, last in ((1, "a", "s"), (2, "s", "c"), (3, "c", "f"), (4, "a", "f"))
        ]  # fmt: skip
        limits = self.known["limits"].rename({"days": "most"})
        return (
            pl.concat(spans)
            .join(limits, on=["pw", "span", "kind"])
            .filter((pl.col("a") >= pl.col("since")) & (pl.col("a") < pl.col("until")))
            .join(self.known["places"].select("place", "trust", "region"), on="place")
            .select(
                pl.col("span", "pw", "organ", "region", "trust", "place", "month", "days", "most"),
                pl.col("kind").replace_strict(list(range(len(self.branch))), self.branch).alias("branch"),
                (pl.col("days") <= pl.col("most")).alias("inside"),
            )
        )

    def cut(self, cut: Cut) -> pl.LazyFrame:
        """n, within, median and 90th percentile of a cut's cells, told by one number: grouping by it is faster."""
        rows = self.waits.lazy()
        if not cut.by_pathway:
            rows = rows.filter(pl.col("organ") == 1)
        if cut.by_branch:
            rows = rows.filter(pl.col("branch") > 0)
        cell = pl.col("span").cast(pl.Int64) * 64 + (pl.col("pw") if cut.by_pathway else 63)
        cell = (cell * 8 + (pl.col("branch") if cut.by_branch else 0)) * 256
        cell = cell + (pl.col(UNITS[cut.level]) if cut.level else 0)
        days = pl.col("days")
        told = rows.group_by((cell * 32768 + pl.col("month") // cut.step * cut.step).alias("cell")).agg(
            pl.len().alias("n"), pl.col("inside").sum().alias("within_limit"),
            days.quantile(0.5, "linear").alias("median"), days.quantile(0.9, "linear").alias("p90"),
        )  # fmt: skip
        return told.with_columns(pl.lit(cut.level).alias("level"), pl.lit(cut.step).alias("step"))

    def result(self) -> Result:
        """What was found."""
        e = self.episodes

        def total(days: pl.Series) -> int:
            return int(days.filter(days >= 0).sum())

        sums = [
            e.height, int(e["starts"].sum()) - e.height, int(e["a"].cast(pl.Int64).sum()), int((~e["unended"]).sum()),
            int((e["unended"] & e["e"].is_not_null()).sum()), int(e["e"].cast(pl.Int64).sum()), total(e["s"] - e["a"]),
            total(e["c"] - e["s"]), total(e["f"] - e["c"]), total(e["f"] - e["a"]),
        ]  # fmt: skip
        limits = [int(n) for n in self.waits.group_by("span").agg(pl.col("most").sum()).sort("span")["most"]]
        cell, pathway = pl.col("cell"), pl.col("cell") // (1 << 26) % 64
        columns = self.cells.select(
            (cell // (1 << 32)).alias("span"), pl.when(pathway == 63).then(-1).otherwise(pathway).alias("pathway"),
            (cell // (1 << 23) % 8).alias("branch"), "level", (cell // (1 << 15) % 256).alias("unit"), "step",
            (cell % 32768).alias("period"), "n", "within_limit", "median", "p90",
        )  # fmt: skip
        return Result.of(sums, limits, cells_table(*(column.to_arrow() for column in columns.get_columns())))
