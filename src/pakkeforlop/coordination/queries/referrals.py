"""The inbox of referrals: those of someone's hospitals that nobody has assessed, and the last that were."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from pakkeforlop.access.queries import scope_of
from pakkeforlop.access.rights import Right
from pakkeforlop.catalogue.load import load_catalogue
from pakkeforlop.coordination.criteria import Meets, meets
from pakkeforlop.coordination.models import Assessment, Referral
from pakkeforlop.vocabulary.calendar import whole_years
from pakkeforlop.vocabulary.numbers import whole


@dataclass(frozen=True)
class Incoming:
    """A referral with what is proposed for it; `waited` days since it came."""

    referral: Referral
    meets: Meets | None
    waited: int

    @property
    def proposed(self) -> str:
        """The pathway that is offered first: the one asked for when it was marked, else the one it meets."""
        if self.referral.marked and self.referral.pathway:
            return self.referral.pathway
        return self.meets.pathway if self.meets else ""


def inbox(*, for_: Any, on: date) -> list[Incoming]:
    """All new referrals, those that may belong in a pathway first, oldest first."""
    rows = _theirs(for_, on).filter(status="new").select_related("patient")
    found = [_incoming(row, on) for row in rows]
    return sorted(found, key=lambda one: (not one.proposed, one.referral.received_date, one.referral.pk))


def assessed(*, for_: Any, on: date, most: int = 20) -> list[Referral]:
    """The referrals that were assessed last."""
    rows = _theirs(for_, on).exclude(status="new").filter(assessed_by__isnull=False)
    return list(rows.select_related("patient", "assessed_by").order_by("-assessed_at")[:most])


def one_referral(number: str, *, for_: Any, on: date) -> Referral | None:
    """A referral of someone's hospitals by its row; None for another's."""
    return _theirs(for_, on).select_related("patient", "assessed_by").filter(pk=whole(number) or 0).first()


def one_assessed(number: str, *, for_: Any, on: date) -> Referral | None:
    """The same of one that was assessed; None for one that waits."""
    found = one_referral(number, for_=for_, on=on)
    return found if found is not None and found.status != "new" else None


def assessments_of(referral: Referral) -> list[Assessment]:
    """Every assessment of a referral, as they came."""
    return list(Assessment.objects.filter(referral=referral).select_related("by").order_by("at", "pk"))


def downgraded_count(*, for_: Any, on: date) -> int:
    """How many referrals of someone's hospitals were taken out of the pathways and are not settled."""
    return _theirs(for_, on).filter(downgraded=True).count()


def theirs(user: Any, on: date, *, path: str = "") -> Q:
    """Referrals to someone's hospitals; one without a pathway is for all who assess there. `path`: the way to the
    referral in another table, such as `referral__`.
    """
    parts = Q(pk__in=[])
    for grant in scope_of(user, on=on, right=Right.REFERRALS).grants:
        here = Q() if grant.orgs is None else Q(**{f"{path}institution__in": sorted(grant.orgs)})
        if grant.pathway:
            here &= Q(**{f"{path}pathway__startswith": grant.pathway}) | Q(**{f"{path}pathway": ""})
        parts |= here if here else Q(pk__isnull=False)
    return parts


def _theirs(user: Any, on: date) -> QuerySet[Referral]:
    return Referral.objects.filter(theirs(user, on))


def _incoming(row: Referral, on: date) -> Incoming:
    born = row.patient.birth_date
    age = whole_years(born, on) if born else None
    said = None if row.marked and row.pathway else meets(row.diagnosis, row.text, age=age, catalogue=load_catalogue())
    return Incoming(row, said, (on - row.received_date).days)
