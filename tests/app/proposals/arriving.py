"""Made events into the store by the same way as the file's, and every proposal confirmed until none is left."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from pakkeforlop.coding.models import Patient
from pakkeforlop.coordination.actions import codes, load
from pakkeforlop.coordination.models import Proposal

FIRST = date(2024, 3, 4)
PLACES = {"h1": "974557746", "h2": "974703300"}
NOW = datetime(2024, 6, 30, 10, tzinfo=UTC)
TODAY = NOW.date()


def day(text: str) -> date:
    return FIRST + timedelta(days=int(text))


def patient(name: str, born: date = date(1955, 2, 3)) -> Patient:
    return Patient.objects.create(source_id=name, told=True, name=name, birth_date=born, sex=1)


def event(name: str, patient_id: str, line: str) -> dict[str, str]:
    """The row of a file that a line stands for."""
    n, kind, place, pathway, *more = line.split()
    known = {key: value.replace("_", " ") if key in ("text", "result") else value for key, value in (one.split("=") for one in more)}
    if "received" in known:
        known["received_date"] = day(known.pop("received")).isoformat()
    return {
        "event_id": name, "patient_id": patient_id, "kind": kind, "at": f"{day(n).isoformat()}T10:00",
        "institution": PLACES[place], "pathway": pathway.strip("-"), **known,
    }  # fmt: skip


def arrive(*rows: dict[str, str], at: datetime = NOW) -> load.Loaded:
    done = load.load("events", rows, on=TODAY, at=at)
    assert not done.refused, done.refused
    return done


def register(who: Patient, code: str, on: date, place: str = "h1") -> None:
    codes.register_code(
        patient=who, code=code, event_date=on, institution=PLACES.get(place, place), by=None, at=NOW, key="", revision=None
    )  # fmt: skip


def confirm_all(rounds: int = 12) -> list[Proposal]:
    """Confirm what is proposed, and what is proposed then; every proposal that was confirmed."""
    done: list[Any] = []
    for _ in range(rounds):
        waiting = list(Proposal.objects.filter(state="open").select_related("patient").order_by("event_date", "pk"))
        if not waiting:
            return done
        for one in waiting:
            if Proposal.objects.filter(pk=one.pk, state="open").exists():
                codes.register_code(
                    patient=one.patient, code=one.code, event_date=one.event_date, institution=one.institution, by=None,
                    at=NOW, key="", revision=None, source="proposal", confirms=one.pk,
                )  # fmt: skip
                done.append(one)
    raise AssertionError("proposals without end")
