"""Events held against a mapping: which milestones an event fits, and what the dates of a case come to."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from pakkeforlop.exchange.logs.event import Event, Values
from pakkeforlop.exchange.logs.mapping import Condition, Mapping, Milestone

Test = Callable[[Values], bool]
Name = tuple[str, str]
"""A milestone's history and key."""
REMEMBERED = 200_000
"""Different combinations of texts whose milestones are remembered; the activities of a log repeat."""


def columns_of(mapping: Mapping) -> frozenset[str]:
    """The columns that a mapping names."""
    read = mapping.read
    named = {read.patient, read.case, read.date, mapping.place.column}
    for milestone in mapping.milestone:
        named.add(milestone.date)
        named.update(condition.column for condition in _conditions(milestone))
    return frozenset(named - {""})


def _conditions(milestone: Milestone) -> Iterator[Condition]:
    yield from milestone.all
    yield from milestone.any
    yield from milestone.none


def fits_text(condition: Condition) -> Callable[[str], bool]:
    """Whether one text fulfils a condition."""
    fold = str.casefold if condition.ignore_case else str
    same = frozenset(fold(text) for text in condition.is_)
    starts = tuple(fold(text) for text in condition.starts_with)
    within = tuple(fold(text) for text in condition.contains)
    pattern = re.compile(condition.matches, re.IGNORECASE if condition.ignore_case else 0)

    def fits(text: str) -> bool:
        text = fold(text)
        return (
            text in same
            or (bool(starts) and text.startswith(starts))
            or any(part in text for part in within)
            or (bool(condition.matches) and pattern.search(text) is not None)
        )

    return fits


class Matcher:
    """Tells the milestones that an event fits; each combination of texts is judged once."""

    def __init__(self, mapping: Mapping) -> None:
        self._milestones = [milestone for milestone in mapping.milestone if not milestone.earliest_of]
        self._tests = {
            id(condition): fits_text(condition)
            for milestone in self._milestones
            for condition in _conditions(milestone)
        }
        self._columns = tuple(sorted({c.column for milestone in self._milestones for c in _conditions(milestone)}))
        self._known: dict[tuple[Values, ...], tuple[Milestone, ...]] = {}

    def of(self, event: Event) -> tuple[Milestone, ...]:
        """The milestones that the event fits."""
        texts = tuple(event.values.get(column, ()) for column in self._columns)
        if texts not in self._known:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            self._known[texts] = tuple(m for m in self._milestones if self._fits(m, event))
        return self._known[texts]

    def _fits(self, milestone: Milestone, event: Event) -> bool:
        def holds(condition: Condition) -> bool:
            return any(map(self._tests[id(condition)], event.values.get(condition.column, ())))

        return (
            all(map(holds, milestone.all))
            and (not milestone.any or any(map(holds, milestone.any)))
            and not any(map(holds, milestone.none))
        )


@dataclass
class Case:
    """What is known of a case: its patient, and for each milestone the days it was met and where first on each."""

    patient: str
    met: dict[Name, dict[int, str]] = field(default_factory=dict)

    def meet(self, milestone: Milestone, day: int, institution: str) -> None:
        """Note that an event of the milestone happened. Of several places on a day the least number is kept."""
        days = self.met.setdefault((milestone.history, milestone.key), {})
        if day not in days or institution < days[day]:
            days[day] = institution


@dataclass(frozen=True)
class Reached:
    """A milestone of a history with its date and place; day None when the history has none."""

    patient: str
    case: str
    milestone: Milestone
    day: int | None
    institution: str = ""


def histories(name: str, case: Case, milestones: Iterable[Milestone]) -> Iterator[Reached]:
    """The milestones of a case, history by history. A history without any date, or without one that opens it, is none;
    a mapping without histories has one for every case.
    """
    by_history: dict[str, list[Milestone]] = {}
    for milestone in milestones:
        by_history.setdefault(milestone.history, []).append(milestone)
    for history, members in by_history.items():
        days: dict[str, list[int]] = {}
        reached = [one for milestone in members for one in _resolve(name, case, milestone, days)]
        opening = [milestone.key for milestone in members if milestone.opens] or list(days)
        if not history or any(days[key] for key in opening):
            yield from reached


def _resolve(name: str, case: Case, milestone: Milestone, days: dict[str, list[int]]) -> list[Reached]:
    """The rows of one milestone; `days` gains its dates for those below it."""
    full = f"{name}/{milestone.history}" if milestone.history else name
    if milestone.earliest_of:
        found = sorted({min(days[key]) for key in milestone.earliest_of if days[key]})[:1]
        origin = next((key for key in milestone.earliest_of if found and found[0] in days[key]), "")
        places = case.met.get((milestone.history, origin), {})
    else:
        places = case.met.get((milestone.history, milestone.key), {})
        found = _chosen(milestone, sorted(places), days)
    days[milestone.key] = found
    if not found:
        return [Reached(case.patient, full, milestone, None)]
    return [Reached(case.patient, full, milestone, day, places.get(day, "")) for day in found]


def _chosen(milestone: Milestone, met: list[int], days: dict[str, list[int]]) -> list[int]:
    if milestone.on_or_after:
        earlier = [min(days[key]) for key in milestone.on_or_after if days[key]]
        met = [day for day in met if earlier and day >= min(earlier)]
    if milestone.take == "every":
        return met
    return met[:1] if milestone.take == "first" else met[-1:]
