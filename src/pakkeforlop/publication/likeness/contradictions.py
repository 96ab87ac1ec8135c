"""Which published rows cannot hold together: the fewest that must be given up, and for each the rows it contradicts.

Found in two steps. The least weighted distance of all rows shows where the trouble is; then a switch per row, for the
pathways in trouble and their total only, gives the fewest rows. Suppressed rows are never given up. The weights make
the blame fall on the smallest unit when the choice is free.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from pakkeforlop.publication.likeness.problem import HIDDEN_BELOW, Problem, Sum
from pakkeforlop.publication.likeness.solver import Infeasible, Programme, Solution, solve

WEIGHT = {"national": 4.0, "RHF": 3.0, "HF": 2.0, "private_group": 1.0}
"""Weight of one patient's distance from a row, in the search for the trouble."""
PRICE = {"national": 1.03, "RHF": 1.02, "HF": 1.01, "private_group": 0.3}
"""Price of giving a row up: nearly one each, so that the fewest are given up; a group's rows are no trust's figures."""
ROOM = 20.0
ZERO = 1e-6
NOISE = 1e-4
Places = npt.NDArray[np.int64]


def given_up(problem: Problem) -> list[Sum]:
    """The rows of `problem.equal` that must be given up; empty when all hold together."""
    return _choose(problem, [], problem.equal)


def not_taken_in(problem: Problem) -> list[Sum]:
    """The rows of `problem.noted` that cannot hold together with `problem.equal`, which must hold."""
    return _choose(problem, problem.equal, problem.noted)


def _choose(problem: Problem, firm: Sequence[Sum], loose: Sequence[Sum]) -> list[Sum]:
    """The fewest of `loose` to give up so that the rest holds together with `firm`."""
    if not loose:
        return []
    distances = _distances(problem, firm, loose)[1]
    trouble = {one.row.pathway for one, distance in zip(loose, distances, strict=True) if distance > ZERO}
    if not trouble:
        return []
    room = ROOM + 4.0 * float(distances.sum())
    near = [one for one in loose if one.row.pathway in trouble | set(problem.frame.totals)]
    for candidates, whole in ((near, False), (loose, False), (near, True), (loose, True)):
        others = [one for one in loose if one not in candidates]
        try:
            return _fewest(problem, [*firm, *others], candidates, room, whole=whole)
        except Infeasible:
            continue
    raise Infeasible


def _distances(problem: Problem, firm: Sequence[Sum], loose: Sequence[Sum]) -> tuple[Solution, npt.NDArray[np.float64]]:
    """The least weighted distance, and each loose row's part of it in patients.

    The first rows of the programme are the loose ones (two each, within and outside), then the suppressed, then the
    firm ones (two each); the shadow prices follow that order.
    """
    programme = Programme()
    unknowns = leaf_columns(programme, problem)
    slacks = programme.add_columns(np.repeat([WEIGHT[one.row.level] for one in loose], 4), np.inf, count=4 * len(loose))
    for one, slack in zip(loose, slacks.reshape(-1, 4), strict=True):
        for leaves, target, pair in zip(unknowns, (one.within, one.outside), (slack[:2], slack[2:]), strict=True):
            values = np.concatenate([np.ones(len(one.leaves)), [1.0, -1.0]])
            programme.add_row(np.concatenate([leaves[one.leaves], pair]), values, target, target)
    add_hidden(programme, problem.hidden, unknowns)
    add_equal(programme, firm, unknowns)
    found = solve(programme)
    return found, found.x[slacks].reshape(-1, 4).sum(axis=1)


def _fewest(problem: Problem, firm: Sequence[Sum], candidates: Sequence[Sum], room: float, *, whole: bool) -> list[Sum]:
    """The cheapest set of `candidates` to give up so that the rest holds; a row given up moves by `room` at most."""
    programme = Programme()
    unknowns = leaf_columns(programme, problem, whole=whole)
    noise = np.random.default_rng(len(candidates)).random(len(candidates)) * NOISE
    prices = np.array([PRICE[one.row.level] for one in candidates]) * (1 + noise)
    switches = programme.add_columns(prices, 1.0, count=len(candidates), whole=True)
    for one, switch in zip(candidates, switches, strict=True):
        for leaves, target in zip(unknowns, (one.within, one.outside), strict=True):
            places = np.concatenate([leaves[one.leaves], [switch]])
            ones = np.ones(len(one.leaves))
            programme.add_row(places, np.concatenate([ones, [-room]]), -np.inf, target)
            programme.add_row(places, np.concatenate([ones, [min(float(target), room)]]), target, np.inf)
    add_equal(programme, firm, unknowns)
    add_hidden(programme, problem.hidden, unknowns)
    found = solve(programme)
    return [one for one, switch in zip(candidates, switches, strict=True) if found.x[switch] > 0.5]


def explain(problem: Problem, kept: Sequence[Sum], lost: Sum) -> tuple[str, ...]:
    """The rows that `lost` cannot hold together with: none of them can be left out. Empty when only wholeness forbids it.

    The shadow prices of the least distance name the rows that take part; a deletion filter makes the set minimal.
    """
    loose = [*kept, lost]
    found, distances = _distances(problem, [], loose)
    if distances.sum() <= ZERO:
        return ()
    duals = np.abs(found.duals) > ZERO
    rows = [one for place, one in enumerate(loose) if duals[2 * place] or duals[2 * place + 1]]
    hidden = [one for place, one in enumerate(problem.hidden) if duals[2 * len(loose) + place]]
    rows = [lost, *(one for one in rows if one is not lost)]
    if holds(problem, rows, hidden):
        return ()
    parts: list[Sum] = [*hidden, *rows[1:]]
    for one in list(parts):
        left = [other for other in parts if other is not one]
        if not holds(problem, [lost, *(o for o in left if o.row.counts)], [o for o in left if not o.row.counts]):
            parts = left
    return tuple(sorted(one.row.row_id for one in parts))


def holds(problem: Problem, rows: Sequence[Sum], hidden: Sequence[Sum]) -> bool:
    """Can these rows and suppressed rows hold together (as fractions)?"""
    programme = Programme()
    unknowns = leaf_columns(programme, problem)
    add_equal(programme, rows, unknowns)
    add_hidden(programme, hidden, unknowns)
    try:
        solve(programme)
    except Infeasible:
        return False
    return True


def leaf_columns(programme: Programme, problem: Problem, *, whole: bool = False) -> tuple[Places, Places]:
    """Two unknowns per leaf, within and outside."""
    count = len(problem.leaves)
    within = programme.add_columns(0.0, np.inf, count=count, whole=whole)
    return within, programme.add_columns(0.0, np.inf, count=count, whole=whole)


def add_hidden(programme: Programme, hidden: Sequence[Sum], unknowns: tuple[Places, Places]) -> None:
    """Suppressed rows: within and outside together are 0 to 4."""
    for one in hidden:
        both = np.concatenate([leaves[one.leaves] for leaves in unknowns])
        programme.add_row(both, 1.0, 0.0, HIDDEN_BELOW - 1)


def add_equal(programme: Programme, rows: Sequence[Sum], unknowns: tuple[Places, Places]) -> None:
    """Rows that must come out exactly."""
    for one in rows:
        for leaves, target in zip(unknowns, (one.within, one.outside), strict=True):
            programme.add_row(leaves[one.leaves], 1.0, target, target)
