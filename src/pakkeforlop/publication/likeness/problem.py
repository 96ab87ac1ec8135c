"""One year of one indicator as sums of leaves.

A leaf is a pathway, a tertial, a unit and a branch; it holds two whole numbers, patients within and patients outside
(late, or not in a pathway). Then every published row is two plain sums: within = numerator, outside = denominator -
numerator. A suppressed row is a sum between zero and four. A unit without a row where other units have one has no
patients there, unless the rows that are there fall short of their region.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from pakkeforlop.catalogue.share_limits import WHOLE
from pakkeforlop.publication.likeness.frame import Frame
from pakkeforlop.publication.published import FigureRow, Figures
from pakkeforlop.vocabulary.calendar import day_number

Places = npt.NDArray[np.int64]
HIDDEN_BELOW = 5
"""A published row is blank when its denominator is below this."""
TERTIAL_DAYS = ((1, 1, 4, 30), (5, 1, 8, 31), (9, 1, 12, 31))
REPEATS_AT_LEAST = 3
"""A private group that has this many rows equal to one unit's merely repeats that unit there."""


@dataclass(frozen=True)
class Leaves:
    """The cells to be filled: places in the frame's pathways and units, the tertial (0-2) and the branch.

    closed: without a published row where other units have one, so without patients.
    """

    pathway: Places
    tertial: Places
    unit: Places
    branch: npt.NDArray[np.str_]
    closed: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.pathway)


@dataclass(frozen=True)
class Sum:
    """A published row and the leaves that it is the sum of."""

    row: FigureRow
    leaves: Places

    @property
    def within(self) -> int:
        """Patients within the limit, or in a pathway."""
        return self.row.numerator or 0

    @property
    def outside(self) -> int:
        """Patients late, or not in a pathway."""
        return (self.row.denominator or 0) - self.within


@dataclass(frozen=True)
class Aside:
    """A row that is not fitted: the reason's key, and the rows that it repeats or contradicts."""

    row: FigureRow
    reason: str
    because_of: tuple[str, ...] = ()


@dataclass
class Problem:
    """All that one fit needs. `equal` must hold, `hidden` are sums of 0 to 4, `noted` are taken in where they fit."""

    frame: Frame
    indicator: str
    year: int
    leaves: Leaves
    equal: list[Sum] = field(default_factory=list)
    hidden: list[Sum] = field(default_factory=list)
    noted: list[Sum] = field(default_factory=list)
    aside: list[Aside] = field(default_factory=list)


def tertial_days(year: int, tertial: int) -> tuple[int, int]:
    """First and last day of a tertial."""
    from datetime import date

    a, b, c, d = TERTIAL_DAYS[tertial]
    return day_number(date(year, a, b)), day_number(date(year, c, d))


@dataclass(frozen=True)
class _Read:
    """A row with its places found: `subject` is a pathway's or a total's key, `units` the leaf units it covers."""

    row: FigureRow
    subject: str
    units: tuple[int, ...]

    @property
    def single(self) -> bool:
        return self.row.level in ("HF", "private_group")


def build(frame: Frame, figures: Figures, indicator: str, year: int) -> Problem:
    """The problem of one indicator and year of a figures file."""
    aside: list[Aside] = []
    found = list(_place(frame, figures.of(indicator, year), aside))
    repeated = dict(_repeating_rows(found))
    for read in found:
        if read.row.row_id in repeated:
            aside.append(Aside(read.row, "repeats", (repeated[read.row.row_id],)))
    found = [read for read in found if read.row.row_id not in repeated]
    problem = Problem(frame, indicator, year, _leaves(frame, found, indicator, year), aside=aside)
    _add_sums(problem, found)
    return problem


def _place(frame: Frame, rows: Iterable[FigureRow], aside: list[Aside]) -> Iterator[_Read]:
    """Rows whose period, pathway and unit are known; the others go aside with a reason."""
    everyone = tuple(range(len(frame.units)))
    for row in rows:
        if row.status == "quoted":
            aside.append(Aside(row, "quoted"))
        elif not row.tertials:
            aside.append(Aside(row, "period"))
        elif row.pathway not in frame.pathway_at and row.pathway not in frame.totals:
            aside.append(Aside(row, "pathway"))
        elif row.level == "national":
            yield _Read(row, row.pathway, everyone)
        elif row.level == "RHF" and row.org_nr in frame.region_at:
            yield _Read(row, row.pathway, frame.region_at[row.org_nr])
        elif row.level in ("HF", "private_group") and row.org_nr in frame.unit_at:
            yield _Read(row, row.pathway, (frame.unit_at[row.org_nr],))
        else:
            aside.append(Aside(row, "unit"))


def _cell(read: _Read) -> tuple[str, str, str, int]:
    row = read.row
    return row.pathway, row.branch, row.period_type, row.period_from


def _repeating_rows(found: list[_Read]) -> Iterator[tuple[str, str]]:
    """(group's row, other unit's row) where a private group repeats another unit's row.

    The unit it repeats is the one with most rows equal in both counts; with that unit, an equal denominator is enough
    (an older numerator), and a hidden row repeats a hidden one.
    """
    by_unit: dict[int, dict[tuple[str, str, str, int], FigureRow]] = defaultdict(dict)
    for read in found:
        if read.row.level == "HF":
            by_unit[read.units[0]][_cell(read)] = read.row
    groups: dict[int, list[_Read]] = defaultdict(list)
    for read in found:
        if read.row.level == "private_group":
            groups[read.units[0]].append(read)
    for group, reads in groups.items():
        equal = {
            unit: sum(
                r.row.counts is not None and _cell(r) in cells and cells[_cell(r)].counts == r.row.counts for r in reads
            )
            for unit, cells in by_unit.items()
            if unit != group
        }
        repeated = max(sorted(equal), key=lambda unit: equal[unit], default=None)
        if repeated is None or equal[repeated] < REPEATS_AT_LEAST:
            continue
        for read in reads:
            other = by_unit[repeated].get(_cell(read))
            if other is not None and _same_figure(read.row, other):
                yield read.row.row_id, other.row_id


def _same_figure(row: FigureRow, other: FigureRow) -> bool:
    if row.counts and other.counts:
        return row.counts[1] == other.counts[1]
    return not row.counts and not other.counts and row.status in (other.status, "no_data")


def _leaves(frame: Frame, found: list[_Read], indicator: str, year: int) -> Leaves:
    with_rows = {read.subject for read in found}
    empty = _empty_cells(frame, found)
    needed = {subject for subject in with_rows if subject in frame.totals}
    covered = sorted({tertial for read in found for tertial in read.row.tertials})
    cells: list[tuple[int, int, int, str, bool]] = []
    for place, pathway in enumerate(frame.pathways):
        if pathway.key not in with_rows and pathway.total not in needed:
            continue
        own = _units_of(found, pathway.key, pathway.total)
        for tertial in covered:
            for branch in pathway.branches_in(indicator, *tertial_days(year, tertial)):
                for unit in sorted(own | set(_trusts(frame))):
                    lacking = [
                        (subject, kind, tertial, unit) in empty
                        for subject in (pathway.key, pathway.total)
                        for kind in (WHOLE, branch)
                    ]
                    cells.append((place, tertial, unit, branch, any(lacking)))
    columns = list(zip(*cells, strict=True)) if cells else [(), (), (), (), ()]
    pathway_of, tertial_of, unit_of = (np.asarray(column, dtype=np.int64) for column in columns[:3])
    return Leaves(
        pathway_of, tertial_of, unit_of, np.asarray(columns[3], dtype="U3"), np.asarray(columns[4], dtype=bool)
    )


def _units_of(found: list[_Read], key: str, total: str) -> set[int]:
    """Units with a row in the pathway; where it has none, units with a row in its total.

    Any trust may have patients, unless its cell is empty; a group or a small unit only where it has a row of its own.
    """
    for subject in (key, total):
        own = {
            read.units[0]
            for read in found
            if subject and read.single and read.subject == subject and read.row.status != "no_data"
        }
        if own:
            return own | {
                r.units[0] for r in found if r.row.level == "HF" and r.subject == subject and not r.row.counts
            }
    return set()


def _trusts(frame: Frame) -> tuple[int, ...]:
    return tuple(place for place, unit in enumerate(frame.units) if unit.treats)


def _empty_cells(frame: Frame, found: list[_Read]) -> set[tuple[str, str, int, int]]:
    """(subject, branch, tertial, unit) without a row where other units have one: no patients.

    Not so where the rows that are there cannot reach the row of their region (or of the country, where the region has
    none): then rows are missing from the file. For a unit that the file never names, it must be more than a suppressed
    row could hold.
    """
    named = {read.units[0] for read in found if read.single and read.row.status != "no_data"}
    groups: dict[tuple[str, str, str, int], list[_Read]] = defaultdict(list)
    above: dict[tuple[tuple[str, str, str, int], str], int] = {}
    for read in found:
        if read.single:
            groups[_cell(read)].append(read)
        elif read.row.counts:
            where = frame.country if read.row.level == "national" else read.row.org_nr
            above[_cell(read), where] = read.row.counts[1]
    with_tertial_row = {
        (read.subject, read.row.branch, read.row.tertials[0], read.units[0])
        for read in found
        if read.single and read.row.period_type == "tertial"
    }
    empty = set()
    for cell, reads in groups.items():
        reach: dict[int, float] = defaultdict(float)
        for read in reads:
            most = (
                read.row.counts[1]
                if read.row.counts
                else HIDDEN_BELOW - 1
                if read.row.status == "suppressed"
                else np.inf
            )
            reach[read.units[0]] = max(reach[read.units[0]], most)
        tertials = reads[0].row.tertials
        for org_nr, units in frame.region_at.items():
            sum_of = units if (cell, org_nr) in above else tuple(range(len(frame.units)))
            needed = above.get((cell, org_nr), above.get((cell, frame.country), 0))
            short = needed - sum(reach.get(unit, 0) for unit in sum_of)
            for unit in units:
                if unit not in reach and short <= (0 if unit in named else HIDDEN_BELOW - 1):
                    empty |= {(cell[0], cell[1], tertial, unit) for tertial in tertials}
    yearly_only = {key for key in empty if key in with_tertial_row}
    return empty - yearly_only


def _add_sums(problem: Problem, found: list[_Read]) -> None:
    """Turn each row into a sum of leaves, sorted by what must hold of it."""
    frame, leaves = problem.frame, problem.leaves
    of_subject = {
        pathway.key: np.flatnonzero(leaves.pathway == place) for place, pathway in enumerate(frame.pathways)
    } | {total: np.flatnonzero(np.isin(leaves.pathway, frame.in_total(total))) for total in frame.totals}
    for read in found:
        row = read.row
        chosen = of_subject[read.subject]
        chosen = chosen[np.isin(leaves.tertial[chosen], row.tertials) & np.isin(leaves.unit[chosen], read.units)]
        if row.branch != WHOLE:
            chosen = chosen[leaves.branch[chosen] == row.branch]
        one = Sum(row, chosen)
        if row.status == "suppressed":
            problem.hidden.append(one)
        elif not row.counts:
            problem.aside.append(Aside(row, "no_data" if row.status == "no_data" else "no_counts"))
        elif not row.percent_follows:
            problem.noted.append(one)
        elif not len(chosen) and row.counts != (0, 0):
            problem.aside.append(Aside(row, "no_place"))
        else:
            problem.equal.append(one)


def free_cells(problem: Problem) -> int:
    """Leaves that the rows do not settle one by one: a row whose other leaves are settled settles its last one."""
    settled = problem.leaves.closed.copy()
    rows = [one.leaves for one in problem.equal] + [one.leaves for one in problem.hidden if not len(one.leaves)]
    changed = True
    while changed:
        changed = False
        for leaves in rows:
            open_leaves = leaves[~settled[leaves]]
            if len(open_leaves) == 1:
                settled[open_leaves[0]] = changed = True
    return int((~settled).sum())
