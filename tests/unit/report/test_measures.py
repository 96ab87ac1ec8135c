"""What the report counts itself, on numbers a reader can check by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from pakkeforlop.catalogue.limit_changes import limit_changes, longest_limit, share_limits
from pakkeforlop.review.report.cells import Cell, Cells
from pakkeforlop.review.report.columns import Coded, Episodes
from pakkeforlop.review.report.measures import bands_of, expected_within, groups, phases, spread
from pakkeforlop.review.report.open_pathways import last_event, open_pathways
from pakkeforlop.review.report.series import next_begin, periods, series, settled_unit, without_start_up
from pakkeforlop.vocabulary.calendar import NO_DAY, day_number


def whole(*days: int) -> np.ndarray:
    return np.array(days, dtype=np.int32)


def day(text: str) -> int:
    return day_number(date.fromisoformat(text))


def test_bands_of_days_over():
    assert bands_of(whole(-3, 0, 1, 7, 8, 14, 15, 28, 29, 400)) == (2, 2, 2, 2, 2)
    assert bands_of(whole()) == (0, 0, 0, 0, 0)


def test_the_spread_of_days_counts_every_episode_once():
    days, limit = whole(10, 20, 30, 32, 33, 50, 300), whole(32, 32, 32, 32, 32, 27, 32)
    found = spread(days, limit, relative=False)
    assert found is not None
    assert (found.total, found.within, found.bands) == (7, 4, (4, 1, 0, 1, 1))
    assert found.median == 32
    assert sum(found.within_by_day) + sum(found.late_by_day) + found.below + found.beyond == 7
    assert found.within_by_day[32 - found.first] == 1
    assert found.late_by_day[33 - found.first] == 1


def test_the_spread_against_own_limits_puts_the_last_day_in_time_at_zero():
    found = spread(whole(27, 28, 32, 33), whole(27, 27, 32, 32), relative=True)
    assert found is not None
    assert found.within_by_day[0 - found.first] == 2
    assert found.late_by_day[1 - found.first] == 2
    assert spread(whole(), whole(), relative=True) is None


def test_what_lies_outside_the_picture_is_counted():
    days = np.concatenate([np.full(1000, 20), [900]]).astype(np.int32)
    found = spread(days, np.full(1001, 32, np.int32), relative=True, most=98)
    assert found is not None
    assert found.below + found.beyond == 1


def episodes(**columns: list[Any]) -> Episodes:
    return Episodes(pa.table({name: pa.array(values) for name, values in columns.items()}))


def test_phases_are_means_that_add_up_and_leave_out_what_lacks_a_point():
    found = phases(
        episodes(
            of1_days=[5, 7, None], of1_limit=[7, 7, 7], of2_days=[10, 12, 3], of2_limit=[7, 12, 7], of3_days=[10, 14, 1],
            of3_limit=[13, 13, 13], share_days=[25, 33, 4], share_limit=[27, 32, 27],
        ),
        ("of1", "of2", "of3"),
    )  # fmt: skip
    assert found is not None
    assert [part.days for part in found.parts] == [6, 11, 12]
    assert sum(part.days for part in found.parts) == found.whole.days == 29
    assert (found.whole.limit, found.whole.within, found.left_out) == (29.5, 1, 1)
    assert [(part.within, part.total) for part in found.parts] == [(2, 2), (1, 2), (1, 2)]


def test_phases_of_nothing_are_none_and_a_missing_limit_stays_missing():
    empty = episodes(of1_days=pa.array([None], pa.int32()), of1_limit=[7], share_days=[3], share_limit=[7])
    assert phases(empty, ("of1",)) is None
    found = phases(
        episodes(of1_days=[3], of1_limit=pa.array([None], pa.int32()), share_days=[3], share_limit=[7]), ("of1",)
    )
    assert found is not None
    assert found.parts[0].limit is None


def test_groups_and_what_their_mix_would_give():
    unit = Coded(whole(0, 0, 1, 1, 1), ("a", "b", "unused"))
    mix = Coded(whole(0, 1, 1, 1, 1), ("easy", "hard"))
    days, limit = whole(10, 40, 20, 50, 60), whole(32, 32, 32, 32, 32)
    found = groups(unit, days, limit)
    assert [(g.name, g.within, g.total) for g in found] == [("a", 1, 2), ("b", 1, 3)]
    assert found[1].median == 50
    assert expected_within(unit, mix, days <= limit) == {"a": 1.25, "b": 0.75, "unused": 0.0}


def test_limits_of_breast_before_and_after_may_2021(catalogue: Any):
    breast = catalogue.pathways["A01"]
    family = catalogue.families["organ_specific"]
    assert share_limits(breast, family, date(2021, 4, 30)) == {"K": 27, "M": 24}
    assert share_limits(breast, family, date(2021, 5, 1)) == {"K": 32, "M": 29}
    assert [(c.day, c.longer_by) for c in limit_changes(breast, family)] == [(date(2021, 5, 1), {"K": 5, "M": 5})]
    assert longest_limit(breast, family, date(2014, 1, 1)) is None


def test_the_diagnostic_pathway_is_held_against_two_limits_together(catalogue: Any):
    diagnostic = catalogue.pathways["C01"]
    assert share_limits(diagnostic, catalogue.families[diagnostic.family], date(2021, 6, 1)) == {"": 22}


def test_open_episodes_are_held_against_the_longest_limit_on_their_start_day(catalogue: Any):
    of = {"A01": (catalogue.pathways["A01"], catalogue.families["organ_specific"])}
    found = open_pathways(
        Episodes(
            pa.table(
                {
                    "pathway": ["A01", "A01", "A01", "D99"],
                    "start_date": [date(2021, 4, 30), date(2021, 5, 1), date(2019, 1, 1), date(2021, 5, 1)],
                    "first_attendance_date": pa.array([date(2021, 5, 10), None, None, None], pa.date32()),
                    "decision_date": pa.array([None] * 4, pa.date32()),
                }
            )
        ),
        of,
        as_of=day("2021-06-01"),
        stale_days=365,
    )
    assert found.days.tolist()[:2] == [32, 31]
    assert found.limit.tolist() == [27, 32, 27, NO_DAY]
    assert found.over.tolist()[:2] == [5, -1]
    assert found.stale.tolist() == [False, False, True, False]
    assert found.is_over.tolist() == [True, False, False, False]
    assert found.longest(10) == [0, 1]


def test_the_last_event_is_the_latest_point_there_is():
    at = date(2021, 5, 1)
    assert last_event({"start_date": at}) == ("start", at)
    assert last_event({"start_date": at, "decision_date": at, "first_attendance_date": None}) == ("decision", at)
    assert last_event({"start_date": day("2021-05-01")}) == ("start", at)
    assert last_event({}) == ("start", None)


def counted(*counts: int) -> list[Any]:
    months = [date(2019 + n // 12, n % 12 + 1, 1) for n in range(len(counts))]
    cells = {m: Cell(c // 2, c, None, None, None, None) for m, c in zip(months, counts, strict=True)}
    return periods(lambda _, begins: cells.get(begins), months, unit="month", as_of=day("2021-12-31"))


def test_periods_have_no_gaps_and_fresh_ones_are_provisional():
    cells = {
        date(2021, 8, 1): Cell(7, 10, None, None, None, None),
        date(2021, 12, 1): Cell(3, 5, None, None, None, None),
    }
    found = periods(
        lambda _, begins: cells.get(begins),
        [date(2021, 8, 1), date(2021, 12, 1)],
        unit="month",
        as_of=day("2021-12-31"),
    )
    assert [p.begins.month for p in found] == [8, 9, 10, 11, 12]
    assert [p.denominator for p in found] == [10, 0, 0, 0, 5]
    assert [p.provisional for p in found] == [False, False, False, True, True]
    assert next_begin(date(2021, 12, 1), "month") == date(2022, 1, 1)
    assert next_begin(date(2021, 9, 1), "tertial") == date(2022, 1, 1)


def test_a_period_after_the_as_of_day_is_not_shown():
    cells = {
        date(2021, 12, 1): Cell(3, 5, None, None, None, None),
        date(2022, 1, 1): Cell(1, 1, None, None, None, None),
    }
    found = periods(lambda _, begins: cells.get(begins), sorted(cells), unit="month", as_of=day("2021-12-20"))
    assert [p.begins for p in found] == [date(2021, 12, 1)]


def test_the_first_thin_months_of_an_extract_are_left_out():
    found = counted(2, 10, 40, 90, 100, 100, 100, 100)
    assert [p.denominator for p in found] == [90, 100, 100, 100, 100]
    assert without_start_up([]) == []


def test_few_a_month_are_shown_by_tertial():
    assert settled_unit(counted(*[100] * 12)) == "month"
    assert settled_unit(counted(*[20] * 12)) == "month"
    assert settled_unit(counted(*[20] * 36)) == "tertial"
    assert settled_unit(counted(*[5] * 12)) == "tertial"


def test_a_level_ends_where_a_limit_changed():
    line = series(counted(*[100] * 30), [date(2020, 5, 1), date(2018, 1, 1), date(2030, 1, 1)], unit="month", most=48)
    assert line is not None
    assert line.breaks == [16]
    assert [(v.first, v.last) for v in line.levels] == [(0, 16), (16, 30)]
    assert line.level_of(99) is None
    assert series([], [], unit="month", most=48) is None


def test_cells_are_found_by_what_they_count():
    row = {
        "indicator": "of4_share", "branch": "all", "kind": "", "pathway_key": "breast", "unit_level": "national", "org_nr": "900000000",
        "period_type": "year", "period_from": "2021-01-01", "sex": "", "age_group": "", "numerator": 70, "denominator": 100,
        "median_days": None, "p90_days": None, "ci_low": 60.4, "ci_high": 78.1,
    }  # fmt: skip
    women = row | {"sex": "2", "numerator": 1, "denominator": 2}
    trust = row | {"unit_level": "HF", "org_nr": "983974880", "numerator": 3, "denominator": 4}
    hospital = trust | {"unit_level": "hospital", "org_nr": "974795833"}
    message = row | {"indicator": "messages", "kind": "108", "numerator": 5, "denominator": 1000}
    cells = Cells(pa.Table.from_pylist([row, women, trust, hospital, message]), year=2021)
    found = cells.get("of4_share", "breast", begins=date(2021, 1, 1))
    assert found is not None
    assert (found.numerator, found.denominator) == (70, 100)
    assert cells.get("of4_share", "breast", begins=date(2021, 1, 1), org_nr="983974880").numerator == 3  # type: ignore[union-attr]
    assert cells.get("of4_share", "lung", begins=date(2021, 1, 1)) is None
    assert list(cells.kinds("messages", "breast")) == ["108"]
    assert cells.begins("of4_share", "year") == [date(2021, 1, 1)]


def test_missing_texts_of_a_column_are_the_empty_one():
    column = episodes(trust=["1", None, "2"]).trust
    assert [column.names[code] for code in column.code] == ["1", "", "2"]
    assert (column.number("2"), column.number("9")) == (1, -1)


@pytest.mark.parametrize("kind", [pa.string(), pa.dictionary(pa.int8(), pa.string())])
def test_columns_may_be_coded_or_plain(kind: pa.DataType):
    table = pa.table({"pathway": pa.array(["A01", "A26"]).cast(kind), "end_date": pa.array([date(2021, 1, 1), None])})
    made = Episodes(table)
    assert made.open.tolist() == [False, True]
    assert made.pathway.names == ("A01", "A26")
    assert made.take(made.open).pathway.names[made.take(made.open).pathway.code[0]] == "A26"
