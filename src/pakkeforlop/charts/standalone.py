"""A chart as a file of its own: the same SVG as on the page, with its style inside."""

from __future__ import annotations

import re
from html import escape

from pakkeforlop.charts import assets

_SIZE = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')
LINE = 22.0
"""How much higher a chart is with a line below it."""


def standalone(svg: str, *, with_font: bool = True) -> str:
    """The SVG with size, style, colours and (unless told not to) the font in it; opens in any viewer."""
    css = assets.style("charts")
    style = assets.tokens(css) + css + (assets.embedded_fonts(svg) if with_font else "")
    width, height = size_of(svg)
    return opened(svg, f'<style>{style}</style><rect width="{width:g}" height="{height:g}" fill="#fff"/>')


def opened(svg: str, inside: str) -> str:
    """The SVG with its size and its name space, and something more as the first that is in it."""
    width, height = size_of(svg)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" class="ch"'
    return svg.replace('<svg class="ch"', head, 1).replace(">", f">{inside}", 1)


def size_of(svg: str) -> tuple[float, float]:
    """Width and height of its view box. ValueError when it is not a chart of ours."""
    found = _SIZE.search(svg)
    if found is None:
        raise ValueError("not a chart of ours: it has no viewBox that starts at 0 0")
    return float(found[1]), float(found[2])


def with_line(svg: str, words: str) -> str:
    """The chart with a line of words below it, for one that leaves the page that says it."""
    width, height = size_of(svg)
    line = f'<text x="0" y="{height + 15:g}" class="sb">{escape(words)}</text></svg>'
    higher = _SIZE.sub(f'viewBox="0 0 {width:g} {height + LINE:g}"', svg, count=1)
    return higher.removesuffix("</svg>") + line
