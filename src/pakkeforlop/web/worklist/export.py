"""The list on paper and as a spreadsheet: both are looks at every patient on it, and are logged as exports."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from pakkeforlop.access.audit import record
from pakkeforlop.access.rights import Right
from pakkeforlop.coordination.models import WorklistRow
from pakkeforlop.coordination.phase import days
from pakkeforlop.coordination.queries import worklist
from pakkeforlop.web import clock
from pakkeforlop.web.layout.workbook import TYPE, workbook
from pakkeforlop.web.words import Words, words
from pakkeforlop.web.worklist.asked import asked
from pakkeforlop.web.worklist.presenter import grouped, hospital_name, row_view

COLUMNS = (
    "name", "born", "pathway", "start", "phase", "used", "limit", "whole_used", "whole_limit", "next", "flags",
    "owner", "hospital",
)  # fmt: skip


def print_page(request: Any) -> HttpResponse:
    """The whole list as filtered, on one page for paper."""
    t, rows = words(), _logged(request, "worklist_print")
    scope = request.access.scope(Right.WORKLIST)
    views = [row_view(row, t, on=clock.today(), for_=scope) for row in rows]
    return render(request, "worklist/print.html", {"groups": grouped(views, {}, t), "now": clock.now(), "n": len(rows)})


def sheet(request: Any) -> HttpResponse:
    """The whole list as filtered, as a spreadsheet in which no cell is a formula."""
    t, rows = words(), _logged(request, "worklist_sheet")
    scope = request.access.scope(Right.WORKLIST)
    lines = [_line(row, t, on=clock.today(), scope=scope) for row in rows]
    heads = [t(f"worklist.sheet_head.{name}") for name in COLUMNS]
    answer = HttpResponse(workbook(t("worklist.title"), heads, lines), content_type=TYPE)
    answer["Content-Disposition"] = (
        f'attachment; filename="{t("worklist.sheet_name")}-{clock.today().isoformat()}.xlsx"'
    )
    return answer


def _logged(request: Any, what: str) -> list[WorklistRow]:
    """The rows, with the export's line on the log before anything leaves."""
    me = worklist.reader(request.user, on=clock.today())
    rows = worklist.everything(for_=me, filters=asked(request))
    record("exported", by=request.user, at=clock.now(), what=what, listed=[row.patient_id for row in rows])
    return rows


def _line(row: WorklistRow, t: Words, *, on: date, scope: Any) -> list[Any]:
    view = row_view(row, t, on=on, for_=scope)
    used, _ = days(row.phase_from, None, today=on)
    whole, _ = days(row.start_date, None, today=on)
    return [
        view.name, view.born, f"{view.pathway} {view.prefix}", row.start_date, view.phase, used, row.phase_limit, whole,
        row.whole_limit, " ".join(part for part in (view.next or t("layout.nothing_booked"), view.late) if part),
        "; ".join(sign.text for sign in view.signs), view.owner, hospital_name(row.hospital),
    ]  # fmt: skip
