"""Periods without published figures: leaves between those of the years around them, always marked as filled.

A leaf of a year between is weighed by how near the published years are; after the last year it is that year's again.
A pathway that was not in use in a neighbour's tertial takes the other neighbour alone. Whole numbers are drawn so that
each pathway's sum stays that of the fractions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pakkeforlop.publication.likeness.fit import LEAVES
from pakkeforlop.publication.likeness.frame import Frame, PathwayFacts
from pakkeforlop.publication.likeness.problem import tertial_days
from pakkeforlop.publication.published import INDICATORS
from pakkeforlop.vocabulary.calendar import day_of

LABEL = {key: label for label, key in INDICATORS.items()}
Key = tuple[str, str, str]  # indicator, pathway, branch


def tertials(first: int, last: int) -> Iterator[tuple[int, int]]:
    """(year, tertial) of every tertial that touches the days `first` to `last`."""
    year, tertial = day_of(first).year, (day_of(first).month - 1) // 4
    while tertial_days(year, tertial)[0] <= last:
        yield year, tertial
        year, tertial = (year, tertial + 1) if tertial < 2 else (year + 1, 0)


def filled_leaves(
    leaves: pa.Table, frame: Frame, wanted: Sequence[tuple[int, int]], *, as_of: int, seed: int
) -> pa.Table:
    """Leaves of the tertials `wanted`, made from those of the published years in `leaves`.

    New patients are known up to `as_of` only, so their leaves end there; courses go on, and are cut when drawn.
    """
    published = sorted({day_of(day).year for day in leaves["period_from"].unique().to_pylist()})
    if not published:
        return LEAVES.empty_table()
    by_cell = _by_cell(leaves)
    rng = np.random.default_rng([seed, len(wanted)])
    rows: list[tuple[object, ...]] = []
    for year, tertial in wanted:
        first, last = tertial_days(year, tertial)
        for (indicator, code, branch), years in sorted(by_cell.items()):
            facts = next(pathway for pathway in frame.pathways if pathway.code == code)
            if branch not in facts.branches_in(LABEL[indicator], first, last):
                continue
            weights = _weights(facts, indicator, branch, year, tertial, published)
            units, within, outside = _between(years, tertial, weights)
            end = min(last, as_of) if LABEL[indicator] == "OA2" else last
            if not units or end < first:
                continue
            part = (end + 1 - first) / (last + 1 - first)
            counts = zip(units, _whole(within * part, rng), _whole(outside * part, rng), strict=True)
            rows += [(indicator, code, first, end, u, branch, w, o, True) for u, w, o in counts if w + o]
    columns: list[Sequence[object]] = list(zip(*rows, strict=True)) if rows else [() for _ in LEAVES]
    return pa.table([pa.array(c, f.type) for c, f in zip(columns, LEAVES, strict=True)], schema=LEAVES)


def _by_cell(leaves: pa.Table) -> dict[Key, dict[tuple[int, int], dict[str, tuple[int, int]]]]:
    """Leaves as indicator, pathway, branch -> (year, tertial) -> unit -> (within, outside)."""
    found: dict[Key, dict[tuple[int, int], dict[str, tuple[int, int]]]] = defaultdict(lambda: defaultdict(dict))
    for row in leaves.to_pylist():
        begin = day_of(row["period_from"])
        when = (begin.year, (begin.month - 1) // 4)
        found[row["indicator"], row["pathway"], row["branch"]][when][row["unit"]] = (row["within"], row["outside"])
    return found


def _weights(
    facts: PathwayFacts, indicator: str, branch: str, year: int, tertial: int, published: Sequence[int]
) -> dict[int, float]:
    """The published years that a filled one is made from, and their weights."""
    before = [y for y in published if y < year and _in_use(facts, indicator, branch, y, tertial)]
    after = [y for y in published if y > year and _in_use(facts, indicator, branch, y, tertial)]
    if before and after:
        low, high = before[-1], after[0]
        return {low: (high - year) / (high - low), high: (year - low) / (high - low)}
    nearest = before[-1:] or after[:1]
    return dict.fromkeys(nearest, 1.0)


def _in_use(facts: PathwayFacts, indicator: str, branch: str, year: int, tertial: int) -> bool:
    return branch in facts.branches_in(LABEL[indicator], *tertial_days(year, tertial))


def _between(
    years: dict[tuple[int, int], dict[str, tuple[int, int]]], tertial: int, weights: dict[int, float]
) -> tuple[list[str], npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    units = sorted({unit for year in weights for unit in years.get((year, tertial), {})})
    sums = np.zeros((2, len(units)))
    for year, weight in weights.items():
        counts = years.get((year, tertial), {})
        sums += weight * np.array([counts.get(unit, (0, 0)) for unit in units]).reshape(-1, 2).T
    return units, sums[0], sums[1]


def _whole(parts: npt.NDArray[np.float64], rng: np.random.Generator) -> list[int]:
    """Whole numbers whose running sums never stray more than one from those of the fractions."""
    edges = np.floor(np.concatenate([[0.0], np.cumsum(parts)]) + rng.random())
    return [int(count) for count in np.diff(edges)]


def periods_not_published(
    published: Sequence[tuple[int, int]], first: int, as_of: int, *, filled: bool
) -> list[dict[str, str]]:
    """Stretches from `first` to `as_of` without published figures: filled, or only touched by what lies around them."""
    stretches: list[tuple[int, int]] = []
    for year, tertial in tertials(first, as_of):
        if (year, tertial) in published:
            continue
        begin, end = tertial_days(year, tertial)
        if stretches and stretches[-1][1] == begin - 1:
            stretches[-1] = (stretches[-1][0], min(end, as_of))
        else:
            stretches.append((begin, min(end, as_of)))
    begun = tertial_days(*published[0])[0]
    return [
        {
            "from": day_of(a).isoformat(),
            "to": day_of(b).isoformat(),
            "kind": "filled" if filled and a >= begun else "incomplete",
        }
        for a, b in stretches
    ]
