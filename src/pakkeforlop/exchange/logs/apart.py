"""A log read in a process of its own (`exchange.enclosed`): what its events say of milestones comes out in batches."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from pakkeforlop.exchange.logs import csv_log, fhir, xes
from pakkeforlop.exchange.logs.event import LONGEST_VALUE, Event, Refused, Seen
from pakkeforlop.exchange.logs.mapping import Mapping
from pakkeforlop.exchange.logs.rules import Matcher, columns_of
from pakkeforlop.exchange.logs.written_days import day_of_text

Door = Callable[[Path, Mapping, Seen, frozenset[str]], Iterator[Event | None]]
DOORS: dict[str, Door] = {"csv": csv_log.events, "xes": xes.events, "fhir": fhir.events}
DEFAULT_DATE = {"csv": "", "xes": xes.DATE, "fhir": "date"}
BATCH = 2_000
NOTHING = -1
"""In place of a milestone: the case is there, the event fits nothing."""


def read(files: Sequence[str], data: Any) -> Iterator[list[Any]]:
    """Read files through a mapping, as lists `[file, events, rows, refused, outside, seen]`.

    file: its place in `files`; events: how many were read since the last list; rows: case, patient, milestone (its
    number in the mapping, or NOTHING), day and place; refused: row, line, column, reason and value; outside: references
    out of the file, by name; seen: `texts`, some texts of each column that conditions name, `left`, those of them that
    no milestone takes, and `fits`, how many events fitted each milestone. The last two come at the end of a file, else
    they are empty.
    """
    mapping = Mapping.of(data)
    matcher = Matcher(mapping)
    for number, name in enumerate(files):
        seen = Seen()
        rows: list[list[Any]] = []
        reader = _Rows(mapping, matcher, seen)
        for event in DOORS[mapping.read.format](Path(name), mapping, seen, columns_of(mapping)):
            if event is not None:
                rows += reader.of(event)
            if len(rows) + len(seen.refused) >= BATCH:
                yield [number, seen.events, rows, seen.refused, {}, {}]
                rows, seen.refused, seen.events = [], [], 0
        told = {
            "texts": {column: sorted(found) for column, found in matcher.texts.items()},
            "left": {column: sorted(matcher.texts[column] - found) for column, found in matcher.taken.items()},
            "fits": reader.fits,
        }
        yield [number, seen.events, rows, seen.refused, seen.outside, told]


class _Rows:
    """What the events of a file say, row by row. A case that goes on without fitting anything is said once."""

    def __init__(self, mapping: Mapping, matcher: Matcher, seen: Seen) -> None:
        self._mapping, self._matcher, self._seen = mapping, matcher, seen
        self._fhir = mapping.read.format == "fhir"
        self._last = ""
        self.fits = [0] * len(mapping.milestone)
        default = mapping.read.date or DEFAULT_DATE[mapping.read.format]
        self._dates = [milestone.date or default for milestone in mapping.milestone]
        started = {start.milestone for start in mapping.start}
        self._coded = [bool(milestone.code) or milestone.key in started for milestone in mapping.milestone]

    def of(self, event: Event) -> Iterator[list[Any]]:
        """The rows of one event."""
        fitting = self._matcher.of(event)
        if not event.case or not event.patient:
            if fitting or not self._fhir:
                self._refuse(event, "", "no_patient_reference" if self._fhir else "no_case")
            return
        said = False
        for number in fitting:
            self.fits[number] += 1
            day = self._day(event, self._dates[number])
            if day is not None:
                said = True
                yield [event.case, event.patient, number, day, self._place(event, number)]
        if not said and event.case != self._last:
            yield [event.case, event.patient, NOTHING, 0, ""]
        self._last = event.case

    def _day(self, event: Event, column: str) -> int | None:
        text = event.first(column)
        day = day_of_text(text, self._mapping.read.date_format)
        if day is None:
            self._refuse(event, column, "bad_date" if text.strip() else "no_date", text)
        return day

    def _place(self, event: Event, number: int) -> str:
        """Where it was done; told of when the event gives a code and nobody knows where."""
        place = self._mapping.place
        text = event.first(place.column).strip() if place.column else ""
        found = (place.numbers.get(text, "") if place.numbers else text) or place.institution
        if not found and self._coded[number]:
            self._refuse(event, place.column, "place_unknown" if text else "no_institution", text)
        return found

    def _refuse(self, event: Event, column: str, reason: str, value: str = "") -> None:
        self._seen.refused.append(Refused(event.row, event.line, column, reason, value[:LONGEST_VALUE]))
