"""Heads and cells that tables of shares have in common, from page to page."""

from __future__ import annotations

from pakkeforlop.charts.blocks import Cell, Head
from pakkeforlop.publication.open_api.released import Released
from pakkeforlop.publication.site.scene import Scene, shown


def share_heads(scene: Scene, first: str, *, counts: str = "head.in_time", wide: bool = True) -> list[Head]:
    """Name, counts, percent and interval; `wide`: the interval is left out on a phone."""
    t = scene.t
    interval = Head(t("head.interval"), num=True, wide=wide)
    return [Head(t(first)), Head(t(counts), num=True), Head(t("head.percent"), num=True), interval]


def inclusion_heads(scene: Scene) -> list[Head]:
    """The inclusion share beside it, with its counts."""
    t = scene.t
    return [Head(t("head.inclusion_counts"), num=True, wide=True), Head(t("head.inclusion_percent"), num=True)]


def unit_heads(scene: Scene, first: str) -> list[Head]:
    """The heads of a list of units (`between.unit_row`)."""
    return [*share_heads(scene, first), Head(scene.t("head.included"), num=True, wide=True)]


def share_cells(scene: Scene, figure: Released | None) -> list[Cell]:
    """Counts, percent and interval; a hidden figure says so once."""
    return [_counts(scene, figure), scene.share_cell(figure), scene.interval_cell(figure)]


def inclusion_cells(scene: Scene, figure: Released | None) -> list[Cell]:
    """Counts and percent of the inclusion share."""
    return [_counts(scene, figure), scene.share_cell(figure, bold=False)]


def _counts(scene: Scene, figure: Released | None) -> Cell:
    return scene.counts_cell(figure) if figure is not None and shown(figure) else Cell("")


def first_upper(text: str) -> str:
    """The text as it stands at the beginning of a sentence."""
    return text[:1].upper() + text[1:]
