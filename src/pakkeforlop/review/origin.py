"""Where data say of themselves how they were made: filled in by `generate`, or converted from an event log."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from pakkeforlop.review.converting import RECORD as CONVERTED
from pakkeforlop.review.report.inputs import Converted, Mark
from pakkeforlop.vocabulary.calendar import day_number
from pakkeforlop.vocabulary.errors import LANGUAGES

RECORD, RUN = "generate.json", "run.json"


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


def synthetic_beside(files: Sequence[Path]) -> bool:
    """Whether all patients are invented: a record of `generate`, or of a run over its files, stands beside a file."""
    for folder in dict.fromkeys(path.parent for path in files):
        for name in (RECORD, RUN):
            try:
                record = json.loads((folder / name).read_text(encoding="utf-8"))
                if record.get("synthetic") or record["arguments"].get("synthetic"):
                    return True
            except (OSError, ValueError, KeyError, TypeError, AttributeError):
                continue
    return False


def converted_beside(inputs: Sequence[Path]) -> tuple[Converted, ...]:
    """The conversions that a record of `registrations convert` tells of, standing beside the registrations."""
    found: list[Converted] = []
    for folder in dict.fromkeys(path.parent for path in inputs):
        try:
            record = json.loads((folder / CONVERTED).read_text(encoding="utf-8"))
            starts = tuple(
                (_in_languages(one["name"]), str(one["code"]), _in_languages(one["because"])) for one in record["start"]
            )
            shift = record["shift"] or {"years": 0, "because": dict.fromkeys(LANGUAGES, "")}
            why = _in_languages(shift["because"])
            found.append(Converted(_in_languages(record["mapping"]), starts, int(shift["years"]), why))
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            continue
    return tuple(found)


def _in_languages(told: dict[str, str]) -> dict[str, str]:
    """A text of the record in each language; KeyError where one is missing."""
    return {language: str(told[language]) for language in LANGUAGES}
