"""Whether a unit registers far less than its own past makes likely: a month's count against what the past foretells.

Months differ by their working days and by habit (July). What a month of the year is to an average month is learnt
from the unit's own past, starting from what all units together have (or from working days alone), the surer the more
the unit registers and the more years it has. The level is the middle of the unit's last year. Counts vary more than
chance alone: how much more is learnt too (negative binomial), and what is not known exactly of habit and level makes
the forecast wider. A month is alarmed when so few or fewer would come in less than one of a thousand ordinary months,
and at least a fifth is missing: small units are not alarmed by chance, large ones not by trifles.

Months that were alarmed do not teach: a change that lasts goes on being alarmed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from statistics import median

from pakkeforlop.vocabulary.working_days import is_working_day

LEAST_PAST = 12
"""Months of past below which nothing is said."""
LEVEL_MONTHS = 12
MOST_PAST = 60
HABIT, HABIT_OF_ALL = 0.2, 0.1
"""How much months of a year differ before more is known (standard deviation): from working days alone, from all."""
SPREAD, SPREAD_MONTHS = 0.012, 12
"""Variance beyond chance before more is known, in squared means (some eleven per cent), and its weight in months."""
DRIFT = 0.03
"""How far the level may have moved since the middle of the last year, as a share of it."""
MIDDLE = 1.57
"""How much less a middle tells than a mean (variance, of a normal distribution)."""
TOO_FAR, WITHIN = 9.0, 0.9915
"""Squared distances above are taken as so far; the mean of those of a normal distribution is then this."""
ONE_OF = 0.001
LEAST_MISSING = 0.2
LEAST_EXPECTED = 8
"""Where fewer are expected, even none at all is no sign."""

Month = tuple[int, int]
Counts = Mapping[Month, int]


@dataclass(frozen=True)
class Finding:
    """A month of a unit. `at_least`: what an ordinary month has at least; `chance`: of so few in an ordinary month."""

    month: Month
    count: int
    expected: float
    at_least: int
    chance: float
    alarm: bool


def judge(counts: Counts, month: Month, everyone: Counts | None = None) -> Finding | None:
    """A month of a unit against its own past; None where there is too little past to say anything.

    counts: codes by month, a month without any left out or 0; everyone: the same of all units, for what a month is to a
    year. Only months before the one that is judged teach.
    """
    past = _past(counts, month)
    if len(past) < LEAST_PAST:
        return None
    taught = {one: counts.get(one, 0) for one in past}
    for _ in range(3):  # what is alarmed itself does not teach; it settles in a round or two
        model = _Model.of(taught, everyone, month)
        kept = {one: n for one, n in taught.items() if not model.alarms(one, n)}
        if len(kept) == len(taught) or len(kept) < LEAST_PAST:
            break
        taught = kept
    count, expected, spread = counts.get(month, 0), model.mean(month), model.spread_of(month)
    chance = at_most(count, expected, spread)
    return Finding(month, count, expected, _at_least(expected, spread), chance, _is_alarm(count, expected, spread))


@dataclass(frozen=True)
class _Model:
    """What is learnt of a unit: its level, each month's habit with how sure that is, and the spread beyond chance."""

    level: float
    habits: Mapping[Month, tuple[float, float]]
    spread: float
    taught: int

    @classmethod
    def of(cls, taught: Counts, everyone: Counts | None, month: Month) -> _Model:
        habits = _habits(taught, everyone, month)
        last = sorted(taught)[-LEVEL_MONTHS:]
        level = max(median(taught[one] / habits[one][0] for one in last), 0.1)
        return cls(level, habits, _spread(taught, habits), len(last))

    def mean(self, month: Month) -> float:
        return self.level * self.habits[month][0]

    def spread_of(self, month: Month) -> float:
        """Spread of the forecast: that of months, and what is not known of level and habit."""
        habit, unsure = self.habits[month]
        of_level = MIDDLE * (self.spread + 1 / self.level) / self.taught
        return self.spread + of_level + unsure / habit**2 + DRIFT**2

    def alarms(self, month: Month, count: int) -> bool:
        return _is_alarm(count, self.mean(month), self.spread_of(month))


def _past(counts: Counts, month: Month) -> list[Month]:
    """The months before, from the first that has anything (a unit that did not exist yet registered nothing)."""
    begun = [one for one in counts if one < month and counts[one]]
    if not begun:
        return []
    found, at = [], min(begun)
    while at < month:
        found.append(at)
        at = (at[0] + at[1] // 12, at[1] % 12 + 1)
    return found[-MOST_PAST:]


def _habits(taught: Counts, everyone: Counts | None, month: Month) -> dict[Month, tuple[float, float]]:
    """What each month is to an average month, by working days and habit; and the variance of what is known of it."""
    own, shared = _by_month_of_year(taught), _by_month_of_year(everyone or {})
    noise = SPREAD + 1 / max(median(taught.values()), 1)
    found = {}
    for one in {*taught, month}:
        plain, there = shared.get(one[1], []), own.get(one[1], [])
        start, width = (sum(plain) / len(plain), HABIT_OF_ALL) if plain else (1.0, HABIT)
        weight = 1 / width**2 + len(there) / noise
        habit = (start / width**2 + sum(there) / noise) / weight
        days = working_days(one) / 21
        found[one] = max(habit, 0.05) * days, days**2 / weight
    return found


def _by_month_of_year(counts: Counts) -> dict[int, list[float]]:
    """Of each year with most of its months, what the months were to the year's middle, per working day."""
    years: dict[int, dict[int, float]] = {}
    for (year, number), count in counts.items():
        years.setdefault(year, {})[number] = count / working_days((year, number))
    found: dict[int, list[float]] = {}
    for months in years.values():
        middle = median(months.values())
        if len(months) < 9 or not middle:
            continue
        for number, value in months.items():
            found.setdefault(number, []).append(value / middle)
    return found


def _spread(taught: Counts, habits: Mapping[Month, tuple[float, float]]) -> float:
    """How much more months vary than by chance: the share of the variance beyond the mean, in squared means.

    Each month is held against the middle of those around it, so that growth is no spread. One odd month does not decide
    (squared distances above nine count as nine). The first year of a habit says nothing of how it varies.
    """
    months = sorted(taught)
    pairs = []
    for at, one in enumerate(months):
        near = [taught[other] / habits[other][0] for other in months[max(at - 6, 0) : at + 7] if other != one]
        pairs.append((taught[one], max(median(near), 0.1) * habits[one][0]))
    seen = max(len(pairs) - 12, 0)
    if not seen:
        return SPREAD
    wanted = WITHIN * seen / len(pairs) * (1 + MIDDLE / 12)
    low, high = 0.0, 1.0
    for _ in range(30):
        middle = (low + high) / 2
        if _distance(pairs, middle) > wanted:
            low = middle
        else:
            high = middle
    return (high * seen + SPREAD * SPREAD_MONTHS) / (seen + SPREAD_MONTHS)


def _distance(pairs: Sequence[tuple[int, float]], spread: float) -> float:
    return sum(min((n - mean) ** 2 / (mean + spread * mean**2), TOO_FAR) for n, mean in pairs) / len(pairs)


def _is_alarm(count: int, expected: float, spread: float) -> bool:
    return (
        expected >= LEAST_EXPECTED
        and count <= expected * (1 - LEAST_MISSING)
        and at_most(count, expected, spread) < ONE_OF
    )


def _at_least(expected: float, spread: float) -> int:
    """The smallest count that is no alarm."""
    low, high = 0, max(int(expected) + 1, 1)
    while low < high:
        middle = (low + high) // 2
        if _is_alarm(middle, expected, spread):
            low = middle + 1
        else:
            high = middle
    return low


def at_most(count: int, mean: float, spread: float) -> float:
    """The chance of so many or fewer: negative binomial with this mean and variance mean + spread * mean squared."""
    size = 1 / spread
    p = size / (size + mean)
    total, term = 0.0, size * math.log(p)
    for n in range(count + 1):
        if n:
            term += math.log((size + n - 1) / n) + math.log1p(-p)
        total += math.exp(term)
    return min(total, 1.0)


@cache
def working_days(month: Month) -> int:
    """The working days of a month."""
    first = date(month[0], month[1], 1)
    after = date(month[0] + month[1] // 12, month[1] % 12 + 1, 1)
    return sum(is_working_day(date.fromordinal(day)) for day in range(first.toordinal(), after.toordinal()))
