"""Norwegian identity numbers: which kind, whether synthetic, and whether the control digits are right.

Ordinary numbers are day, month, year, three digits and two control digits. D-numbers add 40 to the day, help numbers 40
to the month; a common help number (felles hjelpenummer) begins with 8 or 9 and holds no date. Synthetic numbers add 80
to the month (the tax authority's Tenor) or 65 (the health network's); some test environments add 40, which cannot be
told from help numbers. From 2032 the first control digit may take one of four values for the same nine digits; such
numbers are accepted already, and their two digits of the year say nothing of the century.

Sex is never derived from a number. Real patients and synthetic numbers do not belong in the same store: a setting says
which one this is.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from enum import StrEnum

FIRST = (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)
SECOND = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
REMAINDERS = frozenset({0, 1, 2, 3})
"""What the first weighted sum may leave when divided by 11: 0 alone before 2032."""
ELEVEN = re.compile(r"[0-9]{11}")
D_DAY, HELP_MONTH = 40, 40
SYNTHETIC_MONTHS = (80, 65)


class Kind(StrEnum):
    """Kinds of numbers."""

    ORDINARY = "ordinary"
    D = "d"
    HELP = "help"
    COMMON_HELP = "common_help"


@dataclass(frozen=True)
class Identity:
    """A number with right control digits. `helped`: a D-number with a help number's month, too."""

    number: str
    kind: Kind
    synthetic: bool = False
    helped: bool = False


def identity(text: str) -> Identity | None:
    """The number in a text of exactly eleven digits; None when it is no identity number of any kind."""
    if not ELEVEN.fullmatch(text) or not _controls(text):
        return None
    return _dated(text) or _undated(text)


def usable(text: str, *, synthetic: bool) -> bool:
    """Whether a number may stand in a store that takes synthetic numbers, or in one that does not."""
    found = identity(text)
    return found is not None and (synthetic or not found.synthetic)


def _controls(text: str) -> bool:
    digits = [int(letter) for letter in text]
    first = sum(weight * digit for weight, digit in zip(FIRST, digits, strict=False)) % 11
    second = sum(weight * digit for weight, digit in zip(SECOND, digits, strict=True)) % 11
    return first in REMAINDERS and second == 0


def _undated(text: str) -> Identity | None:
    return Identity(text, Kind.COMMON_HELP) if text[0] in "89" else None


def _dated(text: str) -> Identity | None:
    day, month, year = int(text[:2]), int(text[2:4]), int(text[4:6])
    is_d = day > D_DAY
    day -= D_DAY if is_d else 0
    synthetic = False
    for added in SYNTHETIC_MONTHS:
        if added < month <= added + 12:
            month, synthetic = month - added, True
            break
    helped = HELP_MONTH < month <= HELP_MONTH + 12
    month -= HELP_MONTH if helped else 0
    if not _is_day(day, month, year, text):
        return None
    kind = Kind.D if is_d else Kind.HELP if helped else Kind.ORDINARY
    return Identity(text, kind, synthetic, helped and is_d)


def _is_day(day: int, month: int, year: int, text: str) -> bool:
    """Whether the date exists in a century that the number can be of."""
    if not 1 <= month <= 12 or day < 1:
        return False
    return any(day <= monthrange(century + year, month)[1] for century in _centuries(year, text))


def _centuries(year: int, text: str) -> tuple[int, ...]:
    """By the three digits after the date, as they are given out until 2032; after that any."""
    number = int(text[6:9])
    digits = [int(letter) for letter in text]
    if sum(weight * digit for weight, digit in zip(FIRST, digits, strict=False)) % 11:
        return (1900, 2000)  # given out by the rule of 2032
    found = []
    if number < 500 or (number >= 900 and year >= 40):
        found.append(1900)
    if 500 <= number < 750 and year >= 54:
        found.append(1800)
    if number >= 500 and year < 40:
        found.append(2000)
    return tuple(found) or (1900, 2000)
