"""For which units: assignments of a day, expanded down the organisation catalogue to sets of numbers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from pakkeforlop.access.rights import Right, rights_of
from pakkeforlop.catalogue.load import load_catalogue
from pakkeforlop.catalogue.units import Units

COUNTRY = "900000000"


@lru_cache(maxsize=1)
def units() -> Units:
    """The organisation catalogue, made once per process."""
    return Units(load_catalogue())


@lru_cache(maxsize=4096)
def expand(org_nr: str, on: date) -> frozenset[str] | None:
    """Every number that a unit stands for on a day: a hospital with its radiotherapy unit, a trust with its hospitals,
    a region with its trusts. None is everything (the country). A number that is not known stands for itself.
    """
    if org_nr == COUNTRY:
        return None
    unit = units().resolve(org_nr)
    if unit is None:
        return frozenset({org_nr})
    known = units().by_number.items()
    if unit.level == "hospital":
        return frozenset(number for number, other in known if other.hospital == unit.hospital)
    if unit.level == "trust":
        key = unit.trust(on)
        return frozenset(number for number, other in known if other.trust(on) == key)
    return frozenset(number for number, _ in known if units().region_of(number, on=on) == unit.region)


@dataclass(frozen=True)
class Place:
    """Where a patient is known: a unit, a pathway and, where that is known, a department."""

    org_nr: str
    pathway: str = ""
    department: str = ""


@dataclass(frozen=True)
class Grant:
    """One assignment on a day. `orgs` None is every unit; `pathway` is a beginning, empty for all."""

    role: str
    org_nr: str
    orgs: frozenset[str] | None
    pathway: str = ""
    department: str = ""

    def covers(self, org_nr: str, pathway: str = "", department: str = "") -> bool:
        """Whether a place lies within. A grant for one department covers that department's places only."""
        return (
            (self.orgs is None or org_nr in self.orgs)
            and pathway.startswith(self.pathway)
            and self.department in {"", department}
        )


@dataclass(frozen=True)
class Scope:
    """The places that a person serves, with a certain right or with any."""

    grants: tuple[Grant, ...] = ()

    def covers(self, org_nr: str, pathway: str = "", department: str = "") -> bool:
        """Whether one of the grants covers the place."""
        return any(grant.covers(org_nr, pathway, department) for grant in self.grants)

    def covers_any(self, places: Iterable[Place]) -> Place | None:
        """The first of the places that is covered; None when none is."""
        return next((at for at in places if self.covers(at.org_nr, at.pathway, at.department)), None)

    def __bool__(self) -> bool:
        return bool(self.grants)

    @property
    def everywhere(self) -> bool:
        """Whether some grant is for the whole country and all pathways."""
        return any(g.orgs is None and not g.pathway and not g.department for g in self.grants)

    @property
    def orgs(self) -> frozenset[str] | None:
        """Every number within; None when some grant is for the whole country."""
        if any(grant.orgs is None for grant in self.grants):
            return None
        return frozenset[str]().union(*(grant.orgs or frozenset() for grant in self.grants))

    def hospitals(self) -> tuple[str, ...]:
        """The hospitals within, in the order of the catalogue, for choices and filters."""
        return tuple(
            number
            for number, unit in units().by_number.items()
            if unit.level == "hospital" and unit.hospital == number
            if any(grant.orgs is None or number in grant.orgs for grant in self.grants)
        )


@dataclass(frozen=True)
class Access:
    """All that a person may on a day: every question of right and unit is asked here."""

    grants: tuple[Grant, ...] = ()

    def may(self, right: Right) -> bool:
        """Whether any assignment gives the right, somewhere."""
        return any(right in rights_of(grant.role) for grant in self.grants)

    def scope(self, right: Right | None = None) -> Scope:
        """The places of those assignments that give the right; of all assignments when none is named."""
        return Scope(tuple(g for g in self.grants if right is None or right in rights_of(g.role)))

    def rights(self) -> frozenset[Right]:
        """Every right held somewhere."""
        return frozenset(right for grant in self.grants for right in rights_of(grant.role))

    @property
    def role(self) -> str:
        """The role of the first assignment, for the name at the top of the page."""
        return self.grants[0].role if self.grants else ""

    @property
    def home(self) -> str:
        """The unit of the first assignment."""
        return self.grants[0].org_nr if self.grants else ""
