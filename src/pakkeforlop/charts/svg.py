"""A drawing surface that becomes one SVG: shapes with classes (a style sheet gives the looks), title, description."""

from __future__ import annotations

from html import escape
from itertools import pairwise
from typing import Literal

Anchor = Literal["start", "middle", "end"]
Form = Literal["wide", "paper", "narrow"]
"""A chart is drawn for a page (1056 px), for paper (fewer pixels on the same width, so larger letters), for a phone."""


def number(value: float) -> str:
    """A coordinate with at most one decimal, as short as it can be written."""
    text = f"{value:.1f}"
    short = text[:-2] if text.endswith(".0") else text
    return "0" if short == "-0" else short


class Drawing:
    """Collects shapes in the order they are drawn. `name` makes the ids of title and description unique on the page."""

    def __init__(self, width: float, height: float, *, name: str, title: str, desc: str) -> None:
        self.width = width
        self.height = height
        self.name = name
        self.title = title
        self.desc = desc
        self._parts: list[str] = []
        self._links = False

    def shape(self, tag: str, cls: str, **attributes: float | str) -> None:
        """One element; attributes with a number are coordinates. An underscore in a name stands for a hyphen."""
        written = "".join(
            f' {key.replace("_", "-")}="{value if isinstance(value, str) else number(value)}"'
            for key, value in attributes.items()
        )
        self._parts.append(f'<{tag} class="{cls}"{written}/>')

    def line(self, x1: float, y1: float, x2: float, y2: float, cls: str) -> None:
        """A straight line."""
        self.shape("line", cls, x1=x1, y1=y1, x2=x2, y2=y2)

    def rect(self, x: float, y: float, width: float, height: float, cls: str) -> None:
        """A rectangle; none is drawn where it has no area."""
        if width > 0 and height > 0:
            self.shape("rect", cls, x=x, y=y, width=width, height=height)

    def circle(self, x: float, y: float, radius: float, cls: str) -> None:
        """A point."""
        self.shape("circle", cls, cx=x, cy=y, r=radius)

    def path(self, points: list[tuple[float, float]], cls: str, *, closed: bool = False) -> None:
        """A line through `points`; nothing for fewer than two."""
        if len(points) < 2:
            return
        drawn = "M" + "L".join(f"{number(x)} {number(y)}" for x, y in points) + ("Z" if closed else "")
        self._parts.append(f'<path class="{cls}" d="{drawn}"/>')

    def steps(self, edges: list[float], low: list[float], high: list[float], cls: str) -> None:
        """A band of steps: between `edges[i]` and `edges[i + 1]` it lies from `low[i]` to `high[i]`."""
        if not low:
            return
        upper = [point for i, (a, b) in enumerate(pairwise(edges)) for point in ((a, high[i]), (b, high[i]))]
        lower = [point for i, (a, b) in enumerate(pairwise(edges)) for point in ((a, low[i]), (b, low[i]))]
        self.path([*upper, *reversed(lower)], cls, closed=True)

    def text(self, x: float, y: float, text: str, cls: str = "", *, anchor: Anchor = "start", href: str = "") -> None:
        """A label on its base line; `anchor` tells which end of it stands at `x`. With `href` it is a link."""
        place = "" if anchor == "start" else f' text-anchor="{anchor}"'
        style = f' class="{cls}"' if cls else ""
        body = escape(text, quote=False)
        label = f'<text{style} x="{number(x)}" y="{number(y)}"{place}>{body}</text>'
        self._links = self._links or bool(href)
        self._parts.append(f'<a href="{escape(href)}">{label}</a>' if href else label)

    def put_behind(self, other: Drawing) -> None:
        """What `other` holds is drawn before everything here."""
        self._parts[:0] = other._parts

    def svg(self) -> str:
        """The SVG element: a picture with name and description, or with links in it a group that can be read."""
        box = f"0 0 {number(self.width)} {number(self.height)}"
        role = "group" if self._links else "img"
        head = (
            f'<svg class="ch" viewBox="{box}" role="{role}" aria-labelledby="{self.name}-t {self.name}-d">'
            f'<title id="{self.name}-t">{escape(self.title, quote=False)}</title>'
            f'<desc id="{self.name}-d">{escape(self.desc, quote=False)}</desc>'
        )
        return head + "".join(self._parts) + "</svg>"
