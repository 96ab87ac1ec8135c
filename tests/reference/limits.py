"""The limits in days that hold from a day on, read straight from the catalogue's files of pathways."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

PATHWAYS = Path(__file__).resolve().parents[2] / "src" / "pakkeforlop" / "catalogue" / "data" / "pathways"


@dataclass
class Limits:
    """Blocks of one pathway: (span, treatment kind or '', first day, days or None where the limit ends)."""

    blocks: dict[str, list[tuple[str, str, date, int | None]]] = field(default_factory=dict)

    def in_force(self, pathway: str, span: str, kind: str, *, on: date) -> int | None:
        """The newest block of the span and kind that had begun on the day."""
        begun = [
            (first, days)
            for its_span, its_kind, first, days in self.blocks.get(pathway, [])
            if its_span == span and its_kind == kind and first <= on
        ]
        return max(begun, key=lambda block: block[0])[1] if begun else None

    def kinds(self, pathway: str, span: str) -> set[str]:
        """The treatment kinds that have ever had a limit for the span."""
        return {kind for its_span, kind, _, _ in self.blocks.get(pathway, []) if its_span == span}

    def version(self, pathway: str, *, on: date) -> str:
        """The version of the pathway's limits in force on the day: the newest of its blocks that had begun."""
        begun = [first for _, _, first, _ in self.blocks.get(pathway, []) if first <= on]
        return f"{pathway}@{max(begun).isoformat()}" if begun else ""


def read_limits(folder: Path = PATHWAYS) -> Limits:
    """The limits of the catalogue."""
    limits = Limits()
    for file in sorted(folder.glob("*.toml")):
        pathway = tomllib.loads(file.read_text(encoding="utf-8"))
        limits.blocks[pathway["code"]] = [
            (span, block.get("kind", ""), block["valid_from"], block.get("days"))
            for span, blocks in pathway.get("time_limit", {}).items()
            for block in blocks
        ]
    return limits
