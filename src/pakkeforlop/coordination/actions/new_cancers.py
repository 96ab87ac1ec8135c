"""Why a new cancer had no pathway: written down once, by whom and when."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from pakkeforlop.access.audit import record
from pakkeforlop.coordination.models import NewCancer

REASONS = ("emergency", "incidental", "elsewhere", "known_before", "frail", "forgotten", "other")
"""What can be answered; the texts are the pages'."""


@transaction.atomic
def give_reason(*, new_cancer: NewCancer, reason: str, text: str, by: Any, at: datetime) -> NewCancer:
    """Write the reason down. Raises ValueError for a reason that is none of REASONS."""
    if reason not in REASONS:
        raise ValueError(reason)
    held = NewCancer.objects.select_for_update().get(pk=new_cancer.pk)
    held.reason, held.reason_text, held.reason_by, held.reason_at = reason, text.strip()[:400], by, at
    held.save(update_fields=["reason", "reason_text", "reason_by", "reason_at"])
    record(
        "changed", by=by, at=at, what="new_cancer.reason", patient_id=held.patient_id, org_nr=held.institution,
        detail={"reason": reason},
    )  # fmt: skip
    return held
