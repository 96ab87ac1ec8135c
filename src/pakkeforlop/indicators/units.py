"""The units that figures are counted for: country, regions (RHF), trusts (HF) and hospitals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pakkeforlop.catalogue.model import Catalogue
from pakkeforlop.episodes.places import Organisations, Places

LEVELS = ("national", "RHF", "HF", "hospital")


@dataclass(frozen=True)
class UnitLevel:
    """The units of one level, and which of them each place belongs to (-1 where none)."""

    level: str
    names: tuple[str, ...]
    numbers: tuple[str, ...]
    of_place: npt.NDArray[np.int16]


def unit_levels(places: Places, catalogue: Catalogue, organisations: Organisations) -> tuple[UnitLevel, ...]:
    """Each level with its units. A trust that no region knows stands in a region named unknown, so that sums hold."""
    trusts = {trust.org_nr: trust for trust in catalogue.trusts.values()}
    regions = catalogue.regions
    region_of_trust = [trusts[number].region if number in trusts else "" for number in places.trusts]
    keys = [key for key in regions if key in region_of_trust] + ([""] if "" in region_of_trust else [])
    hospital_of_place = []
    for number in places.numbers:
        unit = organisations.units.resolve(number)
        hospital_of_place.append(number if unit is None else unit.hospital)
    hospitals = sorted({number for number in hospital_of_place if number})
    count = len(places.numbers)

    def hospital_name(number: str) -> str:
        unit = organisations.units.resolve(number)
        return number if unit is None else unit.name

    def trust_name(number: str) -> str:
        return trusts[number].name if number in trusts else number

    trust = places.trust
    region = np.array([keys.index(key) for key in region_of_trust], np.int16) if keys else np.empty(0, np.int16)
    return (
        UnitLevel("national", (catalogue.country.name.nb,), (catalogue.country.org_nr,), np.zeros(count, np.int16)),
        UnitLevel(
            "RHF",
            tuple(regions[key].name if key else UNKNOWN_REGION for key in keys),
            tuple(regions[key].org_nr if key else "" for key in keys),
            region[trust] if count else np.empty(0, np.int16),
        ),
        UnitLevel("HF", tuple(map(trust_name, places.trusts)), places.trusts, trust.astype(np.int16)),
        UnitLevel(
            "hospital",
            tuple(map(hospital_name, hospitals)),
            tuple(hospitals),
            np.array([hospitals.index(number) if number else -1 for number in hospital_of_place], np.int16),
        ),
    )


UNKNOWN_REGION = "Ukjent region"
