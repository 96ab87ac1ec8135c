"""The list of onward referrals, the page where one is confirmed, and the pathway part for one that is sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from pakkeforlop.access.audit import record
from pakkeforlop.access.rights import Right
from pakkeforlop.access.scope import units
from pakkeforlop.catalogue.load import load_catalogue
from pakkeforlop.coding.queries import current
from pakkeforlop.coordination.blocking import Blocked
from pakkeforlop.exchange.referral.write import Sent, pathway_part
from pakkeforlop.reporting.actions.onward import Confirmed, confirm_referral, take_referral
from pakkeforlop.reporting.faults import Refused
from pakkeforlop.reporting.models import OnwardReferral
from pakkeforlop.reporting.queries.onward import referral_of, unit_called, waiting
from pakkeforlop.vocabulary.errors import Fault
from pakkeforlop.web import clock
from pakkeforlop.web.layout.frame import unit_name
from pakkeforlop.web.patients import named
from pakkeforlop.web.uploads import LARGEST, for_reading
from pakkeforlop.web.words import Words, words


@dataclass(frozen=True)
class CodeView:
    """One code of a referral: what its remark says, and the days that may mean; one day alone stands in the field."""

    at: int
    code: str
    name: str
    remark: str
    day: str
    days: str
    sure: bool


def waiting_page(request: Any) -> HttpResponse:
    """Onward referrals that nobody has settled."""
    t = words()
    scope = request.access.scope(Right.CODE)
    found = list(waiting(scope=scope))
    request.listed = sorted({one.patient_id for one in found})
    return render(
        request,
        "onward/list.html",
        {
            "referrals": [(one, named(one.patient, t), len(one.codes)) for one in found],
            "hospitals": [(number, unit_name(number)) for number in scope.hospitals()],
            "now": clock.now(),
        },
    )


def take(request: Any) -> HttpResponse:
    """POST: a referral message as a file. It is kept for its reading only."""
    t, given = words(), request.FILES.get("file")
    scope = request.access.scope(Right.CODE)
    hospital = str(request.POST.get("hospital", ""))
    if given is None or hospital not in scope.hospitals() or given.size > LARGEST:
        messages.warning(request, t("onward.said.choose", most=LARGEST >> 20))
        return HttpResponseRedirect(reverse("onward"))
    name = Path(given.name).name
    try:
        with for_reading(given) as path:
            made = take_referral(path, name=name, hospital=hospital, by=request.user, at=clock.now())
    except (Refused, Fault) as fault:
        messages.warning(request, fault.sentence(t.language).replace(path.name, name))
        return HttpResponseRedirect(reverse("onward"))
    return HttpResponseRedirect(_address(made))


def _address(one: OnwardReferral) -> str:
    return reverse("onward_referral", kwargs={"handle": one.patient.handle}) + f"?referral={one.pk}"


def referral_page(request: Any) -> HttpResponse:
    """What came with the patient, each code with the day that a person is to confirm."""
    t, one = words(), _found(request, str(request.GET.get("referral", "")))
    return _page(request, one, t)


def _found(request: Any, number: str) -> OnwardReferral:
    one = referral_of(request.patient, number, scope=request.access.scope(Right.CODE))
    if one is None:
        raise Http404
    return one


def _page(request: Any, one: OnwardReferral, t: Words, typed: dict[str, str] | None = None) -> HttpResponse:
    codes = [_code(at, told, t) for at, told in enumerate(one.codes)]
    if typed:
        codes = [CodeView(c.at, c.code, c.name, c.remark, typed.get(f"day-{c.at}", ""), c.days, c.sure) for c in codes]
    return render(
        request,
        "onward/referral.html",
        {
            "one": one,
            "person": named(one.patient, t),
            "codes": codes,
            "unsure": sum(not code.sure for code in codes),
            "dates": [(t(f"onward.date.{kind}"), _shown(day, t)) for kind, day in one.dates.items()],
            "institution": (typed or {}).get("institution") or unit_called(one.sender),
            "places": [("", t("onward.choose_place")), *_places()],
            "hospital": unit_name(one.hospital),
            "marked": {f"take-{code.at}" for code in codes} if typed is None else set(typed),
        },
    )


def _code(at: int, told: dict[str, Any], t: Words) -> CodeView:
    code = str(told["code"])
    known = load_catalogue().codes.get(code)
    days = [date.fromisoformat(text) for text in told["dates"]]
    sure = len(days) == 1
    name = (known.en if t.language == "en" else known.nb) if known else t("onward.unknown_code")
    return CodeView(
        at, code, name, str(told["remark"]), t.num_day(days[0]) if sure else "",
        ", ".join(t.num_day(day) for day in days), sure,
    )  # fmt: skip


def _shown(text: str, t: Words) -> str:
    try:
        return t.num_day(date.fromisoformat(text))
    except ValueError:
        return text


def _places() -> list[tuple[str, str]]:
    found = {number: unit.name for number, unit in units().by_number.items() if unit.level in {"trust", "hospital"}}
    return sorted(found.items(), key=lambda pair: pair[1])


def confirm(request: Any) -> HttpResponse:
    """POST: the codes that are marked, with the days and the place as they stand in the form."""
    t, one = words(), _found(request, str(request.POST.get("referral", "")))
    place = str(request.POST.get("institution", ""))
    codes, wrong = [], []
    for at, told in enumerate(one.codes):
        if request.POST.get(f"take-{at}") != "1":
            continue
        day = _typed(str(request.POST.get(f"day-{at}", "")))
        if day is None:
            wrong.append(t("onward.said.no_day", code=told["code"]))
        else:
            codes.append(Confirmed(str(told["code"]), day, place))
    if codes and not place:
        wrong.append(t("onward.said.no_place"))
    if not wrong:
        try:
            made = confirm_referral(one, codes, by=request.user, at=clock.now())
        except Blocked as fault:
            wrong = fault.sentences(t.language)
        except Refused as refused:
            messages.warning(request, refused.sentence(t.language))
            return HttpResponseRedirect(reverse("onward"))
        else:
            messages.success(request, t.count("onward.said.confirmed", len(made)))
            return HttpResponseRedirect(reverse("patient", kwargs={"handle": request.patient.handle}))
    for sentence in dict.fromkeys(wrong):
        messages.warning(request, sentence)
    return _page(request, one, t, {key: str(value) for key, value in request.POST.items()})


def _typed(text: str) -> date | None:
    for form in ("%d.%m.%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(text.strip(), form).date()  # noqa: DTZ007 a day, as written
        except ValueError:
            continue
    return None


def write(request: Any) -> HttpResponse:
    """The pathway part of an onward referral for a patient, to be put into the record system's message."""
    prefix = str(request.GET.get("pathway", ""))[:3]
    rows = [row for row in current(request.patient, as_of=clock.today()) if row.event_date and row.code[:3] == prefix]
    if not rows:
        raise Http404
    starts = [row.received_date or row.event_date for row in rows if row.code[3:4] == "A"]
    received = min((day for day in starts if day is not None), default=None)
    seniority = next((row.seniority_date for row in rows if row.seniority_date), None) or received
    dates = {"seniority": seniority} if seniority else {}
    content = pathway_part(
        [Sent(row.code, row.event_date) for row in rows if row.event_date], load_catalogue(), dates
    )
    record(
        "exported", by=request.user, at=clock.now(), what="onward_write", patient_id=request.patient.pk, pathway=prefix
    )
    answer = HttpResponse(content, content_type="application/xml; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="pakkeforlop_{prefix}.xml"'
    return answer
