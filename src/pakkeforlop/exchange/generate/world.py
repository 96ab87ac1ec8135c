"""The catalogue as arrays for drawing: pathways, codes, limits, units and their hospitals."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pakkeforlop.catalogue.model import Catalogue, Hospital
from pakkeforlop.catalogue.share_limits import WHOLE, share_limits
from pakkeforlop.vocabulary.calendar import day_number

FAR = 2**30
SUFFIXES = ("A", "AA", "S", "B", "CK", "CU", "CM", "CA", "CI", "O", "P", "FK", "FM", "FS", "FL", "FO", "FI", "X")
SUFFIX = {suffix: place for place, suffix in enumerate(SUFFIXES)}
NONE = -1
BRANCHES = (WHOLE, "K", "M", "S", "O")
BRANCH = {branch: place for place, branch in enumerate(BRANCHES)}
ENDING_OF_BRANCH = np.array([NONE, SUFFIX["FK"], SUFFIX["FM"], SUFFIX["FS"], SUFFIX["FO"]])
AA_FIRST_DAY = P_FIRST_DAY = 18262  # 2020-01-01
B_LAST_DAY = 17166  # 2016-12-31
Ints = npt.NDArray[np.int64]


@cache
def people() -> dict[str, Any]:
    """What synthetic patients look like, from people.toml."""
    return tomllib.loads((Path(__file__).parent / "people.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Site:
    """A hospital of a unit and the days it belongs to it, with its radiotherapy unit's place if it has one."""

    institution: int
    first_day: int
    last_day: int
    radiotherapy: int


@dataclass(frozen=True)
class World:
    """Everything is numbered by its place: pathways by prefix, units as in the catalogue, institutions by number."""

    pathways: tuple[str, ...]
    keys: tuple[str, ...]
    first_day: Ints
    last_day: Ints
    to_decision: npt.NDArray[np.bool_]
    metastasis: npt.NDArray[np.bool_]
    children: npt.NDArray[np.bool_]
    inclusion: npt.NDArray[np.bool_]
    icd10: tuple[tuple[str, ...], ...]
    limit_from: Ints  # pathway, branch, version
    limit_days: Ints  # the same; -1 is none
    phase: npt.NDArray[np.float64]  # pathway: usual parts of the whole time before attendance, before decision
    units: tuple[str, ...]
    unit_keys: tuple[str, ...]
    region: Ints
    sites: tuple[tuple[Site, ...], ...]
    institutions: tuple[str, ...]

    @property
    def codes(self) -> list[str]:
        """Every code by its number: pathway * suffixes + suffix."""
        return [prefix + suffix for prefix in self.pathways for suffix in SUFFIXES]

    def limit(self, pathway: Ints, branch: Ints, day: Ints) -> Ints:
        """The share's limit in force on each day; -1 where there is none."""
        found = np.full(len(pathway), NONE, dtype=np.int64)
        for version in range(self.limit_from.shape[2]):
            begun = day >= self.limit_from[pathway, branch, version]
            found = np.where(begun, self.limit_days[pathway, branch, version], found)
        return found

    def unit_at(self, org_nr: str) -> int:
        """Place of a unit by its organisation number. KeyError if the catalogue lacks it."""
        try:
            return self.units.index(org_nr)
        except ValueError:
            raise KeyError(org_nr) from None


def world_of(catalogue: Catalogue) -> World:
    """Compile the cancer pathways, units and limits of a catalogue."""
    codes = [code for code in sorted(catalogue.pathways) if _limits(catalogue, code)]
    pathways = [catalogue.pathways[code] for code in codes]
    families = [catalogue.families[pathway.family] for pathway in pathways]
    limits = [_limits(catalogue, code) for code in codes]
    versions = max(len(found) for each in limits for found in each.values())
    limit_from = np.full((len(codes), len(BRANCHES), versions), FAR, dtype=np.int64)
    limit_days = np.full_like(limit_from, NONE)
    for place, each in enumerate(limits):
        for kind, found in each.items():
            for version, (since, days) in enumerate(found):
                limit_from[place, BRANCH[kind], version] = since
                limit_days[place, BRANCH[kind], version] = NONE if days is None else days
    trusts = list(catalogue.trusts.values())
    keys = list(catalogue.trusts)
    institutions = sorted(_institutions(catalogue))
    number = {org_nr: place for place, org_nr in enumerate(institutions)}
    return World(
        pathways=tuple(codes),
        keys=tuple(pathway.key for pathway in pathways),
        first_day=np.array([day_number(pathway.introduced) for pathway in pathways], dtype=np.int64),
        last_day=np.array([day_number(p.last_day) if p.last_day else FAR for p in pathways], dtype=np.int64),
        to_decision=np.array([family.share_to == "decision" for family in families]),
        metastasis=np.array([any(event.suffix == "CU" and not event.closes for event in f.event) for f in families]),
        children=np.array([pathway.inclusion_below_age is not None for pathway in pathways]),
        inclusion=np.array([pathway.inclusion for pathway in pathways]),
        icd10=tuple(pathway.icd10 for pathway in pathways),
        limit_from=limit_from,
        limit_days=limit_days,
        phase=np.array([_phases(pathway.time_limit) for pathway in pathways]),
        units=tuple(trust.org_nr for trust in trusts),
        unit_keys=tuple(keys),
        region=np.array([sorted(catalogue.regions).index(trust.region) for trust in trusts], dtype=np.int64),
        sites=tuple(_sites(catalogue, key, number) for key in keys),
        institutions=tuple(institutions),
    )


def _limits(catalogue: Catalogue, code: str) -> dict[str, tuple[tuple[int, int | None], ...]]:
    pathway = catalogue.pathways[code]
    return share_limits(pathway, catalogue.families[pathway.family])


def _phases(limits: dict[str, Any]) -> tuple[float, float]:
    """The parts of the whole time that lie before the first attendance and before the decision, by the limits."""
    first, second = (limits[key][0].days or 1 if limits.get(key) else 7 for key in ("OF1", "OF2"))
    thirds = [version.days for version in limits.get("OF3", ()) if version.days]
    third = sum(thirds) / len(thirds) if thirds else 0
    whole = first + second + third
    return first / whole, (first + second) / whole


def _institutions(catalogue: Catalogue) -> set[str]:
    found = {trust.org_nr for trust in catalogue.trusts.values()}
    for org_nr, hospital in catalogue.hospitals.items():
        found |= {org_nr, hospital.radiotherapy_unit} - {""}
    return found


def _sites(catalogue: Catalogue, trust: str, number: dict[str, int]) -> tuple[Site, ...]:
    """The hospitals of a trust with their days; the trust's own number where it has none."""
    sites = []
    for org_nr, hospital in catalogue.hospitals.items():
        for period in hospital.belongs:
            if period.trust == trust:
                first = max(_day(period.valid_from, 0), _day(hospital.valid_from, 0))
                last = min(_day(period.valid_to, FAR), _day(hospital.valid_to, FAR))
                sites.append(Site(number[org_nr], first, last, _radiotherapy(hospital, number)))
    return tuple(sites) or (Site(number[catalogue.trusts[trust].org_nr], 0, FAR, NONE),)


def _day(day: Any, otherwise: int) -> int:
    return day_number(day) if day else otherwise


def _radiotherapy(hospital: Hospital, number: dict[str, int]) -> int:
    return number[hospital.radiotherapy_unit] if hospital.radiotherapy_unit else NONE
