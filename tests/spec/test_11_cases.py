"""Forty-one cases

Each case of the coding guides' work, told in codes and days, with what comes of it. HF1 is where the patient comes first.
"""

from __future__ import annotations

import pytest

rule = pytest.mark.rule


@rule("case 1")
def test_case_1_to_the_breast_diagnostic_centre(link):
    """The GP sends the patient to a breast diagnostic centre. The centre may code the start, on the day the referral
    reached the hospital, if it reports; imaging there is the first attendance. It is a place of its own hospital's trust."""
    link(
        """
        date       | unit      | code
        2024-03-01 | 922105294 | A01A
        2024-03-07 | 922105294 | A01S
        2024-03-14 | HF1       | A01CK
        2024-03-25 | HF1       | A01FK
        """,
        gives="""
        start      | trust     | OF1 | OF2 | OF3 | OF4 | within
        2024-03-01 | HF1 trust | 6   | 7   | 11  | 24  | yes
        """,
    )


@rule("case 2")
def test_case_2_found_by_screening(link):
    """The screening programme refers; the start is the day specialist care received it, not the day of the screening."""
    link(
        """
        date       | unit | code
        2024-03-04 | HF1  | A01A
        2024-03-08 | HF1  | A01S
        """,
        gives="""
        start      | OF1
        2024-03-04 | 4
        """,
    )


@rule("case 3")
def test_case_3_mere_suspicion_found_reasonable(link):
    """Received on the 1st and judged on the 4th: the start is the day it was received."""
    link(
        """
        date       | unit | code
        2024-03-01 | HF1  | A01A
        2024-03-08 | HF1  | A01S
        """,
        gives="""
        start      | OF1
        2024-03-01 | 7
        """,
    )


@rule("case 4")
def test_case_4_suspicion_while_another_disease_is_worked_up(link):
    """Worked up for COPD: start on the day suspicion of lung cancer arose, which may be the day of the attendance too."""
    link(
        """
        date       | unit | code
        2024-03-01 | HF1  | A26A
        2024-03-01 | HF1  | A26S
        """,
        gives="""
        start      | OF1
        2024-03-01 | 0
        """,
    )


@rule("case 5")
def test_case_5_cancer_found_while_another_disease_is_worked_up(link):
    """Worked up for bowel inflammation: all may fall on one day."""
    link(
        """
        date       | unit | code
        2024-03-01 | HF1  | A12A
        2024-03-01 | HF1  | A12S
        2024-03-01 | HF1  | A12CK
        2024-03-15 | HF1  | A12FK
        """,
        gives="""
        OF1 | OF2 | OF3 | OF4 | messages
        0   | 0   | 14  | 14  |
        """,
    )


@rule("case 6", "case 7")
def test_case_6_and_7_recurrence(link):
    """Suspected at a control, or by symptoms under later treatment: the earlier pathway ended with its treatment, so the
    start on the day suspicion arose opens a new one."""
    link(
        """
        date       | unit | code
        2022-03-01 | HF1  | A01A
        2022-03-06 | HF1  | A01S
        2022-03-14 | HF1  | A01CK
        2022-03-25 | HF1  | A01FK
        2024-09-02 | HF1  | A01A
        2024-09-05 | HF1  | A01S
        """,
        gives="""
        episode | start      | end | OF1 | messages
        1       | 2022-03-01 | FK  | 5   |
        2       | 2024-09-02 |     | 3   |
        """,
    )


@rule("case 8")
def test_case_8_referred_by_phone(link):
    """Brain cancer: the day of the call is the day of receipt; the letter that follows is not coded again."""
    link(
        """
        date       | unit | code | message
        2024-03-01 | HF1  | A23A |
        2024-03-04 | HF1  | A23A | 102
        2024-03-05 | HF1  | A23S |
        """,
        gives="""
        start      | OF1
        2024-03-01 | 4
        """,
    )


@rule("case 9")
def test_case_9_transfer_during_work_up(link):
    """HF1 registers start, attendance and transfer; HF2 its own start, decision and treatment, and no new attendance."""
    link(
        """
        date       | unit | code
        2024-03-01 | HF1  | A12A
        2024-03-06 | HF1  | A12S
        2024-03-12 | HF1  | A12O
        2024-03-13 | HF2  | A12A
        2024-03-20 | HF2  | A12CK
        2024-04-02 | HF2  | A12FK
        """,
        gives="""
        start      | trust     | first_attendance_institution | decision_institution | treatment_institution | OF4
        2024-03-01 | HF1 trust | HF1                          | HF2                  | HF2                   | 32
        """,
    )


@rule("case 10")
def test_case_10_transfer_after_the_decision(link):
    """Decided at HF1, treated at HF2."""
    link(
        """
        date       | unit | code
        2024-03-01 | HF1  | A12A
        2024-03-06 | HF1  | A12S
        2024-03-12 | HF1  | A12CK
        2024-03-12 | HF1  | A12O
        2024-03-13 | HF2  | A12A
        2024-03-26 | HF2  | A12FK
        """,
        gives="""
        OF1 | OF2 | OF3 | OF4 | transferred | messages
        5   | 6   | 14  | 25  | yes         |
        """,
    )


@rule("case 11")
def test_case_11_sent_out_for_an_examination_only(link):
    """PET or a second opinion elsewhere: responsibility stays, so there is neither O nor A at the other place."""
    link(
        """
        date       | unit | code
        2024-03-01 | HF1  | A26A
        2024-03-06 | HF1  | A26S
        2024-03-20 | HF1  | A26CK
        """,
        gives="""
        transferred | institutions
        no          | 1
        """,
    )


@rule("case 12")
def test_case_12_passed_on_unread(link):
    """The referral was meant for another trust: OF1 still runs from HF1's start."""
    link(
        """
        date       | unit | code
        2024-03-01 | HF1  | A12A
        2024-03-02 | HF1  | A12O
        2024-03-04 | HF2  | A12A
        2024-03-08 | HF2  | A12S
        """,
        gives="""
        start      | trust     | OF1 | transferred
        2024-03-01 | HF1 trust | 7   | yes
        """,
    )


@rule("case 13")
def test_case_13_back_for_treatment(link):
    """HF2 sends the patient back, HF1 registers the new receipt and treats."""
    link(
        """
        date       | unit | code
        2024-03-01 | HF1  | A12A
        2024-03-06 | HF1  | A12S
        2024-03-08 | HF1  | A12O
        2024-03-10 | HF2  | A12A
        2024-03-18 | HF2  | A12CK
        2024-03-18 | HF2  | A12O
        2024-03-20 | HF1  | A12A
        2024-03-29 | HF1  | A12FK
        """,
        gives="""
        episode | OF1 | OF2 | OF3 | OF4 | trusts | treatment_institution | messages
        1       | 5   | 12  | 11  | 28  | 2      | HF1                   |
        """,
    )


@rule("case 14", "case 15")
def test_case_14_and_15_cancer_found(link):
    """CK on the day the decision is made, by preference the day it is final with the patient; the meeting before it has no
    code."""
    link(
        """
        date       | unit | code
        2024-03-01 | HF1  | A20A
        2024-03-05 | HF1  | A20S
        2024-03-14 | HF1  | A20CK
        """,
        gives="""
        decision | decided    | OF2 | end
        K        | 2024-03-14 | 9   |
        """,
    )


@rule("case 16")
def test_case_16_no_disease(link):
    """Cancer disproved: CI ends the pathway."""
    link(
        """
        date       | unit | code
        2024-03-01 | HF1  | A20A
        2024-03-05 | HF1  | A20S
        2024-03-08 | HF1  | A20CI
        """,
        gives="""
        decision | end | OF2 | why
        I        | CI  | 3   | not_treated
        """,
    )


@rule("case 17")
def test_case_17_another_disease(link):
    """CA ends the pathway."""
    link(
        """
        date       | unit | code
        2024-03-01 | HF1  | A12A
        2024-03-05 | HF1  | A12S
        2024-03-08 | HF1  | A12CA
        """,
        gives="""
        decision | end | OF2 | why
        A        | CA  | 3   | not_treated
        """,
    )


@rule("case 18")
def test_case_18_from_one_organ_to_another(link):
    """CM ends the first; the right one starts on the day its suspicion arose, with an attendance of its own."""
    link(
        """
        date       | unit | code
        2024-03-01 | HF1  | A20A
        2024-03-05 | HF1  | A20S
        2024-03-11 | HF1  | A20CM
        2024-03-11 | HF1  | A21A
        2024-03-14 | HF1  | A21S
        """,
        gives="""
        pathway | start      | end | OF1 | OF2
        A20     | 2024-03-01 | CM  | 4   | 6
        A21     | 2024-03-11 |     | 3   |
        """,
    )


@rule("case 19")
def test_case_19_from_the_diagnostic_pathway_to_an_organ(link):
    """C01CK ends it; the organ's pathway starts the same day."""
    link(
        """
        date       | unit | code
        2024-03-01 | HF1  | C01A
        2024-03-05 | HF1  | C01S
        2024-03-15 | HF1  | C01CK
        2024-03-15 | HF1  | A07A
        """,
        gives="""
        pathway | start      | end | share | within
        A07     | 2024-03-15 |     |       |
        C01     | 2024-03-01 | CK  | 14    | yes
        """,
    )


@rule("case 20")
def test_case_20_from_the_diagnostic_pathway_to_metastases(link):
    """C01CU ends it; B01A starts the next."""
    link(
        """
        date       | unit | code
        2024-03-01 | HF1  | C01A
        2024-03-05 | HF1  | C01S
        2024-03-15 | HF1  | C01CU
        2024-03-15 | HF1  | B01A
        """,
        gives="""
        pathway | start      | end
        B01     | 2024-03-15 |
        C01     | 2024-03-01 | CU
        """,
    )


@rule("case 21")
def test_case_21_from_metastases_to_an_organ(link):
    """The origin was found: B01CK ends it."""
    link(
        """
        date       | unit | code
        2024-03-01 | HF1  | B01A
        2024-03-05 | HF1  | B01S
        2024-03-15 | HF1  | B01CK
        2024-03-15 | HF1  | A26A
        """,
        gives="""
        pathway | start      | end
        A26     | 2024-03-15 |
        B01     | 2024-03-01 | CK
        """,
    )


@rule("case 22")
def test_case_22_from_an_organ_to_metastases(link):
    """No origin found: organ pathways have no CU, so CM, and then B01A."""
    link(
        """
        date       | unit | code  | message
        2024-03-01 | HF1  | A26A  |
        2024-03-05 | HF1  | A26S  |
        2024-03-14 | HF1  | A26CU | 101
        2024-03-15 | HF1  | A26CM |
        2024-03-15 | HF1  | B01A  |
        """,
        gives="""
        pathway | start      | end
        A26     | 2024-03-01 | CM
        B01     | 2024-03-15 |
        """,
    )


@rule("case 23")
def test_case_23_metastases_treated(link):
    """B01CU, then the treatment."""
    link(
        """
        date       | unit | code
        2024-03-01 | HF1  | B01A
        2024-03-05 | HF1  | B01S
        2024-03-15 | HF1  | B01CU
        2024-03-25 | HF1  | B01FM
        """,
        gives="""
        decision | treatment | OF3 | OF4 | within
        U        | M         | 10  | 24  | yes
        """,
    )


@rule("case 24")
def test_case_24_operated_during_the_work_up(link):
    """The operation is the first treatment: decision and treatment both on its day, entered when histology is known."""
    link(
        """
        date       | unit | code
        2024-03-01 | HF1  | A38A
        2024-03-05 | HF1  | A38S
        2024-03-12 | HF1  | A38CK
        2024-03-12 | HF1  | A38FK
        """,
        gives="""
        OF2 | OF3 | OF4 | messages
        7   | 0   | 11  |
        """,
    )


@rule("case 25")
def test_case_25_surveillance(link):
    """Prostate: the day of the talk with the patient. It has a limit there and counts."""
    link(
        """
        date       | unit | code
        2024-03-01 | HF1  | A16A
        2024-03-08 | HF1  | A16S
        2024-03-28 | HF1  | A16CK
        2024-04-02 | HF1  | A16FO
        """,
        gives="""
        treatment | OF3 | OF4 | why
        O         | 5   | 32  | counts
        """,
    )


@rule("case 26")
def test_case_26_no_treatment(link):
    """FI on the day of the talk: an end, with no limit to judge."""
    link(
        """
        date       | unit | code
        2024-03-01 | HF1  | A16A
        2024-03-08 | HF1  | A16S
        2024-03-28 | HF1  | A16CK
        2024-04-02 | HF1  | A16FI
        """,
        gives="""
        treatment | end | OF4 | why
        I         | FI  | 32  | no_limit
        """,
    )


@rule("case 27")
def test_case_27_relief(link):
    """FL on the first treatment day: an end, with no limit to judge."""
    link(
        """
        date       | unit | code
        2024-03-01 | HF1  | A07A
        2024-03-08 | HF1  | A07S
        2024-03-20 | HF1  | A07CK
        2024-03-25 | HF1  | A07FL
        """,
        gives="""
        treatment | end | OF4 | why
        L         | FL  | 24  | no_limit
        """,
    )


@rule("case 28")
def test_case_28_medical_treatment_before_the_operation(link):
    """The first treatment decides, on its first day; the operation after it is not coded, and superfluous if it is."""
    link(
        """
        date       | unit | code  | message
        2024-03-01 | HF1  | A01A  |
        2024-03-05 | HF1  | A01S  |
        2024-03-12 | HF1  | A01CK |
        2024-03-20 | HF1  | A01FM |
        2024-08-20 | HF1  | A01FK | 113
        """,
        gives="""
        treatment | OF4 | limit
        M         | 19  | 29
        """,
    )


@rule("case 29")
def test_case_29_the_patient_wants_no_more(link):
    """X on the day of the decision to break off."""
    link(
        """
        date       | unit | code
        2024-03-01 | HF1  | A01A
        2024-03-05 | HF1  | A01S
        2024-03-08 | HF1  | A01X
        """,
        gives="""
        end | ended      | why
        X   | 2024-03-08 | not_treated
        """,
    )


@rule("case 30")
def test_case_30_abroad_or_private(link):
    """X. Where a private clinic is a set part of the pathway, it codes on as a link in it."""
    link(
        """
        date       | unit      | patient | code  | message
        2024-03-01 | HF1       | abroad  | A01A  |
        2024-03-08 | HF1       | abroad  | A01X  |
        2024-03-01 | HF1       | private | A01A  |
        2024-03-02 | HF1       | private | A01O  |
        2024-03-04 | 974207532 | private | A01A  |
        2024-03-06 | 974207532 | private | A01S  |
        """,
        gives="""
        patient_id | end | trusts | OF1
        abroad     | X   | 1      |
        private    |     | 2      | 5
        """,
    )


@rule("case 31")
def test_case_31_death_before_treatment(link):
    """X on the day of death."""
    link(
        """
        date       | unit | code
        2024-03-01 | HF1  | A26A
        2024-03-05 | HF1  | A26S
        2024-03-20 | HF1  | A26CK
        2024-03-24 | HF1  | A26X
        """,
        gives="""
        end | OF2 | OF3 | OF4 | why
        X   | 15  |     |     | not_treated
        """,
    )


@rule("case 32")
def test_case_32_the_patient_postpones_treatment(link):
    """P, then F when it starts: the times are told, the episode stays out of the share."""
    link(
        """
        date       | unit | code
        2024-03-01 | HF1  | A26A
        2024-03-05 | HF1  | A26S
        2024-03-20 | HF1  | A26CK
        2024-03-22 | HF1  | A26P
        2024-05-02 | HF1  | A26FK
        """,
        gives="""
        postponed | OF3 | OF4 | why
        yes       | 43  | 62  | postponed
        """,
    )


@rule("case 33")
def test_case_33_the_patient_postpones_the_attendance(link):
    """There is no national code for it: the attendance is on the day the patient came, and the time is as long as it
    was."""
    link(
        """
        date       | unit | code
        2024-03-01 | HF1  | A26A
        2024-03-20 | HF1  | A26S
        """,
        gives="""
        OF1 | of1_limit | postponed
        19  | 7         | no
        """,
    )


@rule("case 34")
def test_case_34_made_a_pathway_at_assessment(link):
    """The start is the day the referral was received."""
    link(
        """
        date       | unit | code
        2024-03-01 | HF1  | A15A
        """,
        gives="""
        start
        2024-03-01
        """,
    )


@rule("case 35")
def test_case_35_taken_out_at_assessment(link):
    """Before the start was entered: nothing. Entered by mistake: withdrawn at the source. Taken out by a doctor: X that
    day."""
    link(
        """
        date       | unit | patient | id | registered | code
        2024-03-01 | HF1  | mistake | 1  | 2024-03-01 | A15A
                   | HF1  | mistake | 1  | 2024-03-04 |
        2024-03-01 | HF1  | doctor  | 2  | 2024-03-01 | A15A
        2024-03-04 | HF1  | doctor  | 3  | 2024-03-04 | A15X
        """,
        gives="""
        patient_id | start      | end
        doctor     | 2024-03-01 | X
        """,
    )


@rule("case 36")
def test_case_36_two_cancers_at_once(link):
    """One pathway of each kind, side by side; none ends the other."""
    link(
        """
        date       | unit | code
        2024-03-01 | HF1  | A12A
        2024-03-04 | HF1  | A16A
        2024-03-05 | HF1  | A12S
        2024-03-08 | HF1  | A12CI
        2024-03-12 | HF1  | A16S
        """,
        gives="""
        pathway | end | OF1
        A12     | CI  | 4
        A16     |     | 8
        """,
    )


@rule("case 37")
def test_case_37_two_cancers_of_one_kind(link):
    """While one is open the second tumour joins it; after the end a start opens a new pathway."""
    link(
        """
        date       | unit | code  | message
        2024-03-01 | HF1  | A38A  |
        2024-03-04 | HF1  | A38A  | 102
        2024-03-05 | HF1  | A38S  |
        2024-03-05 | HF1  | A38CK |
        2024-03-05 | HF1  | A38FK |
        2024-07-01 | HF1  | A38A  |
        """,
        gives="""
        episode | start      | end
        1       | 2024-03-01 | FK
        2       | 2024-07-01 |
        """,
    )


@rule("case 38")
def test_case_38_worked_up_by_a_contract_specialist_before(link):
    """AA instead of A: the start is the day the hospital received the referral, and the episode is marked."""
    link(
        """
        date       | unit | code
        2024-03-01 | HF1  | A38AA
        2024-03-05 | HF1  | A38S
        2024-03-05 | HF1  | A38CK
        """,
        gives="""
        start      | via_specialist | OF1
        2024-03-01 | yes            | 4
        """,
    )


@rule("case 39")
def test_case_39_the_attendance_is_at_a_contract_specialist(link):
    """Within the pathway: S on that day; the hospital sees to it that it is coded."""
    link(
        """
        date       | unit | code
        2024-03-01 | HF1  | A38A
        2024-03-04 | HF1  | A38S
        """,
        gives="""
        via_specialist | OF1
        no             | 3
        """,
    )


@rule("case 40")
def test_case_40_a_child(link):
    """Under 18 in A30; a code in another pathway is warned about."""
    link(
        """
        date       | unit | code  | message
        2024-03-01 | HF1  | A30A  |
        2024-03-01 | HF1  | A30S  |
        2024-03-01 | HF1  | A06A  | 117
        """,
        patients="""
        patient | born
        p1      | 2014-10-10
        """,
        gives="""
        pathway | messages
        A06     | 117
        A30     |
        """,
    )


@rule("case 41")
def test_case_41_coded_late_or_corrected(link):
    """Entered with the true day, whenever that is; the corrected row supersedes the old."""
    link(
        """
        date       | unit | id | registered | code
        2024-03-01 | HF1  | 1  | 2024-05-20 | A01A
        2024-03-05 | HF1  | 2  | 2024-05-20 | A01S
        2024-03-06 | HF1  | 2  | 2024-06-02 | A01S
        """,
        gives="""
        start      | attendance | OF1
        2024-03-01 | 2024-03-06 | 5
        """,
    )


# --- worked examples that could be read in full -----------------------------------------------------------------------


def test_worked_example_prostate_at_one_hospital(link):
    """Received on day 0 and assessed on day 1; attendance and biopsy day 5; decided in the meeting on day 20. The limits
    are attendance by day 10, decision within 24 days of it, radiotherapy 32 days after the decision: day 52."""
    link(
        """
        date       | unit | code
        2016-02-01 | HF1  | A16A
        2016-02-06 | HF1  | A16S
        2016-02-06 | HF1  | A16B
        2016-02-21 | HF1  | A16CK
        2016-03-24 | HF1  | A16FS
        """,
        gives="""
        OF1 | of1_limit | OF2 | of2_limit | OF3 | of3_limit | OF4 | of4_limit | messages
        5   | 10        | 15  | 24        | 32  | 32        | 52  | 66        |
        """,
    )


def test_worked_example_breast_transferred_in(link):
    """Innlandet started four days earlier and sent the patient on; Oslo registers its own start. Time runs from
    Innlandet's."""
    link(
        """
        date       | unit      | code
        2016-02-01 | Elverum   | A01A
        2016-02-05 | Elverum   | A01O
        2016-02-05 | ous       | A01A
        2016-02-09 | ous       | A01S
        """,
        gives="""
        trust     | OF1 | transferred | messages
        Innlandet | 8   | yes         |
        """,
    )


def test_worked_example_prostate_referred_onward(link):
    """Received 20 December 2017, sent on six days later, seen and decided at the receiver."""
    link(
        """
        date       | unit | code
        2017-12-20 | HF1  | A16A
        2017-12-26 | HF1  | A16O
        2017-12-27 | HF2  | A16A
        2017-12-27 | HF2  | A16S
        2017-12-29 | HF2  | A16CK
        """,
        gives="""
        OF1 | OF2 | trusts
        7   | 2   | 2
        """,
    )
