"""A chart with its colours written out, for programs that know no CSS variables: paper (PDF) and pictures (PNG)."""

from __future__ import annotations

import re
from functools import cache

from pakkeforlop.charts import assets
from pakkeforlop.charts.standalone import opened

_VARIABLE = re.compile(r"var\((--[a-z0-9-]+)\)")
_SETTING = re.compile(r"(--[a-z0-9-]+):([^;}]+)")
_HALO = re.compile(
    r"paint-order:stroke;stroke:#fff;stroke-width:[0-9.]+px;stroke-linejoin:round;stroke-opacity:[0-9.]+;?"
)


@cache
def inked_style() -> str:
    """The style of charts with every colour as a value. Without the white rim of letters, which some draw over them."""
    css = assets.style("charts")
    shared = assets.style("base")
    known = dict(_SETTING.findall(assets.tokens(shared + css) + shared + css))

    def value(found: re.Match[str]) -> str:
        return written_out(known[found[1]])

    def written_out(text: str) -> str:
        return _VARIABLE.sub(value, text)

    rules = _HALO.sub("", css.partition("}")[2])
    return written_out(rules)


def inked(svg: str) -> str:
    """The chart with its style inside and the size of its view box. ValueError when it is not a chart of ours."""
    return opened(svg, f"<style>{inked_style()}</style>")
