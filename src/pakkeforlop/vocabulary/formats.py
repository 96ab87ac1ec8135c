"""How numbers, shares and dates are written. The signs come from the language file of the pages that write them."""

from __future__ import annotations

import math
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from pakkeforlop.vocabulary.calendar import day_of

NARROW_SPACE = "\u202f"
NO_BREAK = "\u00a0"
MINUS = "\u2212"


class Formats:
    """Numbers and dates of one language."""

    def __init__(self, signs: dict[str, Any]) -> None:
        self._decimal: str = signs["decimal"]
        self._months: list[str] = signs["months"]
        self._short_months: list[str] = signs["short_months"]
        self._weekdays: list[str] = signs["short_weekdays"]
        self._words: list[str] = signs["number_words"]
        self._patterns: dict[str, str] = signs["patterns"]

    def integer(self, number: int) -> str:
        """A whole number with a thin space between thousands."""
        return f"{number:,}".replace(",", NARROW_SPACE).replace("-", MINUS)

    def word(self, number: int) -> str:
        """A small number as a word, others in digits."""
        return self._words[number] if 0 <= number < len(self._words) else self.integer(number)

    def decimal(self, number: float, places: int = 1) -> str:
        """A number with a fixed count of decimals."""
        whole = f"{number:,.{places}f}".replace(",", NARROW_SPACE)
        return whole.replace(".", self._decimal).replace("-", MINUS)

    def days(self, number: float) -> str:
        """Days: whole numbers without decimals, halves with one."""
        return self.integer(round(number)) if abs(number - round(number)) < 1e-9 else self.decimal(number)

    def days_reached(self, number: float) -> str:
        """Whole days by which a share has been reached: rounded up, so that the sentence is true."""
        return self.integer(math.ceil(number - 1e-9))

    def signed(self, number: float, places: int = 1) -> str:
        """A difference with its sign."""
        return ("+" if number > 0 else "") + self.decimal(number, places)

    def percent(self, numerator: int, denominator: int, *, target: float | None = None) -> str:
        """A share in percent with one decimal (or more, where rounding would cross the target)."""
        return self.per_hundred(numerator, denominator, target=target, places=1) + NO_BREAK + "%"

    def per_hundred(self, numerator: int, denominator: int, *, target: float | None = None, places: int = 0) -> str:
        """A share of 100, rounded to the nearest; decimals are added until the target is not crossed by rounding."""
        exact = Fraction(100 * numerator, denominator)
        line = None if target is None else Fraction(str(target))
        for used in range(places, 7):
            shown = _nearest(exact, used)
            if line is None or (shown >= line) == (exact >= line):
                return self.decimal(float(shown), used)
        return self.decimal(float(exact), 7)

    def interval(self, low: float, high: float, places: int = 1) -> str:
        """An interval with a dash between."""
        return f"{self.decimal(low, places)}–{self.decimal(high, places)}"

    def long_date(self, day: int | date) -> str:
        """31. desember 2021."""
        at = day if isinstance(day, date) else day_of(day)
        return self._patterns["date"].format(day=at.day, month=self._months[at.month - 1], year=at.year)

    def short_date(self, day: int | date) -> str:
        """31.12.2021, for tables."""
        at = day if isinstance(day, date) else day_of(day)
        return self._patterns["short_date"].format(day=at.day, month=at.month, year=at.year)

    def list_date(self, day: int | date) -> str:
        """Fr 21. jan."""
        at = day if isinstance(day, date) else day_of(day)
        return self._patterns["list_date"].format(
            weekday=self._weekdays[at.weekday()], day=at.day, month=self._short_months[at.month - 1]
        )

    def month(self, at: date) -> str:
        """As in `juli 2020`."""
        return f"{self._months[at.month - 1]} {at.year}"

    def month_name(self, at: date) -> str:
        """As in `juli`."""
        return self._months[at.month - 1]

    def short_month(self, at: date) -> str:
        """As in `jan 2020`."""
        return f"{self._short_months[at.month - 1]} {at.year}"

    def tertial(self, at: date) -> str:
        """1. tertial 2021, for the four months that begin on `at`."""
        return self._patterns["tertial"].format(number=(at.month - 1) // 4 + 1, year=at.year)

    def span(self, first: date, last: date) -> str:
        """A whole year as its number, else two dates with a dash."""
        if (first.month, first.day) == (1, 1) and last + timedelta(days=1) == date(first.year + 1, 1, 1):
            return str(first.year)
        return f"{self.long_date(first)} – {self.long_date(last)}"


def _nearest(exact: Fraction, places: int) -> Fraction:
    """`exact` rounded to `places` decimals, halves up."""
    scale = 10**places
    return Fraction(math.floor(exact * scale + Fraction(1, 2)), scale)
