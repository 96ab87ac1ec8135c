"""What the template of the page reads: a case in words, and the form of the next code with its verdict."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.timezone import localtime
from markupsafe import Markup

from pakkeforlop.access.rights import Right
from pakkeforlop.access.scope import units
from pakkeforlop.charts.patient_timeline import draw_patient_timeline
from pakkeforlop.charts.patient_timeline_list import draw_timeline_list
from pakkeforlop.coding.queries import held_by
from pakkeforlop.coordination.queries import worklist
from pakkeforlop.coordination.queries.patient import position, proposal_of, saved_registration
from pakkeforlop.coordination.states import TREATMENT_KINDS
from pakkeforlop.episodes import store
from pakkeforlop.vocabulary.numbers import whole
from pakkeforlop.web import clock
from pakkeforlop.web.codes.presenter import proposed_rows
from pakkeforlop.web.patient import answer, live, why
from pakkeforlop.web.patient.case import Case, case_of
from pakkeforlop.web.patient.drawing import ahead, day_of, drawn, treatment_ahead
from pakkeforlop.web.patient.entry import DELAYS, Entry
from pakkeforlop.web.patient.judged import Judged
from pakkeforlop.web.patient.meaning import code_word
from pakkeforlop.web.patient.possible import codes_of, possible_codes
from pakkeforlop.web.patient.spans import Measured, measured
from pakkeforlop.web.patient.told_rows import row_views
from pakkeforlop.web.words import Words

SHOWN = 10
"""Possible codes that are shown as links; all stand in the field's list."""


@dataclass(frozen=True)
class Possible:
    """A code that can be chosen."""

    code: str
    word: str


MOST_PROPOSALS = 3
"""Proposals that a page offers at once; the list has them all."""


def read_case(request: Any, t: Words) -> Case:
    """The pathway that the address or the form asks for."""
    given = request.GET if request.method == "GET" else request.POST
    return case_of(
        request.patient, on=clock.today(), language=t.language, pathway=str(given.get("pathway", ""))[:3].upper(),
        number=whole(str(given.get("number", ""))),
    )  # fmt: skip


def times_of(case: Case) -> list[Measured]:
    """The measured times of the case's episode, with what the booked treatment would give."""
    if case.episode is None:
        return []
    treats = treatment_ahead(case)
    return measured(
        case.episode, case.pathway, case.family, on=case.on, booked=day_of(treats) if treats else None,
        kind=TREATMENT_KINDS[treats.kind] if treats else "",
        held_to=(case.row.phase, case.row.phase_limit, case.row.whole_limit) if case.row else None,
    )  # fmt: skip


def page_values(
    request: Any, case: Case, t: Words, *, entry: Entry | None = None, verdict: Judged | None = None,
    revision: int | None = None, reveal: bool = False, fields: dict[str, str] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Everything the template asks for."""
    times = times_of(case)
    whole = _whole_limit(case, times)
    say = _answer(case, t, whole)
    values = {
        "case": case,
        "patient": case.patient,
        "title": case.pathway.name.of(t.language),
        "say": say,
        "facts": _facts(case, t),
        "number": _number(case.patient.national_number, reveal),
        "revealed": reveal,
        "rows": row_views(case, t),
        "todo": _todo(case, t),
        "others": [_other(one, case, t) for one in case.others],
        "position": _position(request, case),
        "may_code": request.access.may(Right.CODE),
        "may_coordinate": request.access.may(Right.COORDINATE),
        "may_log": request.access.may(Right.LOG),
        "key": uuid.uuid4().hex,
        "row_key": f"{case.patient.handle}.{case.prefix}.{case.episode['episode'] if case.episode else 1}",
        "wide": None,
        "shown": live.shown(case.patient),
        "now": clock.now(),
    }
    if case.episode is not None and case.told is not None:
        desc = str(say.striptags())
        made = drawn(case, times, t, whole_limit=whole, desc=desc)
        treats = treatment_ahead(case)
        narrow = draw_timeline_list(made.steps, name="tl2", title=made.line.words.title, desc=desc)
        values |= {
            "wide": Markup(draw_patient_timeline(made.line, name="tl")),  # noqa: S704 drawn here
            "narrow": Markup(narrow),  # noqa: S704 drawn here
            "steps": made.steps,
            "why": why.why_lines(
                times, t, standing=case.told.standing, limit=case.told.limit, start=case.episode["start_date"],
                missing=_missing(case), parts=made.parts,
                booked=(treats.text, day_of(treats)) if treats and case.episode["end"] is None else None,
            ),
        }  # fmt: skip
    return values | _form(request, case, t, entry, verdict, revision, fields or {})


def _missing(case: Case) -> tuple[str, ...]:
    """What the engine says of times that cannot be measured."""
    if case.told is None or case.episode is None:
        return ()
    labels = [span.label for span in case.family.span if case.episode.get(f"{span.key}_days") is None]
    return tuple(said for said in case.told.times if any(said.startswith(f"{label} ") for label in labels))


def _whole_limit(case: Case, times: list[Measured]) -> int | None:
    if case.row is not None and case.episode is not None and case.episode["end"] is None:
        return case.row.whole_limit
    if case.episode is not None and case.episode["share_limit"] is not None:
        return int(case.episode["share_limit"])
    return next((one.limit for one in times if one.name == "whole"), None)


def _answer(case: Case, t: Words, whole: int | None) -> Markup:
    episode = case.episode
    if episode is None:
        return t.html("patient.answer.no_pathway")
    if episode["end"] is not None:
        share = case.told.standing[-1] if case.told else ""
        return answer.closed_answer(episode["share_days"], episode["share_limit"], episode["end_date"], share, t)
    treats, booked = treatment_ahead(case), ahead(case)
    nearest = treats or (booked[0] if booked else None)
    row = case.row
    now = answer.Standing(
        day=(case.on - episode["start_date"]).days,
        limit=whole,
        phase=row.phase if row else "none",
        phase_due=row.phase_due if row else None,
        start=episode["start_date"],
        next_text=nearest.text if nearest else "",
        next_on=day_of(nearest) if nearest else None,
        treats=treats is not None,
    )
    died, ends = case.patient.death_date, f"{case.prefix}X"
    known = ends if ends in case.teller.catalogue.codes else ""
    said = answer.died(died, known, t) if died else answer.open_answer(now, t, on=case.on)
    if case.hanging.proposals:
        first = case.hanging.proposals[0]
        said += Markup(" ") + t.html("patient.answer.proposed", code=first.code, day=t.long_day(first.event_date))
    return said


def _facts(case: Case, t: Words) -> dict[str, str]:
    patient = case.patient
    owner = case.row.owner if case.row and case.row.owner else case.hanging.owner
    post = next((one for one in case.posts if owner and one.user_id == owner.pk), None)
    sex = t(f"patient.sex.{patient.sex}")
    born = t("patient.born", year=patient.birth_date.year, sex=sex) if patient.birth_date else sex
    contact = ", ".join(text for text in (owner.display_name, post.phone if post else "") if text) if owner else ""
    return {
        "born": born,
        "hospital": case.teller.place(case.hospital) if case.hospital else "–",
        "owner": contact or t("patient.no_owner"),
        "gp": patient.gp,
        "died": t.full_day(patient.death_date) if patient.death_date else "",
    }


def _number(number: str, reveal: bool) -> str:
    """The identity number with only its last two digits, or grouped as it is read."""
    if not number:
        return ""
    return f"{number[:6]} {number[6:]}" if reveal else f"•••••• •••{number[-2:]}"


def _todo(case: Case, t: Words) -> list[dict[str, Any]]:
    """Tasks and appointments: what is to come by day, then missed and cancelled ones, then what has been."""
    found: list[dict[str, Any]] = []
    for task in case.hanging.tasks:
        under = ", ".join(text for text in (task.owner.display_name if task.owner else "",) if text)
        found.append({"on": task.due or case.on, "order": 0, "what": task.text, "under": under, "task": task.pk})
    for one in case.hanging.appointments:
        on = day_of(one)
        if one.status == "booked" and on >= case.on:
            found.append({"on": on, "order": 1, "what": _visit(case, one, t), "under": _booked(one, t)})
        elif one.status in ("missed", "cancelled"):
            found.append(
                {
                    "on": on, "order": 2, "what": t(f"patient.line.{one.status}", what=one.text),
                    "under": one.follow_up and t("patient.todo.followed", text=one.follow_up),
                    "follow": one.pk if not one.followed_up_at else None,
                    "asked": t(f"patient.todo.ask_{one.status}", day=t.day(on)),
                    "sign": "cross" if one.status == "missed" else "",
                }
            )  # fmt: skip
    for answered in case.hanging.answers:
        if answered.received_at is None:
            name = answered.text or t(f"patient.answer_kind.{answered.kind}")
            late = answered.expected_date < case.on
            under = t("patient.todo.late") if late else t("patient.todo.awaited")
            found.append({"on": answered.expected_date, "order": 1, "what": name, "under": under, "sign": "clock"})
    for item in found:
        item["day"] = t("layout.days.today") if item["on"] == case.on else t.day(item["on"])
    return sorted(found, key=lambda item: (item["order"] == 2, item["on"], item["order"]))


def _visit(case: Case, one: Any, t: Words) -> str:
    place = case.teller.place(one.institution) if one.institution else ""
    clock_ = t.clock(localtime(one.at))
    what = ", ".join(text for text in (one.text, place) if text)
    midnight = t("layout.clock", hour="00", minute="00")
    return what if clock_ == midnight else t("patient.todo.visit", what=what, clock=clock_)


def _booked(one: Any, t: Words) -> str:
    if one.booked_at is None:
        return one.department or ""
    day = t.short_day(one.booked_at)
    who = one.booked_by.display_name if one.booked_by else one.department
    return t("patient.todo.booked_by", day=day, who=who) if who else t("patient.todo.booked", day=day)


def _other(episode: dict[str, Any], case: Case, t: Words) -> dict[str, str]:
    pathway = case.teller.catalogue.pathways[episode["pathway"]]
    end = episode["end_date"] or case.on
    state = "open" if episode["end"] is None else "closed"
    query = f"?pathway={episode['pathway']}&number={episode['episode']}"
    return {
        "url": reverse("patient", kwargs={"handle": case.patient.handle}) + query,
        "text": t("patient.other", name=pathway.name.of(t.language), prefix=pathway.code, number=episode["episode"]),
        "state": t(f"patient.other_{state}", year=end.year),
    }


def _position(request: Any, case: Case) -> dict[str, Any] | None:
    if not request.access.may(Right.WORKLIST):
        return None
    me = worklist.reader(request.user, on=case.on)
    found = position(for_=me, patient=case.patient, pathway=case.prefix)
    if found is None:
        return None

    def link(one: tuple[str, str] | None) -> str:
        return f"{reverse('patient', kwargs={'handle': one[0]})}?pathway={one[1]}" if one else ""

    return {"at": found.at, "of": found.of, "before": link(found.before), "after": link(found.after)}


def _form(
    request: Any, case: Case, t: Words, entry: Entry | None, verdict: Judged | None, revision: int | None,
    fields: dict[str, str],
) -> dict[str, Any]:  # fmt: skip
    corrected = saved_registration(case.patient, entry.correct if entry else str(request.GET.get("correct", "")))
    proposal = proposal_of(case.patient, entry.proposal if entry else str(request.GET.get("proposal", "")))
    shown = entry or _prefilled(case, corrected, proposal, t, request)
    saved = saved_registration(case.patient, str(request.GET.get("saved", "")))
    places = _places(request, case, shown.institution)
    if not shown.institution and len(places) >= 1:
        default = case.hospital if any(number == case.hospital for number, _ in places) else places[0][0]
        shown = Entry(**{**shown.__dict__, "institution": default})
    possible = possible_codes(
        held_by([case.patient.pk], as_of=case.on)[case.patient.pk], case.pathway, case.family, store.engine(),
        on=case.on, institution=case.hospital, facts=store.facts_of(case.patient),
    )  # fmt: skip
    every = codes_of(case.pathway, case.family, on=case.on, engine=store.engine())
    return {
        "proposals": [] if entry or corrected or proposal else _proposals(request, case, t),
        "entry": shown,
        "verdict": verdict,
        "fields": fields,
        "corrected": corrected,
        "proposal": proposal,
        "places": places,
        "possible": [Possible(code, _word(case, code, t)) for code in possible[:SHOWN]],
        "codes": [Possible(code, _word(case, code, t)) for code in dict.fromkeys([*possible, *every])],
        "delays": [("", t("patient.delay.none")), *((name, t(f"patient.delay.{name}")) for name in DELAYS)],
        "revision": case.patient.revision if revision is None else revision,
        "saved": saved,
    }


def _proposals(request: Any, case: Case, t: Words) -> list[tuple[Any, Any, str]]:
    """The open proposals of the pathway with what each would give, and its day as a field has it."""
    scope, found = request.access.scope(Right.CODE), case.hanging.proposals[:MOST_PROPOSALS]
    mine = [one for one in found if scope.covers(one.institution, one.pathway)]
    views = proposed_rows(mine, t, on=case.on)
    return [(one, view, t.num_day(one.event_date)) for one, view in zip(mine, views, strict=True)]


def _word(case: Case, code: str, t: Words) -> str:
    return (code_word(code, case.family.key, t) or case.teller.meaning(code)).lower()


def _prefilled(case: Case, corrected: Any, proposal: Any, t: Words, request: Any) -> Entry:
    if corrected is not None and corrected.code:
        day = t.num_day(corrected.event_date) if corrected.event_date else ""
        unit = units().resolve(corrected.institution)
        place = unit.org_nr if unit else corrected.institution
        return Entry(corrected.code, day, place, corrected.delay_reason, "", str(corrected.pk))
    if proposal is not None:
        return Entry(proposal.code, t.num_day(proposal.event_date), proposal.institution, proposal=str(proposal.pk))
    return Entry(code=str(request.GET.get("code", ""))[:8].upper(), day=t.num_day(case.on))


def _places(request: Any, case: Case, chosen: str) -> list[tuple[str, str]]:
    """Hospitals that the person registers for, those of the pathway first; what was chosen is always there."""
    scope = request.access.scope(Right.CODE)
    known: list[str] = []
    for row in reversed(case.rows):
        unit = units().resolve(row.institution)
        if unit and unit.org_nr not in known and scope.covers(unit.org_nr, case.prefix):
            known.append(unit.org_nr)
    more = [number for number in scope.hospitals() if number not in known]
    numbers = [*known, *more[:60]]
    if chosen and chosen not in numbers:
        numbers.append(chosen)
    return [(number, case.teller.place(number)) for number in numbers]

