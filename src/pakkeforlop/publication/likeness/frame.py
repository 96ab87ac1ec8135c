"""What the fit knows beside the figures: pathways with their days and treatment kinds, and units with their region.

All of it is read from the catalogue. A leaf unit is a unit that patients are placed in: a trust, a small unit of its
own, or a group of private units (whose members, under their own names in some tertials, are the same leaf).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from pakkeforlop.catalogue.model import Catalogue, Family, Pathway
from pakkeforlop.catalogue.share_limits import WHOLE, share_limits
from pakkeforlop.vocabulary.calendar import day_number

FAR = 2**30


@dataclass(frozen=True)
class PathwayFacts:
    """A pathway as the fit sees it. `branches`: kind and the first day a limit holds; days are day numbers."""

    code: str
    key: str
    total: str
    first_day: int
    last_day: int
    inclusion_last_day: int
    branches: tuple[tuple[str, int], ...]

    def branches_in(self, indicator: str, first: int, last: int) -> tuple[str, ...]:
        """The branches that patients of `indicator` can be in between two days; none when the pathway is not in use."""
        if first > self.last_day or last < self.first_day:
            return ()
        if indicator == "OA2":
            return (WHOLE,) if first <= self.inclusion_last_day else ()
        return tuple(kind for kind, since in self.branches if since <= last)


@dataclass(frozen=True)
class Unit:
    """A leaf unit. `members` are organisation numbers that the same patients also go by; `older` its former numbers.

    treats: a trust with hospitals, that patients can be placed in without a row of its own saying so.
    """

    org_nr: str
    region: str
    kind: str
    members: tuple[str, ...] = ()
    older: tuple[str, ...] = ()
    treats: bool = False

    @property
    def place(self) -> str:
        """The organisation number that its patients are registered at: a group's first member, else its own."""
        return self.members[0] if self.members else self.org_nr


@dataclass(frozen=True)
class Frame:
    """Pathways, units and regions, numbered by their place in the tuples."""

    pathways: tuple[PathwayFacts, ...]
    units: tuple[Unit, ...]
    regions: dict[str, str]
    country: str
    totals: tuple[str, ...]

    @cached_property
    def pathway_at(self) -> dict[str, int]:
        """Place of a pathway by its key."""
        return {pathway.key: place for place, pathway in enumerate(self.pathways)}

    @cached_property
    def unit_at(self) -> dict[str, int]:
        """Place of a leaf unit by its organisation number, or a member's."""
        own = {unit.org_nr: place for place, unit in enumerate(self.units)}
        return own | {member: place for place, unit in enumerate(self.units) for member in (*unit.older, *unit.members)}

    @cached_property
    def region_at(self) -> dict[str, tuple[int, ...]]:
        """Places of the units of a region, by the region's organisation number."""
        return {
            org_nr: tuple(place for place, unit in enumerate(self.units) if unit.region == key)
            for key, org_nr in self.regions.items()
        }

    def in_total(self, key: str) -> tuple[int, ...]:
        """Places of the pathways that the aggregate `key` is the sum of."""
        return tuple(place for place, pathway in enumerate(self.pathways) if pathway.total == key)


def frame_of(catalogue: Catalogue) -> Frame:
    """The frame of a catalogue: pathways that have a share, and every trust, small unit and private group."""
    pathways = []
    for code in sorted(catalogue.pathways):
        pathway = catalogue.pathways[code]
        family = catalogue.families[pathway.family]
        branches = share_branches(pathway, family)
        if branches:
            pathways.append(_facts(pathway, family, branches))
    members: dict[str, list[str]] = {}
    for trust in catalogue.trusts.values():
        if trust.group:
            members.setdefault(trust.group, []).append(trust.org_nr)
    with_hospitals = {period.trust for hospital in catalogue.hospitals.values() for period in hospital.belongs}
    units = tuple(
        Unit(trust.org_nr, trust.region, trust.kind, tuple(members.get(key, ())), trust.replaced, key in with_hospitals)
        for key, trust in catalogue.trusts.items()
        if not trust.group
    )
    regions = {key: region.org_nr for key, region in catalogue.regions.items()}
    totals = tuple(sorted({pathway.total for pathway in pathways if pathway.total}))
    return Frame(tuple(pathways), units, regions, catalogue.country.org_nr, totals)


def _facts(pathway: Pathway, family: Family, branches: tuple[tuple[str, int], ...]) -> PathwayFacts:
    last = day_number(pathway.last_day) if pathway.last_day else FAR
    ends = day_number(pathway.inclusion_last_day) if pathway.inclusion_last_day else FAR
    return PathwayFacts(
        code=pathway.code,
        key=pathway.key,
        total=family.total,
        first_day=day_number(pathway.introduced),
        last_day=last,
        inclusion_last_day=ends if pathway.inclusion else -FAR,
        branches=branches,
    )


def share_branches(pathway: Pathway, family: Family) -> tuple[tuple[str, int], ...]:
    """The treatment kinds that count in the share, each with the first day a limit holds for it."""
    return tuple(
        (kind, min(first for first, days in versions if days is not None))
        for kind, versions in share_limits(pathway, family).items()
        if any(days is not None for _, days in versions)
    )
