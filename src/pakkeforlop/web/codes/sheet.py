"""The lists as a spreadsheet: every row as filtered, as a look at each patient on it, logged before it leaves."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from pakkeforlop.access.audit import record
from pakkeforlop.coordination.queries import codes_lists
from pakkeforlop.coordination.queries.codes_lists import Asked
from pakkeforlop.web import clock
from pakkeforlop.web.codes.asked import LISTED, VIEWS
from pakkeforlop.web.codes.groups import drawn, found
from pakkeforlop.web.layout.seeking import sought
from pakkeforlop.web.layout.workbook import TYPE, workbook
from pakkeforlop.web.words import words

COLUMNS = ("list", "patient", "born", "pathway", "missing", "code", "day", "ground", "effect")


def sheet(request: Any) -> HttpResponse:
    """GET: the chosen list, or the lists that stand together."""
    t, me = words(), codes_lists.coder(request.user, on=clock.today())
    asked = Asked.read({**request.GET.dict(), "q": sought(request, "/codes/missing/")}, VIEWS)
    there, lines, patients = found(asked, me), [], set()
    for name in (asked.view,) if asked.view in there.lists else LISTED:
        rows = list(there.lists[name])
        patients |= {row.patient_id for row in rows if row.patient_id is not None}
        for row in drawn(name, rows, t, me):
            what = f"{row.number} {row.missing}".strip()
            lines.append(
                [t(f"codes.tab.{name}"), row.name, row.born, row.pathway, what, row.code, row.day, row.ground,
                 row.effect.striptags()]
            )  # fmt: skip
    record("exported", by=request.user, at=clock.now(), what="missing_codes_sheet", listed=sorted(patients))
    heads = [t(f"codes.sheet_head.{name}") for name in COLUMNS]
    answer = HttpResponse(workbook(t("codes.title"), heads, lines), content_type=TYPE)
    name = f"{t('codes.sheet_name')}-{clock.today().isoformat()}.xlsx"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
