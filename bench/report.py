"""What a run found, in words and columns; every ratio is of one run on the same data."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Any

from bench.same import SUMS, Comparison

LINK = ("read", "link")
GOAL_SCAN, GOAL_LINK, GOAL_EXPONENT, GOAL_BYTES, GOAL_KERNEL, GOAL_REFRESH = 10, 4, 1.08, 40, 50, 20
GOAL_PEERS = {"duckdb": 8, "pandas": 25, "polars": 10, "postgresql": 50, "pm4py": 50}
"""How many times the product's time a peer takes, at least."""

BYTES_GOAL_FROM = 50_000_000
"""Memory is judged where what a process needs in any case has become small beside what the registrations need."""


SMALLEST_OF_GROWTH = 1_000_000
"""Growth is judged from below this size to the one where memory is judged."""


@dataclass(frozen=True)
class Figures:
    """All runs of one engine on one file, as medians of the warm ones."""

    engine: str
    cold: float
    wall: float
    low: float
    high: float
    cpu: float
    parts: dict[str, float]
    base: int
    peak: int

    @classmethod
    def of(cls, engine: str, workers: list[dict[str, Any]]) -> Figures:
        """Gather what the workers of an engine told."""
        warm = [run for worker in workers for run in worker["warm"] or [worker["cold"]]]
        walls = [run["wall"] for run in warm]
        parts = {name: median(run["parts"][name] for run in warm) for name in warm[0]["parts"]}
        return cls(
            engine, median(w["cold"]["wall"] for w in workers), median(walls), min(walls), max(walls),
            median(run["cpu"] for run in warm), parts, workers[0]["base"], max(w["peak"] for w in workers),
        )  # fmt: skip

    @property
    def linking(self) -> float:
        """Seconds until episodes are linked."""
        return sum(self.parts.get(name, 0.0) for name in LINK)


def verdict(value: float, goal: float, *, at_least: bool = False) -> str:
    """A goal, and whether it is met."""
    met = value >= goal if at_least else value <= goal
    return f"{'at least' if at_least else 'at most'} {goal:g}: {'met' if met else 'MISSED'}"


def size_lines(rows: int, found: dict[str, Figures]) -> list[str]:
    """Times of every engine on one file."""
    scan, product = found["scan"], found["product"]
    heads = (("cold s", 9), ("warm s", 9), ("(from to)", 17), ("CPU s", 8), ("ns a row", 10), ("/ scan", 8))
    heads = (*heads, ("/ product", 11), ("peak GB", 9))
    lines = [
        f"{rows:,} registrations".replace(",", " "),
        "  " + " " * 24 + "".join(f"{name:>{width}}" for name, width in heads),
    ]
    for name, one in found.items():
        lines.append(
            f"  {TITLES[name]:24}{one.cold:9.3f}{one.wall:9.3f}{f'({one.low:.3f} {one.high:.3f})':>17}{one.cpu:8.2f}"
            f"{one.wall / rows * 1e9:10.1f}{one.wall / scan.wall:8.1f}{one.wall / product.wall:11.2f}"
            f"{one.peak / 1e9:9.2f}"
        )
    lines += [f"  seconds of {TITLES[name]}: {_parts(one)}" for name, one in found.items() if len(one.parts) > 1]
    return lines


def _parts(one: Figures) -> str:
    return ", ".join(f"{name} {seconds:.3f}" for name, seconds in one.parts.items())


TITLES = {
    "scan": "scan (DuckDB reads)",
    "sort": "sort of as many numbers",
    "product": "this product",
    "product times": "the times alone",
    "product tables": "its tables as text too",
    "duckdb": "DuckDB SQL",
    "pandas": "pandas, packed by NumPy",
    "pandas plain": "pandas, frames alone",
    "polars": "Polars",
    "postgresql": "PostgreSQL",
    "pm4py": "pm4py, a lesser task",
    "duckdb few": "DuckDB SQL, few cells",
    "pandas few": "pandas packed, few cells",
    "duckdb windows": "DuckDB SQL, windows",
}


def goal_lines(rows: int, found: dict[str, Figures]) -> list[tuple[str, str, str]]:
    """Ratios with their goals: what, value, verdict."""
    scan, product = found["scan"], found["product"]
    whole, linking = product.wall / scan.wall, product.linking / scan.wall
    judged = rows > 5_000_000
    lines = [
        ("everything / scan", f"{whole:.1f}", verdict(whole, GOAL_SCAN) if judged else "no goal at this size"),
        ("read and link / scan", f"{linking:.1f}", verdict(linking, GOAL_LINK) if judged else "no goal at this size"),
    ]
    part = found.get("product times", product)
    for name, one in found.items():
        goal = GOAL_PEERS.get(name.split()[0])
        if goal is None:
            continue
        told = "no goal, for comparison"
        if judged and not name.endswith(("few", "windows")):
            told = verdict(one.wall / part.wall, goal, at_least=True)
        lines.append((f"{TITLES[name]} / the times alone", f"{one.wall / part.wall:.1f}", told))
        lines.append((f"{TITLES[name]} / everything", f"{one.wall / product.wall:.1f}", "the product does more"))
    if product.peak:
        each = (product.peak - product.base) / rows
        told = verdict(each, GOAL_BYTES) if rows >= BYTES_GOAL_FROM else "no goal at this size"
        lines.append(("memory over a base process", f"{each:.0f} bytes a registration", told))
    return lines


def growth(sizes: dict[int, dict[str, Figures]]) -> list[tuple[str, str, str]]:
    """The exponent of the product's time between sizes, and over all of them."""
    rows = sorted(sizes)
    if len(rows) < 2:
        return []
    pairs = [*pairwise(rows)]
    if len(rows) > 2:
        pairs.append((rows[0], rows[-1]))
    lines = []
    for small, large in pairs:
        exponent = math.log(sizes[large]["product"].wall / sizes[small]["product"].wall) / math.log(large / small)
        whole = (small, large) == (rows[0], rows[-1])
        judged = whole and small < SMALLEST_OF_GROWTH and large >= BYTES_GOAL_FROM
        told = verdict(exponent, GOAL_EXPONENT) if judged else "no goal, part of the way"
        lines.append((f"growth {small / 1e6:.2f} to {large / 1e6:.1f} million", f"exponent {exponent:.2f}", told))
    return lines


def one_patient(found: dict[str, Any]) -> list[tuple[str, str, str]]:
    """One patient's times."""
    kernel, live = found["kernel"], found["live"]
    return [
        (
            f"kernel as plain Python, one patient ({found['codes']:.1f} codes)",
            f"p50 {kernel['p50']:.0f}, p99 {kernel['p99']:.0f} microseconds", verdict(kernel["p50"], GOAL_KERNEL),
        ),
        (
            "the product's own call for one patient",
            f"p50 {live['p50']:.0f}, p99 {live['p99']:.0f} microseconds", "no goal",
        ),
    ]  # fmt: skip


def refreshed(found: list[dict[str, Any]]) -> list[str]:
    """A day's codes into figures that stand: how many times as long a whole run takes, and whether it is the same."""
    lines = []
    for one in found:
        rows = f"{one['rows']:,} registrations".replace(",", " ")
        if not one["same"]:
            lines.append(f"  {rows}: DIFFERS from a whole run")
            continue
        ratio = one["whole_wall"] / one["wall"]
        judged = one["rows"] > BYTES_GOAL_FROM / 10
        goal = verdict(ratio, GOAL_REFRESH, at_least=True) if judged else "no goal at this size"
        lines.append(f"  {rows}, {one['codes']:,} new and corrected: every of {one['cells']:,} cells as in a whole run")
        lines.append(
            f"    whole run {one['whole_wall'] * 1000:.0f} ms / refresh {one['wall'] * 1000:.0f} ms "
            f"(reading {one['read'] * 1000:.0f}): {ratio:.1f} times   {goal}"
        )
        lines.append(
            f"    CPU {one['whole_cpu'] * 1000:.0f} ms / {one['cpu'] * 1000:.0f} ms: "
            f"{one['whole_cpu'] / one['cpu']:.1f} times; the first day {one['cold'] * 1000:.0f} ms; "
            f"counted and made ready in {one['count_and_keep']:.1f} s"
        )
    return lines


def by_parts(found: list[dict[str, Any]]) -> list[str]:
    """Runs in bounded memory: what they took, and whether they kept within it."""
    lines = []
    for one in found:
        rows = f"{one['rows']:,} registrations in {one['buckets']} parts".replace(",", " ")
        if "same" in one:
            told = "every figure the same as in one piece" if one["same"] else "DIFFERS from a run in one piece"
            lines.append(f"  {rows}: {told}")
            continue
        parts = ", ".join(f"{name} {seconds:.1f}" for name, seconds in one["parts"].items())
        lines.append(
            f"  {rows}: {one['wall']:.1f} s ({parts}), CPU {one['cpu']:.1f} s, "
            f"{one['wall'] / one['rows'] * 1e9:.0f} ns a row"
        )
        goal = verdict(one["peak"] / 1e9, one["memory"] / 1e9)
        lines.append(f"    peak memory of the whole process {one['peak'] / 1e9:.2f} GB   {goal}")
    return lines


def checksums(compared: list[Comparison]) -> list[str]:
    """What each engine found, side by side, and whether it is the same."""
    lines = [f"  {'':18}" + "".join(f"{one.name:>20}" for one in compared)]
    for name in (*SUMS, "OF1 limits", "OF2 limits", "OF3 limits", "OF4 limits", "cells"):
        lines.append(f"  {name:18}" + "".join(f"{one.sums[name]:>20,}".replace(",", " ") for one in compared))
    for name in ("n", "within", "median", "p90"):
        values = (f"{one.checks[name]:>20,.1f}".replace(",", " ") for one in compared)
        lines.append(f"  {'sum of ' + name:18}" + "".join(values))
    lines.append(f"  {'cells that differ':18}" + "".join(f"{one.cells_apart:>20}" for one in compared))
    lines.append(f"  {'':18}" + "".join(f"{'the same' if one.same else 'DIFFERS':>20}" for one in compared))
    return lines


def columns(lines: list[tuple[str, str, str]]) -> list[str]:
    """Three columns."""
    return [f"  {what:52}{value:>34}   {told}" for what, value, told in lines]
