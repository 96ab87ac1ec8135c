"""Rows of the worklist as they are read: words, days and signs, nothing left for the template to work out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.timezone import localtime
from markupsafe import Markup

from pakkeforlop.access.scope import units
from pakkeforlop.catalogue.load import load_catalogue
from pakkeforlop.coordination.flags import Flag, answer_overdue, nothing_booked, stale
from pakkeforlop.coordination.models import WorklistRow
from pakkeforlop.coordination.phase import days
from pakkeforlop.coordination.ranking import Group
from pakkeforlop.coordination.states import TREATMENT_KINDS
from pakkeforlop.vocabulary.working_days import working_days_after
from pakkeforlop.web.layout.bars import limit_bar
from pakkeforlop.web.patients import named
from pakkeforlop.web.words import Words

TREATS = frozenset(TREATMENT_KINDS)


@dataclass(frozen=True)
class Sign:
    """A glyph of the grammar sheet, and its words."""

    kind: str
    text: str


@dataclass(frozen=True)
class RowView:
    """One row as it stands on the page."""

    key: str
    anchor: str
    handle: str
    name: str
    born: str
    pathway: str
    prefix: str
    phase: str
    used: str
    bar: Markup
    left: int | None
    whole_used: str
    whole_bar: Markup
    whole_left: int | None
    next: str
    after: str
    late: str
    signs: tuple[Sign, ...]
    owner: str
    unit: str
    proposed: bool
    group: int
    fresh: bool
    closed: bool

    @property
    def page(self) -> str:
        """The patient's page."""
        return patient_page(self.handle)


@dataclass(frozen=True)
class GroupView:
    """A group of rows under its head; an ungrouped list is one group without a head."""

    title: str
    rule: str
    rows: tuple[RowView, ...]


def patient_page(handle: str) -> str:
    """The address of a patient's page."""
    return reverse("patient", kwargs={"handle": handle})


def row_view(row: WorklistRow, t: Words, *, on: date, for_: Any, fresh: bool = False) -> RowView:
    """A row in the language and for the units (`for_`, a Scope) of the reader, as of a day."""
    used, left = days(row.phase_from, row.phase_due, today=on)
    whole_used, whole_left = days(row.start_date, row.whole_due, today=on)
    ahead = None if nothing_booked(row.next_on, today=on) else row.next_on
    ring = (ahead - row.phase_from).days if ahead else None
    whole_ring = (ahead - row.start_date).days if ahead and row.next_kind in TREATS else None
    group = getattr(row, "rank", Group.ON_TRACK)
    name, born = named(row.patient, t)
    text, after, late = _next(row, t, on=on, group=group)
    return RowView(
        key=f"{row.patient.handle}.{row.pathway}.{row.number}",
        anchor=f"r-{row.pk}",
        handle=row.patient.handle,
        name=name,
        born=born,
        pathway=pathway_name(row.pathway, t),
        prefix=row.pathway,
        phase=t(f"worklist.phase.{row.phase}"),
        used=_of(used, row.phase_limit),
        bar=limit_bar(used, row.phase_limit, ring),
        left=left,
        whole_used=_of(whole_used, row.whole_limit),
        whole_bar=limit_bar(whole_used, row.whole_limit, whole_ring),
        whole_left=whole_left,
        next=text,
        after=after,
        late=late,
        signs=tuple(_signs(row, t, on=on, for_=for_)),
        owner=row.owner.get_short_name() if row.owner else t("worklist.nobody"),
        unit=hospital_name(row.hospital) if elsewhere(row.hospital, for_) else "",
        proposed=row.proposed_id is not None,
        group=int(group),
        fresh=fresh,
        closed=row.closed,
    )


def elsewhere(hospital: str, scope: Any) -> bool:
    """Whether the reader is appointed to more or other than the hospital, so that the row has to name it."""
    return hospital not in {grant.org_nr for grant in scope.grants}


def grouped(rows: Sequence[RowView], counts: dict[int, int], t: Words) -> list[GroupView]:
    """Rows under the heads of their groups, in the order they come."""
    views = []
    for group in Group:
        inside = tuple(row for row in rows if row.group == group)
        if inside:
            name = group.name.lower()
            count = t.count("worklist.group_count", counts.get(int(group), len(inside)))
            views.append(GroupView(t(f"worklist.group.{name}"), f"{count} · {t(f'worklist.rule.{name}')}", inside))
    return views


def pathway_name(prefix: str, t: Words) -> str:
    """The name of a pathway that fits a narrow column."""
    narrow = f"worklist.short.{prefix}"
    return t(narrow) if t.has(narrow) else load_catalogue().pathways[prefix].short.of(t.language)


def message_words(number: int, t: Words) -> tuple[str, str]:
    """A message of the rules with its number, and what to do."""
    said = load_catalogue().messages[number]
    return f"{number}: {said.text.of(t.language)}", said.what_now.of(t.language)


def hospital_name(number: str) -> str:
    """The name of a unit; its number where nobody knows it."""
    unit = units().resolve(number)
    return unit.name if unit else number


def _of(used: int, limit: int | None) -> str:
    return f"{used}/{limit}" if limit is not None else str(used)


def _next(row: WorklistRow, t: Words, *, on: date, group: int) -> tuple[str, str, str]:
    """The next step, what is said after it, and by how many days it comes too late."""
    if row.next_on is None or nothing_booked(row.next_on, today=on):
        return "", "", ""
    if row.next_on == on and row.next_at is not None:
        text = t("worklist.next_today", what=row.next_text, clock=_clock(row))
        return text, t("worklist.attended") if row.next_status == "attended" else "", ""
    text = f"{row.next_text} {t.day(row.next_on)}"
    treats = row.next_kind in TREATS
    if group == Group.WHOLE_PASSED:
        over = (row.next_on - row.whole_due).days if row.whole_due and treats else 0
        return text, t("worklist.will_be", n=over) if over > 0 else "", ""
    if group == Group.PHASE_PASSED:
        return text, "", ""
    dues = [day for day in (row.phase_due, row.whole_due if treats else None) if day]
    late = (row.next_on - min(dues)).days if dues else 0
    return text, "", t("worklist.late", n=late) if late > 0 else ""


def _clock(row: WorklistRow) -> str:
    at = localtime(row.next_at)
    return f"{at.hour:02d}.{at.minute:02d}"


def _signs(row: WorklistRow, t: Words, *, on: date, for_: Any) -> list[Sign]:
    """What is to be noticed, the most pressing first."""
    flags, marks = Flag(row.flags), row.marks
    found: list[Sign] = []

    def say(kind: str, name: str, day: str | None = None) -> None:
        when = t.short_day(date.fromisoformat(day)) if day else ""
        found.append(Sign(kind, t(f"worklist.flag.{name}", day=when)))

    if row.patient.death_date is not None:
        say("died", "died", row.patient.death_date.isoformat())
    if flags & Flag.MISSED:
        say("cross", "missed", marks.get("missed"))
    if flags & Flag.NOT_RECEIVED:
        mine = bool(row.receiver) and for_.covers(row.receiver, row.pathway, row.department)
        late = row.receipt_due is not None and row.receipt_due < on
        name = "declined" if marks.get("declined") else "unacknowledged" if late else "not_received" if mine else "sent"
        say("arrow", name, marks.get("sent"))
    elif flags & Flag.TRANSFERRED:
        say("arrow", "came", marks.get("came"))
    if answer_overdue(row.answer_due, today=on) and row.answer_due:
        say("clock", f"answer_{marks.get('answer', 'other')}", row.answer_due.isoformat())
    elif row.answer_due and row.answer_due <= working_days_after(on):
        say("clock", "answer_today" if row.answer_due == on else "answer_soon", row.answer_due.isoformat())
    if flags & Flag.PROPOSED:
        say("diamond", "proposed")
    elif flags & Flag.MISSING_CODE:
        say("diamond", "missing_code")
    if flags & Flag.POSTPONED:
        say("pause", "postponed")
    if stale(row.last_touched, row.next_on, today=on):
        say("rest", "stale", row.last_touched.isoformat())
    for flag, kind in ((Flag.WRONG_ORDER, "steps"), (Flag.DUPLICATE, "double"), (Flag.MESSAGE, "diamond")):
        if flags & flag:
            say(kind, str(flag.name).lower())
    if flags & Flag.TASK:
        say("ring", "task")
    return found
