"""The form of a code: what was typed, what it is read as, and what it may be chosen from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from pakkeforlop.coordination.verdict import Draft

DELAYS = ("patient", "medical", "capacity", "answer", "other")
"""Why a pathway was delayed; the first is the patient's own wish."""
DAY = re.compile(r"^\s*(\d{1,2})[.\s/-](\d{1,2})[.\s/-](\d{4}|\d{2})\s*$")


@dataclass(frozen=True)
class Entry:
    """The form as it was typed. `correct`: the registration's row that it corrects, `proposal`: the one it answers."""

    code: str = ""
    day: str = ""
    institution: str = ""
    delay: str = ""
    reason: str = ""
    correct: str = ""
    proposal: str = ""

    @classmethod
    def read(cls, given: Any) -> Entry:
        """The fields of a post or of an address."""
        names = ("code", "day", "institution", "delay", "reason", "correct", "proposal")
        asked = {name: str(given.get(name, "")).strip()[:400] for name in names}
        asked["code"] = asked["code"].upper().replace(" ", "")[:16]
        asked["delay"] = asked["delay"] if asked["delay"] in DELAYS else ""
        return cls(**asked)

    @property
    def date(self) -> date | None:
        """The day that was typed: dd.mm.yyyy, also with two digits of the year, or as ISO; None where it is none."""
        return read_day(self.day)

    def draft(self, *, replaces: str = "", unit: str = "") -> Draft:
        """The form as the engine asks for it."""
        return Draft(self.code, self.date, self.institution, replaces, unit)


def read_day(text: str) -> date | None:
    """A day as people write it; None for what is no day."""
    found = DAY.match(text)
    try:
        if found:
            day, month, year = (int(part) for part in found.groups())
            return date(year + 2000 if year < 100 else year, month, day)
        return date.fromisoformat(text.strip()[:10])
    except ValueError:
        return None
