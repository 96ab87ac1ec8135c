"""Registrations in: each row its own transaction and its own verdict; the good ones go on, the bad ones are told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import translation

from pakkeforlop.catalogue.load import load_catalogue
from pakkeforlop.coding.actions import people
from pakkeforlop.coding.models import Patient
from pakkeforlop.coding.queries import newest
from pakkeforlop.coordination.actions.codes import Saved, check, correct_code, register_code, withdraw_code
from pakkeforlop.coordination.blocking import Blocked, Stop
from pakkeforlop.coordination.verdict import Draft
from pakkeforlop.exchange.csv.dates import BAD_DAY, day_of_text
from pakkeforlop.vocabulary.calendar import day_of
from pakkeforlop.web import clock
from pakkeforlop.web.system_api.once import key_of_row
from pakkeforlop.web.system_api.shapes import RegistrationIn

DATES = ("event_date", "received_date", "seniority_date")


def taken(request: Any, name: str, rows: Sequence[RegistrationIn]) -> dict[str, Any]:
    """What became of each row."""
    verdicts = [_row(request, name, number, row) for number, row in enumerate(rows, 1)]
    refused = sum(verdict["state"] == "refused" for verdict in verdicts)
    return {"taken": len(verdicts) - refused, "refused": refused, "rows": verdicts}


def _row(request: Any, name: str, number: int, row: RegistrationIn) -> dict[str, Any]:
    try:
        days = _days(row)
        with transaction.atomic():
            state, saved = _saved(request, key_of_row(request, name, number), row, days)
    except Blocked as blocked:
        return {"row": number, "state": "refused", "refusals": [_refusal(stop) for stop in blocked.stops]}
    language = translation.get_language() or "nb"
    said = (load_catalogue().messages[message.number] for message in saved.messages)
    return {
        "row": number,
        "state": state,
        "registration_id": saved.registration.registration_id,
        "version": saved.registration.version,
        "patient": saved.registration.patient.handle,
        "messages": [
            {"number": each.number, "text": each.text.of(language), "now": each.what_now.of(language)} for each in said
        ],
    }


def _days(row: RegistrationIn) -> dict[str, date | None]:
    """The dates of the row as files have them; Blocked for those that cannot be read."""
    found: dict[str, date | None] = {}
    wrong = []
    for column in DATES:
        text = getattr(row, column).strip()
        day = day_of_text(text) if text else None
        if day == BAD_DAY:
            wrong.append(Stop("day_unreadable", column))
        else:
            found[column] = None if day is None else day_of(day)
    if wrong:
        raise Blocked(*wrong)
    return found


def _saved(request: Any, key: str, row: RegistrationIn, days: dict[str, date | None]) -> tuple[str, Saved]:
    """Registered, corrected or withdrawn."""
    at, by = clock.now(), request.user
    more: dict[str, Any] = {
        "event_time": row.event_time, "unit": row.unit, "delay_reason": row.delay_reason,
        "received_date": days["received_date"], "seniority_date": days["seniority_date"],
    }  # fmt: skip
    if not row.registration_id:
        draft = Draft(row.code.strip(), days["event_date"], row.institution.strip(), "", row.unit)
        check(draft, by=by, today=clock.today())
        patient = Patient.objects.get(pk=people.known_as([row.patient_id])[row.patient_id].pk)
        saved = register_code(
            patient=patient, code=row.code, event_date=days["event_date"], institution=row.institution, by=by, at=at,
            key=key, revision=None, reason=row.reason, source=request.user.username[:64], **more,
        )  # fmt: skip
        return "registered", saved
    held = newest(row.registration_id)
    if held is None or held.patient.source_id != row.patient_id:
        raise Blocked(Stop("registration_unknown", "registration_id"))
    if not row.code:
        return "withdrawn", withdraw_code(registration=held, reason=row.reason, by=by, at=at, key=key, revision=None)
    corrected = correct_code(
        registration=held, code=row.code, event_date=days["event_date"], institution=row.institution,
        reason=row.reason, by=by, at=at, key=key, revision=None, **more,
    )  # fmt: skip
    return "corrected", corrected


def _refusal(stop: Stop) -> dict[str, str]:
    language = translation.get_language() or "nb"
    return {"column": stop.field, "reason": stop.key, "text": stop.sentence(language)}
