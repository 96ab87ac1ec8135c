"""Which published rows cannot hold together: the fewest that must be given up, and for each the rows it contradicts.

Found in two steps. The least weighted distance of all rows shows where the trouble is; then a switch per row, for the
pathways in trouble and their total only, gives the fewest rows. Suppressed rows are never given up. The weights make
the blame fall on the smallest unit when the choice is free.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from pakkeforlop.publication.likeness.problem import HIDDEN_BELOW, Problem, Sum
from pakkeforlop.publication.likeness.solver import Infeasible, NoProof, Programme, Solution, solve

WEIGHT = {"national": 4.0, "RHF": 3.0, "HF": 2.0, "private_group": 1.0}
"""Weight of one patient's distance from a row, in the search for the trouble."""
PRICE = {"national": 1.03, "RHF": 1.02, "HF": 1.01, "private_group": 0.3}
"""Price of giving a row up: nearly one each, so that the fewest are given up; a group's rows are no trust's figures."""
ROOM = 20.0
PRICE_OF_CLOSED = 0.01
TOO_MANY = 150
"""With more rows in trouble than this, the rows that the least distance does not reach are given up as they are."""
ZERO = 1e-6
NOISE = 1e-4
Places = npt.NDArray[np.int64]


def given_up(problem: Problem) -> list[Sum]:
    """The rows of `problem.equal` that must be given up; empty when all hold together.

    Opens closed leaves of `problem` when the file plainly lacks rows.
    """
    distances = _distances(problem, [], problem.equal)[1]
    if _open_where_rows_are_missing(problem, float(distances.sum())):
        distances = _distances(problem, [], problem.equal)[1]
    return _choose(problem, [], problem.equal, distances)


def _open_where_rows_are_missing(problem: Problem, distance: float) -> bool:
    """A published file closes a cell by having no row for it. If letting patients in there brings the rows nearer, then
    rows are missing from the file, and the fewest patients that will do tell where. (Where published rows contradict
    each other it brings them no nearer.)
    """
    if distance <= ZERO or not problem.leaves.closed.any():
        return False
    found, left = _distances(problem, [], problem.equal, price_of_closed=PRICE_OF_CLOSED)
    if left.sum() > distance - ZERO:
        return False
    count = len(problem.leaves)
    problem.leaves.closed[(found.x[:count] + found.x[count : 2 * count]) > ZERO] = False
    return True


def not_taken_in(problem: Problem) -> list[Sum]:
    """The rows of `problem.noted` that cannot hold together with `problem.equal`, which must hold."""
    if not problem.noted:
        return []
    return _choose(problem, problem.equal, problem.noted, _distances(problem, problem.equal, problem.noted)[1])


def _choose(
    problem: Problem, firm: Sequence[Sum], loose: Sequence[Sum], distances: npt.NDArray[np.float64]
) -> list[Sum]:
    """The fewest of `loose` to give up so that the rest holds with `firm`. distances: as `_distances` gives."""
    trouble = {one.row.pathway for one, distance in zip(loose, distances, strict=True) if distance > ZERO}
    if not trouble:
        return []
    off = [one for one, distance in zip(loose, distances, strict=True) if distance > ZERO]
    if len(off) > TOO_MANY:
        return off
    room = ROOM + 4.0 * float(distances.sum())
    alone = _within_subjects(problem, firm, loose, trouble, room)
    if alone is not None:
        return alone
    near = [one for one in loose if one.row.pathway in trouble | set(problem.frame.totals)]
    for candidates, whole in ((near, False), (loose, False), (near, True), (loose, True)):
        others = _without(loose, candidates)
        try:
            return _fewest(problem, [*firm, *others], candidates, room, whole=whole)
        except Infeasible:
            continue
        except NoProof:
            return off
    return off


def _within_subjects(
    problem: Problem, firm: Sequence[Sum], loose: Sequence[Sum], trouble: set[str], room: float
) -> list[Sum] | None:
    """The fewest rows to give up within each pathway (or total) looked at alone; None when that does not do for all.

    When it does, no smaller set can: each pathway's own contradictions must be solved in any case.
    """
    lost: list[Sum] = []
    for subject in sorted(trouble):
        own_firm, own_loose, hidden = (
            [one for one in rows if one.row.pathway == subject] for rows in (firm, loose, problem.hidden)
        )
        try:
            lost += _fewest(replace(problem, hidden=hidden), own_firm, own_loose, room, whole=False)
        except (Infeasible, NoProof):
            return None
    kept = _without(loose, lost)
    return lost if lost and holds(problem, [*firm, *kept], problem.hidden) else None


def _without(rows: Sequence[Sum], lost: Sequence[Sum]) -> list[Sum]:
    gone = {id(one) for one in lost}
    return [one for one in rows if id(one) not in gone]


def _distances(
    problem: Problem, firm: Sequence[Sum], loose: Sequence[Sum], *, price_of_closed: float = 0.0
) -> tuple[Solution, npt.NDArray[np.float64]]:
    """The least weighted distance, and each loose row's part of it in patients.

    The first rows of the programme are the loose ones (two each, within and outside), then the suppressed, then the
    firm ones (two each); the shadow prices follow that order.
    """
    programme = Programme()
    unknowns = leaf_columns(programme, problem, price_of_closed=price_of_closed)
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
    """The rows that `lost` cannot hold together with; none can be left out. Empty when only wholeness forbids it.

    Looked for among the rows of the same unit in the same pathway (or total) first, then of that pathway, then among
    all: a near reason is easier to follow.
    """
    units = problem.leaves.unit

    def same_unit(one: Sum) -> bool:
        return one.row.pathway == lost.row.pathway and set(units[one.leaves]) == set(units[lost.leaves])

    def same_pathway(one: Sum) -> bool:
        return one.row.pathway == lost.row.pathway

    for ring in (same_unit, same_pathway, None):
        rows, hidden = ([one for one in found if ring is None or ring(one)] for found in (kept, problem.hidden))
        reason = _smallest_reason(replace(problem, hidden=hidden), rows, lost)
        if reason:
            return reason
    return ()


def _smallest_reason(problem: Problem, kept: Sequence[Sum], lost: Sum) -> tuple[str, ...]:
    """The shadow prices of the least distance name the rows that take part; a deletion filter makes the set minimal."""
    loose = [*kept, lost]
    found, distances = _distances(problem, [], loose)
    if distances.sum() <= ZERO:
        return ()
    duals = np.abs(found.duals) > ZERO
    rows = [one for place, one in enumerate(kept) if duals[2 * place] or duals[2 * place + 1]]
    hidden = [one for place, one in enumerate(problem.hidden) if duals[2 * len(loose) + place]]
    if holds(problem, [lost, *rows], hidden):
        return ()
    parts: list[Sum] = [*hidden, *rows]
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


def leaf_columns(
    programme: Programme, problem: Problem, *, whole: bool = False, price_of_closed: float = 0.0
) -> tuple[Places, Places]:
    """Two unknowns per leaf, within and outside. A closed leaf has no patients, unless a price is set for them."""
    count, closed = len(problem.leaves), problem.leaves.closed
    most = np.where(closed & (price_of_closed == 0), 0.0, np.inf)
    price = np.where(closed, price_of_closed, 0.0)
    within = programme.add_columns(price, most, count=count, whole=whole)
    return within, programme.add_columns(price, most, count=count, whole=whole)


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
