"""`pakkeforlop npr`: the national patient register's message, written and read."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import typer

from pakkeforlop.cli.common import (
    AS_JSON,
    AS_OF,
    CATALOGUE,
    INPUTS,
    LANGUAGE,
    OUT,
    PATIENTS,
    PERIOD,
    QUIET,
    REGISTER_KEY,
    SETTINGS,
    XLSX,
    answer,
    day_given,
    progress_shown,
    today,
)  # fmt: skip
from pakkeforlop.cli.faults import faults_told
from pakkeforlop.cli.npr_store import add_to

SHOWN_AT_MOST = 50

app = typer.Typer(add_completion=False, rich_markup_mode=None, help="The national patient register's message.")

SENDER = typer.Option(
    ..., "--sender", metavar="ORG", help="Organisation number or key of the trust; a region or the country gives each."
)
VERSIONS = typer.Option(
    None, "--versions", metavar="DIR", help="A folder with more versions of the message.", envvar="PAKKEFORLOP_NPR"
)


@app.callback()
def npr() -> None:
    """The national patient register's message."""


@app.command(
    help="Write the register's messages: data and identities apart, cumulative from 1 January, checked against the "
    "schema, packed.\n\n"
    "Example: pakkeforlop npr write codes.parquet --patients patients.parquet --sender 983974724 --period 2026-02 "
    "--ledger numbers.json --out message\n\n"
    "Exit codes: 0 done · 2 usage, or nothing to send · 11 faulty definition · 12 faulty input file · 13 cannot read · "
    "14 cannot write · 15 nothing left after refusals"
)
def write(
    inputs: list[Path] = INPUTS,
    sender: str = SENDER,
    period: str = PERIOD,
    out: Path = OUT,
    patients: Path = PATIENTS,
    ledger: Path | None = typer.Option(
        None, "--ledger", metavar="F.json", help="Running numbers, kept from run to run."
    ),
    number: int | None = typer.Option(None, "--number", min=1, help="Begin at this running number."),
    system: Path = typer.Option(None, "--system", metavar="F.toml", readable=False, help="System, HER-id, contacts."),
    key_file: Path = typer.Option(
        None, "--key-file", metavar="F", readable=False, help="A secret; needed where patient ids are national ids."
    ),
    test: bool = typer.Option(False, "--test", help="To the register's validation service."),
    xml: bool = typer.Option(True, "--xml/--no-xml", help="Keep the XML beside the packed message."),
    at: datetime | None = typer.Option(
        None, "--at", help="When it was made (default: now); the same gives the same bytes."
    ),
    as_of: str = AS_OF,
    versions: Path = VERSIONS,
    settings: Path = SETTINGS,
    catalogue: Path = CATALOGUE,
    language: str = LANGUAGE,
    quiet: bool = QUIET,
    as_json: bool = AS_JSON,
) -> None:
    """Registrations into messages."""
    with faults_told(language):
        from pakkeforlop.exchange.npr.persons import read_secret
        from pakkeforlop.exchange.npr.system_file import Ledger, read_system
        from pakkeforlop.exchange.npr.versions import Versions
        from pakkeforlop.review.monitoring import make_engine
        from pakkeforlop.review.reporting import Shipment, period_of, write_messages

        made_at = _made_at(at)
        shipment = Shipment(
            inputs, patients, sender, period_of(period), made_at, read_system(system), test, read_secret(key_file),
            day_given(as_of, "--as-of"), xml,
        )  # fmt: skip
        numbers = Ledger(ledger, number)
        with progress_shown(language, quiet=quiet or as_json) as progress:
            record = write_messages(
                shipment, out, make_engine(catalogue, settings), Versions(versions), numbers, today=today(),
                progress=progress,
            )  # fmt: skip
        if as_json:
            answer(record)
        elif not quiet:
            _tell_written(record, language, numbered=ledger is not None or number is not None)


def _made_at(given: datetime | None) -> datetime:
    """The moment that stands in the messages: local time, whole seconds."""
    moment = datetime.now() if given is None else given  # noqa: DTZ005 - messages have the local time
    return moment.replace(microsecond=0, tzinfo=None)


def _tell_written(record: dict[str, Any], language: str, *, numbered: bool) -> None:
    from pakkeforlop.exchange.npr.told import told

    typer.echo(told("period", language, **record))
    for message in record["messages"]:
        typer.echo(told("message", language, **message))
    divided = sorted({message["parts"] for message in record["messages"] if message["parts"] > 1})
    for parts in divided:
        typer.echo(told("divided", language, parts=parts))
    for reason, count in record["left_out"].items():
        typer.echo(told(f"left_{reason}", language, count=count))
    if not numbered:
        typer.echo(told("number_guessed", language))
    typer.echo(told("own_schema", language))


@app.command(
    help="Read messages (XML, zip or gzip) into registrations; with the identity message, patients have their ids "
    "again.\n\n"
    "Writes registrations.parquet, patients.csv and run.json. Of several messages of one institution and year the one "
    "with the highest running number holds.\n\n"
    "Example: pakkeforlop npr read NPR_ORD_983974724.zip NPR_IDE_983974724.zip --out received\n\n"
    "Exit codes: 0 done · 2 unknown version · 12 faulty message · 13 cannot read · 14 cannot write"
)
def read(
    messages: list[Path] = typer.Argument(..., metavar="MESSAGE...", readable=False, help="Messages to the register."),
    out: Path = OUT,
    validate: bool = typer.Option(True, "--validate/--no-validate", help="Refuse messages that leave their schema."),
    versions: Path = VERSIONS,
    language: str = LANGUAGE,
    quiet: bool = QUIET,
    as_json: bool = AS_JSON,
) -> None:
    """Messages into registrations."""
    with faults_told(language):
        from pakkeforlop.exchange.npr.told import told
        from pakkeforlop.exchange.npr.versions import Versions
        from pakkeforlop.review.reporting import read_messages

        with progress_shown(language, quiet=quiet or as_json) as progress:
            record = read_messages(messages, out, Versions(versions), validate=validate, progress=progress)
        if as_json:
            answer(record)
        elif not quiet:
            typer.echo(told("read", language, **record))
            for name, replaced in record["replaced"].items():
                typer.echo(told("replaced", language, name=name, count=len(replaced)))


@app.command(
    help="Show what the register will say of the outgoing period, before it is sent: the same messages on the same "
    "registrations.\n\n"
    "Example: pakkeforlop npr check codes.csv --patients patients.csv --sender 983974724 --period 2026-02 --out "
    "messages.csv\n\n"
    "Exit codes: 0 no messages · 1 there are messages · 2 usage · 12 faulty input file · 13 cannot read · "
    "14 cannot write · 15 nothing left after refusals"
)
def check(
    inputs: list[Path] = INPUTS,
    sender: str = SENDER,
    period: str = PERIOD,
    patients: Path = PATIENTS,
    out: Path | None = typer.Option(None, "--out", metavar="F", help="Write the messages here (.csv or .parquet)."),
    own: bool = typer.Option(False, "--own", help="With our own warnings (from 900) beside the register's."),
    as_of: str = AS_OF,
    versions: Path = VERSIONS,
    settings: Path = SETTINGS,
    catalogue: Path = CATALOGUE,
    language: str = LANGUAGE,
    quiet: bool = QUIET,
    as_json: bool = AS_JSON,
) -> None:
    """The register's messages, foreseen."""
    with faults_told(language):
        from pakkeforlop.exchange.csv.write import write_table
        from pakkeforlop.exchange.npr.told import told
        from pakkeforlop.exchange.npr.versions import Versions
        from pakkeforlop.review.monitoring import Sources, make_engine
        from pakkeforlop.review.reporting import period_of
        from pakkeforlop.review.returning import check_outgoing
        from pakkeforlop.review.writing import message_counts

        with progress_shown(language, quiet=quiet or as_json) as progress:
            found = check_outgoing(
                Sources(inputs, patients), make_engine(catalogue, settings), Versions(versions), sender=sender,
                period=period_of(period), today=today(), as_of=day_given(as_of, "--as-of"), own=own, progress=progress,
            )  # fmt: skip
        if out is not None:
            write_table(found, out)
        if as_json:
            answer({"messages": message_counts(found), "rows": found.num_rows})
        elif not quiet:
            typer.echo(told("checked", language, count=found.num_rows))
            _tell_rows(found.slice(0, 0 if out else SHOWN_AT_MOST).to_pylist(), language)
    if found.num_rows:
        raise typer.Exit(1)


@app.command(
    help="Read what the register sent back (NPR_VAL, NPR_ERR, the monthly workbook) and put each message on its "
    "registration.\n\n"
    "Example: pakkeforlop npr returns NPR_ERR_983974724.xml --registrations codes.csv --message NPR_ORD_983974724.zip "
    "--out messages.csv\n\n"
    "Exit codes: 0 done · 1 some messages fit no registration · 12 faulty file, or a locked workbook · 13 cannot read "
    "· 14 cannot write"
)
def returns(
    files: list[Path] = typer.Argument(..., metavar="RETURN...", readable=False, help="Returns of the register."),
    registrations: list[Path] = typer.Option(
        ..., "--registrations", metavar="IN", readable=False, help="The registrations that were sent; may be repeated."
    ),
    message: list[Path] = typer.Option(
        [], "--message", metavar="F", readable=False, help="A message that was sent: lines, numbers lead to patients."
    ),
    out: Path | None = typer.Option(None, "--out", metavar="F", help="Write the list here (.csv or .parquet)."),
    versions: Path = VERSIONS,
    settings: Path = SETTINGS,
    catalogue: Path = CATALOGUE,
    language: str = LANGUAGE,
    quiet: bool = QUIET,
    as_json: bool = AS_JSON,
) -> None:
    """Returns on registrations."""
    with faults_told(language):
        from pakkeforlop.exchange.csv.write import write_table
        from pakkeforlop.exchange.npr.told import told
        from pakkeforlop.exchange.npr.versions import Versions
        from pakkeforlop.review.monitoring import make_engine
        from pakkeforlop.review.returning import link_returns

        engine = make_engine(catalogue, settings)
        found = link_returns(files, registrations, message, engine, Versions(versions), today=today())
        if out is not None:
            write_table(found.table, out, as_text=out.suffix != ".parquet")
        if as_json:
            answer({"messages": found.counts, "rows": found.table.num_rows, "not_found": found.unknown})
        elif not quiet:
            typer.echo(told("returned", language, count=found.table.num_rows, unknown=found.unknown))
            _tell_rows(found.table.slice(0, 0 if out else SHOWN_AT_MOST).to_pylist(), language)
    if found.unknown:
        raise typer.Exit(1)


@app.command(
    "answer",
    help="Answer messages as a receiver does, and keep nothing: for hospitals and vendors who test. A message that "
    "leaves its schema gets NPR_VAL, another NPR_ERR.\n\n"
    "Example: pakkeforlop npr answer NPR_ORD_983974724.zip --out answers\n\n"
    "Exit codes: 0 done · 2 unknown version · 12 faulty message · 13 cannot read · 14 cannot write"
)
def reply(
    messages: list[Path] = typer.Argument(..., metavar="MESSAGE...", readable=False, help="Messages to the register."),
    out: Path = OUT,
    at: datetime | None = typer.Option(None, "--at", help="When it was made (default: now)."),
    versions: Path = VERSIONS,
    catalogue: Path = CATALOGUE,
    language: str = LANGUAGE,
    quiet: bool = QUIET,
    as_json: bool = AS_JSON,
) -> None:
    """What a receiver would answer."""
    with faults_told(language):
        from pakkeforlop.exchange.npr.told import told
        from pakkeforlop.exchange.npr.versions import Versions
        from pakkeforlop.review.returning import answer_messages

        record = answer_messages(
            messages, out, Versions(versions), made_at=_made_at(at), today=today(), catalogue=catalogue
        )
        if as_json:
            answer(record)
        elif not quiet:
            for one in record["answers"]:
                typer.echo(told("answered", language, count=sum(one["messages"].values()), **one))


@app.command(
    help="The register's month in one run: messages of many senders in; answers for each sender, pathways across "
    "trusts, figures, and the deliveries to regions and trusts out, with a log.\n\n"
    "A message that cannot be taken is answered and logged; the others are used. The same messages give the same "
    "bytes.\n\n"
    "Example: pakkeforlop npr receive inbox --period 2026-02 --patients patients.parquet --received received.json "
    "--key-file secret --out month\n\n"
    "Exit codes: 0 done · 1 some messages were refused · 2 usage, or no messages · 11 faulty definition · "
    "12 faulty input file · 13 cannot read · 14 cannot write"
)
def receive(
    messages: list[Path] = typer.Argument(
        ..., metavar="MESSAGE...", readable=False, help="Messages, and folders of messages."
    ),
    period: str = PERIOD,
    out: Path = OUT,
    patients: Path = PATIENTS,
    received: Path | None = typer.Option(
        None, "--received", metavar="F.json", help="Messages that earlier runs had, kept from run to run."
    ),
    key_file: Path = REGISTER_KEY,
    test: bool = typer.Option(False, "--test", help="As a test: takes the vendors' number too."),
    xlsx: bool = XLSX,
    report: bool = typer.Option(True, "--report/--no-report", help="Make the report too."),
    at: datetime | None = typer.Option(
        None, "--at", help="When it is: stands in the answers (default there: when the last message was made)."
    ),
    versions: Path = VERSIONS,
    settings: Path = SETTINGS,
    catalogue: Path = CATALOGUE,
    language: str = LANGUAGE,
    quiet: bool = QUIET,
    as_json: bool = AS_JSON,
) -> None:
    """The register's month."""
    with faults_told(language):
        from pakkeforlop.exchange.npr.versions import Versions
        from pakkeforlop.review.monitoring import make_engine
        from pakkeforlop.review.receiving import Incoming
        from pakkeforlop.review.receiving import receive as run
        from pakkeforlop.review.reporting import period_of

        asked = Incoming(
            messages, period_of(period), _made_at(at), None if at is None else _made_at(at), patients, key_file,
            received, test, xlsx, report,
        )  # fmt: skip
        with progress_shown(language, quiet=quiet or as_json) as progress:
            record = run(asked, out, make_engine(catalogue, settings), Versions(versions), progress=progress)
        if as_json:
            answer(record)
        elif not quiet:
            typer.echo((out / f"log.{language}.txt").read_text(encoding="utf-8"), nl=False)
    if any(one["fate"] == "refused" for one in record["messages"]):
        raise typer.Exit(1)


def _tell_rows(rows: list[dict[str, Any]], language: str) -> None:
    for row in rows:
        values = (row["registration_id"], row["patient_id"], row["code"], row["event_date"], row["message"])
        typer.echo(f"{' '.join(str(value) for value in values if value is not None)}: {row['text_' + language]}")


add_to(app)
