"""Days as logs write them, in the usual forms and in forms of their own."""

from __future__ import annotations

from datetime import date

import pytest

from pakkeforlop.exchange.logs.written_days import day_of_text, pattern_of
from pakkeforlop.vocabulary.calendar import day_of


def read(text, *forms):
    day = day_of_text(text, forms)
    return None if day is None else day_of(day)


@pytest.mark.parametrize(
    "text", ["2024-01-08", "2024-01-08T23:30:00.000+01:00", "08.01.2024", "8.1.2024 09:30", "08-01-2024", "8/1/2024", " 2024-01-08 "]
)
def test_the_usual_forms(text):
    assert read(text) == date(2024, 1, 8)


@pytest.mark.parametrize("text", ["", "2024", "31.02.2024", "08.01.24", "20240108", "Jan 8 2024", "2024-01-08x"])
def test_what_is_no_usual_day(text):
    assert read(text) is None


@pytest.mark.parametrize(
    ("form", "text", "day"),
    [
        ("mm/dd/yyyy", "03/04/2024", date(2024, 3, 4)),
        ("mm/dd/yyyy", "3/4/2024 11:15 PM", date(2024, 3, 4)),
        ("dd.mm.yy", "08.01.24", date(2024, 1, 8)),
        ("dd.mm.yy", "08.01.68", date(2068, 1, 8)),
        ("dd.mm.yy", "08.01.69", date(1969, 1, 8)),
        ("yyyymmdd", "20240108", date(2024, 1, 8)),
        ("yyyymmdd", "20240108153000", date(2024, 1, 8)),
        ("ddmmyyyy", "08012024", date(2024, 1, 8)),
        ("d. mmm yyyy", "8. januar 2024", date(2024, 1, 8)),
        ("d. mmm yyyy", "17. mai  2024, kl. 9", date(2024, 5, 17)),
        ("dd-mmm-yyyy", "08-OCT-2024", date(2024, 10, 8)),
        ("yyyy/mm/dd", "2024/1/8", date(2024, 1, 8)),
    ],
)
def test_a_form_of_its_own(form, text, day):
    assert read(text, form) == day


@pytest.mark.parametrize(
    ("form", "text"),
    [("mm/dd/yyyy", "13/04/2024"), ("dd.mm.yy", "08.01.2024"), ("d. mmm yyyy", "8. mars. 2024x"), ("d. mmm yyyy", "8. abc 2024"),
     ("yyyymmdd", "2024-01-08")],
)  # fmt: skip
def test_a_text_of_another_form_is_no_day(form, text):
    assert read(text, form) is None


def test_of_several_forms_the_first_that_fits():
    forms = ("dd-mm-yy", "dd.mm.yyyy")
    assert read("08-01-24", *forms) == read("08.01.2024", *forms) == date(2024, 1, 8)
    assert read("2024-01-08", *forms) is None


@pytest.mark.parametrize("form", ["", "yyyy", "dd.mm", "dd.mm.yyyy dd", "yyy-mm-dd", "%d.%m.%Y", "day"])
def test_what_is_no_form(form):
    assert pattern_of(form) is None
