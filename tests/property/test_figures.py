"""Figures recompute: counted episode by episode in plain Python, and in the product's cube, every cell is the same.

And the closed sums: branches make the whole, trusts the region, regions the country, tertials the year, pathways the
total.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import Any

import pytest

from property import cohorts

SEEDS = [2, 5]
MORE_SEEDS = list(range(6, 14))
FEW, MANY = 150, 600
ADDITIVE = ("of4_share", "of1_days", "of2_days", "of3_days", "of4_days", "inclusion_share", "pathways_started",
            "pathways_decided", "pathways_completed", "pathways_postponed", "missing_first_attendance",
            "missing_decision", "missing_treatment")  # fmt: skip


@cache
def figures(seed: int, patients: int = FEW) -> dict[tuple[Any, ...], cohorts.Values]:
    """The product's figures of a random cohort."""
    return cohorts.cells(cohorts.computed(cohorts.draw(seed, patients)))


def assert_recount(seed: int, patients: int) -> None:
    made = figures(seed, patients)
    counted = cohorts.counted(cohorts.draw(seed, patients))
    assert set(made) == set(counted), (sorted(set(made) - set(counted))[:5], sorted(set(counted) - set(made))[:5])
    apart = [(cell, made[cell], counted[cell]) for cell in made if not same(made[cell], counted[cell])]
    assert not apart, apart[:5]


def same(one: cohorts.Values, other: cohorts.Values) -> bool:
    """Counts are equal, and quantiles are the same number."""
    return all(
        a == b or (a is not None and b is not None and abs(a - b) < 1e-9) for a, b in zip(one, other, strict=True)
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_every_cell_recomputes(seed: int) -> None:
    """Numerator, denominator, median and 90th percentile of every cell, and no cell more or less."""
    assert_recount(seed, FEW)


@pytest.mark.slow
@pytest.mark.parametrize("seed", MORE_SEEDS)
def test_every_cell_recomputes_at_length(seed: int) -> None:
    """The same for eight more cohorts, four times as large."""
    assert_recount(seed, MANY)


def added(
    cells: dict[tuple[Any, ...], cohorts.Values], over: dict[str, Any], keep: Any
) -> dict[tuple[Any, ...], tuple[int, int]]:
    """Numerators and denominators of the cells that `keep` lets through, added up with the columns of `over` renamed."""
    sums: dict[tuple[Any, ...], tuple[int, int]] = defaultdict(lambda: (0, 0))
    for cell, (numerator, denominator, _, _) in cells.items():
        named = dict(zip(cohorts.CELL, cell, strict=True))
        if named["indicator"] in ADDITIVE and keep(named):
            to = tuple({**named, **{name: value(named) for name, value in over.items()}}.values())
            sums[to] = sums[to][0] + (numerator or 0), sums[to][1] + (denominator or 0)
    return dict(sums)


def assert_sums(seed: int, over: dict[str, Any], parts: Any, whole: Any) -> None:
    """The parts add up to the whole, cell by cell."""
    cells = figures(seed)
    summed, expected = added(cells, over, parts), added(cells, {}, whole)
    assert expected
    missing = {cell for cell in summed if cell not in expected and summed[cell] != (0, 0)}
    assert not missing, sorted(missing)[:3]
    apart = [
        (cell, summed.get(cell, (0, 0)), values)
        for cell, values in expected.items()
        if summed.get(cell, (0, 0)) != values
    ]
    assert not apart, apart[:3]


@pytest.mark.parametrize("seed", SEEDS)
def test_branches_make_the_whole(seed: int) -> None:
    """K + M + S + O of every pathway but the diagnostic one, which has no treatment."""
    measured = ("of4_share", "of3_days", "of4_days")
    assert_sums(
        seed,
        {"branch": lambda cell: "all"},
        lambda cell: cell["indicator"] in measured and cell["branch"] != "all",
        lambda cell: (
            cell["indicator"] in measured
            and cell["branch"] == "all"
            and cell["pathway_key"] != "diagnostic"
            and not cell["sex"]
            and not cell["age_group"]
        ),
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_regions_make_the_country(seed: int) -> None:
    """Every cell of the country is the sum of the regions' (a trust that no region knows stands in a region of its own)."""
    told = _told_below
    assert_sums(
        seed,
        {"unit_level": lambda cell: "national", "org_nr": lambda cell: "900000000"},
        lambda cell: cell["unit_level"] == "RHF" and told(cell),
        lambda cell: cell["unit_level"] == "national" and told(cell),
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_trusts_make_the_regions(seed: int) -> None:
    """Every cell of a region is the sum of its trusts'."""
    from reference.figures import regions

    assert_sums(
        seed,
        {"unit_level": lambda cell: "RHF", "org_nr": lambda cell: regions().get(cell["org_nr"], "")},
        lambda cell: cell["unit_level"] == "HF" and _told_below(cell),
        lambda cell: cell["unit_level"] == "RHF" and _told_below(cell),
    )


def _told_below(cell: dict[str, Any]) -> bool:
    """Kinds are told by month for the country only."""
    return not (cell["kind"] and cell["period_type"] == "month")


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("part", "whole", "months"), [("month", "tertial", 4), ("tertial", "year", 12)])
def test_shorter_periods_make_the_longer(seed: int, part: str, whole: str, months: int) -> None:
    """Months make the tertial, tertials the year."""

    def first(cell: dict[str, Any]) -> Any:
        day = cell["period_from"]
        return day.replace(month=(day.month - 1) // months * months + 1)

    def kept(cell: dict[str, Any]) -> bool:
        by_people = cell["sex"] or cell["age_group"]
        by_month = part == "month" and (
            cell["unit_level"] == "hospital" or (cell["kind"] and cell["unit_level"] != "national")
        )
        return not by_people and not by_month

    assert_sums(
        seed,
        {"period_type": lambda cell: whole, "period_from": first},
        lambda cell: cell["period_type"] == part and kept(cell),
        lambda cell: cell["period_type"] == whole and kept(cell),
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_organ_pathways_make_the_total(seed: int) -> None:
    """Metastases and the diagnostic pathway are not in it."""
    assert_sums(
        seed,
        {"pathway_key": lambda cell: "all_organ_specific"},
        lambda cell: cell["pathway_key"] not in {"all_organ_specific", "diagnostic", "metastasis_unknown_origin", ""},
        lambda cell: cell["pathway_key"] == "all_organ_specific",
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_kinds_make_the_whole(seed: int) -> None:
    """Decisions by kind, and ends by kind, add up to all of them."""
    counted = ("pathways_decided", "pathways_completed")
    assert_sums(
        seed,
        {"kind": lambda cell: ""},
        lambda cell: cell["indicator"] in counted and cell["kind"],
        lambda cell: (
            cell["indicator"] in counted
            and not cell["kind"]
            and cell["unit_level"] != "hospital"
            and (cell["period_type"] != "month" or cell["unit_level"] == "national")
        ),
    )
