"""The log of one patient: found by number or name, shown, and taken out as a file that the patient can be given."""

from __future__ import annotations

import csv
import io
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render

from pakkeforlop.access.audit import record
from pakkeforlop.access.queries import log_of
from pakkeforlop.access.rights import Right
from pakkeforlop.web import clock
from pakkeforlop.web.finding import hits
from pakkeforlop.web.log.presenter import Line, line
from pakkeforlop.web.words import t

AT_ONCE = 100
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def find(request: Any) -> HttpResponse:
    """GET: the search. POST: hits within one's units; what was typed stands in no address."""
    typed = " ".join(request.POST.get("q", "").split())
    found = hits.find(typed, request.access.scope(Right.LOG)) if typed else hits.Found()
    shown = [patient for patient, _ in found.inside]
    request.listed = [patient.pk for patient in shown]
    told = {"typed": typed, "hits": shown, "more": found.more, "most": hits.AT_MOST, "asked": request.method == "POST"}
    return render(request, "log/find.html", told)


def show(request: Any) -> HttpResponse:
    """GET: the lines, newest first."""
    at = Paginator(log_of(request.patient.pk), AT_ONCE).get_page(request.GET.get("page"))
    values = {"patient": request.patient, "page": at, "lines": [line(event) for event in at.object_list]}
    return render(request, "log/patient.html", values)


def take_out(request: Any) -> HttpResponse:
    """GET: every line as a CSV file; the taking out is a line itself, and stands first in it."""
    patient = request.patient
    record("exported", by=request.user, at=clock.now(), what="patient_log_file", patient_id=patient.pk)
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{t("log.file.name")}-{clock.today().isoformat()}.csv"'
    answer.write("\ufeff" + _table([line(event) for event in log_of(patient.pk).iterator(chunk_size=2000)]))
    return answer


def _table(lines: list[Line]) -> str:
    """The lines with a head; no cell can become a formula."""
    made = io.StringIO()
    writer = csv.writer(made, delimiter=";")
    writer.writerow([t(f"log.file.{head}") for head in ("day", "clock", "who", "what", "where", "pathway", "reason")])
    for one in lines:
        cells = (one.day, one.clock, one.who, one.what, one.where, one.pathway, one.reason)
        writer.writerow([_harmless(cell) for cell in cells])
    return made.getvalue()


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(DANGEROUS) else cell
