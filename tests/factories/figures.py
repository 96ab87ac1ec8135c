"""Figures files made up for tests: random whole numbers per cell, added up and published as the real ones are."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

TERTIALS = (("01-01", "04-30"), ("05-01", "08-31"), ("09-01", "12-31"))
BRANCHES = {
    "A01": "KM", "A12": "KMS", "A16": "KMSO", "A26": "KMS", "A22": "KMS", "A18": "KMSO", "A06": "MS", "A30": "KMS",
    "A36": "KMS", "B01": "KMS",
}  # fmt: skip
IN_BRANCHES = ("A01", "A12", "A16", "A26")
YEARLY = ("A22", "A18", "A30", "A36", "B01")
NO_INCLUSION = ("A36", "B01", "C01")
TRUSTS = (
    "983974732", "983974724", "983974694", "983974678",  # Vest
    "983974880", "983974899", "983974910", "983974929",  # Nord
    "983971636", "993467049", "983971709",  # some of Sør-Øst
)  # fmt: skip
COLUMNS = (
    "row_id", "indicator", "branch", "pathway_key", "unit_level", "unit_name", "org_nr", "period_type", "period_from",
    "period_to", "numerator", "denominator", "percent", "status", "note",
)  # fmt: skip
Leaf = tuple[str, str, str, int, int, str, int, int]  # indicator, code, branch, year, tertial, trust, within, outside


def random_leaves(seed: int, years: Iterable[int], codes: Iterable[str], trusts: Iterable[str] = TRUSTS) -> list[Leaf]:
    """Small and large cells, many of them empty."""
    rng = np.random.default_rng(seed)
    leaves: list[Leaf] = []
    for year in years:
        for code in codes:
            size = rng.choice([1.5, 6.0, 25.0])
            for trust in trusts:
                for tertial in range(3):
                    if rng.random() < 0.25:
                        continue
                    for branch in BRANCHES.get(code, ("all",)):
                        within, late = rng.poisson(size * rng.random()), rng.poisson(0.4 * size * rng.random())
                        leaves.append(("OF4", code, branch, year, tertial, trust, int(within), int(late)))
                    if code not in NO_INCLUSION:
                        inside, outside = rng.poisson(2.5 * size), rng.poisson(0.7 * size)
                        leaves.append(("OA2", code, "all", year, tertial, trust, int(inside), int(outside)))
    return leaves


def figures_of(leaves: Iterable[Leaf], catalogue: Any, *, tertials: bool = True) -> list[dict[str, Any]]:
    """Rows as they are published: no row where there is nobody, blank below five."""
    region = {trust.org_nr: catalogue.regions[trust.region].org_nr for trust in catalogue.trusts.values()}
    sums: dict[tuple[str, ...], list[int]] = defaultdict(lambda: [0, 0])
    for indicator, code, branch, year, tertial, trust, within, outside in leaves:
        key = catalogue.pathways[code].key
        subjects = [(key, code in IN_BRANCHES, code not in YEARLY)]
        if code[0] == "A":
            subjects.append(("all_organ_specific", True, True))
        units = (("national", "900000000"), ("RHF", region[trust]), ("HF", trust))
        periods = [("year", f"{year}-01-01", f"{year}-12-31")]
        periods += [("tertial", *(f"{year}-{day}" for day in TERTIALS[tertial]))] if tertials else []
        for subject, in_branches, in_tertials in subjects:
            for shown in ("all", branch) if in_branches and indicator == "OF4" else ("all",):
                for level, org_nr in units:
                    for period in periods:
                        if (period[0] == "year" or in_tertials) and not (shown == "O" and subject != "prostate"):
                            cell = sums[indicator, shown, subject, level, org_nr, *period]
                            cell[0] += within
                            cell[1] += within + outside
    rows = []
    for number, ((indicator, branch, key, level, org_nr, *period), (numerator, denominator)) in enumerate(sums.items()):
        if not denominator:
            continue
        hidden = denominator < 5
        counts = ("", "") if hidden else (numerator, denominator)
        percent = "" if hidden else f"{int(10_000 * numerator / denominator) / 100}"
        row = (f"T{number:05d}", indicator, branch if indicator == "OF4" else "", key, level, "", org_nr, *period)
        rows.append(dict(zip(COLUMNS, (*row, *counts, percent, "suppressed" if hidden else "ok", ""), strict=True)))
    return rows


def write_figures(path: Path, rows: list[dict[str, Any]]) -> Path:
    """The rows as a file."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    return path
