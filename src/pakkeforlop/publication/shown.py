"""Published figures as they stand in their file: every indicator is listed, also those that nothing here computes."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any

from pakkeforlop.publication.published import FigureRow, Figures
from pakkeforlop.vocabulary.calendar import NO_DAY, day_of

HIDDEN = frozenset({"suppressed", "partly_suppressed"})
MENTAL = "MH_"
"""How the labels of mental health and substance use begin in the open data."""


@cache
def texts() -> dict[str, Any]:
    """Names, headings and sentences in three languages."""
    return tomllib.loads((Path(__file__).parent / "shown.toml").read_text(encoding="utf-8"))


def name_of(indicator: str, language: str) -> str:
    """What a published indicator measures; the label itself where no text is known."""
    return str(texts()["indicator"].get(indicator, {}).get(language, indicator))


def measured_by(indicator: str) -> str:
    """Our own indicator of the same time, with the pathway it is read in; empty where there is none."""
    known = texts()["indicator"].get(indicator, {})
    return " ".join(word for word in (known.get("ours", ""), known.get("pathway", "")) if word)


def indicators_of(figures: Figures, language: str) -> list[dict[str, Any]]:
    """A row per indicator of the file: its rows, those with counts, those suppressed, and its years."""
    by_label: dict[str, list[FigureRow]] = defaultdict(list)
    for row in figures.rows:
        by_label[row.indicator].append(row)
    return [
        {
            "indicator": label,
            "name": name_of(label, language),
            "rows": len(rows),
            "with_counts": sum(row.counts is not None for row in rows),
            "hidden": sum(row.status in HIDDEN for row in rows),
            "years": sorted({row.year for row in rows if row.year}),
            "ours": measured_by(label),
        }
        for label, rows in sorted(by_label.items())
    ]


def rows_of(
    figures: Figures, *, indicator: str, unit: str = "", year: int = 0, period_type: str = ""
) -> list[dict[str, Any]]:
    """The rows of an indicator (or of all whose label begins so), by period and unit, as they were published."""
    chosen = [
        row
        for row in figures.rows
        if row.indicator.startswith(indicator)
        and (not unit or unit == row.org_nr or unit.casefold() in row.unit_name.casefold())
        and (not year or row.year == year)
        and (not period_type or row.period_type == period_type)
    ]
    chosen.sort(key=lambda row: (row.indicator, row.pathway, row.branch, row.period_from, row.period_to, row.row_id))
    return [
        {
            "row_id": row.row_id, "indicator": row.indicator, "pathway": row.pathway, "branch": row.branch,
            "unit": row.unit_name, "org_nr": row.org_nr, "unit_level": row.level, "period_type": row.period_type,
            "period_from": _day(row.period_from), "period_to": _day(row.period_to), "numerator": row.numerator,
            "denominator": row.denominator, "percent": row.percent, "status": row.status,
        }
        for row in chosen
    ]  # fmt: skip


def _day(day: int) -> str:
    return "" if day == NO_DAY else day_of(day).isoformat()
