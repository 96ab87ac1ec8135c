"""Figures

An episode is counted where it started and when it ended. Whole days are counted, and every quantile follows from them.
Country, regions, trusts and hospitals each count the same episodes, so sums close. In these tables `period` is the first
day of a month, of a tertial (January, May, September) or of a year; `n` is how many, `hits` how many of them within the
limit (or in a pathway, or lacking what is asked for).
"""

from __future__ import annotations

import pytest

rule = pytest.mark.rule


@rule("decision 8")
def test_the_share_of_a_tertial(count):
    """Two of three within 42 days. The period is that of the end: the third started in 2023."""
    count(
        """
        date       | unit | patient | code  | message
        2024-01-01 | HF1  | p1      | A26A  |
        2024-02-12 | HF1  | p1      | A26FK | 109
        2024-02-01 | HF1  | p2      | A26A  |
        2024-02-11 | HF1  | p2      | A26FK | 109
        2023-11-01 | HF1  | p3      | A26A  |
        2024-01-31 | HF1  | p3      | A26FK | 109
        """,
        figures="""
        indicator | pathway | unit_level | org_nr    | period_type | period     | hits | n | median | p90
        of4_share | lung    | HF         | HF1 trust | tertial     | 2024-01-01 | 2    | 3 | 42     | 81.2
        of4_days  | lung    | HF         | HF1 trust | tertial     | 2024-01-01 | 2    | 3 | 42     | 81.2
        of4_share | lung    | HF         | HF1 trust | month       | 2024-01-01 | 0    | 1 | 91     | 91
        of4_share | lung    | HF         | HF1 trust | month       | 2024-02-01 | 2    | 2 | 26     | 38.8
        """,
    )


@rule("decision 8")
def test_times_of_the_work_up_count_every_end(count):
    """OF1 and OF2: every ended pathway that has both points, also one broken off or closed by a decision. OF3 and OF4 only
    those treated, of a kind with a limit."""
    count(
        """
        date       | unit | patient | code  | message
        2024-01-01 | HF1  | p1      | A26A  |
        2024-01-05 | HF1  | p1      | A26S  |
        2024-01-20 | HF1  | p1      | A26CA |
        2024-01-01 | HF1  | p2      | A26A  |
        2024-01-11 | HF1  | p2      | A26S  |
        2024-01-21 | HF1  | p2      | A26X  |
        2024-01-01 | HF1  | p3      | A26A  |
        2024-01-07 | HF1  | p3      | A26S  |
        2024-01-17 | HF1  | p3      | A26CK |
        2024-01-27 | HF1  | p3      | A26FL |
        2024-01-01 | HF1  | p4      | A26A  |
        2024-01-09 | HF1  | p4      | A26S  |
        2024-01-19 | HF1  | p4      | A26CK |
        2024-01-29 | HF1  | p4      | A26FK |
        2024-01-01 | HF1  | p5      | A26A  |
        2024-01-02 | HF1  | p5      | A26S  |
        """,
        figures="""
        indicator | pathway | unit_level | org_nr    | period_type | period     | hits | n | median
        of1_days  | lung    | HF         | HF1 trust | month       | 2024-01-01 | 2    | 4 | 7
        of2_days  | lung    | HF         | HF1 trust | month       | 2024-01-01 | 3    | 3 | 10
        of3_days  | lung    | HF         | HF1 trust | month       | 2024-01-01 | 1    | 1 | 10
        of4_days  | lung    | HF         | HF1 trust | month       | 2024-01-01 | 1    | 1 | 28
        """,
    )


@rule("decision 4", "decision 8")
def test_a_pathway_closed_by_rule_has_ended_too(count):
    """Its work-up is counted, on the day of the rule; it is in no share."""
    count(
        """
        date       | unit | code  | message
        2021-03-01 | HF1  | A03A  | 911
        2021-03-08 | HF1  | A03S  |
        2021-03-12 | HF1  | A03CK |
        """,
        figures="""
        indicator          | pathway | unit_level | org_nr    | period_type | period     | kind | hits | n | median
        of1_days           | cll     | HF         | HF1 trust | month       | 2021-04-01 |      | 1    | 1 | 7
        of2_days           | cll     | HF         | HF1 trust | month       | 2021-04-01 |      | 1    | 1 | 4
        pathways_completed | cll     | HF         | HF1 trust | year        | 2021-01-01 | R    | 1    |   |
        """,
        lacks="of4_share of3_days of4_days pathways_open",
    )


@rule("decision 8")
def test_those_who_postponed_are_counted_apart(count):
    """Out of OF3, OF4 and the share; the work-up counts as ever."""
    count(
        """
        date       | unit | code
        2024-01-01 | HF1  | A26A
        2024-01-05 | HF1  | A26S
        2024-01-20 | HF1  | A26CK
        2024-01-22 | HF1  | A26P
        2024-01-30 | HF1  | A26FK
        """,
        figures="""
        indicator          | pathway | unit_level | org_nr    | period_type | period     | hits | n | median
        pathways_postponed | lung    | HF         | HF1 trust | month       | 2024-01-01 | 1    |   |
        of1_days           | lung    | HF         | HF1 trust | month       | 2024-01-01 | 1    | 1 | 4
        of2_days           | lung    | HF         | HF1 trust | month       | 2024-01-01 | 1    | 1 | 15
        """,
        lacks="of4_share of3_days of4_days",
    )


@rule("decision 8")
def test_branches_add_up(count):
    """Surgery, medical treatment, radiotherapy and surveillance are all there is in the share."""
    count(
        """
        date       | unit | patient | code  | message
        2024-01-01 | HF1  | p1      | A16A  |
        2024-01-21 | HF1  | p1      | A16FK | 109
        2024-01-01 | HF1  | p2      | A16A  |
        2024-01-21 | HF1  | p2      | A16FM | 109
        2024-01-01 | HF1  | p3      | A16A  |
        2024-04-21 | HF1  | p3      | A16FS | 109
        2024-01-01 | HF1  | p4      | A16A  |
        2024-01-21 | HF1  | p4      | A16FO | 109
        2024-01-01 | HF1  | p5      | A16A  |
        2024-01-21 | HF1  | p5      | A16FL | 109
        """,
        figures="""
        indicator | pathway  | branch | unit_level | org_nr    | period_type | period     | hits | n
        of4_share | prostate | all    | HF         | HF1 trust | year        | 2024-01-01 | 3    | 4
        of4_share | prostate | K      | HF         | HF1 trust | year        | 2024-01-01 | 1    | 1
        of4_share | prostate | M      | HF         | HF1 trust | year        | 2024-01-01 | 1    | 1
        of4_share | prostate | S      | HF         | HF1 trust | year        | 2024-01-01 | 0    | 1
        of4_share | prostate | O      | HF         | HF1 trust | year        | 2024-01-01 | 1    | 1
        """,
    )


@rule("decision 8", "decision 6")
def test_the_trust_of_the_first_start_has_the_pathway(count):
    """Treated at HF2, counted at HF1: hospital, trust, region and country."""
    count(
        """
        date       | unit | code  | message
        2024-01-01 | HF1b | A12A  |
        2024-01-05 | HF1b | A12O  |
        2024-01-06 | HF2  | A12A  |
        2024-01-26 | HF2  | A12FK | 109
        """,
        figures="""
        indicator | pathway    | unit_level | org_nr    | period_type | period     | hits | n | median
        of4_share | colorectal | hospital   | HF1b      | tertial     | 2024-01-01 | 1    | 1 | 25
        of4_share | colorectal | HF         | HF1 trust | tertial     | 2024-01-01 | 1    | 1 | 25
        of4_share | colorectal | RHF        | 983658725 | tertial     | 2024-01-01 | 1    | 1 | 25
        of4_share | colorectal | national   | 900000000 | tertial     | 2024-01-01 | 1    | 1 | 25
        """,
        only="of4_share tertial colorectal all",
    )


@rule("decision 6")
def test_kongsvinger_is_counted_where_it_belonged_when_the_pathway_started(count):
    """Started the day before the move and ended after it: Innlandet's."""
    count(
        """
        date       | unit        | patient | code  | message
        2019-01-31 | Kongsvinger | p1      | A12A  |
        2019-02-20 | Kongsvinger | p1      | A12FK | 109
        2019-02-01 | Kongsvinger | p2      | A12A  |
        2019-02-21 | Kongsvinger | p2      | A12FK | 109
        """,
        figures="""
        indicator | pathway    | unit_level | org_nr      | period_type | period     | hits | n
        of4_share | colorectal | HF         | Innlandet   | year        | 2019-01-01 | 1    | 1
        of4_share | colorectal | HF         | Ahus        | year        | 2019-01-01 | 1    | 1
        of4_share | colorectal | hospital   | Kongsvinger | year        | 2019-01-01 | 2    | 2
        """,
    )


@rule("decision 9")
def test_all_organ_pathways_together(count):
    """The counts are added, never the shares; metastases and the diagnostic pathway are not among them."""
    count(
        """
        date       | unit | patient | code  | message
        2024-01-01 | HF1  | p1      | A26A  |
        2024-01-21 | HF1  | p1      | A26FK | 109
        2024-01-01 | HF1  | p2      | A12A  |
        2024-03-21 | HF1  | p2      | A12FK | 109
        2024-01-01 | HF1  | p3      | B01A  |
        2024-01-21 | HF1  | p3      | B01FK | 109
        2024-01-01 | HF1  | p4      | C01A  |
        2024-01-21 | HF1  | p4      | C01CI |
        """,
        figures="""
        indicator | pathway                   | unit_level | org_nr    | period_type | period     | hits | n | median
        of4_share | all_organ_specific        | national   | 900000000 | year        | 2024-01-01 | 1    | 2 | 50
        of4_share | lung                      | national   | 900000000 | year        | 2024-01-01 | 1    | 1 | 20
        of4_share | colorectal                | national   | 900000000 | year        | 2024-01-01 | 0    | 1 | 80
        of4_share | metastasis_unknown_origin | national   | 900000000 | year        | 2024-01-01 | 1    | 1 | 20
        of4_share | diagnostic                | national   | 900000000 | year        | 2024-01-01 | 1    | 1 | 20
        """,
        only="of4_share year national all",
    )


@rule("decision 9")
def test_the_diagnostic_pathway_has_a_share_but_no_of4(count):
    """Start to decision against 22 days; OF3 and OF4 are not measured there."""
    count(
        """
        date       | unit | patient | code  | message
        2024-01-01 | HF1  | p1      | C01A  |
        2024-01-23 | HF1  | p1      | C01CI |
        2024-01-01 | HF1  | p2      | C01A  |
        2024-01-24 | HF1  | p2      | C01CI |
        2024-01-01 | HF1  | p3      | C01A  |
        2024-01-24 | HF1  | p3      | C01X  |
        """,
        figures="""
        indicator | pathway    | unit_level | org_nr    | period_type | period     | hits | n | median
        of4_share | diagnostic | HF         | HF1 trust | month       | 2024-01-01 | 1    | 2 | 22.5
        """,
        lacks="of3_days of4_days",
    )


def test_activity(count):
    """Started by the day of the start, decided by that of the first decision, completed by that of the end, open as of the
    day that is asked for, by how long they have lasted."""
    count(
        """
        date       | unit | patient | code
        2024-01-10 | HF1  | p1      | A26A
        2024-01-20 | HF1  | p1      | A26S
        2024-02-10 | HF1  | p1      | A26CK
        2024-03-10 | HF1  | p1      | A26FK
        2024-03-20 | HF1  | p2      | A26A
        """,
        as_of="2024-04-20",
        figures="""
        indicator          | pathway | unit_level | org_nr    | period_type | period     | kind  | hits
        pathways_started   | lung    | HF         | HF1 trust | month       | 2024-01-01 |       | 1
        pathways_started   | lung    | HF         | HF1 trust | month       | 2024-03-01 |       | 1
        pathways_started   | lung    | HF         | HF1 trust | tertial     | 2024-01-01 |       | 2
        pathways_decided   | lung    | HF         | HF1 trust | month       | 2024-02-01 |       | 1
        pathways_decided   | lung    | HF         | HF1 trust | tertial     | 2024-01-01 | K     | 1
        pathways_completed | lung    | HF         | HF1 trust | month       | 2024-03-01 |       | 1
        pathways_completed | lung    | HF         | HF1 trust | tertial     | 2024-01-01 | FK    | 1
        pathways_open      | lung    | HF         | HF1 trust | month       | 2024-04-01 |       | 1
        pathways_open      | lung    | HF         | HF1 trust | month       | 2024-04-01 | 31-90 | 1
        """,
    )


# --- new patients -----------------------------------------------------------------------------------------------------


@rule("decision 12")
def test_the_inclusion_share(count):
    """New patients in a pathway, of all new patients of the diagnosis: here one of two. The one in it counts where the
    pathway started, the other where the first contact was."""
    count(
        """
        date       | unit | patient | code
        2024-01-10 | HF1  | p1      | A01A
        """,
        new_cancers="""
        patient | icd10 | date       | unit
        p1      | C50.4 | 2024-01-20 | HF2
        p2      | C50   | 2024-01-25 | HF2
        """,
        figures="""
        indicator       | pathway | unit_level | org_nr    | period_type | period     | hits | n
        inclusion_share | breast  | national   | 900000000 | month       | 2024-01-01 | 1    | 2
        inclusion_share | breast  | HF         | HF1 trust | month       | 2024-01-01 | 1    | 1
        inclusion_share | breast  | HF         | HF2 trust | month       | 2024-01-01 | 0    | 1
        """,
    )


@rule("decision 12")
def test_the_window_around_the_first_contact(count):
    """A start from 180 days before to 60 after is near enough; a day more on either side is not. Another kind of pathway
    is none."""
    count(
        """
        date       | unit | patient | code
        2024-01-03 | HF1  | p1      | A01A
        2024-01-02 | HF1  | p2      | A01A
        2024-08-30 | HF1  | p3      | A01A
        2024-08-31 | HF1  | p4      | A01A
        2024-07-01 | HF1  | p5      | A26A
        """,
        new_cancers="""
        patient | icd10 | date       | unit
        p1      | C50   | 2024-07-01 | HF1
        p2      | C50   | 2024-07-01 | HF1
        p3      | C50   | 2024-07-01 | HF1
        p4      | C50   | 2024-07-01 | HF1
        p5      | C50   | 2024-07-01 | HF1
        """,
        figures="""
        indicator       | pathway | unit_level | org_nr    | period_type | period     | hits | n
        inclusion_share | breast  | HF         | HF1 trust | month       | 2024-07-01 | 2    | 5
        """,
    )


@rule("decision 12")
def test_what_makes_a_patient_new(count):
    """No row of the same group within five years before: the second cancer of a kind counts when five years have passed,
    one of another kind always."""
    count(
        """
        date       | unit | patient | code
        2015-01-01 | HF1  | p1      | A01A
        """,
        new_cancers="""
        patient | icd10 | date       | unit
        p1      | C50   | 2015-03-01 | HF1
        p1      | C50   | 2020-03-01 | HF1
        p2      | C50   | 2015-03-02 | HF1
        p2      | C50   | 2020-03-01 | HF1
        p2      | C34   | 2020-03-01 | HF1
        """,
        figures="""
        indicator       | pathway | unit_level | org_nr    | period_type | period     | hits | n
        inclusion_share | breast  | HF         | HF1 trust | year        | 2015-01-01 | 1    | 2
        inclusion_share | breast  | HF         | HF1 trust | year        | 2020-01-01 | 0    | 1
        inclusion_share | lung    | HF         | HF1 trust | year        | 2020-01-01 | 0    | 1
        """,
    )


@rule("decision 12")
def test_children_whatever_the_diagnosis(count):
    """Under 18 on the day of the first contact: the children's pathway, before any group of diagnoses, also one that has
    no share of its own. On the 18th birthday the diagnosis decides."""
    count(
        """
        date       | unit | patient | code | message
        2024-01-10 | HF1  | p1      | A30A |
        """,
        patients="""
        patient | born
        p1      | 2010-05-05
        p2      | 2006-01-20
        p3      | 2006-01-21
        """,
        new_cancers="""
        patient | icd10 | date       | unit
        p1      | C91.0 | 2024-01-20 | HF1
        p2      | C81.1 | 2024-01-20 | HF1
        p3      | C49.9 | 2024-01-20 | HF1
        """,
        figures="""
        indicator       | pathway  | unit_level | org_nr    | period_type | period     | hits | n
        inclusion_share | children | HF         | HF1 trust | month       | 2024-01-01 | 1    | 2
        inclusion_share | lymphoma | HF         | HF1 trust | month       | 2024-01-01 | 0    | 1
        """,
    )


@rule("decision 12")
def test_kinds_without_an_inclusion_share(count):
    """Sarcoma, neuroendocrine tumours, metastases and the diagnostic pathway have none; thyroid none from 2023; no
    pathway has one before it began, and the two blood cancers none after they were taken out."""
    count(
        """
        date       | unit | patient | code
        2024-01-10 | HF1  | p0      | A36A
        """,
        new_cancers="""
        patient | icd10 | date       | unit
        p0      | C49   | 2024-01-20 | HF1
        p1      | C78.7 | 2024-01-20 | HF1
        p2      | C73   | 2022-12-31 | HF1
        p3      | C73   | 2023-01-01 | HF1
        p4      | C43   | 2015-08-31 | HF1
        p5      | C43   | 2015-09-01 | HF1
        p6      | C91.1 | 2021-04-30 | HF1
        p7      | C91.1 | 2021-05-01 | HF1
        """,
        figures="""
        indicator       | pathway  | unit_level | org_nr    | period_type | period     | hits | n
        inclusion_share | thyroid  | HF         | HF1 trust | month       | 2022-12-01 | 0    | 1
        inclusion_share | melanoma | HF         | HF1 trust | month       | 2015-09-01 | 0    | 1
        inclusion_share | cll      | HF         | HF1 trust | month       | 2021-04-01 | 0    | 1
        """,
        only="inclusion_share month HF melanoma cll thyroid sarcoma metastasis_unknown_origin",
    )


@rule("decision 12")
def test_the_most_exact_diagnosis_decides(count):
    """C68.0 is bladder's, C24.0 bile duct's and C24.1 pancreas's; ranges such as C00-C14 take in what lies between."""
    count(
        """
        date       | unit | patient | code
        2024-01-10 | HF1  | p0      | A01A
        """,
        new_cancers="""
        patient | icd10 | date       | unit
        p1      | C68.0 | 2024-01-20 | HF1
        p2      | C68.1 | 2024-01-20 | HF1
        p3      | C24.0 | 2024-01-20 | HF1
        p4      | C24.1 | 2024-01-20 | HF1
        p5      | C13.9 | 2024-01-20 | HF1
        p6      | C15   | 2024-01-20 | HF1
        """,
        figures="""
        indicator       | pathway           | unit_level | org_nr    | period_type | period     | hits | n
        inclusion_share | bladder           | HF         | HF1 trust | month       | 2024-01-01 | 0    | 1
        inclusion_share | bile_duct         | HF         | HF1 trust | month       | 2024-01-01 | 0    | 1
        inclusion_share | pancreas          | HF         | HF1 trust | month       | 2024-01-01 | 0    | 1
        inclusion_share | head_neck         | HF         | HF1 trust | month       | 2024-01-01 | 0    | 1
        inclusion_share | oesophagus_stomach| HF         | HF1 trust | month       | 2024-01-01 | 0    | 1
        """,
    )


# --- internal figures -------------------------------------------------------------------------------------------------


@rule("decision 13")
def test_internal_figures_are_complete(count):
    """One patient in one hospital is shown: small numbers are hidden in releases only, and status is `ok`."""
    count(
        """
        date       | unit | code  | message
        2024-01-01 | HF1  | A17A  |
        2024-01-21 | HF1  | A17FK | 109
        """,
        figures="""
        indicator | pathway | unit_level | org_nr | period_type | period     | hits | n | percent | status
        of4_share | penis   | hospital   | HF1    | tertial     | 2024-01-01 | 1    | 1 | 100     | ok
        """,
    )


# --- published figures ------------------------------------------------------------------------------------------------


@rule("decision 14")
def test_published_rows_that_contradict_each_other(given_up):
    """Two trusts are the region, and the region is the country. Where their counts do not add up, the fewest rows are
    given up, the smallest unit first; where they do, none is."""
    assert (
        given_up("""
        unit_level | org_nr    | numerator | denominator
        national   | 900000000 | 12        | 20
        RHF        | 983658725 | 12        | 20
        HF         | 983974724 | 7         | 12
        HF         | 983974678 | 5         | 8
        """)
        == []
    )
    assert given_up("""
        unit_level | org_nr    | numerator | denominator
        national   | 900000000 | 12        | 20
        RHF        | 983658725 | 12        | 20
        HF         | 983974724 | 7         | 12
        HF         | 983974678 | 5         | 9
        """) in (["983974724"], ["983974678"])
