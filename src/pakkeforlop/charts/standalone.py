"""A chart as a file of its own: the same SVG as on the page, with its style inside."""

from __future__ import annotations

import re

from pakkeforlop.charts import assets

_SIZE = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')


def standalone(svg: str, *, with_font: bool = True) -> str:
    """The SVG with size, style, colours and (unless told not to) the font in it; opens in any viewer."""
    found = _SIZE.search(svg)
    if found is None:
        raise ValueError("not a chart of ours: it has no viewBox that starts at 0 0")
    css = assets.style("charts")
    style = assets.tokens(css) + css + (assets.embedded_fonts(svg) if with_font else "")
    width, height = found.groups()
    opened = svg.replace(
        '<svg class="ch"', f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" class="ch"', 1
    )
    background = f'<rect width="{width}" height="{height}" fill="#fff"/>'
    head, rest = opened.split(">", 1)
    return f"{head}><style>{style}</style>{background}{rest}"
