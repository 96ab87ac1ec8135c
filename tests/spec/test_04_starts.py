"""Starts, and one code again

A start opens a pathway where none of its kind is open. While one is open, a start elsewhere is the receiving hospital's
own and continues it; a start at the same place is a duplicate. A code set aside is invisible to all others.
"""

from __future__ import annotations

import pytest

rule = pytest.mark.rule


@rule("R4", "case 9")
def test_a_start_at_a_second_hospital_does_not_start_a_new_pathway(link):
    """The receiving hospital registers the start too; time runs from the first."""
    link(
        """
        date       | unit | code
        2024-01-08 | HF1  | A12A
        2024-01-12 | HF1  | A12O
        2024-01-15 | HF2  | A12A
        2024-01-19 | HF2  | A12S
        """,
        gives="""
        pathway | start      | attendance | OF1
        A12     | 2024-01-08 | 2024-01-19 | 11
        """,
    )


@rule("102", "R4")
def test_a_second_start_at_the_same_hospital_is_a_duplicate(link):
    """102, on a later day too; the pathway runs from the first."""
    link(
        """
        date       | unit | code  | message | used
        2024-01-08 | HF1  | A12A  |         |
        2024-01-10 | HF1  | A12A  | 102     | no
        2024-01-11 | HF1  | A12AA | 102     | no
        """,
        gives="""
        start      | via_specialist | messages
        2024-01-08 | no             | 102
        """,
    )


@rule("102", "R4")
def test_a_second_start_in_the_same_trust_is_a_duplicate(link):
    """Another hospital of the trust, or the trust's own number, is the same place."""
    link(
        """
        date       | unit      | code | message
        2024-01-08 | HF1       | A12A |
        2024-01-10 | HF1b      | A12A | 102
        2024-01-11 | HF1 trust | A12A | 102
        """,
        gives="""
        institutions | trusts | transferred
        1            | 1      | no
        """,
    )


@rule("R4", "decision 6")
def test_within_a_trust_a_start_after_a_transfer_continues(link):
    """HF1 sent the patient to another hospital of its own trust."""
    link(
        """
        date       | unit | code
        2024-01-08 | HF1  | A12A
        2024-01-10 | HF1  | A12O
        2024-01-11 | HF1b | A12A
        """,
        gives="""
        institutions | trusts | transferred | messages
        2            | 1      | yes         |
        """,
    )


@rule("102", "R4")
def test_ones_own_transfer_does_not_excuse_a_second_start(link):
    """HF1 sent the patient away; that nobody sent the patient back makes the second start there a duplicate."""
    link(
        """
        date       | unit | code | message
        2024-01-08 | HF1  | A12A |
        2024-01-10 | HF1  | A12O | 903
        2024-01-11 | HF1  | A12A | 102
        """,
        gives="""
        institutions | transferred
        1            | yes
        """,
    )


@rule("R4", "case 13")
def test_a_start_after_being_sent_back_continues(link):
    """HF2 sent the patient back since HF1's last start. Once more without a transfer is a duplicate."""
    link(
        """
        date       | unit | code | message
        2024-05-02 | HF1  | A12A |
        2024-05-10 | HF1  | A12O |
        2024-05-13 | HF2  | A12A |
        2024-05-20 | HF2  | A12O |
        2024-05-21 | HF1  | A12A |
        2024-05-25 | HF1  | A12A | 102
        """,
        gives="""
        trusts | messages
        2      | 102
        """,
    )


@rule("R4", "R1")
def test_sent_back_and_received_on_one_day_is_read_in_the_order_of_the_day(link):
    """Within a day the start stands before the transfer, so the transfer does not yet excuse it."""
    link(
        """
        date       | unit | code | message
        2024-05-02 | HF1  | A12A |
        2024-05-10 | HF1  | A12O |
        2024-05-13 | HF2  | A12A |
        2024-05-21 | HF2  | A12O | 903
        2024-05-21 | HF1  | A12A | 102
        """,
    )


@rule("905", "R4")
def test_a_start_after_more_than_a_year_of_silence_opens_anew(link):
    """The 366th day after the last code, at the same place: both episodes are flagged, and the old one stays open."""
    link(
        """
        date       | unit | code | message | used
        2022-01-03 | HF1  | A01A | 905     | yes
        2022-01-10 | HF1  | A01S |         |
        2023-01-11 | HF1  | A01A | 905     | yes
        2023-01-20 | HF1  | A01S |         |
        2023-01-25 | HF1  | A01X |         |
        """,
        gives="""
        episode | start      | attendance | end | ended      | messages
        1       | 2022-01-03 | 2022-01-10 |     |            | 905
        2       | 2023-01-11 | 2023-01-20 | X   | 2023-01-25 | 905
        """,
    )


@rule("905", "R4")
def test_a_start_after_exactly_a_year_of_silence_is_a_duplicate(link):
    """The 365th day after the last code is not yet more than 365 days."""
    link(
        """
        date       | unit | code | message
        2022-01-03 | HF1  | A01A |
        2022-01-10 | HF1  | A01S |
        2023-01-10 | HF1  | A01A | 102
        """,
        gives="""
        episode | start      | messages
        1       | 2022-01-03 | 102
        """,
    )


@rule("905", "R4")
def test_elsewhere_silence_does_not_matter(link):
    """At another place the start continues the pathway, however late. (It was not sent to: 904.)"""
    link(
        """
        date       | unit | code | message
        2022-01-03 | HF1  | A01A |
        2024-01-10 | HF2  | A01A | 904
        """,
        gives="""
        episode | start      | trusts
        1       | 2022-01-03 | 2
        """,
    )


@rule("905", "R3", "R4")
def test_silence_runs_from_the_last_used_code(link):
    """A code that was set aside does not keep a pathway awake."""
    link(
        """
        date       | unit | code | message
        2022-01-03 | HF1  | A01A | 905
        2022-06-01 | HF1  | A01A | 102
        2023-01-11 | HF1  | A01A | 905
        """,
        gives="""
        episode | start
        1       | 2022-01-03
        2       | 2023-01-11
        """,
    )


@rule("905", "R4")
def test_silence_goes_before_a_transfer(link):
    """After more than a year the start opens anew, also where another hospital had sent the patient."""
    link(
        """
        date       | unit | code | message
        2022-01-03 | HF1  | A01A | 905
        2022-01-10 | HF2  | A01O | 903
        2023-01-11 | HF1  | A01A | 905
        """,
        gives="""
        episode | start
        1       | 2022-01-03
        2       | 2023-01-11
        """,
    )


@rule("905", "R4")
def test_how_long_silence_lasts_is_a_setting(link):
    """With 100 days instead of 365."""
    link(
        """
        date       | unit | code | message
        2022-01-01 | HF1  | A01A | 905
        2022-04-11 | HF1  | A01S |
        2022-07-21 | HF1  | A01A | 905
        2022-10-29 | HF1  | A01A | 102
        """,
        settings={"stale_days": 100},
        gives="""
        episode | start
        1       | 2022-01-01
        2       | 2022-07-21
        """,
    )


@rule("908", "R10", "case 6")
def test_a_new_start_soon_after_treatment(link):
    """Within 90 days after an end by treatment it may be a needless start for the next treatment: flagged, not dropped."""
    link(
        """
        date       | unit | patient | code  | message | used
        2024-01-02 | HF1  | p1      | A20A  |         |
        2024-01-08 | HF1  | p1      | A20FK | 109     | yes
        2024-04-07 | HF2  | p1      | A20A  | 908     | yes
        2024-01-02 | HF1  | p2      | A20A  |         |
        2024-01-08 | HF1  | p2      | A20FK | 109     | yes
        2024-04-08 | HF2  | p2      | A20A  |         |
        """,
        gives="""
        patient_id | episode | start      | messages
        p1         | 1       | 2024-01-02 | 109
        p1         | 2       | 2024-04-07 | 908
        p2         | 1       | 2024-01-02 | 109
        p2         | 2       | 2024-04-08 |
        """,
    )


@rule("908", "R10")
def test_a_new_start_soon_after_another_end(link):
    """After a break-off there is nothing to flag; after an older treatment within 90 days there still is."""
    link(
        """
        date       | unit | patient | code  | message
        2024-01-02 | HF1  | p1      | A20A  |
        2024-01-08 | HF1  | p1      | A20X  |
        2024-01-10 | HF1  | p1      | A20A  |
        2024-01-02 | HF1  | p2      | A20A  |
        2024-01-08 | HF1  | p2      | A20FK | 109
        2024-02-02 | HF1  | p2      | A20A  | 908
        2024-02-05 | HF1  | p2      | A20X  |
        2024-03-03 | HF1  | p2      | A20A  | 908
        """,
    )


@rule("102", "R2", "decision 1")
def test_the_same_row_twice_is_a_duplicate_whatever_the_code(link):
    """Alike in patient, code, day and place: the second gets 102, also where the code may repeat or ends the pathway."""
    link(
        """
        date       | unit | code  | message | used
        2016-03-01 | HF1  | A01A  |         |
        2016-03-01 | HF1  | A01A  | 102     | no
        2016-03-04 | HF1  | A01S  |         |
        2016-03-04 | HF1  | A01S  | 102     | no
        2016-03-05 | HF1  | A01B  |         |
        2016-03-05 | HF1  | A01B  | 102     | no
        2016-03-08 | HF1  | A01CK |         |
        2016-03-08 | HF1  | A01CK | 102     | no
        2016-03-09 | HF1  | A01O  | 903     | yes
        2016-03-09 | HF1  | A01O  | 102     | no
        2016-03-10 | HF1  | A01FK |         |
        2016-03-10 | HF1  | A01FK | 102     | no
        2016-07-01 | HF1  | A01A  |         |
        2016-07-02 | HF1  | A01X  |         |
        2016-07-02 | HF1  | A01X  | 102     | no
        """,
        gives="""
        end | messages
        FK  | 102 903
        X   | 102
        """,
    )


@rule("R2")
def test_alike_at_another_hospital_of_the_trust_is_not_the_same_row(link):
    """B may repeat: the biopsy at another hospital the same day is one of its own."""
    link(
        """
        date       | unit | code | message
        2016-03-01 | HF1  | A01A |
        2016-03-05 | HF1  | A01B |
        2016-03-05 | HF1b | A01B |
        2016-03-06 | HF1  | A01B |
        """,
        gives="""
        institutions | messages
        2            |
        """,
    )


@rule("R2", "R6", "R14")
def test_the_same_orphan_twice(link):
    """The second is a duplicate of the first, and belongs to no episode either."""
    story = link(
        """
        date       | unit | code | message
        2024-03-01 | HF1  | A01S | 106
        2024-03-01 | HF1  | A01S | 102
        2024-03-05 | HF1  | A01A |
        """,
        gives="""
        start      | messages
        2024-03-05 |
        """,
    )
    assert [message["episode"] for message in story.messages] == ["", ""]


@rule("R2", "R14")
def test_the_same_row_twice_after_the_end(link):
    """The first is superfluous, the second a duplicate; both belong to the episode that had ended."""
    story = link(
        """
        date       | unit | code | message
        2024-03-01 | HF1  | A01A |
        2024-03-05 | HF1  | A01X |
        2024-03-06 | HF1  | A01S | 114
        2024-03-06 | HF1  | A01S | 102
        """,
        gives="""
        end | messages
        X   | 102 114
        """,
    )
    assert [message["episode"] for message in story.messages] == [1, 1]


@rule("102", "R5")
def test_attendance_decision_and_postponement_count_once(link):
    """The first by date counts, wherever the second was registered."""
    link(
        """
        date       | unit | code  | message | used
        2024-03-01 | HF1  | A01A  |         |
        2024-03-04 | HF1  | A01S  |         |
        2024-03-05 | HF2  | A01S  | 102     | no
        2024-03-08 | HF1  | A01CK |         |
        2024-03-09 | HF1  | A01CK | 102     | no
        2024-03-10 | HF1  | A01P  |         |
        2024-03-11 | HF1  | A01P  | 102     | no
        """,
        gives="""
        attendance | decided    | trusts | messages
        2024-03-04 | 2024-03-08 | 1      | 102
        """,
    )


@rule("R3", "decision 3")
def test_a_code_set_aside_satisfies_nothing(link):
    """The attendance came before the start and was left out, so the decision still lacks one."""
    link(
        """
        date       | unit | code  | message
        2024-03-01 | HF1  | A01S  | 106
        2024-03-05 | HF1  | A01A  |
        2024-03-08 | HF1  | A01CK | 108
        """,
    )


@rule("R3", "decision 3")
def test_a_code_set_aside_repeats_nothing(link):
    """The early attendance was left out, so the one after the start is the first."""
    link(
        """
        date       | unit | code | message
        2024-03-01 | HF1  | A01S | 106
        2024-03-05 | HF1  | A01A |
        2024-03-08 | HF1  | A01S |
        """,
        gives="""
        attendance
        2024-03-08
        """,
    )


@rule("R3", "decision 3")
def test_a_code_set_aside_gets_no_message_on_order(link):
    """The second decision is a duplicate and nothing else, though no attendance stands before either."""
    link(
        """
        date       | unit | code  | message
        2024-03-05 | HF1  | A01A  |
        2024-03-08 | HF1  | A01CK | 108
        2024-03-09 | HF1  | A01CK | 102
        """,
    )


@rule("case 37")
def test_a_second_tumour_of_the_same_kind_joins_the_open_pathway(link):
    """There is one open pathway of a kind; the second start at the place is a duplicate."""
    link(
        """
        date       | unit | code | message
        2024-03-01 | HF1  | A01A |
        2024-03-20 | HF1  | A01A | 102
        """,
        gives="""
        episode | start
        1       | 2024-03-01
        """,
    )
