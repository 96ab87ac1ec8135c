"""How sure a share is: the Wilson interval."""

from __future__ import annotations

import math

Z_95 = 1.959963984540054


def wilson(numerator: float, denominator: float, *, z: float = Z_95) -> tuple[float, float] | None:
    """Lower and upper bound in percent; None without a denominator (E. B. Wilson, JASA 22, 1927; no correction)."""
    if denominator == 0:
        return None
    share = numerator / denominator
    around = share + z * z / (2 * denominator)
    reach = z * math.sqrt(share * (1 - share) / denominator + z * z / (4 * denominator * denominator))
    scale = 1 + z * z / denominator
    low = 0.0 if numerator == 0 else 100 * (around - reach) / scale
    high = 100.0 if numerator == denominator else 100 * (around + reach) / scale
    return low, high
