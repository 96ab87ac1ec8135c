"""Patients

These messages need a file of patients: without one they are never given. They are warnings: the code is used.
"""

from __future__ import annotations

import pytest

rule = pytest.mark.rule


@rule("100", "R8", "decision 3")
def test_a_patient_who_is_not_in_the_file(link):
    """100 on every row of a patient that the patients file lacks; the codes are used all the same."""
    link(
        """
        date       | unit | patient | code  | message | used
        2024-03-01 | HF1  | known   | A01A  |         |
        2024-03-01 | HF1  | other   | A01A  | 100     | yes
        2024-03-06 | HF1  | other   | A01S  | 100     | yes
                   | HF1  | other   | A01CK | 100 107 | no
        2024-03-06 | HF1  | other   | A27A  | 100 101 | no
        """,
        patients="""
        patient | born
        known   | 1960-05-17
        """,
        gives="""
        patient_id | start      | attendance | messages
        known      | 2024-03-01 |            |
        other      | 2024-03-01 | 2024-03-06 | 100
        """,
    )


@rule("100")
def test_without_a_patients_file_nothing_is_asked_of_the_patient(link):
    """No 100, and no message on age."""
    link(
        """
        date       | unit | patient | code
        2024-03-01 | HF1  | other   | A30A
        """,
    )


@rule("116", "R8", "case 40")
def test_eighteen_counts_as_over_eighteen(link):
    """116 in the children's pathway from the 18th birthday on; nothing the day before."""
    link(
        """
        date       | unit | patient | code | message | used
        2024-06-14 | HF1  | p1      | A30A |         |
        2024-06-15 | HF1  | p1      | A30S | 116     | yes
        2024-06-14 | HF1  | p2      | A30A |         |
        2024-06-14 | HF1  | p2      | A30S |         |
        """,
        patients="""
        patient | born
        p1      | 2006-06-15
        p2      | 2006-06-15
        """,
    )


@rule("117", "R8", "case 40")
def test_under_eighteen_in_any_other_pathway(link):
    """117 the day before the 18th birthday, nothing on it: in organ pathways, metastases and the diagnostic pathway."""
    link(
        """
        date       | unit | code | message | used
        2024-06-14 | HF1  | A26A | 117     | yes
        2024-06-15 | HF1  | A26S |         |
        2024-06-14 | HF1  | B01A | 117     | yes
        2024-06-15 | HF1  | B01S |         |
        2024-06-14 | HF1  | C01A | 117     | yes
        2024-06-15 | HF1  | C01S |         |
        2024-06-14 | HF1  | A30A |         |
        """,
        patients="""
        patient | born
        p1      | 2006-06-15
        """,
    )


@rule("R8")
def test_born_on_the_29th_of_february(link):
    """In ordinary years the birthday is 1 March: still 17 on 28 February."""
    link(
        """
        date       | unit | code | message
        2022-02-28 | HF1  | A26A | 117
        2022-03-01 | HF1  | A26S |
        """,
        patients="""
        patient | born
        p1      | 2004-02-29
        """,
    )


@rule("R8", "decision 3")
def test_age_is_judged_on_every_known_and_dated_code(link):
    """Lapsed codes, and codes set aside for their place among others, get the message too; unknown codes, codes
    without a day and codes from before their pathway do not."""
    link(
        """
        date       | unit | code  | message | used
        2017-01-10 | HF1  | A01B  | 117 120 | no
        2017-01-11 | HF1  | A26S  | 105 117 | no
        2017-01-12 | HF1  | A26F1 | 101     | no
                   | HF1  | A26S  | 107     | no
        2015-08-31 | HF1  | A37A  | 115     | no
        2015-09-01 | HF1  | A37S  | 105 117 | no
        """,
        patients="""
        patient | born
        p1      | 2006-06-15
        """,
        gives="pathway",
    )


@rule("R14")
def test_messages_on_the_patient_belong_to_the_episode_of_their_row(link):
    """Also those on a row that came after the end."""
    link(
        """
        date       | unit | patient | code  | message
        2024-06-10 | HF1  | p1      | A30A  |
        2024-06-14 | HF1  | p1      | A30X  |
        2024-06-15 | HF1  | p1      | A30S  | 114 116
        """,
        gives="""
        pathway | messages
        A30     | 114 116
        """,
        patients="""
        patient | born
        p1      | 2006-06-15
        """,
    )


def test_a_patient_without_a_birth_date_has_no_age(link):
    """Known, but never too young or too old."""
    link(
        """
        date       | unit | code
        2024-03-01 | HF1  | A30A
        2024-03-01 | HF1  | A26A
        """,
        patients="""
        patient | born
        p1      |
        """,
    )
