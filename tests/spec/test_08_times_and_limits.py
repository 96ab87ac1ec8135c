"""Times and limits

Times are whole calendar days, date minus date, from the first start: OF1 from start to attendance, OF2 from attendance
to decision, OF3 from decision to treatment, OF4 from start to treatment. A missing point gives no time. The limit is the
one in force on the day the pathway started.
"""

from __future__ import annotations

from datetime import date

import pytest

from factories.tables import table

rule = pytest.mark.rule


@rule("R11")
def test_the_four_times(link):
    """OF4 is OF1 + OF2 + OF3."""
    link(
        """
        date       | unit | code
        2024-02-26 | HF1  | A26A
        2024-03-04 | HF1  | A26S
        2024-03-20 | HF1  | A26CK
        2024-04-02 | HF1  | A26FK
        """,
        gives="""
        OF1 | OF2 | OF3 | OF4 | of1_limit | of2_limit | of3_limit | of4_limit
        7   | 16  | 13  | 36  | 7         | 21        | 14        | 42
        """,
    )


@rule("R11")
def test_a_missing_point_gives_no_time(link):
    """Never zero, and never within the limit."""
    link(
        """
        date       | unit | patient | code  | message
        2024-02-26 | HF1  | p1      | A26A  |
        2024-02-26 | HF1  | p2      | A26A  |
        2024-03-20 | HF1  | p2      | A26CK | 108
        2024-02-26 | HF1  | p3      | A26A  |
        2024-03-20 | HF1  | p3      | A26FK | 109
        2024-02-26 | HF1  | p4      | A26A  |
        2024-03-20 | HF1  | p4      | A26S  |
        """,
        gives="""
        patient_id | OF1 | OF2 | OF3 | OF4 | share | within
        p1         |     |     |     |     |       |
        p2         |     |     |     |     |       |
        p3         |     |     |     | 23  | 23    | yes
        p4         | 23  |     |     |     |       |
        """,
    )


@rule("R11")
def test_everything_on_one_day_is_zero_days(link):
    """Zero is a time, and within."""
    link(
        """
        date       | unit | code
        2024-02-26 | HF1  | A26A
        2024-02-26 | HF1  | A26S
        2024-02-26 | HF1  | A26CK
        2024-02-26 | HF1  | A26FK
        """,
        gives="""
        OF1 | OF2 | OF3 | OF4 | within
        0   | 0   | 0   | 0   | yes
        """,
    )


@rule("decision 7")
def test_days_are_dates_as_written(link):
    """A date may carry a time of day and a zone; only the date is read. The leap day is a day."""
    link(
        """
        date                      | unit | code
        2024-02-28T23:59:59+01:00 | HF1  | A26A
        2024-03-01T00:01:00Z      | HF1  | A26S
        """,
        gives="""
        OF1
        2
        """,
    )


@rule("901", "R10", "R11")
def test_a_negative_time_is_left_empty(link):
    """The decision stands before the attendance: flagged at the opening; the other times stay."""
    link(
        """
        date       | unit | code  | message
        2024-02-26 | HF1  | A26A  | 901
        2024-03-04 | HF1  | A26CK | 108
        2024-03-05 | HF1  | A26S  | 111
        2024-03-18 | HF1  | A26FK |
        """,
        gives="""
        OF1 | OF2 | OF3 | OF4 | why    | within
        8   |     | 14  | 21  | counts | yes
        """,
    )


@rule("906", "R10")
def test_a_very_long_time(link):
    """906 over 730 days, at the opening; 730 days are not flagged. The time is kept and counts."""
    link(
        """
        date       | unit | patient | code  | message | used
        2021-01-01 | HF1  | p1      | A20A  |         |
        2023-01-01 | HF1  | p1      | A20FK | 109     |
        2021-01-01 | HF1  | p2      | A20A  | 906     | yes
        2023-01-02 | HF1  | p2      | A20FK | 109     |
        2021-01-01 | HF1  | p3      | A20A  | 906     | yes
        2023-01-02 | HF1  | p3      | A20S  |         |
        """,
        gives="""
        patient_id | OF1 | OF4 | why    | within | messages
        p1         |     | 730 | counts | no     | 109
        p2         |     | 731 | counts | no     | 109 906
        p3         | 731 |     | open   |        | 906
        """,
    )


@rule("906", "decision 9")
def test_the_shares_own_time_may_be_the_long_one(link):
    """In the diagnostic pathway it runs from start to decision, over both its parts."""
    link(
        """
        date       | unit | code  | message
        2021-01-01 | HF1  | C01A  | 906
        2022-02-05 | HF1  | C01S  |
        2023-03-12 | HF1  | C01CA |
        """,
        gives="""
        OF1 | OF2 | share | OF4
        400 | 400 | 800   |
        """,
    )


# --- versions ---------------------------------------------------------------------------------------------------------


@rule("decision 11")
def test_breast_the_day_before_and_the_day_of_the_change(link):
    """From 1 May 2021 five days more for the work-up, and for the whole. The day of the start decides, not the end."""
    link(
        """
        date       | unit | patient | code
        2021-04-30 | HF1  | p1      | A01A
        2021-05-04 | HF1  | p1      | A01S
        2021-05-14 | HF1  | p1      | A01CK
        2021-05-28 | HF1  | p1      | A01FK
        2021-05-01 | HF1  | p2      | A01A
        2021-05-04 | HF1  | p2      | A01S
        2021-05-14 | HF1  | p2      | A01CK
        2021-05-29 | HF1  | p2      | A01FK
        """,
        gives="""
        patient_id | of2_limit | of4_limit | OF4 | within | limit_version
        p1         | 7         | 27        | 28  | no     | A01@2015-01-01
        p2         | 12        | 32        | 28  | yes    | A01@2021-05-01
        """,
    )


@rule("decision 11")
def test_testis_the_day_before_and_the_day_of_the_change(link):
    """Surgery 28 days after the decision instead of 14, medical treatment 14 instead of 21."""
    link(
        """
        date       | unit | patient | code  | message
        2021-04-30 | HF1  | p1      | A18A  |
        2021-06-10 | HF1  | p1      | A18FK | 109
        2021-05-01 | HF1  | p2      | A18A  |
        2021-06-10 | HF1  | p2      | A18FK | 109
        2021-04-30 | HF1  | p3      | A18A  |
        2021-06-02 | HF1  | p3      | A18FM | 109
        2021-05-01 | HF1  | p4      | A18A  |
        2021-06-02 | HF1  | p4      | A18FM | 109
        """,
        gives="""
        patient_id | of3_limit | of4_limit | OF4 | within
        p1         | 14        | 31        | 41  | no
        p2         | 28        | 45        | 40  | yes
        p3         | 21        | 38        | 33  | yes
        p4         | 14        | 31        | 32  | no
        """,
    )


@rule("decision 11")
def test_myeloma_had_no_limit_for_radiotherapy_before_2023(link):
    """The day before the change there is none, on the day there is."""
    link(
        """
        date       | unit | patient | code  | message
        2022-12-31 | HF1  | p1      | A04A  |
        2023-01-20 | HF1  | p1      | A04FS | 109
        2023-01-01 | HF1  | p2      | A04A  |
        2023-01-20 | HF1  | p2      | A04FS | 109
        """,
        gives="""
        patient_id | of3_limit | of4_limit | why      | within | limit_version
        p1         |           |           | no_limit |        | A04@2015-09-01
        p2         | 14        | 41        | counts   | yes    | A04@2023-01-01
        """,
    )


@rule("decision 11")
def test_lymphoma_the_day_before_and_the_day_of_the_change(link):
    """Radiotherapy 17 days after the decision instead of 10, 35 in all instead of 28."""
    link(
        """
        date       | unit | patient | code  | message
        2022-12-31 | HF1  | p1      | A06A  |
        2023-02-01 | HF1  | p1      | A06FS | 109
        2023-01-01 | HF1  | p2      | A06A  |
        2023-02-01 | HF1  | p2      | A06FS | 109
        """,
        gives="""
        patient_id | of3_limit | of4_limit | OF4 | within
        p1         | 10        | 28        | 32  | no
        p2         | 17        | 35        | 31  | yes
        """,
    )


LIMITS = """
    pathway | from       | OF1 | OF2 | K  | M  | S  | O
    A01     | 2015-01-01 | 7   | 7   | 13 | 10 |    |
    A01     | 2021-05-01 | 7   | 12  | 13 | 10 |    |
    A02     | 2015-05-01 | 7   | 7   | 14 | 14 | 14 |
    A03     | 2015-09-01 | 14  | 10  |    | 8  |    | 8
    A04     | 2015-09-01 | 7   | 20  |    | 3  |    |
    A04     | 2023-01-01 | 7   | 20  |    | 3  | 14 |
    A05     | 2015-09-01 | 2   | 5   |    | 1  |    |
    A06     | 2015-05-01 | 4   | 14  |    | 3  | 10 |
    A06     | 2023-01-01 | 4   | 14  |    | 3  | 17 |
    A07     | 2015-09-01 | 8   | 14  | 14 | 14 |    |
    A12     | 2015-01-01 | 9   | 12  | 14 | 14 | 18 |
    A14     | 2015-05-01 | 7   | 25  | 14 | 14 | 14 |
    A15     | 2015-05-01 | 7   | 25  | 11 | 11 | 11 |
    A16     | 2015-01-01 | 10  | 24  | 32 | 3  | 32 | 32
    A17     | 2015-09-01 | 6   | 21  | 10 | 14 | 14 |
    A18     | 2015-05-01 | 5   | 12  | 14 | 21 | 21 | 14
    A18     | 2021-05-01 | 5   | 12  | 28 | 14 | 21 | 14
    A20     | 2015-05-01 | 6   | 16  | 8  | 8  | 8  |
    A21     | 2015-05-01 | 6   | 16  | 8  | 8  | 8  |
    A22     | 2015-05-01 | 6   | 16  | 8  | 8  | 8  |
    A23     | 2015-09-01 | 6   | 8   | 7  | 14 | 14 |
    A26     | 2015-01-01 | 7   | 21  | 14 | 7  | 14 |
    A30     | 2015-09-01 | 3   | 10  | 14 | 3  | 14 |
    A32     | 2015-05-01 | 8   | 21  | 14 | 14 | 14 |
    A34     | 2015-09-01 | 5   | 20  | 14 | 7  |    |
    A36     | 2015-09-01 | 8   | 21  | 14 | 14 | 14 |
    A37     | 2015-09-01 | 10  | 10  | 21 |    |    |
    A38     | 2015-09-01 | 7   | 14  | 14 | 14 | 14 |
    A39     | 2015-09-01 | 14  | 21  | 21 | 21 | 21 |
    A40     | 2015-09-01 | 6   | 21  | 21 | 14 | 21 |
    B01     | 2015-09-01 | 7   | 14  | 14 | 10 | 14 |
    C01     | 2015-05-01 | 7   | 15  |    |    |    |
    """
"""The days of every version: OF1, OF2, and OF3 by kind of treatment. OF4 is their sum."""


def in_force(catalogue, pathway, span, kind, on):
    """The days of a limit on a day, found the slow way."""
    blocks = [b for b in catalogue.pathways[pathway].time_limit.get(span, ()) if b.kind == kind and b.valid_from <= on]
    return max(blocks, key=lambda block: block.valid_from).days if blocks else None


@rule("decision 10", "decision 11")
def test_all_limits(catalogue):
    """On the first day of each version, and again on its last, the catalogue has the days of the printed table."""
    versions = table(LIMITS)
    assert {row["pathway"] for row in versions} == set(catalogue.pathways) - {"D01", "D11", "D12"}
    for row, following in zip(versions, [*versions[1:], None], strict=True):
        days = [date.fromisoformat(row["from"])]
        if following and following["pathway"] == row["pathway"]:
            days.append(date.fromordinal(date.fromisoformat(following["from"]).toordinal() - 1))
        for on in days:
            of1, of2 = int(row["OF1"]), int(row["OF2"])
            assert in_force(catalogue, row["pathway"], "OF1", "", on) == of1, (row, on)
            assert in_force(catalogue, row["pathway"], "OF2", "", on) == of2, (row, on)
            for kind in "KMSLOI":
                of3 = int(row[kind]) if row.get(kind) else None
                of4 = of1 + of2 + of3 if of3 is not None else None
                assert in_force(catalogue, row["pathway"], "OF3", kind, on) == of3, (row, kind, on)
                assert in_force(catalogue, row["pathway"], "OF4", kind, on) == of4, (row, kind, on)
