"""What the leaves would be if they could be fractions: usual shares, scaled to the published rows again and again.

Iterative proportional fitting. It need not converge, it is only what the whole numbers are held near to.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pakkeforlop.publication.likeness.problem import HIDDEN_BELOW, Problem, Sum

SWEEPS = 300
SMALLEST = 1e-9
Numbers = npt.NDArray[np.float64]


@cache
def prior_shares() -> dict[str, Any]:
    """The usual shares, from prior.toml."""
    return tomllib.loads((Path(__file__).parent / "prior.toml").read_text(encoding="utf-8"))


def prior(problem: Problem) -> tuple[Numbers, Numbers]:
    """Usual numbers within and outside per leaf, before any row is looked at."""
    shares, leaves = prior_shares(), problem.leaves
    share_within = shares["inclusion"]["default"] if problem.indicator == "OA2" else shares["within"]
    size = np.asarray(shares["tertial"])[leaves.tertial] * 10.0
    for place, pathway in enumerate(problem.frame.pathways):
        mix = shares["branch"].get(pathway.key, shares["branch"]["default"])
        for branch in set(leaves.branch[leaves.pathway == place]):
            chosen = (leaves.pathway == place) & (leaves.branch == branch)
            size[chosen] *= 1.0 if branch == "all" else mix.get(branch, 0.01)
    size[leaves.closed] = 0.0
    return size * share_within, size * (1 - share_within)


class _Table:
    """Disjoint rows, such as all trusts of all pathways in a tertial: one scaling for all of them."""

    def __init__(self, leaves: int) -> None:
        self.row_of = np.full(leaves, -1, dtype=np.int64)
        self.within: list[float] = []
        self.outside: list[float] = []
        self.hidden: list[bool] = []

    def add(self, one: Sum, *, hidden: bool) -> bool:
        """Take a row in; False when a leaf of it is taken by another row."""
        if (self.row_of[one.leaves] >= 0).any():
            return False
        self.row_of[one.leaves] = len(self.within)
        self.within.append(float(one.within))
        self.outside.append(float(one.outside))
        self.hidden.append(hidden)
        return True


def _tables(problem: Problem) -> list[_Table]:
    tables: dict[tuple[object, ...], list[_Table]] = defaultdict(list)
    for rows, hidden in ((problem.equal, False), (problem.hidden, True)):
        for one in rows:
            row = one.row
            key = (row.level, row.period_type, row.branch != "all", row.pathway in problem.frame.totals)
            if not any(table.add(one, hidden=hidden) for table in tables[key]):
                tables[key].append(_Table(len(problem.leaves)))
                tables[key][-1].add(one, hidden=hidden)
    return [table for key in sorted(tables, key=str) for table in tables[key]]


def targets(problem: Problem) -> tuple[Numbers, Numbers]:
    """Numbers within and outside per leaf, scaled to the rows."""
    within, outside = prior(problem)
    compiled = []
    for table in _tables(problem):
        chosen = np.flatnonzero(table.row_of >= 0)
        compiled.append(
            (
                chosen,
                table.row_of[chosen],
                np.array(table.within),
                np.array(table.outside),
                np.array(table.hidden, dtype=bool),
            )
        )
    for _ in range(SWEEPS):
        for chosen, row_of, sum_within, sum_outside, hidden in compiled:
            rows = len(hidden)
            now_within = np.bincount(row_of, weights=within[chosen], minlength=rows)
            now_outside = np.bincount(row_of, weights=outside[chosen], minlength=rows)
            most = np.minimum(1.0, (HIDDEN_BELOW - 1) / np.maximum(now_within + now_outside, SMALLEST))
            within[chosen] *= np.where(hidden, most, sum_within / np.maximum(now_within, SMALLEST))[row_of]
            outside[chosen] *= np.where(hidden, most, sum_outside / np.maximum(now_outside, SMALLEST))[row_of]
        np.clip(within, 0.0, 1e7, out=within)
        np.clip(outside, 0.0, 1e7, out=outside)
    return within, outside
