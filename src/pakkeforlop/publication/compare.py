"""Indicators against published figures: how many rows come out equal, and which do not.

Rows are matched by indicator, branch, pathway, level, organisation number and period, never by name. Equal means both
counts. A private group is the sum of its members. A suppressed row should recount below five.
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from pakkeforlop.publication.likeness.frame import Frame
from pakkeforlop.publication.likeness.problem import HIDDEN_BELOW, build
from pakkeforlop.publication.published import INDICATORS, FigureRow, Figures, printed_percent, rounded
from pakkeforlop.vocabulary.calendar import day_of
from pakkeforlop.vocabulary.errors import FileFault, UnreadableFault, unreadable

COLUMNS = (
    "indicator", "branch", "kind", "pathway_key", "unit_level", "org_nr", "period_type", "period_from",
    "sex", "age_group", "numerator", "denominator",
)  # fmt: skip
LEVEL = {"national": "national", "RHF": "RHF", "HF": "HF", "private_group": "HF"}
Cell = tuple[str, str, str, str, str, str, str]
Counts = tuple[int, int]


@dataclass(frozen=True)
class Unequal:
    """A published row that did not come out equal. `found` is None where the indicators have no such row."""

    row: FigureRow
    found: Counts | None
    reason: str


@dataclass
class Comparison:
    """equal and compared: rows by (indicator, year, level, period type), usable rows only.

    unequal: usable rows that differ. aside: rows not compared, or differing for a reason known beforehand, with it.
    """

    figures: str
    compared: Counter[tuple[str, int, str, str]] = field(default_factory=Counter)
    equal: Counter[tuple[str, int, str, str]] = field(default_factory=Counter)
    unequal: list[Unequal] = field(default_factory=list)
    aside: list[Unequal] = field(default_factory=list)
    aside_equal: Counter[str] = field(default_factory=Counter)
    hidden: int = 0
    hidden_small: int = 0

    @property
    def all_rows(self) -> Counts:
        """(equal, compared) over the country, regions and trusts."""
        units = [key for key in self.compared if key[2] != "private_group"]
        return sum(self.equal[key] for key in units), sum(self.compared[key] for key in units)

    @property
    def unexplained(self) -> list[Unequal]:
        """Unequal rows that were not set aside beforehand as contradicting others."""
        return [one for one in self.unequal if not one.reason]


def read_indicators(path: Path) -> pa.Table:
    """The columns of an indicators file (CSV, or Parquet) that the comparison needs, all as text."""
    try:
        if path.suffix == ".parquet":
            names = pq.read_schema(path).names
            _need_columns(path, names)
            return pq.read_table(path, columns=list(COLUMNS))
        with path.open(encoding="utf-8-sig") as stream:
            _need_columns(path, [name.strip().strip('"') for name in stream.readline().split(",")])
        options = pa_csv.ConvertOptions(
            column_types={name: pa.string() for name in COLUMNS}, include_columns=list(COLUMNS)
        )
        return pa_csv.read_csv(path, convert_options=options)
    except FileNotFoundError as error:
        raise UnreadableFault("file_missing", file=path) from error
    except OSError as error:
        raise unreadable(error, path) from error
    except (pa.ArrowException, UnicodeDecodeError) as error:
        raise FileFault("damaged", file=path, kind=path.suffix.lstrip(".") or "CSV") from error


def _need_columns(path: Path, names: Sequence[str]) -> None:
    missing = [name for name in COLUMNS if name not in names]
    if missing:
        raise FileFault("figures_columns", file=path, columns=missing)


def recounts(indicators: pa.Table) -> dict[Cell, Counts]:
    """(numerator, denominator) by cell, for the two published indicators, both sexes and all ages together."""
    text = {name: pc.fill_null(pc.cast(indicators[name], pa.string()), "") for name in COLUMNS}
    keep = pc.is_in(text["indicator"], value_set=pa.array(list(INDICATORS.values())))
    for name in ("kind", "sex", "age_group"):
        keep = pc.and_(keep, pc.equal(text[name], ""))
    keep = pc.and_(keep, pc.is_in(text["period_type"], value_set=pa.array(["tertial", "year"])))
    kept = pa.table(text).filter(keep)
    names = ("indicator", "branch", "pathway_key", "unit_level", "org_nr", "period_type", "period_from")
    columns = [kept[name].to_pylist() for name in names]
    columns[1] = [branch or "all" for branch in columns[1]]
    columns[6] = [day[:10] for day in columns[6]]
    counts = zip(*(kept[name].to_pylist() for name in ("numerator", "denominator")), strict=True)
    return {
        cell: (int(float(n or 0)), int(float(d or 0)))
        for cell, (n, d) in zip(zip(*columns, strict=True), counts, strict=True)
    }


def compare(indicators: pa.Table, figures: Figures, frame: Frame, known: Mapping[str, str] | None = None) -> Comparison:
    """Compare. known: reasons for rows that cannot come out (row id -> reason), as the fit found them."""
    recounted = recounts(indicators)
    members = {unit.org_nr: unit.members for unit in frame.units if unit.members}
    reasons = dict(_aside_by_form(figures, frame))
    found = Comparison(figures.name)
    years = {int(cell[6][:4]) for cell in recounted}
    for row in figures.rows:
        if row.indicator not in INDICATORS:
            continue
        if row.year not in years and row.status != "quoted":
            found.aside.append(Unequal(row, None, "year"))
            continue
        counts = _counts(row, recounted, members)
        reason = reasons.get(row.row_id, "")
        if row.status == "suppressed" and row.tertials and not reason:
            found.hidden += 1
            found.hidden_small += (counts or (0, 0))[1] < HIDDEN_BELOW
        elif reason or not row.counts:
            found.aside.append(Unequal(row, counts, reason or "no_counts"))
            found.aside_equal[reason or "no_counts"] += row.counts is not None and counts == row.counts
        else:
            key = (row.indicator, row.year, row.level, row.period_type)
            found.compared[key] += 1
            if counts == row.counts:
                found.equal[key] += 1
            else:
                found.unequal.append(Unequal(row, counts, (known or {}).get(row.row_id, "")))
    return found


def _aside_by_form(figures: Figures, frame: Frame) -> Iterable[tuple[str, str]]:
    """Rows that are not to be compared: the reason can be told from the file alone, with no fitting."""
    for row in figures.rows:
        if row.indicator in INDICATORS and row.status == "quoted":
            yield row.row_id, "quoted"
        elif row.indicator in INDICATORS and not row.percent_follows:
            yield row.row_id, "own_counts"
    for year in figures.years:
        for indicator in INDICATORS:
            for aside in build(frame, figures, indicator, year).aside:
                yield aside.row.row_id, aside.reason


def _counts(row: FigureRow, recounted: Mapping[Cell, Counts], members: Mapping[str, Sequence[str]]) -> Counts | None:
    """What the indicators say of a published row; a group is its members added up."""
    level = LEVEL.get(row.level)
    if level is None or not row.tertials:
        return None
    begin = day_of(row.period_from).isoformat()
    units = members.get(row.org_nr, ()) if row.level == "private_group" else (row.org_nr,)
    cells = [
        recounted.get((INDICATORS[row.indicator], row.branch, row.pathway, level, unit, row.period_type, begin))
        for unit in units or (row.org_nr,)
    ]
    real = [cell for cell in cells if cell is not None]
    return (sum(cell[0] for cell in real), sum(cell[1] for cell in real)) if real else None


@dataclass(frozen=True)
class PercentCheck:
    """A printed percent against its own counts. `reached`: is the target reached by the exact fraction?"""

    row: FigureRow
    exact: Fraction
    shown: Fraction
    printed: Fraction
    agrees: bool
    reached: bool


def check_percents(rows: Iterable[FigureRow], rounding: str, target: float) -> list[PercentCheck]:
    """Printed percents of rows with counts, rounded as the setting says to as many decimals as were printed."""
    checks = []
    for row in rows:
        printed = printed_percent(row.percent) if row.percent else None
        if printed is None or not row.denominator or row.numerator is None:
            continue
        exact = Fraction(100 * row.numerator, row.denominator)
        shown = rounded(exact, rounding, len(row.percent.strip().partition(".")[2]))
        checks.append(PercentCheck(row, exact, shown, printed, shown == printed, exact >= Fraction(str(target))))
    return checks


def summary_rows(found: Comparison) -> list[dict[str, Any]]:
    """Equal and compared rows, by indicator, year, level and period type."""
    return [
        {
            "indicator": key[0], "year": key[1], "unit_level": key[2], "period_type": key[3],
            "equal": found.equal[key], "compared": found.compared[key],
        }
        for key in sorted(found.compared)
    ]  # fmt: skip


def by_year(found: Comparison) -> dict[int, Counts]:
    """(equal, compared) of the country, regions and trusts, by year."""
    years: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for key, compared in found.compared.items():
        if key[2] != "private_group":
            years[key[1]][0] += found.equal[key]
            years[key[1]][1] += compared
    return {year: (counts[0], counts[1]) for year, counts in sorted(years.items())}


def write_unequal(rows: Iterable[Unequal], path: Path) -> None:
    """Published rows that did not come out, with what was found instead, and the reason where one is known."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(
            ["row_id", "indicator", "branch", "pathway_key", "unit_level", "unit_name", "org_nr", "period_type",
             "period_from", "numerator", "denominator", "found_numerator", "found_denominator", "reason"]
        )  # fmt: skip
        for one in rows:
            row = one.row
            numerator, denominator = one.found or ("", "")
            writer.writerow(
                [row.row_id, row.indicator, row.branch, row.pathway, row.level, row.unit_name, row.org_nr,
                 row.period_type, day_of(row.period_from).isoformat() if row.tertials else "",
                 row.numerator if row.numerator is not None else "",
                 row.denominator if row.denominator is not None else "", numerator, denominator, one.reason]
            )  # fmt: skip
