"""Codes that the appointments speak for and nobody has entered: the system types, a person confirms.

Certain enough to propose: the first attended visit is S; an attended talk or meeting with a result that the word list
knows is a C; an attended treatment after the decision is an F of its kind. Nothing is proposed on a guess.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from pakkeforlop.coordination.states import TREATMENT_KINDS

VISITS = frozenset({"attendance", "examination", "talk"})
DECIDING = frozenset({"talk", "mdt"})


@dataclass(frozen=True)
class Attended:
    """An attended appointment: when and where, what it was, and the result that was written."""

    kind: str
    day: date
    institution: str
    text: str
    result: str = ""


@dataclass(frozen=True)
class Draft:
    """A code to propose, with the appointment that speaks for it."""

    code: str
    day: date
    institution: str
    evidence: str


def drafts(
    pathway: str, *, start: date, phase: str, attended: Sequence[Attended], known: Collection[str]
) -> list[Draft]:
    """At most one code: the next point that the appointments show and no registration does.

    known: the codes of the catalogue; nothing outside it is proposed.
    """
    found = {"first_attendance": _visit, "workup": _decision, "treatment": _treatment}.get(phase)
    if found is None:
        return []
    for visit in sorted(attended, key=lambda one: one.day):
        code = found(pathway, visit) if visit.day >= start else ""
        if code in known:
            evidence = f"{visit.text}: «{visit.result}»" if visit.result else visit.text
            return [Draft(code, visit.day, visit.institution, evidence)]
    return []


def decision_in(result: str) -> str:
    """The kind of decision (K, A, I) that the words of a result speak for; '' where they say nothing known."""
    said = result.casefold()
    return next((kind for kind, words in _words() if any(word in said for word in words)), "")


def _visit(pathway: str, visit: Attended) -> str:
    return pathway + "S" if visit.kind in VISITS else ""


def _decision(pathway: str, visit: Attended) -> str:
    kind = decision_in(visit.result) if visit.kind in DECIDING else ""
    if kind == "K" and pathway.startswith("B"):
        kind = "U"
    return f"{pathway}C{kind}" if kind else ""


def _treatment(pathway: str, visit: Attended) -> str:
    kind = TREATMENT_KINDS.get(visit.kind, "")
    return f"{pathway}F{kind}" if kind else ""


@cache
def _words() -> tuple[tuple[str, tuple[str, ...]], ...]:
    file = Path(__file__).parent / "data" / "results.toml"
    listed = tomllib.loads(file.read_text(encoding="utf-8"))["result"]
    return tuple((entry["kind"], tuple(word.casefold() for word in entry["words"])) for entry in listed)
