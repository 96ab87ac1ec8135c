"""Upgraded and downgraded referrals of someone's hospitals: how many, which, why, and whether the referrer was told."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.timezone import localtime

from pakkeforlop.coordination.models import Assessment, Outgoing, Referral
from pakkeforlop.coordination.queries.referrals import theirs
from pakkeforlop.coordination.regrading import direction

PERIOD = timedelta(days=365)


@dataclass(frozen=True)
class Regraded:
    """One assessment that changed where a referral stood, and the message to the referrer."""

    referral: Referral
    assessment: Assessment
    way: str
    message: Outgoing | None


@dataclass(frozen=True)
class Regradings:
    """Those of a period, newest first; `unsettled`: downgraded referrals that nobody has settled, whenever."""

    rows: list[Regraded]
    unsettled: int

    def count(self, way: str) -> int:
        """How many went one way."""
        return sum(1 for one in self.rows if one.way == way)

    def by_pathway(self) -> list[tuple[str, int, int]]:
        """Pathway, upgraded, downgraded; most first."""
        up = Counter(one.referral.pathway for one in self.rows if one.way == "up")
        down = Counter(one.referral.pathway for one in self.rows if one.way == "down")
        found = [(prefix, up[prefix], down[prefix]) for prefix in {*up, *down}]
        return sorted(found, key=lambda row: (-row[1] - row[2], row[0]))


def regradings(*, for_: Any, on: date, pathway: str | None = None, way: str = "") -> Regradings:
    """Upgrades and downgrades of the last year at a person's hospitals; of one pathway and one way when asked for."""
    referrals = Referral.objects.filter(theirs(for_, on))
    since = on - PERIOD
    changed = referrals.filter(assessments__at__date__gte=since)
    history: dict[int, list[Assessment]] = {}
    rows = Assessment.objects.filter(referral__in=changed.values("pk")).exclude(became="settled")
    for one in rows.select_related("referral__patient", "by").order_by("pk"):
        history.setdefault(one.referral_id, []).append(one)
    letters: dict[int, list[Outgoing]] = {}
    for letter in Outgoing.objects.filter(referral__in=list(history), channel="letter").order_by("pk"):
        letters.setdefault(letter.referral_id or 0, []).append(letter)
    found = [
        regraded
        for number, steps in history.items()
        for regraded in _of_one(steps, letters.get(number, []))
        if localtime(regraded.assessment.at).date() >= since
    ]
    kept = [
        one
        for one in found
        if (pathway is None or one.referral.pathway == pathway) and (not way or one.way == way)
    ]
    kept.sort(key=lambda one: (one.assessment.at, one.assessment.pk), reverse=True)
    return Regradings(kept, referrals.filter(downgraded=True).count())


def _of_one(steps: list[Assessment], letters: list[Outgoing]) -> list[Regraded]:
    """The steps of one referral that changed where it stood, each with its message."""
    found: list[Regraded] = []
    before = ""
    for step in steps:
        way = direction(step.referral.marked, before, step.became)
        before = step.became
        if way:
            wanted = [one for one in letters if one.kind == f"referral_{way}"]
            earlier = sum(1 for one in found if one.way == way)
            found.append(Regraded(step.referral, step, way, wanted[earlier] if earlier < len(wanted) else None))
    return found
