"""Days as people type them in a field."""

from __future__ import annotations

import re
from datetime import date, datetime

NORWEGIAN = re.compile(r"(\d{1,2})[.\s/-](\d{1,2})[.\s/-](\d{4}|\d{2})", re.ASCII)


def read_day(text: str) -> date | None:
    """A day written 21.01.2022, 21.1.22 or 2022-01-21; None for what is no day."""
    written = text.strip()
    found = NORWEGIAN.fullmatch(written)
    try:
        if found:
            day, month, year = (int(part) for part in found.groups())
            return date(year + 2000 if year < 100 else year, month, day)
        return datetime.fromisoformat(written).date()
    except ValueError:
        return None
