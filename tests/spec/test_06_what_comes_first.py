"""What must come first

Nothing is counted before the start. A decision on cancer asks for an attendance, a treatment for an attendance and a
decision. What is asked for must have been used, and stand no later.
"""

from __future__ import annotations

import pytest

rule = pytest.mark.rule


@rule("105", "R6", "R14")
def test_a_code_without_any_start(link):
    """105: there is no start of the kind at all. A start of another kind helps nothing, and the rows belong to no
    episode."""
    story = link(
        """
        date       | unit | code  | message | used
        2024-03-01 | HF1  | A26A  |         |
        2024-03-05 | HF1  | A26S  |         |
        2024-03-05 | HF1  | A01S  | 105     | no
        2024-03-05 | HF1  | A01CK | 105     | no
        2024-03-05 | HF1  | A01CA | 105     | no
        2024-03-05 | HF1  | A01O  | 105     | no
        2024-03-05 | HF1  | A01P  | 105     | no
        2024-03-05 | HF1  | A01FK | 105     | no
        2024-03-05 | HF1  | A01X  | 105     | no
        """,
        gives="""
        pathway | messages
        A26     |
        """,
    )
    assert {message["episode"] for message in story.messages} == {""}


@rule("106", "R6")
def test_codes_before_the_first_start(link):
    """106 when a start follows, of either kind; the same day is in order."""
    link(
        """
        date       | unit | patient | code  | message | used
        2024-03-01 | HF1  | p1      | A01S  | 106     | no
        2024-03-02 | HF1  | p1      | A01CK | 106     | no
        2024-03-05 | HF1  | p1      | A01A  |         |
        2024-03-01 | HF1  | p2      | A01S  | 106     | no
        2024-03-05 | HF1  | p2      | A01AA |         |
        2024-03-05 | HF1  | p3      | A01S  |         |
        2024-03-05 | HF1  | p3      | A01A  |         |
        """,
    )


@rule("105", "R3", "R6")
def test_a_start_that_was_set_aside_is_no_start(link):
    """The only start has no day, so the attendance lacks one altogether."""
    link(
        """
        date       | unit | code | message
        2024-03-01 | HF1  | A01S | 105
                   | HF1  | A01A | 107
        """,
    )


@rule("106", "112", "R6")
def test_between_two_pathways_a_code_belongs_to_the_one_that_ended(link):
    """After an end a code is superfluous, not early, though another start follows."""
    link(
        """
        date       | unit | code  | message
        2024-03-01 | HF1  | A01A  |
        2024-03-05 | HF1  | A01CI |
        2024-03-10 | HF1  | A01S  | 112
        2024-08-01 | HF1  | A01A  |
        """,
        gives="""
        episode | attendance | messages
        1       |            | 112
        2       |            |
        """,
    )


@rule("108", "R7")
def test_cancer_found_asks_for_an_attendance(link):
    """108 in organ pathways, for CK only; an attendance the same day is enough, one the day after is not."""
    link(
        """
        date       | unit | patient | code  | message
        2024-03-01 | HF1  | p1      | A01A  |
        2024-03-08 | HF1  | p1      | A01CK | 108
        2024-03-01 | HF1  | p2      | A01A  |
        2024-03-08 | HF1  | p2      | A01CK |
        2024-03-08 | HF1  | p2      | A01S  |
        2024-03-01 | HF1  | p3      | A01A  | 901
        2024-03-08 | HF1  | p3      | A01CK | 108
        2024-03-09 | HF1  | p3      | A01S  | 111
        """,
    )


@rule("108")
def test_other_decisions_of_organ_pathways_may_be_made_on_the_papers(link):
    """The register asks for no attendance before them."""
    link(
        """
        date       | unit | patient | code  | message
        2024-03-01 | HF1  | p1      | A01A  |
        2024-03-08 | HF1  | p1      | A01CM |
        2024-03-01 | HF1  | p2      | A01A  |
        2024-03-08 | HF1  | p2      | A01CA |
        2024-03-01 | HF1  | p3      | A01A  |
        2024-03-08 | HF1  | p3      | A01CI |
        2024-03-01 | HF1  | p4      | A01A  |
        2024-03-08 | HF1  | p4      | A01CK | 108
        """,
    )


@rule("118", "R7")
def test_decisions_on_metastases_ask_for_an_attendance(link):
    """118 for CK and CU (CD until 2016); not for CA and CI. With an attendance none."""
    link(
        """
        date       | unit | patient | code  | message
        2016-03-01 | HF1  | p1      | B01A  |
        2016-03-08 | HF1  | p1      | B01CK | 118
        2016-03-01 | HF1  | p2      | B01A  |
        2016-03-08 | HF1  | p2      | B01CU | 118
        2016-03-01 | HF1  | p3      | B01A  |
        2016-03-08 | HF1  | p3      | B01CD | 118
        2016-03-01 | HF1  | p4      | B01A  |
        2016-03-08 | HF1  | p4      | B01CA |
        2016-03-01 | HF1  | p5      | B01A  |
        2016-03-08 | HF1  | p5      | B01CI |
        2016-03-01 | HF1  | p6      | B01A  |
        2016-03-08 | HF1  | p6      | B01S  |
        2016-03-08 | HF1  | p6      | B01CU |
        """,
    )


@rule("119", "R7")
def test_decisions_of_the_diagnostic_pathway_ask_for_an_attendance(link):
    """119 for CK, CU and CA (CD until 2016); not for CI. With an attendance none."""
    link(
        """
        date       | unit | patient | code  | message
        2016-03-01 | HF1  | p1      | C01A  |
        2016-03-08 | HF1  | p1      | C01CK | 119
        2016-03-01 | HF1  | p2      | C01A  |
        2016-03-08 | HF1  | p2      | C01CU | 119
        2016-03-01 | HF1  | p3      | C01A  |
        2016-03-08 | HF1  | p3      | C01CA | 119
        2016-03-01 | HF1  | p4      | C01A  |
        2016-03-08 | HF1  | p4      | C01CD | 119
        2016-03-01 | HF1  | p5      | C01A  |
        2016-03-08 | HF1  | p5      | C01CI |
        2016-03-01 | HF1  | p6      | C01A  |
        2016-03-08 | HF1  | p6      | C01S  |
        2016-03-08 | HF1  | p6      | C01CA |
        """,
    )


@rule("109", "110", "R7")
def test_treatment_asks_for_attendance_and_decision(link):
    """109 with neither, 110 with the attendance only, nothing with the decision: what that lacks is told there (108)."""
    link(
        """
        date       | unit | patient | code  | message | used
        2024-03-01 | HF1  | p1      | A26A  |         |
        2024-03-20 | HF1  | p1      | A26FM | 109     | yes
        2024-03-01 | HF1  | p2      | A26A  |         |
        2024-03-05 | HF1  | p2      | A26S  |         |
        2024-03-20 | HF1  | p2      | A26FM | 110     | yes
        2024-03-01 | HF1  | p3      | A26A  |         |
        2024-03-08 | HF1  | p3      | A26CK | 108     | yes
        2024-03-20 | HF1  | p3      | A26FM |         |
        2024-03-01 | HF1  | p4      | A26A  |         |
        2024-03-20 | HF1  | p4      | A26S  |         |
        2024-03-20 | HF1  | p4      | A26CK |         |
        2024-03-20 | HF1  | p4      | A26FM |         |
        """,
    )


@rule("109", "110", "118")
def test_treatment_of_metastases_asks_the_same(link):
    """109 with neither attendance nor decision, 110 with the attendance only."""
    link(
        """
        date       | unit | patient | code  | message
        2024-03-01 | HF1  | p1      | B01A  |
        2024-03-20 | HF1  | p1      | B01FM | 109
        2024-03-01 | HF1  | p2      | B01A  |
        2024-03-05 | HF1  | p2      | B01S  |
        2024-03-20 | HF1  | p2      | B01FM | 110
        2024-03-01 | HF1  | p3      | B01A  |
        2024-03-08 | HF1  | p3      | B01CU | 118
        2024-03-20 | HF1  | p3      | B01FM |
        """,
    )


@rule("111", "901", "R7", "R11")
def test_attendance_after_the_decision(link):
    """111, and the negative time is left empty and flagged at the opening. On the day of the decision it is in order."""
    link(
        """
        date       | unit | patient | code  | message | used
        2024-03-01 | HF1  | p1      | B01A  | 901     | yes
        2024-03-08 | HF1  | p1      | B01CU | 118     | yes
        2024-03-09 | HF1  | p1      | B01S  | 111     | yes
        2024-03-01 | HF1  | p2      | B01A  |         |
        2024-03-08 | HF1  | p2      | B01CU |         |
        2024-03-08 | HF1  | p2      | B01S  |         |
        """,
        gives="""
        patient_id | OF1 | OF2 | messages
        p1         | 8   |     | 111 118 901
        p2         | 7   | 0   |
        """,
    )


@rule("902", "R10")
def test_another_decision_after_cancer_was_found(link):
    """The later decision ends the pathway and is flagged; the work-up was over at the first."""
    link(
        """
        date       | unit | patient | code  | message | used
        2024-03-01 | HF1  | p1      | A26A  |         |
        2024-03-05 | HF1  | p1      | A26S  |         |
        2024-03-08 | HF1  | p1      | A26CK |         |
        2024-03-15 | HF1  | p1      | A26CA | 902     | yes
        2024-03-01 | HF1  | p2      | B01A  |         |
        2024-03-05 | HF1  | p2      | B01S  |         |
        2024-03-08 | HF1  | p2      | B01CU |         |
        2024-03-15 | HF1  | p2      | B01CK | 902     | yes
        2024-03-01 | HF1  | p3      | A26A  |         |
        2024-03-05 | HF1  | p3      | A26S  |         |
        2024-03-15 | HF1  | p3      | A26CA |         |
        """,
        gives="""
        patient_id | decision | decided    | end | ended      | OF2
        p1         | K        | 2024-03-08 | CA  | 2024-03-15 | 3
        p2         | U        | 2024-03-08 | CK  | 2024-03-15 | 3
        p3         | A        | 2024-03-15 | CA  | 2024-03-15 | 10
        """,
    )


@rule("909", "R10", "case 32")
def test_postponing_before_the_decision(link):
    """P belongs between the decision and the treatment: 909 before it; on the day of the decision it is in order."""
    link(
        """
        date       | unit | patient | code  | message | used
        2024-03-01 | HF1  | p1      | A26A  |         |
        2024-03-05 | HF1  | p1      | A26S  |         |
        2024-03-06 | HF1  | p1      | A26P  | 909     | yes
        2024-03-08 | HF1  | p1      | A26CK |         |
        2024-03-01 | HF1  | p2      | A26A  |         |
        2024-03-05 | HF1  | p2      | A26S  |         |
        2024-03-08 | HF1  | p2      | A26P  |         |
        2024-03-08 | HF1  | p2      | A26CK |         |
        """,
        gives="""
        patient_id | postponed
        p1         | yes
        p2         | yes
        """,
    )


@rule("909", "113")
def test_postponing_after_the_treatment(link):
    """The pathway has ended."""
    link(
        """
        date       | unit | code  | message | used
        2024-03-01 | HF1  | A26A  |         |
        2024-03-05 | HF1  | A26S  |         |
        2024-03-08 | HF1  | A26CK |         |
        2024-03-20 | HF1  | A26FK |         |
        2024-03-21 | HF1  | A26P  | 113     | no
        """,
        gives="""
        postponed | why
        no        | counts
        """,
    )


@rule("910", "R10")
def test_the_diagnostic_pathway_has_no_treatment_to_postpone(link):
    """C01P is accepted with a warning and has no effect; a second one is a duplicate, one before the start is left out."""
    link(
        """
        date       | unit | patient | code  | message | used
        2024-03-01 | HF1  | p1      | C01A  |         |
        2024-03-05 | HF1  | p1      | C01S  |         |
        2024-03-06 | HF1  | p1      | C01P  | 910     | yes
        2024-03-07 | HF1  | p1      | C01P  | 102     | no
        2024-03-08 | HF1  | p1      | C01CA |         |
        2024-03-01 | HF1  | p2      | C01P  | 106     | no
        2024-03-02 | HF1  | p2      | C01A  |         |
        2024-03-05 | HF1  | p2      | C01S  |         |
        2024-03-08 | HF1  | p2      | C01CA |         |
        """,
        gives="""
        patient_id | postponed | share | why    | messages
        p1         | no        | 7     | counts | 102 910
        p2         | no        | 6     | counts |
        """,
    )
