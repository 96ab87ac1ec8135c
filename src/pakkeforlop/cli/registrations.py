"""`pakkeforlop registrations`: what the register will say of a file of codes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer

from pakkeforlop.cli.common import (
    AS_JSON,
    AS_OF,
    CATALOGUE,
    INPUTS,
    LANGUAGE,
    PATIENTS,
    QUIET,
    SETTINGS,
    answer,
    day_given,
    progress_shown,
    today,
)  # fmt: skip
from pakkeforlop.cli.faults import faults_told

DID_YOU_MEAN = {"nb": " Mente du {code}?", "nn": " Meinte du {code}?", "en": " Did you mean {code}?"}

app = typer.Typer(add_completion=False, rich_markup_mode=None, help="Registrations: codes with a date and a place.")


@app.callback()
def registrations() -> None:
    """Registrations: codes with a date and a place."""


@app.command(
    help="List the register's messages and our own warnings for each registration, with what to do.\n\n"
    "Example: pakkeforlop registrations check codes.csv --patients patients.csv --out messages.csv\n\n"
    "Exit codes: 0 done · 12 faulty input file · 13 cannot read · 14 cannot write · 15 nothing left after refusals"
)
def check(
    inputs: list[Path] = INPUTS,
    patients: Path = PATIENTS,
    out: Path = typer.Option(None, "--out", metavar="F", help="Write the messages to this file (.csv or .parquet)."),
    rejects: Path = typer.Option(None, "--rejects", metavar="F", help="Write what was refused to this file."),
    as_of: str = AS_OF,
    settings: Path = SETTINGS,
    catalogue: Path = CATALOGUE,
    language: str = LANGUAGE,
    quiet: bool = QUIET,
    as_json: bool = AS_JSON,
) -> None:
    """Messages alone."""
    with faults_told(language):
        from pakkeforlop.exchange.csv.write import write_table
        from pakkeforlop.review.monitoring import Sources, make_engine, start_run
        from pakkeforlop.review.writing import message_counts

        with progress_shown(language, quiet=quiet or as_json) as progress:
            run = start_run(
                Sources(inputs, patients), make_engine(catalogue, settings), today=today(),
                as_of=day_given(as_of, "--as-of"), progress=progress,
            )  # fmt: skip
            messages = run.messages
        for path, table in ((out, messages), (rejects, run.rejects)):
            if path is not None:
                write_table(table, path)
        run.intake.require_rows()
        if as_json:
            answer({**run.intake.for_record(), "messages": message_counts(messages)})
        elif not quiet:
            known = frozenset(run.engine.tables.codes)
            shown = messages.slice(0, 0 if out else 200)
            for line in shown.to_pylist():
                typer.echo(
                    f"{line['file']} {line['row']}: {line['code'] or ''} {line['event_date'] or ''} "
                    f"{line['message']}: {line['text_' + language]}{proposal(line, known, language)}"
                )
            if not out and messages.num_rows > shown.num_rows:
                typer.echo(f"… {messages.num_rows - shown.num_rows} +  (--out F)")
            for number, count in message_counts(messages).items():
                typer.echo(f"{number:>5} {count:>9}  {run.engine.catalogue.messages[int(number)].text.of(language)}")


@app.command(
    help="Read an event log (CSV, XES, FHIR R4; packed or not) through a mapping file, into registrations and "
    "milestones.\n\n"
    "Writes registrations.csv, milestones.csv, rejects.csv and run.json into DIR.\n\n"
    "Example: pakkeforlop registrations convert events.csv.gz --mapping examples/mappings/hospital-log.toml "
    "--out converted\n\n"
    "Exit codes: 0 done · 11 faulty mapping · 12 faulty input file · 13 cannot read · 14 cannot write"
)
def convert(
    logs: list[Path] = typer.Argument(..., metavar="LOG...", readable=False, help="Event logs, all of one form."),
    mapping: Path = typer.Option(..., "--mapping", metavar="F.toml", readable=False, help="Which events mean what."),
    out: Path = typer.Option(..., "--out", metavar="DIR", help="The folder to write into."),
    catalogue: Path = CATALOGUE,
    language: str = LANGUAGE,
    quiet: bool = QUIET,
    as_json: bool = AS_JSON,
) -> None:
    """An event log into registrations."""
    with faults_told(language):
        from pakkeforlop.cli.converted import told
        from pakkeforlop.review.converting import convert_into

        with progress_shown(language, quiet=quiet or as_json) as progress:
            record = convert_into(out, logs, mapping, catalogue, progress=progress)
        if as_json:
            answer(record)
        elif not quiet:
            for line in told(record, language):
                typer.echo(line)


def proposal(line: dict[str, Any], known: frozenset[str], language: str) -> str:
    """For a code that does not exist, the one it was most likely meant to be."""
    from pakkeforlop.coding.grammar import nearest

    near = nearest(line["code"] or "", known) if line["message"] == UNKNOWN_CODE else ""
    return DID_YOU_MEAN[language].format(code=near) if near else ""


UNKNOWN_CODE = 101
"""The register's message that a code is not in the list."""
