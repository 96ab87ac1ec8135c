"""What was known when

A registration has two times: the day of the event and the day it was registered. A correction is a new row that
supersedes the old one. Figures as of a day use what was known up to it.
"""

from __future__ import annotations

import pytest

from factories.tables import AS_OF, registrations, table
from reference import plain
from reference.limits import read_limits
from reference.places import read_places

rule = pytest.mark.rule


@rule("R15", "decision 1", "case 41")
def test_a_later_row_with_the_same_id_supersedes(link):
    """The attendance was on the 8th after all; the first row leaves no trace and no message."""
    link(
        """
        date       | unit | id | registered | code
        2024-03-01 | HF1  | 1  | 2024-03-01 | A01A
        2024-03-04 | HF1  | 2  | 2024-03-05 | A01S
        2024-03-08 | HF1  | 2  | 2024-03-10 | A01S
        """,
        gives="""
        attendance | OF1 | messages
        2024-03-08 | 7   |
        """,
    )


@rule("R15", "decision 1")
def test_an_empty_code_withdraws(link):
    """The break-off was entered by mistake."""
    link(
        """
        date       | unit | id | registered | code
        2024-03-01 | HF1  | 1  | 2024-03-01 | A01A
        2024-03-04 | HF1  | 2  | 2024-03-05 | A01X
                   | HF1  | 2  | 2024-03-10 |
        """,
        gives="""
        start      | end
        2024-03-01 |
        """,
    )


@rule("R15", "decision 1")
def test_a_withdrawn_code_may_be_entered_again(link):
    """The latest row of the id stands, whatever came between."""
    link(
        """
        date       | unit | id | registered | code
        2024-03-01 | HF1  | 1  | 2024-03-01 | A01A
        2024-03-04 | HF1  | 2  | 2024-03-05 | A01X
                   | HF1  | 2  | 2024-03-10 |
        2024-03-06 | HF1  | 2  | 2024-03-12 | A01X
        """,
        gives="""
        end | ended
        X   | 2024-03-06
        """,
    )


@rule("R15", "decision 1")
def test_which_came_first_in_the_file_means_nothing(link):
    """The one registered last stands, wherever it is written."""
    link(
        """
        date       | unit | id | registered | code
        2024-03-08 | HF1  | 2  | 2024-03-10 | A01S
        2024-03-04 | HF1  | 2  | 2024-03-05 | A01S
        2024-03-01 | HF1  | 1  | 2024-03-01 | A01A
        """,
        gives="""
        attendance
        2024-03-08
        """,
    )


@rule("R15")
def test_registered_on_the_same_day_the_greatest_content_stands(link):
    """Nothing tells which of two came last, so code, date and place decide, whatever the order of the rows."""
    link(
        """
        date       | unit | id | registered | code
        2024-03-01 | HF1  | 1  | 2024-03-01 | A01A
        2024-03-08 | HF1  | 2  | 2024-03-10 | A01S
        2024-03-04 | HF1  | 2  | 2024-03-10 | A01S
        """,
        gives="""
        attendance
        2024-03-08
        """,
    )


@rule("R15", "decision 1")
def test_the_same_registration_twice_is_nothing_new(link):
    """Alike in id and content it is one registration, not a duplicate."""
    link(
        """
        date       | unit | id | registered | code
        2024-03-01 | HF1  | 1  | 2024-03-01 | A01A
        2024-03-01 | HF1  | 1  | 2024-03-01 | A01A
        """,
        gives="""
        start      | messages
        2024-03-01 |
        """,
    )


@rule("decision 1", "R2")
def test_two_registrations_that_are_alike_are_duplicates(link):
    """With ids of their own, or without, they are two."""
    link(
        """
        date       | unit | patient | id | registered | code | message
        2024-03-01 | HF1  | p1      | 1  | 2024-03-01 | A01A |
        2024-03-01 | HF1  | p1      | 2  | 2024-03-01 | A01A | 102
        2024-03-01 | HF1  | p2      |    |            | A01A |
        2024-03-01 | HF1  | p2      |    |            | A01A | 102
        """,
    )


@rule("decision 1")
def test_a_correction_may_move_a_row_to_another_pathway_and_place(link):
    """The id is the registration, whatever it says."""
    link(
        """
        date       | unit | id | registered | code
        2024-03-01 | HF1  | 1  | 2024-03-01 | A20A
        2024-03-01 | HF2  | 1  | 2024-03-09 | A21A
        """,
        gives="""
        pathway | start_institution
        A21     | HF2
        """,
    )


@rule("decision 7")
def test_as_of_a_day_means_what_was_known_then(link):
    """Events after the day, and registrations entered after it, are not known yet: not refused with a message, but
    absent."""
    link(
        """
        date       | unit | id | registered | code
        2024-03-01 | HF1  | 1  | 2024-03-02 | A01A
        2024-03-04 | HF1  | 2  | 2024-03-20 | A01S
        2024-03-15 | HF1  | 3  | 2024-03-15 | A01CI
        """,
        as_of="2024-03-14",
        gives="""
        attendance | end | why
                   |     | open
        """,
    )
    link(
        """
        date       | unit | id | registered | code
        2024-03-01 | HF1  | 1  | 2024-03-02 | A01A
        2024-03-04 | HF1  | 2  | 2024-03-20 | A01S
        2024-03-15 | HF1  | 3  | 2024-03-15 | A01CI
        """,
        as_of="2024-03-15",
        gives="""
        attendance | end | why
                   | CI  | not_treated
        """,
    )
    link(
        """
        date       | unit | id | registered | code
        2024-03-01 | HF1  | 1  | 2024-03-02 | A01A
        2024-03-04 | HF1  | 2  | 2024-03-20 | A01S
        2024-03-15 | HF1  | 3  | 2024-03-15 | A01CI
        """,
        as_of="2024-03-20",
        gives="""
        attendance | end | why
        2024-03-04 | CI  | not_treated
        """,
    )


@rule("decision 7", "R15")
def test_every_state_of_the_past_can_be_told_again(link):
    """Before the correction was registered the old row stands."""
    link(
        """
        date       | unit | id | registered | code
        2024-03-01 | HF1  | 1  | 2024-03-01 | A01A
        2024-03-04 | HF1  | 2  | 2024-03-05 | A01S
        2024-03-08 | HF1  | 2  | 2024-03-10 | A01S
        """,
        as_of="2024-03-09",
        gives="""
        attendance
        2024-03-04
        """,
    )
    link(
        """
        date       | unit | id | registered | code
        2024-03-01 | HF1  | 1  | 2024-03-01 | A01A
        2024-03-04 | HF1  | 2  | 2024-03-05 | A01S
        2024-03-08 | HF1  | 2  | 2024-03-10 | A01S
        """,
        as_of="2024-03-10",
        gives="""
        attendance
        2024-03-08
        """,
    )


@rule("R15", "decision 7")
def test_a_time_of_day_counts_for_what_came_last(link):
    """What happened and was registered on the as-of day is known, whatever the time; of two versions of one day the later
    time stands."""
    link(
        """
        date                | unit | id | registered          | code
        2024-03-01          | HF1  | 1  | 2024-03-01T08:00:00 | A01A
        2024-03-10T09:30:00 | HF1  | 2  | 2024-03-10T15:00:00 | A01S
        2024-03-10          | HF1  | 3  | 2024-03-10T16:00:00 | A01X
        2024-03-09          | HF1  | 3  | 2024-03-10T17:00:00 |
        2024-03-10          | HF1  | 3  | 2024-03-10T18:00:00 | A01CI
        2024-03-10          | HF1  | 3  | 2024-03-10T12:00:00 | A01X
        2024-03-08          | HF1  | 3  | 2024-03-11T07:00:00 | A01X
        """,
        as_of="2024-03-10",
        gives="""
        start      | attendance | end | ended
        2024-03-01 | 2024-03-10 | CI  | 2024-03-10
        """,
    )


@rule("decision 7", "R15")
def test_a_refused_row_supersedes_nothing(link):
    """The correction carries an impossible day, or one after the as-of day: it was never received, and the old row stands.
    A withdrawal has no event, so its day is not asked for."""
    link(
        """
        date       | unit | id | registered | code
        2024-03-01 | HF1  | 1  | 2024-03-01 | A01A
        2014-03-01 | HF1  | 1  | 2024-03-10 | A01A
        2024-03-05 | HF1  | 2  | 2024-03-05 | A01S
        2027-03-05 | HF1  | 2  | 2024-03-10 | A01S
        2024-03-08 | HF1  | 3  | 2024-03-08 | A01X
        2027-03-08 | HF1  | 3  | 2024-03-10 |
        """,
        gives="""
        start      | attendance | end
        2024-03-01 | 2024-03-05 |
        """,
    )


@rule("decision 7")
def test_a_row_without_the_day_it_was_registered_was_always_known(link):
    """And one with the same id that has a day comes after it."""
    link(
        """
        date       | unit | id | registered | code
        2024-03-01 | HF1  | 1  |            | A01A
        2024-03-04 | HF1  | 2  | 2024-03-05 | A01S
        2024-03-08 | HF1  | 2  |            | A01S
        """,
        gives="""
        attendance
        2024-03-04
        """,
    )


@rule("decision 7")
def test_impossible_days_are_refused(link):
    """Before 2015, or after the as-of day: the rows are not linked, and the others are as if they were not there."""
    link(
        """
        date       | unit | code
        2024-03-01 | HF1  | A01A
        1899-12-31 | HF1  | A01X
        2014-12-31 | HF1  | A01X
        2027-01-01 | HF1  | A01X
        2199-01-01 | HF1  | A01X
        """,
        gives="""
        start      | end
        2024-03-01 |
        """,
    )


@rule("decision 7")
def test_the_first_and_the_last_possible_day(link):
    """1 January 2015 and the as-of day itself."""
    link(
        """
        date       | unit | code
        2015-01-01 | HF1  | A01A
        2026-12-31 | HF1  | A26A
        """,
        gives="""
        pathway | start
        A01     | 2015-01-01
        A26     | 2026-12-31
        """,
    )


@rule("R13")
def test_an_episode_keeps_its_name(link):
    """It is made of the opening registration alone: its id, or else patient, pathway and day. What comes later, and how
    the file is split, do not touch it."""
    first = link(
        """
        date       | unit | code
        2024-03-01 | HF1  | A01A
        """
    )
    later = link(
        """
        date       | unit | code
        2024-03-09 | HF1  | A01X
        2024-03-04 | HF1  | A01S
        2024-03-01 | HF1  | A01A
        """
    )
    named = link(
        """
        date       | unit | id    | code
        2024-03-01 | HF1  | A-001 | A01A
        """
    )
    assert first.episodes[0]["episode_id"] == later.episodes[0]["episode_id"]
    assert first.episodes[0]["episode_id"] == "A01-20240301-" + fnv1a("p1|A01|2024-03-01")
    assert named.episodes[0]["episode_id"] == "A01-20240301-" + fnv1a("A-001")


def fnv1a(text):
    """FNV-1a with 64 bits, as 16 hexadecimal digits."""
    hashed = 14695981039346656037
    for byte in text.encode():
        hashed = (hashed ^ byte) * 1099511628211 % 2**64
    return f"{hashed:016x}"


def test_the_hash_is_the_published_one():
    """Values from the algorithm's own description."""
    assert fnv1a("") == "cbf29ce484222325"
    assert fnv1a("a") == "af63dc4c8601ec8c"
    assert fnv1a("foobar") == "85944171f73967e8"


@rule("decision 1")
def test_splitting_means_nothing():
    """The rows of a story in any order give the same episodes; only the row numbers of the messages follow the file."""
    given = registrations(
        table(
            """
            date       | unit | code
            2024-05-02 | HF1  | A12A
            2024-05-08 | HF1  | A12S
            2024-05-15 | HF1  | A12O
            2024-05-16 | HF2  | A12A
            2024-05-24 | HF2  | A12CK
            2024-06-05 | HF2  | A12FK
            2024-06-06 | HF2  | A12FK
            """
        )
    )

    def read(rows):
        return plain.read(rows, as_of=AS_OF, places=read_places(), limits=read_limits())

    assert read(given).episodes == read(given[::-1]).episodes == read(given[3:] + given[:3]).episodes
