"""Which version of each registration holds, on a day.

Of several versions of a registration the one registered last holds; where that is equal, the greatest content (code,
date, institution as text). A version without a code withdraws the registration. What was registered, or is said to have
happened, after the day was not known then. So the order in which the versions came does not matter.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from hashlib import blake2b
from typing import NamedTuple

from pakkeforlop.vocabulary.calendar import day_number

NEVER = -(2**63)
"""The rank of a version whose file did not say when it was registered: before all others."""
NAMELESS = "#"
"""Begins the store's own name of a registration whose file gave it none; linking sees no name then."""
DAY = 86_400_000_000
EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - times are as written, without a zone


class Version(NamedTuple):
    """One version of one registration: what linking and the choice between versions need. `pk`: its row's id."""

    pk: int
    patient_id: int
    registration_id: str
    version: int
    code: str
    event_date: date | None
    institution: str
    unit: str
    received_date: date | None
    seniority_date: date | None
    rank: int
    digest: int


def rank_of(registered: datetime) -> int:
    """Microseconds of a time as written (its clock, whatever its zone)."""
    return int((registered.replace(tzinfo=None) - EPOCH).total_seconds() * 1_000_000)


def in_force(versions: Iterable[Version], *, first: int, as_of: int) -> list[Version]:
    """The versions that hold on day `as_of`; `first`: the first day that an event can have (day numbers)."""
    latest: dict[str, tuple[tuple[object, ...], Version]] = {}
    for version in versions:
        if version.rank >= (as_of + 1) * DAY:
            continue
        day = version.event_date
        if day is not None and version.code and not first <= day_number(day) <= as_of:
            continue
        order = (version.rank, version.code, day.isoformat() if day else "", version.institution, version.digest)
        held = latest.get(version.registration_id)
        if held is None or order > held[0]:
            latest[version.registration_id] = (order, version)
    return [version for _, version in latest.values() if version.code]


def digest_of(told: Iterable[object]) -> int:
    """A 63-bit digest of everything that a row tells, so that the same row told twice is known again."""
    text = "\x1f".join([value if type(value) is str else "" if value is None else str(value) for value in told])
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big") >> 1
