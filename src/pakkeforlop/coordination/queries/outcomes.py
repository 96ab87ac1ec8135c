"""What became of proposals: by rule, and those that were changed or rejected with their reasons.

Nothing here changes a rule: what is learnt from it is a new, dated rule of the catalogue that somebody writes.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet

from pakkeforlop.access.queries import scope_of, within
from pakkeforlop.access.rights import Right
from pakkeforlop.coordination.models import Proposal
from pakkeforlop.coordination.settling import OVERTAKEN

PERIOD = timedelta(days=90)
OUTCOMES = ("open", "confirmed", "changed", "rejected", "overtaken")
MOST = 200


@dataclass(frozen=True)
class Outcome:
    """A rule's proposals of the period by what became of them; an empty rule: made by a person."""

    rule: str
    counts: Counter[str]

    @property
    def made(self) -> int:
        """All of them."""
        return sum(self.counts.values())

    @property
    def judged(self) -> int:
        """Those that a person has answered."""
        return self.counts["confirmed"] + self.counts["changed"] + self.counts["rejected"]


def outcomes(*, for_: Any, on: date) -> list[Outcome]:
    """What became of each rule's proposals at a person's units in the last three months, most first."""
    found: dict[str, Counter[str]] = {}
    for rule, state, reason in _theirs(for_, on).values_list("rule", "state", "reason"):
        found.setdefault(rule, Counter())[_outcome(state, reason)] += 1
    return sorted((Outcome(rule, counts) for rule, counts in found.items()), key=lambda one: (-one.made, one.rule))


def those(*, for_: Any, on: date, outcome: str = "", rule: str | None = None) -> list[Proposal]:
    """The proposals behind a number; without one, those that were changed or rejected by a person. Newest first."""
    rows = _theirs(for_, on)
    if rule is not None:
        rows = rows.filter(rule=rule)
    if outcome == "overtaken":
        rows = rows.filter(state="rejected", reason=OVERTAKEN)
    elif outcome == "rejected":
        rows = rows.filter(state="rejected").exclude(reason=OVERTAKEN)
    elif outcome in OUTCOMES:
        rows = rows.filter(state=outcome)
    else:
        rows = rows.filter(state__in=("changed", "rejected")).exclude(reason=OVERTAKEN)
    return list(rows.select_related("patient", "settled_by", "event").order_by("-settled_at", "-pk")[:MOST])


def _outcome(state: str, reason: str) -> str:
    return "overtaken" if state == "rejected" and reason == OVERTAKEN else state


def _theirs(user: Any, on: date) -> QuerySet[Proposal]:
    scope = scope_of(user, on=on, right=Right.CODING_LISTS)
    inside = within(scope, orgs=("institution",), pathway="pathway")
    return Proposal.objects.filter(inside, made_at__date__gte=on - PERIOD)
