"""Thirty-two vectors

Short histories made from the rules, each with the times, the end and the messages it must give. Units are trusts that
the patient comes to in turn: HF1 first.
"""

from __future__ import annotations

import pytest

rule = pytest.mark.rule


@rule("T1")
def test_t1_a_whole_pathway_at_one_hospital(link):
    """Start, attendance, decision and surgery: 5, 8, 11 and 24 days, and no messages."""
    link(
        """
        date       | unit | code
        2024-03-01 | HF1  | A01A
        03-06      | HF1  | A01S
        03-14      | HF1  | A01CK
        03-25      | HF1  | A01FK
        """,
        gives="""
        pathway | start      | end | OF1 | OF2 | OF3 | OF4 | messages
        A01     | 2024-03-01 | FK  | 5   | 8   | 11  | 24  |
        """,
    )


@rule("T2")
def test_t2_sent_on_during_the_work_up(link):
    """One pathway over two trusts; it belongs to the first, and time runs from the first start."""
    link(
        """
        date       | unit | code
        2024-05-02 | HF1  | A12A
        05-08      | HF1  | A12S
        05-15      | HF1  | A12O
        05-16      | HF2  | A12A
        05-24      | HF2  | A12CK
        06-05      | HF2  | A12FK
        """,
        gives="""
        pathway | start      | trust     | trusts | transferred | OF1 | OF2 | OF3 | OF4 | messages
        A12     | 2024-05-02 | HF1 trust | 2      | yes         | 6   | 16  | 12  | 34  |
        """,
    )


@rule("T3")
def test_t3_sent_on_after_the_decision(link):
    """Decided at the first hospital and sent the same day; radiotherapy at the second: 7, 2, 21 and 30 days."""
    link(
        """
        date       | unit | code
        2017-12-20 | HF1  | A16A
        12-27      | HF1  | A16S
        12-29      | HF1  | A16CK
        12-29      | HF1  | A16O
        2018-01-02 | HF2  | A16A
        01-19      | HF2  | A16FS
        """,
        gives="""
        pathway | start      | end | OF1 | OF2 | OF3 | OF4 | messages
        A16     | 2017-12-20 | FS  | 7   | 2   | 21  | 30  |
        """,
    )


@rule("T4")
def test_t4_the_start_is_the_day_of_receipt(link):
    """The referral was assessed on 4 March; the start stays the day it was received, and the result that of T1."""
    link(
        """
        date       | unit | code
        2024-03-01 | HF1  | A01A
        03-06      | HF1  | A01S
        03-14      | HF1  | A01CK
        03-25      | HF1  | A01FK
        """,
        gives="""
        start      | OF1 | OF2 | OF3 | OF4
        2024-03-01 | 5   | 8   | 11  | 24
        """,
    )


@rule("T5")
def test_t5_treatment_after_another_disease_was_found(link):
    """CA ended the pathway: the treatment gets 112 and gives no times."""
    link(
        """
        date       | unit | code  | message
        2024-01-02 | HF1  | A14A  |
        01-10      | HF1  | A14S  |
        01-20      | HF1  | A14CA |
        02-01      | HF1  | A14FK | 112
        """,
        gives="""
        pathway | end | ended      | OF1 | OF2 | OF3 | OF4 | messages
        A14     | CA  | 2024-01-20 | 8   | 10  |     |     | 112
        """,
    )


@rule("T6")
def test_t6_no_disease_found_on_the_papers(link):
    """CI may end a pathway without an attendance."""
    link(
        """
        date       | unit | code
        2024-01-02 | HF1  | A20A
        01-05      | HF1  | A20CI
        """,
        gives="""
        pathway | end | OF1 | OF2 | messages
        A20     | CI  |     |     |
        """,
    )


@rule("T7")
def test_t7_cancer_found_without_an_attendance(link):
    """CK asks for an earlier S."""
    link(
        """
        date       | unit | code  | message
        2024-01-02 | HF1  | A20A  |
        01-05      | HF1  | A20CK | 108
        """,
        gives="""
        pathway | end | decided    | messages
        A20     |     | 2024-01-05 | 108
        """,
    )


@rule("T8")
def test_t8_treatment_without_attendance_and_decision(link):
    """F asks for S and C; it ends the pathway all the same."""
    link(
        """
        date       | unit | code  | message
        2024-01-02 | HF1  | A26A  |
        01-20      | HF1  | A26FM | 109
        """,
        gives="""
        pathway | end | OF1 | OF2 | OF3 | OF4 | messages
        A26     | FM  |     |     |     | 18  | 109
        """,
    )


@rule("T9")
def test_t9_treatment_without_a_decision(link):
    """With an S, the F lacks only the C; from start to treatment is 18 days."""
    link(
        """
        date       | unit | code  | message
        2024-01-02 | HF1  | A26A  |
        01-05      | HF1  | A26S  |
        01-20      | HF1  | A26FM | 110
        """,
        gives="""
        pathway | end | OF1 | OF2 | OF3 | OF4 | messages
        A26     | FM  | 3   |     |     | 18  | 110
        """,
    )


@rule("T10")
def test_t10_attendance_after_the_decision(link):
    """A time cannot be negative: from attendance to decision is left empty, and the opening row is flagged."""
    link(
        """
        date       | unit | code  | message
        2024-01-02 | HF1  | A26A  | 901
        01-10      | HF1  | A26CK | 108
        01-12      | HF1  | A26S  | 111
        """,
        gives="""
        pathway | end | OF1 | OF2 | messages
        A26     |     | 10  |     | 108 111 901
        """,
    )


@rule("T11")
def test_t11_no_start_at_all(link):
    """An attendance with no start code belongs to no pathway."""
    link(
        """
        date       | unit | code | message
        2024-01-05 | HF1  | A26S | 105
        """,
        gives="pathway",
    )


@rule("T12")
def test_t12_attendance_before_the_start(link):
    """The early code is left out; the pathway begins with its start."""
    link(
        """
        date       | unit | code | message | used
        2024-01-05 | HF1  | A26S | 106     | no
        01-08      | HF1  | A26A |         |
        """,
        gives="""
        pathway | start      | attendance | messages
        A26     | 2024-01-08 |            |
        """,
    )


@rule("T13")
def test_t13_the_same_start_twice(link):
    """The second is the same registration once more."""
    link(
        """
        date       | unit | code | message | used
        2024-03-01 | HF1  | A01A |         |
        2024-03-01 | HF1  | A01A | 102     | no
        """,
        gives="""
        pathway | start      | messages
        A01     | 2024-03-01 | 102
        """,
    )


@rule("T14")
def test_t14_attendance_after_the_break_off(link):
    """X ended the pathway."""
    link(
        """
        date       | unit | code | message
        2024-03-01 | HF1  | A01A |
        03-05      | HF1  | A01X |
        03-06      | HF1  | A01S | 114
        """,
        gives="""
        pathway | end | ended      | attendance | messages
        A01     | X   | 2024-03-05 |            | 114
        """,
    )


@rule("T15")
def test_t15_a_new_start_after_the_end(link):
    """A start after the end opens a second pathway of the same kind."""
    link(
        """
        date       | unit | code
        2024-03-01 | HF1  | A01A
        03-06      | HF1  | A01S
        03-14      | HF1  | A01CK
        03-25      | HF1  | A01FK
        2026-02-02 | HF1  | A01A
        """,
        gives="""
        pathway | episode | start      | end
        A01     | 1       | 2024-03-01 | FK
        A01     | 2       | 2026-02-02 |
        """,
    )


@rule("T16")
def test_t16_a_second_treatment(link):
    """Only the first treatment counts; the next is superfluous."""
    link(
        """
        date       | unit | code  | message
        2024-03-01 | HF1  | A01A  |
        03-06      | HF1  | A01S  |
        03-14      | HF1  | A01CK |
        03-25      | HF1  | A01FK |
        05-02      | HF1  | A01FS | 113
        """,
        gives="""
        pathway | treatment | treated    | messages
        A01     | K         | 2024-03-25 | 113
        """,
    )


@rule("T17")
def test_t17_from_the_diagnostic_pathway_to_lung_cancer(link):
    """C01CK ends the diagnostic pathway; the lung pathway has its own start and attendance."""
    link(
        """
        date       | unit | code
        2024-02-01 | HF1  | C01A
        02-07      | HF1  | C01S
        02-20      | HF1  | C01CK
        02-20      | HF1  | A26A
        02-21      | HF1  | A26S
        """,
        gives="""
        pathway | start      | end | OF1 | OF2
        A26     | 2024-02-20 |     | 1   |
        C01     | 2024-02-01 | CK  | 6   | 13
        """,
    )


@rule("T18")
def test_t18_metastases_treated(link):
    """In the pathway of metastases the treatment follows CU."""
    link(
        """
        date       | unit | code
        2024-02-01 | HF1  | B01A
        02-07      | HF1  | B01S
        02-20      | HF1  | B01CU
        02-27      | HF1  | B01FM
        """,
        gives="""
        pathway | end | OF1 | OF2 | OF3 | OF4 | messages
        B01     | FM  | 6   | 13  | 7   | 26  |
        """,
    )


@rule("T19")
def test_t19_metastases_whose_origin_was_found(link):
    """B01CK ends the pathway: treatment belongs to the organ's own pathway."""
    link(
        """
        date       | unit | code  | message
        2024-02-01 | HF1  | B01A  |
        02-07      | HF1  | B01S  |
        02-20      | HF1  | B01CK |
        02-27      | HF1  | B01FM | 112
        """,
        gives="""
        pathway | end | treatment | messages
        B01     | CK  |           | 112
        """,
    )


@rule("T20", "T21", "T22", "T23")
def test_t20_to_t23_codes_that_no_list_knows(link):
    """CM is not in the metastases' list, F not in the diagnostic one, CU in no organ's; A01F1 is Danish, A27 no pathway,
    and small letters are not codes."""
    link(
        """
        date       | unit | code  | message
        2024-01-02 | HF1  | B01CM | 101
        2024-01-02 | HF1  | C01FK | 101
        2024-01-02 | HF1  | A01CU | 101
        2024-01-02 | HF1  | A01F1 | 101
        2024-01-02 | HF1  | A27A  | 101
        2024-01-02 | HF1  | a01a  | 101
        """,
        gives="pathway",
    )


@rule("T24")
def test_t24_a_pathway_that_was_taken_out(link):
    """Acute leukaemia was taken out on 1 May 2021."""
    link(
        """
        date       | unit | code | message
        2021-05-03 | HF1  | A05A | 120
        """,
        gives="pathway",
    )


@rule("T25")
def test_t25_the_biopsy_code_has_lapsed(link):
    """Valid in 2016, when it stands outside all times; lapsed in 2018."""
    link(
        """
        date       | unit | code | message | used
        2016-05-20 | HF1  | A01A |         |
        06-01      | HF1  | A01B |         |
        2018-06-01 | HF1  | A01B | 120     | no
        """,
        gives="""
        pathway | start      | OF1 | OF2 | OF3 | OF4 | messages
        A01     | 2016-05-20 |     |     |     |     |
        """,
    )


@rule("T26")
def test_t26_pathways_that_had_not_begun(link):
    """Thyroid and metastases began on 1 September 2015, the diagnostic pathway on 1 May."""
    link(
        """
        date       | unit | code | message
        2015-06-01 | HF1  | A37A | 115
        2015-06-01 | HF1  | B01A | 103
        2015-03-01 | HF1  | C01A | 104
        """,
        gives="pathway",
    )


@rule("T27")
def test_t27_children_and_adults(link):
    """19 years in the children's pathway; 17 in the lung pathway; the children's pathway on the 18th birthday."""
    link(
        """
        date       | unit | patient | code | message
        2024-01-02 | HF1  | p19     | A30A | 116
        2024-01-02 | HF1  | p17     | A26A | 117
        2024-01-02 | HF1  | p18     | A30A | 116
        """,
        patients="""
        patient | born
        p19     | 2004-06-15
        p17     | 2006-06-15
        p18     | 2006-01-02
        """,
    )


@rule("T28")
def test_t28_treatment_postponed_by_the_patient(link):
    """P is a mark: times are computed to the treatment, and the episode says that the patient postponed it."""
    link(
        """
        date       | unit | code
        2024-03-01 | HF1  | A01A
        03-06      | HF1  | A01S
        03-14      | HF1  | A01CK
        03-20      | HF1  | A01P
        04-25      | HF1  | A01FK
        """,
        gives="""
        pathway | OF1 | OF2 | OF3 | OF4 | postponed | why       | messages
        A01     | 5   | 8   | 42  | 55  | yes       | postponed |
        """,
    )


@rule("T29")
def test_t29_begun_at_a_contract_specialist(link):
    """AA starts the pathway, and the same day is in order."""
    link(
        """
        date       | unit | code
        2024-06-03 | HF1  | A38AA
        06-05      | HF1  | A38S
        06-05      | HF1  | A38CK
        06-05      | HF1  | A38FK
        """,
        gives="""
        pathway | OF1 | OF2 | OF3 | OF4 | via_specialist | messages
        A38     | 2   | 0   | 0   | 2   | yes            |
        """,
    )


@rule("T30")
def test_t30_surveillance_of_prostate_cancer(link):
    """Prostate has a limit for surveillance, so the episode counts in the share."""
    link(
        """
        date       | unit | code
        2024-01-08 | HF1  | A16A
        01-16      | HF1  | A16S
        02-05      | HF1  | A16CK
        02-07      | HF1  | A16FO
        """,
        gives="""
        pathway | end | OF1 | OF2 | OF3 | OF4 | why    | within
        A16     | FO  | 8   | 20  | 2   | 30  | counts | yes
        """,
    )


@rule("T31")
def test_t31_there_and_back_again(link):
    """HF2 sent the patient back, so the second start at HF1 is no duplicate."""
    link(
        """
        date       | unit | code
        2024-05-02 | HF1  | A12A
        05-10      | HF1  | A12O
        05-13      | HF2  | A12A
        05-20      | HF2  | A12O
        05-21      | HF1  | A12A
        """,
        gives="""
        pathway | start      | trusts | end | messages
        A12     | 2024-05-02 | 2      |     |
        """,
    )


@rule("T32")
def test_t32_a_code_without_a_date(link):
    """A code without its day cannot be used."""
    link(
        """
        date | unit | code | message | used
             | HF1  | A15A | 107     | no
        """,
        gives="pathway",
    )
