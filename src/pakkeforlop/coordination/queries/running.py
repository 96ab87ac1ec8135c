"""Which pathways a hospital has open now: what somebody must answer for there. No person is told of."""

from __future__ import annotations

from pakkeforlop.access.scope import Scope
from pakkeforlop.coordination.models import WorklistRow


def running(scope: Scope) -> set[tuple[str, str]]:
    """Hospital and pathway of the open pathways within a scope."""
    rows = WorklistRow.objects.filter(closed=False).values_list("hospital", "pathway").distinct()
    return {(hospital, pathway) for hospital, pathway in rows if scope.covers(hospital, pathway)}
