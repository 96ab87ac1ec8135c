"""What the register would say, before anything is saved; values are counted on the fingers."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from pakkeforlop.coding.versions import Version
from pakkeforlop.coordination.verdict import Draft, Verdict, verdict
from pakkeforlop.episodes.live import Facts

BERGEN, STAVANGER = "974557746", "974703300"
TODAY = date(2024, 3, 15)


def rows(*codes: tuple[str, date, str]) -> list[Version]:
    return [
        Version(n, 1, f"r{n}", 1, code, day, place, "", None, None, 0, n) for n, (code, day, place) in enumerate(codes)
    ]


@pytest.fixture
def ask(engine: Any):
    def asked(draft: Draft, *codes: tuple[str, date, str], **other: Any) -> Verdict:
        return verdict(rows(*codes), draft, engine, patient_id="p", facts=Facts(1, date(1950, 1, 1), 1), as_of=TODAY, **other)

    return asked


A = ("A26A", date(2024, 1, 8), BERGEN)
S = ("A26S", date(2024, 1, 12), BERGEN)
C = ("A26CK", date(2024, 1, 29), BERGEN)


def test_the_treatment_ends_the_pathway_and_counts_it(ask):
    """Lung: 4 + 17 + 15 days; in all 36, against 42 for surgery from 2015."""
    told = ask(Draft("A26FK", date(2024, 2, 13), BERGEN), A, S, C)
    assert [(s.key, s.now, s.then, s.changed) for s in told.spans] == [
        ("of1", 4, 4, False), ("of2", 17, 17, False), ("of3", None, 15, True), ("of4", None, 36, True),
        ("share", None, 36, True),
    ]  # fmt: skip
    assert (told.counted, told.ends, told.opens, told.reason_before, told.reason) == (True, True, False, "open", "counts")
    assert told.come == ()
    whole = next(span for span in told.spans if span.key == "of4")
    assert whole.over == 36 - whole.limit


def test_a_missing_attendance_is_told_and_the_code_still_counts(ask):
    told = ask(Draft("A26CK", date(2024, 1, 29), BERGEN), A)
    assert [(f.number, f.on_draft, f.counted) for f in told.come] == [(108, True, True)]
    assert told.come[0].message.what_now.nb
    assert told.counted
    assert told.warns


def test_the_attendance_entered_late_takes_the_message_away(ask):
    told = ask(Draft("A26S", date(2024, 1, 12), BERGEN), A, C)
    assert [f.number for f in told.gone] == [108]
    assert told.come == ()


def test_a_second_start_at_the_same_place_is_set_aside(ask):
    told = ask(Draft("A26A", date(2024, 1, 10), BERGEN), A, S)
    assert not told.counted
    assert [f.number for f in told.come] == [102]


def test_a_start_with_nothing_open_opens_a_pathway(ask):
    told = ask(Draft("A01A", date(2024, 3, 1), BERGEN), A, S)
    assert (told.opens, told.pathway, told.before) == (True, "A01", None)
    assert told.episode["start_date"] == date(2024, 3, 1)


def test_a_correction_is_weighed_in_the_place_of_what_it_corrects(ask):
    told = ask(Draft("A26S", date(2024, 1, 15), BERGEN, replaces="r1"), A, S, C)
    assert [(s.key, s.now, s.then) for s in told.spans if s.changed] == [("of1", 4, 7), ("of2", 17, 14)]


def test_withdrawing_the_attendance_brings_the_message(ask):
    told = ask(Draft("", None, "", replaces="r1"), A, S, C)
    assert [f.number for f in told.come] == [108]
    assert [(s.key, s.now, s.then) for s in told.spans] == [("of1", 4, None), ("of2", 17, None)]
    assert not told.counted


def test_a_code_with_no_start_belongs_to_no_pathway(ask):
    told = ask(Draft("A01S", date(2024, 3, 1), BERGEN), A)
    assert (told.counted, told.episode, [f.number for f in told.come]) == (False, None, [105])


def test_what_stood_before_is_told_apart_from_what_comes(ask):
    told = ask(Draft("A26FK", date(2024, 2, 13), STAVANGER), A, C)
    assert [f.number for f in told.stay] == [108]
    assert 108 not in [f.number for f in told.come]
