"""Why a new cancer had no pathway: written down once, by whom and when."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from pakkeforlop.access.audit import record
from pakkeforlop.coordination.models import NewCancer

REASONS = ("emergency", "incidental", "elsewhere", "known_before", "frail", "forgotten", "other")
"""What can be answered; the texts are the pages'."""


class Answered(ValueError):
    """Somebody has answered already; `held` says what, who and when. What was written stays."""

    def __init__(self, held: NewCancer) -> None:
        super().__init__(held.reason)
        self.held = held


@transaction.atomic
def give_reason(*, new_cancer: NewCancer, reason: str, text: str, by: Any, at: datetime) -> NewCancer:
    """Write the reason down, once. Raises ValueError for a reason that is none of REASONS, Answered where there is one
    already; the same answer of the same person once more (a double click) changes nothing.
    """
    if reason not in REASONS:
        raise ValueError(reason)
    held = NewCancer.objects.select_for_update(of=("self",)).select_related("reason_by").get(pk=new_cancer.pk)
    if held.reason:
        if (held.reason, held.reason_text, held.reason_by) == (reason, text.strip()[:400], by):
            return held
        raise Answered(held)
    held.reason, held.reason_text, held.reason_by, held.reason_at = reason, text.strip()[:400], by, at
    held.save(update_fields=["reason", "reason_text", "reason_by", "reason_at"])
    record(
        "changed", by=by, at=at, what="new_cancer.reason", patient_id=held.patient_id, org_nr=held.institution,
        detail={"reason": reason},
    )  # fmt: skip
    return held
