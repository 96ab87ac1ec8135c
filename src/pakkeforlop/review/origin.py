"""Where generated data say of themselves what is filled in: marks that the report shows beside the figures."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from pakkeforlop.review.report.inputs import Mark
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
