"""Intervals and quantiles: the registries' published vectors, and values that can be checked by hand."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.compute as pc
import pytest

from pakkeforlop.catalogue.load import load_catalogue
from pakkeforlop.episodes.rows import Engine, link_table
from pakkeforlop.indicators.compute import compute
from pakkeforlop.indicators.frame import percents


def bounds(hits: int, n: int) -> tuple[float, float]:
    _, low, high = percents(np.array([hits], np.int32), np.array([n], np.int32))
    return float(low[0]) / 100, float(high[0]) / 100


@pytest.mark.reference
def test_wilson_as_the_quality_registries_have_it(reference: Path):
    cases = json.loads((reference / "data/indicator-reference-dev/indicator_vectors.json").read_text("utf-8"))
    checked = 0
    for case in cases:
        if case["kind"] != "proportion" or case["expected"] == "refuse":
            continue
        for expected in case["expected"].values():
            low, high = bounds(expected["numerator"], expected["denominator"])
            if expected["lower"] is None:
                assert math.isnan(low)
                assert math.isnan(high)
            elif case["level"] == 0.95:
                assert (low, high) == pytest.approx((expected["lower"], expected["upper"]), abs=1e-9)
            checked += 1
    assert checked >= 10


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [(0, 3, 0.0, 0.5615), (1, 2, 0.0945, 0.9055), (3, 3, 0.4385, 1.0), (18055, 25043, 0.7154, 0.7265)],
)
def test_wilson_in_four_decimals(hits: int, n: int, low: float, high: float):
    assert tuple(round(bound, 4) for bound in bounds(hits, n)) == (low, high)


@pytest.mark.parametrize(
    ("days", "median", "p90"),
    [
        ([7], 7, 7),
        ([7, 8], 7.5, 7.9),
        ([10, 0, 30], 10, 26),
        ([1, 2, 3, 4], 2.5, 3.7),
        ([0] * 10 + [100], 0, 0),
        ([0] * 9 + [100], 0, 10),
        (list(range(101)), 50, 90),
        ([0, 0, 0, 700], 0, 490),
        ([5] * 40 + [6] * 40, 5.5, 6),
    ],
)
def test_median_and_90th_percentile_of_whole_days(days: list[int], median: float, p90: float):
    """The (n - 1) tenths place, between two values by the straight line (type 7), however many values there are."""
    (cell,) = waits(days)
    assert (cell["denominator"], cell["median_days"], cell["p90_days"]) == (len(days), median, pytest.approx(p90))


@pytest.mark.parametrize("seed", range(5))
def test_quantiles_are_those_of_numpy(seed: int):
    rng = np.random.default_rng(seed)
    days = rng.gamma(1.5, 20, int(rng.integers(1, 400))).astype(int).tolist()
    (cell,) = waits(days)
    assert cell["median_days"] == pytest.approx(np.quantile(days, 0.5), abs=1e-9)
    assert cell["p90_days"] == pytest.approx(np.quantile(days, 0.9), abs=1e-9)


def waits(days: list[int]) -> list[dict[str, Any]]:
    """The year's OF1 of lung cancer in the country, when so many days passed before the first attendances."""
    import pyarrow as pa

    engine = Engine.of(load_catalogue())
    first = 19_000  # 2022-01-08
    rows = [(f"p{n}", code, first + at) for n, day in enumerate(days) for code, at in (("A26A", 0), ("A26S", day))]
    rows += [(f"p{n}", "A26X", first + 720) for n in range(len(days))]
    who, code, when = zip(*rows, strict=True)
    table = pa.table(
        {
            "patient_id": pa.array(who),
            "code": pa.array(code).dictionary_encode(),
            "day": pa.array(when, pa.int32()),
            "institution": pa.array(["974557746"] * len(rows)).dictionary_encode(),
        }
    )
    linked = link_table(table, engine, as_of=20_000).linked
    figures = compute(linked, engine.catalogue, engine.organisations, engine.settings)
    wanted = {"indicator": "of1_days", "unit_level": "national", "period_type": "year", "pathway_key": "lung", "sex": ""}
    for name, value in wanted.items():
        figures = figures.filter(pc.equal(pc.cast(figures[name], pa.string()), value))
    return figures.to_pylist()
