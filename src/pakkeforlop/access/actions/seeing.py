"""Openings with a reason, seen by one who answers for the unit: a row for each, and a line on the patient's log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from pakkeforlop.access import audit
from pakkeforlop.access.models import Opening, OpeningSeen, User


@transaction.atomic
def mark_seen(*, openings: Sequence[Opening], by: User, at: datetime) -> int:
    """Write down that `by` has looked at these openings; how many that was. One's own are another's to look at.

    An opening that stands at several units is one on the log.
    """
    theirs = [row for row in openings if row.user_id != by.pk]
    before = set(OpeningSeen.objects.filter(opening__in=theirs, by=by).values_list("opening_id", flat=True))
    fresh = [row for row in theirs if row.pk not in before]
    OpeningSeen.objects.bulk_create([OpeningSeen(opening=row, by=by, at=at) for row in fresh])
    told = {(row.user_id, row.patient_id, row.at): row for row in fresh}
    for row in told.values():
        audit.record(
            "changed", by=by, at=at, what="opening.seen", patient_id=row.patient_id, org_nr=row.org_nr,
            pathway=row.pathway, detail={"opening": row.pk},
        )  # fmt: skip
    return len(told)
