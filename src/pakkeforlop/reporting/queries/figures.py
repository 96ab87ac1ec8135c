"""The figures of a unit and a period from the store, and those of a lock beside what they are now."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa

from pakkeforlop.access.scope import expand
from pakkeforlop.episodes.rows import link_table
from pakkeforlop.episodes.store import engine
from pakkeforlop.indicators.compute import compute
from pakkeforlop.indicators.material import material_of
from pakkeforlop.reporting.models import PeriodLock
from pakkeforlop.reporting.queries.locks import locked_figures
from pakkeforlop.reporting.queries.registered import new_cancers, newest_row, registered
from pakkeforlop.vocabulary.calendar import day_number

KEY = (
    "indicator", "branch", "kind", "pathway_key", "unit_level", "org_nr", "unit_name", "period_type", "period_from",
    "period_to",
)  # fmt: skip
NUMBERS = ("numerator", "denominator", "percent", "median_days", "p90_days")
COLUMNS = ("label", *KEY, *NUMBERS)
Figure = dict[str, Any]


def figures(sender: str, period: tuple[date, date], *, as_of: date) -> list[Figure]:
    """The figures of a unit and its hospitals for periods within a period, in the order of their keys.

    Without division by sex and age.
    """
    told = registered(as_of=as_of, told_by_number=False)
    ready = engine()
    linking = link_table(told.rows, ready, as_of=day_number(as_of), patients=told.people)
    table = compute(
        linking.linked, ready.catalogue, ready.organisations, ready.settings,
        material_of(linking, told.people, new_cancers()),
    )  # fmt: skip
    rows = [row for row in _plain(table, period) if _mine(row, sender, period)]
    return sorted(rows, key=lambda row: tuple(str(row[name]) for name in KEY))


def _plain(table: pa.Table, period: tuple[date, date]) -> Iterator[Figure]:
    columns = [table[name].to_pylist() for name in (*COLUMNS, "sex", "age_group")]
    for values in zip(*columns, strict=True):
        row = dict(zip((*COLUMNS, "sex", "age_group"), values, strict=True))
        plain = not row["sex"] and not row["age_group"]
        if plain and period[0] <= row["period_from"] and row["period_to"] <= period[1]:
            yield {name: ("" if row[name] is None and name not in NUMBERS else row[name]) for name in COLUMNS}


def _mine(row: Figure, sender: str, period: tuple[date, date]) -> bool:
    orgs = expand(sender, period[1])
    return orgs is None or row["org_nr"] in orgs


def digest(rows: Sequence[Figure]) -> str:
    """The hash of some figures, as they stand in the export."""
    text = "\n".join(json.dumps({name: row[name] for name in COLUMNS}, default=str, sort_keys=True) for row in rows)
    return hashlib.sha256(text.encode()).hexdigest()


def frozen(lock: PeriodLock) -> list[Figure]:
    """The figures as they were locked, in the order of their keys."""
    rows = [{name: getattr(one, name) for name in COLUMNS} for one in locked_figures(lock)]
    return sorted(rows, key=lambda row: tuple(str(row[name]) for name in KEY))


@dataclass(frozen=True)
class Revised:
    """A figure whose locked and present values differ; one of them is None where the figure was or is not there."""

    key: tuple[Any, ...]
    locked: Figure | None
    now: Figure | None

    @property
    def figure(self) -> Figure:
        """Which figure it is."""
        found = self.locked or self.now
        assert found is not None
        return found


_now: dict[tuple[int, int, date], list[Figure]] = {}


def revised(lock: PeriodLock, *, as_of: date) -> list[Revised]:
    """The figures that are others now than when they were locked. The locked ones are read, never computed again."""
    key = (lock.pk, newest_row(), as_of)
    if key not in _now:
        _now.clear()
        _now[key] = figures(lock.sender, (lock.first, lock.last), as_of=as_of)
    before = {tuple(row[name] for name in KEY): row for row in frozen(lock)}
    after = {tuple(row[name] for name in KEY): row for row in _now[key]}
    found = [
        Revised(one, before.get(one), after.get(one)) for one in {**before, **after}
        if _numbers(before.get(one)) != _numbers(after.get(one))
    ]  # fmt: skip
    return sorted(found, key=lambda one: tuple(map(str, one.key)))


def _numbers(row: Figure | None) -> tuple[Any, ...]:
    return () if row is None else tuple(row[name] for name in NUMBERS)
