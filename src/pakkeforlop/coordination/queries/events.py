"""Events of other systems and kept appointments, brought to the pathways that they speak of.

An event without a pathway belongs to the only one that the patient had open on its day; where two are open it belongs
to none. One that points to a pathway for another age points to the pathway for that age.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.utils.timezone import localtime

from pakkeforlop.catalogue.load import load_catalogue
from pakkeforlop.coding.models import Patient
from pakkeforlop.coordination.fetch import of_patients
from pakkeforlop.coordination.models import ClinicalEvent
from pakkeforlop.coordination.proposing import Happened, pathway_for_age
from pakkeforlop.coordination.states import BOOKED_AS
from pakkeforlop.coordination.working import Booked, Opened
from pakkeforlop.episodes.models import Episode

Place = tuple[int, str]
COLUMNS = (
    "id", "patient_id", "pathway", "towards", "kind", "status", "at", "received_date", "institution", "department",
    "finding", "text", "result",
)  # fmt: skip


@dataclass(frozen=True)
class Told:
    """An event as it is stored."""

    pk: int
    patient: int
    pathway: str
    towards: str
    kind: str
    status: str
    at: datetime
    received: date | None
    institution: str
    department: str
    finding: str
    text: str
    result: str

    @property
    def day(self) -> date:
        """The day in Norway."""
        return localtime(self.at).date()


@dataclass
class Events:
    """What events tell, by patient and pathway. `ended`: the last day of pathways that are not open; `quiet`: the day
    until which what is found belongs to the treatment that ended them.
    """

    happened: defaultdict[Place, list[Happened]]
    booked: defaultdict[Place, list[Booked]]
    ended: dict[Place, date]
    quiet: dict[Place, date]


def events_of(patients: Sequence[int], opened: Sequence[Opened], *, on: date) -> Events:
    """The events of some patients as of a day."""
    found = Events(defaultdict(list), defaultdict(list), {}, {})
    told = [Told(*row) for row in of_patients(ClinicalEvent, COLUMNS, patients, order="at, id")]
    if not told:
        return found
    born = dict(of_patients(Patient, ("id", "birth_date"), sorted({one.patient for one in told})))
    open_now: dict[int, list[Opened]] = defaultdict(list)
    for one in opened:
        open_now[one.patient].append(one)
    for event in told:
        _bring(found, event, open_now[event.patient], born.get(event.patient), on)
    _endings(found, patients, {(one.patient, one.pathway) for one in opened})
    return found


def _bring(found: Events, event: Told, opened: Sequence[Opened], born: date | None, on: date) -> None:
    prefixes = {one.pathway for one in opened}
    pathway = event.pathway or _only(opened, event.day)
    own = _aged(pathway, prefixes, born, event.day)
    towards = _aged(event.towards, prefixes, born, event.day)
    kind = BOOKED_AS.get(event.kind)
    if kind and own in prefixes:
        text = event.text or load_catalogue().event_kinds[event.kind].name.nb
        booked = Booked(kind, text, event.at, event.day, event.institution, event.status, event.result)
        found.booked[(event.patient, own)].append(replace(booked, department=event.department))
    if event.status != "attended" or event.day > on:
        return
    happened = Happened(
        event.kind, event.day, event.institution, event.text, event.result, event.finding, own, towards,
        event.received, f"e{event.pk}",
    )  # fmt: skip
    for prefix in {own, towards} - {""}:
        found.happened[(event.patient, prefix)].append(happened)


def _only(opened: Sequence[Opened], day: date) -> str:
    """The pathway that was open on a day, where there was just one."""
    there = {one.pathway for one in opened if one.start <= day}
    return there.pop() if len(there) == 1 else ""


def _aged(prefix: str, opened: set[str], born: date | None, day: date) -> str:
    if not prefix or prefix in opened:
        return prefix
    return pathway_for_age(prefix, born, day, load_catalogue())


def _endings(found: Events, patients: Sequence[int], opened: set[Place]) -> None:
    """The last day of pathways that events point to and that are not open."""
    if not any(place not in opened for place in found.happened):
        return
    catalogue = load_catalogue()
    columns: tuple[str, ...] = ("patient_id", "pathway", "end_date", "end")
    for patient, pathway, day, end in of_patients(Episode, columns, patients, where="end_date IS NOT NULL"):
        place, family = (patient, pathway), catalogue.families[catalogue.pathways[pathway].family]
        within = family.reopened_within_days if end in family.reopened_after else 0
        found.ended[place] = max(day, found.ended.get(place, day))
        until = day + timedelta(days=within)
        found.quiet[place] = max(until, found.quiet.get(place, until))
