"""Mental health and substance use

D01 (substance use), D11 (adults) and D12 (children and young people) are a family of the catalogue like the others: files,
no rule of their own in the engine. The letters mean other things than in cancer: M is the first attendance, C the
decision, E an evaluation, F feedback to the referrer, S a cooperation meeting, U an activity, H the need of help at the
end, L postponed by the patient, X the end. What repeats, repeats freely. Two times are measured: M to C, and C to the
first E after it. The family has no share over the whole, so `share_reason` is `not_treated` when it has ended.
"""

from __future__ import annotations

from datetime import date

import pytest

from pakkeforlop.catalogue.limits import in_force

rule = pytest.mark.rule


@rule("208", "221", "222")
def test_a_whole_course_has_nothing_to_remark(engine):
    """Start, attendance, decision, feedback, evaluation, activity, meeting, need of help, end: all are used."""
    engine(
        """
        date       | unit | code  | message
        2024-01-08 | HF1  | D01A  |
        2024-01-15 | HF1  | D01M  |
        2024-01-29 | HF1  | D01CT |
        2024-01-30 | HF1  | D01F  |
        2024-02-05 | HF1  | D01E  |
        2024-02-06 | HF1  | D01UB |
        2024-02-07 | HF1  | D01SM |
        2024-03-01 | HF1  | D01HK |
        2024-03-01 | HF1  | D01XG |
        """,
        gives="""
        pathway | start      | attendance | decided    | decision | ended      | end | M-C | M-C limit | C-E | C-E limit
        D01     | 2024-01-08 | 2024-01-15 | 2024-01-29 | T        | 2024-03-01 | XG  | 14  | 21        | 7   | 7
        """,
    )


@rule("201")
def test_a_code_that_the_list_does_not_have(engine):
    """201, and nothing on one that it has. D01 has no UV, which D11 has; `Q` is no letter of any."""
    engine(
        """
        date       | unit | code  | message | used
        2024-01-08 | HF1  | D01A  |         |
        2024-01-09 | HF1  | D01UV | 201     | no
        2024-01-09 | HF1  | D01UU |         |
        2024-01-10 | HF1  | D01Q  | 201     | no
        2024-01-08 | HF1  | D11A  |         |
        2024-01-09 | HF1  | D11UV |         |
        2024-01-09 | HF1  | D11C  | 201     | no
        """,
        gives="""
        pathway | end
        D01     |
        D11     |
        """,
    )


@rule("208")
def test_a_decision_lacks_its_attendance(engine):
    """208 when no M stands up to it; an M on the same day comes first."""
    engine(
        """
        date       | patient | unit | code  | message | used
        2024-01-08 | p1      | HF1  | D11A  |         |
        2024-01-20 | p1      | HF1  | D11CP | 208     | yes
        2024-01-08 | p2      | HF1  | D11A  |         |
        2024-01-20 | p2      | HF1  | D11CP |         |
        2024-01-20 | p2      | HF1  | D11M  |         |
        """,
        gives="""
        patient_id | decided    | decision | M-C | M-C limit
        p1         | 2024-01-20 | P        |     | 42
        p2         | 2024-01-20 | P        | 0   | 42
        """,
    )


@rule("211", "901")
def test_an_attendance_after_the_decision(engine):
    """211 on the M, and the time that would be negative is empty; an M before the decision gets nothing."""
    engine(
        """
        date       | patient | unit | code  | message | used
        2024-01-08 | p1      | HF1  | D12A  | 901     |
        2024-01-20 | p1      | HF1  | D12CU | 208     |
        2024-01-25 | p1      | HF1  | D12M  | 211     | yes
        2024-01-08 | p2      | HF1  | D12A  |         |
        2024-01-19 | p2      | HF1  | D12M  |         |
        2024-01-20 | p2      | HF1  | D12CU |         |
        """,
        gives="""
        patient_id | attendance | decided    | M-C
        p1         | 2024-01-25 | 2024-01-20 |
        p2         | 2024-01-19 | 2024-01-20 | 1
        """,
    )


@rule("216")
def test_eighteen_in_the_pathway_of_the_young(engine):
    """216 on the 18th birthday, nothing the day before, and nothing in the pathway of adults."""
    engine(
        """
        date       | patient | unit | code  | message | used
        2024-06-09 | p1      | HF1  | D12A  |         |
        2024-06-10 | p1      | HF1  | D12M  | 216     | yes
        2024-06-10 | p1      | HF1  | D11A  |         |
        2024-06-09 | p2      | HF1  | D12A  |         |
        2024-06-10 | p2      | HF1  | D12M  |         |
        """,
        patients="""
        patient | born
        p1      | 2006-06-10
        p2      | 2006-06-11
        """,
    )


@rule("221", "222")
def test_evaluation_and_feedback_lack_the_decision(engine):
    """221 and 222 when no C stands up to them; on the day of the decision both are in order."""
    engine(
        """
        date       | patient | unit | code  | message | used
        2024-01-08 | p1      | HF1  | D01A  |         |
        2024-01-10 | p1      | HF1  | D01M  |         |
        2024-01-19 | p1      | HF1  | D01E  | 221     | yes
        2024-01-19 | p1      | HF1  | D01F  | 222     | yes
        2024-01-20 | p1      | HF1  | D01CT |         |
        2024-01-08 | p2      | HF1  | D01A  |         |
        2024-01-10 | p2      | HF1  | D01M  |         |
        2024-01-20 | p2      | HF1  | D01F  |         |
        2024-01-20 | p2      | HF1  | D01E  |         |
        2024-01-20 | p2      | HF1  | D01CT |         |
        """,
        gives="""
        patient_id | M-C | C-E
        p1         | 10  |
        p2         | 10  | 0
        """,
    )


@rule("225")
def test_after_the_end_only_a_start_is_in_order(engine):
    """225 for any other code; a start opens a new episode, and an end on the day of the last code is in order."""
    engine(
        """
        date       | unit | code  | message | used
        2024-01-08 | HF1  | D11A  |         |
        2024-01-20 | HF1  | D11XM |         |
        2024-01-20 | HF1  | D11M  |         |
        2024-01-21 | HF1  | D11M  | 225     | no
        2024-01-22 | HF1  | D11XG | 225     | no
        2024-02-01 | HF1  | D11A  |         |
        2024-02-02 | HF1  | D11XR |         |
        """,
        gives="""
        episode | start      | ended      | end
        1       | 2024-01-08 | 2024-01-20 | XM
        2       | 2024-02-01 | 2024-02-02 | XR
        """,
    )


@rule("102")
def test_evaluations_feedback_meetings_activities_and_needs_repeat(engine):
    """The same code again on another day is no repetition. The very same row twice is (102), and so is a second start."""
    engine(
        """
        date       | unit | code  | message | used
        2024-01-08 | HF1  | D11A  |         |
        2024-01-09 | HF1  | D11A  | 102     | no
        2024-01-10 | HF1  | D11M  |         |
        2024-01-20 | HF1  | D11CP |         |
        2024-01-30 | HF1  | D11E  |         |
        2024-02-10 | HF1  | D11E  |         |
        2024-02-10 | HF1  | D11E  | 102     | no
        2024-02-11 | HF1  | D11F  |         |
        2024-02-12 | HF1  | D11F  |         |
        2024-02-11 | HF1  | D11SM |         |
        2024-02-12 | HF1  | D11SM |         |
        2024-02-11 | HF1  | D11UV |         |
        2024-02-12 | HF1  | D11UV |         |
        2024-02-11 | HF1  | D11HK |         |
        2024-02-12 | HF1  | D11HK |         |
        """,
        gives="""
        M-C | C-E | C-E limit
        10  | 10  |
        """,
    )


@rule("913")
def test_the_family_began_in_2019(engine):
    """913, our own: the register's list has no number for it. Nothing on the day."""
    engine(
        """
        date       | unit | code | message | used
        2018-12-31 | HF1  | D01A | 913     | no
        2019-01-01 | HF1  | D01A |         |
        """,
        gives="""
        pathway | start
        D01     | 2019-01-01
        """,
    )


@rule("914", "915")
def test_codes_without_a_start(engine):
    """914 when a start follows, 915 when none does; on the day of the start all are in order."""
    engine(
        """
        date       | patient | unit | code | message | used
        2024-01-05 | p1      | HF1  | D01M | 914     | no
        2024-01-08 | p1      | HF1  | D01A |         |
        2024-01-08 | p1      | HF1  | D01M |         |
        2024-01-05 | p2      | HF1  | D01M | 915     | no
        """,
        gives="""
        patient_id | start      | attendance
        p1         | 2024-01-08 | 2024-01-08
        """,
    )


@rule("916")
def test_a_start_elsewhere_goes_on_with_the_episode(engine):
    """916 where nobody has ended the first by XO. Time goes on, and the episode is the first trust's. After XO the
    receiver's start opens an episode of its own, without a warning.
    """
    engine(
        """
        date       | patient | unit | code  | message | used
        2024-01-08 | p1      | HF1  | D11A  |         |
        2024-01-10 | p1      | HF1  | D11M  |         |
        2024-01-20 | p1      | HF2  | D11A  | 916     | yes
        2024-01-30 | p1      | HF2  | D11CP |         |
        2024-01-08 | p2      | HF1  | D11A  |         |
        2024-01-19 | p2      | HF1  | D11XO |         |
        2024-01-20 | p2      | HF2  | D11A  |         |
        """,
        gives="""
        patient_id | start      | trust     | trusts | end | M-C
        p1         | 2024-01-08 | HF1 trust | 2      |     | 20
        p2         | 2024-01-08 | HF1 trust | 1      | XO  |
        p2         | 2024-01-20 | HF2 trust | 1      |     |
        """,
    )


def test_postponed_by_the_patient_is_a_mark(engine):
    """L marks the episode and ends nothing; the time is measured all the same."""
    engine(
        """
        date       | unit | code  | message
        2024-01-08 | HF1  | D01A  |
        2024-01-10 | HF1  | D01M  |
        2024-01-12 | HF1  | D01L  |
        2024-02-10 | HF1  | D01CI |
        """,
        gives="""
        postponed | M-C | M-C limit | why
        yes       | 31  | 21        | open
        """,
    )


@rule("decision 2")
def test_it_stands_beside_cancer(engine):
    """A patient may be in both; neither family sees the other's codes. The pathways for psychosis and the like wait."""
    engine(
        """
        date       | unit | code  | message
        2024-01-08 | HF1  | A01A  |
        2024-01-09 | HF1  | D01A  |
        2024-01-10 | HF1  | D01M  |
        2024-01-11 | HF1  | A01CK | 108
        2024-01-12 | HF1  | D06A  |
        """,
        gives="""
        pathway | decided    | attendance
        A01     | 2024-01-11 |
        D01     |            | 2024-01-10
        """,
    )


@pytest.mark.parametrize(
    ("pathway", "limit", "days"), [("D01", "MC", 21), ("D01", "CE", 7), ("D11", "MC", 42), ("D12", "MC", 42)]
)
def test_limits_of_the_first_day(catalogue, pathway, limit, days):
    """The days that hold from 2019-01-01: outpatient times; the codes do not tell who was admitted."""
    assert in_force(catalogue.pathways[pathway], limit, on=date(2019, 1, 1)).days == days
    assert in_force(catalogue.pathways[pathway], limit, on=date(2018, 12, 31)) is None


def test_adults_and_the_young_have_no_time_to_evaluation(catalogue):
    """Only substance use treatment has one."""
    assert {code for code, pathway in catalogue.pathways.items() if "CE" in pathway.time_limit} == {"D01"}
