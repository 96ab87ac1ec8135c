"""Codes

A code is a pathway prefix, an event and for some events an outcome: `A01CK` is breast cancer, decision, cancer found.
A code that cannot be used keeps its message and counts for nothing. The messages are numbered as the national register
numbers them.
"""

from __future__ import annotations

import pytest

from reference import rulebook

rule = pytest.mark.rule


@rule("101", "decision 2")
def test_a_code_that_no_list_of_its_family_knows(link):
    """101: metastases have no CM (CU is theirs), the diagnostic pathway no treatment, an organ no CU. CM is known in the organs' list."""
    link(
        """
        date       | unit | code  | message | used
        2024-01-02 | HF1  | B01A  |         |
        2024-01-03 | HF1  | B01CM | 101     | no
        2024-01-02 | HF1  | C01A  |         |
        2024-01-03 | HF1  | C01FK | 101     | no
        2024-01-02 | HF1  | A01A  |         |
        2024-01-03 | HF1  | A01CU | 101     | no
        2024-01-04 | HF1  | A01CM |         |
        """,
        gives="""
        pathway | end
        A01     | CM
        B01     |
        C01     |
        """,
    )


@rule("101")
@pytest.mark.parametrize("code", ["A01", "A01C", "A01F", "A01F1", "A01CKK", "A1A", "A27A", "a01a", "A01ck", "AA", "B02A", "C02A"])
def test_a_code_is_read_by_position(link, code):
    """101: prefixes have gaps, decisions and treatments need their outcome, and only capital letters are codes."""
    link(
        f"""
        date       | unit | code   | message
        2024-01-02 | HF1  | {code} | 101
        """,
        gives="pathway",
    )


@rule("decision 2")
def test_codes_of_other_lists_are_left_to_them(link):
    """Mental health (D) and the needs assessment of pathway home (WMFG11) may stand in the same file: never 101."""
    link(
        """
        date       | unit | code   | message
        2024-01-02 | HF1  | WMFG11 |
        """,
        gives="pathway",
    )


@rule("103")
def test_metastases_began_in_september_2015(link):
    """103 the day before, nothing on the day."""
    link(
        """
        date       | unit | code | message | used
        2015-08-31 | HF1  | B01A | 103     | no
        2015-09-01 | HF2  | B01A |         |
        """,
        gives="""
        pathway | start
        B01     | 2015-09-01
        """,
    )


@rule("104")
def test_the_diagnostic_pathway_began_in_may_2015(link):
    """104 the day before, nothing on the day."""
    link(
        """
        date       | unit | code | message | used
        2015-04-30 | HF1  | C01A | 104     | no
        2015-05-01 | HF2  | C01A |         |
        """,
        gives="""
        pathway | start
        C01     | 2015-05-01
        """,
    )


@rule("115")
@pytest.mark.parametrize(
    ("prefix", "day_before", "first_day"),
    [(prefix, {5: "2015-04-30", 9: "2015-08-31"}[first.month], first.isoformat())
     for prefix, first in rulebook.FIRST_DAY.items() if prefix[0] == "A" and first.month > 1],
)  # fmt: skip
def test_each_organ_pathway_began_on_its_day(link, prefix, day_before, first_day):
    """115 the day before, nothing on the day. (The first four began with the first day of all data.)"""
    link(
        f"""
        date         | unit | code      | message | used
        {day_before} | HF1  | {prefix}A | 115     | no
        {first_day}  | HF1  | {prefix}A |         |
        """,
        gives=f"""
        pathway  | start
        {prefix} | {first_day}
        """,
        as_of=first_day,
    )


@rule("107")
def test_a_code_without_its_day(link):
    """107: it cannot be used; the same code with a day can."""
    link(
        """
        date       | unit | code | message | used
                   | HF1  | A15A | 107     | no
        2024-01-02 | HF1  | A15A |         |
        """,
        gives="""
        pathway | start
        A15     | 2024-01-02
        """,
    )


@rule("101", "107")
def test_an_unknown_code_is_judged_before_its_missing_day(link):
    """One message sets a row aside: the unknown code."""
    link(
        """
        date | unit | code | message
             | HF1  | A27A | 101
        """,
    )


@rule("120")
@pytest.mark.parametrize("code", ["A01B", "B01B", "C01B", "B01CD", "C01CD"])
def test_biopsy_and_cd_lapsed_with_2016(link, code):
    """Valid on the last day of 2016; 120 the day after, when the code is kept for history only."""
    prefix = code[:3]
    message = {"B01CD": "118", "C01CD": "119"}.get(code, "")
    link(
        f"""
        date       | unit | code      | message   | used
        2016-12-01 | HF1  | {prefix}A |           |
        2016-12-31 | HF1  | {code}    | {message} | yes
        """,
    )
    link(
        f"""
        date       | unit | code      | message | used
        2016-12-01 | HF1  | {prefix}A |         |
        2017-01-01 | HF1  | {code}    | 120     | no
        """,
        gives=f"""
        pathway  | end
        {prefix} |
        """,
    )


@rule("120")
def test_organ_pathways_never_had_cd(link):
    """CD belonged to metastases and the diagnostic pathway only."""
    link(
        """
        date       | unit | code  | message
        2016-01-02 | HF1  | A01CD | 101
        """,
    )


@rule("120")
@pytest.mark.parametrize("prefix", ["A03", "A05"])
def test_two_blood_cancers_were_taken_out_in_may_2021(link, prefix):
    """The last day is 30 April 2021; a code of 1 May gets 120, also for a patient already inside."""
    link(
        f"""
        date       | unit | code       | message | used
        2021-04-30 | HF1  | {prefix}A  | 911     | yes
        2021-05-01 | HF1  | {prefix}S  | 120     | no
        2021-05-01 | HF2  | {prefix}AA | 120     | no
        """,
        gives=f"""
        pathway  | start      | attendance | end
        {prefix} | 2021-04-30 |            | R
        """,
    )


@rule("907", "decision 2")
def test_postponed_and_contract_specialist_codes_came_in_2020(link):
    """907 before 2020-01-01: the code is used all the same, with a warning of our own. Nothing on the day."""
    link(
        """
        date       | unit | patient | code  | message | used
        2019-12-31 | HF1  | p1      | A01AA | 907     | yes
        2020-01-01 | HF1  | p2      | A01AA |         |
        2019-12-01 | HF1  | p3      | A01A  |         |
        2019-12-05 | HF1  | p3      | A01S  |         |
        2019-12-30 | HF1  | p3      | A01CK |         |
        2019-12-31 | HF1  | p3      | A01P  | 907     | yes
        2019-12-01 | HF1  | p4      | A01A  |         |
        2019-12-05 | HF1  | p4      | A01S  |         |
        2019-12-30 | HF1  | p4      | A01CK |         |
        2020-01-01 | HF1  | p4      | A01P  |         |
        """,
        gives="""
        patient_id | start      | via_specialist | postponed
        p1         | 2019-12-31 | yes            | no
        p2         | 2020-01-01 | yes            | no
        p3         | 2019-12-01 | no             | yes
        p4         | 2019-12-01 | no             | yes
        """,
    )


@rule("907", "115")
def test_before_its_pathway_had_begun_a_code_is_not_early_but_impossible(link):
    """A38AA before September 2015: 115 alone."""
    link(
        """
        date       | unit | code  | message | used
        2015-06-01 | HF1  | A38AA | 115     | no
        """,
        gives="pathway",
    )


def test_the_list_has_472_cancer_codes(catalogue):
    """26 organs with 16 codes, metastases with 16 and the diagnostic pathway with 10 are 442 today; 28 biopsy codes and two CD codes are history."""
    cancer = {code for code, label in catalogue.codes.items() if label.list == "8480"}
    assert cancer == {prefix + suffix for prefix in rulebook.FIRST_DAY for suffix in rulebook.suffixes(prefix)}
    assert len(cancer) == 26 * 16 + 16 + 10 + 28 + 2
    assert sum(catalogue.codes[code].valid_to is None for code in cancer) == 442 - 2 * 16
