"""England beside Norway: the same charts on another country's published figures. Other standards, other rules."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from pakkeforlop.charts.blocks import Block, Cell, Details, Head, Note, Pair, Prose, Row, Section, Table
from pakkeforlop.charts.dots import DotPlot, DotRow, draw_dots
from pakkeforlop.charts.funnel import FunnelChart, FunnelPoint, draw_funnel
from pakkeforlop.charts.trend import Trend, TrendLevel, TrendPoint, draw_trend
from pakkeforlop.charts.variation.funnel import Z_998, funnel
from pakkeforlop.charts.variation.interval import wilson
from pakkeforlop.charts.variation.xmr import Marked, Sign, assurance, limits, marks
from pakkeforlop.publication.england import COUNTRY, Waits, packaged
from pakkeforlop.publication.site.drawn import Gallery
from pakkeforlop.publication.site.over_time import rule_told
from pakkeforlop.publication.site.page import Page
from pakkeforlop.publication.site.scene import Scene
from pakkeforlop.publication.site.shares import first_upper

TARGETS = {28: 75.0, 31: 96.0, 62: 85.0}
FEWEST_DRAWN = 10


def page(scene: Scene) -> Page:
    """The page."""
    t, rows = scene.t, packaged()
    year = [one for one in rows if one.standard == 62 and one.code == COUNTRY and one.period == "year"]
    months = [one for one in rows if one.standard == 62 and one.code == COUNTRY and one.period != "year"]
    total, within = sum((one.total for one in months), Fraction(0)), sum((one.within for one in months), Fraction(0))
    gallery = Gallery(scene, "england/")
    heading = t("england.heading", n=_n(scene, within, total))
    lead = [
        t("england.lead", within=_count(scene, within), total=_count(scene, total)),
        t("england.target", target=scene.form.days(TARGETS[62])),
    ]
    sections = [
        _cancers(scene, gallery, year),
        _bands(scene, months),
        _months(scene, gallery),
        _providers(scene, gallery),
        Section("om", t("england.about"), [Prose(t.many("england.about_told"))]),
    ]
    return Page(
        path="england/",
        menu="",
        title=t("england.title"),
        heading=heading,
        lead=lead,
        notes=[Note(t("england.note"))],
        sections=sections,
        charts=gallery.charts,
        own_source=True,
    )


def _share(one: Waits) -> float:
    return float(100 * one.within / one.total)


def _n(scene: Scene, within: Fraction, total: Fraction, places: int = 0) -> str:
    return scene.form.decimal(float(100 * within / total), places)


def _count(scene: Scene, count: Fraction) -> str:
    """A count, with its half patient where there is one."""
    return scene.form.integer(int(count)) if count.denominator == 1 else scene.form.decimal(float(count))


def _cancers(scene: Scene, gallery: Gallery, year: list[Waits]) -> Section:
    t = scene.t
    ordered = sorted((one for one in year if one.cancer != "ALL CANCERS"), key=lambda one: -one.total)
    rows, cells = [], []
    for one in ordered:
        low, high = wilson(float(one.within), float(one.total)) or (0.0, 0.0)
        name = t(f"england.cancer.{_key(one.cancer)}") if t.has(f"england.cancer.{_key(one.cancer)}") else one.cancer
        words = t("rate.per_hundred", n=_n(scene, one.within, one.total))
        rows.append(DotRow(name, _share(one), low, high, words))
        cells.append(
            Row(
                [
                    Cell(name),
                    Cell(f"{_count(scene, one.within)}/{_count(scene, one.total)}", "num"),
                    Cell(_n(scene, one.within, one.total, 1), "num b"),
                    Cell(scene.form.interval(low, high), "num"),
                ]
            )
        )
    plot = DotPlot(
        title=t("england.cancers"),
        desc=t("england.cancers_desc", total=len(rows)),
        rows=rows,
        name_head=t("head.cancer"),
        value_head=t("england.in_time"),
        target=TARGETS[62],
        target_label=t("target.label", target=scene.form.days(TARGETS[62])),
    )
    figure = gallery.figure(
        draw_dots,
        "kreftformer",
        plot,
        title="",
        subtitle=t("england.cancers_subtitle"),
        signs=["point", "interval", "target"],
    )
    heads = [
        Head(t("head.cancer")),
        Head(t("england.in_time"), num=True),
        Head(t("head.percent"), num=True),
        Head(t("head.interval"), num=True, wide=True),
    ]
    reached = sum(_share(one) >= TARGETS[62] for one in ordered)
    return Section(
        "kreftformer",
        t.count("england.reached", reached, total=len(ordered)),
        [figure, Details(t("word.show_table"), [Table(t("england.cancers"), heads, cells)], printed=False)],
    )


def _key(name: str) -> str:
    return "_".join("".join(letter if letter.isalpha() else " " for letter in name.casefold()).split())


def _bands(scene: Scene, months: list[Waits]) -> Section:
    t = scene.t
    counts: dict[str, Fraction] = {}
    for one in months:
        for name, count in one.bands:
            counts[name] = counts.get(name, Fraction(0)) + count
    total = sum(counts.values(), Fraction(0))
    rows = [
        Row(
            [Cell(t(f"england.band.{name}")), Cell(_count(scene, count), "num"), Cell(_n(scene, count, total), "num b")]
        )
        for name, count in counts.items()
    ]
    late = [name for name in counts if name.startswith(("in_63", "in_77", "in_91", "after"))]
    far = float(100 * counts["after_104_days"] / sum((counts[name] for name in late), Fraction(0)))
    heads = [Head(t("england.wait")), Head(t("head.patients"), num=True), Head(t("spread.per_hundred"), num=True)]
    return Section(
        "ventetid",
        t("england.far", n=scene.form.decimal(far, 0)),
        [Table(t("england.bands"), heads, rows, notes=[t("england.halves")], size="m")],
    )


def _months(scene: Scene, gallery: Gallery) -> Section:
    """The three standards by month, as XmR charts with the rules of the English health service."""
    t = scene.t
    parts: list[Block] = []
    told = []
    for standard in (62, 31, 28):
        rows = sorted(
            (one for one in packaged() if one.standard == standard and one.code == COUNTRY and one.period != "year"),
            key=lambda one: one.period,
        )
        values = [_share(one) for one in rows]
        within = limits(values)
        if within is None:
            continue
        signs = marks(values, within)
        verdict = assurance(within, TARGETS[standard])
        told.append(
            t(f"england.assurance_{verdict or 'chance'}", days=standard, target=scene.form.days(TARGETS[standard]))
        )
        points = [
            TrendPoint(
                value,
                outside=mark.sign is Sign.OUTSIDE,
                label=_month(scene, one.period) if mark.sign is Sign.OUTSIDE else "",
            )
            for one, value, mark in zip(rows, values, signs, strict=True)
        ]
        count = len(rows)
        chart = Trend(
            title=t("england.month_chart", days=standard),
            desc=t("england.month_desc", count=count, finding=told[-1]),
            points=points,
            levels=[
                TrendLevel(
                    0,
                    count,
                    within.centre,
                    [max(0.0, within.low)] * count,
                    [min(100.0, within.high)] * count,
                    t("trend.level", level=scene.form.decimal(within.centre)),
                )
            ],
            changes=[],
            ticks=[(i, _month(scene, one.period)) for i, one in enumerate(rows) if i % 3 == 0],
            target=TARGETS[standard],
            target_label=t("target.label", target=scene.form.days(TARGETS[standard])),
            provisional_word="",
        )
        outside = any(point.outside for point in points)
        parts.append(
            gallery.figure(
                draw_trend,
                f"dager-{_LETTERS[standard]}",
                chart,
                title=chart.title,
                subtitle=t("trend.xmr"),
                signs=["band", *(["outside"] if outside else [])],
            )
        )
        parts.append(Details(t("word.show_table"), [_month_table(scene, standard, rows, signs)], printed=False))
    return Section("maneder", t("england.months"), [Prose(told), *parts, Prose([t("england.rules")], small=True)])


_LETTERS = {62: "sekstito", 31: "trettien", 28: "tjueatte"}


def _month(scene: Scene, period: str) -> str:
    return scene.form.short_month(date(int(period[:4]), int(period[5:]), 1))


def _month_table(scene: Scene, standard: int, rows: list[Waits], signs: list[Marked]) -> Table:
    t = scene.t
    cells = []
    for one, mark in zip(rows, signs, strict=True):
        cells.append(
            Row(
                [
                    Cell(_month(scene, one.period)),
                    Cell(f"{_count(scene, one.within)}/{_count(scene, one.total)}", "num"),
                    Cell(_n(scene, one.within, one.total, 1), "num b"),
                    Cell(first_upper(rule_told(scene, mark)), "muted"),
                ]
            )
        )
    heads = [
        Head(t("head.month")),
        Head(t("england.in_time"), num=True),
        Head(t("head.percent"), num=True),
        Head(t("head.remark")),
    ]
    return Table(t("england.month_chart", days=standard), heads, cells)


def _providers(scene: Scene, gallery: Gallery) -> Section:
    t = scene.t
    rows = sorted((one for one in packaged() if one.standard == 62 and one.code != COUNTRY), key=lambda one: one.name)
    large = [one for one in rows if one.total >= FEWEST_DRAWN]
    found = funnel([float(one.within) for one in large], [float(one.total) for one in large])
    if found is None:
        return Section("sykehus", t("between.few"), [])
    beyond_chance = sum(not _inside(found.limits(float(one.total), z=Z_998, ordinary=False), one) for one in large)
    outside = {one.code for one in large if found.is_outside(float(one.within), float(one.total), z=Z_998)}
    chart = FunnelChart(
        title=t("england.funnel"),
        desc=t("england.funnel_desc", total=len(large), outside=len(outside)),
        points=[FunnelPoint(round(one.total), _share(one), "", one.code in outside) for one in large],
        limits=found,
        target=TARGETS[62],
        target_label=t("target.label", target=scene.form.days(TARGETS[62])),
        centre_label=t("england.country", rate=scene.form.decimal(100 * found.target)),
        chance_label=t("between.chance"),
        band_label=t("between.band"),
        axis_label=t("england.axis"),
    )
    figure = gallery.figure(
        draw_funnel,
        "sykehus",
        chart,
        title=chart.title,
        signs=["band_units", "chance", "outside_units"],
        caption=t("england.funnel_caption"),
    )
    heads = [Head(t("england.provider")), Head(t("england.in_time"), num=True), Head(t("head.percent"), num=True)]
    apart = [_provider_row(scene, one) for one in large if one.code in outside]
    every = [_provider_row(scene, one) for one in large]
    lead = t("england.funnel_lead", chance=beyond_chance, total=len(large), outside=len(outside))
    notes = [t("england.small", most=FEWEST_DRAWN)]
    return Section(
        "sykehus",
        t("england.funnel_heading", outside=len(outside), total=len(large)),
        [
            Prose([lead]),
            Pair([figure], [Table(t("england.outside"), heads, apart, title=t("england.outside"))], "half"),
            Details(t("word.show_table"), [Table(t("england.funnel"), heads, every, notes=notes)], printed=False),
        ],
    )


def _provider_row(scene: Scene, one: Waits) -> Row:
    counts = f"{_count(scene, one.within)}/{_count(scene, one.total)}"
    return Row([Cell(_plain(one.name)), Cell(counts, "num"), Cell(_n(scene, one.within, one.total), "num b")])


def _inside(bounds: tuple[float, float], one: Waits) -> bool:
    return bounds[0] <= float(one.within / one.total) <= bounds[1]


def _plain(name: str) -> str:
    """A provider's name in ordinary letters, without its legal form."""
    words = name.replace(" NHS FOUNDATION TRUST", "").replace(" NHS TRUST", "").title()
    for small in (" Of ", " And ", " The ", " On "):
        words = words.replace(small, small.lower())
    return words.replace("'S", "'s").replace("Nhs", "NHS")
