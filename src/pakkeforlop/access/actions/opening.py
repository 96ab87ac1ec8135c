"""Opening a patient outside one's units, with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from pakkeforlop.access import audit
from pakkeforlop.access.models import REASON_KINDS, Opening, User
from pakkeforlop.access.scope import Place

HOURS = 8
LEAST = 10
"""Letters of a reason at least: enough that a leader can understand it."""


class ReasonFault(ValueError):
    """What is wrong with a reason; `str()` is the key of a text: `kind` or `short`."""


def check_reason(kind: str, reason: str) -> None:
    """Raises ReasonFault for a kind that is not known or a reason that says too little."""
    if kind not in REASON_KINDS:
        raise ReasonFault("kind")
    if len(" ".join(reason.split())) < LEAST:
        raise ReasonFault("short")


@transaction.atomic
def open_with_reason(
    *, patient_id: int, places: Sequence[Place], kind: str, reason: str, by: User, at: datetime
) -> Opening:
    """Opens the patient for eight hours. A row for each unit and pathway of `places`, so that every leader there is
    told; the first is where the patient is now, and its row is given back.
    """
    check_reason(kind, reason)
    text, until = " ".join(reason.split()), at + timedelta(hours=HOURS)
    units = {(place.org_nr, place.pathway): place for place in reversed(places or [Place("")])}
    rows = [
        Opening.objects.create(
            user=by, patient_id=patient_id, org_nr=place.org_nr, pathway=place.pathway, kind=kind, reason=text, at=at,
            until=until,
        )
        for place in reversed(units.values())
    ]  # fmt: skip
    opening = rows[0]
    audit.record(
        "opened_with_reason",
        by=by,
        at=at,
        what=f"reason.{kind}",
        patient_id=patient_id,
        org_nr=opening.org_nr,
        pathway=opening.pathway,
        detail={"opening": opening.pk},
        reason=text,
    )
    return opening
