"""The day is the date as written; what is no date is told apart from what is missing."""

from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pakkeforlop.exchange.csv.dates import (
    BAD_DAY,
    BAD_MOMENT,
    NO_MOMENT,
    days_of_moments,
    days_of_texts,
    moments_of_texts,
)
from pakkeforlop.vocabulary.calendar import NO_DAY, day_number

EIGHTH = 19730
"""2024-01-08: 54 years of 365 days, 13 leap days, 7 days."""


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024-01-08", EIGHTH),
        (" 2024-01-08 ", EIGHTH),
        ("08.01.2024", EIGHTH),
        ("8.1.2024", EIGHTH),
        ("2024-01-08T00:00:00Z", EIGHTH),
        ("2024-01-08T23:30:00+02:00", EIGHTH),
        ("2024-01-08T23:30:00-0500", EIGHTH),
        ("2024-01-08 23:30", EIGHTH),
        ("2024-01-08T23:30:00.123456789", EIGHTH),
        ("2024-01-08T23:30:00,5Z", EIGHTH),
        ("08.01.2024 00:00:00", EIGHTH),
        ("1970-01-01", 0),
        ("1969-12-31", -1),
        ("2000-02-29", 11016),
        ("0001-01-01", -719162),
        ("", NO_DAY),
        ("   ", NO_DAY),
        ("1900-02-29", BAD_DAY),
        ("2024-13-01", BAD_DAY),
        ("2024-00-10", BAD_DAY),
        ("32.1.2024", BAD_DAY),
        ("0000-01-01", BAD_DAY),
        ("24-01-08", BAD_DAY),
        ("8.1.24", BAD_DAY),
        ("2024-1-8", BAD_DAY),
        ("2024/01/08", BAD_DAY),
        ("2024-01-08T", BAD_DAY),
        ("2024-01-0812:00", BAD_DAY),
        ("2024-01-08T7:00", BAD_DAY),
        ("NULL", BAD_DAY),
        ("٢٠٢٤-٠١-٠٨", BAD_DAY),
    ],
)
def test_a_written_date_is_that_day(text, day):
    assert days_of_texts(pa.array([text])).tolist() == [day]


@given(st.dates(), st.sampled_from(["", "T00:00", " 23:59:59", "T12:00:00Z", "T23:59:59.999+14:00"]))
def test_every_day_is_read_back_in_each_way_of_writing_it(day, time):
    texts = [
        f"{day.isoformat()}{time}",
        f"{day:%d.%m.}{day.year:04d}{time}",
        f"{day.day}.{day.month}.{day.year:04d}{time}",
    ]
    assert days_of_texts(pa.array(texts)).tolist() == [day_number(day)] * 3


@given(st.text(max_size=24))
def test_no_text_is_an_error(text):
    day = days_of_texts(pa.array([text])).tolist()[0]
    assert day in {NO_DAY, BAD_DAY} or date(1, 1, 1) <= date(1970, 1, 1) + timedelta(days=day) <= date(9999, 12, 31)


def test_times_of_registration_order_as_written():
    texts = ["", "x", "2024-01-08", "2024-01-08T00:00:01", "2024-01-08 00:01", "2024-01-08T00:01:00.000001+05:00"]
    moments = moments_of_texts(pa.array(texts))
    assert moments[:2].tolist() == [NO_MOMENT, BAD_MOMENT]
    midnight = EIGHTH * 86_400_000_000
    assert (moments[2:] - midnight).tolist() == [0, 1_000_000, 60_000_000, 60_000_001]
    assert days_of_moments(moments).tolist() == [NO_DAY, BAD_DAY, *[EIGHTH] * 4]


def test_a_time_just_before_1970_is_the_day_before():
    assert days_of_moments(moments_of_texts(pa.array(["1969-12-31T23:59"]))).tolist() == [-1]


def test_no_texts_give_no_days():
    assert days_of_texts(pa.array([], pa.string())).dtype == np.int32
    assert len(moments_of_texts(pa.array([], pa.string()))) == 0
