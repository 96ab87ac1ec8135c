"""Events held against a mapping: which milestones an event fits, and what the dates of a case come to."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from pakkeforlop.exchange.logs.event import LONGEST_VALUE, Event, Values
from pakkeforlop.exchange.logs.mapping import Condition, Mapping, Milestone, Read

Test = Callable[[Values], bool]
Name = tuple[str, str]
"""A milestone's history and key."""
REMEMBERED = 50_000
"""Different combinations of texts whose milestones are remembered; the activities of a log repeat."""
MOST_TEXTS = 500
"""Different texts of a column that are kept, to tell of when nothing fits."""


CASE_MARK = " · "
"""Between the texts of several columns that tell a case."""


def case_of(read: Read, patient: str, texts: Iterable[str]) -> str:
    """The name of a case: the text of its own column, or the patient and what tells the patient's cases apart."""
    return CASE_MARK.join([patient, *texts] if read.within_patient else texts)


def columns_of(mapping: Mapping) -> frozenset[str]:
    """The columns that a mapping names."""
    read = mapping.read
    named = {read.patient, *read.cases, read.date, mapping.place.column}
    for milestone in mapping.milestone:
        named.add(milestone.date)
        named.update(condition.column for condition in conditions_of(milestone))
    return frozenset(named - {""})


def conditions_of(milestone: Milestone) -> Iterator[Condition]:
    """Every condition of a milestone."""
    yield from milestone.needed
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
        self._milestones = [(n, one) for n, one in enumerate(mapping.milestone) if not one.earliest_of]
        conditions = [condition for _, milestone in self._milestones for condition in conditions_of(milestone)]
        self._tests = {id(condition): fits_text(condition) for condition in conditions}
        self._columns = tuple(sorted({condition.column for condition in conditions}))
        self._known: dict[tuple[Values, ...], tuple[int, ...]] = {}
        self.texts: dict[str, set[str]] = {column: set() for column in self._columns}
        """Some texts of each column that conditions name."""
        self._looks = [{condition.column for condition in (*one.all, *one.any)} for _, one in self._milestones]
        self.taken: dict[str, set[str]] = {column: set() for looks in self._looks for column in looks}
        """Of the columns that `all` and `any` name, the texts of events that fitted a milestone by them."""

    def of(self, event: Event) -> tuple[int, ...]:
        """The milestones that the event fits, by their number in the mapping."""
        texts = tuple(event.values.get(column, ()) for column in self._columns)
        if texts not in self._known:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            self._known[texts] = tuple(n for n, milestone in self._milestones if self._fits(milestone, event))
            for column, found in zip(self._columns, texts, strict=True):
                if len(self.texts[column]) < MOST_TEXTS:
                    self.texts[column].update(text[:LONGEST_VALUE] for text in found if text.strip())
            self._take(self._known[texts], event)
        return self._known[texts]

    def _take(self, fitted: tuple[int, ...], event: Event) -> None:
        """Note which of the texts that are kept have led to a milestone."""
        for (n, _), columns in zip(self._milestones, self._looks, strict=True):
            for column in columns if n in fitted else ():
                found = {text[:LONGEST_VALUE] for text in event.values.get(column, ())}
                self.taken[column] |= found & self.texts[column]

    def _fits(self, milestone: Milestone, event: Event) -> bool:
        def holds(condition: Condition) -> bool:
            return any(map(self._tests[id(condition)], event.values.get(condition.column, ())))

        return (
            all(map(holds, milestone.needed))
            and (not milestone.any or any(map(holds, milestone.any)))
            and not any(map(holds, milestone.none))
        )


@dataclass
class Case:
    """What is known of a case: for each milestone the days it was met and where first on each."""

    met: dict[Name, dict[int, str]] = field(default_factory=dict)

    def meet(self, milestone: Milestone, day: int, institution: str) -> None:
        """Note that an event of the milestone happened. Of several places on a day the least number is kept, and any
        place before none.
        """
        days = self.met.setdefault((milestone.history, milestone.key), {})
        if not days.get(day) or (institution and institution < days[day]):
            days[day] = institution


@dataclass(frozen=True)
class Reached:
    """A milestone of a history with its date and place; day None when the history has none."""

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
        return [Reached(full, milestone, None)]
    return [Reached(full, milestone, day, places.get(day, "")) for day in found]


def _chosen(milestone: Milestone, met: list[int], days: dict[str, list[int]]) -> list[int]:
    if milestone.on_or_after:
        earlier = [min(days[key]) for key in milestone.on_or_after if days[key]]
        met = [day for day in met if earlier and day >= min(earlier)]
    if milestone.take == "every":
        return met
    return met[:1] if milestone.take == "first" else met[-1:]
