"""Where the days go, by hand."""

from itertools import pairwise

from pakkeforlop.charts.patient_timeline import Part
from pakkeforlop.web.patient.going import Event, longest_wait, parts

NAMES = {"waiting": "venter", "wish": "eget ønske"}


def test_a_wait_ends_with_what_it_led_to_and_an_examination_is_a_day():
    found = parts([Event(6, "time"), Event(8, "CT", lasts=True), Event(12, "MDT")], today=None, **NAMES)
    assert found == (
        Part(0, 6, "waiting", "time"),
        Part(6, 8, "waiting", "CT"),
        Part(8, 9, "examination", "CT"),
        Part(9, 12, "waiting", "MDT"),
    )


def test_the_days_have_no_holes_and_add_up():
    found = parts(
        [Event(0, ""), Event(3, "a", lasts=True), Event(4, "b"), Event(9, "c", lasts=True)], today=20, **NAMES
    )
    assert found[0].start == 0
    assert all(one.end == other.start for one, other in pairwise(found))
    assert sum(part.end - part.start for part in found) == 20


def test_after_a_postponement_the_days_are_the_patients_own():
    found = parts([Event(10, "utsatt", postpones=True)], today=14, **NAMES)
    assert found[-1] == Part(10, 14, "wish", "eget ønske")


def test_a_delay_for_the_patients_wish_makes_the_days_before_it_grey():
    found = parts([Event(4, "svar"), Event(9, "behandling", wish=True)], today=None, **NAMES)
    assert found[-1] == Part(4, 9, "wish", "eget ønske")


def test_from_today_to_what_is_booked_is_planned():
    found = parts([Event(5, "time"), Event(39, "operasjon", planned=True)], today=35, **NAMES)
    assert found[1:] == (Part(5, 35, "waiting", "operasjon"), Part(35, 39, "planned", "operasjon"))


def test_nothing_booked_is_plain_waiting():
    assert parts([Event(0, "")], today=4, **NAMES) == (Part(0, 4, "waiting", "venter"),)


def test_an_examination_today_has_not_filled_its_day():
    assert parts([Event(4, "CT", lasts=True)], today=4, **NAMES) == (Part(0, 4, "waiting", "CT"),)


def test_the_longest_wait_is_named_from_a_week_on():
    found = (Part(0, 6, "waiting", "time"), Part(6, 16, "waiting", "patologisvar"), Part(16, 40, "wish", "ønske"))
    assert longest_wait(found, 0, 40).name == "patologisvar"
    assert longest_wait(found, 0, 6) is None
