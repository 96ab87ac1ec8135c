"""The bar against a limit: the same sign on every page. Grey = days used, dark stroke = limit, red = days past it."""

from __future__ import annotations

from pakkeforlop.charts.svg import number

WIDTH = 96.0
LIMIT_AT = 71.0
"""The limit stands at the same place down a column, whatever its days."""


def over_length(days: int, limit: int) -> float:
    """Pixels past the limit, on the scale that the limit gives."""
    return max(0.0, (days - limit) * LIMIT_AT / max(limit, 1))


def draw_limit_bar(days: int, limit: int) -> str:
    """The bar as SVG, hidden from screen readers: the words beside it say the same."""
    used = min(days / max(limit, 1), 1.0) * LIMIT_AT
    over = over_length(days, limit)
    fits = LIMIT_AT + over <= WIDTH
    parts = [f'<line class="tr" x1="0" x2="{number(LIMIT_AT)}" y1="8" y2="8"/>']
    parts.append(f'<rect class="us" x="0" y="5.5" width="{number(used)}" height="5"/>')
    if over and fits:
        parts.append(f'<rect class="ov" x="{number(LIMIT_AT)}" y="3" width="{number(max(over, 2.0))}" height="10"/>')
    elif over:
        arrow = (
            f"M{number(LIMIT_AT)} 3H{number(WIDTH - 5)}L{number(WIDTH)} 8L{number(WIDTH - 5)} 13H{number(LIMIT_AT)}Z"
        )
        parts.append(f'<path class="ov" d="{arrow}"/>')
    parts.append(f'<line class="lm" x1="{number(LIMIT_AT)}" x2="{number(LIMIT_AT)}" y1="1" y2="15"/>')
    body = "".join(parts)
    return f'<svg class="bar" width="96" height="16" viewBox="0 0 96 16" aria-hidden="true">{body}</svg>'
