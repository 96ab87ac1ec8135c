"""Transfers and places

O is the day the onward referral is sent; the receiver registers its own start. A place is a hospital or a trust; which
trust a hospital belongs to follows from the dated organisation catalogue. The same hospital number is always the same
place.
"""

from __future__ import annotations

import pytest

rule = pytest.mark.rule


@rule("903", "R10")
def test_a_transfer_that_nobody_answers(link):
    """903 when no other hospital has registered a start within 30 days. The 30th day is within."""
    link(
        """
        date       | unit | patient | code | message | used
        2024-03-01 | HF1  | p1      | A12A |         |
        2024-03-10 | HF1  | p1      | A12O |         |
        2024-04-09 | HF2  | p1      | A12A |         |
        2024-03-01 | HF1  | p2      | A12A |         |
        2024-03-10 | HF1  | p2      | A12O | 903     | yes
        2024-04-10 | HF2  | p2      | A12A |         |
        """,
    )


@rule("903", "R10", "decision 7")
def test_an_answer_is_not_missed_before_its_time(link):
    """The day before the 30 days are over nothing is said; on the day it is."""
    link(
        """
        date       | unit | code | message
        2024-03-01 | HF1  | A12A |
        2024-03-10 | HF1  | A12O |
        """,
        as_of="2024-04-08",
    )
    link(
        """
        date       | unit | code | message
        2024-03-01 | HF1  | A12A |
        2024-03-10 | HF1  | A12O | 903
        """,
        as_of="2024-04-09",
    )


@rule("903", "R10")
def test_a_start_at_the_senders_own_hospital_is_no_answer(link):
    """Another hospital of the same trust may answer; the sender cannot."""
    link(
        """
        date       | unit | patient | code | message
        2024-03-01 | HF1  | p1      | A12A |
        2024-03-10 | HF1  | p1      | A12O |
        2024-03-12 | HF1b | p1      | A12A |
        2024-03-01 | HF1  | p2      | A12A |
        2024-03-10 | HF1  | p2      | A12O | 903
        2024-03-12 | HF1  | p2      | A12A | 102
        """,
    )


@rule("903", "R10")
def test_an_answer_on_the_day_itself(link):
    """Sent and received on one day is an answer, whatever the order within the day."""
    link(
        """
        date       | unit | code
        2024-03-01 | HF1  | A12A
        2024-03-10 | HF1  | A12O
        2024-03-10 | HF2  | A12A
        """,
    )


@rule("904", "R10")
def test_a_start_elsewhere_that_nobody_sent(link):
    """904 on the continuing start; none where another hospital sent the patient since the last start."""
    link(
        """
        date       | unit | patient | code | message | used
        2024-03-01 | HF1  | p1      | A12A |         |
        2024-03-12 | HF2  | p1      | A12A | 904     | yes
        2024-03-01 | HF1  | p2      | A12A |         |
        2024-03-10 | HF1  | p2      | A12O |         |
        2024-03-12 | HF2  | p2      | A12A |         |
        """,
        gives="""
        patient_id | trusts | transferred | messages
        p1         | 2      | yes         | 904
        p2         | 2      | yes         |
        """,
    )


@rule("904", "R10")
def test_a_transfer_announces_one_start(link):
    """HF3's start came after HF2's, and nobody sent the patient there since. A transfer on the day of HF2's start counts
    for both."""
    link(
        """
        date       | unit | patient | code | message
        2024-03-01 | HF1  | p1      | A12A |
        2024-03-10 | HF1  | p1      | A12O |
        2024-03-12 | HF2  | p1      | A12A |
        2024-03-15 | HF3  | p1      | A12A | 904
        2024-03-01 | HF1  | p2      | A12A |
        2024-03-12 | HF1  | p2      | A12O |
        2024-03-12 | HF2  | p2      | A12A |
        2024-03-15 | HF3  | p2      | A12A |
        """,
    )


@rule("904", "R4", "R10")
def test_a_start_that_a_transfer_has_excused_is_announced(link):
    """HF2 sent the patient back before it registered its own start. What makes HF1's second start a continuation is that
    transfer, so it cannot be said to lack one; HF2's own start was sent by nobody."""
    link(
        """
        date       | unit | code | message
        2024-03-01 | HF1  | A16A |
        2024-03-05 | HF2  | A16O |
        2024-03-10 | HF2  | A16A | 904
        2024-03-20 | HF1  | A16A |
        """,
    )


@rule("904", "R10")
def test_a_transfer_of_ones_own_announces_nothing(link):
    """The receiver cannot have sent the patient to itself."""
    link(
        """
        date       | unit | code | message
        2024-03-01 | HF1  | A12A |
        2024-03-10 | HF2  | A12O | 903
        2024-03-12 | HF2  | A12A | 904
        """,
    )


@rule("102", "R5")
def test_a_transfer_repeated(link):
    """A second O of a sender that has not received the patient again is a duplicate; from another sender it is not."""
    link(
        """
        date       | unit | code | message | used
        2024-03-01 | HF1  | A12A |         |
        2024-03-10 | HF1  | A12O |         |
        2024-03-11 | HF1  | A12O | 102     | no
        2024-03-11 | HF1b | A12O | 102     | no
        2024-03-12 | HF2  | A12A |         |
        2024-03-14 | HF2  | A12O |         |
        2024-03-16 | HF3  | A12A |         |
        """,
        gives="""
        trusts | messages
        3      | 102
        """,
    )


@rule("R5")
def test_each_sender_has_a_transfer_of_its_own(link):
    """HF2 has registered no start, but its O is not HF1's over again. HF3's start answers both."""
    link(
        """
        date       | unit | code
        2024-03-01 | HF1  | A12A
        2024-03-10 | HF1  | A12O
        2024-03-11 | HF2  | A12O
        2024-03-12 | HF3  | A12A
        """,
        gives="""
        trusts | messages
        3      |
        """,
    )


@rule("102", "R5")
def test_what_is_not_receiving_again(link):
    """Another hospital's start, or another code at the sender, does not let the sender send once more."""
    link(
        """
        date       | unit | code | message
        2024-03-01 | HF1  | A12A |
        2024-03-10 | HF1  | A12O |
        2024-03-12 | HF2  | A12A |
        2024-03-13 | HF1  | A12S |
        2024-03-14 | HF1  | A12O | 102
        """,
    )


@rule("R5", "R4")
def test_receiving_again_right_after_sending(link):
    """HF2 had already sent the patient back when HF1 sent on: HF1's next start continues, and HF1 may send again."""
    link(
        """
        date       | unit | code
        2024-03-01 | HF1  | A12A
        2024-03-02 | HF2  | A12O
        2024-03-03 | HF1  | A12O
        2024-03-04 | HF1  | A12A
        2024-03-05 | HF1  | A12O
        2024-03-06 | HF2  | A12A
        """,
    )


@rule("102", "R5")
def test_a_transfer_after_receiving_again(link):
    """HF1 got the patient back and may send again."""
    link(
        """
        date       | unit | code
        2024-03-01 | HF1  | A12A
        2024-03-10 | HF1  | A12O
        2024-03-12 | HF2  | A12A
        2024-03-14 | HF2  | A12O
        2024-03-16 | HF1  | A12A
        2024-03-20 | HF1  | A12O
        2024-03-22 | HF2  | A12A
        """,
        gives="""
        trusts | institutions | messages
        2      | 2            |
        """,
    )


@rule("R12")
def test_transferred_means_sent_or_started_at_another_trust(link):
    """An O is enough; so is a start at another trust. A start elsewhere in the trust, or another code at another trust,
    is not. Hospitals and trusts are counted over all used codes."""
    link(
        """
        date       | unit | patient | code | message
        2024-03-01 | HF1  | p1      | A12A |
        2024-03-10 | HF1  | p1      | A12O | 903
        2024-03-01 | HF1  | p2      | A12A |
        2024-03-12 | HF2  | p2      | A12A | 904
        2024-03-01 | HF1  | p3      | A12A |
        2024-03-12 | HF2  | p3      | A12S |
        2024-03-01 | HF1  | p4      | A12A |
        2024-03-12 | HF1b | p4      | A12S |
        2024-03-13 | HF2  | p4      | A12S | 102
        """,
        gives="""
        patient_id | transferred | institutions | trusts
        p1         | yes         | 1            | 1
        p2         | yes         | 2            | 2
        p3         | no          | 2            | 2
        p4         | no          | 2            | 1
        """,
    )


@rule("decision 6", "decision 8")
def test_the_pathway_belongs_to_the_trust_of_the_first_start(link):
    """Wherever the patient is treated. A hospital's trust follows from the catalogue; a trust may stand for itself."""
    link(
        """
        date       | unit      | patient | code  | message
        2024-03-01 | HF1b      | p1      | A12A  |
        2024-03-10 | HF1b      | p1      | A12O  |
        2024-03-12 | HF2       | p1      | A12A  |
        2024-03-14 | HF2       | p1      | A12FK | 109
        2024-03-01 | HF2 trust | p2      | A12A  |
        """,
        gives="""
        patient_id | start_institution | trust     | treatment_institution
        p1         | HF1b              | HF1 trust | HF2
        p2         | HF2 trust         | HF2 trust |
        """,
    )


@rule("decision 6")
def test_a_trust_may_be_named_by_its_key(link):
    """`bergen` in the organisation catalogue is Helse Bergen's number."""
    link(
        """
        date       | unit   | code | message
        2024-03-01 | bergen | A12A |
        2024-03-05 | HF1    | A12A | 102
        """,
        gives="""
        start_institution | trust
        HF1 trust         | HF1 trust
        """,
    )


@rule("decision 6")
def test_a_radiotherapy_unit_has_a_longer_number(link):
    """Its number is the hospital's with one more digit, and it belongs to the same trust."""
    link(
        """
        date       | unit | code | message
        2024-03-01 | HF1  | A12A |
        2024-03-05 | HF1c | A12A | 102
        2024-03-06 | HF1c | A12S |
        """,
        gives="""
        institutions | trusts
        2            | 1
        """,
    )


@rule("912", "decision 6", "R10")
def test_an_unknown_organisation_is_a_unit_of_its_own(link):
    """912 on each of its rows, used or not; it is the same place as itself only."""
    link(
        """
        date       | unit    | code  | message | used
        2024-03-01 | unknown | A12A  | 912     | yes
        2024-03-05 | unknown | A12A  | 102 912 | no
        2024-03-06 | HF1     | A12A  | 904     | yes
                   | unknown | A12S  | 107 912 | no
        2024-03-07 | unknown | A12F9 | 101 912 | no
        """,
        gives="""
        trust   | trusts | transferred | messages
        unknown | 2      | yes         | 102 904 912
        """,
    )


@rule("decision 6", "912")
def test_a_number_that_was_replaced_is_known(link):
    """Aker's own trust became part of Oslo universitetssykehus: the old number stands for the new trust."""
    link(
        """
        date       | unit      | code | message
        2024-03-01 | 983971652 | A12A |
        2024-03-05 | ous       | A12A | 102
        """,
        gives="""
        start_institution | trust
        983971652         | 993467049
        """,
    )


@rule("decision 6")
def test_kongsvinger_the_day_before_it_changed_trust(link):
    """Until 31 January 2019 it is a place of Innlandet, from 1 February of Ahus."""
    link(
        """
        date       | unit        | patient | code | message
        2019-01-31 | Kongsvinger | p1      | A12A |
        2019-02-01 | Kongsvinger | p2      | A12A |
        """,
        gives="""
        patient_id | trust
        p1         | Innlandet
        p2         | Ahus
        """,
    )


@rule("decision 6", "R4")
def test_kongsvinger_is_the_same_place_before_and_after(link):
    """The same hospital number is always the same place, though its trust changed in between."""
    link(
        """
        date       | unit        | code | message
        2019-01-20 | Kongsvinger | A12A |
        2019-02-10 | Kongsvinger | A12A | 102
        2019-02-12 | Kongsvinger | A12S |
        """,
        gives="""
        trust     | institutions | trusts | transferred
        Innlandet | 1            | 2      | no
        """,
    )


@rule("decision 6", "R4")
def test_kongsvinger_and_its_trusts(link):
    """Another hospital is the same place when both belonged to one trust, each on the day of its own code."""
    link(
        """
        date       | unit        | patient | code | message
        2019-01-20 | Kongsvinger | p1      | A12A |
        2019-02-10 | Elverum     | p1      | A12A | 102
        2019-01-20 | Kongsvinger | p2      | A12A |
        2019-02-10 | Nordbyhagen | p2      | A12A | 904
        2019-01-20 | Elverum     | p3      | A12A |
        2019-02-10 | Kongsvinger | p3      | A12A | 904
        """,
        gives="""
        patient_id | trust     | trusts | transferred
        p1         | Innlandet | 1      | no
        p2         | Innlandet | 2      | yes
        p3         | Innlandet | 2      | yes
        """,
    )
