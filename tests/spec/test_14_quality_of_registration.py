"""Quality of registration

What is missing, what the register had to say about the codes, and how late they came. A share always stands over those
that could lack something: an attendance is missing only where the code that ended the pathway asks for one.
"""

from __future__ import annotations


def test_a_missing_attendance(count):
    """Treatment asks for an attendance; a decision from the papers alone (CA, CI, CM) asks for none, so p3 is no fault. In
    the diagnostic pathway a found disease asks for one (p4)."""
    count(
        """
        date       | unit | patient | code  | message
        2024-01-01 | HF1  | p1      | A26A  |
        2024-01-05 | HF1  | p1      | A26S  |
        2024-01-10 | HF1  | p1      | A26CK |
        2024-01-20 | HF1  | p1      | A26FK |
        2024-01-01 | HF1  | p2      | A26A  |
        2024-01-10 | HF1  | p2      | A26CK | 108
        2024-01-20 | HF1  | p2      | A26FM |
        2024-01-01 | HF1  | p3      | A26A  |
        2024-01-10 | HF1  | p3      | A26CI |
        2024-01-01 | HF1  | p4      | C01A  |
        2024-01-10 | HF1  | p4      | C01CA | 119
        2024-01-01 | HF1  | p5      | C01A  |
        2024-01-10 | HF1  | p5      | C01CI |
        """,
        figures="""
        indicator                | pathway    | unit_level | org_nr    | period_type | period     | hits | n | percent
        missing_first_attendance | lung       | HF         | HF1 trust | month       | 2024-01-01 | 1    | 2 | 50
        missing_first_attendance | diagnostic | HF         | HF1 trust | month       | 2024-01-01 | 1    | 1 | 100
        """,
    )


def test_a_missing_decision(count):
    """Of the pathways that ended with treatment."""
    count(
        """
        date       | unit | patient | code  | message
        2024-01-01 | HF1  | p1      | A26A  |
        2024-01-05 | HF1  | p1      | A26S  |
        2024-01-20 | HF1  | p1      | A26FK | 110
        2024-01-01 | HF1  | p2      | A26A  |
        2024-01-05 | HF1  | p2      | A26S  |
        2024-01-10 | HF1  | p2      | A26CK |
        2024-01-20 | HF1  | p2      | A26FK |
        2024-01-01 | HF1  | p3      | A26A  |
        2024-01-20 | HF1  | p3      | A26X  |
        """,
        figures="""
        indicator        | pathway | unit_level | org_nr    | period_type | period     | hits | n | percent | ci_low            | ci_high
        missing_decision | lung    | HF         | HF1 trust | month       | 2024-01-01 | 1    | 2 | 50      | 9.453120573423071 | 90.54687942657694
        """,
    )


def test_a_missing_treatment(count):
    """Ninety days after a decision to treat (a setting), and neither begun nor ended. p3 was decided too late to be judged;
    p4's decision ended the pathway."""
    count(
        """
        date       | unit | patient | code  | message
        2024-01-01 | HF1  | p1      | A26A  |
        2024-01-05 | HF1  | p1      | A26S  |
        2024-01-10 | HF1  | p1      | A26CK |
        2024-01-01 | HF1  | p2      | A26A  |
        2024-01-05 | HF1  | p2      | A26S  |
        2024-01-10 | HF1  | p2      | A26CK |
        2024-04-01 | HF1  | p2      | A26X  |
        2024-01-01 | HF1  | p3      | A26A  |
        2024-01-05 | HF1  | p3      | A26S  |
        2024-01-11 | HF1  | p3      | A26CK |
        2024-01-01 | HF1  | p4      | A26A  |
        2024-01-10 | HF1  | p4      | A26CM |
        """,
        as_of="2024-04-09",
        figures="""
        indicator         | pathway | unit_level | org_nr    | period_type | period     | hits | n | percent
        missing_treatment | lung    | HF         | HF1 trust | month       | 2024-01-01 | 1    | 2 | 50
        """,
    )


def test_messages_by_number(count):
    """Over all codes of the month that were received, those of unknown codes too. A warning on a whole pathway stands
    where and when it started."""
    count(
        """
        date       | unit | patient | code  | message
        2024-01-01 | HF1  | p1      | A26A  |
        2024-01-05 | HF1  | p1      | A26S  |
        2024-01-06 | HF1  | p1      | A26S  | 102
        2024-01-07 | HF1  | p1      | A26Q  | 101
        2024-02-07 | HF1  | p1      | A26S  | 102
        2024-01-08 | HF2  | p2      | A26S  | 105
        2024-01-09 | HF2  | p3      | A27A  | 101
        """,
        figures="""
        indicator | pathway            | unit_level | org_nr    | period_type | period     | kind | hits | n | percent
        messages  | lung               | national   | 900000000 | month       | 2024-01-01 | 101  | 1    | 5 | 20
        messages  | lung               | national   | 900000000 | month       | 2024-01-01 | 102  | 1    | 5 | 20
        messages  | lung               | national   | 900000000 | month       | 2024-02-01 | 102  | 1    | 1 | 100
        messages  | lung               | HF         | HF1 trust | year        | 2024-01-01 | 102  | 2    | 5 | 40
        messages  | lung               | HF         | HF2 trust | year        | 2024-01-01 | 105  | 1    | 1 | 100
        messages  |                    | HF         | HF2 trust | year        | 2024-01-01 | 101  | 1    | 1 | 100
        """,
    )


def test_days_from_event_to_registration(count):
    """Four codes with a day of registration; three of them came within three days (a setting). A code that was registered
    before it happened says nothing."""
    count(
        """
        date       | unit | patient | id | code  | registered
        2024-01-01 | HF1  | p1      | 1  | A26A  | 2024-01-01
        2024-01-05 | HF1  | p1      | 2  | A26S  | 2024-01-08
        2024-01-10 | HF1  | p1      | 3  | A26CK | 2024-01-11
        2024-01-20 | HF1  | p1      | 4  | A26FK | 2024-01-30
        2024-01-22 | HF1  | p2      | 5  | A26A  | 2024-01-21
        """,
        figures="""
        indicator               | pathway | unit_level | org_nr    | period_type | period     | hits | n | percent | median | p90
        registration_delay_days | lung    | HF         | HF1 trust | month       | 2024-01-01 | 3    | 4 | 75      | 2      | 7.9
        """,
    )


def test_by_sex_and_age(count):
    """A year's times are also told by sex, by age at the start, and by both. Who has no known age is in the whole only."""
    count(
        """
        date       | unit | patient | code
        2024-01-01 | HF1  | p1      | A26A
        2024-01-08 | HF1  | p1      | A26S
        2024-01-20 | HF1  | p1      | A26X
        2024-01-01 | HF1  | p2      | A26A
        2024-01-04 | HF1  | p2      | A26S
        2024-01-20 | HF1  | p2      | A26X
        2024-01-01 | HF1  | p3      | A26A
        2024-01-02 | HF1  | p3      | A26S
        2024-01-20 | HF1  | p3      | A26X
        """,
        patients="""
        patient | born       | sex
        p1      | 1954-01-01 | 1
        p2      | 1954-01-02 | 2
        p3      |            | 2
        """,
        figures="""
        indicator | pathway | unit_level | org_nr    | period_type | period     | sex | age_group | n | median
        of1_days  | lung    | HF         | HF1 trust | year        | 2024-01-01 |     |           | 3 | 3
        of1_days  | lung    | HF         | HF1 trust | year        | 2024-01-01 | 1   |           | 1 | 7
        of1_days  | lung    | HF         | HF1 trust | year        | 2024-01-01 | 2   |           | 2 | 2
        of1_days  | lung    | HF         | HF1 trust | year        | 2024-01-01 |     | 70-79     | 1 | 7
        of1_days  | lung    | HF         | HF1 trust | year        | 2024-01-01 |     | 60-69     | 1 | 3
        of1_days  | lung    | HF         | HF1 trust | year        | 2024-01-01 | 2   | 60-69     | 1 | 3
        """,
    )
