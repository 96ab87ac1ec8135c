"""What figures are made from besides the instances."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy.typing as npt
import pyarrow as pa

from pakkeforlop.episodes.places import Places

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class NewCancerRows:
    """The new-cancers file, with the patient number and birth day (NO_DAY if unknown) of each row."""

    table: pa.Table
    patient: Array
    birth_day: Array | None


@dataclass(frozen=True)
class MessageRows:
    """Messages on registrations, one entry each: number, pathway number (-1 none), place, day (NO_DAY if missing)."""

    number: Array
    pathway: Array
    place: Array
    day: Array
    places: Places


@dataclass(frozen=True)
class RegistrationRows:
    """Registrations, one entry each: pathway number (-1 none), place, day (NO_DAY if missing), and the day it was
    registered (NO_DAY: not told).
    """

    pathway: Array
    place: Array
    day: Array
    registered: Array
    places: Places


@dataclass(frozen=True)
class Material:
    """What figures are made from besides the instances."""

    new_cancers: NewCancerRows | None = None
    messages: MessageRows | None = None
    registrations: RegistrationRows | None = None
    apart: RegistrationRows | None = None
    """Registrations that could not be linked: they stand in the denominator of the messages."""
