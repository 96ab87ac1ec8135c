"""What the register will say, foreseen; what it said, put on registrations; and a receiver to test against."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pakkeforlop.catalogue.model import Catalogue
from pakkeforlop.episodes.rows import Engine
from pakkeforlop.exchange.csv.folder import OutputFolder
from pakkeforlop.exchange.csv.intake import Intake
from pakkeforlop.exchange.csv.read import read_registrations
from pakkeforlop.exchange.csv.record import FORMAT, texts, versions
from pakkeforlop.exchange.npr.answer import REJECTED, error_of, write_return
from pakkeforlop.exchange.npr.apart import institutions_of
from pakkeforlop.exchange.npr.collect import of_sender, senders_of
from pakkeforlop.exchange.npr.envelope import RETURNS, Head, System
from pakkeforlop.exchange.npr.read import REGISTRATIONS, DataReader, Opening, openings, read_identities
from pakkeforlop.exchange.npr.returns import Returned, patients_by_line, read_return
from pakkeforlop.exchange.npr.safe_xml import parse
from pakkeforlop.exchange.npr.validate import schema_faults
from pakkeforlop.exchange.npr.versions import Versions
from pakkeforlop.review.monitoring import Sources, make_engine, start_run
from pakkeforlop.vocabulary.calendar import day_number, day_of
from pakkeforlop.vocabulary.errors import LANGUAGES
from pakkeforlop.vocabulary.numbers import whole

OWN_FROM = 900
"""Our own warnings have numbers from here; the register does not know them."""
Progress = Callable[[str], None]


def check_outgoing(
    sources: Sources, engine: Engine, known: Versions, *, sender: str, period: tuple[date, date], today: int,
    as_of: int | None = None, own: bool = False, progress: Progress = lambda _: None,
) -> pa.Table:  # fmt: skip
    """The messages that the register will give on a sender's rows of a period (columns of messages.csv).

    Judged by the same engine as the register's, over all registrations that are given, earlier years too. own: with our
    own warnings.
    """
    version = known.for_year(period[0].year)
    wanted = senders_of(sender, engine.catalogue, version, on=period[1])
    last = max(today, day_number(period[1]))
    run = start_run(sources, engine, today=last, as_of=as_of, progress=progress)
    run.intake.require_rows()
    messages = run.messages
    if not own:
        messages = messages.filter(pc.less(messages["message"], OWN_FROM))
    rows = pa.table({"institution": messages["institution"], "day": messages["event_date"].cast(pa.int32())})
    return messages.filter(pa.array(of_sender(rows, engine.catalogue, wanted, period)))


@dataclass(frozen=True)
class Linked:
    """The messages of returns on registrations."""

    table: pa.Table
    counts: dict[str, int]
    unknown: int
    """How many could not be put on a registration."""


def link_returns(
    returns: Sequence[Path],
    registrations: Sequence[Path],
    messages: Sequence[Path],
    engine: Engine,
    known: Versions,
    *,
    today: int,
) -> Linked:
    """Put each message of the returns on its registration: by registration id, else by patient, code, day and place.

    messages: the messages that were sent, so that lines lead to patients and patient numbers to ids.
    """
    prefixes = {code[:3] for code in engine.catalogue.codes} | set(engine.tables.pathways)
    intake = read_registrations(
        registrations, today=today, first_day=day_number(engine.settings.first_day), linked_prefixes=prefixes
    )
    sent = _Sent(messages, known)
    finder = _Finder(intake, engine.catalogue)
    lines = [finder.line(one, sent) for path in returns for one in read_return(path)]
    names = [*finder.COLUMNS, *(f"text_{language}" for language in LANGUAGES)]
    kinds = {"row": pa.int64(), "found": pa.bool_(), "event_date": pa.date32()}
    table = pa.table({name: pa.array([line[name] for line in lines], kinds.get(name, pa.string())) for name in names})
    counts = dict(sorted(Counter(line["message"] for line in lines).items()))
    return Linked(table, counts, sum(not line["found"] for line in lines))


class _Sent:
    """The messages that were sent: patients by line, and their ids by number."""

    def __init__(self, paths: Sequence[Path], known: Versions) -> None:
        found = openings(paths, known)
        self._lines = [pair for one in found if one.module == "ord" for pair in patients_by_line(one.path, one.version)]
        people = {guid: pid for one in found if one.module == "ide" for guid, pid in read_identities(one).items()}
        self._ids = {number: people[guid] for one in found for number, guid in _guids(one).items() if guid in people}

    def patient(self, returned: Returned) -> str:
        """The patient's id; the number as returned where the messages do not tell it."""
        number = returned.patient
        at = whole(returned.line)
        if not number and at is not None:
            number = next((who for line, who in reversed(self._lines) if line <= at), "")
        return self._ids.get(number, number)


def _guids(one: Opening) -> dict[str, str]:
    """Patient number to GUID of a data message."""
    if one.module != "ord":
        return {}
    holder, number = one.version.element("patient_holder"), one.version.attribute("patient_number")
    guid = one.version.attribute("patient_guid")
    found: dict[str, str] = {}

    def start(_namespace: str, name: str, attributes: dict[str, str]) -> None:
        if name == holder:
            found[attributes.get(number, "")] = attributes.get(guid, "").casefold()

    parse(one.path, start, lambda *_: None)
    return found


class _Finder:
    """Finds the registration that a return is about."""

    COLUMNS = (
        "return", "kind", "sender", "message", "severity", "file", "row", "registration_id", "patient_id", "code",
        "event_date", "institution", "line", "text", "found",
    )  # fmt: skip

    def __init__(self, intake: Intake, catalogue: Catalogue) -> None:
        table = intake.table
        self._rows = table
        self._catalogue = catalogue
        ids = table["registration_id"].to_pylist() if "registration_id" in table.column_names else []
        self._by_id = {one: at for at, one in enumerate(ids) if one}
        self._by_content: dict[tuple[str, str, str, str], int] = {}
        self._by_event: dict[tuple[str, str, str], int] = {}
        keys = (pc.cast(table[name], pa.string()).to_pylist() for name in ("patient_id", "code", "institution"))
        days = (None if day is None else day_of(day).isoformat() for day in table["day"].to_pylist())
        for at, (patient, code, institution, day) in enumerate(zip(*keys, days, strict=True)):
            self._by_content.setdefault((patient, code, day or "", self._number(institution)), at)
            self._by_event.setdefault((patient, code, day or ""), at)

    def line(self, one: Returned, sent: _Sent) -> dict[str, Any]:
        """A line of the list: the registration's own values where it is found, the returned ones where not."""
        patient = sent.patient(one)
        at = self._find(one, patient)
        day = day_written(one.date)
        given: dict[str, Any] = {
            "return": one.file, "kind": one.kind, "sender": one.sender, "message": one.message,
            "severity": one.severity, "line": one.line, "text": one.text, "found": at is not None,
            "file": None, "row": None, "registration_id": one.registration or None, "patient_id": patient or None,
            "code": one.code or None, "event_date": day, "institution": one.institution or None,
        }  # fmt: skip
        if at is not None:
            row = self._rows.slice(at, 1).to_pylist()[0]
            given |= {
                "file": row["file"], "row": row["row"], "registration_id": row.get("registration_id"),
                "patient_id": str(row["patient_id"]), "code": row["code"],
                "event_date": None if row["day"] is None else day_of(row["day"]), "institution": row["institution"],
            }  # fmt: skip
        return given | {f"text_{language}": self._words(one, language) for language in LANGUAGES}

    def _find(self, one: Returned, patient: str) -> int | None:
        if one.registration in self._by_id:
            return self._by_id[one.registration]
        day = day_written(one.date)
        event = (patient, one.code, day.isoformat() if day else "")
        place = self._number(one.institution)
        if place:
            return self._by_content.get((*event, place))
        return self._by_event.get(event) if patient and one.code else None

    def _number(self, institution: str) -> str:
        unit = self._catalogue.units.resolve(institution) if institution else None
        return unit.org_nr if unit else institution

    def _words(self, one: Returned, language: str) -> str:
        """The catalogue's text of the register's number; the returned text where it has none."""
        known = self._catalogue.messages.get(whole(one.message) or 0)
        return f"{known.text.of(language)} {known.what_now.of(language)}" if known else one.text


def day_written(text: str) -> date | None:
    """The day that a return names, in ISO or Norwegian form; None where it is none."""
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        pass
    try:
        return datetime.strptime(text[:10], "%d.%m.%Y").date()  # noqa: DTZ007 - a day, as written
    except ValueError:
        return None


def answer_messages(
    paths: Sequence[Path], out: Path, known: Versions, *, made_at: datetime, today: int, catalogue: Path | None = None
) -> dict[str, Any]:
    """Validate messages and write what a receiver would answer; nothing of the messages is kept.

    A message that leaves its schema gets NPR_VAL, the others NPR_ERR with the engine's messages for each institution.
    """
    engine = make_engine(catalogue)
    found = openings(paths, known)
    told: list[dict[str, Any]] = []
    with OutputFolder(out) as folder:
        number = 0
        for one in found:
            parse(one.path, lambda *_: None, lambda *_: None)
            faults = schema_faults(one.path, one.version, one.module)
            if not faults and one.module != "ord":
                continue
            answers = [_rejection(one, faults)] if faults else list(_contents(one, engine, today))
            for kind, institution, errors in answers:
                number += 1
                period = tuple(date.fromisoformat(one.of(word)) for word in ("period_from", "period_to"))
                head = Head(
                    RETURNS, institution, engine.catalogue.units.name_of(institution), (period[0], period[1]), number,
                    made_at, System(her=one.her), test=True, answers=one.message_id,
                )  # fmt: skip
                name = f"{kind}_{institution}_{number:04}.xml"
                with folder.path(name).open("wb") as stream:
                    write_return(stream, head, errors, one.version, kind=kind)
                told.append({"name": name, "kind": kind, "institution": institution, "about": one.path.name,
                             "messages": dict(Counter(error["message"] for error in errors))})  # fmt: skip
        record = {"format": FORMAT, "command": "npr answer", "internal": texts()["internal"], "versions": versions(),
                  "answers": told}  # fmt: skip
        folder.finish(record)
    return record


Answer = tuple[str, str, list[Mapping[str, str]]]


def _rejection(one: Opening, faults: Sequence[Any]) -> Answer:
    institution = _first_institution(one) or str(one.version.data["vendor_institution"])
    errors = [{"message": REJECTED, "severity": "A", "line": str(fault.line), "text": fault.text} for fault in faults]
    return "NPR_VAL", institution, list(errors)


def _contents(one: Opening, engine: Engine, today: int) -> Iterator[Answer]:
    """The engine's messages on the rows of a data message; the rows are on no disk, so nothing is left of them."""
    tables = [REGISTRATIONS.empty_table()]
    DataReader(one, {}, {}, tables.append, lambda _: None).read()
    with _in_memory(pa.concat_tables(tables)) as path:
        messages = start_run(Sources([path]), engine, today=today).messages
    institution = _first_institution(one) or str(one.version.data["vendor_institution"])
    found = messages.filter(pc.less(messages["message"], OWN_FROM)).to_pylist()
    yield "NPR_ERR", institution, [error_of(row, str(row["patient_id"])) for row in found]


@contextmanager
def _in_memory(table: pa.Table) -> Iterator[Path]:
    """The table as a file in memory, gone when it is closed."""
    number = os.memfd_create("registrations")
    try:
        with os.fdopen(os.dup(number), "wb") as stream:
            pq.write_table(table, stream, compression="zstd")
        yield Path(f"/proc/self/fd/{number}")
    finally:
        os.close(number)


def _first_institution(one: Opening) -> str:
    """The institution that a message is about; ours hold one each."""
    return next(iter(institutions_of(one)), "")
