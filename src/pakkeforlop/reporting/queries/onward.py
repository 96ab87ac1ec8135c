"""Onward referrals that wait to be confirmed, for those who assess referrals of the hospital."""

from __future__ import annotations

from django.db.models import QuerySet

from pakkeforlop.access.queries import within
from pakkeforlop.access.scope import Scope, units
from pakkeforlop.coding.models import Patient
from pakkeforlop.reporting.models import OnwardReferral
from pakkeforlop.vocabulary.numbers import whole


def waiting(*, scope: Scope) -> QuerySet[OnwardReferral]:
    """Those of someone's hospitals that nobody has settled, oldest first."""
    rows = OnwardReferral.objects.filter(within(scope, orgs=("hospital",)), settled_at__isnull=True)
    return rows.select_related("patient").order_by("taken_at", "pk")


def referral_of(patient: Patient, number: str, *, scope: Scope) -> OnwardReferral | None:
    """A patient's referral to someone's hospitals by its row."""
    row = whole(number)
    if row is None:
        return None
    return OnwardReferral.objects.filter(within(scope, orgs=("hospital",)), patient=patient, pk=row).first()


def unit_called(name: str) -> str:
    """The number of the hospital or trust of a name as referrals write it; empty when nobody is called so."""
    wanted = _plain(name)
    for number, unit in units().by_number.items():
        if unit.level in {"trust", "hospital"} and wanted and _plain(unit.name) == wanted:
            return number
    return ""


def _plain(name: str) -> str:
    text = name.casefold().replace(".", "")
    return " ".join(word for word in text.split() if word not in {"hf", "helse"})
