"""Locked periods: up to which day the figures of a unit stand, and what was changed after."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from pakkeforlop.access.queries import within
from pakkeforlop.access.scope import Scope, expand, units
from pakkeforlop.coding.models import Registration
from pakkeforlop.reporting.models import LockedFigure, PeriodLock
from pakkeforlop.reporting.queries.history import senders


def locks(*, scope: Scope, on: date) -> QuerySet[PeriodLock]:
    """The locked periods of the trusts that someone's units report through, newest first."""
    rows = PeriodLock.objects.filter(sender__in=senders(scope, on=on))
    return rows.select_related("locked_by").order_by("-first")


def lock_of(org_nr: str, day: date) -> PeriodLock | None:
    """The lock that a day of a unit lies in; None where it is open."""
    return PeriodLock.objects.filter(sender__in=_senders(org_nr, day), first__lte=day, last__gte=day).first()


def _senders(org_nr: str, day: date) -> set[str]:
    unit = units().resolve(org_nr)
    trust = units().resolve(unit.trust(day)) if unit is not None and unit.trust(day) else None
    return {org_nr} | ({trust.org_nr} if trust is not None else set())


def revisions(lock: PeriodLock, *, scope: Scope | None = None) -> QuerySet[Registration]:
    """The versions that came after a lock and concern its period: what they say now, or what they said before.

    scope: those of someone's units only.
    """
    orgs = expand(lock.sender, lock.last)
    later = Registration.objects.filter(pk__gt=lock.up_to)
    before = Registration.objects.filter(
        pk__lte=lock.up_to, event_date__range=(lock.first, lock.last),
        registration_id__in=later.values("registration_id"),
    )  # fmt: skip
    here = Q(institution__in=sorted(orgs)) if orgs is not None else Q()
    inside = Q(event_date__range=(lock.first, lock.last)) & here
    named = before.filter(here).values("registration_id")
    rows = later.filter(inside | Q(registration_id__in=named)).select_related("patient")
    if scope is not None:
        rows = rows.filter(within(scope, orgs=("institution",), pathway="code"))
    return rows.order_by("-registered_at", "-pk")


def locked_figures(lock: PeriodLock) -> QuerySet[LockedFigure]:
    """The figures as they stood when the period was locked."""
    return lock.rows.order_by("indicator", "branch", "kind", "pathway_key", "unit_level", "org_nr", "period_from", "pk")
