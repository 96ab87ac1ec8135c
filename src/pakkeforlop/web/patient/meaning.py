"""What a code means in a few words; an opening code after the first is a receipt of the pathway."""

from __future__ import annotations

from typing import Any

from pakkeforlop.web.patient.case import Case
from pakkeforlop.web.words import Words


def short_meaning(case: Case, row: Any, t: Words) -> str:
    """The page's own short word for the code's event; the catalogue's where there is none."""
    first = case.episode is not None and row.event_date == case.episode["start_date"]
    if row.code[3:] in ("A", "AA") and not first:
        return t("patient.received")
    return code_word(row.code, case.family.key, t) or case.teller.meaning(row.code)


def code_word(code: str, family: str, t: Words) -> str:
    """A short word for a code's suffix, where the texts have one for the family."""
    if family == "mental_health":
        return ""
    name = f"patient.event.{code[3:]}"
    return t(name) if t.has(name) else ""
