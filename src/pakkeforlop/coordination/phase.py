"""Where an open pathway stands: the phase it is in, since when, and the limits it is held to.

A limit is the version in force on the day the pathway started (decision 11). The whole is OF4; in a family whose share
ends at the decision (C01) it is OF1 + OF2. Days are calendar days, date minus date; the due day itself is within.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from pakkeforlop.catalogue.limits import in_force
from pakkeforlop.catalogue.model import Family, Pathway

PHASES = ("first_attendance", "workup", "treatment", "none")
KINDS = ("K", "M", "S", "O")
"""Treatment kinds that may have a limit (list 9176)."""


@dataclass(frozen=True)
class Points:
    """The dated points of an open pathway, and the treatment kind that is planned ('' where none is booked)."""

    start: date
    attendance: date | None = None
    decision: date | None = None
    planned: str = ""


@dataclass(frozen=True)
class Standing:
    """The phase, its first day, its limit and last day, and the same of the whole; None where no limit is in force."""

    phase: str
    since: date
    limit: int | None
    due: date | None
    whole_limit: int | None
    whole_due: date | None


def standing(pathway: Pathway, family: Family, points: Points) -> Standing:
    """Where a pathway stands by its points. Today plays no part: see `days`."""
    phase, since = _phase(points)
    limit = _phase_limit(pathway, phase, points)
    whole = _whole_limit(pathway, family, points)
    return Standing(phase, since, limit, _after(since, limit), whole, _after(points.start, whole))


def days(since: date, due: date | None, *, today: date) -> tuple[int, int | None]:
    """Days used since the first day and days left to the last one; 0 left is today, below 0 is over."""
    return (today - since).days, None if due is None else (due - today).days


def _phase(points: Points) -> tuple[str, date]:
    if points.decision is not None:
        return "treatment", points.decision
    if points.attendance is not None:
        return "workup", points.attendance
    return "first_attendance", points.start


def _phase_limit(pathway: Pathway, phase: str, points: Points) -> int | None:
    if phase == "treatment":
        return _by_kind(pathway, "OF3", points)
    found = in_force(pathway, {"first_attendance": "OF1", "workup": "OF2"}[phase], on=points.start)
    return found.days if found else None


def _whole_limit(pathway: Pathway, family: Family, points: Points) -> int | None:
    if family.share_to != "decision":
        return _by_kind(pathway, "OF4", points)
    parts = [in_force(pathway, span, on=points.start) for span in ("OF1", "OF2")]
    days_of = [part.days for part in parts if part is not None and part.days is not None]
    return sum(days_of) if len(days_of) == len(parts) else None


def _by_kind(pathway: Pathway, span: str, points: Points) -> int | None:
    """The limit of the planned kind; the longest of all kinds while none is planned or the planned one has none.

    A choice: the treatment is not known before it is booked, and the list must not call a pathway lost that may hold.
    """
    found = {kind: in_force(pathway, span, kind, on=points.start) for kind in KINDS}
    limits = {kind: version.days for kind, version in found.items() if version and version.days is not None}
    return limits.get(points.planned) or max(limits.values(), default=None)


def _after(since: date, limit: int | None) -> date | None:
    return None if limit is None else since + timedelta(days=limit)
