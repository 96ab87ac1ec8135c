"""What a message is made of: the registrations of a sender in the period, in order, by reporting institution.

The period is cumulative, from 1 January. What is not sent is counted by reason, never dropped in silence.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pakkeforlop.catalogue.model import Catalogue
from pakkeforlop.episodes.places import Organisations, places_of
from pakkeforlop.exchange.npr.versions import Version
from pakkeforlop.vocabulary.calendar import NO_DAY, day_number
from pakkeforlop.vocabulary.errors import UsageFault

TEXTS = ("patient_id", "code", "institution", "registration_id", "unit", "care_level")
DAYS = ("day", "seniority_day", "received_day")
NOT_CARRIED = ("registered_day", "delay_reason", "source")
"""Columns of registrations that the message has no place for; `registered_at` decided which version is sent."""
UNFIT = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x{FFFE}\x{FFFF}]"
"""Characters that XML cannot hold."""
LONGEST = 200
ORDER = (
    "patient_id", "day", "institution", "unit", "care_level", "seniority_day", "received_day", "code",
    "registration_id",
)  # fmt: skip
BATCH = 16_384

Mask = npt.NDArray[np.bool_]


class Row(NamedTuple):
    """A registration as it goes into a message; texts are empty where there is none, days are None."""

    patient_id: str
    day: int
    institution: str
    unit: str
    care_level: str
    seniority_day: int | None
    received_day: int | None
    code: str
    registration_id: str
    sex: str
    birth_year: int | None
    municipality: str


@dataclass(frozen=True)
class Part:
    """The rows of one reporting institution: where they stand, so that one institution at a time is in memory."""

    institution: str
    source: pa.Table
    at: npt.NDArray[np.int64]
    people: pa.Table | None

    def load(self) -> Loaded:
        """The rows themselves, sorted by patient and day."""
        table = _with_people(_as_texts(self.source.take(pa.array(self.at))), self.people)
        return Loaded(table.sort_by([(name, "ascending") for name in ORDER]))


@dataclass(frozen=True)
class Loaded:
    """The rows of one institution in the order of the message."""

    table: pa.Table

    def rows(self) -> Iterator[Row]:
        """Row by row, some as Python values at a time."""
        table = self.table.select(Row._fields)
        for batch in table.to_batches(max_chunksize=BATCH):
            yield from map(Row._make, zip(*(column.to_pylist() for column in batch.columns), strict=True))

    def split(self, count: int) -> list[Loaded]:
        """The rows in about equal parts, in order; the rows of a patient stay together."""
        ids = self.table["patient_id"].combine_chunks()
        ids = ids.combine_chunks() if isinstance(ids, pa.ChunkedArray) else ids
        if not len(ids):
            return [self]
        new = np.asarray(pc.not_equal(ids[1:], ids[:-1]).to_numpy(zero_copy_only=False))
        starts = np.concatenate(([0], np.flatnonzero(new) + 1, [len(ids)]))
        wanted = np.linspace(0, len(ids), count + 1)[1:-1]
        bounds = np.unique(np.concatenate(([0], starts[np.searchsorted(starts, wanted)], [len(ids)])))
        return [
            Loaded(self.table.slice(low, high - low))
            for low, high in pairwise(bounds.tolist())
        ]

    def places(self) -> list[tuple[str, str]]:
        """The different institutions and units of the rows, in order."""
        pairs = self.table.group_by(["institution", "unit"]).aggregate([])
        return sorted(zip(pairs["institution"].to_pylist(), pairs["unit"].to_pylist(), strict=True))

    def patients(self) -> list[str]:
        """The different patients, in order."""
        found: list[str] = sorted(pc.unique(self.table["patient_id"]).to_pylist())
        return found


@dataclass(frozen=True)
class Collected:
    """The parts of a shipment, and how many rows were left out by reason."""

    parts: tuple[Part, ...]
    left_out: dict[str, int]

    @property
    def sent(self) -> int:
        """Rows in all parts."""
        return sum(len(part.at) for part in self.parts)


def collect(
    registrations: pa.Table,
    catalogue: Catalogue,
    version: Version,
    *,
    sender: str,
    period: tuple[date, date],
    people: pa.Table | None = None,
    outside: int = 0,
) -> Collected:
    """Choose the rows of a sender in a period. registrations: as an intake gives them.

    sender: a trust, a region or the country (then a part for each trust), or the vendors' test number; outside: rows
    outside the period that are not among the registrations any more.
    """
    day = _days(registrations)
    chosen = _Chosen(len(day))
    chosen.leave_out(day == NO_DAY, "no_date")
    chosen.leave_out(~_inside(day, period), "outside_period", gone=outside)
    chosen.leave_out(_unfit(registrations), "unfit_text")
    wanted = senders_of(sender, catalogue, version, on=period[1])
    if wanted is None:
        vendor = str(version.data["vendor_institution"])
        at = np.flatnonzero(chosen.standing)
        return Collected((Part(vendor, registrations, at, people),) if len(at) else (), chosen.left_out)
    trusts, of_row = _senders(registrations, day, catalogue)
    chosen.leave_out(of_row < 0, "unknown_institution")
    mine = np.array([trust in wanted for trust in trusts] + [False])
    chosen.leave_out(~mine[of_row], "other_sender")
    parts = []
    for n in sorted(range(len(trusts)), key=trusts.__getitem__):
        at = np.flatnonzero(chosen.standing & (of_row == n))
        if len(at):
            parts.append(Part(trusts[n], registrations, at, people))
    return Collected(tuple(parts), chosen.left_out)


def of_sender(
    registrations: pa.Table, catalogue: Catalogue, wanted: set[str] | None, period: tuple[date, date]
) -> Mask:
    """Rows that belong in a sender's message, and rows of the sender without a date, which cannot be sent."""
    day, inside = _days(registrations), in_period(registrations, period)
    if wanted is None:
        return inside
    last = np.int32(day_number(period[1]))
    trusts, of_row = _senders(registrations, np.where(day == NO_DAY, last, day), catalogue)
    mine = np.array([trust in wanted for trust in trusts] + [False])
    found: Mask = inside & mine[of_row]
    return found


def in_period(registrations: pa.Table, period: tuple[date, date]) -> Mask:
    """Rows of a period, and those without a date."""
    day = _days(registrations)
    found: Mask = (day == NO_DAY) | _inside(day, period)
    return found


def _inside(day: npt.NDArray[np.int32], period: tuple[date, date]) -> Mask:
    first, last = (day_number(one) for one in period)
    found: Mask = (day >= first) & (day <= last)
    return found


class _Chosen:
    """Which rows still stand, and how many were left out for which reason; the first reason counts."""

    def __init__(self, count: int) -> None:
        self.standing: Mask = np.ones(count, bool)
        self.left_out: dict[str, int] = {}

    def leave_out(self, which: Mask, reason: str, *, gone: int = 0) -> None:
        count = int((which & self.standing).sum()) + gone
        if count:
            self.left_out[reason] = count
            self.standing &= ~which


def senders_of(sender: str, catalogue: Catalogue, version: Version, *, on: date) -> set[str] | None:
    """Organisation numbers of the trusts that a sender reports for; None for the vendors' number (all rows).

    UsageFault when nobody knows it.
    """
    vendor = str(version.data["vendor_institution"])
    if sender == vendor:
        return None
    unit = catalogue.units.resolve(sender)
    if unit is None:
        raise UsageFault("npr_unknown_sender", value=sender, vendor=vendor)
    if unit.level == "country":
        return {one.org_nr for one in catalogue.trusts.values()}
    if unit.level == "region":
        return {one.org_nr for one in catalogue.trusts.values() if one.region == unit.region}
    key = unit.trust(on)
    return {catalogue.trusts[key].org_nr} if key else set()


def _as_texts(registrations: pa.Table) -> pa.Table:
    """The columns that a message carries, whatever the intake had of them."""
    have = registrations.column_names
    nothing = pa.nulls(registrations.num_rows)
    columns: dict[str, Any] = {}
    for name in TEXTS:
        column = registrations[name] if name in have else nothing
        columns[name] = pc.fill_null(pc.cast(column, pa.string()), "")
    for name in DAYS:
        columns[name] = pc.cast(registrations[name] if name in have else nothing, pa.int32())
    return pa.table(columns)


def _days(registrations: pa.Table) -> npt.NDArray[np.int32]:
    """Event days; NO_DAY where there is none."""
    filled = pc.fill_null(pc.cast(registrations["day"], pa.int32()), NO_DAY)
    found: npt.NDArray[np.int32] = np.asarray(filled.to_numpy(), np.int32)
    return found


def _unfit(registrations: pa.Table) -> Mask:
    """Rows with a text that XML cannot hold, or longer than the register takes."""
    bad: Mask = np.zeros(registrations.num_rows, bool)
    for name in TEXTS:
        if name not in registrations.column_names or pa.types.is_integer(registrations[name].type):
            continue
        at = 0
        for chunk in registrations[name].chunks:
            bad[at : at + len(chunk)] |= _unfit_in(chunk)
            at += len(chunk)
    return bad


def _unfit_in(chunk: pa.Array) -> Mask:
    if pa.types.is_dictionary(chunk.type):  # each different text is looked at once
        different = np.append(_unfit_in(chunk.dictionary), False)
        indices = np.asarray(pc.fill_null(chunk.indices, -1).to_numpy(zero_copy_only=False))
        found: Mask = different[indices]
        return found
    wrong = pc.or_(pc.match_substring_regex(chunk, UNFIT), pc.greater(pc.utf8_length(chunk), LONGEST))
    plain: Mask = np.asarray(pc.fill_null(wrong, False).to_numpy(zero_copy_only=False))
    return plain


def _senders(
    registrations: pa.Table, day: npt.NDArray[np.int32], catalogue: Catalogue
) -> tuple[tuple[str, ...], npt.NDArray[np.int64]]:
    """Trusts, and which of them each row's place was in on its day; -1 when nobody knows it."""
    column = registrations["institution"]
    if not len(column):
        return (), np.empty(0, np.int64)
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    encoded = column.unify_dictionaries().combine_chunks()
    encoded = encoded.chunk(0) if isinstance(encoded, pa.ChunkedArray) else encoded
    names: list[str] = encoded.dictionary.to_pylist()
    places = places_of(names, Organisations(catalogue))
    place = places.of_many(names, np.asarray(encoded.indices), day)
    return places.trusts, np.where(places.known[place], places.trust[place], -1)


def _with_people(table: pa.Table, people: pa.Table | None) -> pa.Table:
    """Sex, year of birth and municipality beside each row, where they are known."""
    count = table.num_rows
    sex: Any = pa.array(["0"] * count, pa.string())
    year: Any = pa.nulls(count, pa.int32())
    place: Any = pa.array([""] * count, pa.string())
    if people is not None and count:
        ids = pc.cast(people["patient_id"], pa.string())
        at = pc.index_in(table["patient_id"], value_set=ids.combine_chunks())
        if "sex" in people.column_names:
            sex = pc.fill_null(pc.cast(people["sex"].take(at), pa.string()), "0")
        if "birth_day" in people.column_names:
            year = pc.year(people["birth_day"].take(at).cast(pa.int32()).cast(pa.date32())).cast(pa.int32())
        if "municipality" in people.column_names:
            text = pc.fill_null(pc.cast(people["municipality"].take(at), pa.string()), "")
            place = pc.if_else(pc.equal(pc.utf8_length(text), 4), text, "")
    return table.append_column("sex", sex).append_column("birth_year", year).append_column("municipality", place)
