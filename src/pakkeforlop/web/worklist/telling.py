"""What others have done, in one sentence."""

from __future__ import annotations

from pakkeforlop.coordination.models import WorklistRow
from pakkeforlop.web.words import Words

PLAIN = frozenset({"task", "task_done", "note", "follow_up"})
"""Deeds whose sentence has no detail."""


def told(row: WorklistRow, t: Words) -> dict[str, str]:
    """Time, who, what and for whom, with the row's anchor; empty sentence when nobody is named."""
    name = f"worklist.live.{row.changed_what}"
    who = row.changed_by.display_name if row.changed_by else ""
    sentence = t(
        name if t.has(name) and (row.changed_detail or row.changed_what in PLAIN) else "worklist.live.other",
        clock=t.clock(row.changed_at), who=who, detail=row.changed_detail, name=row.patient.name,
    )  # fmt: skip
    return {"sentence": sentence if who else "", "anchor": f"r-{row.pk}"}
