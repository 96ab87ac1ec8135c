"""The share within the limit

An episode is in the share when it ended in a treatment of a kind that has a limit, and the patient did not postpone it.
Every episode says why it is or is not. In the diagnostic pathway the share asks for a decision instead.
"""

from __future__ import annotations

import pytest

rule = pytest.mark.rule


@rule("decision 8", "decision 9", "R11")
def test_counts_within_and_late(link):
    """The day of the limit is within, the day after is not."""
    link(
        """
        date       | unit | patient | code  | message
        2024-01-01 | HF1  | p1      | A26A  |
        2024-02-12 | HF1  | p1      | A26FK | 109
        2024-01-01 | HF1  | p2      | A26A  |
        2024-02-13 | HF1  | p2      | A26FK | 109
        """,
        gives="""
        patient_id | share | limit | within | why
        p1         | 42    | 42    | yes    | counts
        p2         | 43    | 42    | no     | counts
        """,
    )


@rule("decision 9", "R11")
def test_open(link):
    """No end yet, even where the limit has long passed."""
    link(
        """
        date       | unit | code
        2024-01-01 | HF1  | A26A
        2024-01-05 | HF1  | A26S
        2024-01-09 | HF1  | A26CK
        """,
        gives="""
        why  | share | limit | within
        open |       |       |
        """,
    )


@rule("decision 4", "decision 9", "R11")
def test_closed_by_rule(link):
    """An end that no code gave."""
    link(
        """
        date       | unit | code | message
        2021-03-01 | HF1  | A03A | 911
        """,
        gives="""
        why            | share | limit | within
        closed_by_rule |       |       |
        """,
    )


@rule("decision 9", "R11")
def test_not_treated(link):
    """Ended by a decision or broken off."""
    link(
        """
        date       | unit | patient | code  | message
        2024-01-01 | HF1  | p1      | A26A  |
        2024-01-05 | HF1  | p1      | A26CA |
        2024-01-01 | HF1  | p2      | A26A  |
        2024-01-05 | HF1  | p2      | A26X  |
        2024-01-01 | HF1  | p3      | B01A  |
        2024-01-05 | HF1  | p3      | B01CK | 118
        2024-01-01 | HF1  | p4      | C01A  |
        2024-01-05 | HF1  | p4      | C01X  |
        """,
        gives="""
        patient_id | why         | within
        p1         | not_treated |
        p2         | not_treated |
        p3         | not_treated |
        p4         | not_treated |
        """,
    )


@rule("decision 8", "R11")
def test_no_limit(link):
    """Relief, no treatment and, for most pathways, surveillance have no limit: the time is told, not judged."""
    link(
        """
        date       | unit | patient | code  | message
        2024-01-01 | HF1  | p1      | A26A  |
        2024-01-11 | HF1  | p1      | A26FL | 109
        2024-01-01 | HF1  | p2      | A26A  |
        2024-01-11 | HF1  | p2      | A26FO | 109
        2024-01-01 | HF1  | p3      | A26A  |
        2024-01-11 | HF1  | p3      | A26FI | 109
        """,
        gives="""
        patient_id | why      | OF4 | share | limit | within
        p1         | no_limit | 10  | 10    |       |
        p2         | no_limit | 10  | 10    |       |
        p3         | no_limit | 10  | 10    |       |
        """,
    )


@rule("R11")
def test_no_limit_for_a_kind_that_the_pathway_does_not_time(link):
    """Breast cancer has no limit for radiotherapy, thyroid cancer for surgery only."""
    link(
        """
        date       | unit | patient | code  | message
        2024-01-01 | HF1  | p1      | A01A  |
        2024-01-11 | HF1  | p1      | A01FS | 109
        2024-01-01 | HF1  | p2      | A37A  |
        2024-01-11 | HF1  | p2      | A37FM | 109
        2024-01-01 | HF1  | p3      | A37A  |
        2024-01-11 | HF1  | p3      | A37FK | 109
        """,
        gives="""
        patient_id | why      | limit
        p1         | no_limit |
        p2         | no_limit |
        p3         | counts   | 41
        """,
    )


@rule("decision 10")
def test_surveillance_with_a_limit(link):
    """Prostate 66 days in all, chronic lymphocytic leukaemia 32, testis 31."""
    link(
        """
        date       | unit | patient | code  | message
        2020-01-01 | HF1  | p1      | A16A  |
        2020-03-07 | HF1  | p1      | A16FO | 109
        2020-01-01 | HF1  | p2      | A16A  |
        2020-03-08 | HF1  | p2      | A16FO | 109
        2020-01-01 | HF1  | p3      | A03A  |
        2020-02-02 | HF1  | p3      | A03FO | 109
        2020-01-01 | HF1  | p4      | A03A  |
        2020-02-03 | HF1  | p4      | A03FO | 109
        2020-01-01 | HF1  | p5      | A18A  |
        2020-02-01 | HF1  | p5      | A18FO | 109
        """,
        gives="""
        patient_id | share | limit | of3_limit | within
        p1         | 66    | 66    | 32        | yes
        p2         | 67    | 66    | 32        | no
        p3         | 32    | 32    | 8         | yes
        p4         | 33    | 32    | 8         | no
        p5         | 31    | 31    | 14        | yes
        """,
    )


@rule("R11", "setting surveillance_without_limit_counts")
def test_surveillance_without_a_limit_may_be_counted(link):
    """A setting: it is then held against the longest limits of the version. It changes no kind but surveillance."""
    link(
        """
        date       | unit | patient | code  | message
        2024-01-01 | HF1  | p1      | A26A  |
        2024-02-12 | HF1  | p1      | A26FO | 109
        2024-01-01 | HF1  | p2      | A26A  |
        2024-02-12 | HF1  | p2      | A26FL | 109
        2024-01-01 | HF1  | p3      | A18A  |
        2024-02-12 | HF1  | p3      | A18FO | 109
        """,
        settings={"surveillance_without_limit_counts": True},
        gives="""
        patient_id | why      | of3_limit | of4_limit | limit | within
        p1         | counts   | 14        | 42        | 42    | yes
        p2         | no_limit |           |           |       |
        p3         | counts   | 14        | 31        | 31    | no
        """,
    )


@rule("decision 8", "R11")
def test_postponed_by_the_patient(link):
    """Times are computed, the episode stays out of the share. A kind without a limit is out for that first."""
    link(
        """
        date       | unit | patient | code  | message
        2024-01-01 | HF1  | p1      | A26A  |
        2024-01-05 | HF1  | p1      | A26S  |
        2024-01-09 | HF1  | p1      | A26CK |
        2024-01-10 | HF1  | p1      | A26P  |
        2024-01-19 | HF1  | p1      | A26FK |
        2024-01-01 | HF1  | p2      | A26A  |
        2024-01-05 | HF1  | p2      | A26S  |
        2024-01-09 | HF1  | p2      | A26CK |
        2024-01-10 | HF1  | p2      | A26P  |
        2024-01-19 | HF1  | p2      | A26FL |
        2024-01-01 | HF1  | p3      | A26A  |
        2024-01-05 | HF1  | p3      | A26S  |
        2024-01-09 | HF1  | p3      | A26CK |
        2024-01-10 | HF1  | p3      | A26P  |
        """,
        gives="""
        patient_id | postponed | OF3 | OF4 | why       | limit | within
        p1         | yes       | 10  | 18  | postponed | 42    |
        p2         | yes       | 10  | 18  | no_limit  |       |
        p3         | yes       |     |     | open      |       |
        """,
    )


@rule("decision 8", "setting include_postponed")
def test_postponed_may_be_included(link):
    """A setting: those who postponed are then judged as all others."""
    link(
        """
        date       | unit | code
        2024-01-01 | HF1  | A26A
        2024-01-05 | HF1  | A26S
        2024-01-09 | HF1  | A26CK
        2024-01-10 | HF1  | A26P
        2024-03-19 | HF1  | A26FK
        """,
        settings={"include_postponed": True},
        gives="""
        postponed | why    | OF4 | within
        yes       | counts | 78  | no
        """,
    )


@rule("case 32", "setting p_counts_as_treatment_start")
def test_p_may_stand_in_the_place_of_the_treatment(link):
    """A setting for the other reading of P: times then run to P. The treatment, its kind and the end stay where they are;
    without a treatment nothing changes."""
    link(
        """
        date       | unit | patient | code
        2024-01-01 | HF1  | p1      | A26A
        2024-01-05 | HF1  | p1      | A26S
        2024-01-09 | HF1  | p1      | A26CK
        2024-01-20 | HF1  | p1      | A26P
        2024-03-19 | HF1  | p1      | A26FK
        2024-01-01 | HF1  | p2      | A26A
        2024-01-05 | HF1  | p2      | A26S
        2024-01-09 | HF1  | p2      | A26CK
        2024-01-20 | HF1  | p2      | A26P
        2024-01-01 | HF1  | p3      | A26A
        2024-01-05 | HF1  | p3      | A26S
        2024-01-09 | HF1  | p3      | A26CK
        2024-03-19 | HF1  | p3      | A26FK
        """,
        settings={"p_counts_as_treatment_start": True},
        gives="""
        patient_id | treated    | ended      | OF3 | OF4 | share | why    | within
        p1         | 2024-03-19 | 2024-03-19 | 11  | 19  | 19    | counts | yes
        p2         |            |            |     |     |       | open   |
        p3         | 2024-03-19 | 2024-03-19 | 70  | 78  | 78    | counts | no
        """,
    )
    link(
        """
        date       | unit | patient | code
        2024-01-01 | HF1  | p1      | A26A
        2024-01-05 | HF1  | p1      | A26S
        2024-01-09 | HF1  | p1      | A26CK
        2024-01-20 | HF1  | p1      | A26P
        2024-03-19 | HF1  | p1      | A26FK
        2024-01-01 | HF1  | p2      | A26A
        2024-01-05 | HF1  | p2      | A26S
        2024-01-09 | HF1  | p2      | A26CK
        2024-01-20 | HF1  | p2      | A26P
        """,
        gives="""
        patient_id | treated    | ended      | OF3 | OF4 | share | why       | within
        p1         | 2024-03-19 | 2024-03-19 | 70  | 78  | 78    | postponed |
        p2         |            |            |     |     |       | open      |
        """,
    )


@rule("decision 9", "R11")
def test_the_diagnostic_pathway(link):
    """From start to decision, against OF1 and OF2 together: 22 days. OF3 and OF4 stay empty."""
    link(
        """
        date       | unit | patient | code  | message
        2024-01-01 | HF1  | p1      | C01A  |
        2024-01-10 | HF1  | p1      | C01S  |
        2024-01-23 | HF1  | p1      | C01CK |
        2024-01-01 | HF1  | p2      | C01A  |
        2024-01-24 | HF1  | p2      | C01CI |
        2024-01-01 | HF1  | p3      | C01A  |
        """,
        gives="""
        patient_id | OF1 | OF2 | OF3 | OF4 | of4_limit | share | limit | within | why
        p1         | 9   | 13  |     |     |           | 22    | 22    | yes    | counts
        p2         |     |     |     |     |           | 23    | 22    | no     | counts
        p3         |     |     |     |     |           |       | 22    |        | open
        """,
    )


@rule("decision 9", "R11")
def test_metastases_use_the_same_columns(link):
    """OF1 to OF4 as in the organ pathways; only the printed labels differ."""
    link(
        """
        date       | unit | code
        2024-01-01 | HF1  | B01A
        2024-01-08 | HF1  | B01S
        2024-01-22 | HF1  | B01CU
        2024-02-01 | HF1  | B01FM
        """,
        gives="""
        OF1 | OF2 | OF3 | OF4 | of1_limit | of2_limit | of3_limit | of4_limit | share | limit | within | why
        7   | 14  | 10  | 31  | 7         | 14        | 10        | 31        | 31    | 31    | yes    | counts
        """,
    )


@rule("R11")
def test_a_share_cannot_be_negative_here(link):
    """Treatment and decision always stand after the start; a negative time is one between attendance and decision, and
    leaves the share as it is. (`negative` is kept for families whose order allows it.)"""
    link(
        """
        date       | unit | code  | message
        2024-01-01 | HF1  | A26A  | 901
        2024-01-05 | HF1  | A26CK | 108
        2024-01-09 | HF1  | A26S  | 111
        2024-01-12 | HF1  | A26FK |
        """,
        gives="""
        OF2 | share | why
            | 11    | counts
        """,
    )
