"""The bar against a limit, drawn on the server: days used, the limit always at the same place, and the day booked."""

from __future__ import annotations

from markupsafe import Markup

LIMIT_AT = 0.74
"""Where on the bar the limit stands, so that limits form one line down a column."""


def limit_bar(used: int, limit: int | None, booked: int | None = None, *, width: int = 96) -> Markup:
    """Days used of a limit; `booked` is the day of the pathway that the next step falls on. Hidden from screen readers:
    the numbers stand beside it. Past the limit the block is taller and red, with an arrow when it no longer fits.
    """
    if not limit or limit < 0:
        return Markup("")
    tick = round(width * LIMIT_AT, 1)
    day = tick / limit
    inside = round(min(max(used, 0), limit) * day, 1)
    parts = [
        f'<line class="tr" x1="0" x2="{tick}" y1="8" y2="8"/>',
        f'<rect class="us" x="0" y="5.5" width="{inside}" height="5"/>',
        _over(used - limit, tick, day, width),
        f'<line class="lm" x1="{tick}" x2="{tick}" y1="1" y2="15"/>',
        _ring(booked, day, width),
    ]
    head = f'<svg class="bar" width="{width}" height="16" viewBox="0 0 {width} 16" aria-hidden="true">'
    return Markup(f"{head}{''.join(parts)}</svg>")  # noqa: S704 numbers only


def _over(days: int, tick: float, day: float, width: int) -> str:
    """The days past the limit; nothing on the last day within."""
    if days <= 0:
        return ""
    room = width - tick
    if days * day <= room:
        return f'<rect class="ov" x="{tick}" y="3" width="{round(days * day, 1)}" height="10"/>'
    edge = round(width - 4, 1)
    return f'<path class="ov" d="M{tick} 3H{edge}L{width} 8L{edge} 13H{tick}z"/>'


def _ring(booked: int | None, day: float, width: int) -> str:
    if booked is None:
        return ""
    at = round(min(max(booked * day, 5), width - 5), 1)
    return f'<circle class="bk" cx="{at}" cy="8" r="4"/>'
