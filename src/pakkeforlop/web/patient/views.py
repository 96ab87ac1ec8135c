"""The page of a patient, the whole number on request, and the coordinator's work on it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from pakkeforlop.vocabulary.numbers import whole
from pakkeforlop.web.layout.undoing import offer
from pakkeforlop.web.patient.page import page_values, read_case
from pakkeforlop.web.words import words
from pakkeforlop.web.worklist.deeds import WORK


def patient_page(request: Any) -> HttpResponse:
    """One pathway of the patient: `pathway` and `number` choose it."""
    t = words()
    return render(request, "patient/page.html", page_values(request, read_case(request, t), t))


def number(request: Any) -> HttpResponse:
    """The page with the whole identity number; the wrapper logs it as a look of its own."""
    t = words()
    return render(request, "patient/page.html", page_values(request, read_case(request, t), t, reveal=True))


def work(request: Any) -> HttpResponse:
    """A task, a note, a follow-up or taking over, as on the worklist; then back to the page."""
    chosen = WORK.get(request.POST.get("do", ""))
    t = words()
    if chosen is None:
        messages.warning(request, t("patient.said.gone"))
    else:
        said = chosen(request)
        (messages.success if said.done else messages.warning)(request, said.text)
        fields = {name: str(request.POST.get(name, "")) for name in ("pathway", "number", "row")}
        offer(request, said.offered("patient_undo", **fields))
    return HttpResponseRedirect(back(request))


def back(request: Any, anchor: str = "", **more: object) -> str:
    """The page with the pathway that the form was of."""
    pathway, number_ = str(request.POST.get("pathway", ""))[:3], whole(str(request.POST.get("number", "")))
    pairs = {"pathway": pathway if pathway.isalnum() else "", "number": number_, **more}
    query = urlencode({name: value for name, value in pairs.items() if value})
    address = reverse("patient", kwargs={"handle": request.patient.handle})
    return address + (f"?{query}" if query else "") + (f"#{anchor}" if anchor else "")
