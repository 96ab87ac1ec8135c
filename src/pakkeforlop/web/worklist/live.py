"""Changes of others, asked for every few seconds: a short answer, or none when nothing is new (ETag)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.template.loader import render_to_string

from pakkeforlop.access.rights import Right
from pakkeforlop.coordination.queries import live as changes
from pakkeforlop.coordination.queries import worklist
from pakkeforlop.web import clock
from pakkeforlop.web.words import words
from pakkeforlop.web.worklist.asked import asked
from pakkeforlop.web.worklist.presenter import row_view
from pakkeforlop.web.worklist.telling import told


def live(request: Any) -> HttpResponse:
    """Rows that changed after `since`, rendered; 304 when the list stands as the asker has it."""
    on, t = clock.today(), words()
    me = worklist.reader(request.user, on=on)
    newest = changes.newest(for_=me)
    tag = f'"{newest.isoformat() if newest else 0}-{t.language}"'
    if request.headers.get("If-None-Match") == tag:
        return HttpResponse(status=304, headers={"ETag": tag})
    try:
        since = datetime.fromisoformat(request.GET.get("since", "").replace(" ", "+"))
    except ValueError:
        since = newest or clock.now()
    if since.tzinfo is None:
        since = clock.now()
    rows = changes.changed_since(for_=me, since=since)
    others = [row for row in rows if row.changed_by_id != request.user.pk]
    request.listed = [row.patient_id for row in rows]
    scope = request.access.scope(Right.WORKLIST)
    drawn = []
    for row in rows:
        view = row_view(row, t, on=on, for_=scope, fresh=True)
        html = "" if row.closed else render_to_string("worklist/row.html", {"row": view, "t": t}, request=request)
        drawn.append(
            {"key": view.key, "html": html, "closed": row.closed, "mine": row.changed_by_id == request.user.pk}
        )
    line = told(others[0], t) if others else {"sentence": "", "anchor": ""}
    total = worklist.total(for_=me, filters=asked(request))
    answer = {
        "since": (newest or since).isoformat(),
        "line": line,
        "many": t.count("worklist.live.many", len(others)) if len(others) > 1 else "",
        "show": t("worklist.show_row"),
        "total": str(total),
        "beyond": len(rows) == changes.MOST,
        "count": t.count("worklist.live.total", total),
        "rows": drawn,
    }
    return JsonResponse(answer, headers={"ETag": tag, "Cache-Control": "no-store"})
