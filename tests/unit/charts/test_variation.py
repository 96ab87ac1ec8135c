"""Limits of ordinary variation, against published examples."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path

import numpy as np
import pytest

from pakkeforlop.charts.variation.funnel import Z_998, funnel
from pakkeforlop.charts.variation.interval import wilson
from pakkeforlop.charts.variation.p_chart import levels
from pakkeforlop.indicators.frame import percents


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.reference
def test_the_p_chart_is_the_textbooks(reference: Path):
    """Montgomery's table 7.3: two points left out, a new level after point 30."""
    table = rows(reference / "data/spc-reference-dev/textbook/tbl_07.03.csv")
    expected = rows(reference / "data/spc-reference-dev/textbook/expected_ex_7.1_5.csv")
    left_out = frozenset(i for i, row in enumerate(expected) if row["include"] == "FALSE")
    breaks = [i for i in range(1, len(expected)) if expected[i]["part"] != expected[i - 1]["part"]]
    counts, sizes = [int(row["count"]) for row in table], [int(row["size"]) for row in table]
    found = levels(counts, sizes, breaks=breaks, left_out=left_out, laney=False)
    assert len(found) == len(breaks) + 1
    for level in found:
        for i in range(level.first, level.last):
            assert level.centre == pytest.approx(float(expected[i]["cl"]), rel=1e-9)
            assert level.low[i - level.first] == pytest.approx(float(expected[i]["lcl"]), rel=1e-9)
            assert level.high[i - level.first] == pytest.approx(float(expected[i]["ucl"]), rel=1e-9)
            assert level.is_outside(i, counts[i] / sizes[i]) == (expected[i]["sigma.signal"] == "TRUE")


@pytest.mark.reference
def test_the_funnel_is_the_published_one(reference: Path):
    """143 English providers, 62 days: target, dispersion, variance between, and who lies outside."""
    expected = rows(reference / "data/nhs-cwt-2023-24/expected_funnel_62day.csv")
    within, sizes = [float(row["numerator"]) for row in expected], [float(row["denominator"]) for row in expected]
    found = funnel(within, sizes, target=0.6643069409)
    assert found is not None
    assert found.dispersion == pytest.approx(59.96444514, rel=1e-8)
    assert found.between == pytest.approx(0.006672078677, rel=1e-8)
    for row, a, n in zip(expected, within, sizes, strict=True):
        low, high = found.limits(n, ordinary=False)
        assert (low, high) == pytest.approx((float(row["ll95"]), float(row["ul95"])), rel=1e-7)
        low, high = found.limits(n)
        assert (low, high) == pytest.approx((float(row["odll95"]), float(row["odul95"])), rel=1e-7)
        assert found.is_outside(a, n, z=Z_998) == (row["od_out_998"] == "1")


@pytest.mark.reference
def test_the_interval_is_that_of_the_quality_registries(reference: Path):
    vectors = json.loads((reference / "data/indicator-reference-dev/indicator_vectors.json").read_text("utf-8"))
    seen = 0
    told = [v["expected"] for v in vectors if v["kind"] == "proportion" and v["level"] == 0.95]
    for group in told:
        for expected in group.values() if isinstance(group, dict) else ():
            if expected["denominator"]:
                low, high = wilson(expected["numerator"], expected["denominator"]) or (0, 0)
                assert (low / 100, high / 100) == pytest.approx((expected["lower"], expected["upper"]), abs=1e-9)
                seen += 1
    assert seen > 3


def test_an_interval_of_nothing_is_none_and_bounds_stay_within_0_and_100():
    assert wilson(0, 0) is None
    assert wilson(0, 3)[0] == 0  # type: ignore[index]
    assert wilson(3, 3)[1] == 100  # type: ignore[index]


def test_the_interval_is_the_one_of_the_figures():
    for hits, n in ((0, 1), (3, 7), (70, 100), (18055, 25043)):
        _, low, high = percents(np.array([hits], np.int32), np.array([n], np.int32))
        assert wilson(hits, n) == pytest.approx((float(low[0]), float(high[0])), abs=1e-9)


def test_large_counts_that_move_more_than_chance_get_wider_limits():
    shares = [0.70, 0.74, 0.69, 0.75, 0.71, 0.76, 0.70, 0.73]
    sizes = [4000] * 8
    plain = levels([round(s * 4000) for s in shares], sizes, laney=False)[0]
    wide = levels([round(s * 4000) for s in shares], sizes)[0]
    assert wide.widening > 2
    assert wide.high[0] - wide.low[0] > 2 * (plain.high[0] - plain.low[0])
    assert not any(wide.is_outside(i, s) for i, s in enumerate(shares))


def test_limits_are_never_narrower_than_chance():
    assert levels([70] * 10, [100] * 10)[0].widening == 1.0


def test_provisional_points_have_limits_and_give_nothing_to_them():
    found = levels([70, 70, 70, 70, 0], [100] * 5, left_out=frozenset({4}))[0]
    assert found.centre == pytest.approx(0.7)
    assert len(found.low) == 5
    assert found.is_outside(4, 0.0)


def test_a_stretch_too_short_to_rest_on_is_joined_to_its_neighbour():
    numerators, sizes = [60, 60, 60, 60, 80, 80], [100] * 6
    assert [(v.first, v.last) for v in levels(numerators, sizes, breaks=[4])] == [(0, 6)]
    assert [(v.first, v.last) for v in levels(numerators, sizes, breaks=[3])] == [(0, 3), (3, 6)]
    assert [(v.first, v.last) for v in levels(numerators, sizes, breaks=[1])] == [(0, 6)]


def test_empty_periods_have_the_widest_limits():
    found = levels([70, 70, 70, 0], [100, 100, 100, 0])[0]
    assert (found.low[3], found.high[3]) == (0.0, 1.0)
    assert levels([], []) == []
    assert levels([0, 0], [0, 0]) == []


def test_hospitals_that_differ_by_chance_alone_have_no_variance_between():
    found = funnel([70, 71, 69, 70, 72], [100] * 5)
    assert found is not None
    assert found.between == 0
    assert funnel([], []) is None
    assert funnel([0], [0]) is None


def test_the_funnel_narrows_with_size():
    found = funnel([70, 80, 50, 90, 65], [100, 120, 90, 150, 80])
    assert found is not None
    spans = [found.limits(n, ordinary=False) for n in (5, 50, 500)]
    widths = [high - low for low, high in spans]
    assert widths == sorted(widths, reverse=True)
    low, high = found.limits(1)
    assert 0 <= low <= high <= 1
    assert math.isfinite(high)
