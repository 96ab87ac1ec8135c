"""The order of codes

Codes of one patient and pathway stand in the order of their days. Within a day they stand in the order that a pathway
runs: A, AA, S, B, C (K U M A I D), O, P, F (K M S L O I), X; then by organisation number; then by `registration_id`,
or by row where there is none. The order in which they arrived means nothing.
"""

from __future__ import annotations

import pytest

rule = pytest.mark.rule


@rule("R1", "decision 5")
def test_a_whole_pathway_on_one_day(link):
    """In whatever order the rows are written, every code finds what it needs before it."""
    link(
        """
        date       | unit | code
        2024-03-01 | HF1  | A01FK
        2024-03-01 | HF1  | A01P
        2024-03-01 | HF1  | A01CK
        2024-03-01 | HF1  | A01S
        2024-03-01 | HF1  | A01A
        """,
        gives="""
        OF1 | OF2 | OF3 | OF4 | end | postponed | messages
        0   | 0   | 0   | 0   | FK  | yes       |
        """,
    )


@rule("R1", "decision 5")
def test_a_plain_start_before_one_by_way_of_a_contract_specialist(link):
    """The A opens; the AA beside it at the same place is a second start."""
    link(
        """
        date       | unit | code  | message
        2024-03-01 | HF1  | A01AA | 102
        2024-03-01 | HF1  | A01A  |
        """,
        gives="""
        start      | via_specialist | messages
        2024-03-01 | no             | 102
        """,
    )


@rule("R1", "902")
def test_decisions_of_one_day(link):
    """Cancer found stands before other disease: the first decides the kind, the second ends the pathway, with a warning."""
    link(
        """
        date       | unit | code  | message
        2024-03-01 | HF1  | A01A  |
        2024-03-05 | HF1  | A01S  |
        2024-03-08 | HF1  | A01CA | 902
        2024-03-08 | HF1  | A01CK |
        """,
        gives="""
        decision | decided    | end | OF2
        K        | 2024-03-08 | CA  | 3
        """,
    )


@rule("R1", "112")
def test_decisions_of_one_day_in_metastases(link):
    """There CK ends the pathway, so a CU of the same day is superfluous."""
    link(
        """
        date       | unit | code  | message
        2024-03-01 | HF1  | B01A  |
        2024-03-05 | HF1  | B01S  |
        2024-03-08 | HF1  | B01CU | 112
        2024-03-08 | HF1  | B01CK |
        """,
        gives="""
        decision | end
        K        | CK
        """,
    )


@rule("R1", "113")
def test_treatments_of_one_day(link):
    """Surgery before medical treatment before radiotherapy: the first counts, the others are superfluous."""
    link(
        """
        date       | unit | code  | message
        2024-03-01 | HF1  | A26A  |
        2024-03-05 | HF1  | A26S  |
        2024-03-08 | HF1  | A26CK |
        2024-03-12 | HF1  | A26FS | 113
        2024-03-12 | HF1  | A26FM | 113
        2024-03-12 | HF1  | A26FK |
        """,
        gives="""
        treatment | end
        K         | FK
        """,
    )


@rule("R1", "114")
def test_treatment_and_break_off_on_one_day(link):
    """The treatment stands first, so the X is superfluous."""
    link(
        """
        date       | unit | code  | message
        2024-03-01 | HF1  | A26A  |
        2024-03-05 | HF1  | A26S  |
        2024-03-08 | HF1  | A26CK |
        2024-03-12 | HF1  | A26X  | 113
        2024-03-12 | HF1  | A26FM |
        """,
        gives="""
        treatment | end
        M         | FM
        """,
    )


@rule("R1", "decision 5")
def test_a_transfer_stands_before_the_treatment_of_the_receiver(link):
    """HF1 sends and HF2 treats the same day."""
    link(
        """
        date       | unit | code
        2024-03-01 | HF1  | A26A
        2024-03-05 | HF1  | A26S
        2024-03-08 | HF1  | A26CK
        2024-03-12 | HF2  | A26FM
        2024-03-12 | HF2  | A26A
        2024-03-12 | HF1  | A26O
        """,
        gives="""
        end | transferred | messages
        FM  | yes         |
        """,
    )


@rule("R1")
def test_only_a_treatment_of_the_same_day_stands_before_the_transfer(link):
    """HF1's own treatment came another day (and too late): its O stands before HF2's."""
    link(
        """
        date       | unit | code  | message
        2024-03-01 | HF1  | A26A  |
        2024-03-05 | HF1  | A26S  |
        2024-03-08 | HF1  | A26CK |
        2024-03-12 | HF2  | A26FM |
        2024-03-12 | HF2  | A26A  |
        2024-03-12 | HF1  | A26O  |
        2024-04-02 | HF1  | A26FS | 113
        """,
        gives="""
        end | transferred
        FM  | yes
        """,
    )


@rule("R1", "decision 5")
def test_a_transfer_stands_after_the_senders_own_treatment(link):
    """A hospital does its own first: its O, or one of its trust, on the day of its F comes after the end."""
    link(
        """
        date       | unit      | patient | code  | message
        2024-03-01 | HF1       | p1      | A26A  |
        2024-03-05 | HF1       | p1      | A26S  |
        2024-03-08 | HF1       | p1      | A26CK |
        2024-03-12 | HF1       | p1      | A26O  | 113
        2024-03-12 | HF1       | p1      | A26FM |
        2024-03-01 | HF1       | p2      | A26A  |
        2024-03-05 | HF1       | p2      | A26S  |
        2024-03-08 | HF1       | p2      | A26CK |
        2024-03-12 | HF1b      | p2      | A26O  | 113
        2024-03-12 | HF1       | p2      | A26FM |
        2024-03-01 | HF1       | p3      | A26A  |
        2024-03-05 | HF1       | p3      | A26S  |
        2024-03-08 | HF1       | p3      | A26CK |
        2024-03-12 | HF1 trust | p3      | A26O  | 113
        2024-03-12 | HF1       | p3      | A26FM |
        """,
        gives="""
        patient_id | end | transferred | messages
        p1         | FM  | no          | 113
        p2         | FM  | no          | 113
        p3         | FM  | no          | 113
        """,
    )


@rule("R1")
def test_a_transfer_stands_after_the_senders_own_break_off(link):
    """The same with X; an O of another trust on that day stands before it."""
    link(
        """
        date       | unit | code | message
        2024-03-01 | HF1  | A26A |
        2024-03-12 | HF1  | A26O | 114
        2024-03-12 | HF1  | A26X |
        2024-03-12 | HF2  | A26O | 903
        """,
        gives="""
        end | transferred
        X   | yes
        """,
    )


@rule("R1", "decision 8")
def test_two_starts_on_one_day(link):
    """The lowest organisation number opens, and the pathway belongs to its trust. (The other was not sent to: 904.)"""
    link(
        """
        date       | unit | code | message
        2024-03-01 | HF2  | A01A | 904
        2024-03-01 | HF1  | A01A |
        """,
        gives="""
        start_institution | trust     | trusts | transferred
        HF1               | HF1 trust | 2      | yes
        """,
    )


@rule("R1", "decision 5")
def test_the_code_goes_before_the_organisation_number(link):
    """A at HF2 stands before AA at HF1."""
    link(
        """
        date       | unit | code  | message
        2024-03-01 | HF1  | A01AA | 904
        2024-03-01 | HF2  | A01A  |
        """,
        gives="""
        start_institution | trust     | via_specialist
        HF2               | HF2 trust | no
        """,
    )


@rule("R1", "decision 5")
def test_the_registration_id_goes_last(link):
    """Of rows alike in all else, the one with the greater id is the repetition, whatever came first."""
    link(
        """
        date       | unit | id | code | message
        2024-03-01 | HF1  | b  | A01A | 102
        2024-03-01 | HF1  | a  | A01A |
        2024-03-05 | HF1  | 10 | A01S |
        2024-03-05 | HF1  | 9  | A01S | 102
        """,
        gives="""
        start      | attendance
        2024-03-01 | 2024-03-05
        """,
    )


@rule("R1")
def test_without_an_id_the_row_goes_last(link):
    """Rows without an id stand before those with one, and among themselves by row."""
    link(
        """
        date       | unit | id | code | message
        2024-03-01 | HF1  | a  | A01A | 102
        2024-03-01 | HF1  |    | A01A |
        2024-03-01 | HF1  |    | A01A | 102
        """,
    )


@rule("decision 1", "decision 5")
def test_the_order_of_arrival_means_nothing(link):
    """Written down backwards, T2 gives the same pathway."""
    link(
        """
        date       | unit | code
        2024-06-05 | HF2  | A12FK
        2024-05-24 | HF2  | A12CK
        2024-05-16 | HF2  | A12A
        2024-05-15 | HF1  | A12O
        2024-05-08 | HF1  | A12S
        2024-05-02 | HF1  | A12A
        """,
        gives="""
        start      | trusts | OF1 | OF2 | OF3 | OF4 | messages
        2024-05-02 | 2      | 6   | 16  | 12  | 34  |
        """,
    )
