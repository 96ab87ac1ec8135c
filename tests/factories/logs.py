"""The example logs, and what a conversion gave."""

from __future__ import annotations

from pathlib import Path

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "mappings"


def dated(conversion):
    """Case, milestone and ISO date of the milestones that have one."""
    rows = conversion.milestones.to_pylist()
    return [(row["case"], row["milestone"], row["date"].isoformat()) for row in rows if row["date"]]
