"""What others have changed: on someone's list since a moment, and about one patient."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from pakkeforlop.access.models import Event
from pakkeforlop.coordination.models import WorklistRow
from pakkeforlop.coordination.queries.lists import group_case, order_case
from pakkeforlop.coordination.queries.worklist import Reader

MOST = 60
"""Changed rows told at once; more than that, and the reader is asked to load the list anew."""


def newest(*, for_: Reader) -> datetime | None:
    """When a row of the person's units last changed, closed ones too."""
    return _rows(for_).order_by("-changed_at").values_list("changed_at", flat=True).first()


def changed_since(*, for_: Reader, since: datetime) -> list[WorklistRow]:
    """Rows that changed after a moment, latest first; those that left the list are `closed`."""
    rows = _rows(for_).filter(changed_at__gt=since).annotate(rank=group_case(for_.on), order=order_case(for_.on))
    return list(rows.select_related("patient", "owner", "changed_by").order_by("-changed_at", "-pk")[:MOST])


def last_of_others(*, for_: Reader, since: datetime) -> WorklistRow | None:
    """The last change that somebody else has made since a moment."""
    rows = _rows(for_).filter(changed_at__gt=since, changed_by__isnull=False).exclude(changed_by=for_.user)
    return rows.select_related("patient", "changed_by").order_by("-changed_at", "-pk").first()


def last_of_patient(patient_id: int) -> tuple[Event | None, WorklistRow | None]:
    """The last change that somebody has made about a patient, and the row of the list that changed last, by files and
    other systems too. Whoever asks has been let in to the patient.
    """
    deeds = Event.objects.filter(patient_id=patient_id, kind="changed").select_related("by")
    rows = WorklistRow.objects.filter(patient=patient_id).select_related("changed_by")
    return deeds.order_by("-pk").first(), rows.order_by("-changed_at").first()


def _rows(for_: Reader) -> QuerySet[WorklistRow]:
    return WorklistRow.objects.filter(for_.inside)
