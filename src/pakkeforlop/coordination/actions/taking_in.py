"""A file of registrations into the store, in pieces of whole patients, each piece one transaction.

A piece stands with its episodes and its rows of the list, and with how far the load has come; so a load that was killed
goes on where it stopped, and one that starts over adds nothing twice: the same row told again has the same digest.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyarrow as pa
from django.db import transaction
from django.db.models import F
from django.utils.timezone import get_default_timezone, localtime

from pakkeforlop.coding.actions import people
from pakkeforlop.coding.actions.append import Entry
from pakkeforlop.coding.bulk import insert
from pakkeforlop.coding.models import ImportBatch, ImportRefusal, Patient, Registration
from pakkeforlop.coding.queries import AT_ONCE, chunks
from pakkeforlop.coding.versions import EPOCH, NAMELESS, NEVER, digest_of
from pakkeforlop.coordination import rows as listed
from pakkeforlop.coordination.models import WorklistRow
from pakkeforlop.episodes import store
from pakkeforlop.episodes.models import Episode
from pakkeforlop.vocabulary.calendar import day_of

PIECE = 5_000
"""Rows of a piece, about: others wait for as long as one piece takes."""
Progress = Callable[[int, int], None]
COLUMNS = (
    "patient_id", "registration_id", "version", *Entry._fields, "withdrawn", "registered_at", "registered_by", "reason",
    "rank", "digest", "batch_id", "batch_row", "revision",
)  # fmt: skip


@dataclass(frozen=True)
class Refusal:
    """A row that a file's reader refused, or (`used`) took without one of its values."""

    row: int
    column: str
    value: str
    reason: str
    used: bool = False


def take_in(
    table: pa.Table,
    *,
    sha256: str,
    name: str,
    rows: int,
    later: int,
    refusals: Sequence[Refusal],
    at: datetime,
    by: int | None = None,
    progress: Progress = lambda _done, _of: None,
) -> ImportBatch:
    """Take in the rows of one file (columns as in `exchange.csv.told`); the load as it stands when all is done."""
    batch = begin(sha256, "registrations", name, rows, later, refusals, at, by)
    if batch.state == ImportBatch.DONE:
        return batch
    shared = _Shared(batch, at, by)
    for low, high in _pieces(table["patient_id"], batch.position):
        with transaction.atomic():
            shared.piece(table.slice(low, high - low))
            batch.position = high
            batch.save()
        progress(high, len(table))
    return finish(batch, at)


def tell(
    persons: Sequence[Mapping[str, Any]],
    *,
    sha256: str,
    name: str,
    rows: int,
    refusals: Sequence[Refusal],
    at: datetime,
    by: int | None = None,
    progress: Progress = lambda _done, _of: None,
) -> ImportBatch:
    """Take in what a patients file tells, some thousand at a time, with what follows for their episodes."""
    batch = begin(sha256, "patients", name, rows, 0, refusals, at, by)
    if batch.state == ImportBatch.DONE:
        return batch
    day = localtime(at).date()
    different = list({row["source_id"]: row for row in persons}.values())
    for low in range(batch.position, len(different), PIECE):
        with transaction.atomic():
            done = people.tell(different[low : low + PIECE])
            store.relink(done.affected, as_of=day)
            _refresh(set(done.affected), on=day, at=at, by=by)
            batch.new, batch.changed, batch.same = (
                batch.new + done.new, batch.changed + done.changed, batch.same + done.same,
            )  # fmt: skip
            batch.position = min(low + PIECE, len(different))
            batch.save()
        progress(batch.position, len(different))
    return finish(batch, at)


def finish(batch: ImportBatch, at: datetime) -> ImportBatch:
    """The load is done."""
    batch.state, batch.ended = ImportBatch.DONE, at
    batch.save()
    return batch


@transaction.atomic
def begin(
    sha256: str, kind: str, name: str, rows: int, later: int, refusals: Sequence[Refusal], at: datetime, by: int | None
) -> ImportBatch:
    """The load of a file: a new one, one to go on with, or (the day has changed, so rows may be judged anew) one to do
    again from its first row. A load that left nothing for later is done for good.
    """
    fresh = {"name": name[:255], "rows": rows, "started": at, "started_by": by}
    batch, new = ImportBatch.objects.get_or_create(sha256=sha256, kind=kind, defaults=fresh)
    if not new and batch.state == ImportBatch.DONE and not batch.later:
        batch.new = batch.changed = 0
        batch.same = batch.rows - batch.refused
        return batch
    if not new and (batch.state == ImportBatch.DONE or localtime(batch.started).date() != localtime(at).date()):
        batch.position = batch.new = batch.changed = batch.same = 0
        batch.started, batch.state = at, ImportBatch.RUNNING
    batch.later, batch.refused = later, sum(not one.used for one in refusals)
    batch.save()
    batch.refusals.all().delete()
    told = ((batch.pk, one.row, one.column, one.value[:64], one.reason, one.used) for one in refusals)
    insert(ImportRefusal, ("batch_id", "row", "column", "value", "reason", "used"), told)
    return batch


def _pieces(patients: pa.ChunkedArray, done: int) -> Iterator[tuple[int, int]]:
    """Ranges of about PIECE rows that end where a patient ends."""
    count = len(patients)
    low = done
    while low < count:
        high = min(low + PIECE, count)
        last = patients[high - 1]
        while high < count and patients[high] == last:
            high += 1
        yield low, high
        low = high


class _Shared:
    """What the pieces of one load share."""

    def __init__(self, batch: ImportBatch, at: datetime, by: int | None) -> None:
        self.batch, self.at, self.by = batch, at, by
        self.day: date = localtime(at).date()
        self.zone = get_default_timezone()

    def piece(self, table: pa.Table) -> None:
        """Rows of whole patients: the versions that are new, their patients' episodes and rows of the list."""
        rows = table.to_pylist()
        known = people.known_as(sorted({row["patient_id"] for row in rows}))
        names = [self._name(row) for row in rows]
        chains = _chains(names)
        made: list[tuple[Any, ...]] = []
        moved: set[int] = set()
        touched: set[int] = set()
        for row, name in zip(rows, names, strict=True):
            version = self._version(row, name, known[row["patient_id"]], chains[name])
            if version is None:
                self.batch.same += 1
                continue
            made.append(version)
            touched.add(version[0])
            moved |= chains[name].patients
        insert(Registration, COLUMNS, made)
        _count_up(touched)
        store.relink(touched | moved, as_of=self.day)
        _refresh(touched | moved, on=self.day, at=self.at, by=self.by)

    def _name(self, row: dict[str, Any]) -> str:
        return row["registration_id"] or f"{NAMELESS}{self.batch.sha256[:16]}-{row['row']}"

    def _version(self, row: dict[str, Any], name: str, patient: Patient, chain: _Chain) -> tuple[Any, ...] | None:
        """The values of a version that the store does not have yet; None where it has it."""
        registered = row["registered"]
        entry = _entry(row)
        rank = NEVER if registered is None else registered
        digest = digest_of((patient.source_id, *entry, rank))
        if digest in chain.digests:
            return None
        chain.digests.add(digest)
        chain.last += 1
        if chain.last > 1:
            self.batch.changed += 1
        else:
            self.batch.new += 1
        when = self.at if registered is None else self._moment(registered)
        return (
            patient.pk, name, chain.last, *entry, not entry.code, when, self.by, "", rank, digest, self.batch.pk,
            row["row"], patient.revision + 1,
        )  # fmt: skip

    def _moment(self, registered: int) -> datetime:
        """A time as written, on the clock in Norway."""
        return (EPOCH + timedelta(microseconds=registered)).replace(tzinfo=self.zone).astimezone(UTC)


@dataclass
class _Chain:
    """What the store knows of one registration: its last version's number, digests, and whose it has been."""

    last: int
    digests: set[int]
    patients: set[int]


def _chains(names: Sequence[str]) -> dict[str, _Chain]:
    found: dict[str, _Chain] = defaultdict(lambda: _Chain(0, set(), set()))
    wanted = sorted(set(names))
    for low in range(0, len(wanted), AT_ONCE):
        rows = Registration.objects.filter(registration_id__in=wanted[low : low + AT_ONCE])
        for name, version, digest, patient in rows.values_list("registration_id", "version", "digest", "patient_id"):
            chain = found[name]
            chain.last = max(chain.last, version)
            chain.digests.add(digest)
            chain.patients.add(patient)
    return found


def _entry(row: dict[str, Any]) -> Entry:
    minute = row["minute"]
    return Entry(
        code=row["code"] or "",
        event_date=_day(row["day"]),
        institution=row["institution"] or "",
        event_time="" if minute is None else f"{minute // 60:02}:{minute % 60:02}",
        unit=row["unit"] or "",
        care_level=row["care_level"] or "",
        received_date=_day(row["received_day"]),
        seniority_date=_day(row["seniority_day"]),
        delay_reason=row["delay_reason"] or "",
        source=row["source"] or "",
    )


def _day(day: int | None) -> date | None:
    return None if day is None else day_of(day)


def _refresh(patients: set[int], *, on: date, at: datetime, by: int | None) -> None:
    """Rows of the list of those who have an open pathway, or had one; most of a year's patients have none."""
    on_list: set[int] = set()
    for chunk in chunks(patients):
        open_now = Episode.objects.filter(patient_id__in=chunk, end__isnull=True)
        shown = WorklistRow.objects.filter(patient_id__in=chunk)
        on_list |= {*open_now.values_list("patient_id", flat=True), *shown.values_list("patient_id", flat=True)}
    listed.refresh(on_list, on=on, at=at, by=by, what="import")


def _count_up(patients: set[int]) -> None:
    wanted = sorted(patients)
    for low in range(0, len(wanted), AT_ONCE):
        Patient.objects.filter(pk__in=wanted[low : low + AT_ONCE]).update(revision=F("revision") + 1)


def new_day(*, on: date, at: datetime) -> None:
    """What depends on the day alone: messages about transfers that nobody answered, and the rows of the list."""
    waiting = Episode.objects.filter(end__isnull=True, transferred=True).values_list("patient_id", flat=True)
    for chunk in chunks(waiting):
        with transaction.atomic():
            store.relink(chunk, as_of=on)
            listed.refresh(chunk, on=on, at=at, what="day")
    listed.turn(on=on, at=at)
