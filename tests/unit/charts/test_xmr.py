"""The chart of single values: limits and signs, against the reference code of the English health service."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from pathlib import Path

import pytest

from pakkeforlop.charts.variation.xmr import (
    Limits,
    Sign,
    assurance,
    limits,
    marks,
    part_of_seven,
    part_of_two_in_three,
    seven_one_side,
    seven_trend,
    two_in_three,
)

pytestmark = pytest.mark.reference
FOLDER = "data/spc-reference-dev"
NAMES = {
    (Sign.OUTSIDE, 1): "Above UCL", (Sign.OUTSIDE, -1): "Below LCL", (Sign.TREND, 1): "7 Point Trend (Increasing)",
    (Sign.TREND, -1): "7 Point Trend (Decreasing)", (Sign.NEAR, 1): "2 in 3 Above CL", (Sign.NEAR, -1): "2 in 3 Below CL",
    (Sign.SIDE, 1): "7 Points Above CL", (Sign.SIDE, -1): "7 Points Below CL", (Sign.COMMON, 0): "Common Cause",
}  # fmt: skip


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def expected(reference: Path) -> dict[tuple[str, str, str], list[dict[str, str]]]:
    found = defaultdict(list)
    for row in rows(reference / FOLDER / "expected_points.csv"):
        found[row["standard"], row["code"], row["screen_outliers"]].append(row)
    return found


def test_limits_and_labels_of_every_point(reference: Path, expected: dict):
    series = defaultdict(list)
    for row in rows(reference / FOLDER / "series.csv"):
        series[row["standard"], row["code"]].append(round(100 * float(row["within"]) / float(row["total"]), 4))
    points = 0
    for (standard, code, screened), wanted in expected.items():
        values = series[standard, code]
        found = limits(values, screened=screened == "TRUE")
        near = found.near
        for row, value, mark in zip(wanted, values, marks(values, found), strict=True):
            assert value == pytest.approx(float(row["pct"]), rel=1e-9)
            assert (found.centre, found.low, found.high) == pytest.approx(
                (float(row["mean_col"]), float(row["lpl"]), float(row["upl"])), rel=1e-9
            )
            outside = not found.low <= value <= found.high
            assert (row["outside_limits"] == "TRUE") == outside
            assert (row["close_to_limits"] == "TRUE") == (not outside and not near[0] <= value <= near[1])
            assert NAMES[mark.sign, mark.way] == row["special_cause_type"]
            points += 1
    assert points == 960


def test_the_summaries(reference: Path, expected: dict):
    words = {"pass": "consistent_pass", "fail": "consistent_fail", "": "inconsistent"}
    summary = rows(reference / FOLDER / "expected_summary.csv")
    assert len(summary) == 40
    for row in summary:
        wanted = expected[row["standard"], row["code"], row["screen_outliers"]]
        found = limits([float(point["pct"]) for point in wanted], screened=row["screen_outliers"] == "TRUE")
        assert words[assurance(found, float(row["target"]))] == row["assurance"]


def test_every_rule_vector(reference: Path):
    vectors = json.loads((reference / FOLDER / "rule_vectors.json").read_text(encoding="utf-8"))
    assert len(vectors) == 33
    for one in vectors:
        assert judged(one) == wanted_of(one), one


def wanted_of(one: dict) -> object:
    if one["rule"] == "xmr_limits":
        return [f"{one['expected'][name]:.3g}" for name in ("mean", "lpl", "upl")]
    if one["rule"] == "part_of_seven":  # the vectors say that a point is part of a run, not which way it goes
        return [bool(value) for value in one["expected"]]
    if "two_in_three" in one["rule"]:
        return [bool(value) for value in one["expected"]]
    return one["expected"]


def judged(one: dict) -> object:
    rule, given = one["rule"], one["input"]
    if rule == "seven_one_side":
        return [abs(value) for value in seven_one_side(given)]
    if rule == "part_of_seven":
        return [bool(value) for value in part_of_seven(given)]
    if rule == "seven_trend":
        return seven_trend(given)
    if rule == "two_in_three":
        return two_in_three([bool(value) for value in given], one["relative_to_mean"])
    if rule == "part_of_two_in_three":
        near = [bool(value) for value in given]
        return part_of_two_in_three(two_in_three(near, one["relative_to_mean"]), near)
    if rule == "assurance":
        if given["improvement_direction"] == "neutral":
            return [None] * 3  # without a good direction nothing is asked
        words = {"pass": "consistent_pass", "fail": "consistent_fail", "": "inconsistent"}
        return [
            words[assurance(Limits(0, low, high), given["target"], higher_is_better=given["improvement_direction"] == "increase")]
            for low, high in zip(given["lpl"], given["upl"], strict=True)
        ]
    if rule == "xmr_limits":
        found = limits(given)
        return [f"{value:.3g}" for value in (found.centre, found.low, found.high)]
    assert rule == "xmr_last_two_points"
    return ["common_cause" if mark.sign is Sign.COMMON else "special" for mark in marks(given, limits(given))[-2:]]


def test_limits_frozen_after_the_first_phase(reference: Path):
    """Montgomery's table 6.7: limits of the first 20 weeks, held against the next 20."""
    values = [float(row["cost"]) for row in rows(reference / FOLDER / "textbook/tbl_06.07.csv")]
    wanted = rows(reference / FOLDER / "textbook/expected_ex_6.5_3.csv")
    found = limits(values, baseline=20, screened=False, reach=3 / 1.128)
    for value, row in zip(values, wanted, strict=True):
        assert (found.centre, found.low, found.high) == pytest.approx(
            (float(row["cl"]), float(row["lcl"]), float(row["ucl"])), rel=1e-9
        )
        assert (not found.low <= value <= found.high) == (row["sigma.signal"] == "TRUE")
