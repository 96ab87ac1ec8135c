"""What stands under a row that is opened: its proposal, tasks and last notes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pakkeforlop.access.models import Post
from pakkeforlop.access.queries import in_force
from pakkeforlop.coordination.models import Appointment, Note, Proposal, SavedView, Task, WorklistRow


@dataclass(frozen=True)
class Panel:
    """A row's own things, newest first."""

    proposal: Proposal | None
    tasks: list[Task]
    notes: list[Note]
    missed: Appointment | None
    contacts: list[Post]


def panel_of(row: WorklistRow, *, on: date) -> Panel:
    """Everything that is shown under a row; whoever asks has been let in to the row already."""
    here = {"patient_id": row.patient_id, "pathway": row.pathway}
    missed = Appointment.objects.filter(
        **here, status="missed", followed_up_at__isnull=True, at__date__gte=row.start_date
    )
    return Panel(
        proposal=row.proposed,
        tasks=list(Task.objects.filter(**here, done_at__isnull=True).select_related("owner").order_by("due", "pk")),
        notes=list(Note.objects.filter(**here).select_related("by").order_by("-at")[:3]),
        missed=missed.order_by("-at").first(),
        contacts=contacts_of(row, on=on),
    )


def contacts_of(row: WorklistRow, *, on: date) -> list[Post]:
    """Whom to call about a row: the pathway's doctor first, then contacts of departments, with a phone."""
    held = Post.objects.filter(in_force(on), kind__in=("responsible_doctor", "department_contact"))
    here = held.filter(org_nr__in=(row.hospital, row.trust), pathway__in=(row.pathway, ""))
    return list(here.exclude(name="").exclude(phone="").order_by("-kind", "-pathway", "department")[:3])


def saved_views(user_id: int, page: str = "worklist") -> list[SavedView]:
    """The views of a list that a person has named."""
    return list(SavedView.objects.filter(user_id=user_id, page=page).order_by("name"))
