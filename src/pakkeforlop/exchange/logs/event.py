"""One event of a log, the same shape whatever door it came by, and what could not be used."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from pakkeforlop.vocabulary.calendar import day_number

Values = tuple[str, ...]


WRITTEN = re.compile(
    r"\s*(?:(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)|(?P<day2>\d{1,2})[./-](?P<month2>\d{1,2})[./-](?P<year2>\d{4}))"
    r"(?:[T ].*)?\s*$"
)
"""Year, month, day or day, month, year, and any time of day after it."""


class Event(NamedTuple):
    """An event: its case and patient as written, the texts of its columns (FHIR fields may have several), its row.

    `row` is the data row of a CSV file, the running number of the event in an XES file, or of the resource in a bundle.
    """

    patient: str
    case: str
    values: Mapping[str, Values]
    row: int

    def first(self, column: str) -> str:
        """The first text of a column; empty where it has none."""
        found = self.values.get(column)
        return found[0] if found else ""


class Refused(NamedTuple):
    """Something of a file that gives nothing: where and why. `used` when only a part of it was left out."""

    file: str
    row: int
    column: str
    reason: str


@dataclass
class Seen:
    """What was met while a log was read."""

    events: int = 0
    refused: list[Refused] = field(default_factory=list)
    outside: dict[str, int] = field(default_factory=dict)
    """References of FHIR resources that lead out of their bundle, by resource and field."""


def day_of_text(text: str) -> int | None:
    """The day as written: the first ten characters of an ISO time, or dd.mm.yyyy, dd-mm-yyyy and dd/mm/yyyy.

    No zone is converted. None when it is no day.
    """
    written = WRITTEN.match(text)
    if written is None:
        return None
    parts = written.groupdict()
    year, month, day = (int(parts[name] or parts[name + "2"]) for name in ("year", "month", "day"))
    try:
        return day_number(date(year, month, day))
    except ValueError:
        return None
