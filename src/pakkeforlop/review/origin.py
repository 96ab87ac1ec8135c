"""Where data say of themselves how they were made: filled in by `generate`, or converted from an event log."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from pakkeforlop.review.converting import RECORD as CONVERTED
from pakkeforlop.review.report.inputs import Converted, Mark
from pakkeforlop.vocabulary.calendar import day_number

RECORD = "generate.json"


def marks_beside(inputs: Sequence[Path]) -> tuple[Mark, ...]:
    """The filled and incomplete periods that a record of `generate` tells of, standing beside the registrations.

    None when there is no record, or one that cannot be read: it is a help to the reader, never a condition.
    """
    found: list[Mark] = []
    for folder in dict.fromkeys(path.parent for path in inputs):
        try:
            record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
            for key in ("filled_periods", "incomplete_periods"):
                for period in record.get(key, []):
                    first, last = (day_number(date.fromisoformat(period[end])) for end in ("from", "to"))
                    found.append(Mark(first, last, str(period.get("kind", "filled"))))
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            continue
    return tuple(found)


def converted_beside(inputs: Sequence[Path]) -> tuple[Converted, ...]:
    """The conversions that a record of `registrations convert` tells of, standing beside the registrations."""
    found: list[Converted] = []
    for folder in dict.fromkeys(path.parent for path in inputs):
        try:
            record = json.loads((folder / CONVERTED).read_text(encoding="utf-8"))
            starts = tuple((str(one["milestone"]), str(one["code"]), str(one["because"])) for one in record["start"])
            shift = record["shift"] or {"years": 0, "because": ""}
            found.append(Converted(str(record["mapping"]), starts, int(shift["years"]), str(shift["because"])))
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            continue
    return tuple(found)
