"""The page for comparing: one pathway at up to four places, and whether they differ by more than chance."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import combinations

from pakkeforlop.charts.blocks import Block, Cell, Links, Prose, Row, Section, Table
from pakkeforlop.charts.dots import draw_dots
from pakkeforlop.publication.open_api.released import Released
from pakkeforlop.publication.site.book import TOTAL, Unit
from pakkeforlop.publication.site.drawn import Gallery, dot_plot, dot_row
from pakkeforlop.publication.site.front import source_note
from pakkeforlop.publication.site.page import Choice, Page
from pakkeforlop.publication.site.scene import Scene
from pakkeforlop.publication.site.shares import inclusion_cells, inclusion_heads, share_cells, share_heads

FIELDS = ("a", "b", "c", "d")


def page(scene: Scene, asked: Mapping[str, str]) -> Page:
    """The form, and what was chosen. What is not known is not chosen."""
    t, book = scene.t, scene.book
    keys = [TOTAL, *book.pathways()]
    key = asked.get("kreftform", "") if asked.get("kreftform", "") in keys else TOTAL
    year = asked.get("ar", "") if asked.get("ar", "") in book.years else book.year
    units = _units(scene, asked)
    chosen = {"kreftform": key, "ar": year, **{field: one.org_nr for field, one in zip(FIELDS, units, strict=False)}}
    gallery = Gallery(scene, "sammenlign/", chosen)
    sections = [_compared(scene, gallery, key, year, units)] if units else []
    heading = t("compare.heading")
    if units and sections:
        heading = t("compare.of", name=scene.pathway_name(key), year=year)
    return Page(
        path="sammenlign/",
        menu="compare",
        title=t("compare.title"),
        heading=heading,
        lead=[t("compare.lead")],
        notes=source_note(scene),
        choices=_choices(scene, key, year, units),
        sections=sections,
        charts=gallery.charts,
    )


def _units(scene: Scene, asked: Mapping[str, str]) -> list[Unit]:
    """The places asked for, each once, in the order of the alphabet; the country last."""
    book = scene.book
    chosen = {asked.get(field, "") for field in FIELDS}
    places = [*book.regions(), *book.trusts()]
    found = [unit for unit in sorted(places, key=lambda one: one.name.casefold()) if unit.org_nr in chosen]
    return [*found, *([book.units[book.country]] if book.country in chosen else [])]


def _choices(scene: Scene, key: str, year: str, units: list[Unit]) -> list[Choice]:
    t, book = scene.t, scene.book
    pathways = [(TOTAL, scene.pathway_name(TOTAL)), *((one, scene.pathway_name(one)) for one in book.pathways())]
    places = [
        ("", t("compare.nobody")),
        (book.country, t("place.country")),
        *((one.org_nr, one.name) for one in book.regions()),
        *((one.org_nr, one.name) for one in book.trusts()),
    ]
    chosen = [one.org_nr for one in units] + [""] * len(FIELDS)
    return [
        Choice("kreftform", t("head.cancer"), pathways, key),
        Choice("ar", t("head.year"), [(one, one) for one in reversed(book.years)], year),
        *(Choice(field, t("compare.place", n=n), places, chosen[n - 1]) for n, field in enumerate(FIELDS, 1)),
    ]


def _compared(scene: Scene, gallery: Gallery, key: str, year: str, units: list[Unit]) -> Section:
    t = scene.t
    found = [(unit, scene.share(key, unit.org_nr, year), scene.inclusion(key, unit.org_nr, year)) for unit in units]
    rows = [dot_row(scene, scene.unit_name(unit), share, beside=included) for unit, share, included in found]
    plot = dot_plot(
        scene,
        rows,
        title=t("compare.chart", name=scene.pathway_name(key), year=year),
        desc=t("compare.desc"),
        head=t("head.place"),
    )
    figure = gallery.figure(
        draw_dots, "sammenlign", plot, title="", subtitle=plot.title, signs=["point", "interval", "target"]
    )
    heads = [*share_heads(scene, "head.place", wide=False), *inclusion_heads(scene)]
    cells = [
        Row([_name(scene, unit, key), *share_cells(scene, share), *inclusion_cells(scene, included)])
        for unit, share, included in found
    ]
    table = Table(plot.title, heads, cells, notes=[scene.opens])
    known = [(unit, share) for unit, share, _ in found if share is not None and share.numerator is not None]
    told = _told(scene, known)
    parts: list[Block] = [figure]
    parts += [Prose(told)] if told else []
    parts += [table, Links([(scene.pathway_url(key), t("compare.more", name=scene.pathway_name(key)), "")])]
    return Section("sammenligning", t("compare.result"), parts)


def _name(scene: Scene, unit: Unit, key: str) -> Cell:
    return Cell(scene.unit_name(unit), href=scene.url() if unit.level == "national" else scene.unit_url(unit, key))


def _told(scene: Scene, known: list[tuple[Unit, Released]]) -> list[str]:
    """Each pair that does not hold one another: the difference with its interval."""
    t, book = scene.t, scene.book
    told = []
    for (one, a), (other, b) in combinations(known, 2):
        inside = other.level == "national" or other.org_nr == one.region or one.org_nr == other.region
        if inside:
            continue
        low, high = difference(a, b)
        points = abs(100 * (_share(a) - _share(b)))
        values = {
            "one": one.name,
            "other": other.name,
            "points": scene.form.decimal(points),
            "low": scene.form.signed(low),
            "high": scene.form.signed(high),
        }
        name = "unsure" if low <= 0 <= high else "higher" if low > 0 else "lower"
        told.append(t(f"compare.{name}", **values))
    if told:
        told.append(t("compare.caution"))
    elif len(known) > 1:
        told.append(t("compare.inside", country=t("place.country")))
    return told if book.year else []


def _share(figure: Released) -> float:
    return (figure.numerator or 0) / (figure.denominator or 1)


def difference(a: Released, b: Released) -> tuple[float, float]:
    """The 95 % interval of a's share less b's, in percentage points (R. Newcombe, Statistics in Medicine 17, 1998)."""
    one, other = 100 * _share(a), 100 * _share(b)
    low_a, high_a, low_b, high_b = (value or 0.0 for value in (a.ci_low, a.ci_high, b.ci_low, b.ci_high))
    gap = one - other
    down = math.sqrt((one - low_a) ** 2 + (high_b - other) ** 2)
    up = math.sqrt((high_a - one) ** 2 + (other - low_b) ** 2)
    return gap - down, gap + up
