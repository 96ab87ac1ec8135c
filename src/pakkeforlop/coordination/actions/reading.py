"""One row of a file into the fields of its table, or the reason why it cannot be used."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.utils.timezone import get_default_timezone

from pakkeforlop.catalogue.load import load_catalogue
from pakkeforlop.coordination import states

Row = Mapping[str, str]
TRUE = frozenset({"1", "true", "yes", "ja", "x"})


@dataclass(frozen=True)
class Refused:
    """A row that could not be used: which, the column, its value (never a patient's id) and the reason's key."""

    row: int
    column: str
    value: str
    reason: str


class Unusable(ValueError):
    """A value that makes the row unusable."""

    def __init__(self, column: str, reason: str, value: str) -> None:
        super().__init__(column, reason)
        self.column, self.reason, self.value = column, reason, value[:64]


def read_appointment(row: Row) -> dict[str, Any]:
    """Fields of an appointment. `at` without a zone is local time."""
    return {
        "external_id": _needed(row, "appointment_id", "value_unreadable"),
        "pathway": _pathway(row),
        "kind": _one_of(row, "kind", states.APPOINTMENT_KINDS),
        "text": _text(row, "text")[:200],
        "at": _moment(row, "at"),
        "institution": _needed(row, "institution", "institution_missing"),
        "department": _text(row, "department")[:100],
        "status": _one_of(row, "status", states.APPOINTMENT_STATES),
        "booked_at": _moment(row, "booked_at") if _text(row, "booked_at") else None,
        "result": _text(row, "result")[:400],
    }


def read_referral(row: Row) -> dict[str, Any]:
    """Fields of a referral as it came; what was decided about it is ours, and stays."""
    return {
        "external_id": _needed(row, "referral_id", "value_unreadable"),
        "received_date": _day(row, "received_date"),
        "institution": _needed(row, "institution", "institution_missing"),
        "sender": _text(row, "sender")[:200],
        "pathway": _pathway(row) if _text(row, "pathway") else "",
        "marked": _text(row, "marked").lower() in TRUE,
        "diagnosis": _text(row, "diagnosis")[:200],
        "text": _text(row, "text")[:2000],
    }


def read_answer(row: Row) -> dict[str, Any]:
    """Fields of an expected answer."""
    return {
        "external_id": _needed(row, "answer_id", "value_unreadable"),
        "pathway": _pathway(row),
        "kind": _one_of(row, "kind", states.ANSWER_KINDS),
        "asked_at": _day(row, "asked_at"),
        "expected_date": _day(row, "expected_date"),
        "received_at": _day(row, "received_at") if _text(row, "received_at") else None,
        "text": _text(row, "text")[:200],
    }


def read_event(row: Row) -> dict[str, Any]:
    """Fields of an event of another system. Without a `status` it has taken place."""
    catalogue = load_catalogue()
    return {
        "external_id": _needed(row, "event_id", "value_unreadable"),
        "pathway": _pathway(row) if _text(row, "pathway") else "",
        "towards": _pathway(row, "towards") if _text(row, "towards") else "",
        "kind": _one_of(row, "kind", catalogue.event_kinds),
        "status": _one_of(row, "status", states.APPOINTMENT_STATES) if _text(row, "status") else "attended",
        "at": _moment(row, "at"),
        "received_date": _day(row, "received_date") if _text(row, "received_date") else None,
        "institution": _needed(row, "institution", "institution_missing")[:16],
        "department": _text(row, "department")[:100],
        "finding": _one_of(row, "finding", catalogue.findings) if _text(row, "finding") else "",
        "text": _text(row, "text")[:200],
        "result": _text(row, "result")[:400],
        "source": _text(row, "source")[:40],
        "answers": _text(row, "answers")[:64],
    }


def read_new_cancer(row: Row) -> dict[str, Any]:
    """Fields of a first contact with a new cancer."""
    return {
        "icd10": _needed(row, "icd10", "diagnosis_missing")[:8],
        "first_contact_date": _day(row, "first_contact_date"),
        "institution": _needed(row, "institution", "institution_missing"),
    }


READERS: dict[str, Callable[[Row], dict[str, Any]]] = {
    "appointments": read_appointment,
    "referrals": read_referral,
    "answers": read_answer,
    "events": read_event,
    "new-cancers": read_new_cancer,
}


def _text(row: Row, column: str) -> str:
    return str(row.get(column) or "").strip()


def _needed(row: Row, column: str, reason: str) -> str:
    text = _text(row, column)
    if not text or len(text) > 64:
        raise Unusable(column, reason, text)
    return text


def _one_of(row: Row, column: str, known: Collection[str]) -> str:
    text = _text(row, column).lower()
    if text not in known:
        raise Unusable(column, "value_unreadable", text)
    return text


def _pathway(row: Row, column: str = "pathway") -> str:
    text = _text(row, column).upper()
    if text not in load_catalogue().pathways:
        raise Unusable(column, "value_unreadable", text)
    return text


def _day(row: Row, column: str) -> date:
    text = _text(row, column)
    if not text:
        raise Unusable(column, "date_missing", "")
    try:
        if "." in text[:6]:
            day, month, year = (int(part) for part in text[:10].split("."))
            return date(year, month, day)
        return date.fromisoformat(text[:10])
    except ValueError as fault:
        raise Unusable(column, "date_unreadable", text) from fault


def _moment(row: Row, column: str) -> datetime:
    text = _text(row, column)
    if not text:
        raise Unusable(column, "date_missing", "")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as fault:
        raise Unusable(column, "date_unreadable", text) from fault
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=get_default_timezone())
    return moment.astimezone(UTC)
