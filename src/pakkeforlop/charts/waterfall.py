"""Waterfall of mean days: phases that add up to the whole, each against its own limit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from pakkeforlop.charts.inter import text_width
from pakkeforlop.charts.scale import Scale
from pakkeforlop.charts.svg import Drawing, Form

WIDTHS: dict[Form, float] = {"wide": 1056, "paper": 860, "narrow": 350}
_LOOKS = {"waiting": "bar2", "examination": "bar1", "own_wish": "bar3"}


@dataclass(frozen=True)
class Phase:
    """One phase: mean days, the limit of the phase (None where there is none), what the days are, and words beside."""

    name: str
    days: float
    limit: float | None
    kind: str
    value: str
    beside: tuple[str, ...] = ()


@dataclass(frozen=True)
class Waterfall:
    """The phases in order, the whole, and the heads of the columns beside."""

    title: str
    desc: str
    phases: Sequence[Phase]
    whole: Phase
    limit_label: str
    heads: tuple[str, ...]
    days_word: str


def _scale(chart: Waterfall, start: float, end: float) -> Scale:
    """0 to the longest of the whole, its limit and any phase's limit, in weeks."""
    ends = [chart.whole.days, chart.whole.limit or 0.0]
    begun = 0.0
    for phase in chart.phases:
        ends.append(begun + max(phase.days, phase.limit or 0.0))
        begun += phase.days
    return Scale(0, max(7.0, max(ends) * 1.04), start, end)


def _weeks(x: Scale, most: int) -> list[int]:
    step = 7
    while x.high / step > most:
        step += 7
    return list(range(0, int(x.high) + 1, step))


def _grid(drawing: Drawing, chart: Waterfall, x: Scale, top: float, bottom: float, most: int) -> None:
    weeks = _weeks(x, most)
    for week in weeks:
        drawing.line(x(week), top, x(week), bottom, "gr")
        label = f"{week} {chart.days_word}" if week == weeks[-1] else str(week)
        drawing.text(x(week), bottom + 20, label, "mu tn", anchor="start" if week == 0 and x.start == 0 else "middle")
    if chart.whole.limit is not None:
        drawing.line(x(chart.whole.limit), top - 4, x(chart.whole.limit), bottom, "tg")
        end = x(chart.whole.limit) + text_width(chart.limit_label, semibold=True) / 2 < x.end
        drawing.text(x(chart.whole.limit), top - 10, chart.limit_label, "sb", anchor="middle" if end else "end")


def _bar(drawing: Drawing, phase: Phase, begun: float, x: Scale, y: float) -> None:
    """Days within the limit in the colour of the phase, days past it red and taller, the limit as a dark stroke."""
    end, look = begun + phase.days, _LOOKS[phase.kind]
    limit = None if phase.limit is None else begun + phase.limit
    if limit is None or end <= limit:
        drawing.rect(x(begun), y, x(end) - x(begun), 18, look)
    else:
        drawing.rect(x(begun), y, x(limit) - x(begun), 18, look)
        drawing.rect(x(limit), y - 2, x(end) - x(limit), 22, "ovf")
    if limit is not None:
        drawing.line(x(limit), y - 5, x(limit), y + 23, "lm")


def draw_waterfall(chart: Waterfall, *, name: str, form: Form = "wide") -> str:
    """The waterfall as SVG."""
    begun = [0.0, *accumulate(phase.days for phase in chart.phases)]
    draw = _narrow if form == "narrow" else _wide
    return draw(chart, begun, name, WIDTHS[form])


def _wide(chart: Waterfall, begun: list[float], name: str, width: float) -> str:
    step, top, column = 40.0, 30.0, 106.0
    bottom = top + step * (len(chart.phases) + 1)
    names = max(text_width(p.name, 15, semibold=True) for p in [*chart.phases, chart.whole])
    drawing = Drawing(width, bottom + 26, name=name, title=chart.title, desc=chart.desc)
    columns = [width - column * (len(chart.heads) - 1 - i) for i in range(len(chart.heads))]
    x = _scale(chart, max(200.0, names + 24), columns[0] - 90)
    _grid(drawing, chart, x, top, bottom, 10)
    for head, at in zip(chart.heads, columns, strict=True):
        drawing.text(at, top - 10, head, "mu", anchor="end")
    for index, phase in enumerate(chart.phases):
        y = top + step * index + 11
        drawing.line(
            x(begun[index + 1]), y + 18, x(begun[index + 1]), y + step + (3 if phase is chart.phases[-1] else 0), "cxl"
        )
        drawing.text(0, y + 14, phase.name, "lg")
        _bar(drawing, phase, begun[index], x, y)
        _words(drawing, phase, columns, y + 14)
    y = top + step * len(chart.phases) + 11
    drawing.text(0, y + 14, chart.whole.name, "lg sb")
    drawing.rect(x(0), y + 5, x(chart.whole.days) - x(0), 7, "ink")
    _words(drawing, chart.whole, columns, y + 14)
    return drawing.svg()


def _words(drawing: Drawing, phase: Phase, columns: list[float], y: float) -> None:
    for index, (at, word) in enumerate(zip(columns, (phase.value, *phase.beside), strict=False)):
        drawing.text(at, y, word, "lg sb tn" if index == 0 else "lg mu tn", anchor="end")


def _narrow(chart: Waterfall, begun: list[float], name: str, width: float) -> str:
    step, top = 58.0, 30.0
    bottom = top + step * (len(chart.phases) + 1) - 6
    drawing = Drawing(width, bottom + 26, name=name, title=chart.title, desc=chart.desc)
    x = _scale(chart, 0, 292)
    _grid(drawing, chart, x, top, bottom, 5)
    for index, phase in enumerate(chart.phases):
        y = top + step * index + 28
        drawing.line(x(begun[index + 1]), y + 18, x(begun[index + 1]), y + step, "cxl")
        drawing.text(0, y - 8, phase.name, "lg")
        _bar(drawing, phase, begun[index], x, y)
        drawing.text(width, y + 14, phase.value, "lg sb tn", anchor="end")
    y = top + step * len(chart.phases) + 28
    drawing.text(0, y - 8, chart.whole.name, "lg sb")
    drawing.rect(x(0), y + 5, x(chart.whole.days) - x(0), 7, "ink")
    drawing.text(width, y + 14, chart.whole.value, "lg sb tn", anchor="end")
    return drawing.svg()
