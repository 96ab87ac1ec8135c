"""Registrations packed into whole numbers whose order is the order of the rules.

    patient | pathway | day | order of the code | place

The widths of the fields are computed from the data. Where 63 bits do not hold them, patients are linked in ranges,
each with its own layout (`link.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pakkeforlop.vocabulary.compiling import compiled

Keys = npt.NDArray[np.int64]
MOST_BITS = 63


class Layout(NamedTuple):
    """The widths of the fields of a key, and the day that the day field counts from."""

    place_bits: int
    order_bits: int
    day_bits: int
    pathway_bits: int
    first_day: int

    @property
    def patient_shift(self) -> int:
        """How far up the patient stands."""
        return self.place_bits + self.order_bits + self.day_bits + self.pathway_bits

    @property
    def group_shift(self) -> int:
        """How far up patient and pathway together stand."""
        return self.place_bits + self.order_bits + self.day_bits


def layout_for(places: int, order_bits: int, first_day: int, last_day: int, pathways: int) -> Layout:
    """The narrowest layout that holds so many places, days and pathways."""
    return Layout(
        max(1, (places - 1).bit_length()),
        order_bits,
        max(1, (last_day - first_day).bit_length()),
        max(1, (pathways - 1).bit_length()),
        first_day,
    )


@dataclass(frozen=True)
class Coded:
    """Registrations as numbers, one per row in the order they came: what goes into a key.

    patient counts from 0; code is numbered as in `tables.Tables`; place as in `places.Places`; day is a day number.
    """

    patient: npt.NDArray[np.int64]
    code: npt.NDArray[np.int32]
    day: npt.NDArray[np.int32]
    place: npt.NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.patient)


@compiled
def pack(patient, code, day, place, layout, out):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """Write one key per row into `out`."""
    place_bits, order_bits, day_bits, pathway_bits, first_day = layout
    order_mask = (1 << order_bits) - 1
    for i in range(len(patient)):
        pathway = np.int64(code[i] >> order_bits)
        order = np.int64(code[i] & order_mask)
        key = (np.int64(patient[i]) << pathway_bits) | pathway
        key = (key << day_bits) | np.int64(day[i] - first_day)
        key = (key << order_bits) | order
        out[i] = (key << place_bits) | np.int64(place[i])
