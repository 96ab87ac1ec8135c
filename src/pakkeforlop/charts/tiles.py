"""Schematic map: a tile for each unit about where it lies, with its share as a bar against the target. No outlines.

Every tile has a name and a number, so nothing is told by place or colour alone. On a phone the tiles stand by region.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pakkeforlop.charts.scale import Scale
from pakkeforlop.charts.svg import Drawing, Form

TILE, GAP, HEIGHT = 122.0, 6.0, 58.0
COLUMNS = 5
WIDTH = COLUMNS * TILE + (COLUMNS - 1) * GAP
PHONE = 350.0


@dataclass(frozen=True)
class Tile:
    """One unit: column and row, name, the words of its figure, its share in percent (None: hidden or not published).

    `group` is the region it stands under on a phone; `is_group` marks the region's own words, which have no frame.
    """

    column: int
    row: int
    name: str
    value: str
    percent: float | None
    group: str = ""
    is_group: bool = False


@dataclass(frozen=True)
class TileMap:
    """The tiles, and the target in percent with its name."""

    title: str
    desc: str
    tiles: Sequence[Tile]
    target: float
    target_label: str


def draw_tiles(chart: TileMap, *, name: str, form: Form = "wide") -> str:
    """The map as SVG."""
    return _listed(chart, name) if form == "narrow" else _placed(chart, name)


def _placed(chart: TileMap, name: str) -> str:
    first = min((tile.row for tile in chart.tiles if not tile.is_group), default=0)
    rows = max((tile.row for tile in chart.tiles), default=0) + 1 - first
    drawing = Drawing(WIDTH, rows * (HEIGHT + GAP) + 4, name=name, title=chart.title, desc=chart.desc)
    for tile in chart.tiles:
        x, y = tile.column * (TILE + GAP), max(tile.row - first, 0) * (HEIGHT + GAP)
        _tile(drawing, tile, chart.target, x, y + 1, TILE)
    return drawing.svg()


def _listed(chart: TileMap, name: str) -> str:
    """Two tiles a row, under the name of their region, north first."""
    wide = (PHONE - GAP) / 2
    groups = sorted((tile for tile in chart.tiles if tile.is_group), key=lambda tile: tile.row)
    placed: list[tuple[Tile, float, float]] = []
    y = 0.0
    for group in groups:
        placed.append((group, 0, y))
        y += 46
        inside = sorted(
            (t for t in chart.tiles if t.group == group.group and not t.is_group), key=lambda t: (t.row, t.column)
        )
        for index, tile in enumerate(inside):
            placed.append((tile, (index % 2) * (wide + GAP), y + index // 2 * (HEIGHT + GAP)))
        y += -(-len(inside) // 2) * (HEIGHT + GAP) + 14
    drawing = Drawing(PHONE, y, name=name, title=chart.title, desc=chart.desc)
    for tile, x, top in placed:
        _tile(drawing, tile, chart.target, x, top + 1, wide)
    return drawing.svg()


def _tile(drawing: Drawing, tile: Tile, target: float, x: float, y: float, width: float) -> None:
    if tile.is_group:
        drawing.text(x, y + 18, tile.name, "sb")
        drawing.text(x, y + 36, tile.value, "mu tn")
        return
    drawing.rect(x + 0.5, y, width - 1, HEIGHT, "ti" if tile.percent is not None else "ti hid")
    drawing.text(x + 9, y + 19, tile.name, "sb")
    drawing.text(x + 9, y + 36, tile.value, "tn" if tile.percent is not None else "mu")
    if tile.percent is None:
        return
    bar = Scale(0, 100, x + 9, x + width - 9)
    drawing.line(bar(0), y + 48, bar(100), y + 48, "ax")
    drawing.rect(bar(0), y + 45, bar(tile.percent) - bar(0), 5, "bar1")
    drawing.line(bar(target), y + 42, bar(target), y + 53, "lm")
