"""Registrations with their history, newest day first: what holds, and under it what it superseded, struck through."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.timezone import localtime

from pakkeforlop.coding.models import Registration
from pakkeforlop.coordination.queries.patient import names_of
from pakkeforlop.reporting.models import ReturnedLine
from pakkeforlop.reporting.queries.returns import rejected_of, words_of
from pakkeforlop.web.patient.case import Case
from pakkeforlop.web.patient.meaning import short_meaning
from pakkeforlop.web.words import Words


@dataclass(frozen=True)
class RowView:
    """One version. `old`: superseded or withdrawn; `messages` only on what holds."""

    pk: int
    day: str
    code: str
    meaning: str
    place: str
    registered: str
    old: bool
    messages: tuple[str, ...]
    delay: str
    aside: bool


def row_views(case: Case, t: Words) -> list[RowView]:
    """All versions of the pathway's registrations."""
    flat = [row for rows in case.versions.values() for row in rows]
    names = names_of(flat)
    said = _messages(case)
    sent_back = rejected_of(case.patient)
    holds = {row.pk for row in case.rows}
    found: list[tuple[date, int, int, RowView]] = []
    for rows in case.versions.values():
        newest = rows[-1]
        day = newest.event_date or date.min
        for row in reversed(rows):
            later = next((one for one in rows if one.version > row.version), None)
            told = said.get(row.pk, ((), False))
            told = (told[0] + _of_register(sent_back.get(row.registration_id, []), t), told[1])
            view = _view(case, row, later, t, names, told, row.pk in holds)
            if view is not None:
                found.append((day, newest.pk, row.version, view))
    return [view for *_, view in sorted(found, key=lambda item: item[:3], reverse=True)]


def _view(
    case: Case, row: Registration, later: Registration | None, t: Words, names: dict[int, str],
    said: tuple[tuple[str, ...], bool], holds: bool,
) -> RowView | None:  # fmt: skip
    if row.withdrawn or not row.code:
        return None
    if holds:
        meaning = short_meaning(case, row, t)
    elif later is not None:
        day = t.short_day(localtime(later.registered_at))
        key = "withdrawn" if later.withdrawn or not later.code else "replaced"
        who = names.get(later.registered_by or 0, "")
        meaning = t(f"patient.rows.{key}", day=day, who=who or t("patient.rows.file"), reason=later.reason or "–")
    else:
        meaning = t("patient.rows.not_known_yet")
    return RowView(
        pk=row.pk,
        day=t.short_day(row.event_date) if row.event_date else t("patient.rows.no_day"),
        code=row.code,
        meaning=meaning,
        place=case.teller.place(row.institution),
        registered=_registered(row, t, names),
        old=not holds,
        messages=said[0] if holds else (),
        delay=t("patient.rows.delay", reason=_delay(row.delay_reason, t)) if row.delay_reason else "",
        aside=said[1] and holds,
    )


def _registered(row: Registration, t: Words, names: dict[int, str]) -> str:
    at = localtime(row.registered_at)
    who = names.get(row.registered_by or 0, "")
    if not who:
        who = t("patient.rows.file") if row.batch_id or not row.registered_by else ""
    key = "patient.rows.corrected" if row.version > 1 and row.reason else "patient.rows.registered"
    return t(key, day=t.short_day(at), clock=t.clock(at), who=who)


def _delay(reason: str, t: Words) -> str:
    return t(f"patient.delay.{reason}") if t.has(f"patient.delay.{reason}") else reason


def _messages(case: Case) -> dict[int, tuple[tuple[str, ...], bool]]:
    """The engine's messages by registration row, and whether the code is set aside."""
    found: dict[int, list[Any]] = {}
    for message in case.messages:
        found.setdefault(message.registration_id, []).append(message)
    return {
        pk: (tuple(case.teller.message(one.number) for one in told), not all(one.counted for one in told))
        for pk, told in found.items()
    }


def _of_register(lines: list[ReturnedLine], t: Words) -> tuple[str, ...]:
    """What the register itself said of a registration, with the day of its return and whether it is mended."""
    told = []
    for line in lines:
        said, _ = words_of(line, t.language)
        key = "mended" if line.state == "sent" or getattr(line, "mended", False) else "open"
        day = t.short_day(localtime(line.returned.taken_at))
        told.append(t(f"patient.rows.register_{key}", number=line.message, said=said, day=day))
    return tuple(told)
