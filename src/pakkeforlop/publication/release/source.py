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
COUNTS = ("numerator", "denominator")
CHOSEN_BY = ("indicator", "unit_level", "period_type", "kind", "sex", "age_group", "org_nr")
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
    told = {name: _text(table[name]) for name in CHOSEN_BY}
    levels = (*LEVELS, "hospital") if hospitals else LEVELS
    keep = pc.is_in(told["indicator"], pa.array(plan.indicators))
    keep = pc.and_(keep, pc.is_in(told["unit_level"], pa.array(levels)))
    keep = pc.and_(keep, pc.is_in(told["period_type"], pa.array(["tertial", "year"])))
    for name in ("kind", "sex", "age_group"):
        keep = pc.and_(keep, pc.equal(told[name], ""))
    keep = pc.and_(keep, pc.not_equal(told["org_nr"], ""))  # units of no region stand right below the country
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
    return table


def _text(column: Any) -> Any:
    """A column as text; what is missing is empty."""
    return pc.fill_null(pc.cast(column, pa.string()), "")


def _need(path: Path, names: list[str]) -> None:
    missing = [name for name in NEEDED if name not in names]
    if missing:
        raise FileFault("figures_columns", file=path, columns=missing)


def _figures(table: pa.Table, path: Path, plan: Plan) -> Iterator[Figure]:
    rows: list[int] = table["row"].to_pylist()
    cells = {name: _text(table[name]).to_pylist() for name in NEEDED}
    numbers = {name: _numbers(cells[name], name, rows, path) for name in (*COUNTS, *VALUES)}
    counts = [_whole(numbers[name], name, cells[name], rows, path) for name in COUNTS]
    periods = _periods(cells["period_from"], cells["period_type"], rows, path)
    share = {key: plan.family_of(key).share for key in set(cells["indicator"])}
    names = ("indicator", "label", "branch", "pathway_key", "unit_level", "unit_name", "org_nr")
    told = zip(*(cells[name] for name in names), strict=True)
    days = zip(periods, cells["period_from"], cells["period_to"], strict=True)
    values = zip(*(numbers[name] for name in VALUES), strict=True)
    for row, (key, label, branch, pathway, level, unit, org_nr), (period, first, last), above, below, more in zip(
        rows, told, days, *counts, values, strict=True
    ):
        if share[key] and above > below:
            raise FileFault("figures_above", file=path, row=row, numerator=above, denominator=below)
        within, whole = (above, below) if share[key] else (0, above)
        yield Figure(
            key, label, branch or "all", pathway, level, unit, org_nr, period, first[:10], last[:10], within, whole,
            more, row,
        )  # fmt: skip


def _numbers(texts: list[str], column: str, rows: list[int], path: Path) -> list[float | None]:
    """The numbers of a column, None where it is empty. A fault that names the first row that has none."""
    try:
        return [float(text) if text else None for text in texts]
    except ValueError:
        row, text = next((row, text) for row, text in zip(rows, texts, strict=True) if text and not _is_number(text))
        raise FileFault("figures_number", file=path, row=row, column=column, value=text) from None


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _whole(numbers: list[float | None], column: str, texts: list[str], rows: list[int], path: Path) -> list[int]:
    """The counts of a column, 0 where it is empty. A fault for one that is no count."""
    for number, text, row in zip(numbers, texts, rows, strict=True):
        if number is not None and (number < 0 or not number.is_integer()):
            raise FileFault("figures_number", file=path, row=row, column=column, value=text)
    return [int(number or 0) for number in numbers]


def _periods(begins: list[str], kinds: list[str], rows: list[int], path: Path) -> list[str]:
    """`2021` or `2021T1` for each row, by its first day and its kind."""
    known: dict[tuple[str, str], str] = {}
    for begin, kind, row in zip(begins, kinds, rows, strict=True):
        if (begin, kind) not in known:
            known[begin, kind] = _period(begin, kind, row, path)
    return [known[one] for one in zip(begins, kinds, strict=True)]


def _period(text: str, kind: str, row: int, path: Path) -> str:
    if re.fullmatch(r"\d{4}-\d{2}-01.*", text):
        month = int(text[5:7])
        if kind == "tertial" and month in TERTIAL_OF:
            return f"{text[:4]}{TERTIAL_OF[month]}"
        if kind != "tertial" and month == 1:
            return text[:4]
    raise FileFault("figures_date", file=path, row=row, column="period_from", value=text)


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
