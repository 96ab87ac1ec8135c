"""Reporting to the register: messages written from registrations, read back, checked before they are sent."""

from __future__ import annotations

import hashlib
import shutil
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pakkeforlop.episodes.rows import Engine
from pakkeforlop.exchange.csv.folder import OutputFolder
from pakkeforlop.exchange.csv.intake import Intake
from pakkeforlop.exchange.csv.people import Table, read_patients
from pakkeforlop.exchange.csv.read import read_registrations
from pakkeforlop.exchange.csv.record import FORMAT, texts, versions
from pakkeforlop.exchange.npr.collect import NOT_CARRIED, Collected, Part, collect
from pakkeforlop.exchange.npr.envelope import Head, System
from pakkeforlop.exchange.npr.persons import Persons
from pakkeforlop.exchange.npr.read import PATIENTS, REGISTRATIONS, DataReader, Opening, openings, read_identities
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
    too_large: bool
    faults: list[str] = field(default_factory=list)


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
    intake, people, collected = gather(shipment, engine, version, today=today)
    if not collected.parts:
        first, last = shipment.period
        raise UsageFault("npr_nothing_to_send", sender=shipment.sender, first=first, last=last)
    record = _record(shipment, version, intake, collected)
    carried = [name for name in NOT_CARRIED if name in intake.registrations.column_names]
    record["not_carried"] = carried
    del intake, people
    progress("writing")
    with OutputFolder(out) as folder:
        sent = [one for part in collected.parts for one in _write_part(folder, shipment, part, engine, version, ledger)]
        record["messages"] = [vars(one) for one in sent]
        folder.finish(record)
    ledger.write()
    return record


def gather(
    shipment: Shipment, engine: Engine, version: Version, *, today: int
) -> tuple[Intake, Table | None, Collected]:
    """Read the files and choose what is sent. Codes of mental health are read too: the message carries them."""
    prefixes = {code[:3] for code in engine.catalogue.codes if code[1:3].isdecimal()} | set(engine.tables.pathways)
    intake = read_registrations(
        shipment.registrations,
        today=max(today, day_number(shipment.period[1])),
        as_of=shipment.as_of,
        first_day=day_number(engine.settings.first_day),
        linked_prefixes=prefixes,
    )
    intake.require_rows()
    people = read_patients(shipment.patients, today=today) if shipment.patients else None
    collected = collect(
        intake.registrations, engine.catalogue, version, sender=shipment.sender, period=shipment.period,
        people=people.table if people else None,
    )  # fmt: skip
    return intake, people, collected


def _check_vendor(shipment: Shipment, version: Version) -> None:
    if shipment.sender == version.data["vendor_institution"] and not shipment.test:
        raise UsageFault("npr_vendor_only_tests", vendor=shipment.sender)


def _write_part(
    folder: OutputFolder, shipment: Shipment, part: Part, engine: Engine, version: Version, ledger: Ledger
) -> list[Sent]:
    """The data message and the identity message of one institution, each packed, each with its running number."""
    unit = engine.catalogue.units.resolve(part.institution)
    persons = Persons(part.institution, shipment.secret)
    loaded = part.load()
    patients = loaded.patients()
    persons.check(patients)
    made = []
    for module in ("ord", "ide"):
        number = ledger.next(part.institution, shipment.period[0].year)
        head = Head(
            module, part.institution, unit.name if unit else part.institution, shipment.period, number,
            shipment.made_at, shipment.system, shipment.test,
        )  # fmt: skip
        kind = version.data["module"][module]["type"]
        name = f"{kind}_{part.institution}_{shipment.period[1]:%Y-%m}_{number:04}"
        path = folder.path(f"{name}.xml")
        with path.open("wb") as stream:
            if module == "ord":
                write_data(stream, head, loaded, persons, engine.catalogue, version)
            else:
                write_identities(stream, head, loaded, persons, version)
        faults = schema_faults(path, version, module)
        if faults:
            told = "; ".join(f"{one.line}: {one.text}" for one in faults[:3])
            raise FileFault("npr_invalid", file=f"{name}.xml", faults=told)
        packed = _pack(path, folder.path(f"{name}.zip"))
        if not shipment.xml:
            path.unlink()
            folder.written.pop(f"{name}.xml")
        rows = len(part.at) if module == "ord" else len(patients)
        too_large = packed > int(version.data["packed_at_most"])
        id_ = head.message_id()
        made.append(Sent(name, module, part.institution, number, id_, rows, len(patients), packed, too_large))
    return made


def _pack(path: Path, to: Path) -> int:
    """The message packed; how large it became. No clock in it."""
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        inside = zipfile.ZipInfo(path.name, ZIP_DATE)
        inside.compress_type = zipfile.ZIP_DEFLATED
        with path.open("rb") as source, archive.open(inside, "w", force_zip64=True) as target:
            shutil.copyfileobj(source, target, PIECE)
    return to.stat().st_size


def _record(shipment: Shipment, version: Version, intake: Intake, collected: Collected) -> dict[str, Any]:
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
        **intake.for_record(),
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
    seen: set[tuple[str, str]] = set()
    people: dict[str, tuple[Any, ...]] = {}
    readers = []
    with pq.ParquetWriter(folder.path("registrations.parquet"), REGISTRATIONS, compression="zstd") as writer:

        def keep(table: pa.Table) -> None:
            for row in zip(*(column.to_pylist() for column in table.columns), strict=True):
                people.setdefault(row[0], row)

        for one in found:
            reader = DataReader(one, identities, seen, writer.write_table, keep)
            reader.read()
            readers.append(reader)
    columns = zip(*people.values(), strict=True) if people else ([] for _ in PATIENTS)
    arrays = [pa.array(values, one.type) for values, one in zip(columns, PATIENTS, strict=True)]
    folder.write_table("patients.csv", pa.Table.from_arrays(arrays, schema=PATIENTS))
    return {
        "registrations": sum(one.rows for one in readers),
        "patients": len(people),
        "contacts": sum(one.contacts for one in readers),
        "technical_contacts": sum(one.technical for one in readers),
        "replaced": {one.opening.path.name: one.replaced for one in readers if one.replaced},
    }


def _about(one: Opening) -> dict[str, Any]:
    with one.path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return {
        "name": one.path.name, "sha256": digest, "type": one.type, "version": one.version.name,
        "message_id": one.message_id, "made_at": one.made_at, "number": one.number,
        "period_from": one.of("period_from"), "period_to": one.of("period_to"),
    }  # fmt: skip


def period_of(text: str) -> tuple[date, date]:
    """From 1 January to the end of a month written YYYY-MM; UsageFault when it is none."""
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        raise UsageFault("not_a_month", option="--period", value=text) from None
    after = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return date(first.year, 1, 1), day_of(day_number(after) - 1)
