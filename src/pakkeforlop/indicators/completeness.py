"""Is as much registered as one should expect? A unit's tertial against the same tertial of the years before.

The expected count is the unit's own mean in that tertial, moved as the country has moved since. Its limits hold 99.8 %
of counts that vary by chance (Poisson), widened by how much more the unit's counts really have varied. A count below
the lower limit is an alarm: a system down, a ward that does not code, a trust that has changed hands.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

Z_998 = 3.090232
FEWEST_YEARS = 2
"""With fewer years before there is nothing to expect from."""
MOST_YEARS = 5
"""Years further back tell of another time, and the first ones of a register of codes that were being learnt."""


@dataclass(frozen=True)
class Expected:
    """Registered, and what was to be expected with its limits."""

    registered: int
    count: float
    low: float
    high: float

    @property
    def falls_short(self) -> bool:
        """Fewer than ordinary variation gives."""
        return self.registered < self.low


def expected(unit: Mapping[str, int], country: Mapping[str, int], period: str) -> Expected | None:
    """The expectation for a period (`2021T2`) of a unit; None where too few years before are known.

    Where `unit` is the country itself there is nothing to move it by, and its own mean stands.
    """
    if period not in unit or period not in country:
        return None
    known = (one for one in unit if one[4:] == period[4:] and one < period and country.get(one, 0) > 0)
    same = sorted(known)[-MOST_YEARS:]
    if len(same) < FEWEST_YEARS:
        return None
    whole = unit is country or unit == country
    share = sum(unit[one] for one in same) / sum(country[one] for one in same)
    count = sum(unit[one] for one in same) / len(same) if whole else share * country[period]
    means = [sum(unit[one] for one in same) / len(same) if whole else share * country[one] for one in same]
    spread = sum((unit[one] - mean) ** 2 / mean for one, mean in zip(same, means, strict=True) if mean > 0)
    dispersion = max(1.0, spread / (len(same) - 1))
    reach = Z_998 * math.sqrt(count * dispersion)
    return Expected(unit[period], count, max(0.0, count - reach), count + reach)
