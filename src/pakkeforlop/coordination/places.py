"""Where an organisation number belongs on a day: its trust and its region, as organisation numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from pakkeforlop.catalogue.model import Catalogue


@dataclass(frozen=True)
class Place:
    """The trust and region of a unit; empty where nobody knows them."""

    trust: str = ""
    region: str = ""


def place_of(catalogue: Catalogue, institution: str, on: date) -> Place:
    """The trust and region of an institution on a day."""
    units = catalogue.units
    trust, region = units.trust_of(institution, on=on), units.region_of(institution, on=on)
    return Place(
        catalogue.trusts[trust].org_nr if trust else "",
        catalogue.regions[region].org_nr if region else "",
    )


def nearness(catalogue: Catalogue, on: date) -> Callable[[str, str], bool]:
    """Whether two institutions are the same place (same hospital, or same trust) on a day."""

    @lru_cache(maxsize=1024)
    def same(one: str, other: str) -> bool:
        return catalogue.units.same_place(one, other, on=on)

    return same
