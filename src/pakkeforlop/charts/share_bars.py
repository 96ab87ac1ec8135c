"""Upright bars of shares that add up to a hundred: in time, then over by more and more days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pakkeforlop.charts.inter import text_width
from pakkeforlop.charts.scale import Scale
from pakkeforlop.charts.svg import Drawing, Form

SIZES: dict[Form, tuple[float, float]] = {"wide": (640, 250), "paper": (530, 230), "narrow": (350, 250)}


@dataclass(frozen=True)
class BandBars:
    """Bands: name, words of the share, percent, whether it is over the limit. `hidden`: the word for a hidden one."""

    title: str
    desc: str
    bands: Sequence[tuple[str, str, float, bool]]
    hidden: str


def draw_bands(chart: BandBars, *, name: str, form: Form = "wide") -> str:
    """The bars as SVG: lying, one under the other, from 0 to 100."""
    width, height = SIZES[form]
    step = (height - 20) / max(len(chart.bands), 1)
    drawing = Drawing(width, height, name=name, title=chart.title, desc=chart.desc)
    left = max((text_width(band[0], 15) for band in chart.bands), default=0.0) + 16
    x = Scale(0, 100, left, width - 44)
    for index, (label, words, percent, over) in enumerate(chart.bands):
        y = 10 + step * index
        drawing.text(0, y + step / 2 + 5, label, "lg")
        if words == chart.hidden:
            drawing.text(left, y + step / 2 + 5, words, "lg mu")
            continue
        drawing.rect(left, y + step / 2 - 11, x(percent) - left, 22, "ovf" if over else "bar1")
        drawing.text(x(percent) + 8, y + step / 2 + 5, words, "lg sb tn")
    drawing.line(left, 6, left, height - 6, "ax")
    return drawing.svg()
