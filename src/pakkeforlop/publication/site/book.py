"""The figures that stand, as the pages look them up: by indicator, pathway, unit and period."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from pakkeforlop.catalogue.model import Catalogue, Pathway, Trust
from pakkeforlop.catalogue.units import Units
from pakkeforlop.publication.open_api.library import Library, Shelved
from pakkeforlop.publication.open_api.released import Released

SHARE, INCLUSION, DAYS, SPREAD, STARTED = (
    "of4_share",
    "inclusion_share",
    "of4_days",
    "of4_spread",
    "pathways_started",
)
TOTAL = "all_organ_specific"
LEVELS = ("RHF", "HF", "group", "hospital")
LEGAL_FORMS = (" HF", " RHF", " AS")
FRESH = "fresh.parquet"


@dataclass(frozen=True)
class Unit:
    """The country, a region, a trust or a hospital, as pages name it. region: the number of the unit above it."""

    org_nr: str
    name: str
    level: str
    region: str = ""
    short: str = ""


class Book:
    """Released figures and what the catalogue says of them."""

    def __init__(self, library: Library, catalogue: Catalogue) -> None:
        self.library, self.catalogue = library, catalogue
        self.country = catalogue.country.org_nr
        self.target = float(catalogue.indicators[SHARE].target_percent or catalogue.settings.target_percent)
        self._units = Units(catalogue)

    @property
    def synthetic(self) -> bool:
        """Whether all that is told here is of invented patients."""
        return self.library.releases[0].synthetic

    @cached_property
    def figures(self) -> dict[tuple[str, str, str, str, str], Released]:
        """Every figure by indicator, branch, pathway, unit and period."""
        return {
            (one.indicator, one.branch, one.pathway_key, one.org_nr, one.period): one
            for one in self.library.current.rows
        }

    def figure(self, indicator: str, pathway: str, org_nr: str, period: str, *, branch: str = "all") -> Released | None:
        """A figure, shown or hidden; None where none was released, or the publisher had no data."""
        one = self.figures.get((indicator, branch, pathway, org_nr, period))
        return None if one is None or one.status == "no_data" else one

    def by_id(self, figure_id: str) -> Released | None:
        """The figure of that name, as it stands."""
        return self.library.current.by_id(figure_id)

    @cached_property
    def years(self) -> list[str]:
        """Years with a share, oldest first."""
        return sorted({key[4] for key in self.figures if key[0] == SHARE and len(key[4]) == 4})

    @property
    def year(self) -> str:
        """The newest year; empty when nothing was released."""
        return self.years[-1] if self.years else ""

    @cached_property
    def tertials(self) -> list[str]:
        """Tertials with a share, oldest first."""
        return sorted({key[4] for key in self.figures if key[0] == SHARE and len(key[4]) > 4})

    def release_of(self, figure: Released) -> Shelved | None:
        """The release that a figure was taken from."""
        return self.library.release(figure.release)

    @cached_property
    def holder(self) -> Shelved:
        """The release that the newest year stands in."""
        holders = self.library.holders()
        return holders[int(self.year)] if self.year and int(self.year) in holders else self.library.latest

    # --- pathways -----------------------------------------------------------------------------------------------------

    def pathway(self, key: str) -> Pathway | None:
        """A pathway of the catalogue by its key."""
        return self._pathways.get(key)

    @cached_property
    def _pathways(self) -> dict[str, Pathway]:
        return {one.key: one for one in self.catalogue.pathways.values()}

    def in_total(self, key: str) -> bool:
        """Whether a pathway is counted in the total."""
        one = self.pathway(key)
        return one is not None and self.catalogue.families[one.family].total == TOTAL

    def pathways(self, org_nr: str = "", period: str = "") -> list[str]:
        """Keys of the pathways that a unit has a share for (shown or hidden), the largest in the country first."""
        org_nr, period = org_nr or self.country, period or self.year
        known = [key for key in self._pathways if self.figure(SHARE, key, org_nr, period)]
        return sorted(known, key=lambda key: (-self._size(key), key))

    def _size(self, key: str) -> int:
        whole = self.figure(SHARE, key, self.country, self.year)
        return (whole.denominator or 0) if whole else 0

    # --- units --------------------------------------------------------------------------------------------------------

    @cached_property
    def units(self) -> dict[str, Unit]:
        """Every unit that has a figure, by number; the newest name."""
        found = {self.country: Unit(self.country, "", "national")}
        for one in self.library.current.rows:
            if one.org_nr not in found and one.unit_level in LEVELS:
                found[one.org_nr] = self._unit(one)
        return found

    def _unit(self, one: Released) -> Unit:
        for region in self.catalogue.regions.values():
            if region.org_nr == one.org_nr:
                return Unit(one.org_nr, plain_name(region.name), "RHF", short=region.short)
        trust = self._trust(one.org_nr)
        if one.unit_level == "hospital":
            place = self.catalogue.hospitals.get(one.org_nr)
            name = place.name if place else plain_name(one.unit_name)
            return Unit(one.org_nr, name, "hospital", trust.org_nr if trust else "", name)
        if trust is None:
            return Unit(one.org_nr, plain_name(one.unit_name), one.unit_level)
        above = self.catalogue.regions.get(trust.region)
        return Unit(one.org_nr, plain_name(trust.name), "HF", above.org_nr if above else "", trust.short or trust.name)

    def _trust(self, org_nr: str) -> Trust | None:
        key = self._units.trust_of(org_nr, on=date(int(self.year or 2021), 12, 31))
        return self.catalogue.trusts.get(key) if key else None

    def regions(self) -> list[Unit]:
        """The regions, alphabetical."""
        return self._sorted(one for one in self.units.values() if one.level == "RHF")

    def trusts(self, *, pathway: str = TOTAL, period: str = "", region: str = "") -> list[Unit]:
        """The trusts and private units that have a share of a pathway (shown or hidden), alphabetical."""
        period = period or self.year
        return self._sorted(
            one
            for one in self.units.values()
            if one.level in {"HF", "group"}
            and (not region or one.region == region)
            and self.figure(SHARE, pathway, one.org_nr, period)
        )

    def hospitals(self, trust: str, *, pathway: str = TOTAL) -> list[Unit]:
        """The hospitals of a trust that have a share of a pathway in the newest year, alphabetical."""
        return self._sorted(
            one
            for one in self.units.values()
            if one.level == "hospital" and one.region == trust and self.figure(SHARE, pathway, one.org_nr, self.year)
        )

    def in_order(self, units: Iterable[Unit]) -> list[Unit]:
        """Units, alphabetical."""
        return self._sorted(units)

    @staticmethod
    def _sorted(units: Iterable[Unit]) -> list[Unit]:
        return sorted(units, key=lambda one: alphabetical(one.name))

    # --- the fresh periods --------------------------------------------------------------------------------------------

    @cached_property
    def fresh(self) -> list[dict[str, Any]]:
        """Estimates for those who have just started (release/fresh.py); empty where the release has none."""
        content = self.library.latest.read(FRESH)
        if content is None:
            return []
        import pyarrow.parquet as pq

        rows: list[dict[str, Any]] = pq.read_table(io.BytesIO(content)).to_pylist()
        return rows


def plain_name(name: str) -> str:
    """A name without its legal form."""
    for ending in LEGAL_FORMS:
        name = name.removesuffix(ending)
    return name


def alphabetical(name: str) -> str:
    """The order of the Norwegian alphabet: æ, ø and å last."""
    return name.casefold().replace("æ", "z\ue000").replace("ø", "z\ue001").replace("å", "z\ue002")
