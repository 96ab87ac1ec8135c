"""The primary rule: which counts are of so few that they point at persons. Thresholds: `disclosure.toml`.

A share is two counts and their sum: within and over make the denominator. A denominator of 1 up to the threshold is
hidden, and so is a numerator, or the rest beside it, of 1 up to its own. None is nobody: a zero is shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Counts = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Rule:
    """Counts of 1 up to `fewer_than` (exclusive) and denominators of 1 up to `denominator_below` are hidden.

    secondary: hide more, so that the hidden ones cannot be worked out.
    """

    fewer_than: int = 3
    denominator_below: int = 5
    secondary: bool = True

    def few(self, count: Any) -> Any:
        """Is a numerator, or the rest beside it, or a plain count, of few?"""
        return (count >= 1) & (count < self.fewer_than)

    def few_below(self, denominator: Any) -> Any:
        """Is a denominator of few?"""
        return (denominator >= 1) & (denominator < self.denominator_below)

    def hides(self, numerator: Any, denominator: Any, *, share: bool) -> Any:
        """Does the rule hide the figure, wholly or its numerator? A plain count stands in `denominator`."""
        if not share:
            return self.few(denominator)
        return self.few_below(denominator) | self.few(numerator) | self.few(denominator - numerator)

    def hides_denominator(self, denominator: Any, *, share: bool) -> Any:
        """Does the rule hide the denominator too (or the plain count)?"""
        return self.few_below(denominator) if share else self.few(denominator)
