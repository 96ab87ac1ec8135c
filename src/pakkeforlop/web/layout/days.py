"""Days as people type them in a field."""

from __future__ import annotations

import re
from datetime import date

NORWEGIAN = re.compile(r"(\d{1,2})[.\s/](\d{1,2})[.\s/](\d{4})")


def read_day(text: str) -> date | None:
    """A day written 21.01.2022 or 2022-01-21; None for anything else."""
    found = NORWEGIAN.fullmatch(text.strip())
    try:
        if found:
            day, month, year = (int(part) for part in found.groups())
            return date(year, month, day)
        return date.fromisoformat(text.strip())
    except ValueError:
        return None
