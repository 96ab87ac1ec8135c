"""The units that figures are counted for: country, regions (RHF), trusts (HF) and hospitals.

Places are ranked by region, trust and hospital, so that each unit is a range of ranks; a hospital that changed trust is
two ranges.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pakkeforlop.catalogue.model import Catalogue
from pakkeforlop.episodes.places import Organisations, Places, places_of
from pakkeforlop.indicators.cube import Ranges

Array = npt.NDArray[Any]
NATIONAL, REGION, TRUST, HOSPITAL = range(4)
UNKNOWN_REGION = "Ukjent region"
"""Where trusts stand that no region knows, so that regions add up to the country."""


@dataclass(frozen=True)
class UnitLevel:
    """The units of one level: names and organisation numbers."""

    level: str
    names: tuple[str, ...]
    numbers: tuple[str, ...]


@dataclass(frozen=True)
class UnitTree:
    """All units over one numbering of places, and which places each holds."""

    places: Places
    levels: tuple[UnitLevel, ...]
    unit_of_rank: tuple[npt.NDArray[np.int64], ...]
    """Per level, the unit of each rank (-1 where none)."""
    ranges: Ranges
    rank_of: dict[tuple[str, str], int]

    def rank(self, places: Places) -> npt.NDArray[np.int64]:
        """The rank of each place of a set."""
        return np.array([self.rank_of[pair] for pair in _pairs(places)], np.int64)

    def holds(self, places: Places) -> bool:
        """Whether every place of a set is among these."""
        return all(pair in self.rank_of for pair in _pairs(places))

    def by_unit(self, table: Array, level: int) -> Array:
        """Counts by rank (third axis) added up to counts by unit."""
        units = self.unit_of_rank[level]
        edges = np.flatnonzero(np.diff(units, prepend=-2))
        sums = np.add.reduceat(table, edges, axis=2, dtype=table.dtype)
        found = units[edges]
        out = np.zeros((*table.shape[:2], max(1, len(self.levels[level].names)), table.shape[3]), sums.dtype)
        for at, unit in enumerate(found):
            if unit >= 0:
                out[:, :, unit] += sums[:, :, at]
        return out


def _pairs(places: Places) -> list[tuple[str, str]]:
    return list(zip(places.numbers, (places.trusts[n] for n in places.trust), strict=True))


def unit_tree(sets: Sequence[Places], catalogue: Catalogue, organisations: Organisations) -> UnitTree:
    """The units of several sets of places together."""
    places = places_of([name for one in sets for name in one.first], organisations)
    trusts = {trust.org_nr: trust for trust in catalogue.trusts.values()}
    keys = [*catalogue.regions, ""]
    pairs = _pairs(places)

    def region_of(trust: str) -> str:
        return trusts[trust].region if trust in trusts else ""

    def hospital_of(number: str) -> str:
        unit = organisations.units.resolve(number)
        return number if unit is None else unit.hospital

    order = sorted(
        range(len(pairs)),
        key=lambda n: (keys.index(region_of(pairs[n][1])), pairs[n][1], hospital_of(pairs[n][0]), pairs[n][0]),
    )
    ranked = [pairs[n] for n in order]
    regions = [key for key in keys if any(region_of(trust) == key for _, trust in ranked)]
    numbers = list(dict.fromkeys(trust for _, trust in ranked))
    hospitals = list(dict.fromkeys(hospital_of(number) for number, _ in ranked if hospital_of(number)))

    def hospital_name(number: str) -> str:
        unit = organisations.units.resolve(number)
        return number if unit is None else unit.name

    country = catalogue.country
    levels = (
        UnitLevel("national", (country.name.nb,), (country.org_nr,)),
        UnitLevel(
            "RHF",
            tuple(catalogue.regions[key].name if key else UNKNOWN_REGION for key in regions),
            tuple(catalogue.regions[key].org_nr if key else "" for key in regions),
        ),
        UnitLevel("HF", tuple(trusts[n].name if n in trusts else n for n in numbers), tuple(numbers)),
        UnitLevel("hospital", tuple(map(hospital_name, hospitals)), tuple(hospitals)),
    )
    units = (
        np.zeros(len(ranked), np.int64),
        np.array([regions.index(region_of(trust)) for _, trust in ranked], np.int64),
        np.array([numbers.index(trust) for _, trust in ranked], np.int64),
        np.array([hospitals.index(h) if (h := hospital_of(number)) else -1 for number, _ in ranked], np.int64),
    )
    return UnitTree(places, levels, units, _ranges(units), {pair: n for n, pair in enumerate(ranked)})


def _ranges(units: tuple[npt.NDArray[np.int64], ...]) -> Ranges:
    level, unit, first, last = [], [], [], []
    low: list[int] = []
    high: list[int] = []
    for which, of_rank in enumerate(units):
        for number in range(int(of_rank.max(initial=-1)) + 1):
            mine = of_rank == number
            edges = np.flatnonzero(np.diff(mine.astype(np.int8), prepend=0, append=0)).reshape(-1, 2)
            level.append(which)
            unit.append(number)
            first.append(len(low))
            low += edges[:, 0].tolist()
            high += edges[:, 1].tolist()
            last.append(len(low))
    return Ranges(*(np.array(column, np.int64) for column in (level, unit, first, last, low, high)))
