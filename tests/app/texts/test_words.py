"""How words, numbers and days are written in the three languages."""

from datetime import UTC, date, datetime

import pytest
from markupsafe import Markup

from pakkeforlop.review.texts.load import MissingText
from pakkeforlop.web.words import Words, load_words

FRIDAY = date(2022, 1, 21)


@pytest.mark.parametrize(
    ("language", "day", "long_day", "num_day", "clock"),
    [
        ("nb", "fr 21.\u00a0jan", "fredag 21. januar", "21.01.2022", "12.30"),
        ("nn", "fr 21.\u00a0jan", "fredag 21. januar", "21.01.2022", "12.30"),
        ("en", "Fr 21\u00a0Jan", "Friday 21 January", "21.01.2022", "12:30"),
    ],
)
def test_days_and_hours(language, day, long_day, num_day, clock):
    t = load_words(language)
    assert (t.day(FRIDAY), t.long_day(FRIDAY), t.num_day(FRIDAY)) == (day, long_day, num_day)
    assert t.clock(datetime(2022, 1, 21, 11, 30, tzinfo=UTC)) == clock  # half past twelve in Norway in winter


def test_a_moment_late_in_the_evening_is_the_next_day_in_norway():
    assert load_words("nb").num_day(datetime(2022, 7, 1, 22, 30, tzinfo=UTC)) == "02.07.2022"


def test_numbers():
    t = load_words("nb")
    assert t.number(312400) == "312\u202f400"
    assert t.percent(742, 1000) == "74,2\u00a0%"


def test_forms_of_a_number():
    t = load_words("nb")
    assert [t.count("layout.days.long_left", n) for n in (1, 2)] == ["1 dag igjen", "2 dager igjen"]


def test_a_missing_text_or_value_is_an_error():
    t = load_words("nb")
    with pytest.raises(MissingText):
        t("layout.nothing_of_the_kind")
    with pytest.raises(MissingText):
        t("layout.days")
    with pytest.raises(KeyError):
        t("layout.demo")


def test_values_in_a_text_with_tags_are_escaped():
    entries = {"layout": {"weekdays": [], "months": []}, "x": {"y": "<b>{name}</b>"}}
    assert Words("nb", entries).html("x.y", name="<script>") == Markup("<b>&lt;script&gt;</b>")
