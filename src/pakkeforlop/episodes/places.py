"""Where a code was registered: the hospital's number and the trust it belonged to on the day (decision 6).

A place is an organisation number in one of the periods it belonged to a trust. The same number is always the same
hospital, whatever trust it belongs to. Places are numbered in the order of their organisation numbers, so that the
number can stand in a key.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import numpy.typing as npt

from pakkeforlop.catalogue.model import Catalogue
from pakkeforlop.catalogue.units import Units
from pakkeforlop.vocabulary.calendar import day_number

ALWAYS = -(2**30)


@dataclass(frozen=True)
class Organisation:
    """An institution as the catalogue knows it.

    number: the organisation number (a catalogue key resolved; an unknown text as written). periods: from which day it
    belonged to which trust's number, oldest first; a day before the first period belongs to the first.
    """

    number: str
    periods: tuple[tuple[int, str], ...]
    known: bool


class Organisations:
    """Looks institutions up in the organisation catalogue: by number, or by the key of a trust."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.units = Units(catalogue)
        self._trusts = {key: trust.org_nr for key, trust in catalogue.trusts.items()}
        self._found: dict[str, Organisation] = {}

    def find(self, institution: str) -> Organisation:
        """The organisation of an institution as written; an unknown one is a unit of its own."""
        found = self._found.get(institution)
        if found is None:
            found = self._looked_up(institution)
            if found.known:
                self._found[institution] = found
        return found

    def _looked_up(self, institution: str) -> Organisation:
        unit = self.units.resolve(institution)
        if unit is None or not unit.belongs:
            name = institution.strip()
            return Organisation(name, ((ALWAYS, name),), known=False)
        ordered = sorted(unit.belongs, key=lambda period: period.valid_from or date.min)
        return Organisation(
            unit.org_nr,
            tuple(
                (ALWAYS if n == 0 or p.valid_from is None else day_number(p.valid_from), self._trusts[p.trust])
                for n, p in enumerate(ordered)
            ),
            known=True,
        )


@dataclass(frozen=True)
class Places:
    """The places of a set of registrations, numbered by organisation number, then by period."""

    numbers: tuple[str, ...]
    hospital: npt.NDArray[np.int64]
    trust: npt.NDArray[np.int64]
    trusts: tuple[str, ...]
    known: npt.NDArray[np.bool_]
    first: dict[str, tuple[tuple[int, int], ...]] = field(repr=False)
    """Per institution as written: from which day it is which place."""

    def of(self, institution: str, day: int) -> int:
        """The place of an institution on a day."""
        place = 0
        for n, (start, number) in enumerate(self.first[institution]):
            if n == 0 or day >= start:
                place = number
        return place

    def of_many(
        self, institutions: list[str], index: npt.NDArray[np.integer], day: npt.NDArray[np.int32]
    ) -> npt.NDArray[np.int32]:
        """The place of each row, whose institution is `institutions[index]`, on its day."""
        base = np.array([self.first[name][0][1] for name in institutions], np.int32)
        place: npt.NDArray[np.int32] = base[index]
        for n, name in enumerate(institutions):
            for start, number in self.first[name][1:]:
                place[(index == n) & (day >= start)] = number
        return place


def places_of(institutions: Iterable[str], organisations: Organisations) -> Places:
    """Number the places of the institutions in a set of registrations."""
    found = {name: organisations.find(name) for name in institutions}
    by_number = {unit.number: unit for unit in found.values()}
    trusts = tuple(sorted({trust for unit in by_number.values() for _, trust in unit.periods}))
    trust_no = {trust: n for n, trust in enumerate(trusts)}
    numbers: list[str] = []
    hospital: list[int] = []
    trust_of: list[int] = []
    known: list[bool] = []
    first: dict[str, tuple[tuple[int, int], ...]] = {}
    for h, number in enumerate(sorted(by_number)):
        unit = by_number[number]
        first[number] = tuple((start, len(numbers) + n) for n, (start, _) in enumerate(unit.periods))
        for _, trust in unit.periods:
            numbers.append(number)
            hospital.append(h)
            trust_of.append(trust_no[trust])
            known.append(unit.known)
    return Places(
        tuple(numbers),
        np.array(hospital, np.int64),
        np.array(trust_of, np.int64),
        trusts,
        np.array(known, np.bool_),
        {name: first[unit.number] for name, unit in found.items()},
    )
