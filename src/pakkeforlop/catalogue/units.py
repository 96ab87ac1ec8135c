"""Which hospital, trust and region an organisation number means on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from pakkeforlop.catalogue.model import Catalogue

Level = Literal["country", "region", "trust", "hospital"]


@dataclass(frozen=True)
class Belonging:
    """The trust a unit belongs to between two days, both inclusive; None is open."""

    trust: str
    valid_from: date | None = None
    valid_to: date | None = None

    def holds(self, on: date) -> bool:
        """Whether `on` lies in the period."""
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on <= self.valid_to)


@dataclass(frozen=True)
class Unit:
    """A known organisation number.

    `hospital` is the place of treatment (its own number, also for a radiotherapy unit's longer number); empty for a
    trust. `belongs` are the trusts by period, oldest first; a trust belongs to itself. Empty for country and regions.
    """

    org_nr: str
    name: str
    level: Level
    hospital: str = ""
    region: str = ""
    belongs: tuple[Belonging, ...] = ()

    def trust(self, on: date) -> str:
        """Key of the trust on a day; "" when it belonged to none."""
        return next((period.trust for period in self.belongs if period.holds(on)), "")


class Units:
    """The organisation catalogue by number and key. Unknown texts give None, never an error."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self.by_number: dict[str, Unit] = {}
        self._add_trusts()
        self._add_hospitals()
        self._add_regions()

    def resolve(self, institution: str) -> Unit | None:
        """The unit that a number or a catalogue key names: hospital, radiotherapy unit, trust (also by a replaced
        number), region or country. Blanks around and inside the text do not count.
        """
        text = "".join(institution.split())
        unit = self.by_number.get(text)
        if unit is None and text in self._catalogue.trusts:
            unit = self.by_number[self._catalogue.trusts[text].org_nr]
        if unit is None and text in self._catalogue.regions:
            unit = self.by_number[self._catalogue.regions[text].org_nr]
        return unit

    def name_of(self, institution: str) -> str:
        """The unit as people say it; the text itself where no unit is known."""
        unit = self.resolve(institution)
        return unit.name if unit else institution

    def trust_of(self, institution: str, *, on: date) -> str | None:
        """Key of the trust of an institution on a day; None when the institution is unknown or in no trust then."""
        unit = self.resolve(institution)
        return (unit.trust(on) or None) if unit else None

    def region_of(self, institution: str, *, on: date) -> str | None:
        """Key of the region of an institution on a day; None when unknown."""
        unit = self.resolve(institution)
        if unit is None:
            return None
        trust = unit.trust(on)
        return (self._catalogue.trusts[trust].region if trust else unit.region) or None

    def hospitals_of(self, trust: str, *, on: date) -> tuple[str, ...]:
        """Numbers of the hospitals of a trust on a day, in the order of the catalogue; not those opened later."""
        return tuple(
            number
            for number, hospital in self._catalogue.hospitals.items()
            if self.by_number[number].trust(on) == trust
            and (hospital.valid_from is None or hospital.valid_from <= on)
            and (hospital.valid_to is None or on <= hospital.valid_to)
        )

    def same_place(self, one: str, other: str, *, on: date) -> bool:
        """Same hospital number, or same trust on the day. An unknown institution is a place of its own."""
        if "".join(one.split()) == "".join(other.split()):
            return True
        trust = self.trust_of(one, on=on)
        return trust is not None and trust == self.trust_of(other, on=on)

    def _add_trusts(self) -> None:
        for key, trust in self._catalogue.trusts.items():
            belongs = (Belonging(key),)
            for number in (trust.org_nr, *trust.replaced):
                self.by_number[number] = Unit(number, trust.name, "trust", region=trust.region, belongs=belongs)

    def _add_hospitals(self) -> None:
        for number, hospital in self._catalogue.hospitals.items():
            belongs = tuple(Belonging(p.trust, p.valid_from, p.valid_to) for p in hospital.belongs)
            self.by_number[number] = Unit(number, hospital.name, "hospital", hospital=number, belongs=belongs)
            if hospital.radiotherapy_unit:
                unit = hospital.radiotherapy_unit
                self.by_number[unit] = Unit(unit, hospital.name, "hospital", hospital=number, belongs=belongs)

    def _add_regions(self) -> None:
        country = self._catalogue.country
        self.by_number[country.org_nr] = Unit(country.org_nr, country.name.nb, "country")
        for key, region in self._catalogue.regions.items():
            self.by_number[region.org_nr] = Unit(region.org_nr, region.name, "region", region=key)
