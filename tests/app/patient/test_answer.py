"""The first sentence, in three languages."""

from datetime import date, timedelta

import pytest

from pakkeforlop.web.layout.days import read_day
from pakkeforlop.web.patient.answer import Standing, closed_answer, died, open_answer
from pakkeforlop.web.patient.entry import Entry
from pakkeforlop.web.words import load_words

ON = date(2022, 1, 20)
NB = load_words("nb")


def standing(**changed):
    """Lung: started 16 December, so 20 January is day 35 of 42."""
    values = {
        "day": 35, "limit": 42, "phase": "treatment", "phase_due": date(2022, 1, 28), "start": date(2021, 12, 16),
    }  # fmt: skip
    return Standing(**(values | changed))


def said(now, t=NB):
    return str(open_answer(now, t, on=ON).striptags())


def test_a_booked_operation_before_the_limit_holds_with_days_to_spare():
    now = standing(next_text="Operasjon", next_on=date(2022, 1, 24), treats=True)
    assert said(now) == "Dag 35 av 42. Operasjon er bestilt mandag 24. januar, dag 39. Da holdes fristen med 3 dager å gå på."


@pytest.mark.parametrize(
    ("days", "end"),
    [
        (6, "Da holdes fristen med 1 dag å gå på."),
        (7, "Da holdes fristen, på siste dag."),
        (8, "Det er 1 dag etter fristen."),
        (10, "Det er 3 dager etter fristen."),
    ],
)
def test_the_day_of_the_limit_is_within(days, end):
    assert said(standing(next_text="Operasjon", next_on=ON + timedelta(days), treats=True)).endswith(end)


def test_nothing_booked_is_said_with_the_last_day_of_the_phase():
    assert said(standing()) == (
        "Dag 35 av 42. Ingenting er bestilt. Siste dag for behandlingen er fredag 28. januar, om 8 dager."
    )


def test_the_last_day_of_a_phase_is_today():
    assert said(standing(phase_due=ON)).endswith("I dag er siste dag for behandlingen.")


def test_a_phase_over_its_limit_tells_that_the_whole_can_hold():
    assert said(standing(phase_due=ON - timedelta(2))).endswith(
        "Fristen for behandlingen gikk ut for 2 dager siden. Hele forløpet kan ennå holde."
    )


def test_where_no_limit_holds_for_the_whole_nothing_is_said_of_it():
    told = said(standing(phase_due=ON - timedelta(2), limit=None))
    assert told.endswith("Fristen for behandlingen gikk ut for 2 dager siden.")


def test_the_whole_over_its_limit_comes_before_the_phase():
    assert "Fristen for hele forløpet gikk ut for 3 dager siden." in said(standing(day=45))


def test_a_pathway_without_a_limit_has_a_day_alone():
    assert said(standing(limit=None, phase_due=None)) == "Dag 35. Ingenting er bestilt."


def test_the_sentence_is_whole_in_the_other_languages():
    now = standing(next_text="Surgery", next_on=date(2022, 1, 24), treats=True)
    assert said(now, load_words("en")) == (
        "Day 35 of 42. Surgery is booked for Monday 24 January, day 39. Then the limit holds with 3 days to spare."
    )
    assert said(now, load_words("nn")).endswith("Då held fristen med 3 dagar å gå på.")


def test_a_name_with_signs_stays_text():
    now = standing(next_text="<b>CT</b>", next_on=date(2022, 1, 24))
    assert "&lt;b&gt;CT&lt;/b&gt;" in open_answer(now, NB, on=ON)


def test_a_closed_pathway_tells_its_time_or_why_it_does_not_count():
    assert str(closed_answer(30, 42, ON, "", NB).striptags()) == "30 av 42 dager. Startet i tide."
    assert str(closed_answer(45, 42, ON, "", NB).striptags()) == "45 av 42 dager. Startet 3 dager etter fristen."
    assert str(closed_answer(None, None, ON, "Teller ikke.", NB).striptags()) == "Avsluttet 20. januar 2022. Teller ikke."


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("24.01.2022", date(2022, 1, 24)), ("24.1.22", date(2022, 1, 24)), ("2022-01-24", date(2022, 1, 24)),
        ("24/1 2022", date(2022, 1, 24)), ("31.02.2022", None), ("", None), ("i morgen", None),
    ],
)  # fmt: skip
def test_a_day_is_read_as_people_write_it(text, day):
    assert read_day(text) == day


def test_a_code_is_read_with_small_letters_and_blanks():
    entry = Entry.read({"code": " a26 fk ", "day": "24.01.2022", "delay": "nonsense"})
    assert (entry.code, entry.date, entry.delay) == ("A26FK", date(2022, 1, 24), "")


@pytest.mark.parametrize(("code", "end"), [("A26X", "til A26X er registrert."), ("", "til det avsluttes.")])
def test_of_one_who_has_died_no_limit_is_spoken(code, end):
    assert str(died(date(2022, 1, 12), code, NB).striptags()) == f"Pasienten døde 12. januar 2022. Forløpet står åpent {end}"
