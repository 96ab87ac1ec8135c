"""One submission: what was sent, with hashes, by whom, what came back; its files; and the whole history as a file."""

from __future__ import annotations

import csv
import io
import zipfile
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from pakkeforlop.access.audit import record
from pakkeforlop.access.rights import Right
from pakkeforlop.reporting.actions.submit import handle
from pakkeforlop.reporting.faults import Refused
from pakkeforlop.reporting.models import FETCHED, HANDED, Submission
from pakkeforlop.reporting.outbox import files_of
from pakkeforlop.reporting.queries.history import COLUMNS, export_rows, submission_of
from pakkeforlop.web import clock
from pakkeforlop.web.layout.frame import unit_name
from pakkeforlop.web.reporting.asked import month_name
from pakkeforlop.web.words import words


def _found(request: Any, number: int) -> Submission:
    one = submission_of(number, scope=request.access.scope(Right.REPORTING), on=clock.today())
    if one is None:
        raise Http404
    return one


def _whole(request: Any, one: Submission) -> bool:
    """Whether the person reports for all that the files hold: those of the whole trust, not of one hospital."""
    return bool(request.access.scope(Right.REPORTING).covers(one.sender))


def submission_page(request: Any, number: int) -> HttpResponse:
    """A submission with its messages and what became of it."""
    t, one = words(), _found(request, number)
    return render(
        request,
        "reporting/submission.html",
        {
            "one": one,
            "unit": unit_name(one.sender),
            "period": month_name(f"{one.period_to:%Y-%m}", t),
            "messages_sent": one.messages.order_by("number"),
            "events": one.events.select_related("by").order_by("at", "pk"),
            "returns": one.returns.select_related("taken_by").order_by("taken_at", "pk"),
            "left_out": sorted(one.left_out.items()),
            "foreseen": sum(one.foreseen.values()),
            "may_fetch": _whole(request, one),
            "handed": one.events.filter(kind=HANDED).exists(),
            "back": f"{reverse('reporting')}?unit={one.sender}",
        },
    )


def files(request: Any, number: int) -> HttpResponse:
    """POST: the packed messages, in one file. That they were fetched stands in the history and on the log."""
    t, one = words(), _found(request, number)
    if not _whole(request, one):
        raise PermissionDenied
    try:
        found = files_of(one.folder, list(one.messages.order_by("number").values_list("name", "sha256")))
    except Refused as refused:
        messages.warning(request, refused.sentence(t.language))
        return HttpResponseRedirect(reverse("submission", kwargs={"number": number}))
    handle(one, FETCHED, by=request.user, at=clock.now())
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_STORED) as archive:
        for name, content in found.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    answer = HttpResponse(whole.getvalue(), content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{one.folder}.zip"'
    return answer


def handed(request: Any, number: int) -> HttpResponse:
    """POST: the files have been sent to the register."""
    one = _found(request, number)
    handle(one, HANDED, by=request.user, at=clock.now())
    messages.success(request, words()("reporting.said.handed"))
    return HttpResponseRedirect(reverse("submission", kwargs={"number": number}))


def history_file(request: Any) -> HttpResponse:
    """The history as CSV."""
    text = io.StringIO(newline="")
    lines = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    lines.writeheader()
    for row in export_rows(scope=request.access.scope(Right.REPORTING), on=clock.today()):
        lines.writerow({name: _plain(value) for name, value in row.items()})
    record("exported", by=request.user, at=clock.now(), what="reporting_history")
    answer = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="submissions.csv"'
    return answer


def _plain(value: Any) -> Any:
    """No text that a spreadsheet would take for a formula."""
    return f"'{value}" if isinstance(value, str) and value[:1] in "=+-@\t\r" and value else value
