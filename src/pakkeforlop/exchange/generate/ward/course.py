"""One patient's course, built backwards from today: phases that have passed, the one that is open, and what is booked.

Days are chosen against the limits in force at the start, so that a scene can say "two days left" and mean it.
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path

from pakkeforlop.catalogue.limits import in_force
from pakkeforlop.catalogue.model import Catalogue
from pakkeforlop.exchange.generate.ward.people import Person

Row = dict[str, str]
KIND_OF = {"K": "surgery", "M": "medical", "S": "radiotherapy"}
PHASES = ("first_attendance", "workup", "treatment")


@dataclass
class Course:
    """The rows of one patient, one list for each file."""

    person: Person
    pathway: str
    hospital: str
    today: date
    rng: random.Random
    treatment: str
    limits: tuple[int, int, int]
    rows: dict[str, list[Row]] = field(default_factory=dict)
    serial: int = 0

    def add(self, file: str, **values: str) -> None:
        """A row of a file; the patient stands on every one."""
        self.rows.setdefault(file, []).append({"patient_id": self.person.patient_id, **values})

    def code(self, suffix: str, day: date, institution: str = "") -> None:
        """A registration, entered at noon of its own day."""
        self.serial += 1
        self.add(
            "registrations", registration_id=f"{self.person.patient_id}-{self.serial}", code=self.pathway + suffix,
            event_date=day.isoformat(), institution=institution or self.hospital,
            registered_at=f"{day.isoformat()}T12:{self.serial % 60:02d}:00",
        )  # fmt: skip

    def meet(
        self, kind: str, day: date, status: str = "booked", *, text: str = "", result: str = "", institution: str = ""
    ) -> None:
        """An appointment; its text is the pathway's own where none is given."""
        self.serial += 1
        at = datetime.combine(day, time(self.rng.choice((8, 9, 10, 12, 13, 14)), self.rng.choice((0, 15, 30, 45))))
        booked = min(self.today, day) - timedelta(days=self.rng.randrange(3, 7))
        self.add(
            "appointments", appointment_id=f"{self.person.patient_id}-a{self.serial}", pathway=self.pathway, kind=kind,
            text=text or self.words(kind), at=at.isoformat(timespec="minutes"),
            institution=institution or self.hospital, department=self.department(), status=status,
            booked_at=f"{booked.isoformat()}T10:00", result=result,
        )  # fmt: skip

    def tell(self, kind: str, day: date, *, text: str = "", finding: str = "", source: str = "", **more: str) -> None:
        """An event of another system; the pathway is the course's own where `more` names none."""
        self.serial += 1
        at = datetime.combine(day, time(self.rng.choice((8, 9, 10, 11, 13, 14)), self.rng.choice((5, 20, 35, 50))))
        self.add(
            "events", event_id=f"{self.person.patient_id}-e{self.serial}", kind=kind, status="attended",
            at=at.isoformat(timespec="minutes"), institution=self.hospital, department=self.department(), text=text,
            finding=finding, source=source, **{"pathway": self.pathway, **more},
        )  # fmt: skip

    def await_answer(self, kind: str, asked: date, expected: date, received: date | None = None) -> None:
        """An answer that is waited for."""
        self.serial += 1
        self.add(
            "answers", answer_id=f"{self.person.patient_id}-s{self.serial}", pathway=self.pathway, kind=kind,
            asked_at=asked.isoformat(), expected_date=expected.isoformat(),
            received_at=received.isoformat() if received else "", text="",
        )  # fmt: skip

    def refer(self, day: date, institution: str, *, sender: str, marked: bool = True) -> None:
        """A referral for the pathway."""
        self.serial += 1
        self.add(
            "referrals", referral_id=f"{self.person.patient_id}-h{self.serial}", received_date=day.isoformat(),
            institution=institution, sender=sender, pathway=self.pathway, marked="1" if marked else "0", diagnosis="",
            text="",
        )  # fmt: skip

    def words(self, kind: str) -> str:
        """What an appointment is called."""
        texts = _texts()
        if kind == "examination":
            return self.rng.choice(texts["examination"].get(self.pathway, texts["examination"]["other"]))
        return str(texts["step"].get(kind, kind))

    def department(self) -> str:
        """The department that has the pathway."""
        texts = _texts()["department"]
        return str(texts.get(self.pathway, texts["other"]))

    def weekday(self, first: date, last: date) -> date:
        """A weekday between two days, the last one preferred; the last day itself where there is none."""
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        working = [day for day in days if day.weekday() < 5]
        return self.rng.choice(working[-3:]) if working else last

    def until_phase(self, phase: str, left: int) -> date:
        """Start, and the points before the open phase; the last day of the open phase. Codes and visits agree."""
        index = PHASES.index(phase)
        used = self.limits[index] - left
        spans = [max(0, self.limits[n] - self.rng.randrange(0, 3)) for n in range(index)]
        start = self.today - timedelta(days=used + sum(spans))
        self.code("A", start)
        self.refer(start, self.hospital, sender="Fastlege")
        day = start
        if index >= 1:
            day += timedelta(days=spans[0])
            self.code("S", day)
            self.meet("attendance", day, "attended")
        if index >= 2:
            day += timedelta(days=spans[1])
            self.code("CU" if self.pathway == "B01" else "CK", day)
            self.meet("talk", day, "attended", result=str(_texts()["result"]["decided"]))
        return day + timedelta(days=self.limits[index])

    def next_step(self, phase: str) -> str:
        """The kind of appointment that a phase waits for."""
        if phase == "treatment":
            return KIND_OF[self.treatment]
        return "attendance" if phase == "first_attendance" else self.rng.choice(("examination", "mdt"))

    def phases(self) -> Sequence[str]:
        """The phases that the pathway has; the diagnostic one ends with its decision."""
        return PHASES[:2] if self.pathway == "C01" else PHASES


def limits_of(catalogue: Catalogue, pathway: str, on: date) -> tuple[str, tuple[int, int, int]] | None:
    """The treatment kind with the longest time, and the three limits, in force on a day; None where one is missing."""
    definition = catalogue.pathways[pathway]
    first = [in_force(definition, span, on=on) for span in ("OF1", "OF2")]
    if any(one is None for one in first) or (definition.last_day and definition.last_day < on):
        return None
    days = [one.days or 0 for one in first if one is not None]
    if pathway == "C01":
        return "", (days[0], days[1], 0)
    kinds = {kind: in_force(definition, "OF3", kind, on=on) for kind in KIND_OF}
    known = {kind: one.days for kind, one in kinds.items() if one is not None and one.days is not None}
    if not known:
        return None
    kind = max(known, key=lambda k: (known[k], k == "K"))
    return kind, (days[0], days[1], known[kind])


@cache
def _texts() -> dict[str, dict[str, list[str] | str]]:
    return tomllib.loads((Path(__file__).parent / "words.toml").read_text(encoding="utf-8"))
