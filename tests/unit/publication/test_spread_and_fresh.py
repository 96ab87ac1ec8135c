"""Days over in bands, and the fresh periods, from episodes that can be counted by hand."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pytest

from pakkeforlop.publication.release.fresh import fresh_periods, fresh_rows
from pakkeforlop.publication.release.spread import spread_rows
from pakkeforlop.vocabulary.calendar import day_number

BERGEN, TROMSO, COUNTRY, VEST = "983974724", "983974899", "900000000", "983658725"


def episodes(rows: list[dict[str, Any]]) -> pa.Table:
    kinds = {"pathway": pa.string(), "trust": pa.string(), "share_reason": pa.string(), "start_date": pa.date32(),
             "end_date": pa.date32(), "share_days": pa.int32(), "share_limit": pa.int32(), "end": pa.string(),
             "treatment_date": pa.date32(), "share_within": pa.bool_()}  # fmt: skip
    return pa.table({name: pa.array([row.get(name) for row in rows], kind) for name, kind in kinds.items()})


def treated(days: int, *, limit: int = 32, start: date = date(2021, 3, 1), trust: str = BERGEN, pathway: str = "A01") -> dict[str, Any]:
    return {"pathway": pathway, "trust": trust, "share_reason": "counts", "start_date": start,
            "end_date": start + timedelta(days=days), "share_days": days, "share_limit": limit}  # fmt: skip


def otherwise(days: int, start: date) -> dict[str, Any]:
    return {"pathway": "A01", "trust": BERGEN, "share_reason": "not_treated", "start_date": start, "end_date": start + timedelta(days=days)}


def waiting(start: date) -> dict[str, Any]:
    return {"pathway": "A01", "trust": BERGEN, "share_reason": "open", "start_date": start}


def test_bands_break_the_day_after_7_14_and_28_over(catalogue: Any):
    """Limit 32: 32 is in time, 33 and 39 are 1-7 over, 40 and 46 are 8-14, 47 and 60 are 15-28, 61 is more."""
    table = episodes([treated(days) for days in (32, 33, 39, 40, 46, 47, 60, 61)] + [otherwise(5, date(2021, 3, 1))])
    counts = {row["band"]: row["count"] for row in spread_rows(table, catalogue) if row["org_nr"] == VEST and row["pathway_key"] == "breast"}
    assert counts == {"within": 1, "over_1_7": 2, "over_8_14": 2, "over_15_28": 2, "over_29": 1}


def test_bands_are_told_for_the_country_its_regions_and_the_total(catalogue: Any):
    rows = spread_rows(episodes([treated(10), treated(10, trust=TROMSO, pathway="A26"), treated(10, pathway="C01")]), catalogue)
    found = {(row["pathway_key"], row["org_nr"]): row["count"] for row in rows}
    assert found[("all_organ_specific", COUNTRY)] == 2  # the diagnostic pathway is in no total
    assert found[("breast", VEST)] == 1
    assert ("lung", VEST) not in found
    assert {row["year"] for row in rows} == {2021}


def test_the_year_is_that_of_the_end(catalogue: Any):
    rows = spread_rows(episodes([treated(40, start=date(2020, 12, 10))]), catalogue)
    assert {row["year"] for row in rows} == {2021}


def test_the_fresh_tertials_are_the_last_three(catalogue: Any):
    found = fresh_periods(day_number(date(2022, 1, 20)))
    assert [name for name, _, _ in found] == ["2021T2", "2021T3", "2022T1"]
    assert found[1][1:] == (day_number(date(2021, 9, 1)), day_number(date(2022, 1, 1)))


def test_the_ones_still_waiting_are_reckoned_with(catalogue: Any):
    """120 start on one day: 60 in time on day 20, 20 end otherwise on day 25, 40 late on day 50; known to day 40 the late
    ones wait. Of those treated all were in time; the estimate cannot be made while a third waits."""
    start = date(2021, 12, 1)
    done = [treated(20, start=start)] * 60 + [otherwise(25, start)] * 20
    early = fresh_rows(episodes(done + [waiting(start)] * 40), catalogue, day_number(start) + 40)
    mine = [row for row in early if row["pathway_key"] == "breast" and row["org_nr"] == COUNTRY]
    assert {row["in_time_completed"] for row in mine} == {100}
    assert {row["in_time_estimated"] for row in mine} == {None}
    at = {row["day"]: (row["treated"], row["otherwise"], row["waiting"]) for row in mine}
    assert at[14] == (0, 0, 100)
    assert at[21] == (50, 0, 50)
    assert at[28] == (50, 17, 33)
    late = fresh_rows(episodes(done + [treated(50, start=start)] * 40), catalogue, day_number(start) + 90)
    whole = next(row for row in late if row["pathway_key"] == "breast" and row["org_nr"] == COUNTRY)
    assert (whole["in_time_completed"], whole["in_time_estimated"], whole["started"]) == (60, 60, 120)


def test_fewer_than_a_hundred_are_not_told_and_numbers_are_rounded(catalogue: Any):
    start = date(2021, 12, 1)
    assert fresh_rows(episodes([treated(20, start=start)] * 99), catalogue, day_number(start) + 60) == []
    [first, *_] = fresh_rows(episodes([treated(20, start=start)] * 104), catalogue, day_number(start) + 60)
    assert first["started"] == 100


def test_a_quick_start_does_not_stand_for_all(catalogue: Any):
    """Who started late in the period is followed a shorter time: what they will do is learnt from those seen longer."""
    old, new = date(2021, 9, 1), date(2021, 12, 20)
    seen = [treated(20, start=old)] * 60 + [treated(60, start=old)] * 60
    fresh = [treated(20, start=new)] * 60 + [waiting(new)] * 60
    rows = fresh_rows(episodes(seen + fresh), catalogue, day_number(date(2022, 1, 20)))
    one = next(row for row in rows if row["pathway_key"] == "breast" and row["period"] == "2021T3")
    assert one["in_time_completed"] == pytest.approx(100 * 120 / 180, abs=0.5)
    assert one["in_time_estimated"] == 50
