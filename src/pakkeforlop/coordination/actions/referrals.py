"""A referral assessed: into a pathway with the date of receipt, or ordinary, with the reason."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localtime

from pakkeforlop.access.audit import record
from pakkeforlop.coordination import states
from pakkeforlop.coordination.actions import codes
from pakkeforlop.coordination.models import Referral
from pakkeforlop.coordination.rows import refresh


def into_pathway(
    *, referral: Referral, pathway: str, reason: str, by: Any, at: datetime, key: str, via_specialist: bool = False
) -> codes.Saved:
    """Start a pathway on the day the referral was received. Raises Blocked, Conflict or StepRefused; then nothing is
    saved.
    """
    with transaction.atomic():
        held = Referral.objects.select_for_update().get(pk=referral.pk)
        again = held.status == "pathway" and held.into == pathway
        held.status = "pathway" if again else states.step(states.REFERRAL_STEPS, held.status, "pathway")
        if not again:
            _settle(held, by=by, at=at, reason=reason, into=pathway)
        saved = codes.register_code(
            patient=held.patient, code=pathway + ("AA" if via_specialist else "A"), event_date=held.received_date,
            institution=held.institution, by=by, at=at, key=key, revision=None, received_date=held.received_date,
            source="referral",
        )  # fmt: skip
    return saved


def ordinary(*, referral: Referral, reason: str, by: Any, at: datetime) -> bool:
    """Leave the referral outside the pathways, with the reason. False when that was done before."""
    with transaction.atomic():
        held = Referral.objects.select_for_update().get(pk=referral.pk)
        if held.status == "ordinary":
            return False
        held.status = states.step(states.REFERRAL_STEPS, held.status, "ordinary")
        _settle(held, by=by, at=at, reason=reason, into="")
    return True


def _settle(held: Referral, *, by: Any, at: datetime, reason: str, into: str) -> None:
    held.reason, held.assessed_by, held.assessed_at, held.into = reason, by, at, into
    if into:
        held.pathway = into
    held.save(update_fields=["status", "reason", "assessed_by", "assessed_at", "into", "pathway"])
    record(
        "changed", by=by, at=at, what="referral.assessed", patient_id=held.patient_id, org_nr=held.institution,
        pathway=into or held.pathway, detail={"status": held.status}, reason=reason,
    )  # fmt: skip
    refresh([held.patient_id], on=localtime(at).date(), at=at, by=by.pk, what="referral", detail=into)
