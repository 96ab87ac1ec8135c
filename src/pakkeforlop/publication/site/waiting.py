"""How long it took and how far over: median, nine of ten, and the share over by how many days; fresh periods apart."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from pakkeforlop.catalogue.limit_changes import share_limits
from pakkeforlop.charts.blocks import Block, Cell, Details, Facts, Head, KeyFigure, Pair, Prose, Row, Section, Table
from pakkeforlop.charts.share_bars import BandBars, draw_bands
from pakkeforlop.publication.open_api.released import Released
from pakkeforlop.publication.site.book import DAYS, SPREAD
from pakkeforlop.publication.site.drawn import Gallery
from pakkeforlop.publication.site.scene import Scene
from pakkeforlop.publication.site.shares import share_cells

BANDS = ("within", "over_1_7", "over_8_14", "over_15_28", "over_29")
BRANCHES = ("K", "M", "S", "O")


def days_of(scene: Scene, key: str, org_nr: str = "") -> Released | None:
    """The figure of days from referral to treatment, where the release has a median."""
    one = scene.book.figure(DAYS, key, org_nr or scene.book.country, scene.book.year)
    return one if one is not None and one.median_days is not None else None


def key_days(scene: Scene, key: str, org_nr: str = "") -> KeyFigure:
    """The third key figure: half within so many days, nine of ten within so many."""
    t, one = scene.t, days_of(scene, key, org_nr)
    title = t(f"key.days_{scene.ending(key)}")
    if one is None or one.median_days is None:
        external = scene.book.holder.external
        return KeyFigure(
            title, t("key.not_published"), [t("key.days_external" if external else "key.days_none")], words=True
        )
    n = scene.form.days_reached(one.median_days)
    notes = (
        [t("key.days_note", p90=scene.form.days_reached(one.p90_days))]
        if one.p90_days is not None
        else [t("key.days_half")]
    )
    value = t("key.day" if n == "1" else "key.days", n=n)
    return KeyFigure(title, value, notes, href=scene.figure_url(one), link=t("key.how_counted"))


def section(scene: Scene, gallery: Gallery, key: str, org_nr: str = "") -> Section | None:
    """The spread; None where the release has none, which the key figure says."""
    t, org_nr = scene.t, org_nr or scene.book.country
    found = [(band, scene.book.figure(SPREAD, key, org_nr, scene.book.year, branch=band)) for band in BANDS]
    whole = scene.book.figure(SPREAD, key, org_nr, scene.book.year)
    counts = {band: one.numerator for band, one in found if one is not None and one.numerator is not None}
    if whole is None or not whole.numerator or len(counts) < 2:
        return None
    total = whole.numerator
    chart = BandBars(
        title=t("spread.chart", period=scene.book.year),
        desc=t("spread.desc", total=scene.form.integer(total)),
        bands=[
            (
                t(f"spread.band.{band}"),
                _hundred(scene, counts.get(band), total),
                (counts.get(band) or 0) / total * 100,
                band != "within",
            )
            for band, _ in found
        ],
        hidden=t("word.hidden"),
    )
    figure = gallery.figure(
        draw_bands, "ventetid", chart, title=chart.title, subtitle=t("spread.subtitle"), signs=["within", "late"]
    )
    return Section("ventetid", _heading(scene, counts, total), [Pair([figure], [_bands(scene, found, total)], "a")])


def _hundred(scene: Scene, count: int | None, total: int) -> str:
    if count is None:
        return scene.t("word.hidden")
    return scene.form.per_hundred(count, total)


def _heading(scene: Scene, counts: dict[str, int], total: int) -> str:
    t, late = scene.t, total - counts.get("within", total)
    if late <= 0 or len(counts) < len(BANDS):
        return t("spread.heading")
    if 2 * counts["over_1_7"] >= late:
        return t("spread.slightly")
    if 4 * counts["over_29"] >= late:
        return t("spread.weeks", n=round(100 * counts["over_29"] / late))
    return t("spread.half_more", n=7 if 2 * (counts["over_1_7"] + counts["over_8_14"]) >= late else 14)


def _bands(scene: Scene, found: Sequence[tuple[str, Released | None]], total: int) -> Table:
    t = scene.t
    rows = []
    for band, one in found:
        count = one.numerator if one is not None else None
        href = scene.figure_url(one) if one is not None else ""
        rows.append(
            Row(
                [
                    Cell(t(f"spread.band.{band}")),
                    Cell(scene.form.integer(count) if count is not None else "", "num"),
                    Cell(_hundred(scene, count, total), "num", href=href),
                ]
            )
        )
    heads = [Head(t("spread.over")), Head(t("spread.count"), num=True), Head(t("spread.per_hundred"), num=True)]
    return Table(t("spread.table"), heads, rows, notes=[t("spread.note")], size="m")


def by_treatment(scene: Scene, key: str, org_nr: str = "") -> Table | None:
    """The share by kind of treatment; None where it was not released."""
    t, org_nr = scene.t, org_nr or scene.book.country
    found = [(kind, one) for kind in BRANCHES if (one := scene.share(key, org_nr, branch=kind)) is not None]
    if not found:
        return None
    pathway = scene.book.pathway(key)
    limits = current_limits(scene, key) if pathway else {}
    heads = [
        Head(t("head.treatment")),
        *([Head(t("head.limit"), num=True)] if limits else []),
        Head(t("head.in_time"), num=True),
        Head(t("head.percent"), num=True),
        Head(t("head.interval"), num=True, wide=True),
    ]
    rows = []
    for kind, one in found:
        limit = [Cell(str(limits[kind]) if kind in limits else "", "num")] if limits else []
        rows.append(
            Row(
                [
                    Cell(t(f"branch.{kind}")),
                    *limit,
                    *share_cells(scene, one),
                ]
            )
        )
    return Table(t("treatment.table"), heads, rows, subtitle=t("treatment.subtitle"))


def current_limits(scene: Scene, key: str) -> dict[str, int]:
    """The limits of the share at the end of the newest year, by kind of treatment."""
    pathway = scene.book.pathway(key)
    if pathway is None:
        return {}
    family = scene.book.catalogue.families[pathway.family]
    return share_limits(pathway, family, date(int(scene.book.year), 12, 31))


def fresh(scene: Scene, key: str, org_nr: str = "") -> Section | None:
    """Those who have just started: what is known, and what the ones still waiting make of it."""
    t, org_nr = scene.t, org_nr or scene.book.country
    if not scene.book.fresh:
        name = "fresh.external" if scene.book.holder.external else "fresh.not_released"
        return Section("ferske", t("fresh.heading_none"), [Prose([t(name)])])
    mine = [row for row in scene.book.fresh if row["pathway_key"] == key and row["org_nr"] == org_nr]
    if not mine:
        return Section("ferske", t("fresh.heading_none"), [Prose([t("fresh.few")])])
    periods = sorted({row["period"] for row in mine}, reverse=True)
    parts: list[Block] = [Prose([t("fresh.lead")])]
    heads = [
        Head(t("fresh.started_in")),
        Head(t("fresh.started"), num=True, wide=True),
        Head(t("fresh.completed"), num=True),
        Head(t("fresh.estimated"), num=True),
        Head(t("head.interval"), num=True, wide=True),
    ]
    rows = [_fresh_row(scene, next(row for row in mine if row["period"] == period)) for period in periods]
    parts.append(Table(t("fresh.table"), heads, rows, notes=[t("fresh.note", day=_day(scene, mine[0]["as_of"]))]))
    parts += [
        Details(t("fresh.weeks", period=scene.period_name(period)), [_weeks(scene, mine, period)], printed=False)
        for period in periods
    ]
    told = [row for row in mine if row["in_time_estimated"] is not None] or mine
    newest = max(told, key=lambda row: str(row["period"]))
    return Section("ferske", _fresh_heading(scene, newest), parts)


def _fresh_heading(scene: Scene, row: dict[str, Any]) -> str:
    t = scene.t
    if row["in_time_estimated"] is None:
        return t("fresh.heading")
    return t("fresh.heading_estimated", n=row["in_time_estimated"], period=scene.period_name(row["period"]))


def _fresh_row(scene: Scene, row: dict[str, Any]) -> Row:
    t, none = scene.t, Cell(scene.t("fresh.too_soon"), "num muted")
    bounds = f"{row['low']}–{row['high']}" if row["low"] is not None else ""
    about = t("fresh.about", n=scene.form.integer(row["started"]))
    narrow = [t("fresh.narrow_started", about=about)]
    narrow += [t("between.narrow_interval", interval=bounds)] if bounds else []
    return Row(
        [
            Cell(scene.period_name(row["period"]), sub=t("word.provisional"), narrow=narrow),
            Cell(about, "num"),
            Cell(str(row["in_time_completed"]), "num") if row["in_time_completed"] is not None else none,
            Cell(str(row["in_time_estimated"]), "num b") if row["in_time_estimated"] is not None else none,
            Cell(bounds, "num"),
        ]
    )


def _weeks(scene: Scene, mine: list[dict[str, Any]], period: str) -> Table:
    t = scene.t
    heads = [
        Head(t("fresh.by_day"), num=True),
        Head(t("fresh.treated"), num=True),
        Head(t("fresh.otherwise"), num=True),
        Head(t("fresh.waiting"), num=True),
    ]
    rows = [
        Row([Cell(str(row[name]), "num") for name in ("day", "treated", "otherwise", "waiting")])
        for row in mine
        if row["period"] == period
    ]
    return Table(t("fresh.weeks", period=scene.period_name(period)), heads, rows, notes=[t("fresh.weeks_note")])


def _day(scene: Scene, text: str) -> str:
    return scene.form.long_date(date.fromisoformat(text))


def who_counts(scene: Scene, key: str) -> Facts:
    """Who is in the figure, and when the clock starts."""
    t = scene.t
    ending = scene.ending(key)
    return Facts(
        [
            (t("counting.who"), [t(f"counting.who_{ending}"), t("counting.where")]),
            (t("counting.clock"), [t(f"counting.clock_{ending}")]),
        ]
    )
