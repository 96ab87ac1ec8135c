"""`pakkeforlop episodes`: pathway episodes from registrations, and any patient's story in words."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

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

app = typer.Typer(add_completion=False, rich_markup_mode=None, help="Pathway episodes.")


@app.callback()
def episodes() -> None:
    """Pathway episodes."""


@app.command(
    help="Link registrations into pathway episodes.\n\n"
    "Example: pakkeforlop episodes link codes.csv --out episodes.parquet\n\n"
    "Exit codes: 0 done · 12 faulty input file · 13 cannot read · 14 cannot write · 15 nothing left after refusals"
)
def link(
    inputs: list[Path] = INPUTS,
    out: Path = typer.Option(..., "--out", metavar="F", help="File to write (.parquet or .csv)."),
    patients: Path = PATIENTS,
    as_of: str = AS_OF,
    settings: Path = SETTINGS,
    catalogue: Path = CATALOGUE,
    language: str = LANGUAGE,
    quiet: bool = QUIET,
    as_json: bool = AS_JSON,
) -> None:
    """Episodes alone."""
    with faults_told(language):
        from pakkeforlop.exchange.csv.write import write_table
        from pakkeforlop.review.monitoring import Sources, make_engine, start_run

        with progress_shown(language, quiet=quiet or as_json) as progress:
            run = start_run(
                Sources(inputs, patients), make_engine(catalogue, settings), today=today(),
                as_of=day_given(as_of, "--as-of"), progress=progress,
            )  # fmt: skip
            run.intake.require_rows()
            write_table(run.episodes, out)
        if as_json:
            answer({**run.intake.for_record(), "episodes": run.episodes.num_rows})
        elif not quiet:
            typer.echo(f"{out}: {run.episodes.num_rows}")


@app.command(
    help="Tell one patient's pathways in words: which registration made which point, what was set aside and why, which "
    "limit was used, and why the episode counts or does not.\n\n"
    "Example: pakkeforlop episodes explain codes.csv --patient P000123 --lang nb\n\n"
    "Exit codes: 0 done · 2 no such patient · 12 faulty input file · 13 cannot read"
)
def explain(
    inputs: list[Path] = INPUTS,
    patient: str = typer.Option(..., "--patient", metavar="ID", help="The patient's id, as written in the file."),
    patients: Path = PATIENTS,
    as_of: str = AS_OF,
    settings: Path = SETTINGS,
    catalogue: Path = CATALOGUE,
    language: str = LANGUAGE,
    as_json: bool = AS_JSON,
) -> None:
    """One patient in words."""
    with faults_told(language):
        from pakkeforlop.episodes.explain import as_text
        from pakkeforlop.review.monitoring import Sources, make_engine, patient_story

        story = patient_story(
            Sources(inputs, patients), make_engine(catalogue, settings), patient.strip(), today=today(),
            as_of=day_given(as_of, "--as-of"), language=language,
        )  # fmt: skip
        if as_json:
            answer(asdict(story))
        else:
            typer.echo(as_text(story))
