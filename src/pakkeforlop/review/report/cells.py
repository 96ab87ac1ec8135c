"""Figures by what they count: a small index over the table of indicators, for the cells a report shows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

WHOLE = "all_organ_specific"
NATIONAL = "900000000"
_TEXTS = ("indicator", "branch", "kind", "pathway_key", "unit_level", "org_nr", "period_type", "period_from")
_NUMBERS = ("numerator", "denominator", "median_days", "p90_days", "ci_low", "ci_high")


@dataclass(frozen=True)
class Cell:
    """One figure: counts, interval in percent, and days where the indicator is a time."""

    numerator: int | None
    denominator: int | None
    low: float | None
    high: float | None
    median: float | None
    p90: float | None


def _text(table: pa.Table, name: str) -> pa.ChunkedArray:
    column = table.column(name)
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    return column.cast(pa.string()) if not pa.types.is_string(column.type) else column


@dataclass(frozen=True)
class Share:
    """A share with something in its denominator."""

    numerator: int
    denominator: int
    low: float | None
    high: float | None

    @property
    def percent(self) -> float:
        """The share in percent."""
        return 100 * self.numerator / self.denominator

    def reaches(self, target: float) -> bool:
        """Tested on the exact fraction."""
        return 100 * self.numerator >= target * self.denominator


def share_of(cell: Cell | None) -> Share | None:
    """The cell as a share; None where nothing was counted."""
    if cell is None or cell.numerator is None or not cell.denominator:
        return None
    return Share(cell.numerator, cell.denominator, cell.low, cell.high)


class Cells:
    """The plain cells (no sex, no age group) that a report on the year `year` asks for.

    The country: every figure of the year, the shares of all years, and the share in time by month and tertial.
    Trusts: shares of the year.
    """

    def __init__(self, table: pa.Table, *, year: int) -> None:
        kept = table.filter(_wanted(table, year))
        columns = [_text(kept, name).fill_null("").to_pylist() for name in _TEXTS]
        values = [kept.column(name).to_pylist() for name in _NUMBERS]
        self._cells: dict[tuple[str, ...], Cell] = {}
        self._kinds: dict[tuple[str, str], dict[str, Cell]] = defaultdict(dict)
        self._begins: dict[tuple[str, str], set[str]] = defaultdict(set)
        for key, cell in zip(zip(*columns, strict=True), _cells(values), strict=True):
            self._cells[key] = cell
            self._begins[key[0], key[6]].add(key[7])
            if key[2] and key[4] == "national" and key[6] == "year" and key[7] == f"{year}-01-01":
                self._kinds[key[0], key[3]][key[2]] = cell

    def get(
        self,
        indicator: str,
        pathway_key: str = WHOLE,
        *,
        period: str = "year",
        begins: date,
        branch: str = "all",
        kind: str = "",
        org_nr: str = "",
    ) -> Cell | None:
        """The cell, of the country unless `org_nr` names a trust; None where it was not computed."""
        level, unit = ("HF", org_nr) if org_nr else ("national", NATIONAL)
        return self._cells.get((indicator, branch, kind, pathway_key, level, unit, period, begins.isoformat()))

    def kinds(self, indicator: str, pathway_key: str = WHOLE) -> Mapping[str, Cell]:
        """The country's cells of an indicator for the year by kind, the plain one left out."""
        return self._kinds[indicator, pathway_key]

    def begins(self, indicator: str, period: str) -> list[date]:
        """The first days of the periods that an indicator has cells for, in order."""
        return sorted(date.fromisoformat(text) for text in self._begins[indicator, period])


def _wanted(table: pa.Table, year: int) -> pa.ChunkedArray:
    """Which rows the report reads, as a mask."""
    plain = pc.equal(pc.fill_null(_text(table, "sex"), ""), "")
    plain = pc.and_(plain, pc.equal(pc.fill_null(_text(table, "age_group"), ""), ""))
    indicator, period, level = _text(table, "indicator"), _text(table, "period_type"), _text(table, "unit_level")
    yearly, national = pc.equal(period, "year"), pc.equal(level, "national")
    this_year = pc.and_(yearly, pc.equal(_text(table, "period_from"), f"{year}-01-01"))
    share = pc.is_in(indicator, pa.array(["of4_share", "inclusion_share"]))
    in_time = pc.and_(pc.equal(indicator, "of4_share"), pc.equal(_text(table, "branch"), "all"))
    country = pc.and_(national, pc.or_(this_year, pc.or_(pc.and_(yearly, share), in_time)))
    trusts = pc.and_(pc.and_(this_year, pc.equal(level, "HF")), share)
    return pc.and_(plain, pc.or_(country, trusts))


def _cells(values: list[list[Any]]) -> Iterator[Cell]:
    for numerator, denominator, median, p90, low, high in zip(*values, strict=True):
        yield Cell(numerator, denominator, low, high, median, p90)
