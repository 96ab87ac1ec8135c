"""What a release changes of the ones before it: figures frozen and revised side by side, and a count of changes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from pakkeforlop.publication.release.figures import NUMBER, SCHEMA, TEXT, Row

COMPARED = ("numerator", "denominator", "percent", "median_days", "p90_days", "status")
KEYS = ("figure_id", "indicator", "branch", "pathway_key", "unit_level", "unit_name", "org_nr", "period")
REVISIONS = pa.schema(
    [(name, TEXT) for name in KEYS]
    + [("locked", pa.bool_()), ("frozen_release", TEXT), ("revised_release", TEXT)]
    + [(f"{side}_{name}", SCHEMA.field(name).type) for name in COMPARED for side in ("frozen", "revised")]
    + [("percent_points", NUMBER)]
)


def merge(
    fresh: Sequence[Row], before: Mapping[int, Sequence[Row]], locked: Iterable[int]
) -> tuple[list[Row], list[Row]]:
    """(the release's figures, its revision table).

    before: by year, the rows of the release that last had the year (of the one that locked it, where locked). A locked
    year keeps those rows; what they would be now stands in the revision table alone.
    """
    held = set(locked)
    frozen = {row["figure_id"]: row for rows in before.values() for row in rows}
    revised = {row["figure_id"]: row for row in fresh}
    kept = [row for row in fresh if int(row["period"][:4]) not in held]
    kept += [row for year in sorted(held) for row in before.get(year, ())]
    years = {int(row["period"][:4]) for row in fresh} & set(before)
    keys = {key for key, row in (*frozen.items(), *revised.items()) if int(row["period"][:4]) in years}
    table = [_side_by_side(frozen.get(key), revised.get(key), held) for key in sorted(keys)]
    order = {row["figure_id"]: place for place, row in enumerate([*fresh, *kept])}
    return sorted(kept, key=lambda row: _place(row, order)), [row for row in table if row is not None]


def _place(row: Row, order: Mapping[str, int]) -> tuple[int, str]:
    return order[row["figure_id"]], row["figure_id"]


def _side_by_side(old: Row | None, new: Row | None, held: set[int]) -> Row | None:
    """The row of the revision table; None where nothing that is shown differs."""
    if old and new and all(old[name] == new[name] for name in COMPARED):
        return None
    one = old or new
    if one is None:
        return None
    row: Row = {name: one[name] for name in KEYS}
    row["locked"] = int(one["period"][:4]) in held
    row["frozen_release"] = old["release"] if old else None
    row["revised_release"] = new["release"] if new else None
    for name in COMPARED:
        row[f"frozen_{name}"] = old[name] if old else None
        row[f"revised_{name}"] = new[name] if new else None
    both = old and new and old["percent"] is not None and new["percent"] is not None
    row["percent_points"] = round(new["percent"] - old["percent"], 6) if both and old and new else None
    return row


def revision_table(rows: Sequence[Row]) -> pa.Table:
    """The revision table."""
    return pa.table({f.name: pa.array([row[f.name] for row in rows], f.type) for f in REVISIONS})


def changes(revisions: Sequence[Row], fresh: Sequence[Row], since: str) -> dict[str, Any]:
    """What changed since the release `since`, by indicator and period."""
    counted: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    most: dict[tuple[str, str], float] = defaultdict(float)
    for row in revisions:
        key = row["indicator"], row["period"]
        counted[key][_kind(row)] += 1
        if row["percent_points"] is not None:
            most[key] = max(most[key], abs(row["percent_points"]))
    known = {(row["indicator"], row["period"]) for row in fresh}
    by = [
        {"indicator": key[0], "period": key[1], **dict(sorted(counts.items())),
         "largest_change_percent_points": round(most[key], 2)}
        for key, counts in sorted(counted.items())
    ]  # fmt: skip
    return {"since": since, "periods": sorted({period for _, period in known}), "changed": by}


def _kind(row: Row) -> str:
    if row["frozen_release"] is None:
        return "new"
    if row["revised_release"] is None:
        return "gone"
    hid, hides = row["frozen_status"] != "ok", row["revised_status"] != "ok"
    return "newly_hidden" if hides and not hid else "newly_shown" if hid and not hides else "revised"
