"""What is done from the front: a message made, a return taken in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from pakkeforlop.access.rights import Right
from pakkeforlop.reporting.actions.submit import Asked, submit
from pakkeforlop.reporting.actions.take import take_return
from pakkeforlop.reporting.faults import Refused
from pakkeforlop.reporting.queries.history import senders
from pakkeforlop.vocabulary.errors import Fault
from pakkeforlop.web import clock
from pakkeforlop.web.reporting.asked import here, month_name, period_of
from pakkeforlop.web.uploads import LARGEST, for_reading
from pakkeforlop.web.words import words

ENDINGS = frozenset({".xml", ".xlsx", ".zip"})


def make(request: Any) -> HttpResponse:
    """POST: the messages of a unit and a period."""
    t, at = words(), here(request, request.POST)
    period = period_of(str(request.POST.get("month", "")))
    if not at.sender or period is None:
        messages.warning(request, t("reporting.said.choose"))
        return HttpResponseRedirect(reverse("reporting"))
    test = request.POST.get("test") == "1"
    try:
        made = submit(Asked(at.sender, period, request.user, clock.now(), str(request.POST.get("key", ""))[:64], test))
    except Refused as refused:
        messages.warning(request, refused.sentence(t.language))
        return HttpResponseRedirect(f"{reverse('reporting')}?unit={at.sender}")
    except Fault as fault:
        messages.warning(request, fault.sentence(t.language))
        return HttpResponseRedirect(f"{reverse('reporting')}?unit={at.sender}")
    said = t.count("reporting.said.made", made.rows, period=month_name(f"{period[1]:%Y-%m}", t))
    messages.success(request, said)
    return HttpResponseRedirect(reverse("submission", kwargs={"number": made.pk}))


def take(request: Any) -> HttpResponse:
    """POST: a file that came back. It is kept for its reading only, where nobody else can read it."""
    t, at = words(), here(request, request.POST)
    given = request.FILES.get("file")
    back = f"{reverse('reporting')}?unit={at.sender}"
    if given is None or Path(given.name).suffix.casefold() not in ENDINGS:
        messages.warning(request, t("reporting.said.no_file"))
        return HttpResponseRedirect(back)
    if given.size > LARGEST:
        messages.warning(request, t("reporting.said.large_file", most=LARGEST >> 20))
        return HttpResponseRedirect(back)
    mine = senders(request.access.scope(Right.REPORTING), on=at.on)
    try:
        with for_reading(given) as path:
            taken = take_return(
                path, name=Path(given.name).name, by=request.user, at=clock.now(), sender=at.sender,
                may=mine.__contains__,
            )  # fmt: skip
    except (Refused, Fault) as fault:
        messages.warning(request, fault.sentence(t.language).replace(path.name, Path(given.name).name))
        return HttpResponseRedirect(back)
    said = t.count("reporting.said.taken", taken.lines)
    if taken.unmatched:
        said += " " + t.count("reporting.said.unmatched", taken.unmatched)
    messages.success(request, said)
    return HttpResponseRedirect(reverse("returned_codes") if taken.lines else back)
