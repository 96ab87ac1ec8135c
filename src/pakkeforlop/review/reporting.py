"""Reporting to the register: messages written from registrations, read back, checked before they are sent."""

from __future__ import annotations

import math
import shutil
import uuid
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pakkeforlop.episodes.rows import Engine
from pakkeforlop.exchange.csv.folder import OutputFolder
from pakkeforlop.exchange.csv.people import read_patients
from pakkeforlop.exchange.csv.pieces import Pieces
from pakkeforlop.exchange.csv.record import FORMAT, texts, versions
from pakkeforlop.exchange.npr.collect import NOT_CARRIED, Collected, Loaded, Part, collect, in_period
from pakkeforlop.exchange.npr.envelope import Head, System
from pakkeforlop.exchange.npr.files import first_of_each, sha256_of
from pakkeforlop.exchange.npr.persons import SPACE, Persons
from pakkeforlop.exchange.npr.read import (
    PATIENTS,
    REGISTRATIONS,
    DataReader,
    Opening,
    openings,
    read_identities,
    require_whole,
)
from pakkeforlop.exchange.npr.safe_xml import parse
from pakkeforlop.exchange.npr.system_file import Ledger
from pakkeforlop.exchange.npr.validate import schema_faults
from pakkeforlop.exchange.npr.versions import Version, Versions
from pakkeforlop.exchange.npr.write import write_data, write_identities
from pakkeforlop.vocabulary.calendar import day_number, day_of
from pakkeforlop.vocabulary.errors import FileFault, UsageFault

Progress = Callable[[str], None]
ZIP_DATE = (1980, 1, 1, 0, 0, 0)
PIECE = 1 << 20
ROWS_AT_ONCE = 1 << 18


@dataclass(frozen=True)
class Shipment:
    """What is to be sent. period: from 1 January to the end of a month; made_at: stands in the messages."""

    registrations: Sequence[Path]
    patients: Path | None
    sender: str
    period: tuple[date, date]
    made_at: datetime
    system: System
    test: bool = False
    secret: bytes | None = None
    as_of: int | None = None
    xml: bool = True
    """Keep the XML beside the packed message."""


@dataclass
class Sent:
    """One message written."""

    name: str
    module: str
    institution: str
    number: int
    message_id: str
    rows: int
    patients: int
    packed: int
    part: int
    parts: int
    sha256: str
    """Of the packed message, as it is sent."""


def write_messages(
    shipment: Shipment, out: Path, engine: Engine, known: Versions, ledger: Ledger, *, today: int,
    progress: Progress = lambda _: None,
) -> dict[str, Any]:  # fmt: skip
    """Write a data message and an identity message for each reporting institution, valid or not at all.

    FileFault when a message that was made does not follow the schema, UsageFault when there is nothing to send.
    """
    version = known.for_year(shipment.period[0].year)
    _check_vendor(shipment, version)
    progress("reading")
    reading, collected = gather(shipment, engine, version, today=today)
    if not collected.parts:
        first, last = shipment.period
        raise UsageFault("npr_nothing_to_send", sender=shipment.sender, first=first, last=last)
    record = _record(shipment, version, reading, collected)
    progress("writing")
    with OutputFolder(out) as folder:
        sent = write_collected(folder, shipment, collected, engine, version, ledger)
        record["messages"] = [vars(one) for one in sent]
        ledger.write()  # before the messages stand: a number that is skipped does no harm, one that is used twice does
        folder.finish(record)
    return record


def write_collected(
    folder: OutputFolder, shipment: Shipment, collected: Collected, engine: Engine, version: Version, ledger: Ledger
) -> list[Sent]:
    """The messages of every institution of a shipment, into an open folder."""
    return [one for part in collected.parts for one in _write_part(folder, shipment, part, engine, version, ledger)]


def gather(shipment: Shipment, engine: Engine, version: Version, *, today: int) -> tuple[dict[str, Any], Collected]:
    """Read the files, a piece at a time, and choose what is sent; what run.json tells of the reading beside it.

    Codes of mental health are read too: the message carries them.
    """
    prefixes = {code[:3] for code in engine.catalogue.codes if code[1:3].isdecimal()} | set(engine.tables.pathways)
    pieces = Pieces(
        shipment.registrations,
        today=max(today, day_number(shipment.period[1])),
        as_of=shipment.as_of,
        first_day=day_number(engine.settings.first_day),
        linked_prefixes=prefixes,
        piece=ROWS_AT_ONCE,
    )
    kept, outside = [], 0
    for intake in pieces:
        inside = in_period(intake.registrations, shipment.period)
        kept.append(intake.registrations.filter(pa.array(inside)))
        outside += len(inside) - len(kept[-1])
    pieces.require_rows()
    rows = pa.concat_tables(kept, promote_options="default").unify_dictionaries()
    people = read_patients(shipment.patients, today=today) if shipment.patients else None
    collected = collect(
        rows, engine.catalogue, version, sender=shipment.sender, period=shipment.period,
        people=people.table if people else None, outside=outside,
    )  # fmt: skip
    carried = [name for name in NOT_CARRIED if name in rows.column_names]
    return {**pieces.record(), "not_carried": carried}, collected


def _check_vendor(shipment: Shipment, version: Version) -> None:
    if shipment.sender == version.data["vendor_institution"] and not shipment.test:
        raise UsageFault("npr_vendor_only_tests", vendor=shipment.sender)


def _write_part(
    folder: OutputFolder, shipment: Shipment, part: Part, engine: Engine, version: Version, ledger: Ledger
) -> list[Sent]:
    """The data and the identities of one institution: packed messages, each with its running number."""
    writer = _Writer(folder, shipment, part.institution, engine, version, ledger)
    loaded = part.load()
    writer.persons.check(loaded.patients())
    return [one for module in ("ord", "ide") for one in writer.module(module, loaded)]


class _Writer:
    """Writes the messages of one institution: one of each module where it fits, else as many as are needed."""

    def __init__(
        self, folder: OutputFolder, shipment: Shipment, institution: str, engine: Engine, version: Version,
        ledger: Ledger,
    ) -> None:  # fmt: skip
        self._folder, self._shipment, self._institution = folder, shipment, institution
        self._engine, self._version, self._ledger = engine, version, ledger
        self._name = engine.catalogue.units.name_of(institution)
        self.persons = Persons(institution, shipment.secret)

    def module(self, module: str, loaded: Loaded) -> list[Sent]:
        """The messages of a module. What is larger packed than the register takes is divided, patient by patient.

        UsageFault when one patient alone is too large.
        """
        most = int(self._version.data["packed_at_most"])
        pieces = [loaded]
        while True:
            made = self._all(module, pieces)
            largest = max(one.packed for one in made)
            if largest <= most:
                break
            self._take_back(made)
            more = max(len(pieces) + 1, math.ceil(len(pieces) * largest * 1.05 / most))
            divided = loaded.split(more)
            if len(divided) <= len(pieces):
                raise UsageFault("npr_cannot_split", size=largest, most=most)
            pieces = divided
        for _ in made:
            self._ledger.next(self._institution, self._shipment.period[0].year)
        return made

    def _all(self, module: str, pieces: Sequence[Loaded]) -> list[Sent]:
        first = self._ledger.last(self._institution, self._shipment.period[0].year) + 1
        heads = [self._head(module, first + n) for n in range(len(pieces))]
        if len(pieces) > 1:
            shipment = str(uuid.uuid5(SPACE, f"shipment|{heads[0].message_id()}"))
            heads = [replace(one, share=(shipment, n, len(pieces))) for n, one in enumerate(heads, 1)]
        return [self._one(head, piece) for head, piece in zip(heads, pieces, strict=True)]

    def _head(self, module: str, number: int) -> Head:
        one = self._shipment
        return Head(module, self._institution, self._name, one.period, number, one.made_at, one.system, one.test)

    def _one(self, head: Head, loaded: Loaded) -> Sent:
        kind = self._version.data["module"][head.module]["type"]
        name = f"{kind}_{head.institution}_{head.period[1]:%Y-%m}_{head.number:04}"
        path = self._folder.path(f"{name}.xml")
        with path.open("wb") as stream:
            if head.module == "ord":
                write_data(stream, head, loaded, self.persons, self._engine.catalogue, self._version)
            else:
                write_identities(stream, head, loaded, self.persons, self._version)
        faults = schema_faults(path, self._version, head.module)
        if faults:
            told = "; ".join(f"{one.line}: {one.text}" for one in faults[:3])
            raise FileFault("npr_invalid", file=f"{name}.xml", faults=told)
        target = self._folder.path(f"{name}.zip")
        packed = _pack(path, target)
        if not self._shipment.xml:
            path.unlink()
            self._folder.written.pop(f"{name}.xml")
        patients = len(loaded.patients())
        rows = loaded.table.num_rows if head.module == "ord" else patients
        part, parts = head.share[1:] if head.share else (1, 1)
        return Sent(
            name, head.module, head.institution, head.number, head.message_id(), rows, patients, packed, part, parts,
            sha256_of(target),
        )  # fmt: skip

    def _take_back(self, made: Sequence[Sent]) -> None:
        for one in made:
            for ending in ("xml", "zip"):
                if self._folder.written.pop(f"{one.name}.{ending}", None) is not None:
                    self._folder.path(f"{one.name}.{ending}").unlink()
                    self._folder.written.pop(f"{one.name}.{ending}")


def _pack(path: Path, to: Path) -> int:
    """The message packed; how large it became. No clock in it."""
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        inside = zipfile.ZipInfo(path.name, ZIP_DATE)
        inside.compress_type = zipfile.ZIP_DEFLATED
        with path.open("rb") as source, archive.open(inside, "w", force_zip64=True) as target:
            shutil.copyfileobj(source, target, PIECE)
    return to.stat().st_size


def _record(
    shipment: Shipment, version: Version, reading: dict[str, Any], collected: Collected
) -> dict[str, Any]:
    first, last = shipment.period
    return {
        "format": FORMAT,
        "command": "npr write",
        "internal": texts()["internal"],
        "version": version.name,
        "sender": shipment.sender,
        "period_from": first.isoformat(),
        "period_to": last.isoformat(),
        "made_at": shipment.made_at.isoformat(timespec="seconds"),
        "test": shipment.test,
        "versions": versions(),
        **reading,
        "sent": collected.sent,
        "left_out": collected.left_out,
    }


def read_messages(
    paths: Sequence[Path], out: Path, known: Versions, *, validate: bool = True, progress: Progress = lambda _: None
) -> dict[str, Any]:
    """Read messages into registrations.parquet and patients.csv; all of them or nothing.

    FileFault for a message that is hostile, not whole, not after its schema, or given twice.
    """
    progress("reading")
    found = openings(paths, known)
    for one in found:
        parse(one.path, lambda *_: None, lambda *_: None)  # refuses what would do harm before anything else sees it
        if validate and (faults := schema_faults(one.path, one.version, one.module)):
            told = "; ".join(f"{fault.line}: {fault.text}" for fault in faults[:3])
            raise FileFault("npr_invalid", file=one.path.name, faults=told)
    require_whole(found)
    identities: dict[str, str] = {}
    for one in reversed(found):
        if one.module == "ide":
            identities |= read_identities(one)
    progress("writing")
    with OutputFolder(out) as folder:
        about = _read_data(folder, [one for one in found if one.module == "ord"], identities)
        record = {
            "format": FORMAT, "command": "npr read", "internal": texts()["internal"], "versions": versions(),
            "messages": [_about(one) for one in found], **about, "identities": len(identities),
        }  # fmt: skip
        folder.finish(record)
    return record


def _read_data(folder: OutputFolder, found: list[Opening], identities: dict[str, str]) -> dict[str, Any]:
    """Stream the data messages, newest first: an older one of the same institution and year is replaced."""
    seen: dict[tuple[str, str], str] = {}
    people = [PATIENTS.empty_table()]
    readers = []
    with pq.ParquetWriter(folder.path("registrations.parquet"), REGISTRATIONS, compression="zstd") as writer:
        for one in found:
            reader = DataReader(one, identities, seen, writer.write_table, people.append)
            reader.read()
            readers.append(reader)
    patients = first_of_each(pa.concat_tables(people))
    folder.write_table("patients.csv", patients)
    return {
        "registrations": sum(one.rows for one in readers),
        "patients": patients.num_rows,
        "contacts": sum(one.contacts for one in readers),
        "technical_contacts": sum(one.technical for one in readers),
        "replaced": {one.opening.path.name: one.replaced for one in readers if one.replaced},
    }


def _about(one: Opening) -> dict[str, Any]:
    return {
        "name": one.path.name, "sha256": sha256_of(one.path), "type": one.type, "version": one.version.name,
        "message_id": one.message_id, "made_at": one.made_at, "number": one.number,
        "period_from": one.of("period_from"), "period_to": one.of("period_to"),
    }  # fmt: skip


def period_of(text: str) -> tuple[date, date]:
    """From 1 January to the end of a month written YYYY-MM; UsageFault when it is none."""
    try:
        first = date.fromisoformat(f"{text}-01")
        after = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    except ValueError:
        raise UsageFault("not_a_month", option="--period", value=text) from None
    return date(first.year, 1, 1), day_of(day_number(after) - 1)
