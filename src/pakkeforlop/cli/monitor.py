"""`pakkeforlop monitor`: the main job."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import typer

from pakkeforlop.cli.common import (
    AS_JSON,
    AS_OF,
    CATALOGUE,
    INPUTS,
    LANGUAGE,
    NEW_CANCERS,
    PATIENTS,
    QUIET,
    SETTINGS,
    answer,
    bytes_given,
    day_given,
    names_of,
    progress_shown,
    today,
)  # fmt: skip
from pakkeforlop.cli.faults import faults_told

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command(
    help="Check, link, measure and report registrations.\n\n"
    "Writes messages.csv, episodes.csv and .parquet, indicators.csv, rejects.csv, report/index.html "
    "(also in nynorsk and English, with workbooks) and run.json.\n\n"
    "Example: pakkeforlop monitor registrations.csv --out result --patients patients.csv\n\n"
    "Exit codes: 0 done · 2 usage · 11 faulty definition · 12 faulty input file · 13 cannot read · 14 cannot write · "
    "15 nothing left after refusals"
)
def monitor(
    inputs: list[Path] = INPUTS,
    out: Path = typer.Option(..., "--out", metavar="DIR", help="Folder to write to."),
    patients: Path = PATIENTS,
    new_cancers: Path = NEW_CANCERS,
    as_of: str = AS_OF,
    settings: Path = SETTINGS,
    catalogue: Path = CATALOGUE,
    episodes_csv: bool = typer.Option(
        False, "--episodes-csv", help="Write episodes.csv even above a million episodes."
    ),
    report: bool = typer.Option(True, "--report/--no-report", help="Make the report, in three languages."),
    memory: str = typer.Option(
        None, "--memory", metavar="SIZE",
        help="Keep within so much memory, such as 4GB: patients are taken in parts. Writes no episodes.csv and no "
        "report, and the messages part by part.",
    ),
    language: str = LANGUAGE,
    quiet: bool = QUIET,
    as_json: bool = AS_JSON,
) -> None:
    """The main job."""
    with faults_told(language):
        done = run_monitor(
            inputs, out, patients=patients, new_cancers=new_cancers, as_of=day_given(as_of, "--as-of"),
            settings=settings, catalogue=catalogue, episodes_csv=episodes_csv, report=report,
            memory=None if memory is None else bytes_given(memory), language=language, quiet=quiet or as_json,
        )  # fmt: skip
        if as_json:
            answer(done)
        elif not quiet:
            from pakkeforlop.review.summary import summary

            typer.echo(summary(done, out, language))


def run_monitor(
    inputs: list[Path],
    out: Path,
    *,
    patients: Path | None = None,
    new_cancers: Path | None = None,
    as_of: int | None = None,
    settings: Path | None = None,
    catalogue: Path | None = None,
    episodes_csv: bool = False,
    report: bool = True,
    memory: int | None = None,
    language: str = "nb",
    quiet: bool = True,
) -> dict[str, Any]:
    """Run the main job and write its folder; returns the record of the run (run.json)."""
    from pakkeforlop.exchange.csv.folder import OutputFolder
    from pakkeforlop.review.monitoring import Sources, make_engine, start_run
    from pakkeforlop.review.origin import converted_beside, marks_beside, synthetic_beside
    from pakkeforlop.review.writing import write_run

    begun = time.perf_counter()
    with progress_shown(language, quiet=quiet) as progress:
        engine = make_engine(catalogue, settings)
        with OutputFolder(out) as folder:
            sources = Sources(inputs, patients, new_cancers)
            arguments = {
                **names_of(
                    inputs, patients=patients, new_cancers=new_cancers, settings=settings, catalogue=catalogue
                ),
                "as_of": as_of is not None,
                **({"synthetic": True} if synthetic_beside(inputs) else {}),
            }  # fmt: skip
            if memory is not None:
                from pakkeforlop.review.partitioned import PartitionedRun
                from pakkeforlop.review.writing_parts import write_partitioned

                parts = PartitionedRun(
                    sources, engine, today=today(), as_of=as_of, memory=memory, with_rows=True,
                    folder=folder.beside, progress=progress,
                )  # fmt: skip
                return write_partitioned(parts, folder, arguments={**arguments, "memory": memory}, begun=begun)
            run = start_run(sources, engine, today=today(), as_of=as_of, progress=progress)
            return write_run(
                run, folder, arguments=arguments, begun=begun, episodes_csv=episodes_csv, report=report,
                progress=progress, marks=marks_beside(inputs), converted=converted_beside(inputs),
            )  # fmt: skip
