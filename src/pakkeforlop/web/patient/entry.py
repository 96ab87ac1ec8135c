"""The form of a code: what was typed, what it is read as, and what it may be chosen from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from pakkeforlop.coordination.verdict import Draft
from pakkeforlop.web.layout.days import read_day

DELAYS = ("patient", "medical", "capacity", "answer", "other")
"""Why a pathway was delayed; the first is the patient's own wish."""


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
