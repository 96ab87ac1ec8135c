"""Ends

A treatment or X ends any pathway. Decisions end it too: in an organ's pathway all but CK, in metastases all but CU, in
the diagnostic pathway every one. What comes after an end is superfluous, until a new start. A pathway is never closed by
age.
"""

from __future__ import annotations

import pytest

rule = pytest.mark.rule


@rule("112", "case 16", "case 17")
def test_decisions_that_end_an_organ_pathway(link):
    """CM, CA and CI end it; CK does not."""
    link(
        """
        date       | unit | patient | code  | message
        2024-03-01 | HF1  | p1      | A20A  |
        2024-03-08 | HF1  | p1      | A20CM |
        2024-03-09 | HF1  | p1      | A20S  | 112
        2024-03-01 | HF1  | p2      | A20A  |
        2024-03-08 | HF1  | p2      | A20CA |
        2024-03-09 | HF1  | p2      | A20S  | 112
        2024-03-01 | HF1  | p3      | A20A  |
        2024-03-08 | HF1  | p3      | A20CI |
        2024-03-09 | HF1  | p3      | A20S  | 112
        2024-03-01 | HF1  | p4      | A20A  |
        2024-03-05 | HF1  | p4      | A20S  |
        2024-03-08 | HF1  | p4      | A20CK |
        2024-03-09 | HF1  | p4      | A20FK |
        """,
        gives="""
        patient_id | end | ended
        p1         | CM  | 2024-03-08
        p2         | CA  | 2024-03-08
        p3         | CI  | 2024-03-08
        p4         | FK  | 2024-03-09
        """,
    )


@rule("112", "case 21", "case 23")
def test_decisions_that_end_the_metastases_pathway(link):
    """CK, CA, CI and, until 2016, CD; CU does not."""
    link(
        """
        date       | unit | patient | code  | message
        2016-03-01 | HF1  | p1      | B01A  |
        2016-03-02 | HF1  | p1      | B01S  |
        2016-03-08 | HF1  | p1      | B01CK |
        2016-03-09 | HF1  | p1      | B01FK | 112
        2016-03-01 | HF1  | p2      | B01A  |
        2016-03-08 | HF1  | p2      | B01CA |
        2016-03-01 | HF1  | p3      | B01A  |
        2016-03-08 | HF1  | p3      | B01CI |
        2016-03-01 | HF1  | p4      | B01A  |
        2016-03-02 | HF1  | p4      | B01S  |
        2016-03-08 | HF1  | p4      | B01CD |
        2016-03-01 | HF1  | p5      | B01A  |
        2016-03-02 | HF1  | p5      | B01S  |
        2016-03-08 | HF1  | p5      | B01CU |
        2016-03-09 | HF1  | p5      | B01FK |
        """,
        gives="""
        patient_id | end
        p1         | CK
        p2         | CA
        p3         | CI
        p4         | CD
        p5         | FK
        """,
    )


@rule("112", "case 19", "case 20")
def test_every_decision_ends_the_diagnostic_pathway(link):
    """CK, CU, CA, CI and, until 2016, CD."""
    link(
        """
        date       | unit | patient | code  | message
        2016-03-01 | HF1  | p1      | C01A  |
        2016-03-02 | HF1  | p1      | C01S  |
        2016-03-08 | HF1  | p1      | C01CK |
        2016-03-09 | HF1  | p1      | C01CU | 112
        2016-03-01 | HF1  | p2      | C01A  |
        2016-03-02 | HF1  | p2      | C01S  |
        2016-03-08 | HF1  | p2      | C01CU |
        2016-03-01 | HF1  | p3      | C01A  |
        2016-03-02 | HF1  | p3      | C01S  |
        2016-03-08 | HF1  | p3      | C01CA |
        2016-03-01 | HF1  | p4      | C01A  |
        2016-03-08 | HF1  | p4      | C01CI |
        2016-03-01 | HF1  | p5      | C01A  |
        2016-03-02 | HF1  | p5      | C01S  |
        2016-03-08 | HF1  | p5      | C01CD |
        """,
        gives="""
        patient_id | end
        p1         | CK
        p2         | CU
        p3         | CA
        p4         | CI
        p5         | CD
        """,
    )


@rule("113")
def test_every_treatment_ends_the_pathway(link):
    """Also surveillance, relief and no treatment. The end and the treatment are one and the same row."""
    link(
        """
        date       | unit | patient | code  | message
        2024-03-01 | HF1  | p1      | A20A  |
        2024-03-05 | HF1  | p1      | A20S  |
        2024-03-08 | HF1  | p1      | A20CK |
        2024-03-12 | HF2  | p1      | A20FK |
        2024-03-13 | HF1  | p1      | A20X  | 113
        2024-03-01 | HF1  | p2      | A20A  |
        2024-03-05 | HF1  | p2      | A20S  |
        2024-03-08 | HF1  | p2      | A20CK |
        2024-03-12 | HF2  | p2      | A20FM |
        2024-03-13 | HF1  | p2      | A20X  | 113
        2024-03-01 | HF1  | p3      | A20A  |
        2024-03-05 | HF1  | p3      | A20S  |
        2024-03-08 | HF1  | p3      | A20CK |
        2024-03-12 | HF2  | p3      | A20FS |
        2024-03-13 | HF1  | p3      | A20X  | 113
        2024-03-01 | HF1  | p4      | A20A  |
        2024-03-05 | HF1  | p4      | A20S  |
        2024-03-08 | HF1  | p4      | A20CK |
        2024-03-12 | HF2  | p4      | A20FL |
        2024-03-13 | HF1  | p4      | A20X  | 113
        2024-03-01 | HF1  | p5      | A20A  |
        2024-03-05 | HF1  | p5      | A20S  |
        2024-03-08 | HF1  | p5      | A20CK |
        2024-03-12 | HF2  | p5      | A20FO |
        2024-03-13 | HF1  | p5      | A20X  | 113
        2024-03-01 | HF1  | p6      | A20A  |
        2024-03-05 | HF1  | p6      | A20S  |
        2024-03-08 | HF1  | p6      | A20CK |
        2024-03-12 | HF2  | p6      | A20FI |
        2024-03-13 | HF1  | p6      | A20X  | 113
        """,
        gives="""
        patient_id | end | ended      | end_institution | treatment | treated
        p1         | FK  | 2024-03-12 | HF2             | K         | 2024-03-12
        p2         | FM  | 2024-03-12 | HF2             | M         | 2024-03-12
        p3         | FS  | 2024-03-12 | HF2             | S         | 2024-03-12
        p4         | FL  | 2024-03-12 | HF2             | L         | 2024-03-12
        p5         | FO  | 2024-03-12 | HF2             | O         | 2024-03-12
        p6         | FI  | 2024-03-12 | HF2             | I         | 2024-03-12
        """,
    )


@rule("112", "113", "114")
def test_what_comes_after_the_end(link):
    """Any code but a start gets the message of the end: 112 after a decision, 113 after a treatment, 114 after X. The day
    of the end itself is still inside, in the order of the day."""
    link(
        """
        date       | unit | patient | code  | message | used
        2016-03-01 | HF1  | p1      | A20A  |         |
        2016-03-08 | HF1  | p1      | A20S  |         |
        2016-03-08 | HF1  | p1      | A20CA |         |
        2016-03-09 | HF1  | p1      | A20S  | 112     | no
        2016-03-09 | HF1  | p1      | A20B  | 112     | no
        2016-03-09 | HF1  | p1      | A20CK | 112     | no
        2016-03-09 | HF1  | p1      | A20CM | 112     | no
        2016-03-09 | HF2  | p1      | A20O  | 112     | no
        2016-03-09 | HF1  | p1      | A20FM | 112     | no
        2016-03-10 | HF1  | p1      | A20X  | 112     | no
        2016-08-01 | HF1  | p1      | A20A  |         |
        2016-03-01 | HF1  | p2      | A20A  |         |
        2016-03-08 | HF1  | p2      | A20S  |         |
        2016-03-08 | HF1  | p2      | A20FK | 110     |
        2016-03-09 | HF1  | p2      | A20S  | 113     | no
        2016-03-09 | HF1  | p2      | A20B  | 113     | no
        2016-03-09 | HF1  | p2      | A20CK | 113     | no
        2016-03-09 | HF1  | p2      | A20CM | 113     | no
        2016-03-09 | HF2  | p2      | A20O  | 113     | no
        2016-03-09 | HF1  | p2      | A20FM | 113     | no
        2016-03-10 | HF1  | p2      | A20X  | 113     | no
        2016-08-01 | HF1  | p2      | A20A  |         |
        2016-03-01 | HF1  | p3      | A20A  |         |
        2016-03-08 | HF1  | p3      | A20S  |         |
        2016-03-08 | HF1  | p3      | A20X  |         |
        2016-03-09 | HF1  | p3      | A20S  | 114     | no
        2016-03-09 | HF1  | p3      | A20B  | 114     | no
        2016-03-09 | HF1  | p3      | A20CK | 114     | no
        2016-03-09 | HF1  | p3      | A20CM | 114     | no
        2016-03-09 | HF2  | p3      | A20O  | 114     | no
        2016-03-09 | HF1  | p3      | A20FM | 114     | no
        2016-03-10 | HF1  | p3      | A20X  | 114     | no
        2016-08-01 | HF1  | p3      | A20A  |         |
        """,
        gives="""
        patient_id | episode | start      | end | attendance
        p1         | 1       | 2016-03-01 | CA  | 2016-03-08
        p1         | 2       | 2016-08-01 |     |
        p2         | 1       | 2016-03-01 | FK  | 2016-03-08
        p2         | 2       | 2016-08-01 |     |
        p3         | 1       | 2016-03-01 | X   | 2016-03-08
        p3         | 2       | 2016-08-01 |     |
        """,
    )


@rule("case 36")
def test_pathways_of_different_kinds_do_not_end_each_other(link):
    """Two cancers at once run side by side."""
    link(
        """
        date       | unit | code
        2024-03-01 | HF1  | A20A
        2024-03-02 | HF1  | A21A
        2024-03-05 | HF1  | A20X
        2024-03-06 | HF1  | A21S
        """,
        gives="""
        pathway | end | attendance
        A20     | X   |
        A21     |     | 2024-03-06
        """,
    )


@rule("911", "decision 4", "R9")
def test_a_pathway_open_when_its_kind_was_taken_out(link):
    """Chronic lymphocytic and acute leukaemia: open on 30 April 2021 means closed by rule that day, with no place of end."""
    link(
        """
        date       | unit | patient | code  | message
        2021-03-01 | HF1  | p1      | A03A  | 911
        2021-03-05 | HF1  | p1      | A03S  |
        2021-03-08 | HF1  | p1      | A03CK |
        2021-05-10 | HF1  | p1      | A03FM | 120
        2021-03-01 | HF1  | p2      | A05A  |
        2021-03-05 | HF1  | p2      | A05S  |
        2021-03-08 | HF1  | p2      | A05CK |
        2021-04-30 | HF1  | p2      | A05FM |
        """,
        gives="""
        patient_id | end | ended      | end_institution | treatment | why           | messages
        p1         | R   | 2021-04-30 |                 |           | closed_by_rule | 911
        p2         | FM  | 2021-04-30 | HF1             | M         | counts        |
        """,
    )


@rule("911", "decision 7", "R9")
def test_as_of_its_last_day_it_is_still_open(link):
    """Closed by rule only from the day after."""
    link(
        """
        date       | unit | code | message
        2021-03-01 | HF1  | A03A |
        """,
        as_of="2021-04-30",
        gives="""
        end | ended | why
            |       | open
        """,
    )
    link(
        """
        date       | unit | code | message
        2021-03-01 | HF1  | A03A | 911
        """,
        as_of="2021-05-01",
        gives="""
        end | ended      | why
        R   | 2021-04-30 | closed_by_rule
        """,
    )


@rule("905", "911", "R9")
def test_a_silent_pathway_that_was_opened_anew_is_closed_by_rule_too(link):
    """Both were open on the last day."""
    link(
        """
        date       | unit | code | message
        2019-03-01 | HF1  | A03A | 905 911
        2021-03-01 | HF1  | A03A | 905 911
        """,
        gives="""
        episode | start      | end
        1       | 2019-03-01 | R
        2       | 2021-03-01 | R
        """,
    )


def test_a_pathway_is_not_closed_by_age(link):
    """It stays open until a code ends it."""
    link(
        """
        date       | unit | code
        2015-03-01 | HF1  | A01A
        """,
        gives="""
        end | why
            | open
        """,
    )
