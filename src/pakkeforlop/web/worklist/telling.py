"""What others have done, in one sentence."""

from __future__ import annotations

from pakkeforlop.coordination.models import WorklistRow
from pakkeforlop.web.words import Words

PLAIN = frozenset(
    {
        "task", "task_done", "task_again", "task_moved", "note", "follow_up", "answer_promised", "answer_moved",
        "answer_received", "transfer_received", "transfer_declined", "file",
    }
)  # fmt: skip
"""Deeds whose sentence has no detail."""
BY_THEMSELVES = frozenset({"file", "import"})
"""What files and other systems bring; a new day moves rows too, and is no news."""


def told(row: WorklistRow, t: Words) -> dict[str, str]:
    """Time, who, what and for whom, with the row's anchor; empty sentence where there is nothing to tell."""
    name = f"worklist.live.{row.changed_what}"
    who = row.changed_by.display_name if row.changed_by else ""
    sentence = t(
        name if t.has(name) and (row.changed_detail or row.changed_what in PLAIN) else "worklist.live.other",
        clock=t.clock(row.changed_at), who=who, detail=row.changed_detail, name=row.patient.name,
    )  # fmt: skip
    if not who:
        arrived = row.changed_what in BY_THEMSELVES
        sentence = t("worklist.live.arrived", clock=t.clock(row.changed_at), name=row.patient.name) if arrived else ""
    return {"sentence": sentence, "anchor": f"r-{row.pk}"}
