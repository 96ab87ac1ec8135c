"""Whole numbers near the targets that give every row exactly."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pakkeforlop.publication.likeness.problem import HIDDEN_BELOW, Problem
from pakkeforlop.publication.likeness.solver import Programme, solve

FAR_PRICE = 3.0
NOISE = 1e-4
Numbers = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]


def whole_leaves(problem: Problem, targets: tuple[Numbers, Numbers], *, seed: int = 1) -> tuple[Counts, Counts]:
    """Within and outside per leaf, as whole numbers that fulfil `problem`. Raises Infeasible when there are none.

    Each number is floor(target) + a + b - c: the first step up (a) is priced by the fraction, all further ones at a
    flat price. A seeded noise on the prices makes the best solution the only one.
    """
    programme = Programme()
    noise = np.random.default_rng(seed)
    parts = [_near(programme, target, noise, problem.leaves.closed) for target in targets]
    for one in problem.equal:
        for (base, columns), count in zip(parts, (one.within, one.outside), strict=True):
            places, values, sum_of_bases = _sum(base, columns, one.leaves)
            programme.add_row(places, values, count - sum_of_bases, count - sum_of_bases)
    for one in problem.hidden:
        sums = [_sum(base, columns, one.leaves) for base, columns in parts]
        places, values = (np.concatenate([part[k] for part in sums]) for k in (0, 1))
        sum_of_bases = sums[0][2] + sums[1][2]
        programme.add_row(places, values, -sum_of_bases, HIDDEN_BELOW - 1 - sum_of_bases)
    found = solve(programme)
    within, outside = (
        (base + found.x[a] + found.x[b] - found.x[c]).round().astype(np.int64) for base, (a, b, c) in parts
    )
    return within, outside


def _near(
    programme: Programme, target: Numbers, noise: np.random.Generator, closed: npt.NDArray[np.bool_]
) -> tuple[Numbers, tuple[Counts, Counts, Counts]]:
    count = len(target)
    base = np.floor(target)
    scale = (1 + NOISE * noise.random(count)) / np.sqrt(target + 0.5)
    step = programme.add_columns((1 - 2 * (target - base)) * scale, np.where(closed, 0.0, 1.0), count=count, whole=True)
    more = programme.add_columns(FAR_PRICE * scale, np.where(closed, 0.0, np.inf), count=count, whole=True)
    less = programme.add_columns(FAR_PRICE * scale, base, count=count, whole=True)
    return base, (step, more, less)


def _sum(base: Numbers, columns: tuple[Counts, Counts, Counts], leaves: Counts) -> tuple[Counts, Numbers, float]:
    places = np.concatenate([column[leaves] for column in columns])
    values = np.repeat([1.0, 1.0, -1.0], len(leaves))
    return places, values, float(base[leaves].sum())
