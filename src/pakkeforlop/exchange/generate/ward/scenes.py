"""The states of a morning, each as a course with that one thing about it and nothing else.

`SCENES` names them, with the lists of the worklist that such a patient must stand on; a clean scene stands on none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from pakkeforlop.exchange.generate.ward.course import KIND_OF, PHASES, Course
from pakkeforlop.vocabulary.working_days import working_days_after

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Scene:
    """What is made of a course, and the lists that it belongs on. `elsewhere`: another hospital plays a part."""

    make: Callable[[Course, str, str], None]
    lists: frozenset[str] = frozenset()
    phases: tuple[str, ...] = ("first_attendance", "workup", "treatment")
    treated: bool = False
    elsewhere: bool = False


def _left(course: Course, phase: str, low: int, high: int) -> int:
    """Days left of the phase; at least one day has been used."""
    most = course.limits[PHASES.index(phase)] - 1
    return course.rng.randrange(min(low, most), min(high, most) + 1)


def _book(course: Course, phase: str, due_in: int) -> None:
    """The next step, on a weekday within the limit."""
    course.meet(course.next_step(phase), course.weekday(course.today + DAY, course.today + due_in * DAY))


def on_track(course: Course, phase: str, _other: str) -> None:
    """Everything done, the next step booked within the limit, an answer on its way in time."""
    left = _left(course, phase, 4, 9)
    course.until_phase(phase, left)
    _book(course, phase, left)
    if course.rng.random() < 0.3:
        course.await_answer("pathology", course.today - 2 * DAY, working_days_after(course.today + 2 * DAY))


def nothing_booked(course: Course, phase: str, _other: str) -> None:
    """Nobody has booked the next step; the last thing happened within three weeks."""
    course.until_phase(phase, max(_left(course, phase, 1, 6), course.limits[PHASES.index(phase)] - 20))


def booked_late(course: Course, phase: str, _other: str) -> None:
    """The next step is booked, after the last day of the phase."""
    left = _left(course, phase, 1, 6)
    due = course.until_phase(phase, left)
    day = due + course.rng.randrange(2, 6) * DAY
    course.meet(course.next_step(phase), day + (2 * DAY if day.weekday() >= 5 else 0 * DAY))


def missed(course: Course, phase: str, _other: str) -> None:
    """The patient did not come, and no new appointment has been made."""
    course.until_phase(phase, _left(course, phase, 1, 5))
    course.meet(course.next_step(phase), course.today - DAY, "missed")


def missing_code(course: Course, phase: str, _other: str) -> None:
    """The treatment is booked, and no decision is registered."""
    left = _left(course, phase, 4, 8)
    course.until_phase(phase, left)
    course.meet(KIND_OF[course.treatment], course.weekday(course.today + DAY, course.today + left * DAY))


def proposed(course: Course, phase: str, _other: str) -> None:
    """The talk in which the treatment was decided has been held, and the code is not entered."""
    left = _left(course, phase, 4, 8)
    course.until_phase(phase, left)
    course.meet("talk", course.today - DAY, "attended", result="operasjon besluttet")
    course.meet("examination", course.weekday(course.today + DAY, course.today + left * DAY))


def sent(course: Course, phase: str, other: str) -> None:
    """Responsibility was sent to another hospital, which has not registered that it came."""
    left = _left(course, phase, 4, 7)
    course.until_phase(phase, left)
    course.code("O", course.today - DAY)
    course.refer(course.today - DAY, other, sender=course.hospital)
    _book(course, phase, left)


def transferred_in(course: Course, phase: str, other: str) -> None:
    """Another hospital sent responsibility here, and we have not registered that it came."""
    here, course.hospital = course.hospital, other
    left = _left(course, phase, 4, 7)
    course.until_phase(phase, left)
    course.code("O", course.today - DAY, institution=other)
    course.refer(course.today - DAY, here, sender=other)
    course.hospital = here
    _book(course, phase, left)


def received(course: Course, phase: str, other: str) -> None:
    """Another hospital sent responsibility here, and it was received: nothing is wrong."""
    here, course.hospital = course.hospital, other
    left = _left(course, phase, 4, 7)
    course.until_phase(phase, left)
    course.code("O", course.today - 2 * DAY, institution=other)
    course.hospital = here
    course.code("A", course.today - DAY)
    course.refer(course.today - DAY, here, sender=other)
    _book(course, phase, left)


def stale(course: Course, phase: str, _other: str) -> None:
    """Nothing has happened for more than a month, and nothing is booked."""
    index = PHASES.index(phase)
    course.until_phase(phase, course.limits[index] - 40 - course.rng.randrange(21))


def wrong_order(course: Course, phase: str, _other: str) -> None:
    """A decision without a first attendance before it (108)."""
    left = _left(course, phase, 4, 7)
    decided = course.today - (course.limits[2] - left) * DAY
    course.code("A", decided - 3 * DAY)
    course.code("CU" if course.pathway == "B01" else "CK", decided)
    _book(course, phase, left)


def duplicate(course: Course, phase: str, _other: str) -> None:
    """The first attendance registered twice (102)."""
    left = _left(course, phase, 4, 7)
    course.until_phase(phase, left)
    course.code("S", course.today - DAY)
    _book(course, phase, left)


def answer_overdue(course: Course, phase: str, _other: str) -> None:
    """An answer should have come; the next step is booked all the same."""
    left = _left(course, phase, 4, 7)
    course.until_phase(phase, left)
    kind = course.rng.choice(("pathology", "imaging", "other"))
    course.await_answer(kind, course.today - 6 * DAY, course.today - course.rng.randrange(1, 4) * DAY)
    _book(course, phase, left)


def postponed(course: Course, phase: str, _other: str) -> None:
    """The patient has postponed the treatment (P)."""
    left = _left(course, phase, 4, 7)
    course.until_phase(phase, left)
    course.code("P", course.today - DAY)
    _book(course, phase, left)


def phase_passed(course: Course, phase: str, _other: str) -> None:
    """The phase's last day has passed; the next step is booked."""
    course.until_phase(phase, -course.rng.randrange(1, 4 + 1))
    _book(course, phase, course.rng.randrange(3, 7))


def whole_passed(course: Course, phase: str, _other: str) -> None:
    """The last day of the whole has passed; the treatment is booked."""
    course.until_phase(phase, -course.rng.randrange(8, 14 + 1))
    _book(course, phase, course.rng.randrange(3, 8))


WORKUP, TREATMENT = ("workup",), ("treatment",)
SCENES = {
    "nothing_booked": Scene(nothing_booked, frozenset({"nothing_booked"})),
    "booked_late": Scene(booked_late, frozenset({"booked_late"})),
    "missed": Scene(missed, frozenset({"missed", "nothing_booked"})),
    "missing_code": Scene(missing_code, frozenset({"missing_code"}), WORKUP, treated=True),
    "proposed": Scene(proposed, frozenset({"missing_code"}), WORKUP, treated=True),
    "sent": Scene(sent, frozenset({"not_received"}), WORKUP, elsewhere=True),
    "transferred_in": Scene(transferred_in, frozenset({"not_received"}), WORKUP, elsewhere=True),
    "stale": Scene(stale, frozenset({"stale", "nothing_booked"})),
    "wrong_order": Scene(wrong_order, frozenset({"wrong_order"}), TREATMENT, treated=True),
    "duplicate": Scene(duplicate, frozenset({"duplicate"}), WORKUP),
    "answer_overdue": Scene(answer_overdue, frozenset({"answer_overdue"}), WORKUP),
    "postponed": Scene(postponed, frozenset({"postponed"}), TREATMENT, treated=True),
}
"""One fault each."""
CLEAN = {"on_track": Scene(on_track), "received": Scene(received, phases=WORKUP, elsewhere=True)}
PASSED = {
    "phase_passed": Scene(phase_passed, phases=("first_attendance", "workup")),
    "whole_passed": Scene(whole_passed, phases=TREATMENT, treated=True),
}
