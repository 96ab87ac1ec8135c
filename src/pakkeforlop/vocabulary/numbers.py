"""Whole numbers as addresses and forms carry them: of a row, a page, a revision."""

from __future__ import annotations

LONGEST = 18
"""Digits; every whole number of a store is shorter."""


def whole(text: str) -> int | None:
    """The number of an address or a field; None for what is none, so that nobody's typing is a fault of ours.

    Only the digits 0-9 make a number: `²` is a digit to Python and no number, and `٣` is not how anybody writes a page.
    """
    return int(text) if len(text) <= LONGEST and text.isascii() and text.isdecimal() else None
