"""The figures of a release as its readers get them: hidden values left out, with the reason beside."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from pakkeforlop.publication.disclosure.block import Reason, State
from pakkeforlop.publication.disclosure.protect import Protected
from pakkeforlop.publication.release.blocks import REST, cell_of
from pakkeforlop.publication.release.plan import Plan
from pakkeforlop.publication.release.source import VALUES, Figure

REASONS = {
    Reason.NONE: "", Reason.PRIMARY: "primary", Reason.SECONDARY: "secondary",
    Reason.EARLIER: "earlier_release", Reason.WITHHELD: "withheld",
}  # fmt: skip
STATUS = {
    State.SHOWN: "ok", State.PART: "partly_suppressed", State.HIDDEN: "suppressed", State.UNPUBLISHED: "not_released",
}  # fmt: skip
TEXT, WHOLE, NUMBER = pa.string(), pa.int64(), pa.float64()
SCHEMA = pa.schema(
    [
        ("figure_id", TEXT), ("indicator", TEXT), ("label", TEXT), ("branch", TEXT), ("pathway_key", TEXT),
        ("unit_level", TEXT), ("unit_name", TEXT), ("org_nr", TEXT), ("period_type", TEXT), ("period", TEXT),
        ("period_from", TEXT), ("period_to", TEXT), ("numerator", WHOLE), ("denominator", WHOLE), ("percent", NUMBER),
        ("median_days", NUMBER), ("p90_days", NUMBER), ("ci_low", NUMBER), ("ci_high", NUMBER), ("status", TEXT),
        ("reason", TEXT), ("definitions", TEXT), ("release", TEXT),
    ]
)  # fmt: skip
Row = dict[str, Any]


def figure_id(figure: Figure) -> str:
    """The stable name of a figure in all releases."""
    return "-".join((figure.indicator, figure.branch, figure.pathway, figure.org_nr, figure.period))


def released_rows(
    figures: Sequence[Figure], results: Mapping[str, Protected], plan: Plan, *, release: str, definitions: str
) -> list[Row]:
    """A row for each published figure, in the order of the plan, then by unit, pathway, branch and period."""
    at = {
        name: [{node: n for n, node in enumerate(axis.names)} for axis in one.block.axes]
        for name, one in results.items()
    }
    rows = []
    for figure in figures:
        family = plan.family_of(figure.indicator)
        block = f"{family.name} {figure.year}"
        result, member = results[block], family.member_of(figure.indicator)
        nodes = tuple(axis[name] for axis, name in zip(at[block], cell_of(figure), strict=True))
        state, reason = State(result.states[member][nodes]), Reason(result.reasons[member][nodes])
        published = result.block.members[member].published[nodes] and not result.withheld
        if published and figure.denominator:
            rows.append(_row(figure, state, reason, plan, share=family.share, release=release, definitions=definitions))
    rows += _taken_out(rows, figures, results, plan, release=release, definitions=definitions)
    order = {indicator: place for place, indicator in enumerate(plan.indicators)}
    level = {"national": 0, "RHF": 1, "HF": 2, "hospital": 3}
    return sorted(
        rows,
        key=lambda row: (
            order[row["indicator"]], level[row["unit_level"]], row["org_nr"], row["pathway_key"], row["branch"],
            row["period"],
        ),
    )  # fmt: skip


def _taken_out(
    rows: Sequence[Row], figures: Sequence[Figure], results: Mapping[str, Protected], plan: Plan, *, release: str,
    definitions: str,
) -> Iterator[Row]:  # fmt: skip
    """Figures that are not released and have no row yet: of some it may not even be told that they are zero."""
    there = {row["figure_id"] for row in rows}
    units = {figure.org_nr: (figure.level, figure.unit_name) for figure in figures}
    days = {figure.period: (figure.period_from, figure.period_to) for figure in figures}
    labels = {figure.indicator: figure.label for figure in figures}
    for name, one in results.items():
        family = next(family for family in plan.family if family.name == name.rsplit(" ", 1)[0])
        for member, indicators in enumerate(family.members if not one.withheld else ()):
            gone = (one.states[member] == State.UNPUBLISHED) & one.block.members[member].published
            for nodes in np.argwhere(gone).tolist():
                unit, period, part, pathway = (axis.names[n] for axis, n in zip(one.block.axes, nodes, strict=True))
                if part == REST or unit not in units:
                    continue
                for indicator in (indicator for indicator in indicators if indicator in labels):
                    figure = Figure(
                        indicator, labels[indicator], part, pathway, *units[unit], unit, period, *days[period], 0, 0,
                        (None,) * len(VALUES), 0,
                    )  # fmt: skip
                    if figure_id(figure) not in there:
                        yield _row(
                            figure, State.UNPUBLISHED, Reason.WITHHELD, plan, share=family.share, release=release,
                            definitions=definitions,
                        )  # fmt: skip


def _row(
    figure: Figure, state: State, reason: Reason, plan: Plan, *, share: bool, release: str, definitions: str
) -> Row:
    shown, partly = state is State.SHOWN, state < State.HIDDEN
    counts = (figure.numerator if shown else None, figure.denominator if partly else None)
    if not share:
        counts = (figure.denominator if shown else None, None)
    percent, median, p90, low, high = figure.values if shown else (None,) * len(VALUES)
    return {
        "figure_id": figure_id(figure),
        "indicator": figure.indicator,
        "label": figure.label,
        "branch": figure.branch,
        "pathway_key": figure.pathway,
        "unit_level": figure.level,
        "unit_name": figure.unit_name,
        "org_nr": figure.org_nr,
        "period_type": "tertial" if len(figure.period) > 4 else "year",
        "period": figure.period,
        "period_from": figure.period_from,
        "period_to": figure.period_to,
        "numerator": counts[0],
        "denominator": counts[1],
        "percent": percent,
        "median_days": median if figure.denominator >= plan.median_from else None,
        "p90_days": p90 if figure.denominator >= plan.p90_from else None,
        "ci_low": low,
        "ci_high": high,
        "status": STATUS[state],
        "reason": REASONS[reason],
        "definitions": definitions,
        "release": release,
    }


def table_of(rows: Sequence[Row]) -> pa.Table:
    """The rows as a table."""
    return pa.table({name: pa.array([row[name] for row in rows], SCHEMA.field(name).type) for name in SCHEMA.names})


def as_json(table: pa.Table, about: Mapping[str, Any]) -> bytes:
    """The columns' names once, then a list a row."""
    head = {**about, "columns": table.column_names}
    rows = zip(*(table[name].to_pylist() for name in table.column_names), strict=True)
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    text = json.dumps(head, ensure_ascii=False, indent=1)
    return f'{text[:-2]},\n "rows": [\n{lines}\n]}}\n'.encode()


def read_rows(content: bytes) -> list[Row]:
    """The rows of a release's figures.parquet."""
    rows: list[Row] = pq.read_table(io.BytesIO(content)).to_pylist()
    return rows
