"""Dot plot of shares with intervals: one row each, the figures beside, a target line through all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pakkeforlop.charts.inter import text_width
from pakkeforlop.charts.scale import Scale, share_axis
from pakkeforlop.charts.svg import Drawing, Form

WIDTHS: dict[Form, float] = {"wide": 1056, "paper": 860, "narrow": 350}
ROW: dict[Form, float] = {"wide": 26, "paper": 19, "narrow": 44}


@dataclass(frozen=True)
class DotRow:
    """One share in percent with its interval; `value` and `beside` are the words at the right.

    `percent` None draws nothing (the words tell why). `expected` is a short grey stroke. A row with `is_heading` is a
    heading over the rows after it. `href` makes the name a link.
    """

    name: str
    percent: float | None = None
    low: float | None = None
    high: float | None = None
    value: str = ""
    beside: str = ""
    expected: float | None = None
    is_heading: bool = False
    href: str = ""


@dataclass(frozen=True)
class DotPlot:
    """The rows, the heads of the columns, the target and its name."""

    title: str
    desc: str
    rows: Sequence[DotRow]
    name_head: str
    value_head: str
    beside_head: str = ""
    narrow_head: str = ""
    target: float | None = None
    target_label: str = ""


def _axis(plot: DotPlot) -> list[int]:
    lows = [row.low if row.low is not None else row.percent for row in plot.rows if row.percent is not None]
    lows += [row.expected for row in plot.rows if row.expected is not None]
    known = [low for low in lows if low is not None]
    if plot.target is not None:
        known.append(plot.target)
    return share_axis(min(known, default=0.0))


def _marks(drawing: Drawing, row: DotRow, x: Scale, y: float) -> None:
    """Interval, core, the expected share and the point of one row."""
    if row.percent is None:
        return
    if row.low is not None and row.high is not None:
        drawing.line(x(row.low), y, x(row.high), y, "iv")
        drawing.line(x(row.low), y, x(row.high), y, "ivl")
    if row.expected is not None:
        drawing.line(x(row.expected), y - 8, x(row.expected), y + 8, "ex")
    drawing.circle(x(row.percent), y, 4, "dp")


def _look(row: DotRow) -> str:
    return "lg sb" if row.is_heading else "lg lk" if row.href else "lg"


def _grid(drawing: Drawing, x: Scale, ticks: list[int], top: float, bottom: float) -> None:
    for tick in ticks:
        drawing.line(x(tick), top, x(tick), bottom, "gr")
        last = tick == ticks[-1]
        drawing.text(x(tick), bottom + 18, f"{tick} %" if last else str(tick), "mu tn", anchor="middle")


def draw_dots(plot: DotPlot, *, name: str, form: Form = "wide") -> str:
    """The dot plot as SVG."""
    return _narrow(plot, name, WIDTHS[form]) if form == "narrow" else _wide(plot, name, WIDTHS[form], ROW[form])


def _wide(plot: DotPlot, name: str, width: float, step: float) -> str:
    names = max((text_width(row.name, 15) for row in plot.rows), default=0.0)
    beside = max((text_width(row.beside, 15) for row in plot.rows), default=0.0)
    beside = max(beside, text_width(plot.beside_head, 13)) if plot.beside_head else 0.0
    values = max((text_width(row.value, 15, semibold=True) for row in plot.rows), default=0.0)
    values = max(values, text_width(plot.value_head, 13))
    value_x = width - (beside + 36 if beside else 0)
    ticks = _axis(plot)
    x = Scale(ticks[0], ticks[-1], max(200.0, min(names + 28, 340.0)), value_x - values - 36)
    top = 42.0
    bottom = top + step * len(plot.rows)
    drawing = Drawing(width, bottom + 26, name=name, title=plot.title, desc=plot.desc)
    drawing.text(0, 16, plot.name_head, "mu")
    drawing.text(value_x, 16, plot.value_head, "mu", anchor="end")
    if plot.beside_head:
        drawing.text(width, 16, plot.beside_head, "mu", anchor="end")
    _grid(drawing, x, ticks, top - 8, bottom)
    if plot.target is not None:
        drawing.line(x(plot.target), top - 20, x(plot.target), bottom, "tg")
        drawing.text(x(plot.target), 16, plot.target_label, "sb", anchor="middle")
    for index, row in enumerate(plot.rows):
        y = top + step * (index + 0.5)
        drawing.text(0, y + 5, row.name, _look(row), href=row.href)
        _marks(drawing, row, x, y)
        if row.value:
            muted = row.percent is None
            drawing.text(value_x, y + 5, row.value, "lg mu tn" if muted else "lg sb tn", anchor="end")
        if row.beside and plot.beside_head:
            drawing.text(width, y + 5, row.beside, "lg mu tn", anchor="end")
    return drawing.svg()


def _narrow(plot: DotPlot, name: str, width: float) -> str:
    ticks = _axis(plot)
    ticks = [tick for index, tick in enumerate(ticks) if (len(ticks) - 1 - index) % (2 if len(ticks) > 5 else 1) == 0]
    low = _axis(plot)[0]
    x = Scale(low, 100, 10, 236)
    step, top = ROW["narrow"], 30.0
    heights = [34.0 if row.is_heading else step for row in plot.rows]
    bottom = top + sum(heights)
    drawing = Drawing(width, bottom + 26, name=name, title=plot.title, desc=plot.desc)
    drawing.text(width, 16, plot.narrow_head or plot.value_head, "mu", anchor="end")
    _grid(drawing, x, ticks, top, bottom)
    if plot.target is not None:
        drawing.line(x(plot.target), top - 8, x(plot.target), bottom, "tg")
        drawing.text(min(x(plot.target), 150), 16, plot.target_label, "sb", anchor="middle")
    y = top
    for row, height in zip(plot.rows, heights, strict=True):
        drawing.text(0, y + (24 if row.is_heading else 15), row.name, _look(row), href=row.href)
        _marks(drawing, row, x, y + 30)
        if row.value:
            muted = row.percent is None
            drawing.text(width, y + 15, row.value, "lg mu tn" if muted else "lg sb tn", anchor="end")
        if row.beside:
            drawing.text(width, y + 34, row.beside, "mu tn", anchor="end")
        y += height
    return drawing.svg()
