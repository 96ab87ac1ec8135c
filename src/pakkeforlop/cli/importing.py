"""`pakkeforlop import`: files into the store of the application, as often as one likes."""

from __future__ import annotations

import csv
import sys
import time
from array import array
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import Any

import typer

from pakkeforlop.cli.application import HOME, moment, start
from pakkeforlop.cli.common import AS_JSON, LANGUAGE, QUIET, answer
from pakkeforlop.cli.faults import faults_told
from pakkeforlop.vocabulary.errors import LANGUAGES, UsageFault
from pakkeforlop.vocabulary.sentences import Sentences

app = typer.Typer(add_completion=False, rich_markup_mode=None)
_text = Sentences(Path(__file__).with_suffix(".toml"))
SHOWN = 20
"""Refused rows shown on the screen."""
BY_BATCH = ("registrations", "patients")
"""Kinds whose loads the store remembers: they go on where they were stopped."""
Progress = Callable[[int, int], None]
"""Told how many rows are done, and of how many; 0 while that is not known."""


def _file(name: str, about: str) -> Any:
    return typer.Option(None, f"--{name}", metavar="F", readable=False, help=about)


@app.command(
    help="Load files into the application's store: new rows are added, corrected ones stand beside what they correct, "
    "rows that are there already change nothing. A load that was stopped goes on where it was.\n\n"
    "Example: pakkeforlop import registrations.csv --patients patients.csv\n\n"
    "Exit codes: 0 done · 2 usage · 12 faulty input file · 13 cannot read · 14 cannot write"
)
def import_(
    inputs: list[Path] = typer.Argument(
        None, metavar="FILE...", readable=False, help="Files of registrations (CSV, CSV.gz, Parquet, Arrow)."
    ),
    patients: Path = _file("patients", "Patients: as for monitor; also national_number, name and gp."),
    referrals: Path = _file("referrals", "Referrals for the inbox."),
    appointments: Path = _file("appointments", "Appointments: booked, attended, missed, cancelled."),
    answers: Path = _file("answers", "Answers that are waited for."),
    events: Path = _file("events", "Events of other systems, which speak for codes: see the catalogue's event rules."),
    new_cancers: Path = _file("new-cancers", "New cancers: first contacts."),
    refused: Path = typer.Option(None, "--refused", metavar="F", help="Write every refused row to this CSV file."),
    store: Path = HOME,
    language: str = LANGUAGE,
    quiet: bool = QUIET,
    as_json: bool = AS_JSON,
) -> None:
    """Files into the store."""
    with faults_told(language):
        others = {
            "referrals": referrals, "appointments": appointments, "answers": answers, "events": events,
            "new-cancers": new_cancers,
        }  # fmt: skip
        wanted = [("registrations", path) for path in inputs or []]
        wanted += [(kind, path) for kind, path in others.items() if path is not None]
        if patients is not None:
            wanted.insert(0, ("patients", patients))
        if not wanted:
            raise UsageFault("nothing_to_import")
        start(store)
        done = run_import(wanted, language=language, quiet=quiet or as_json)
        if refused is not None:
            _write_refused(done, refused)
        if as_json:
            answer([{key: value for key, value in each.items() if key != "refusals"} for each in done])
        elif not quiet:
            for each in done:
                typer.echo("\n".join(_said(each, language)))


def run_import(wanted: list[tuple[str, Path]], *, language: str, quiet: bool) -> list[dict[str, Any]]:
    """Load files of these kinds, in this order; what became of each."""
    from pakkeforlop.coordination import rows

    done = []
    for kind, path in wanted:
        with bar(f"{path.name}: {_text(kind, language)}", quiet=quiet) as progress:
            done.append({"file": path.name, "kind": kind, **_load(kind, path, progress)})
    at, day = moment()
    rows.turn(on=day, at=at)
    return done


def _load(kind: str, path: Path, progress: Progress) -> dict[str, Any]:
    if kind not in BY_BATCH:
        return _working(kind, path, progress)
    from pakkeforlop.coordination.actions.taking_in import done_before
    from pakkeforlop.exchange.csv.doors import one_file

    batch = done_before(one_file(path).sha256, kind)
    if batch is None:
        batch = _registrations(path, progress) if kind == "registrations" else _patients(path, progress)
    return _counts(batch)


def _registrations(path: Path, progress: Progress) -> Any:
    from pakkeforlop.coordination.actions.taking_in import take_in
    from pakkeforlop.episodes.store import engine
    from pakkeforlop.vocabulary.calendar import day_number

    at, day = moment()
    ready = engine()
    given = {
        "today": day_number(day), "first_day": day_number(ready.settings.first_day),
        "linked_prefixes": sorted(ready.tables.pathways),
    }  # fmt: skip
    with _source("registrations", path, given, progress) as source:
        return take_in(source, at=at, progress=progress)


def _patients(path: Path, progress: Progress) -> Any:
    from django.conf import settings

    from pakkeforlop.coordination.actions.taking_in import tell
    from pakkeforlop.exchange.csv.persons import persons_of
    from pakkeforlop.vocabulary.calendar import day_number

    at, day = moment()
    given = {"today": day_number(day), "synthetic": settings.SYNTHETIC_NUMBERS}
    with _source("patients", path, given, progress) as source:
        return tell(source, persons_of, at=at, progress=progress)


@contextmanager
def _source(kind: str, path: Path, given: dict[str, Any], progress: Progress) -> Iterator[Any]:
    """The file laid down in the store's folder, as the store takes it in."""
    from django.conf import settings

    from pakkeforlop.coordination.actions.taking_in import Refusal, Source
    from pakkeforlop.exchange.csv.laying import laid

    with laid(kind, path, settings.HOME, given, progress) as down:
        yield Source(
            down.sha256, path.name, down.rows, down.count, down.later, down.refused, down.tables,
            lambda: (Refusal(*one) for one in down.refusals()),
        )  # fmt: skip


def _working(kind: str, path: Path, progress: Progress) -> dict[str, Any]:
    from django.conf import settings

    from pakkeforlop.coordination.actions import load
    from pakkeforlop.exchange.csv.laying import laid
    from pakkeforlop.exchange.csv.working import working_rows

    at, day = moment()
    numbers = array("q")
    with laid(kind, path, settings.HOME, {}, progress) as down:

        def rows() -> Iterator[dict[str, str]]:
            for table in down.tables():
                for number, row in working_rows(table):
                    numbers.append(number)
                    yield row
                progress(len(numbers), down.count)

        loaded = load.load(kind, rows(), on=day, at=at, first_row=0)
        refusals = [(numbers[one.row], one.column, one.value, one.reason, False) for one in loaded.refused]
        refusals += [(row, "", "", reason, False) for row, _, _, reason, _ in down.refusals()]
        return {
            "rows": down.rows, "new": loaded.new, "changed": loaded.changed, "same": loaded.same,
            "refused": len(refusals), "later": 0, "refusals": lambda: iter(sorted(refusals)),
        }  # fmt: skip


def _counts(batch: Any) -> dict[str, Any]:
    from pakkeforlop.coding.queries import refusals

    def told() -> Iterator[tuple[int, str, str, str, bool]]:
        for one in refusals(batch).iterator():
            yield one.row, one.column, one.value, one.reason, one.used

    return {
        "rows": batch.rows, "new": batch.new, "changed": batch.changed, "same": batch.same, "refused": batch.refused,
        "later": batch.later, "refusals": told,
    }  # fmt: skip


def _reason(key: str, language: str) -> str:
    from pakkeforlop.episodes.store import engine
    from pakkeforlop.exchange.csv.rejects import reasons

    _, day = moment()
    return reasons()[key][language].format(first=engine().settings.first_day.isoformat(), last=day.isoformat())


def _said(done: dict[str, Any], language: str) -> Iterator[str]:
    """The lines about one file."""
    counts = {name: f"{done[name]:,}".replace(",", "\u2009") for name in ("rows", "new", "changed", "same", "refused")}
    yield _text("line", language, file=done["file"], kind=_text(done["kind"], language), **counts)
    if done["later"]:
        yield _text("later", language, later=done["later"])
    more = -SHOWN
    for row, column, _, reason, _ in done["refusals"]():
        more += 1
        if more <= 0:
            key = "row" if column else "whole_row"
            yield _text(key, language, row=row, column=column, reason=_reason(reason, language))
    if more > 0:
        yield _text("more", language, count=more)


def _write_refused(done: list[dict[str, Any]], path: Path) -> None:
    """Every refused row: file, row, column, value, reason in three languages, and whether it was used without it."""
    from pakkeforlop.exchange.csv.write import written_beside

    with written_beside(path) as stream:
        text = TextIOWrapper(stream, "utf-8", newline="")
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(["file", "row", "column", "value", "reason", "reason_nn", "reason_en", "used"])
        for each in done:
            for row, column, value, reason, used in each["refusals"]():
                told = [_reason(reason, language) for language in LANGUAGES]
                writer.writerow([each["file"], row, column, value, *told, str(used).lower()])
        text.detach()


BETWEEN_LINES = 10.0
"""Seconds between two lines of a long job where there is no terminal for a bar."""


@contextmanager
def bar(name: str, *, quiet: bool) -> Iterator[Progress]:
    """Count, share and the time that is left: a moving bar on a terminal, a line now and then in a log; or nothing."""
    if quiet:
        yield lambda _done, _of: None
        return
    if not sys.stderr.isatty():
        yield _lines(name)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task(name, total=None)
        yield lambda done, of: shown.update(task, completed=done, total=of or None)


def _lines(name: str) -> Progress:
    """A line when something has begun, and then at most one every BETWEEN_LINES."""
    typer.echo(f"{name} …", err=True)
    told = time.monotonic()

    def tell(done: int, of: int) -> None:
        nonlocal told
        if time.monotonic() - told < BETWEEN_LINES:
            return
        told = time.monotonic()
        share = f" / {of} ({100 * done // of} %)" if of else ""
        typer.echo(f"{name}: {done}{share} …", err=True)

    return tell
