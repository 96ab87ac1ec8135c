"""A file of registrations into the store, in pieces of whole patients, each piece one transaction.

A piece stands with its episodes and its rows of the list, and with how far the load has come; so a load that was killed
goes on where it stopped, and one that starts over adds nothing twice: the same row told again has the same digest.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyarrow as pa
from django.db import transaction
from django.utils.timezone import get_default_timezone, localtime

from pakkeforlop.access import statements
from pakkeforlop.coding.actions import people
from pakkeforlop.coding.actions.append import Entry, hold
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


@dataclass(frozen=True)
class Source:
    """A file as it lies before the store: its content's hash, its name, its rows, and how many of them wait for a later
    day or cannot be used. `tables`: the rows that stand, by patient, from the one numbered so on; `count`: of these.
    """

    sha256: str
    name: str
    rows: int
    count: int
    later: int
    refused: int
    tables: Callable[[int], Iterable[pa.Table]]
    refusals: Callable[[], Iterable[Refusal]]


def done_before(sha256: str, kind: str) -> ImportBatch | None:
    """The load of a file that has been taken in for good: nothing of it was left for a later day."""
    batch = ImportBatch.objects.filter(sha256=sha256, kind=kind, state=ImportBatch.DONE, later=0).first()
    if batch is not None:
        batch.new = batch.changed = 0
        batch.same = batch.rows - batch.refused
    return batch


def take_in(
    source: Source, *, at: datetime, by: int | None = None, progress: Progress = lambda _done, _of: None
) -> ImportBatch:
    """Take in registrations (columns as in `exchange.csv.told`); the load as it stands when all is done."""
    batch = begin("registrations", source, at, by)
    if batch.state == ImportBatch.DONE:
        return batch
    shared = _Shared(batch, at, by)
    for table in _pieces(source.tables(batch.position)):
        with transaction.atomic():
            shared.piece(table)
            batch.position += len(table)
            batch.save()
        progress(batch.position, source.count)
    return finish(batch, at)


def tell(
    source: Source,
    persons_of: Callable[[pa.Table], Iterable[Mapping[str, Any]]],
    *,
    at: datetime,
    by: int | None = None,
    progress: Progress = lambda _done, _of: None,
) -> ImportBatch:
    """Take in what a patients file tells, some thousand at a time, with what follows for their episodes. Of several
    rows of one patient the last holds.
    """
    batch = begin("patients", source, at, by)
    if batch.state == ImportBatch.DONE:
        return batch
    day = localtime(at).date()
    for table in _pieces(source.tables(batch.position)):
        with transaction.atomic():
            done = people.tell(persons_of(table))
            store.relink(done.affected, as_of=day)
            _refresh(set(done.affected), on=day, at=at, by=by)
            batch.new, batch.changed, batch.same = (
                batch.new + done.new, batch.changed + done.changed, batch.same + done.same,
            )  # fmt: skip
            batch.position += len(table)
            batch.save()
        progress(batch.position, source.count)
    return finish(batch, at)


def finish(batch: ImportBatch, at: datetime) -> ImportBatch:
    """The load is done."""
    batch.state, batch.ended = ImportBatch.DONE, at
    batch.save()
    return batch


@transaction.atomic
def begin(kind: str, source: Source, at: datetime, by: int | None) -> ImportBatch:
    """The load of a file: a new one, one to go on with, or (the day has changed, so rows may be judged anew) one to do
    again from its first row. A load that left nothing for later is done for good.
    """
    done = done_before(source.sha256, kind)
    if done is not None:
        return done
    fresh = {"name": source.name[:255], "rows": source.rows, "started": at, "started_by": by}
    batch, new = ImportBatch.objects.get_or_create(sha256=source.sha256, kind=kind, defaults=fresh)
    if not new:
        if batch.state == ImportBatch.RUNNING and localtime(batch.started).date() == localtime(at).date():
            return batch
        batch.position = batch.new = batch.changed = batch.same = 0
        batch.started, batch.state = at, ImportBatch.RUNNING
    batch.later, batch.refused = source.later, source.refused
    batch.save()
    batch.refusals.all().delete()
    _refuse(batch, source.refusals())
    return batch


def _refuse(batch: ImportBatch, refusals: Iterable[Refusal]) -> None:
    told = ((batch.pk, one.row, one.column, one.value[:64], one.reason, one.used) for one in refusals)
    insert(ImportRefusal, ("batch_id", "row", "column", "value", "reason", "used"), told)


def _pieces(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """The same rows in pieces of about PIECE that end where a patient ends."""
    waiting: pa.Table | None = None
    for table in tables:
        waiting = table if waiting is None else pa.concat_tables([waiting, table])
        while (end := _end(waiting["patient_id"])) is not None:
            yield waiting.slice(0, end)
            waiting = waiting.slice(end)
    if waiting is not None and len(waiting):
        yield waiting


def _end(patients: pa.ChunkedArray) -> int | None:
    """Where the patient ends who stands at the end of a piece; None where that cannot be seen yet."""
    at = PIECE
    while at < len(patients):
        if patients[at] != patients[at - 1]:
            return at
        at += 1
    return None


class _Shared:
    """What the pieces of one load share."""

    def __init__(self, batch: ImportBatch, at: datetime, by: int | None) -> None:
        self.batch, self.at, self.by = batch, at, by
        self.day: date = localtime(at).date()
        self.zone = get_default_timezone()

    def piece(self, table: pa.Table) -> None:
        """Rows of whole patients: the versions that are new, their patients' episodes and rows of the list."""
        rows = self._named(table.to_pylist())
        known = people.known_as(sorted({row["patient_id"] for row in rows}))
        names = [self._name(row) for row in rows]
        chains = self._chains(names, {held.pk for held in known.values()})
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

    def _named(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """A withdrawal need not say whose: the registration's own patient. One of a registration that is not here is
        refused.
        """
        nobody = [row for row in rows if row["patient_id"] is None]
        if not nobody:
            return rows
        chains = _chains([self._name(row) for row in nobody])
        owners = {owner for row in nobody if (owner := chains[self._name(row)].owner) is not None}
        sources = dict(Patient.objects.filter(pk__in=owners).values_list("pk", "source_id"))
        beside = {self._name(row): row["patient_id"] for row in rows if row["patient_id"] is not None}
        for row in nobody:
            name = self._name(row)
            row["patient_id"] = sources.get(chains[name].owner or 0) or beside.get(name)
        lost = [row["row"] for row in nobody if row["patient_id"] is None]
        self.batch.refused += len(lost)
        _refuse(self.batch, [Refusal(row, "patient_id", "", "patient_missing") for row in lost])
        return [row for row in rows if row["patient_id"] is not None]

    def _chains(self, names: Sequence[str], held: set[int]) -> dict[str, _Chain]:
        """What the store knows of the registrations, read when all their patients are held: another writer's version is
        either there or waits for this piece.
        """
        chains = _chains(names)
        others = {patient for chain in chains.values() for patient in chain.patients} - held
        if not others:
            return chains
        hold(others)
        return _chains(names)

    def _name(self, row: dict[str, Any]) -> str:
        return row["registration_id"] or f"{NAMELESS}{self.batch.sha256[:16]}-{row['row']}"

    def _version(self, row: dict[str, Any], name: str, patient: people.Held, chain: _Chain) -> tuple[Any, ...] | None:
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
    """What the store knows of one registration: its last version's number, digests, whose it has been, and whose it is
    by the version that was registered last.
    """

    last: int = 0
    digests: set[int] = field(default_factory=set)
    patients: set[int] = field(default_factory=set)
    owner: int | None = None
    newest: tuple[int, int] = (NEVER, 0)


def _chains(names: Sequence[str]) -> dict[str, _Chain]:
    found: dict[str, _Chain] = defaultdict(_Chain)
    wanted = sorted(set(names))
    text = f"SELECT registration_id, version, digest, patient_id, rank FROM {Registration._meta.db_table} WHERE "
    text += statements.among("registration_id", "text")
    for low in range(0, len(wanted), AT_ONCE):
        for name, version, digest, patient, rank in statements.ask(text, (tuple(wanted[low : low + AT_ONCE]),)):
            chain = found[name]
            chain.last = max(chain.last, version)
            chain.digests.add(digest)
            chain.patients.add(patient)
            if (rank, version) > chain.newest:
                chain.newest, chain.owner = (rank, version), patient
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
    text = " UNION ".join(
        f"SELECT patient_id FROM {model._meta.db_table} WHERE {statements.among('patient_id')}{open_only}"
        for model, open_only in ((Episode, ' AND "end" IS NULL'), (WorklistRow, ""))
    )
    on_list: set[int] = set()
    for chunk in chunks(patients):
        on_list |= {patient for (patient,) in statements.ask(text, (tuple(chunk), tuple(chunk)))}
    listed.refresh(on_list, on=on, at=at, by=by, what="import")


def _count_up(patients: set[int]) -> None:
    text = f"UPDATE {Patient._meta.db_table} SET revision = revision + 1 WHERE {statements.among('id')}"
    for chunk in chunks(patients):
        statements.write(text, [(tuple(chunk),)])


def new_day(*, on: date, at: datetime) -> None:
    """What depends on the day alone: messages about transfers that nobody answered, and the rows of the list."""
    waiting = Episode.objects.filter(end__isnull=True, transferred=True).values_list("patient_id", flat=True)
    for chunk in chunks(waiting):
        with transaction.atomic():
            hold(chunk)
            store.relink(chunk, as_of=on)
            listed.refresh(chunk, on=on, at=at, what="day")
    listed.turn(on=on, at=at)
