"""Figures that others have published, as a release of theirs: marked external, outside our disclosure guarantee.

The open national indicators hide cells whose denominator is below five, without secondary suppression, so a reader can
work some of them out. They are shown as they were published, never protected again and never used as margins for own
figures. Counts are the publisher's; the percent is made from them here, and a row without counts keeps the printed one.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pakkeforlop.catalogue.model import Catalogue
from pakkeforlop.charts.variation.interval import wilson
from pakkeforlop.publication.open_api.released import Released
from pakkeforlop.publication.published import INDICATORS, FigureRow, Figures
from pakkeforlop.vocabulary.calendar import day_of

NAME = "open-national-indicators-2015-2021"
VERSION = "external"
"""What stands in the column of the definitions' version: they are the publisher's."""
PUBLISHED_ON = "2022-08-01"
"""The month in which the open data were copied."""
OPEN_DATA = "nki"
STATUS = frozenset({"ok", "suppressed", "partly_suppressed", "no_data"})
MENTAL_HEALTH = "mental_health"
"""The open data give mental health and substance use no pathway; the indicator names the service."""
LEVELS = {"national": "national", "RHF": "RHF", "HF": "HF", "private_group": "group"}


@dataclass(frozen=True)
class External:
    """What readers are told of the release, and its figures."""

    record: dict[str, Any]
    rows: list[Released]


def external_release(
    figures: Figures, catalogue: Catalogue, *, name: str = NAME, published_on: str = PUBLISHED_ON
) -> External:
    """The open national indicators of a figures file as a release. Quoted single figures are left out."""
    rows = sorted(_rows(figures, catalogue, name), key=_order)
    twice = [figure for figure, count in Counter(row.figure_id for row in rows).items() if count > 1]
    if twice:
        from pakkeforlop.vocabulary.errors import FileFault

        raise FileFault("external_twice", file=figures.name, count=len(twice), first=twice[0])
    words = about()
    return External(
        {
            "release": name,
            "released": published_on,
            "definitions": VERSION,
            "external": True,
            "title": words["title"],
            "publisher": words["publisher"]["name"],
            "source": words["publisher"]["source"],
            "licence": words["publisher"]["licence"],
            "note": words["note"],
            "file": {"name": figures.name, "sha256": figures.sha256},
            "periods": sorted({row.period for row in rows}),
            "figures": len(rows),
            "status": dict(sorted(Counter(row.status for row in rows).items())),
            "own_counts": sum(not row.percent_follows for row in _used(figures)),
        },
        rows,
    )


@cache
def about() -> dict[str, Any]:
    """Title, publisher and note in three languages (`external.toml`)."""
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def _used(figures: Figures) -> Iterator[FigureRow]:
    """Rows of the open data for a tertial or a year."""
    return (row for row in figures.rows if row.source_kind == OPEN_DATA and row.tertials and row.status in STATUS)


def _rows(figures: Figures, catalogue: Catalogue, name: str) -> Iterator[Released]:
    country = catalogue.country.org_nr
    names = {country: catalogue.country.name.nb}
    names |= {region.org_nr: region.name for region in catalogue.regions.values()}
    names |= {trust.org_nr: trust.name for trust in catalogue.trusts.values()}
    for row in _used(figures):
        org_nr = country if row.level == "national" else row.org_nr
        begin, end = day_of(row.period_from), day_of(row.period_to)
        period = f"{begin.year}" if len(row.tertials) == 3 else f"{begin.year}T{row.tertials[0] + 1}"
        indicator = INDICATORS.get(row.indicator, row.indicator.lower())
        pathway = row.pathway or MENTAL_HEALTH
        numerator, denominator = (row.numerator, row.denominator) if row.status != "no_data" else (None, None)
        percent = _percent(row, numerator, denominator)
        bounds = wilson(numerator, denominator) if numerator is not None and denominator else None
        yield Released(
            figure_id="-".join((indicator, row.branch, pathway, org_nr, period)),
            indicator=indicator, label=row.indicator, branch=row.branch, pathway_key=pathway,
            unit_level=LEVELS[row.level], unit_name=names.get(org_nr, row.unit_name), org_nr=org_nr,
            period_type=row.period_type, period=period, period_from=begin.isoformat(), period_to=end.isoformat(),
            numerator=numerator, denominator=denominator, percent=percent, median_days=None, p90_days=None,
            ci_low=bounds[0] if bounds else None, ci_high=bounds[1] if bounds else None, status=row.status,
            reason="external" if "suppressed" in row.status else "", definitions=VERSION, release=name,
        )  # fmt: skip


def _percent(row: FigureRow, numerator: int | None, denominator: int | None) -> float | None:
    """From the counts; the printed one where there are none."""
    if numerator is not None and denominator:
        return 100 * numerator / denominator
    try:
        return float(row.percent.replace(",", ".")) if row.percent and row.status != "no_data" else None
    except ValueError:
        return None


def _order(row: Released) -> tuple[Any, ...]:
    level = {"national": 0, "RHF": 1, "HF": 2, "group": 3}[row.unit_level]
    first = {"of4_share": 0, "inclusion_share": 1}.get(row.indicator, 2)
    return first, row.indicator, level, row.org_nr, row.pathway_key, row.branch, row.period
