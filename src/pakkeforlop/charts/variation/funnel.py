"""Funnel limits for shares of hospitals: what chance alone gives, and what ordinary differences between hospitals add.

Shares are compared on the arcsine scale, and the variance between hospitals is estimated after drawing the outermost
tenth at each end in (D. Spiegelhalter, Statistics in Medicine 24, 2005). Limits are 95 % unless told.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

Z_95 = 1.959964
Z_998 = 3.090232
TRIM = 0.1


@dataclass(frozen=True)
class Funnel:
    """The common share, and the variance between hospitals beyond chance (on the arcsine scale)."""

    target: float
    dispersion: float
    between: float

    def limits(self, size: float, *, z: float = Z_95, ordinary: bool = True) -> tuple[float, float]:
        """Lower and upper limit (shares) for a hospital with `size` pathways; `ordinary` adds the usual differences."""
        reach = z * math.sqrt(1 / (4 * size) + (self.between if ordinary else 0.0))
        middle = math.asin(math.sqrt(self.target))
        return math.sin(max(0.0, middle - reach)) ** 2, math.sin(min(math.pi / 2, middle + reach)) ** 2

    def is_outside(self, within: float, size: float, *, z: float = Z_95) -> bool:
        """True when a share lies beyond both chance and the ordinary differences."""
        low, high = self.limits(size, z=z)
        return not low <= within / size <= high


def funnel(within: Sequence[float], sizes: Sequence[float], *, target: float | None = None) -> Funnel | None:
    """The funnel of the hospitals with any pathways, else None; `target` is the pooled share where it is not given."""
    pairs = [(a, n) for a, n in zip(within, sizes, strict=True) if n > 0]
    if not pairs:
        return None
    pooled = sum(a for a, _ in pairs) / sum(n for _, n in pairs) if target is None else target
    middle = math.asin(math.sqrt(pooled))
    scores = [(math.asin(math.sqrt(a / n)) - middle) * 2 * math.sqrt(n) for a, n in pairs]
    low, high = _quantile(scores, TRIM), _quantile(scores, 1 - TRIM)
    dispersion = sum(min(max(z, low), high) ** 2 for z in scores) / len(scores)
    weights = [4 * n for _, n in pairs]
    total = sum(weights)
    room = total - sum(w * w for w in weights) / total
    extra = (len(pairs) * dispersion - (len(pairs) - 1)) / room if room > 0 else 0.0
    return Funnel(pooled, dispersion, max(0.0, extra))


def _quantile(values: Sequence[float], share: float) -> float:
    """The quantile with straight lines between the ordered values (type 7)."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])
