"""A released figure as the open API knows it: a row of a release's figures.parquet, and nothing behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

import pyarrow as pa

LICENCE = "NLOD-2.0"


@dataclass(frozen=True, slots=True)
class Released:
    """One figure. What is hidden is None; `status` says how much, `reason` why."""

    figure_id: str
    indicator: str
    label: str
    branch: str
    pathway_key: str
    unit_level: str
    unit_name: str
    org_nr: str
    period_type: str
    period: str
    period_from: str
    period_to: str
    numerator: int | None
    denominator: int | None
    percent: float | None
    median_days: float | None
    p90_days: float | None
    ci_low: float | None
    ci_high: float | None
    status: str
    reason: str
    definitions: str
    release: str


COLUMNS = tuple(field.name for field in fields(Released))


def as_json(figures: Sequence[Released], about: Mapping[str, Any]) -> dict[str, Any]:
    """Figures as objects, with the release that they stand in."""
    return {**_about(about), "count": len(figures), "figures": [asdict(one) for one in figures]}


def table_of(figures: Sequence[Released]) -> pa.Table:
    """Figures as a table."""
    kinds = {"int | None": pa.int64(), "float | None": pa.float64(), "str": pa.string()}
    return pa.table(
        {
            field.name: pa.array([getattr(one, field.name) for one in figures], kinds[str(field.type)])
            for field in fields(Released)
        }
    )


def _about(about: Mapping[str, Any]) -> dict[str, Any]:
    """What a reader is told of the release; `withdrawn` only where it is."""
    keys = ("release", "released", "definitions", "releases", "withdrawn", "external", "synthetic", "note")
    return {"licence": LICENCE, **{key: about[key] for key in keys if about.get(key)}}
