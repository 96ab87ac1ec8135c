"""Shares and their intervals counted from rows, as the Norwegian quality registries have them: every vector, every level."""

from __future__ import annotations

import json
from pathlib import Path
from statistics import NormalDist
from typing import Any

import pytest

from pakkeforlop.charts.variation.interval import wilson


def counted(case: dict[str, Any]) -> dict[str, tuple[int, int]]:
    """(within, all) by hospital; one that is not named is a group of its own, and none is dropped."""
    size = len(case["numerator"])
    groups = ["" if one is None else one for one in case.get("group", [""] * size)]
    found = {group: [0, 0] for group in (*groups, *case.get("all_groups", ()))}
    for group, numerator, denominator in zip(groups, case["numerator"], case["denominator"], strict=True):
        found[group][0] += bool(numerator)
        found[group][1] += bool(denominator)
    return {group: (n, d) for group, (n, d) in found.items()}


@pytest.mark.reference
def test_every_share_of_the_registries_vectors(reference: Path):
    vectors = json.loads((reference / "data/indicator-reference-dev/indicator_vectors.json").read_text("utf-8"))
    cases = [one for one in vectors if one["kind"] == "proportion" and one["expected"] != "refuse"]
    assert len(cases) == 12
    assert {case["level"] for case in cases} == {0.95, 0.9}
    seen = 0
    for case in cases:
        z = NormalDist().inv_cdf(0.5 + case["level"] / 2)
        groups = counted(case)
        for name, expected in case["expected"].items():
            within, size = groups["" if name == "(missing)" else name]
            assert (within, size) == (expected["numerator"], expected["denominator"]), case["name"]
            bounds = wilson(within, size, z=z)
            if expected["lower"] is None:
                assert bounds is None
            else:
                assert bounds is not None
                assert (bounds[0] / 100, bounds[1] / 100) == pytest.approx(
                    (expected["lower"], expected["upper"]), abs=1e-9
                )
            seen += 1
    assert seen >= 20
