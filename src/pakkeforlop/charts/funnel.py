"""Funnel plot: shares of hospitals against their size, with the limits of chance and of ordinary differences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pakkeforlop.charts.inter import text_width
from pakkeforlop.charts.labels import Box, Place, Room, text_box
from pakkeforlop.charts.scale import Scale, counts_axis, share_axis
from pakkeforlop.charts.svg import Drawing, Form
from pakkeforlop.charts.trend import spread_apart
from pakkeforlop.charts.variation.funnel import Funnel

SIZES: dict[Form, tuple[float, float]] = {"wide": (520, 500), "paper": (350, 380), "narrow": (350, 380)}
"""On paper it stands in a column as narrow as a phone."""


@dataclass(frozen=True)
class FunnelPoint:
    """One hospital: number of pathways, share in percent, its name, whether it lies outside the band."""

    size: int
    percent: float
    name: str
    outside: bool


@dataclass(frozen=True)
class FunnelChart:
    """The points, the limits and the words. `band_label` is empty where ordinary differences cannot be told."""

    title: str
    desc: str
    points: Sequence[FunnelPoint]
    limits: Funnel
    target: float | None
    target_label: str
    centre_label: str
    chance_label: str
    band_label: str
    axis_label: str


def _sizes(most: float) -> list[float]:
    """Sizes to draw the limits at, close together where the curve bends."""
    least = max(1.0, most / 60)
    return [least + (most - least) * (step / 60) ** 2 for step in range(61)]


def draw_funnel(chart: FunnelChart, *, name: str, form: Form = "wide") -> str:
    """The funnel plot as SVG."""
    width, height = SIZES[form]
    narrow = form != "wide"
    drawing = Drawing(width, height, name=name, title=chart.title, desc=chart.desc)
    if not chart.points:
        return drawing.svg()
    labels = [chart.centre_label, chart.chance_label, chart.band_label, chart.target_label]
    right = width - 8.0 if narrow else width - max(text_width(word, semibold=True) for word in labels) - 10
    left, top, bottom = 40.0, 14.0, height - 46.0
    across = counts_axis(max(point.size for point in chart.points), 4 if narrow else 5)
    x = Scale(0, across[-1], left, right)
    ticks = _axis(chart, x.high * 0.3)
    y = Scale(ticks[0], ticks[-1], bottom, top)
    room = Room(width, height)
    for tick in ticks:
        drawing.line(left, y(tick), right, y(tick), "gr")
        drawing.text(left - 8, y(tick) + 4, str(tick), "mu tn", anchor="end")
        room.take(text_box(Place(left - 8, y(tick) + 4, "end"), str(tick)))
    ends = _limits(drawing, chart, x, y)
    drawing.line(left, bottom, right, bottom, "ax")
    for size in across:
        drawing.text(
            x(size),
            bottom + 19,
            f"{size:,}".replace(",", "\u202f"),
            "mu tn",
            anchor="middle" if size < across[-1] or not narrow else "end",
        )
    drawing.text((left + right) / 2, bottom + 39, chart.axis_label, "mu", anchor="middle")
    if narrow:
        _points(drawing, chart, x, y, room)
        _inside_labels(drawing, chart, x, y, room)
    else:
        for at, word, look in spread_apart(ends, 17):
            drawing.text(right + 8, at + 4, word, look)
            room.take(text_box(Place(right + 8, at + 4), word, semibold=look == "sb"))
        _points(drawing, chart, x, y, room)
    return drawing.svg()


def _axis(chart: FunnelChart, size: float) -> list[int]:
    """The share axis: all points, the band at `size`, and air for the names of points outside."""
    low, high = (100 * share for share in chart.limits.limits(size))
    air = 3 if any(point.outside for point in chart.points) else 0
    shares = [point.percent for point in chart.points]
    lowest = min([*shares, low, chart.target or 100]) - air
    return share_axis(lowest, parts=7, highest=max([*shares, high]))


def _limits(drawing: Drawing, chart: FunnelChart, x: Scale, y: Scale) -> list[tuple[float, str, str]]:
    """Band, chance lines, centre and target; gives the labels for their right ends."""

    def height(share: float) -> float:
        return y(min(max(100 * share, y.low), y.high))

    sizes = _sizes(x.high)
    ends = []
    if chart.band_label:
        band = [chart.limits.limits(size) for size in sizes]
        upper = [(x(s), height(b[1])) for s, b in zip(sizes, band, strict=True)]
        lower = [(x(s), height(b[0])) for s, b in zip(sizes, band, strict=True)]
        drawing.path([*upper, *reversed(lower)], "bd", closed=True)
        ends.append((lower[-1][1], chart.band_label, "mu"))
    chance = [chart.limits.limits(size, ordinary=False) for size in sizes]
    for side in (0, 1):
        inside = [
            (x(s), y(100 * c[side])) for s, c in zip(sizes, chance, strict=True) if y.low <= 100 * c[side] <= y.high
        ]
        drawing.path(inside, "cl")
    ends.append((height(chance[-1][1]), chart.chance_label, "mu"))
    drawing.line(x.start, height(chart.limits.target), x.end, height(chart.limits.target), "mn")
    ends.append((height(chart.limits.target), chart.centre_label, "sb"))
    if chart.target is not None:
        drawing.line(x.start, y(chart.target), x.end, y(chart.target), "tg")
        ends.append((y(chart.target), chart.target_label, ""))
    return ends


def _points(drawing: Drawing, chart: FunnelChart, x: Scale, y: Scale, room: Room) -> None:
    for point in chart.points:
        at = (x(point.size), y(point.percent))
        drawing.circle(*at, 6 if point.outside else 4.5, "out" if point.outside else "dp")
        room.take(Box(at[0] - 7, at[1] - 7, at[0] + 7, at[1] + 7))
    for point in chart.points:
        if point.outside:
            place = room.put(point.name, _beside(x(point.size), y(point.percent), point.name, room), semibold=True)
            drawing.text(place.x, place.y, point.name, "sb", anchor=place.anchor)


def _beside(px: float, py: float, name: str, room: Room) -> list[Place]:
    """Places for a point's name: right and left of it, then below and above, moved inside the frame, nearest first."""
    half = text_width(name, semibold=True) / 2 + 4
    inside = min(max(px, room.frame.left + half), room.frame.right - half)
    places = [Place(px + 11, py + 5), Place(px - 11, py + 5, "end")]
    for away in (23, -13, 38, -28, 53, -43):
        places += [Place(px, py + away, "middle"), Place(inside, py + away, "middle")]
        places += [Place(px + 5, py + away), Place(px - 5, py + away, "end")]
    return places


def _inside_labels(drawing: Drawing, chart: FunnelChart, x: Scale, y: Scale, room: Room) -> None:
    """On a phone centre and target are named on their lines."""
    lines = [(y(100 * chart.limits.target), chart.centre_label, "sb")]
    if chart.target is not None:
        lines.append((y(chart.target), chart.target_label, ""))
    for height, word, look in lines:
        places = [
            Place(x.end, height - 6, "end"),
            Place(x.end, height + 16, "end"),
            Place(x.start + 6, height + 16),
            Place(x.start + 6, height - 6),
        ]
        place = room.put(word, places, semibold=bool(look))
        drawing.text(place.x, place.y, word, look, anchor=place.anchor)
