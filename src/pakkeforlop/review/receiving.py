"""The register's month in one run: many senders' messages in; answers, pathways, figures and deliveries out.

Each message is read in a process of its own, so that none can harm the others. What comes out holds no clock but the
one that is given or that stands in the messages: the same messages give the same bytes, in whatever order they come.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pakkeforlop.catalogue.choices import differences
from pakkeforlop.catalogue.digest import definitions_hash
from pakkeforlop.episodes.rows import Engine
from pakkeforlop.exchange.csv.folder import OutputFolder
from pakkeforlop.exchange.csv.people import read_patients
from pakkeforlop.exchange.csv.record import FORMAT, texts, versions
from pakkeforlop.exchange.deliver import layout
from pakkeforlop.exchange.deliver.layout import Month
from pakkeforlop.exchange.npr.acceptance import Arrived, Terms, judge
from pakkeforlop.exchange.npr.answer import error_of, write_return
from pakkeforlop.exchange.npr.envelope import RETURNS, Head, System
from pakkeforlop.exchange.npr.inbound import Joined, files_of, read_all
from pakkeforlop.exchange.npr.received import Received
from pakkeforlop.exchange.npr.told import told
from pakkeforlop.exchange.npr.versions import Versions
from pakkeforlop.exchange.npr.workbook import write_workbook
from pakkeforlop.review.delivering import Asked as Delivery
from pakkeforlop.review.delivering import deliver
from pakkeforlop.review.monitoring import Run, Sources, start_run
from pakkeforlop.review.report.build import write_report
from pakkeforlop.review.returning import OWN_FROM
from pakkeforlop.review.writing import EPISODES_AS_CSV, message_counts, report_input
from pakkeforlop.vocabulary.calendar import day_number
from pakkeforlop.vocabulary.errors import LANGUAGES, Fault

Progress = Callable[[str], None]
Errors = dict[str, str]
UNKNOWN = "unknown"
FATES = ("taken", "replaced", "refused")
REJECTED_ROW = "AVVIST"


@dataclass(frozen=True)
class Incoming:
    """What a run of the register is asked for."""

    messages: Sequence[Path]
    """Files, and folders of files."""
    period: tuple[date, date]
    now: datetime
    """The receiver's clock, against which the clocks of senders are held."""
    made_at: datetime | None = None
    """Stands in the answers; default: when the last of the messages that were taken was made."""
    patients: Path | None = None
    key_file: Path | None = None
    received: Path | None = None
    """The list of messages that earlier runs have had."""
    test: bool = False
    xlsx: bool = True
    report: bool = True


def receive(
    asked: Incoming, out: Path, engine: Engine, known: Versions, *, progress: Progress = lambda _: None
) -> dict[str, Any]:
    """Receive the messages and write everything that comes of them, whole or not at all; the record of the run.

    UsageFault when there are no files; a message that cannot be taken is answered, and the others are used.
    """
    progress("reading")
    version = known.for_year(asked.period[0].year)
    ledger = Received(asked.received, f"{asked.period[1]:%Y-%m}")
    come = read_all(files_of(asked.messages), known)
    arrived = [one for one, _ in come]
    judge(arrived, Terms(
        asked.now, asked.period, engine.catalogue.units, str(version.data["vendor_institution"]), asked.test,
        ledger.earlier(),
    ))  # fmt: skip
    made_at = asked.made_at or _last_made(arrived) or datetime.combine(asked.period[1], datetime.min.time())
    with OutputFolder(out) as folder:
        joined = Joined.of(come)
        people = _people(joined, asked, folder)
        folder.write_table("registrations.parquet", joined.rows)
        run, figures = None, None
        if joined.rows.num_rows:
            run, figures = _figures(folder, asked, engine, people=people, progress=progress)
        progress("writing")
        answers = _answers(folder, arrived, joined, run, engine, known, made_at, asked)
        delivery = _deliver(folder, asked, engine, people=people, rows=joined.rows.num_rows, progress=progress)
        record = {
            "format": FORMAT, "command": "npr receive", "internal": texts()["internal"], "versions": versions(),
            "catalogue_sha256": definitions_hash(engine.catalogue),
            "settings_changed": differences(engine.catalogue.settings, engine.settings),
            "period_from": asked.period[0].isoformat(), "period_to": asked.period[1].isoformat(),
            "made_at": made_at.isoformat(timespec="seconds"), "test": asked.test,
            "messages": [_about(one) for one in arrived], "registrations": joined.rows.num_rows,
            "patients": joined.patients, "without_identity": joined.without_identity,
            "senders": joined.senders, "figures": figures, "answers": answers, "delivery": delivery,
        }  # fmt: skip
        for language in LANGUAGES:
            folder.write_text(f"log.{language}.txt", "\n".join(_log(record, arrived, language)) + "\n")
        folder.finish(record)
    ledger.write(arrived)
    return record


def _last_made(arrived: Sequence[Arrived]) -> datetime | None:
    made = [datetime.fromisoformat(one.of("made_at")).replace(tzinfo=None) for one in arrived if one.taken]
    return max(made, default=None)


def _people(joined: Joined, asked: Incoming, folder: OutputFolder) -> Path | None:
    """The patients of which an identity message came, with what the register's own file knows of them beside."""
    at = pc.index_in(joined.people["patient_id"], value_set=joined.known)
    mine = joined.people.filter(pc.is_valid(at))
    columns: dict[str, Any] = {
        "patient_id": mine["patient_id"], "birth_date": pa.nulls(mine.num_rows, pa.date32()), "sex": mine["sex"],
        "municipality": mine["municipality"],
    }  # fmt: skip
    if asked.patients is not None:
        own = read_patients(asked.patients, today=day_number(asked.now.date())).table
        ids = pc.cast(own["patient_id"], pa.string()).combine_chunks()
        place = pc.index_in(mine["patient_id"], value_set=ids)
        for ours, name in (("birth_day", "birth_date"), ("death_day", "death_date")):
            if ours in own.column_names:
                columns[name] = own[ours].take(place).cast(pa.int32()).cast(pa.date32())
        for name in ("sex", "municipality", "district"):
            if name in own.column_names:
                given = pc.cast(own[name].take(place), pa.string())
                columns[name] = pc.coalesce(given, columns[name]) if name in columns else given
    folder.write_table("patients.parquet", pa.table(columns))
    return folder.path("patients.parquet") if mine.num_rows else None


# --- figures and deliveries -------------------------------------------------------------------------------------------


def _figures(
    folder: OutputFolder, asked: Incoming, engine: Engine, *, people: Path | None, progress: Progress
) -> tuple[Run, dict[str, Any]]:
    last = day_number(asked.period[1])
    run = start_run(
        Sources([folder.path("registrations.parquet")], people), engine, today=last, as_of=last, progress=progress
    )
    progress("indicators")
    folder.write_table("figures/rejects.csv", run.rejects)
    folder.write_table("figures/messages.csv", run.messages)
    folder.write_table("figures/episodes.parquet", run.episodes)
    if run.episodes.num_rows <= EPISODES_AS_CSV:
        folder.write_table("figures/episodes.csv", run.episodes)
    folder.write_table("figures/indicators.csv", run.indicators)
    if asked.report and len(run.intake.registrations):
        progress("report")
        where = folder.path("figures/report/index.html").parent
        for path in write_report(where, run=report_input(run, ()), catalogue=engine.catalogue, beside=LANGUAGES):
            folder.path(f"figures/report/{path.name}")
    return run, {
        "used": len(run.intake.registrations), "refused_rows": run.intake.refused, "episodes": run.episodes.num_rows,
        "messages": message_counts(run.messages), "indicator_rows": run.indicators.num_rows,
    }  # fmt: skip


def _deliver(
    folder: OutputFolder, asked: Incoming, engine: Engine, *, people: Path | None, rows: int, progress: Progress
) -> dict[str, Any] | None:
    """The deliveries of the month after the period; None in a month that has none, or when nothing came."""
    last = asked.period[1]
    month = Month(last.year, last.month).back(-1)
    if not rows or not layout.months_delivered(month):
        return None
    place = folder.path("delivery/run.json").parent
    folder.written.pop("delivery/run.json")
    asked_for = Delivery(
        month, [folder.path("registrations.parquet")], people, asked.key_file, xlsx=asked.xlsx
    )
    try:
        record = deliver(asked_for, place, engine, today=day_number(last), progress=progress)
    except Fault as fault:
        if fault.key != "nothing_left":
            raise
        return None
    for path in sorted(place.rglob("*")):
        if path.is_file():
            folder.path(str(Path("delivery") / path.relative_to(place)))
    return {
        "month": str(month),
        "files": [file for one in record["months"] for file in one["made"]],
    }


# --- answers ----------------------------------------------------------------------------------------------------------


def _answers(
    folder: OutputFolder, arrived: Sequence[Arrived], joined: Joined, run: Run | None, engine: Engine,
    known: Versions, made_at: datetime, asked: Incoming,
) -> list[dict[str, Any]]:  # fmt: skip
    """NPR_VAL for what was not taken, NPR_ERR and the workbook for each sender whose data were."""
    written: list[dict[str, Any]] = []
    number: Counter[str] = Counter()
    version = known.for_year(asked.period[0].year)
    vendor = str(version.data["vendor_institution"])

    def write(kind: str, sender: str, errors: list[Errors], about: Arrived, *, workbook: bool) -> None:
        number[sender] += 1
        place = sender or UNKNOWN
        institution = sender if sender.isdecimal() and len(sender) in {9, 10} else vendor
        head = Head(
            RETURNS, institution, engine.catalogue.units.name_of(institution), asked.period, number[sender], made_at,
            System(her=str(about.of("her"))), asked.test, answers=str(about.of("message_id")),
        )  # fmt: skip
        name = f"answers/{place}/{kind}_{place}_{number[sender]:04}.xml"
        with folder.path(name).open("wb") as stream:
            write_return(stream, head, errors, version, kind=kind)
        names = [name]
        if workbook and errors:
            names.append(f"answers/{place}/Feil_{place}_{asked.period[1]:%Y-%m}.xlsx")
            with folder.path(names[-1]).open("wb") as stream:
                write_workbook(stream, errors, made_at)
        written.append({
            "sender": sender, "kind": kind, "about": about.name, "files": names,
            "messages": dict(sorted(Counter(error["message"] for error in errors).items())),
        })  # fmt: skip

    for one in arrived:
        if one.refusal is not None:
            sender = one.sender if one.sender.isdecimal() else ""
            write("NPR_VAL", sender, list(_refused(one)), one, workbook=False)
    errors_of = _errors(joined, run)
    for place, about in enumerate(joined.senders):
        if about["number"]:
            write("NPR_ERR", about["sender"], errors_of[place], _data_of(arrived, about["sender"]), workbook=asked.xlsx)
    return written


def _data_of(arrived: Sequence[Arrived], sender: str) -> Arrived:
    """The data message that a sender's answer is about; the first of several."""
    data = [one for one in arrived if one.taken and one.sender == sender and one.of("module") == "ord"]
    return min(data, key=lambda one: int(one.of("number")))


def _refused(one: Arrived) -> Iterator[Errors]:
    refusal = one.refusal
    assert refusal is not None
    yield {"message": refusal.code, "severity": "A", "text": f"{one.name}: {refusal.text('nb')}"}
    for line, text in one.faults:
        yield {"message": refusal.code, "severity": "A", "line": str(max(line, 0)), "text": text}


def _errors(joined: Joined, run: Run | None) -> dict[int, list[Errors]]:
    """The register's messages on each sender's own rows, with the sender's own numbers of its patients."""
    found: dict[int, list[Errors]] = defaultdict(list)
    if run is None:
        return found
    numbers = [dict(zip(*(table[name].to_pylist() for name in ("patient_id", "number")), strict=True))
               for table in joined.numbers]  # fmt: skip
    for row in run.messages.filter(pc.less(run.messages["message"], OWN_FROM)).to_pylist():
        sender = int(joined.sender[row["row"] - 1])
        found[sender].append(error_of(row, numbers[sender].get(row["patient_id"], "")))
    for row in run.rejects.to_pylist():
        if row["file"] != "registrations.parquet" or row["used"]:
            continue
        sender = int(joined.sender[row["row"] - 1])
        own = joined.rows.slice(row["row"] - 1, 1).to_pylist()[0]
        said = {"message": REJECTED_ROW, "counted": False, "text_nb": row["reason"]}
        found[sender].append(error_of(own | said, numbers[sender].get(own["patient_id"], "")))
    return found


# --- record and log ---------------------------------------------------------------------------------------------------


def _about(one: Arrived) -> dict[str, Any]:
    head = one.head or {}
    fate = "refused" if one.refusal else "replaced" if one.replaced_by else "taken"
    return {
        "name": one.name, "sha256": one.sha256, "sender": one.sender, "fate": fate,
        "refusal": one.refusal.code if one.refusal else None, "replaced_by": one.replaced_by,
        **{word: head.get(word) for word in ("type", "version", "message_id", "made_at", "number", "part", "parts",
                                             "period_from", "period_to")},
    }  # fmt: skip


def _log(record: Mapping[str, Any], arrived: Sequence[Arrived], language: str) -> Iterator[str]:
    """The log of a run, for a colleague to read."""
    yield told("log_title", language, first=record["period_from"], last=record["period_to"])
    yield told("log_made", language, made_at=record["made_at"])
    yield ""
    counts = Counter(one["fate"] for one in record["messages"])
    yield told("log_messages", language, count=len(arrived), **{name: counts[name] for name in FATES})
    for one in arrived:
        about = {"name": one.name, "sha256": one.sha256, "sender": one.sender or "–", "number": one.of("number")}
        if one.refusal is not None:
            yield told("log_refused", language, **about, why=one.refusal.text(language))
        elif one.replaced_by is not None:
            yield told("log_replaced", language, **about, by=one.replaced_by)
        else:
            yield told("log_taken", language, **about, type=one.of("type"))
    yield ""
    for sender in record["senders"]:
        yield told("log_sender", language, **sender)
        if sender["without_identity"]:
            yield told("log_no_identity", language, count=sender["without_identity"])
    yield told("log_together", language, registrations=record["registrations"], patients=record["patients"])
    figures = record["figures"]
    if figures is None:
        yield told("log_nothing", language)
    else:
        yield told("log_figures", language, **figures | {"messages": sum(figures["messages"].values())})
    yield ""
    for answer in record["answers"]:
        yield told("log_answer", language, sender=answer["sender"] or "–", kind=answer["kind"],
                   count=sum(answer["messages"].values()), file=answer["files"][0])  # fmt: skip
    if not record["answers"]:
        yield told("log_no_answers", language)
    yield ""
    delivery = record["delivery"]
    if delivery is None:
        yield told("log_no_delivery", language)
    else:
        yield told("log_delivery", language, month=delivery["month"], count=len(delivery["files"]))
