"""`pakkeforlop npr send|take|history|lock|locked|remind|completeness`: reporting from the application's store."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import typer

from pakkeforlop.cli.application import HOME, moment, start
from pakkeforlop.cli.common import AS_JSON, LANGUAGE, PERIOD, QUIET, answer
from pakkeforlop.cli.faults import faults_told
from pakkeforlop.vocabulary.errors import LANGUAGES, UnreadableFault, UsageFault
from pakkeforlop.vocabulary.sentences import Sentences

_text = Sentences(Path(__file__).with_suffix(".toml"))
SENDER = typer.Option(..., "--sender", metavar="ORG", help="Organisation number of the trust.")


def add_to(app: typer.Typer) -> None:
    """Add these commands to `npr`."""
    app.command(help=SEND)(send)
    app.command(help=TAKE)(take)
    app.command(help=HISTORY)(history)
    app.command(help=LOCK)(lock)
    app.command(help=REMIND)(remind)
    app.command(help=COMPLETENESS)(completeness)


SEND = (
    "Make the month's messages from the store, with the history of what was sent, and put the packed files where they "
    "are fetched. The same files that the page makes.\n\n"
    "Example: pakkeforlop npr send --sender 983974724 --period 2026-02 --out /srv/outgoing\n\n"
    "Exit codes: 0 done · 2 usage, nothing to send, a period that is not over or is locked · 12 faulty message · "
    "13 database does not answer · 14 cannot write"
)


def send(
    sender: str = SENDER,
    period: str = PERIOD,
    out: Path = typer.Option(..., "--out", metavar="DIR", help="Where the packed files are put, each whole."),
    system: Path = typer.Option(None, "--system", metavar="F.toml", readable=False, help="System, HER-id, contacts."),
    test: bool = typer.Option(False, "--test", help="To the validation service; numbers of its own."),
    key: str = typer.Option("", "--key", help="Makes it once: the same key gives the same submission again."),
    store: Path = HOME,
    language: str = LANGUAGE,
    quiet: bool = QUIET,
    as_json: bool = AS_JSON,
) -> None:
    """A submission from the store."""
    with faults_told(language):
        from pakkeforlop.exchange.csv.write import written_beside
        from pakkeforlop.exchange.npr.system_file import read_system
        from pakkeforlop.review.reporting import period_of

        start(store)
        from pakkeforlop.reporting.actions.submit import Asked, fetched, submit
        from pakkeforlop.reporting.outbox import files_of

        at, _ = moment()
        with _refusals_told():
            asked = Asked(sender, period_of(period), None, at, key or os.urandom(16).hex(), test, read_system(system))
            made = submit(asked)
            messages = list(made.messages.order_by("number"))
            for name, content in files_of(made.folder, [(one.name, one.sha256) for one in messages]).items():
                with written_beside(out / name) as stream:
                    stream.write(content)
            fetched(made, by=None, at=at)
        record = {
            "submission": made.pk, "sender": made.sender, "period_to": made.period_to.isoformat(), "rows": made.rows,
            "patients": made.patients, "foreseen": made.foreseen, "left_out": made.left_out,
            "files": [{"name": f"{one.name}.zip", "number": one.number, "sha256": one.sha256} for one in messages],
        }  # fmt: skip
        if as_json:
            answer(record)
        elif not quiet:
            typer.echo(_text("sent", language, **record | {"foreseen": sum(made.foreseen.values())}))
            for one in record["files"]:
                typer.echo(_text("file", language, **one))


TAKE = (
    "Take in what the register sent back: each message on its registration, on the list of those who code. What a "
    "later return no longer says is cleared.\n\n"
    "Example: pakkeforlop npr take NPR_ERR_983974724_0001.xml Feil_februar.xlsx --sender 983974724\n\n"
    "Exit codes: 0 done · 1 some lines fit no registration · 2 taken before, or no sender known · 12 faulty file, or a "
    "locked workbook · 13 cannot read, or database does not answer"
)


def take(
    files: list[Path] = typer.Argument(..., metavar="RETURN...", readable=False, help="Returns of the register."),
    sender: str = typer.Option("", "--sender", metavar="ORG", help="Whom a workbook is about; messages say it."),
    store: Path = HOME,
    language: str = LANGUAGE,
    quiet: bool = QUIET,
    as_json: bool = AS_JSON,
) -> None:
    """Returns into the store."""
    told = []
    with faults_told(language):
        start(store)
        from pakkeforlop.reporting.actions.take import take_return

        at, _ = moment()
        for path in files:
            if not path.is_file():
                raise UnreadableFault("file_missing", file=str(path))
            with _refusals_told():
                made = take_return(path, name=path.name, by=None, at=at, sender=sender)
            told.append({"name": made.name, "kind": made.kind, "sender": made.sender, "lines": made.lines,
                         "unmatched": made.unmatched})  # fmt: skip
        if as_json:
            answer(told)
        elif not quiet:
            for one in told:
                typer.echo(_text("taken", language, **one))
    if any(one["unmatched"] for one in told):
        raise typer.Exit(1)


HISTORY = (
    "The history of submissions as CSV: what was sent, when, by whom, with which hash, and what came back.\n\n"
    "Example: pakkeforlop npr history > history.csv\n\n"
    "Exit codes: 0 done · 13 database does not answer"
)


def history(store: Path = HOME, language: str = LANGUAGE, as_json: bool = AS_JSON) -> None:
    """What was sent and what came back."""
    with faults_told(language):
        start(store)
        from pakkeforlop.reporting.queries.history import COLUMNS, export_rows

        _, on = moment()
        rows = list(export_rows(scope=_everything(), on=on))
        if as_json:
            answer(rows)
            return
        text = io.StringIO(newline="")
        lines = csv.DictWriter(text, COLUMNS, lineterminator="\n")
        lines.writeheader()
        lines.writerows(rows)
        typer.echo(text.getvalue(), nl=False)


LOCK = (
    "Lock a year that is reported: its figures stand as they are, in rows that nobody can change; later changes are "
    "revisions, and the new figures stand beside.\n\n"
    "Example: pakkeforlop npr lock --sender 983974724 --year 2025 --reason 'Yearly report'\n\n"
    "Exit codes: 0 done · 2 too early, or locked already · 13 database does not answer"
)


def lock(
    sender: str = SENDER,
    year: int = typer.Option(..., "--year", min=2015, max=9998, help="The year of data."),
    reason: str = typer.Option("", "--reason", help="A remark that stands with the lock."),
    store: Path = HOME,
    language: str = LANGUAGE,
    quiet: bool = QUIET,
    as_json: bool = AS_JSON,
) -> None:
    """A year closed."""
    with faults_told(language):
        start(store)
        from pakkeforlop.reporting.actions.lock import lock_year

        at, _ = moment()
        with _refusals_told():
            made = lock_year(sender, year, by=None, at=at, reason=reason)
        record = {"sender": made.sender, "year": year, "figures": made.figures, "sha256": made.sha256}
        if as_json:
            answer(record)
        elif not quiet:
            typer.echo(_text("locked", language, **record))


REMIND = (
    "Remind those who report of deadlines that are near or passed and not done: by e-mail, once a day. For the nightly "
    "job.\n\n"
    "Example: pakkeforlop npr remind\n\n"
    "Exit codes: 0 done · 13 database does not answer"
)


def remind(
    dry: bool = typer.Option(False, "--dry", help="Tell whom, and send nothing."),
    store: Path = HOME,
    language: str = LANGUAGE,
    quiet: bool = QUIET,
    as_json: bool = AS_JSON,
) -> None:
    """Reminders."""
    with faults_told(language):
        start(store)
        from django.conf import settings

        from pakkeforlop.reporting.actions.remind import due
        from pakkeforlop.reporting.actions.remind import remind as run
        from pakkeforlop.reporting.queries.addresses import address_of

        at, on = moment()
        sends = not dry and bool(settings.MAIL_READY)
        found = run(at=at, address=address_of) if sends else list(due(on))
        record = [{"user": one.user.username, "sender": one.sender, "due": one.round.due.isoformat()} for one in found]
        if as_json:
            answer({"sent": sends, "reminders": record})
        elif not quiet:
            for one in record:
                typer.echo(_text("reminded" if sends else "would_remind", language, **one))
            if not record:
                typer.echo(_text("nobody", language))


COMPLETENESS = (
    "Whether each hospital registered as much in the last whole month as its own past makes likely.\n\n"
    "Example: pakkeforlop npr completeness\n\n"
    "Exit codes: 0 nothing unusual · 1 some unit registered far less than likely · 13 database does not answer"
)


def completeness(
    store: Path = HOME, language: str = LANGUAGE, quiet: bool = QUIET, as_json: bool = AS_JSON
) -> None:
    """Alarms of missing registrations."""
    with faults_told(language):
        start(store)
        from pakkeforlop.access.scope import units
        from pakkeforlop.reporting.queries.complete import completeness as check

        _, on = moment()
        found = check(scope=_everything(), on=on)
        rows = [_finding(one, units().name_of(one.org_nr)) for one in found]
        if as_json:
            answer(rows)
        elif not quiet:
            for row in rows:
                key = "short_past" if row["expected"] is None else "alarm" if row["alarm"] else "usual"
                typer.echo(_text(key, language, **row))
    if any(row["alarm"] for row in rows):
        raise typer.Exit(1)


def _finding(one: Any, unit: str) -> dict[str, Any]:
    told = {"org_nr": one.org_nr, "unit": unit, "month": None, "count": None,
            "expected": None, "at_least": None, "chance": None, "alarm": False}  # fmt: skip
    if one.finding is None:
        return told
    found = one.finding
    return told | {
        "month": f"{found.month[0]}-{found.month[1]:02}", "count": found.count, "expected": round(found.expected),
        "at_least": found.at_least, "chance": found.chance, "alarm": found.alarm,
    }  # fmt: skip


def _everything() -> Any:
    """The scope of the machine's own jobs."""
    from pakkeforlop.access.scope import COUNTRY, Grant, Scope

    return Scope((Grant("leader", COUNTRY, None),))


@contextmanager
def _refusals_told() -> Iterator[None]:
    """What reporting refuses, as a usage fault of the command."""
    from pakkeforlop.reporting.faults import Refused

    try:
        yield
    except Refused as error:
        detail = {language: error.sentence(language) for language in LANGUAGES}
        raise UsageFault("reporting_refused", detail=detail) from error
