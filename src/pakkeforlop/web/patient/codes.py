"""A code from the page: its verdict, saved, corrected, withdrawn, undone.

What stops it is shown beside what was typed.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from pakkeforlop.access.scope import units
from pakkeforlop.coding.models import Registration
from pakkeforlop.coordination.actions import codes
from pakkeforlop.coordination.actions import work as actions
from pakkeforlop.coordination.actions.work import Deed
from pakkeforlop.coordination.blocking import Blocked, Conflict, Stop
from pakkeforlop.coordination.queries.patient import proposal_named, proposal_of, saved_registration, used_key
from pakkeforlop.coordination.states import StepRefused
from pakkeforlop.coordination.verdict import Verdict
from pakkeforlop.vocabulary.numbers import whole
from pakkeforlop.web import clock
from pakkeforlop.web.layout.undoing import offer
from pakkeforlop.web.patient.case import Case
from pakkeforlop.web.patient.entry import Entry
from pakkeforlop.web.patient.judged import Judged, judged, stopped
from pakkeforlop.web.patient.page import page_values, read_case, times_of
from pakkeforlop.web.patient.views import back
from pakkeforlop.web.words import Words, words
from pakkeforlop.web.worklist.confirming import refuse, take_up_again

IMPOSSIBLE = frozenset({"code_unknown", "code_lapsed", "date_early", "institution_unknown"})
"""What cannot be: the rules' verdict on it would tell of a code that is never saved."""


def save(request: Any) -> HttpResponse:
    """POST: `do` is save, show (the verdict alone) or remind (a task for a day that has not come)."""
    t, entry = words(), Entry.read(request.POST)
    do = request.POST.get("do", "save")
    if do == "show":
        return _again(request, t, entry, 200)
    if do == "remind":
        return _remind(request, t, entry)
    corrected = saved_registration(request.patient, entry.correct)
    repeated = used_key(request.POST.get("key", ""))
    try:
        saved = _correct(request, entry, corrected) if corrected else _register(request, entry)
    except Conflict as fault:
        return _again(request, t, entry, 409, stops=fault.stops, revision=fault.revision)
    except Blocked as fault:
        return _again(request, t, entry, 422, stops=fault.stops)
    except StepRefused:
        return _again(request, t, entry, 409, stops=(Stop("conflict_changed"),))
    key = "patient.said.corrected" if corrected else "patient.said.saved"
    told = t("patient.said.again") if repeated or saved.repeated else t(key, code=entry.code, day=_day(entry, t))
    messages.success(request, told)
    return HttpResponseRedirect(back(request, "code", saved=saved.registration.pk))


def verdict_part(request: Any) -> HttpResponse:
    """The verdict of what is typed, for the page's own script."""
    t, entry = words(), Entry.read(request.POST)
    case = read_case(request, t)
    values = {"verdict": judge(request, case, entry, t), "entry": entry, "may_coordinate": True}
    return render(request, "patient/verdict.html", values)


def withdraw(request: Any) -> HttpResponse:
    """POST: a version without a code, with its reason."""
    t, entry = words(), Entry.read(request.POST)
    registration = saved_registration(request.patient, entry.correct)
    if registration is None:
        return _again(request, t, entry, 409, stops=(Stop("not_there"),))
    try:
        saved = codes.withdraw_code(registration=registration, reason=entry.reason, **_post(request))
    except Conflict as fault:
        return _again(request, t, entry, 409, stops=fault.stops, revision=fault.revision)
    except Blocked as fault:
        return _again(request, t, entry, 422, stops=fault.stops)
    messages.success(request, t("patient.said.withdrawn", code=registration.code))
    return HttpResponseRedirect(back(request, "code", saved=saved.registration.pk))


def reject(request: Any) -> HttpResponse:
    """POST: no to a proposal, with a reason; the next page offers to take it up again."""
    proposal = proposal_named(request.patient, str(request.POST.get("proposal", "")))
    said = refuse(request, proposal)
    (messages.success if said.done else messages.warning)(request, said.text)
    offer(request, said.offered("patient_undo", pathway=proposal.pathway if proposal else ""))
    return HttpResponseRedirect(back(request, "code"))


def undo(request: Any) -> HttpResponse:
    """POST: the last change of a registration taken back by a further row; or a rejected proposal taken up again."""
    t = words()
    if rejected := str(request.POST.get("rejected", "")):
        said = take_up_again(request, rejected)
        (messages.success if said.done else messages.warning)(request, said.text)
        return HttpResponseRedirect(back(request, "code"))
    registration = saved_registration(request.patient, str(request.POST.get("registration", "")))
    if registration is None:
        messages.warning(request, t("patient.said.gone"))
        return HttpResponseRedirect(back(request))
    try:
        codes.undo(registration=registration, reason=t("patient.said.undo_reason"), **_post(request))
        messages.success(request, t("patient.said.undone"))
    except Blocked as fault:
        messages.warning(request, " ".join(fault.sentences(t.language)))
    return HttpResponseRedirect(back(request, "code"))


def judge(request: Any, case: Case, entry: Entry, t: Words, stops: tuple[Stop, ...] | None = None) -> Judged:
    """What blocks the entry, and what the register would say of it."""
    corrected = saved_registration(request.patient, entry.correct)
    draft = entry.draft(replaces=corrected.registration_id if corrected else "")
    if stops is None:
        stops = _stops(request, entry, draft, case.on)
    verdict = None if any(stop.key in IMPOSSIBLE for stop in stops) else _verdict(case, draft, entry.date)
    running = {one.span.key: one.running for one in times_of(case) if one.running is not None}
    return judged(
        verdict, stops, t, family=case.family, day=entry.date,
        share=_share(case, verdict.episode if verdict else None),
        share_before=_share(case, verdict.before if verdict else None), running=running,
    )  # fmt: skip


def _stops(request: Any, entry: Entry, draft: Any, today: date) -> tuple[Stop, ...]:
    if not entry.code and not entry.day:
        return ()
    try:
        codes.check(draft, by=request.user, today=today)
    except Blocked as fault:
        return fault.stops
    return ()


def _verdict(case: Case, draft: Any, day: date | None) -> Verdict | None:
    """The engine asked; a day ahead is asked as of that day, to show what the booking would give."""
    if not draft.code or day is None or not draft.institution:
        return None
    if (day - case.on).days > 3 * 366 or day.year < 2015:
        return None
    return codes.verdict_on(case.patient, draft, today=max(case.on, day))


def _share(case: Case, episode: Any) -> str:
    return case.teller.share(episode) if episode else ""


def _register(request: Any, entry: Entry) -> codes.Saved:
    proposal = proposal_of(request.patient, entry.proposal)
    confirms = proposal.pk if proposal is not None and proposal.code[:4] == entry.code[:4] else None
    return codes.register_code(
        patient=request.patient, code=entry.code, event_date=entry.date, institution=entry.institution,
        delay_reason=entry.delay, source="page", confirms=confirms, **_post(request),
    )  # fmt: skip


def _correct(request: Any, entry: Entry, registration: Registration) -> codes.Saved:
    return codes.correct_code(
        registration=registration, code=entry.code, event_date=entry.date, institution=_place(entry, registration),
        reason=entry.reason, delay_reason=entry.delay, **_post(request),
    )  # fmt: skip


def _place(entry: Entry, registration: Registration) -> str:
    """The place as it was written, where the form names the same unit."""
    unit = units().resolve(registration.institution)
    return registration.institution if unit and unit.org_nr == entry.institution else entry.institution


def _post(request: Any) -> dict[str, Any]:
    return {
        "by": request.user, "at": clock.now(), "key": str(request.POST.get("key", "")),
        "revision": whole(str(request.POST.get("revision", ""))),
    }  # fmt: skip


def _again(
    request: Any, t: Words, entry: Entry, status: int, *, stops: tuple[Stop, ...] | None = None,
    revision: int | None = None,
) -> HttpResponse:  # fmt: skip
    """The page once more, with what was typed and what is said of it."""
    case = read_case(request, t)
    verdict = judge(request, case, entry, t)
    if stops is not None:
        verdict = replace(verdict, stops=stopped(stops, t))
    fields = {stop.field: stop.sentence(t.language) for stop in stops or _stops_of(request, entry, case) if stop.field}
    values = page_values(request, case, t, entry=entry, verdict=verdict, revision=revision, fields=fields)
    return render(request, "patient/page.html", values, status=status)


def _stops_of(request: Any, entry: Entry, case: Case) -> tuple[Stop, ...]:
    return _stops(request, entry, entry.draft(), case.on)


def _remind(request: Any, t: Words, entry: Entry) -> HttpResponse:
    """A task for the day that the code is about."""
    day = entry.date
    if day is None or not entry.code:
        return _again(request, t, entry, 422)
    deed = Deed(request.user, clock.now(), clock.today(), str(request.POST.get("key", "")))
    actions.add_task(
        patient=request.patient, pathway=entry.code[:3], text=t("patient.remind_text", code=entry.code), due=day,
        owner=request.user, deed=deed,
    )  # fmt: skip
    messages.success(request, t("patient.said.reminded", code=entry.code, day=t.long_day(day)))
    return HttpResponseRedirect(back(request, "todo"))


def _day(entry: Entry, t: Words) -> str:
    return t.day(entry.date) if entry.date else ""
