"""Codes

A code is a pathway prefix, an event and for some events an outcome: `A01CK` is breast cancer, decision, cancer found.
A code that cannot be used keeps its message and counts for nothing. The messages are numbered as the national register
numbers them.

How to read the tables, here and in all chapters: HF1, HF2 and HF3 are hospitals of three trusts, HF1b and HF2b other
hospitals of the first two, `HF1 trust` is a trust's own number. A short date takes its year from the row above. Without
a column `patient` all rows are one patient's. `message` holds the numbers that a row gets, `used` whether it counts all
the same. Without another as-of day, it is 31 December 2026. Of what a story gives, only the columns shown are told, and
an empty cell means that nothing stands there.
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
def test_a_code_is_read_by_position(link):
    """101: prefixes have gaps, decisions and treatments need their outcome, and only capital letters are codes."""
    link(
        """
        date       | unit | code   | message
        2024-01-02 | HF1  | A01    | 101
        2024-01-02 | HF1  | A01C   | 101
        2024-01-02 | HF1  | A01F   | 101
        2024-01-02 | HF1  | A01F1  | 101
        2024-01-02 | HF1  | A01CKK | 101
        2024-01-02 | HF1  | A1A    | 101
        2024-01-02 | HF1  | A27A   | 101
        2024-01-02 | HF1  | a01a   | 101
        2024-01-02 | HF1  | A01ck  | 101
        2024-01-02 | HF1  | AA     | 101
        2024-01-02 | HF1  | B02A   | 101
        2024-01-02 | HF1  | C02A   | 101
        2024-01-02 | HF1  | DA1A   | 101
        """,
        gives="pathway",
    )


@rule("decision 2")
def test_codes_of_other_lists_are_left_to_them(link):
    """Psychosis (D06) and its like, and the needs assessment of pathway home (WMFG11), may stand in the same file: never 101."""
    link(
        """
        date       | unit | code   | message
        2024-01-02 | HF1  | WMFG11 |
        2024-01-02 | HF1  | D06A   |
        2024-01-02 | HF1  | D07CA  |
        2024-01-02 | HF1  | D08XO  |
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
def test_each_organ_pathway_began_on_its_day(link):
    """115 the day before, nothing on the day. (Breast, colorectal, prostate and lung began with the first day of all data.)"""
    link(
        """
        date       | unit | code | message | used
        2015-04-30 | HF1  | A02A | 115     | no
        2015-05-01 | HF2  | A02A |         |
        2015-08-31 | HF1  | A03A | 115     | no
        2015-09-01 | HF2  | A03A |         |
        2015-08-31 | HF1  | A04A | 115     | no
        2015-09-01 | HF2  | A04A |         |
        2015-08-31 | HF1  | A05A | 115     | no
        2015-09-01 | HF2  | A05A |         |
        2015-04-30 | HF1  | A06A | 115     | no
        2015-05-01 | HF2  | A06A |         |
        2015-08-31 | HF1  | A07A | 115     | no
        2015-09-01 | HF2  | A07A |         |
        2015-04-30 | HF1  | A14A | 115     | no
        2015-05-01 | HF2  | A14A |         |
        2015-04-30 | HF1  | A15A | 115     | no
        2015-05-01 | HF2  | A15A |         |
        2015-08-31 | HF1  | A17A | 115     | no
        2015-09-01 | HF2  | A17A |         |
        2015-04-30 | HF1  | A18A | 115     | no
        2015-05-01 | HF2  | A18A |         |
        2015-04-30 | HF1  | A20A | 115     | no
        2015-05-01 | HF2  | A20A |         |
        2015-04-30 | HF1  | A21A | 115     | no
        2015-05-01 | HF2  | A21A |         |
        2015-04-30 | HF1  | A22A | 115     | no
        2015-05-01 | HF2  | A22A |         |
        2015-08-31 | HF1  | A23A | 115     | no
        2015-09-01 | HF2  | A23A |         |
        2015-08-31 | HF1  | A30A | 115     | no
        2015-09-01 | HF2  | A30A |         |
        2015-04-30 | HF1  | A32A | 115     | no
        2015-05-01 | HF2  | A32A |         |
        2015-08-31 | HF1  | A34A | 115     | no
        2015-09-01 | HF2  | A34A |         |
        2015-08-31 | HF1  | A36A | 115     | no
        2015-09-01 | HF2  | A36A |         |
        2015-08-31 | HF1  | A37A | 115     | no
        2015-09-01 | HF2  | A37A |         |
        2015-08-31 | HF1  | A38A | 115     | no
        2015-09-01 | HF2  | A38A |         |
        2015-08-31 | HF1  | A39A | 115     | no
        2015-09-01 | HF2  | A39A |         |
        2015-08-31 | HF1  | A40A | 115     | no
        2015-09-01 | HF2  | A40A |         |
        """,
        as_of="2015-09-01",
        gives="""
        pathway | start
        A02     | 2015-05-01
        A03     | 2015-09-01
        A04     | 2015-09-01
        A05     | 2015-09-01
        A06     | 2015-05-01
        A07     | 2015-09-01
        A14     | 2015-05-01
        A15     | 2015-05-01
        A17     | 2015-09-01
        A18     | 2015-05-01
        A20     | 2015-05-01
        A21     | 2015-05-01
        A22     | 2015-05-01
        A23     | 2015-09-01
        A30     | 2015-09-01
        A32     | 2015-05-01
        A34     | 2015-09-01
        A36     | 2015-09-01
        A37     | 2015-09-01
        A38     | 2015-09-01
        A39     | 2015-09-01
        A40     | 2015-09-01
        """,
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
def test_biopsy_and_cd_lapsed_with_2016(link):
    """Valid on the last day of 2016; 120 the day after, when the code is kept for history only."""
    link(
        """
        date       | unit | patient | code  | message | used
        2016-12-01 | HF1  | p1      | A01A  |         |
        2016-12-31 | HF1  | p1      | A01B  |         |
        2017-01-01 | HF1  | p1      | A01B  | 120     | no
        2016-12-01 | HF1  | p2      | B01A  |         |
        2016-12-01 | HF1  | p2      | B01S  |         |
        2016-12-31 | HF1  | p2      | B01B  |         |
        2017-01-01 | HF1  | p2      | B01B  | 120     | no
        2017-01-01 | HF1  | p2      | B01CD | 120     | no
        2016-12-01 | HF1  | p3      | B01A  |         |
        2016-12-01 | HF1  | p3      | B01S  |         |
        2016-12-31 | HF1  | p3      | B01CD |         |
        2016-12-01 | HF1  | p4      | C01A  |         |
        2016-12-01 | HF1  | p4      | C01S  |         |
        2016-12-31 | HF1  | p4      | C01B  |         |
        2017-01-01 | HF1  | p4      | C01B  | 120     | no
        2017-01-01 | HF1  | p4      | C01CD | 120     | no
        2016-12-01 | HF1  | p5      | C01A  |         |
        2016-12-01 | HF1  | p5      | C01S  |         |
        2016-12-31 | HF1  | p5      | C01CD |         |
        """,
        gives="""
        patient_id | decision | end | messages
        p1         |          |     |
        p2         |          |     |
        p3         | D        | CD  |
        p4         |          |     |
        p5         | D        | CD  |
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
def test_two_blood_cancers_were_taken_out_in_may_2021(link):
    """The last day is 30 April 2021; a code of 1 May gets 120, also for a patient already inside."""
    link(
        """
        date       | unit | code  | message | used
        2021-04-30 | HF1  | A03A  | 911     | yes
        2021-04-30 | HF1  | A03S  |         |
        2021-05-01 | HF1  | A03S  | 120     | no
        2021-05-01 | HF2  | A03AA | 120     | no
        2021-04-30 | HF1  | A05A  | 911     | yes
        2021-05-01 | HF1  | A05S  | 120     | no
        2021-05-01 | HF2  | A05AA | 120     | no
        """,
        gives="""
        pathway | start      | attendance | end
        A03     | 2021-04-30 | 2021-04-30 | R
        A05     | 2021-04-30 |            | R
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
