"""A figures file turned into leaves, year by year, with an account of every row that was not fitted."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace

import numpy as np
import pyarrow as pa

from pakkeforlop.publication.likeness.contradictions import explain, given_up, not_taken_in
from pakkeforlop.publication.likeness.frame import Frame
from pakkeforlop.publication.likeness.problem import Aside, Problem, Sum, build, free_cells, tertial_days
from pakkeforlop.publication.likeness.rounding import Counts, whole_leaves
from pakkeforlop.publication.likeness.target import targets
from pakkeforlop.publication.published import INDICATORS, Figures
from pakkeforlop.vocabulary.calendar import day_of

LEAVES = pa.schema(
    [
        ("indicator", pa.string()),
        ("pathway", pa.string()),
        ("period_from", pa.int32()),
        ("period_to", pa.int32()),
        ("unit", pa.string()),
        ("branch", pa.string()),
        ("within", pa.int32()),
        ("outside", pa.int32()),
        ("filled", pa.bool_()),
    ]
)
"""Leaves with patients. unit: the organisation number that they are registered at; days are inclusive."""
FORM = 3
"""Number of the fitting method: leaves solved by another method are solved again."""
QUIET_REASONS = ("no_data", "quoted", "no_counts", "period", "pathway")
"""Reasons that say the row has nothing to fit; they do not change the exit code."""


@dataclass(frozen=True)
class Account:
    """How the rows of one indicator and year fared: `fitted` are given exactly, `aside` are not, with reasons."""

    indicator: str
    year: int
    rows: int
    fitted: int
    hidden: int
    taken_in: int
    leaves: int
    free: int
    aside: tuple[dict[str, object], ...]
    tertials: tuple[int, ...]


@dataclass(frozen=True)
class Fit:
    """Leaves of all years, the account of each, and what they were made from."""

    leaves: pa.Table
    accounts: tuple[Account, ...]
    figures: str
    sha256: str

    @property
    def published(self) -> list[tuple[int, int]]:
        """(year, tertial) of the periods that the figures cover."""
        return sorted({(account.year, tertial) for account in self.accounts for tertial in account.tertials})

    @property
    def set_aside(self) -> list[dict[str, object]]:
        """Rows with counts that the leaves do not give, or that the fit did not use."""
        return [aside for account in self.accounts for aside in account.aside if aside["reason"] not in QUIET_REASONS]


def fit(
    figures: Figures,
    frame: Frame,
    *,
    years: Iterable[int] | None = None,
    told: Callable[[str, int], None] | None = None,
) -> Fit:
    """Leaves that give every row of `figures` that can be given. told: hears of each indicator and year at work."""
    tables, accounts = [], []
    for year in sorted(set(figures.years if years is None else years)):
        for indicator in INDICATORS:
            if told:
                told(indicator, year)
            problem = build(frame, figures, indicator, year)
            if not (problem.equal or problem.hidden or problem.noted):
                continue
            (within, outside), account = _solve(problem)
            tables.append(_table(problem, within, outside))
            accounts.append(account)
    leaves = pa.concat_tables(tables) if tables else LEAVES.empty_table()
    return Fit(leaves, tuple(accounts), figures.name, figures.sha256)


def _solve(problem: Problem) -> tuple[tuple[Counts, Counts], Account]:
    """Give up what contradicts, take in the noted rows that fit, and find whole numbers."""
    rows = len(problem.equal) + len(problem.hidden) + len(problem.noted) + len(problem.aside)
    aside = list(problem.aside)
    lost = given_up(problem)
    problem.equal = _without(problem.equal, lost)
    aside += [Aside(one.row, "contradicts", explain(problem, problem.equal, one)) for one in lost]
    refused = not_taken_in(problem)
    taken_in = _without(problem.noted, refused)
    problem.equal = problem.equal + taken_in
    aside += [Aside(one.row, "own_counts") for one in refused]
    counts = whole_leaves(problem, targets(problem), seed=problem.year)
    account = Account(
        indicator=problem.indicator,
        year=problem.year,
        rows=rows,
        fitted=len(problem.equal),
        hidden=len(problem.hidden),
        taken_in=len(taken_in),
        leaves=int((~problem.leaves.closed).sum()),
        free=free_cells(problem),
        aside=tuple(_told(one) for one in sorted(aside, key=lambda one: one.row.row_id)),
        tertials=tuple(sorted({int(tertial) for tertial in problem.leaves.tertial})),
    )
    return counts, account


def _without(rows: list[Sum], lost: list[Sum]) -> list[Sum]:
    gone = {id(one) for one in lost}
    return [one for one in rows if id(one) not in gone]


def _told(aside: Aside) -> dict[str, object]:
    row = aside.row
    return {
        "row_id": row.row_id,
        "reason": aside.reason,
        "because_of": list(aside.because_of),
        "indicator": row.indicator,
        "branch": row.branch,
        "pathway_key": row.pathway,
        "unit_level": row.level,
        "unit_name": row.unit_name,
        "org_nr": row.org_nr,
        "period_type": row.period_type,
        "period_from": row.period_from,
        "numerator": row.numerator,
        "denominator": row.denominator,
    }


def _table(problem: Problem, within: Counts, outside: Counts) -> pa.Table:
    frame, leaves = problem.frame, problem.leaves
    used = np.flatnonzero(within + outside)
    days = np.array([tertial_days(problem.year, tertial) for tertial in range(3)])
    codes = np.array([pathway.code for pathway in frame.pathways])
    places = np.array([unit.place for unit in frame.units])
    return pa.table(
        {
            "indicator": np.full(len(used), INDICATORS[problem.indicator]),
            "pathway": codes[leaves.pathway[used]],
            "period_from": days[leaves.tertial[used], 0],
            "period_to": days[leaves.tertial[used], 1],
            "unit": places[leaves.unit[used]],
            "branch": leaves.branch[used],
            "within": within[used],
            "outside": outside[used],
            "filled": np.zeros(len(used), dtype=bool),
        }
    ).cast(LEAVES)


def frame_mark(frame: Frame) -> str:
    """A short hash of all that the fit reads from the catalogue, and of the method."""
    return hashlib.sha256(repr((FORM, frame)).encode()).hexdigest()[:16]


def fit_to_metadata(found: Fit, frame: Frame) -> dict[str, str]:
    """What is kept beside the leaves: which figures and catalogue they are for, and the account."""
    accounts = json.dumps([asdict(account) for account in found.accounts], ensure_ascii=False, sort_keys=True)
    return {"figures": found.figures, "sha256": found.sha256, "frame": frame_mark(frame), "accounts": accounts}


def fit_from_metadata(leaves: pa.Table, kept: dict[str, str]) -> Fit:
    """The reverse of `fit_to_metadata`."""
    accounts = tuple(
        Account(**{**one, "aside": tuple(one["aside"]), "tertials": tuple(one["tertials"])})
        for one in json.loads(kept["accounts"])
    )
    return Fit(leaves.replace_schema_metadata(None), accounts, kept["figures"], kept["sha256"])


def of_years(found: Fit, years: Iterable[int]) -> Fit:
    """The part of a fit that lies in `years`."""
    wanted = set(years)
    keep = [day_of(day).year in wanted for day in found.leaves["period_from"].to_pylist()]
    return replace(
        found,
        leaves=found.leaves.filter(pa.array(keep, type=pa.bool_())),
        accounts=tuple(account for account in found.accounts if account.year in wanted),
    )
