"""Synthetic people: a name of an adjective and a noun, and an identity number that cannot be anyone's.

The number is of the synthetic kind with 80 added to the month (as the tax administration's test population), with
valid check digits, so that every check of a number is exercised and no real person can be met.
"""

from __future__ import annotations

import random
import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

FIRST = (3, 7, 6, 1, 8, 9, 4, 5, 2)
SECOND = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
SERIES = ((1900, 1999, 0, 499), (2000, 2039, 500, 999))
"""First year, last year and the individual numbers that say so."""


@dataclass(frozen=True)
class Person:
    """Who a patient is."""

    patient_id: str
    name: str
    number: str
    born: date
    sex: int


def synthetic_number(born: date, sex: int, rng: random.Random) -> str:
    """An identity number with 80 added to the month; sex 1 man (odd), 2 woman (even)."""
    low, high = next((low, high) for first, last, low, high in SERIES if first <= born.year <= last)
    while True:
        individual = rng.randrange(low, high + 1)
        if individual % 2 != sex % 2:
            continue
        digits = [int(sign) for sign in f"{born.day:02d}{born.month + 80:02d}{born.year % 100:02d}{individual:03d}"]
        one = (11 - sum(w * d for w, d in zip(FIRST, digits, strict=True)) % 11) % 11
        two = (11 - sum(w * d for w, d in zip(SECOND, [*digits, one], strict=True)) % 11) % 11
        if one < 10 and two < 10:
            return "".join(str(digit) for digit in (*digits, one, two))


class Crowd:
    """Hands out people, no two of a name until all names are used."""

    def __init__(self, rng: random.Random, prefix: str = "w") -> None:
        self._rng, self._prefix, self._count = rng, prefix, 0
        words = _words()
        names = [f"{one} {two}" for one in words["adjectives"] for two in words["nouns"]]
        rng.shuffle(names)
        self._names = names

    def name(self) -> str:
        """The next name."""
        self._count += 1
        return self._names[(self._count - 1) % len(self._names)]

    def person(self, *, age: int, sex: int, today: date) -> Person:
        """A person of an age in whole years on a day."""
        name = self.name()
        born = date(today.year - age - 1, self._rng.randrange(1, 13), self._rng.randrange(1, 29))
        return Person(f"{self._prefix}{self._count:05d}", name, synthetic_number(born, sex, self._rng), born, sex)


@cache
def _words() -> dict[str, list[str]]:
    return tomllib.loads((Path(__file__).parent / "words.toml").read_text(encoding="utf-8"))
