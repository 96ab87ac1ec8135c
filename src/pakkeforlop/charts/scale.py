"""From values to pixels, and round numbers for axes."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Scale:
    """A straight scale from values (`low` to `high`) to pixels (`start` to `end`)."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """The pixel of `value`."""
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)


def round_step(span: float, most: int) -> float:
    """The smallest of 1, 2, 5, 10, 20, 50 ... that divides `span` into at most `most` parts."""
    rough = max(span, 1e-9) / max(most, 1)
    power = 10.0 ** math.floor(math.log10(rough))
    for factor in (1, 2, 5, 10):
        if factor * power >= rough * (1 - 1e-9):
            return factor * power
    return 10 * power


def counts_axis(most: float, parts: int = 5) -> list[int]:
    """Round counts from 0 to at least `most`."""
    step = max(1, round(round_step(max(most, 1), parts)))
    return list(range(0, math.ceil(max(most, 1) / step) * step + 1, step))


def share_axis(lowest: float, *, parts: int = 8, highest: float = 100.0) -> list[int]:
    """Round percents from just below `lowest` up to 100 (or just above `highest`), never a span under 20."""
    floor = max(0, math.floor((min(lowest, 100) - 1) / 10) * 10)
    ceiling = 100 if highest > 88 else min(100, math.ceil((highest + 1) / 10) * 10)
    floor = min(floor, ceiling - 20)
    step = 10 if ceiling - floor <= 10 * parts else 20
    floor -= (ceiling - floor) % step
    return list(range(max(floor, 0), ceiling + 1, step))
