"""The indicators file that a release is made from: the rows of the plan, checked one by one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from pakkeforlop.publication.release.plan import Plan
from pakkeforlop.vocabulary.errors import FileFault, UnreadableFault, unreadable

KEY = ("indicator", "branch", "pathway_key", "unit_level", "org_nr", "period_type", "period_from")
VALUES = ("percent", "median_days", "p90_days", "ci_low", "ci_high")
NEEDED = (*KEY, "label", "kind", "unit_name", "period_to", "sex", "age_group", "numerator", "denominator", *VALUES)
LEVELS = ("national", "RHF", "HF")
TERTIAL_OF = {1: "T1", 5: "T2", 9: "T3"}
PERIOD = re.compile(r"(\d{4})(?:-?T([123]))?")


@dataclass(frozen=True, slots=True)
class Figure:
    """A row of the file. period: `2021`, or `2021T1`; share figures have a numerator, plain counts do not."""

    indicator: str
    label: str
    branch: str
    pathway: str
    level: str
    unit_name: str
    org_nr: str
    period: str
    period_from: str
    period_to: str
    numerator: int
    denominator: int
    values: tuple[float | None, ...]
    row: int = field(compare=False)

    @property
    def year(self) -> int:
        """The calendar year."""
        return int(self.period[:4])

    @property
    def key(self) -> tuple[str, str, str, str, str]:
        """What the figure is, for good: indicator, branch, pathway, unit, period."""
        return self.indicator, self.branch, self.pathway, self.org_nr, self.period


def read_source(path: Path, plan: Plan, *, hospitals: bool = False) -> list[Figure]:
    """The figures of the plan for the country, regions and trusts (and hospitals), by tertial and year."""
    table = _table(path)
    levels = (*LEVELS, "hospital") if hospitals else LEVELS
    keep = pc.is_in(table["indicator"], pa.array(plan.indicators))
    keep = pc.and_(keep, pc.is_in(table["unit_level"], pa.array(levels)))
    keep = pc.and_(keep, pc.is_in(table["period_type"], pa.array(["tertial", "year"])))
    for name in ("kind", "sex", "age_group"):
        keep = pc.and_(keep, pc.equal(table[name], ""))
    keep = pc.and_(keep, pc.not_equal(table["org_nr"], ""))  # units of no region stand right below the country
    table = table.append_column("row", pa.array(range(1, len(table) + 1), pa.int64())).filter(keep)
    figures = list(_figures(table, path, plan))
    if not figures:
        raise FileFault("release_no_figures", file=path, indicators=plan.indicators)
    _each_once(figures, path)
    return figures


def _table(path: Path) -> pa.Table:
    try:
        if path.suffix == ".parquet":
            _need(path, pq.read_schema(path).names)
            table = pq.read_table(path, columns=list(NEEDED))
        else:
            with path.open(encoding="utf-8-sig") as stream:
                _need(path, [name.strip().strip('"') for name in stream.readline().split(",")])
            options = pa_csv.ConvertOptions(
                column_types=dict.fromkeys(NEEDED, pa.string()), include_columns=list(NEEDED)
            )
            table = pa_csv.read_csv(path, convert_options=options)
    except FileNotFoundError as error:
        raise UnreadableFault("file_missing", file=path) from error
    except OSError as error:
        raise unreadable(error, path) from error
    except (pa.ArrowException, UnicodeDecodeError) as error:
        raise FileFault("damaged", file=path, kind=path.suffix.lstrip(".") or "CSV") from error
    return pa.table({name: pc.fill_null(pc.cast(table[name], pa.string()), "") for name in NEEDED})


def _need(path: Path, names: list[str]) -> None:
    missing = [name for name in NEEDED if name not in names]
    if missing:
        raise FileFault("figures_columns", file=path, columns=missing)


def _figures(table: pa.Table, path: Path, plan: Plan) -> Iterator[Figure]:
    names = [*NEEDED, "row"]
    for cells in zip(*(table[name].to_pylist() for name in names), strict=True):
        yield _figure(dict(zip(names, cells, strict=True)), path, plan)


def _figure(cells: dict[str, Any], path: Path, plan: Plan) -> Figure:
    def whole(column: str) -> int:
        try:
            value = float(cells[column] or 0)
        except ValueError:
            value = -1
        if value < 0 or value != int(value):
            raise FileFault("figures_number", file=path, row=cells["row"], column=column, value=cells[column])
        return int(value)

    def number(column: str) -> float | None:
        try:
            return float(cells[column]) if cells[column] else None
        except ValueError:
            raise FileFault("figures_number", file=path, row=cells["row"], column=column, value=cells[column]) from None

    numerator, denominator = whole("numerator"), whole("denominator")
    if not plan.family_of(cells["indicator"]).share:
        numerator, denominator = 0, numerator
    elif numerator > denominator:
        raise FileFault("figures_above", file=path, row=cells["row"], numerator=numerator, denominator=denominator)
    return Figure(
        cells["indicator"], cells["label"], cells["branch"] or "all", cells["pathway_key"], cells["unit_level"],
        cells["unit_name"], cells["org_nr"], _period(cells, path), cells["period_from"][:10], cells["period_to"][:10],
        numerator, denominator, tuple(number(name) for name in VALUES), cells["row"],
    )  # fmt: skip


def _period(cells: dict[str, Any], path: Path) -> str:
    text: str = cells["period_from"]
    tertial = cells["period_type"] == "tertial"
    if re.fullmatch(r"\d{4}-\d{2}-01.*", text):
        month = int(text[5:7])
        if tertial and month in TERTIAL_OF:
            return f"{text[:4]}{TERTIAL_OF[month]}"
        if not tertial and month == 1:
            return text[:4]
    raise FileFault("figures_date", file=path, row=cells["row"], column="period_from", value=text)


def _each_once(figures: list[Figure], path: Path) -> None:
    seen: dict[tuple[str, ...], int] = {}
    for figure in figures:
        if figure.key in seen:
            raise FileFault("release_twice", file=path, row=figure.row, first=seen[figure.key])
        seen[figure.key] = figure.row


def within(figures: list[Figure], *, since: str = "", through: str = "") -> list[Figure]:
    """The figures of the periods from `since` to `through`, both inclusive (`2021`, `2021T1`).

    A year whose last tertials are left out has no figure for the year.
    """
    first, last = (
        since[:4] + (since[4:] or "T1") if since else "",
        through[:4] + (through[4:] or "T3") if through else "",
    )

    def inside(figure: Figure) -> bool:
        begin, end = (figure.period, figure.period) if len(figure.period) > 4 else (
            f"{figure.period}T1", f"{figure.period}T3")  # fmt: skip
        return (not first or begin >= first) and (not last or end <= last)

    return [figure for figure in figures if inside(figure)]


def period_given(text: str) -> str | None:
    """A period as a person writes it (2021, 2021T1, 2021-T1); None if it is none."""
    found = PERIOD.fullmatch(text.strip().upper())
    return found and found[1] + (f"T{found[2]}" if found[2] else "")
