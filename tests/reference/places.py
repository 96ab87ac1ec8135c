"""Which trust a place belonged to on a day, read straight from the catalogue's files of units."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

UNITS = Path(__file__).resolve().parents[2] / "src" / "pakkeforlop" / "catalogue" / "data" / "units"


@dataclass
class Places:
    """Organisation numbers, the words that stand for them, and the trust of each number by day."""

    number_of: dict[str, str] = field(default_factory=dict)
    belongs: dict[str, list[tuple[date, date, str]]] = field(default_factory=dict)

    def number(self, institution: str) -> str:
        """The organisation number of an institution given by number or by key; an unknown one as written."""
        return self.number_of.get(institution, institution)

    def trust(self, number: str, day: date) -> str | None:
        """The trust that the place belonged to on `day`, or on the nearest known day; None for an unknown place."""
        nearest = None
        for first, last, trust in self.belongs.get(number, []):
            away = max(first.toordinal() - day.toordinal(), day.toordinal() - last.toordinal(), 0)
            if nearest is None or away < nearest[0]:
                nearest = away, trust
        return nearest[1] if nearest else None

    def knows(self, number: str) -> bool:
        """Is the place in the organisation catalogue?"""
        return number in self.belongs

    def add(self, number: str, trust: str, first: date | None = None, last: date | None = None) -> None:
        """From `first` to `last`, both included, `number` belonged to `trust`."""
        self.belongs.setdefault(number, []).append((first or date.min, last or date.max, trust))


def read_places(folder: Path = UNITS) -> Places:
    """The places of the catalogue."""
    places = Places()
    for file in sorted(folder.glob("*.toml")):
        content = tomllib.loads(file.read_text(encoding="utf-8"))
        trusts = content.get("trust", [])
        for trust in trusts:
            places.number_of[trust["key"]] = trust["org_nr"]
            places.add(trust["org_nr"], trust["org_nr"], trust.get("valid_from"), trust.get("valid_to"))
            for old in trust.get("replaced", []):
                places.add(old, trust["org_nr"])
    for file in sorted(folder.glob("*.toml")):
        content = tomllib.loads(file.read_text(encoding="utf-8"))
        for hospital in content.get("hospital", []):
            for period in hospital["belongs"]:
                trust = places.number_of.get(period["trust"], period["trust"])
                numbers = [hospital["org_nr"], hospital.get("radiotherapy_unit", "")]
                for number in filter(None, numbers):
                    places.add(number, trust, period.get("valid_from"), period.get("valid_to"))
    return places
