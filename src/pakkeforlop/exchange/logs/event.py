"""One event of a log, the same shape whatever door it came by, and what could not be used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

Values = tuple[str, ...]


class Event(NamedTuple):
    """An event: its case and patient as written, the texts of its columns (FHIR fields may have several), its place.

    `row` is the data row of a CSV file, the running number of the event in an XES file, or of the resource in a bundle;
    `line` the line of the file that it begins on.
    """

    patient: str
    case: str
    values: Mapping[str, Values]
    row: int
    line: int

    def first(self, column: str) -> str:
        """The first text of a column; empty where it has none."""
        found = self.values.get(column)
        return found[0] if found else ""


class Refused(NamedTuple):
    """Something of a file that gives nothing: where and why. `value`: the text that could not be used, cut short."""

    row: int
    line: int
    column: str
    reason: str
    value: str = ""


LONGEST_VALUE = 60
"""Characters of a text that is told of."""


@dataclass
class Seen:
    """What was met while a log was read. A reader passes on what it has met now and then, and begins anew."""

    events: int = 0
    refused: list[Refused] = field(default_factory=list)
    outside: dict[str, int] = field(default_factory=dict)
    """References of FHIR resources that lead out of their bundle, by resource and field."""
