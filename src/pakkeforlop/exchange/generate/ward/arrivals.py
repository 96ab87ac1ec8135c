"""What other systems have told since yesterday: events that speak for a code each, on a morning when answers arrive."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from pakkeforlop.catalogue.load import load_catalogue
from pakkeforlop.exchange.generate.ward.course import Course, limits_of
from pakkeforlop.exchange.generate.ward.people import Crowd
from pakkeforlop.exchange.generate.ward.ward import MEN, USUAL, WOMEN, Ward, finish

DAY = timedelta(days=1)
NEVER = frozenset[str]()


@dataclass(frozen=True)
class Arrival:
    """A kind of event: what it makes of a course, the pathways it is met in (all usual ones where none is named)."""

    make: Callable[[Course], None]
    times: int
    pathways: tuple[str, ...] = ()
    treated: bool = True


def attended(course: Course) -> None:
    """The first attendance was yesterday; the visit stands in the booking system."""
    course.until_phase("first_attendance", course.rng.randrange(1, 3))
    course.tell("attendance", course.today - DAY, text="Oppmøte registrert i timeboken", source="Timebok")


def decided(course: Course) -> None:
    """The team meeting has decided on treatment."""
    _working_up(course)
    course.tell("mdt", course.today - DAY, text="MDT-møte", finding="cancer", source="Journal")


def disproved(course: Course) -> None:
    """The talk with the patient: no disease."""
    _working_up(course)
    text = "Samtale, svar lest og sendt pasienten"
    course.tell("talk", course.today - DAY, text=text, finding="no_disease", source="Journal")


def other_disease(course: Course) -> None:
    """The talk with the patient: something else than cancer."""
    _working_up(course)
    course.tell("talk", course.today - DAY, text="Samtale", finding="other_disease", source="Journal")


def operated(course: Course) -> None:
    """The operation was carried out."""
    _decided(course)
    course.tell("surgery", course.today - DAY, text="Operasjonsprogram, start 08.42", source="Operasjonsplan")


def first_course(course: Course) -> None:
    """The first course of medicines was given."""
    _decided(course)
    course.tell("medical", course.today - DAY, text="Cytostatikakur nr. 1, dagpost", source="Kurplan")


def irradiated(course: Course) -> None:
    """The first radiotherapy was given."""
    _decided(course)
    course.tell("radiotherapy", course.today - DAY, text="Stråling, fraksjon 1", source="Stråleplan")


def found(course: Course) -> None:
    """Pathology has found cancer in a patient who was worked up for something else: no pathway is open."""
    course.tell(
        "pathology", course.today - DAY, text="Patologisvar: adenokarsinom", finding="cancer", source="Patologi",
        pathway="", towards=course.pathway,
    )  # fmt: skip


def radical(course: Course) -> None:
    """An operation during work-up was radical, and pathology has confirmed cancer: the answer that was waited for."""
    _working_up(course)
    operation = course.today - 6 * DAY
    course.tell("surgery", operation, text="Bred eksisjon", finding="radical", source="Operasjonsplan")
    course.await_answer("pathology", operation, course.today)
    course.tell(
        "pathology", course.today - DAY, text="Patologisvar, preparat: melanom", finding="cancer", source="Patologi",
        answers=course.rows["answers"][-1]["answer_id"],
    )  # fmt: skip


def withdrawn(course: Course) -> None:
    """The patient wants no more."""
    _working_up(course)
    course.tell("choice", course.today - DAY, text="Pasienten ringte", finding="withdraws", source="Journal")


def answered(course: Course) -> None:
    """Imaging that was waited for has come, and says nothing that is a code."""
    _working_up(course)
    course.await_answer("imaging", course.today - 4 * DAY, course.today + DAY)
    course.tell(
        "imaging", course.today - DAY, text="CT besvart", source="Røntgen",
        answers=course.rows["answers"][-1]["answer_id"],
    )  # fmt: skip
    course.meet("mdt", course.today + DAY)


def _working_up(course: Course) -> None:
    course.until_phase("workup", course.rng.randrange(2, 5))


def _decided(course: Course) -> None:
    course.until_phase("treatment", course.rng.randrange(2, 6))


ARRIVALS = {
    "attended": Arrival(attended, 6, treated=False),
    "decided": Arrival(decided, 5),
    "disproved": Arrival(disproved, 1),
    "other_disease": Arrival(other_disease, 1),
    "operated": Arrival(operated, 3, ("A01", "A12", "A15")),
    "first_course": Arrival(first_course, 2, ("A26", "A01")),
    "irradiated": Arrival(irradiated, 1, ("A16",)),
    "found": Arrival(found, 2, ("A12", "A26")),
    "radical": Arrival(radical, 1, ("A38",)),
    "withdrawn": Arrival(withdrawn, 1),
    "answered": Arrival(answered, 2),
}
"""How many of each arrive on a morning: 23 events that speak for a code, and two answers that speak for none."""
SPEAKING = sum(arrival.times for name, arrival in ARRIVALS.items() if name != "answered")


def arrivals(*, today: date, seed: int = 1, hospital: str, prefix: str = "e") -> Ward:
    """A morning's patients, each with one thing that another system told yesterday."""
    rng = random.Random(seed)
    crowd, ward = Crowd(rng, prefix), Ward({}, {}, {})
    for name, arrival in ARRIVALS.items():
        for _ in range(arrival.times):
            course = _course(arrival, crowd, rng, today, hospital)
            arrival.make(course)
            finish(ward, course, name, NEVER)
    return ward


def _course(arrival: Arrival, crowd: Crowd, rng: random.Random, today: date, hospital: str) -> Course:
    """A person in a usual pathway whose phases are long enough for the scene."""
    while True:
        usual = [one for one in USUAL if one != "C01" or not arrival.treated]
        pathway = rng.choice(arrival.pathways or usual)
        found_limits = limits_of(load_catalogue(), pathway, today - timedelta(days=30))
        if found_limits is None or min(found_limits[1][: 2 if pathway == "C01" else 3]) < 6:
            continue
        sex = 2 if pathway in WOMEN else 1 if pathway in MEN else rng.choice((1, 2))
        person = crowd.person(age=rng.randrange(45, 84), sex=sex, today=today)
        return Course(person, pathway, hospital, today, rng, *found_limits)
