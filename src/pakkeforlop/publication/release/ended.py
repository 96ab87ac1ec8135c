"""Episodes as a release reads them: the columns it needs as arrays, with pathway, total and region by name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pakkeforlop.catalogue.model import Catalogue
from pakkeforlop.catalogue.units import Units

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Place:
    """A unit that figures are told for: level, number and name."""

    level: str
    org_nr: str
    name: str


class Episodes:
    """A table of episodes, cut by pathway (and total) and by country and region."""

    def __init__(self, table: pa.Table, catalogue: Catalogue) -> None:
        self.table = table
        self._catalogue = catalogue
        self._prefix = _coded(table["pathway"])
        self._trust = _coded(table["trust"])
        self._region_of = _regions(self._trust[1], catalogue)

    def text(self, column: str) -> npt.NDArray[Any]:
        """A column of words; what is missing is empty."""
        return np.asarray(pc.fill_null(pc.cast(self.table[column], pa.string()), "").to_pylist(), dtype=object)

    def days(self, column: str) -> npt.NDArray[np.int64]:
        """A column of days or counts; what is missing is -1 (no date of the register lies before 1970)."""
        values = self.table[column]
        if pa.types.is_date32(values.type):
            values = pc.cast(values, pa.int32())
        return np.asarray(pc.fill_null(values, -1).to_numpy(), dtype=np.int64)

    def years(self, column: str) -> npt.NDArray[np.int64]:
        """The years of a column of dates; 0 where there is none."""
        return np.asarray(pc.fill_null(pc.year(self.table[column]), 0).to_numpy(), dtype=np.int64)

    def pathways(self) -> Iterator[tuple[str, Mask]]:
        """Each pathway that has episodes, and each total, with its episodes."""
        codes, prefixes = self._prefix
        totals: dict[str, Mask] = {}
        for place, prefix in enumerate(prefixes):
            pathway = self._catalogue.pathways.get(prefix)
            if pathway is None:
                continue
            mask = codes == place
            if not mask.any():
                continue
            yield pathway.key, mask
            if total := self._catalogue.families[pathway.family].total:
                totals[total] = totals.get(total, np.zeros(len(codes), np.bool_)) | mask
        yield from totals.items()

    def places(self) -> Iterator[tuple[Place, Mask]]:
        """The country, then each region that has episodes, with its episodes (those that its trusts started)."""
        codes, _ = self._trust
        country = self._catalogue.country
        yield Place("national", country.org_nr, country.name.nb), np.ones(len(codes), np.bool_)
        for key, region in self._catalogue.regions.items():
            inside = np.array([one == key for one in self._region_of], np.bool_)
            mask = inside[codes] if len(inside) else np.zeros(len(codes), np.bool_)
            if mask.any():
                yield Place("RHF", region.org_nr, region.name), mask


def _coded(column: Any) -> tuple[npt.NDArray[np.int64], list[str]]:
    """Numbers and the words they stand for."""
    words = pc.fill_null(pc.cast(column, pa.string()), "").combine_chunks().dictionary_encode()
    return np.asarray(words.indices.to_numpy(zero_copy_only=False), dtype=np.int64), words.dictionary.to_pylist()


def _regions(trusts: list[str], catalogue: Catalogue) -> list[str]:
    """The region's key of each trust number; empty for a number that no trust has."""
    units = Units(catalogue)
    return [units.region_of(number, on=date.max) or "" for number in trusts]
