"""Which version of each registration holds, on a day.

Of several versions of a registration the one registered last holds; where that is equal, the greatest content (code,
date, institution, then patient as text), as in files. A version without a code withdraws the registration. What was
registered, or is said to have happened, after the day was not known then. So the order in which the versions came does
not matter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
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


def in_force(
    versions: Iterable[Version], *, first: int, as_of: int, names_of: Callable[[set[int]], Mapping[int, str]]
) -> list[Version]:
    """The versions that hold on day `as_of`; `first`: the first day that an event can have (day numbers).

    names_of: the ids in files of some patients; asked only where versions tell two patients apart and nothing else.
    """
    latest: dict[str, tuple[tuple[object, ...], list[Version]]] = {}
    for version in versions:
        if version.rank >= (as_of + 1) * DAY:
            continue
        day = version.event_date
        if day is not None and version.code and not first <= day_number(day) <= as_of:
            continue
        order = (version.rank, version.code, day.isoformat() if day else "", version.institution)
        held = latest.get(version.registration_id)
        if held is None or order > held[0]:
            latest[version.registration_id] = (order, [version])
        elif order == held[0]:
            held[1].append(version)
    alike = [found for _, found in latest.values() if found[0].code]
    owners = [{one.patient_id for one in found} for found in alike if len(found) > 1]
    tied = set().union(*(two for two in owners if len(two) > 1))
    names = names_of(tied) if tied else {}
    return [max(found, key=lambda one: (names.get(one.patient_id, ""), one.digest)) for found in alike]


def digest_of(told: Iterable[object]) -> int:
    """A 63-bit digest of everything that a row tells, so that the same row told twice is known again."""
    text = "\x1f".join([value if type(value) is str else "" if value is None else str(value) for value in told])
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big") >> 1
