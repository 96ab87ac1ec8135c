"""What others have changed on someone's list since a moment."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import Max

from pakkeforlop.access.queries import scope_of, within
from pakkeforlop.access.rights import Right
from pakkeforlop.coordination.models import WorklistRow
from pakkeforlop.coordination.queries.lists import group_case, order_case
from pakkeforlop.coordination.queries.worklist import ORGS

MOST = 60
"""Changed rows told at once; more than that, and the reader is asked to load the list anew."""


def newest(*, for_: Any, on: date) -> datetime | None:
    """When a row of the person's units last changed, closed ones too."""
    found: datetime | None = _of_units(for_, on).aggregate(last=Max("changed_at"))["last"]
    return found


def changed_since(*, for_: Any, since: datetime, on: date) -> list[WorklistRow]:
    """Rows that changed after a moment, latest first; those that left the list are `closed`."""
    rows = _of_units(for_, on).filter(changed_at__gt=since).annotate(rank=group_case(on), order=order_case(on))
    return list(rows.select_related("patient", "owner", "changed_by").order_by("-changed_at", "-pk")[:MOST])


def _of_units(user: Any, on: date) -> Any:
    scope = scope_of(user, on=on, right=Right.WORKLIST)
    return WorklistRow.objects.filter(within(scope, orgs=ORGS, pathway="pathway", department="department"))
