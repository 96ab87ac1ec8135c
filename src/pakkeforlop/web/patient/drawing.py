"""The timeline's parts from a case: whole days from the start, and words for each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.utils.timezone import localtime

from pakkeforlop.charts.free_days import free_days
from pakkeforlop.charts.patient_timeline import Holder, Part, Phase, Point, Timeline, Visit
from pakkeforlop.charts.patient_timeline import Words as ChartWords
from pakkeforlop.charts.patient_timeline_list import Step
from pakkeforlop.coordination.models import Appointment
from pakkeforlop.coordination.states import TREATMENT_KINDS
from pakkeforlop.web.patient.case import Case
from pakkeforlop.web.patient.going import WISH, Event, parts
from pakkeforlop.web.patient.meaning import short_meaning
from pakkeforlop.web.patient.spans import Measured
from pakkeforlop.web.patient.why import in_a_sentence
from pakkeforlop.web.words import Words

LASTING = frozenset({"attendance", "examination", *TREATMENT_KINDS})
"""Kinds of appointments that fill their day; a talk or a meeting ends a wait and takes no day."""


@dataclass(frozen=True)
class Drawn:
    """What the page draws, and what its words lean on."""

    line: Timeline
    steps: list[Step]
    parts: tuple[Part, ...]


def treatment_ahead(case: Case) -> Appointment | None:
    """The first booked treatment from today on."""
    return next((one for one in ahead(case) if one.kind in TREATMENT_KINDS), None)


def ahead(case: Case) -> list[Appointment]:
    """Booked appointments from today on, in order."""
    return [one for one in case.hanging.appointments if one.status == "booked" and day_of(one) >= case.on]


def day_of(appointment: Appointment) -> date:
    """The day of an appointment in Norway."""
    return localtime(appointment.at).date()


def inside(case: Case) -> list[Any]:
    """Registrations of the episode: from its start, up to the next one's start."""
    if case.episode is None:
        return []
    start = case.episode["start_date"]
    later = [one["start_date"] for one in case.others if one["pathway"] == case.prefix and one["start_date"] > start]
    end = min(later, default=date.max)
    return [row for row in case.rows if row.event_date and start <= row.event_date < end]


def drawn(case: Case, times: list[Measured], t: Words, *, whole_limit: int | None, desc: str) -> Drawn:
    """The timeline of a case that has an episode."""
    episode: dict[str, Any] = case.episode or {}
    start = episode["start_date"]
    is_open = episode["end"] is None

    def at(day: date) -> int:
        return int((day - start).days)

    rows = inside(case)
    stops = date.max if is_open else max([episode["end_date"], *(row.event_date for row in rows)])
    visits = [one for one in case.hanging.appointments if start <= day_of(one) <= stops]
    answers = [one for one in case.hanging.answers if one.received_at and start <= one.received_at <= stops]
    today = at(case.on) if is_open else None
    treats = treatment_ahead(case) if is_open else None
    points = [Point(at(row.event_date), row.code, short_meaning(case, row, t)) for row in rows]
    if treats is not None:
        code = case.prefix + "F" + TREATMENT_KINDS[treats.kind]
        points.append(Point(at(day_of(treats)), code, t("patient.line.booked"), planned=True))
    names = {"waiting": t("patient.line.waiting"), "wish": t("patient.line.wish")}
    went = parts(_events(case, rows, visits, answers, t, at), today=today, **names)
    due = whole_limit
    far = [0, today or 0, due or 0, *(point.day for point in points), *(at(day_of(one)) for one in visits)]
    far += [at(stops)] if not is_open else []
    last = max(far) + max(5, max(far) // 8)
    first, end = start, start + timedelta(last)
    line = Timeline(
        last=last,
        points=tuple(points),
        phases=tuple(_phase(one, t, at) for one in times if one.name != "whole" and not one.passed),
        parts=_named_once(went),
        holders=tuple(_holders(case, rows, at)),
        visits=tuple(Visit(at(day_of(one)), _visit_name(one, t), one.status) for one in visits),  # type: ignore[arg-type]
        free=frozenset(at(day) for day in free_days(first, end)),
        today=today,
        due=due,
        words=ChartWords(
            title=t("patient.line.title", last=last),
            desc=desc,
            rows=tuple(t.many("patient.line.rows")),  # type: ignore[arg-type]
            day=lambda n: t("patient.line.day", n=n),
            date=lambda n: t.day(start + timedelta(n)),
            today=t("patient.line.today", n=today if today is not None else 0),
            due=t("patient.line.due", n=due or 0),
        ),
    )
    return Drawn(line, _steps(case, rows, visits, answers, times, t, at, today, due), went)


def _named_once(went: tuple[Part, ...]) -> tuple[Part, ...]:
    """A wait and the day it led to have one name between them: it stands at the longer of the two."""
    names = [part.name for part in went]
    for n in range(1, len(went)):
        if names[n] == names[n - 1] and went[n].kind in ("examination", "planned"):
            shorter = n if went[n].end - went[n].start < went[n - 1].end - went[n - 1].start else n - 1
            names[shorter] = ""
    return tuple(replace(part, name=name) for part, name in zip(went, names, strict=True))


def _events(case: Case, rows: list[Any], visits: list[Any], answers: list[Any], t: Words, at: Any) -> list[Event]:
    found = [
        Event(at(row.event_date), short_meaning(case, row, t).lower() if row.code[3:] not in ("A", "AA") else "",
              wish=row.delay_reason == WISH, postpones=row.code[3:] == "P")
        for row in rows
    ]  # fmt: skip
    for one in visits:
        if one.status in ("attended", "booked"):
            planned = one.status == "booked" and day_of(one) >= case.on
            lasts = one.kind in LASTING and not planned
            if one.status == "attended" or planned:
                found.append(Event(at(day_of(one)), in_a_sentence(one.text), lasts, planned=planned))
    for one in answers:
        found.append(Event(at(one.received_at), in_a_sentence(one.text or t(f"patient.answer_kind.{one.kind}"))))
    return found


def _phase(one: Measured, t: Words, at: Any) -> Phase:
    name = t(f"patient.phase.{one.name}") if one.name else one.span.label
    shown = one.shown
    key = "patient.line.of" if one.limit is not None else "patient.line.free"
    said = t(key, name=name, n=shown, limit=one.limit)
    over = t.count("patient.line.over", shown - one.limit) if one.limit is not None and shown > one.limit else ""
    planned = one.days is None and one.planned is not None
    note = t("patient.line.planned") if planned else t("patient.line.so_far") if one.days is None else ""
    begins = at(one.since)
    return Phase(begins, begins + shown, one.limit, said, over, planned, note)


def _holders(case: Case, rows: list[Any], at: Any) -> list[Holder]:
    """From the start the place of the first code; from a transfer to the next opening code nobody new has it."""
    found: list[tuple[int, str]] = []
    for row in rows:
        opens = row.code[3:] in ("A", "AA")
        if not found or (opens and row.institution != found[-1][1]):
            found.append((at(row.event_date), row.institution))
    ends = [begin for begin, _ in found[1:]] + [None]
    return [
        Holder(begin, end, case.teller.place(place)) for (begin, place), end in zip(found, ends, strict=True)
    ]


def _visit_name(one: Appointment, t: Words) -> str:
    if one.status in ("missed", "cancelled"):
        return t(f"patient.line.{one.status}", what=one.text)
    return one.text


def _steps(
    case: Case, rows: list[Any], visits: list[Any], answers: list[Any], times: list[Measured], t: Words, at: Any,
    today: int | None, due: int | None,
) -> list[Step]:  # fmt: skip
    start: date = (case.episode or {})["start_date"]
    by_end = {one.until: one for one in times if one.until is not None and one.name != "whole"}
    found: list[tuple[int, int, Step]] = []

    def add(n: int, order: int, kind: Any, title: str, code: str = "", under: str = "") -> None:
        date_ = t.day(start + timedelta(n)).split(" ", 1)[1]
        found.append((n, order, Step(date_, t("patient.line.day", n=n), kind, title, code, under)))

    for row in rows:
        ended = by_end.get(row.event_date) if row.code[3:] not in ("A", "AA", "O", "P", "B") else None
        under = _under(ended, t) if ended else case.teller.place(row.institution)
        add(at(row.event_date), 0, "point", short_meaning(case, row, t), row.code, under)
    for one in visits:
        n, planned = at(day_of(one)), one.status == "booked" and day_of(one) >= case.on
        same = any(row.event_date == day_of(one) for row in rows)
        if planned:
            add(n, 2, "planned", t("patient.line.step_booked", what=one.text), under=_place(case, one))
        elif one.status in ("missed", "cancelled") or not same:
            add(n, 1, "minor", _visit_name(one, t), under=one.follow_up or one.result)
    for answer in answers:
        waited = (answer.received_at - answer.asked_at).days
        name = answer.text or t(f"patient.answer_kind.{answer.kind}")
        add(at(answer.received_at), 1, "minor", name, under=t.count("patient.line.waited", waited))
    if today is not None:
        add(today, 3, "today", t("patient.line.today_short"))
    if due is not None and (today is None or due >= today):
        add(due, 4, "limit", t("patient.line.due_long"))
    return [step for _, _, step in sorted(found, key=lambda item: item[:2])]


def _under(one: Measured, t: Words) -> str:
    said = _phase(one, t, lambda _: 0)
    return ", ".join(text for text in (said.said, said.over) if text)


def _place(case: Case, one: Appointment) -> str:
    return case.teller.place(one.institution) if one.institution else ""
