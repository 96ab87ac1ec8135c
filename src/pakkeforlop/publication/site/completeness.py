"""Is enough registered? Pathways started, against what the same part of the year held before."""

from __future__ import annotations

from pakkeforlop.charts.blocks import Cell, Head, Prose, Row, Section, Table
from pakkeforlop.indicators.completeness import Expected, expected
from pakkeforlop.publication.site.book import STARTED, TOTAL
from pakkeforlop.publication.site.scene import Scene

TOLD = 6
"""So many of the newest tertials are told."""


def section(scene: Scene, org_nr: str) -> Section | None:
    """Registered against expected, by tertial; a sentence where the release has no counts of starts."""
    t, book = scene.t, scene.book
    series, country = _series(scene, org_nr), _series(scene, book.country)
    told = [
        (period, one) for period in sorted(series)[-TOLD:] if (one := expected(series, country, period)) is not None
    ]
    if not told:
        name = "complete.external" if book.holder.external else "complete.none"
        return Section("fullstendighet", t("complete.heading_none"), [Prose([t(name)])])
    short = [period for period, one in told if one.falls_short]
    heading = t.count("complete.short", len(short)) if short else t("complete.as_expected")
    heads = [
        Head(t("head.period")),
        Head(t("complete.registered"), num=True),
        Head(t("complete.expected"), num=True),
        Head(t("complete.ordinary"), num=True),
        Head(t("head.remark")),
    ]
    rows = [_row(scene, period, one) for period, one in reversed(told)]
    return Section("fullstendighet", heading, [Prose([t("complete.lead")]), Table(t("complete.table"), heads, rows)])


def _series(scene: Scene, org_nr: str) -> dict[str, int]:
    book = scene.book
    return {
        period: one.numerator
        for period in book.tertials
        if (one := book.figure(STARTED, TOTAL, org_nr, period)) is not None and one.numerator is not None
    }


def _row(scene: Scene, period: str, one: Expected) -> Row:
    form = scene.form
    bounds = f"{form.integer(round(one.low))}–{form.integer(round(one.high))}"
    return Row(
        [
            Cell(scene.period_name(period)),
            Cell(form.integer(one.registered), "num b"),
            Cell(form.integer(round(one.count)), "num"),
            Cell(bounds, "num"),
            Cell(scene.t("complete.alarm") if one.falls_short else "", "muted"),
        ]
    )
