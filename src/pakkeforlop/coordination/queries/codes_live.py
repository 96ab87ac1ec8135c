"""What others have done to the codes of someone's units since a moment: registered, corrected, rejected, answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Q

from pakkeforlop.access.models import Event, User
from pakkeforlop.access.queries import within
from pakkeforlop.coordination.models import Assessment, NewCancer, Proposal
from pakkeforlop.coordination.queries.codes_lists import Coder

CODED = ("code.registered", "code.corrected", "code.withdrawn", "code.undone")
MOST = 60
"""Changes told at once; more than that, and the reader is asked to load the lists anew."""


@dataclass(frozen=True)
class Change:
    """One deed of somebody else: who, when, about whom, and the rows of the lists that it settles."""

    at: datetime
    who: User
    patient_id: int
    coded: bool
    gone: tuple[str, ...] = ()


def changes(*, for_: Coder, since: datetime) -> list[Change]:
    """What others did after a moment, latest first. Rows are named as the page names them (p12, c7, d3)."""
    found = [*_codes(for_, since), *_proposals(for_, since), *_answers(for_, since), *_settled(for_, since)]
    return sorted(found, key=lambda one: one.at, reverse=True)[:MOST]


def arrived(*, for_: Coder, since: datetime) -> tuple[int, datetime | None]:
    """How many codes have been proposed since a moment that nobody has answered, and when the last one was."""
    inside = within(for_.scope, orgs=("institution",), pathway="pathway")
    rows = Proposal.objects.filter(inside, state="open", made_at__gt=since)
    found = rows.aggregate(n=Count("pk"), last=Max("made_at"))
    return found["n"], found["last"]


def _codes(for_: Coder, since: datetime) -> list[Change]:
    inside = within(for_.scope, orgs=("org_nr",), pathway="pathway")
    rows = Event.objects.filter(inside, kind="changed", what__in=CODED, at__gt=since, by__isnull=False)
    rows = rows.exclude(by=for_.user).select_related("by").order_by("-at", "-pk")[:MOST]
    return [Change(row.at, row.by, row.patient_id, True) for row in rows if row.by and row.patient_id]


def _proposals(for_: Coder, since: datetime) -> list[Change]:
    inside = within(for_.scope, orgs=("institution",), pathway="pathway")
    rows = Proposal.objects.filter(inside, ~Q(state="open"), settled_at__gt=since, settled_by__isnull=False)
    rows = rows.exclude(settled_by=for_.user).select_related("settled_by").order_by("-settled_at")[:MOST]
    return [
        Change(row.settled_at, row.settled_by, row.patient_id, False, (f"p{row.pk}",))
        for row in rows
        if row.settled_at and row.settled_by
    ]


def _answers(for_: Coder, since: datetime) -> list[Change]:
    rows = NewCancer.objects.filter(within(for_.scope, orgs=("institution",)), reason_at__gt=since)
    rows = rows.exclude(reason_by=for_.user).select_related("reason_by").order_by("-reason_at")[:MOST]
    return [
        Change(row.reason_at, row.reason_by, row.patient_id, False, (f"c{row.pk}",))
        for row in rows
        if row.reason_at and row.reason_by
    ]


def _settled(for_: Coder, since: datetime) -> list[Change]:
    inside = within(for_.scope, orgs=("referral__institution",), pathway="referral__pathway")
    rows = Assessment.objects.filter(inside, at__gt=since, by__isnull=False).exclude(by=for_.user)
    rows = rows.select_related("referral", "by").order_by("-at", "-pk")[:MOST]
    found = []
    for row in rows:
        gone = () if row.referral.downgraded else (f"d{row.referral_id}",)
        if row.by is not None:
            found.append(Change(row.at, row.by, row.referral.patient_id, False, gone))
    return found
