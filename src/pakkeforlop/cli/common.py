"""What the commands share: dates given on the command line, progress, and answers as JSON."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import typer

from pakkeforlop.vocabulary.calendar import day_number
from pakkeforlop.vocabulary.errors import LANGUAGES, UsageFault

QUIET = typer.Option(False, "--quiet", "-q", help="Print faults only.")
AS_JSON = typer.Option(False, "--json", help="Print the answer as JSON.")
AS_OF = typer.Option(
    None, "--as-of", metavar="DATE", help="Count what was known up to this day (default: the last date in the data)."
)
CATALOGUE = typer.Option(
    None, "--catalogue", metavar="DIR", envvar="PAKKEFORLOP_CATALOGUE", help="Another catalogue folder."
)
SETTINGS = typer.Option(
    None,
    "--settings",
    metavar="F",
    readable=False,
    help="Settings that differ: a TOML file, or the generate.json of generated data.",
)


def _known_language(value: str) -> str:
    if value not in LANGUAGES:
        raise typer.BadParameter(f"{value!r} is not one of {', '.join(LANGUAGES)}.")
    return value


LANGUAGE = typer.Option(
    "nb", "--lang", help="Language of texts: nb, nn or en.", envvar="PAKKEFORLOP_LANGUAGE", callback=_known_language
)
PATIENTS = typer.Option(
    None, "--patients", metavar="F", readable=False, help="Patients file (adds 100, 116, 117, sex and age)."
)
NEW_CANCERS = typer.Option(
    None, "--new-cancers", metavar="F", readable=False, help="New cancers file (adds the inclusion share)."
)
OUT = typer.Option(..., "--out", metavar="DIR", help="Folder to write to.")
PERIOD = typer.Option(..., "--period", metavar="YYYY-MM", help="From 1 January to the end of this month.")
REGISTER_KEY = typer.Option(
    None, "--key-file", metavar="F", readable=False, help="The register's secret behind the running numbers."
)
XLSX = typer.Option(True, "--xlsx/--no-xlsx", help="Make workbooks too.")
INPUTS = typer.Argument(
    ..., metavar="IN...", readable=False, help="Files of registrations (CSV, CSV.gz, Parquet, Arrow)."
)
"""`readable=False`: files are tried by the readers, who tell what is wrong with the exit code that belongs to it."""

STEPS = {
    "reading": {"nb": "Leser filer", "nn": "Les filer", "en": "Reading files"},
    "linking": {"nb": "Kobler forløp", "nn": "Koplar forløp", "en": "Linking episodes"},
    "indicators": {"nb": "Regner ut tall", "nn": "Reknar ut tal", "en": "Computing figures"},
    "writing": {"nb": "Skriver filer", "nn": "Skriv filer", "en": "Writing files"},
    "report": {"nb": "Lager rapport", "nn": "Lagar rapport", "en": "Making the report"},
}


def day_given(value: str | None, option: str) -> int | None:
    """A date from the command line as a day number; a usage fault if it is none."""
    if value is None:
        return None
    try:
        return day_number(date.fromisoformat(value))
    except ValueError:
        raise UsageFault("not_a_date", option=option, value=value) from None


def bytes_given(value: str) -> int:
    """An amount of memory such as 4GB or 512MB in bytes; a usage fault if it is none, or too little."""
    from pakkeforlop.review.partitioned import LEAST_MEMORY

    found = re.fullmatch(r"(\d+(?:\.\d+)?)([MG])I?B?", value.strip().upper())
    amount = float(found[1]) * {"M": 1 << 20, "G": 1 << 30}[found[2]] if found else 0
    if amount < LEAST_MEMORY:
        raise UsageFault("memory_unreadable", value=value)
    return int(amount)


def names_of(inputs: Sequence[Path], **files: Path | None) -> dict[str, Any]:
    """What a command was given, for the record of its run: names of files, never where they stood."""
    return {"inputs": [path.name for path in inputs], **{name: path and path.name for name, path in files.items()}}


def today() -> int:
    """The day of the machine's clock: only commands look at it."""
    return day_number(date.today())


def answer(value: Any) -> None:
    """Print an answer as JSON."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


@contextmanager
def progress_shown(language: str, *, quiet: bool) -> Iterator[Callable[[str], None]]:
    """A line on standard error that tells the step at work, with a moving bar on a terminal; nothing when quiet."""
    if quiet or not sys.stderr.isatty():

        def silent(step: str) -> None:
            if not quiet:
                typer.echo(f"{STEPS[step][language]} …", err=True)

        yield silent
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task("", total=len(STEPS))
        reached = 0

        def moving(step: str) -> None:
            nonlocal reached
            reached = max(reached, list(STEPS).index(step))  # a bar never goes back, whichever order a job has
            shown.update(task, description=STEPS[step][language], completed=reached)

        yield moving
