"""A small indicators file whose figures add up, and releases built from it by the command itself."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

COLUMNS = (
    "indicator", "label", "branch", "kind", "pathway_key", "unit_level", "unit_name", "org_nr", "period_type",
    "period_from", "period_to", "sex", "age_group", "numerator", "denominator", "percent", "median_days", "p90_days",
    "ci_low", "ci_high", "status",
)  # fmt: skip
COUNTRY, VEST, NORD = "900000000", "983658725", "883658752"
BERGEN, FORDE, FONNA, TROMSO = "983974724", "983974732", "983974694", "983974899"
AT_FORDE, AT_NORDFJORD = "974744570", "974745364"
ABOVE = {BERGEN: VEST, FORDE: VEST, FONNA: VEST, TROMSO: NORD, VEST: COUNTRY, NORD: COUNTRY, COUNTRY: "",
         AT_FORDE: FORDE, AT_NORDFJORD: FORDE}  # fmt: skip
LEVEL = {COUNTRY: "national", VEST: "RHF", NORD: "RHF", AT_FORDE: "hospital", AT_NORDFJORD: "hospital"}
TERTIALS = (("01-01", "04-30"), ("05-01", "08-31"), ("09-01", "12-31"))
Leaf = tuple[str, str, str, str, int, int]
"""(indicator, pathway, branch, trust, year, tertial)."""

PLAIN: dict[Leaf, tuple[int, int]] = {
    ("of4_share", pathway, branch, trust, 2021, tertial): counts
    for pathway, branch, trust, tertial, counts in [
        ("breast", "K", BERGEN, 0, (30, 40)), ("breast", "K", BERGEN, 1, (25, 40)), ("breast", "K", BERGEN, 2, (33, 40)),
        ("breast", "M", BERGEN, 0, (8, 12)), ("breast", "M", BERGEN, 1, (7, 14)), ("breast", "M", BERGEN, 2, (9, 13)),
        ("breast", "K", FORDE, 0, (2, 3)), ("breast", "K", FORDE, 1, (8, 14)), ("breast", "K", FORDE, 2, (9, 12)),
        ("breast", "M", FORDE, 1, (4, 9)), ("breast", "M", FORDE, 2, (3, 7)),
        ("breast", "K", FONNA, 0, (14, 20)), ("breast", "K", FONNA, 1, (11, 18)), ("breast", "K", FONNA, 2, (13, 21)),
        ("breast", "M", FONNA, 0, (6, 10)), ("breast", "M", FONNA, 1, (5, 11)), ("breast", "M", FONNA, 2, (7, 12)),
        ("breast", "K", TROMSO, 0, (20, 28)), ("breast", "K", TROMSO, 1, (19, 27)), ("breast", "K", TROMSO, 2, (22, 29)),
        ("breast", "M", TROMSO, 0, (6, 9)), ("breast", "M", TROMSO, 1, (7, 11)), ("breast", "M", TROMSO, 2, (8, 13)),
        ("lung", "K", BERGEN, 0, (12, 20)), ("lung", "K", BERGEN, 1, (10, 22)), ("lung", "K", BERGEN, 2, (13, 19)),
        ("lung", "S", FORDE, 0, (5, 9)), ("lung", "S", FORDE, 1, (6, 11)), ("lung", "S", FORDE, 2, (5, 10)),
        ("lung", "K", TROMSO, 0, (9, 14)), ("lung", "K", TROMSO, 1, (8, 15)), ("lung", "K", TROMSO, 2, (10, 16)),
    ]
}  # fmt: skip
NAMES = {COUNTRY: "Hele landet", VEST: "Helse Vest RHF", NORD: "Helse Nord RHF", BERGEN: "Helse Bergen HF",
         FORDE: "Helse Førde HF", FONNA: "Helse Fonna HF", TROMSO: "Universitetssykehuset Nord-Norge HF",
         AT_FORDE: "Førde", AT_NORDFJORD: "Nordfjord"}  # fmt: skip


def with_inclusion(leaves: dict[Leaf, tuple[int, int]]) -> dict[Leaf, tuple[int, int]]:
    """The same persons as an inclusion share (no branches) with some more new patients, and as days."""
    found = dict(leaves)
    for (_, pathway, branch, trust, year, tertial), (n, d) in leaves.items():
        found["of4_days", pathway, branch, trust, year, tertial] = (n, d)
        found["of3_days", pathway, branch, trust, year, tertial] = (max(0, n - 1), d - 1)
        here = ("inclusion_share", pathway, "", trust, year, tertial)
        before = found.get(here, (0, 0))
        found[here] = (before[0] + d, before[1] + d + 2)
        started = ("pathways_started", pathway, "", trust, year, tertial)
        found[started] = (found.get(started, (0, 0))[0] + d + 1, 0)
    return found


def chain(unit: str) -> list[str]:
    """The unit and all above it."""
    return [unit, *chain(ABOVE[unit])] if unit else []


def write_indicators(path: Path, leaves: dict[Leaf, tuple[int, int]]) -> Path:
    """indicators.csv with every margin of the leaves."""
    cells: dict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0, 0])
    for (indicator, pathway, branch, trust, year, tertial), counts in leaves.items():
        for unit in chain(trust):
            for key in (pathway, "all_organ_specific"):
                for part in sorted({"all", branch or "all"}):
                    for when in (tertial, None):
                        cell = cells[indicator, part, key, unit, year, when]
                        cell[0] += counts[0]
                        cell[1] += counts[1]
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS, restval="")
        writer.writeheader()
        for (indicator, part, key, unit, year, when), (n, d) in cells.items():
            first, last = ("01-01", "12-31") if when is None else TERTIALS[when]
            share = indicator != "pathways_started"
            if not (d if share else n):
                continue
            writer.writerow(
                {
                    "indicator": indicator, "label": "", "branch": part, "pathway_key": key, "unit_name": NAMES[unit],
                    "unit_level": LEVEL.get(unit, "HF"), "org_nr": unit, "period_type": "year" if when is None else "tertial",
                    "period_from": f"{year}-{first}", "period_to": f"{year}-{last}", "numerator": n,
                    "denominator": d if share else "", "percent": 100 * n / d if share else "", "status": "ok",
                    **({"median_days": 30, "p90_days": 50} if indicator.endswith("days") or indicator == "of4_share" else {}),
                }
            )  # fmt: skip
    return path


def run(*arguments: Any, code: int = 0) -> str:
    """What a command prints; the exit code is checked."""
    from pakkeforlop.cli.main import app

    result = CliRunner().invoke(app, [str(one) for one in arguments], env={"PAKKEFORLOP_LANGUAGE": "en"})
    assert result.exit_code == code, f"{arguments}: {result.exit_code}\n{result.output}\n{result.stderr}"
    return result.stdout + result.stderr


def build(indicators: Path, releases: Path, name: str, *more: Any, code: int = 0) -> str:
    """`release build` on a day of its own."""
    return run(
        "release", "build", indicators, "--out", releases, "--name", name, "--on", "2022-03-01", *more, code=code
    )


def rows_of(releases: Path, name: str) -> dict[str, dict[str, str]]:
    """The figures of a release by id, as the CSV has them."""
    with (releases / name / "figures.csv").open(encoding="utf-8", newline="") as stream:
        return {row["figure_id"]: row for row in csv.DictReader(stream)}


def record_of(releases: Path, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((releases / name / "run.json").read_text(encoding="utf-8"))
    return found
