"""A linear or whole-number programme, solved by HiGHS: one thread, no time limit, and the status is always checked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
SEED = 1
MOST_NODES = 4000
WHOLE_NUMBER_TOLERANCE = 1e-6


class Infeasible(Exception):
    """The programme has no solution."""


class NoProof(Exception):
    """The search for the best solution was given up after many steps (never after a time)."""


class SolverFault(RuntimeError):
    """The solver stopped without an answer; the message is its status."""


@dataclass
class Programme:
    """Minimise cost x with lower <= x <= upper and row_lower <= A x <= row_upper; A is built row by row."""

    cost: list[Numbers] = field(default_factory=list)
    lower: list[Numbers] = field(default_factory=list)
    upper: list[Numbers] = field(default_factory=list)
    whole: list[npt.NDArray[np.bool_]] = field(default_factory=list)
    columns: int = 0
    places: list[npt.NDArray[np.int64]] = field(default_factory=list)
    values: list[Numbers] = field(default_factory=list)
    row_lower: list[float] = field(default_factory=list)
    row_upper: list[float] = field(default_factory=list)

    def add_columns(
        self,
        cost: Numbers | float,
        upper: Numbers | float,
        *,
        count: int,
        lower: Numbers | float = 0.0,
        whole: bool = False,
    ) -> npt.NDArray[np.int64]:
        """Add `count` unknowns; gives their places."""
        for kept, value in ((self.cost, cost), (self.lower, lower), (self.upper, upper)):
            kept.append(np.broadcast_to(np.asarray(value, dtype=np.float64), (count,)))
        self.whole.append(np.full(count, whole))
        self.columns += count
        return np.arange(self.columns - count, self.columns)

    def add_row(self, places: npt.NDArray[np.int64], values: Numbers | float, lower: float, upper: float) -> int:
        """Add the row lower <= sum(values * x[places]) <= upper; gives its place."""
        self.places.append(places)
        self.values.append(np.broadcast_to(np.asarray(values, dtype=np.float64), places.shape))
        self.row_lower.append(lower)
        self.row_upper.append(upper)
        return len(self.row_lower) - 1


@dataclass(frozen=True)
class Solution:
    """The unknowns, the cost, and for programmes without whole numbers the rows' shadow prices."""

    x: Numbers
    cost: float
    duals: Numbers


def solve(programme: Programme) -> Solution:
    """The best solution. Raises Infeasible, or SolverFault when the solver gave no answer."""
    import highspy

    lp = highspy.HighsLp()
    lp.num_col_ = programme.columns
    lp.num_row_ = len(programme.row_lower)
    lp.col_cost_ = _joined(programme.cost)
    lp.col_lower_ = _joined(programme.lower)
    lp.col_upper_ = _joined(programme.upper)
    lp.row_lower_ = np.asarray(programme.row_lower, dtype=np.float64)
    lp.row_upper_ = np.asarray(programme.row_upper, dtype=np.float64)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.num_col_, lp.a_matrix_.num_row_ = lp.num_col_, lp.num_row_
    lp.a_matrix_.start_ = np.concatenate([[0], np.cumsum([len(p) for p in programme.places])]).astype(np.int32)
    lp.a_matrix_.index_ = np.concatenate([*programme.places, np.empty(0, np.int64)]).astype(np.int32)
    lp.a_matrix_.value_ = _joined(programme.values)
    whole = np.concatenate([*programme.whole, np.empty(0, np.bool_)])
    if whole.any():
        kinds = np.array([highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger])
        lp.integrality_ = list(kinds[whole.astype(int)])
    return _run(lp, whole)


def _joined(parts: list[Numbers]) -> Numbers:
    return np.concatenate([*parts, np.empty(0, np.float64)])


def _run(lp: Any, whole: npt.NDArray[np.bool_]) -> Solution:
    import highspy

    solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    for option, value in (
        ("output_flag", False),
        ("threads", 1),
        ("random_seed", SEED),
        ("mip_rel_gap", 0.0),
        ("mip_abs_gap", 1e-7),
        ("infinite_bound", 1e20),
        ("mip_max_nodes", MOST_NODES),
    ):
        solver.setOptionValue(option, value)
    solver.passModel(lp)
    solver.run()
    status = solver.getModelStatus()
    if status in (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible):
        raise Infeasible
    if status in (highspy.HighsModelStatus.kSolutionLimit, highspy.HighsModelStatus.kIterationLimit):
        raise NoProof
    if status != highspy.HighsModelStatus.kOptimal:
        raise SolverFault(str(status))
    answer = solver.getSolution()
    x = np.asarray(answer.col_value, dtype=np.float64)
    if whole.any():
        nearest = np.rint(x[whole])
        if np.abs(x[whole] - nearest).max() > WHOLE_NUMBER_TOLERANCE * 1e2:
            raise SolverFault("not whole")
        x[whole] = nearest
    return Solution(x, float(solver.getInfo().objective_function_value), np.asarray(answer.row_dual, dtype=np.float64))
