"""What the register did not take as it was, on the rows of those who mend it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from pakkeforlop.coordination.queries import codes_lists
from pakkeforlop.coordination.queries.codes_lists import MOST, Asked
from pakkeforlop.reporting.models import CLEARED, OPEN, SENT, ReturnedLine
from pakkeforlop.reporting.queries.returns import mended_in, newest_rows, rejected, words_of
from pakkeforlop.web import clock
from pakkeforlop.web.layout.frame import unit_name
from pakkeforlop.web.layout.seeking import sought
from pakkeforlop.web.patients import named
from pakkeforlop.web.words import Words, words

VIEWS = {"": (OPEN,), "sent": (SENT,), "cleared": (CLEARED,)}


@dataclass(frozen=True)
class LineView:
    """A returned line as it is read; without a patient where it fits no registration."""

    name: str
    born: str
    code: str
    day: str
    number: str
    text: str
    todo: str
    state: str
    came: str
    page: str
    unit: str


def returned_page(request: Any) -> HttpResponse:
    """The lines of the reader's units by view: to mend, sent again, cleared."""
    t, on = words(), clock.today()
    me = codes_lists.coder(request.user, on=on)
    asked = Asked.read({**request.GET.dict(), "q": sought(request)}, tuple(VIEWS))
    found = {view: rejected(asked, for_=me, states=states) for view, states in VIEWS.items()}
    rows = list(found[asked.view][:MOST])
    request.listed = sorted({row.patient_id for row in rows if row.patient_id is not None})
    counts = {view: rows_.count() for view, rows_ in found.items()}
    mended = mended_in(found[""])
    return render(
        request,
        "reporting/returned.html",
        {
            "rows": line_views(rows, t),
            "n": counts[asked.view],
            "most": MOST,
            "view": asked.view,
            "asked": asked,
            "open": counts[""] - mended,
            "mended": mended,
            "tabs": [
                {"url": reverse("returned_codes") + (f"?view={view}" if view else ""), "n": n,
                 "text": t(f"reporting.returned.tab.{view or 'open'}"), "current": view == asked.view}
                for view, n in counts.items()
            ],
            "now": clock.now(),
        },
    )  # fmt: skip


def line_views(rows: Sequence[ReturnedLine], t: Words) -> list[LineView]:
    """Lines with the way to the registration."""
    newest = newest_rows(list(rows))
    return [_view(row, newest, t) for row in rows]


def _view(row: ReturnedLine, newest: dict[str, int], t: Words) -> LineView:
    text, todo = words_of(row, t.language)
    patient = row.patient
    name, born, page = t("reporting.returned.nobody"), "", ""
    if patient is not None:
        name, born = named(patient, t)
        page = reverse("patient", kwargs={"handle": patient.handle}) + f"?pathway={row.code[:3]}"
        if row.registration_id in newest:
            page += f"&correct={newest[row.registration_id]}#code"
    state = "mended" if row.state == OPEN and getattr(row, "mended", False) else row.state
    return LineView(
        name, born, row.code, t.short_day(row.event_date) if row.event_date else t("patient.rows.no_day"), row.message,
        text, todo, t(f"reporting.returned.state.{state}"),
        t("reporting.returned.came", kind=t("reporting.kind." + row.returned.kind), day=t.day(row.returned.taken_at)),
        page, unit_name(row.institution),
    )  # fmt: skip
