"""A figure between hospitals: funnel plot with ordinary differences, schematic map, and one alphabetical table.

No ranks and no colours of judgement. Small trusts vary more than large ones; the funnel says how much.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pakkeforlop.charts.blocks import Block, Cell, Head, Pair, Prose, Row, Section, Table
from pakkeforlop.charts.funnel import FunnelChart, FunnelPoint, draw_funnel
from pakkeforlop.charts.tiles import Tile, TileMap, draw_tiles
from pakkeforlop.charts.variation.funnel import Funnel, funnel
from pakkeforlop.publication.open_api.released import Released
from pakkeforlop.publication.site.book import Unit
from pakkeforlop.publication.site.drawn import Gallery
from pakkeforlop.publication.site.scene import Scene, shown
from pakkeforlop.publication.site.shares import share_cells, unit_heads

FEWEST_DRAWN = 10
FEWEST_UNITS = 5
"""With fewer trusts there is no telling what an ordinary difference is."""


@dataclass(frozen=True)
class Place:
    """A unit with its share and its inclusion share."""

    unit: Unit
    share: Released | None
    inclusion: Released | None

    @property
    def counts(self) -> tuple[int, int] | None:
        """Numerator and denominator where both are shown."""
        one = self.share
        if one is None or one.numerator is None or not one.denominator:
            return None
        return one.numerator, one.denominator


def places(scene: Scene, key: str) -> list[Place]:
    """The trusts that have a share of a pathway in the newest year, alphabetical."""
    return [place_of(scene, key, unit) for unit in scene.book.trusts(pathway=key)]


def place_of(scene: Scene, key: str, unit: Unit) -> Place:
    """A unit with its figures of the newest year."""
    return Place(unit, scene.share(key, unit.org_nr), scene.inclusion(key, unit.org_nr))


@dataclass(frozen=True)
class Between:
    """The trusts, those large enough to draw, the limits, and the numbers of those outside."""

    found: Sequence[Place]
    drawn: Sequence[Place]
    limits: Funnel | None
    outside: frozenset[str]


def between(scene: Scene, key: str) -> Between:
    """How the trusts lie against each other; the middle is the country's own share."""
    found = places(scene, key)
    drawn = [one for one in found if one.counts and one.counts[1] >= FEWEST_DRAWN]
    if len(drawn) < FEWEST_UNITS:
        return Between(found, drawn, None, frozenset())
    whole = scene.share(key)
    target = whole.numerator / whole.denominator if whole and whole.numerator and whole.denominator else None
    counts = [one.counts for one in drawn if one.counts]
    limits = funnel([a for a, _ in counts], [n for _, n in counts], target=target)
    outside = frozenset(one.unit.org_nr for one in drawn if limits and one.counts and limits.is_outside(*one.counts))
    return Between(found, drawn, limits, outside)


def section(scene: Scene, gallery: Gallery, key: str) -> Section | None:
    """The trusts of a pathway, or of all."""
    seen = between(scene, key)
    if not seen.found:
        return None
    t = scene.t
    heading = finding(scene, seen)
    table = _table(scene, key, seen)
    parts: list[Block] = []
    if seen.limits is None:
        parts += [Prose([t("between.too_few", least=FEWEST_UNITS, most=FEWEST_DRAWN)]), table]
    else:
        lead = [t("between.small_vary"), t("between.more" if seen.limits.between > 0 else "between.chance_only")]
        if seen.outside:
            names = [one.unit.name for one in seen.drawn if one.unit.org_nr in seen.outside]
            lead += [t("between.named", names=t.joined(names)), t("between.one_in_twenty")]
        lead.append(t("between.no_ranks"))
        parts += [Prose([" ".join(lead)]), Pair([_funnel(scene, gallery, key, seen, heading)], [table], "half")]
    parts.append(Pair([_map(scene, gallery, key, seen)], [_regions(scene, key)], "a"))
    return Section("sykehus", heading, parts)


def finding(scene: Scene, seen: Between) -> str:
    """Who lies outside, in a sentence."""
    t = scene.t
    if seen.limits is None:
        return t("between.few")
    if not seen.outside:
        return t("between.none")
    if len(seen.outside) == 1:
        one = next(place for place in seen.drawn if place.unit.org_nr in seen.outside)
        low = one.counts is not None and one.counts[0] < seen.limits.target * one.counts[1]
        return t("between.low" if low else "between.high")
    return t("between.several", word=scene.form.word(len(seen.outside)).capitalize())


def _funnel(scene: Scene, gallery: Gallery, key: str, seen: Between, heading: str) -> Block:
    t, limits = scene.t, seen.limits
    assert limits is not None
    points = [
        FunnelPoint(
            one.counts[1],
            100 * one.counts[0] / one.counts[1],
            one.unit.short or one.unit.name,
            one.unit.org_nr in seen.outside,
        )
        for one in seen.drawn
        if one.counts
    ]
    chart = FunnelChart(
        title=t("between.chart"),
        desc=t("between.desc", total=len(points), finding=heading),
        points=points,
        limits=limits,
        target=scene.book.target,
        target_label=t("target.label", target=scene.target_word),
        centre_label=t("between.country", rate=scene.form.decimal(100 * limits.target)),
        chance_label=t("between.chance"),
        band_label=t("between.band"),
        axis_label=t(f"between.axis_{scene.ending(key)}", period=scene.book.year),
    )
    left_out = len(seen.found) - len(seen.drawn)
    return gallery.figure(
        draw_funnel,
        "sykehus",
        chart,
        title=t("between.chart"),
        signs=["band_units", "chance", *(["outside_units"] if seen.outside else [])],
        caption=t.count("between.not_drawn", left_out, most=FEWEST_DRAWN) if left_out else "",
    )


def _table(scene: Scene, key: str, seen: Between) -> Table:
    t = scene.t
    rows = [unit_row(scene, key, one, outside=one.unit.org_nr in seen.outside) for one in seen.found]
    hidden = sum(1 for one in seen.found if one.share is not None and not shown(one.share))
    notes = [hidden_note(scene, hidden)] if hidden else []
    return Table(t("between.table", period=scene.book.year), unit_heads(scene, "head.trust"), rows, notes=notes)


def unit_row(scene: Scene, key: str, one: Place, *, outside: bool = False) -> Row:
    """A trust: counts, percent, interval, inclusion; on a phone the last two stand under the name."""
    t = scene.t
    narrow = []
    if one.share is not None and shown(one.share) and scene.interval(one.share):
        narrow.append(t("between.narrow_interval", interval=scene.interval(one.share)))
    if one.inclusion is not None and shown(one.inclusion):
        narrow.append(t("between.narrow_included", n=scene.n_of_hundred(one.inclusion)))
    name = Cell(
        one.unit.name, href=scene.unit_url(one.unit, key), sub=t("between.outside") if outside else "", narrow=narrow
    )
    return Row([name, *share_cells(scene, one.share), scene.share_cell(one.inclusion, bold=False)])


def hidden_note(scene: Scene, hidden: int) -> str:
    """How many are hidden, and why."""
    disclosure = scene.book.catalogue.disclosure
    name = "hidden.note_external" if scene.book.holder.external else "hidden.note"
    return scene.t.count(name, hidden, fewer=disclosure.fewer_than, below=disclosure.denominator_below)


def _regions(scene: Scene, key: str) -> Table:
    """The regions beside the map."""
    t = scene.t
    heads = [
        Head(t("head.region")),
        Head(t("head.percent"), num=True),
        Head(t("head.interval"), num=True),
        Head(t("head.included"), num=True),
    ]
    rows = []
    for unit in scene.book.regions():
        share = scene.share(key, unit.org_nr)
        if share is not None:
            told = scene.counts_cell(share).text if share.numerator is not None else ""
            rows.append(
                Row(
                    [
                        Cell(unit.name, href=scene.unit_url(unit), sub=told),
                        scene.share_cell(share),
                        scene.interval_cell(share),
                        scene.share_cell(scene.inclusion(key, unit.org_nr), bold=False),
                    ]
                )
            )
    return Table(t("regions.table", period=scene.book.year), heads, rows, title=t("regions.heading"))


@cache
def _laid() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "data" / "tiles.toml").read_text(encoding="utf-8"))


def _map(scene: Scene, gallery: Gallery, key: str, seen: Between) -> Block:
    t, book, laid = scene.t, scene.book, _laid()
    tiles = []
    for region_key, region in book.catalogue.regions.items():
        figure = scene.share(key, region.org_nr)
        column, row = laid["region"][region_key]
        name = region.name.removesuffix(" RHF")
        tiles.append(Tile(column, row, name, scene.value(figure), None, group=region_key, is_group=True))
    by_number = {one.unit.org_nr: one for one in seen.found}
    for trust_key, (column, row) in laid["trust"].items():
        trust = book.catalogue.trusts[trust_key]
        one = by_number.get(trust.org_nr)
        if one is None:
            continue
        percent = one.share.percent if one.share is not None and shown(one.share) else None
        short = trust.short or t("between.private")
        tiles.append(Tile(column, row, short, scene.value(one.share), percent, group=trust.region))
    chart = TileMap(
        title=t("map.title"),
        desc=t("map.desc", total=len(seen.found)),
        tiles=tiles,
        target=book.target,
        target_label=t("target.label", target=scene.target_word),
    )
    return gallery.figure(
        draw_tiles,
        "kart",
        chart,
        title=t("map.title"),
        subtitle=t("map.subtitle"),
        printed=False,
        signs=["target_tick"],
        caption=t("map.caption"),
    )
