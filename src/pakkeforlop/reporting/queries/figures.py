"""The figures of a unit and a period from the store, and those of a lock beside what they are now."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from pakkeforlop.access.scope import expand
from pakkeforlop.episodes.rows import Linking
from pakkeforlop.episodes.store import engine, linking_of_many
from pakkeforlop.indicators.compute import compute
from pakkeforlop.indicators.given import NewCancerRows
from pakkeforlop.indicators.material import material_of
from pakkeforlop.reporting.models import PeriodLock
from pakkeforlop.reporting.queries.giving import giving
from pakkeforlop.reporting.queries.locks import locked_figures
from pakkeforlop.reporting.queries.registered import new_cancers

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
    return counted(sender, period, as_of=as_of).rows


class Counted(NamedTuple):
    """Figures, with the pathways and the new cancers that they were counted from."""

    rows: list[Figure]
    linking: Linking
    cancers: NewCancerRows | None


def counted(sender: str, period: tuple[date, date], *, as_of: date) -> Counted:
    """The figures and what they were counted from, of the registrations as they stand now.

    Only the patients who can give the unit anything are linked (`giving.py`), so it takes as long as the unit's year,
    not as the store. There are pathways of other units among theirs.
    """
    ready, patients = engine(), giving(sender, period, as_of=as_of)
    linking, people = linking_of_many(patients, as_of=as_of)
    material = material_of(linking, people, new_cancers(patients))
    table = compute(linking.linked, ready.catalogue, ready.organisations, ready.settings, material)
    rows = sorted(_plain(table, sender, period), key=lambda row: tuple(str(row[name]) for name in KEY))
    return Counted(rows, linking, material.new_cancers)


def _plain(table: pa.Table, sender: str, period: tuple[date, date]) -> Iterator[Figure]:
    """The rows of a unit and its parts within a period, without division by sex and age."""
    wanted = pc.and_(
        pc.greater_equal(table["period_from"], pa.scalar(period[0])),
        pc.less_equal(table["period_to"], pa.scalar(period[1])),
    )
    told = {"sex": [""], "age_group": [""]}
    orgs = expand(sender, period[1])
    if orgs is not None:
        told["org_nr"] = sorted(orgs)
    for name, values in told.items():
        wanted = pc.and_(wanted, _among(table[name], values))
    for row in table.select(COLUMNS).filter(wanted).to_pylist():
        yield {name: ("" if value is None and name not in NUMBERS else value) for name, value in row.items()}


def _among(column: pa.ChunkedArray, values: Sequence[str]) -> Any:
    """Which rows of a column of words hold one of some."""
    return pc.is_in(column.cast(pa.string()), value_set=pa.array(values, pa.string()))


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


def revised(lock: PeriodLock, *, as_of: date) -> list[Revised]:
    """The figures that are others now than when they were locked. The locked ones are read, never computed again."""
    before = {tuple(row[name] for name in KEY): row for row in frozen(lock)}
    now = figures(lock.sender, (lock.first, lock.last), as_of=as_of)
    after = {tuple(row[name] for name in KEY): row for row in now}
    found = [
        Revised(one, before.get(one), after.get(one)) for one in {**before, **after}
        if _numbers(before.get(one)) != _numbers(after.get(one))
    ]  # fmt: skip
    return sorted(found, key=lambda one: tuple(map(str, one.key)))


def _numbers(row: Figure | None) -> tuple[Any, ...]:
    return () if row is None else tuple(row[name] for name in NUMBERS)
