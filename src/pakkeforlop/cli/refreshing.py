"""`pakkeforlop indicators refresh`: figures brought on by what is new."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer

from pakkeforlop.cli.common import (
    AS_JSON,
    CATALOGUE,
    INPUTS,
    LANGUAGE,
    NEW_CANCERS,
    PATIENTS,
    QUIET,
    SETTINGS,
    answer,
    names_of,
    progress_shown,
    today,
)  # fmt: skip
from pakkeforlop.cli.faults import faults_told
from pakkeforlop.vocabulary.sentences import Sentences

TOLD = Sentences(Path(__file__).with_suffix(".toml"))

HELP = (
    "Bring figures on by new and corrected registrations, without counting the others again.\n\n"
    "The first time everything is counted and kept in the folder of --kept, which holds registrations; after that give "
    "only what is new. The figures are those of `monitor` for all the files together. Writes indicators.csv, "
    "changes.csv, rejects.csv and run.json.\n\n"
    "Example: pakkeforlop indicators refresh today.csv --kept kept --out figures\n\n"
    "Exit codes: 0 done · 2 usage · 11 faulty definition · 12 faulty input file · 13 cannot read · 14 cannot write · "
    "15 nothing left after refusals"
)


def refresh_figures(
    inputs: list[Path] = INPUTS,
    kept: Path = typer.Option(..., "--kept", metavar="DIR", help="Folder that the figures are kept in."),
    out: Path = typer.Option(..., "--out", metavar="DIR", help="Folder to write to."),
    parquet: bool = typer.Option(
        False, "--parquet", help="Write indicators.parquet, which is quicker where figures are millions, not the CSV."
    ),
    patients: Path = PATIENTS,
    new_cancers: Path = NEW_CANCERS,
    settings: Path = SETTINGS,
    catalogue: Path = CATALOGUE,
    language: str = LANGUAGE,
    quiet: bool = QUIET,
    as_json: bool = AS_JSON,
) -> None:
    """Figures brought on."""
    with faults_told(language):
        from pakkeforlop.review.monitoring import Sources, make_engine
        from pakkeforlop.review.refreshing import refresh_folder

        arguments = names_of(
            inputs, patients=patients, new_cancers=new_cancers, settings=settings, catalogue=catalogue
        )  # fmt: skip
        with progress_shown(language, quiet=quiet or as_json) as progress:
            record = refresh_folder(
                Sources(inputs, patients, new_cancers), make_engine(catalogue, settings), kept, out, today=today(),
                arguments=arguments, parquet=parquet, progress=progress,
            )  # fmt: skip
        if as_json:
            answer(record)
        elif not quiet:
            typer.echo("\n".join(lines(record, out, language)))


def lines(record: dict[str, Any], out: Path, language: str) -> list[str]:
    """The end of a refresh in a few sentences. record: the content of run.json."""
    result, found = record["result"], []
    if result["counted_whole"]:
        found.append(TOLD(f"whole.{result['counted_whole']}", language))
    else:
        found.append(TOLD("refreshed", language, patients=result["patients"], changed=result["changed"]))
    if record["taken_before"]:
        found.append(TOLD("taken_before", language, files=", ".join(record["taken_before"])))
    if refused := record.get("rows", {}).get("refused"):
        found.append(TOLD("refused", language, count=refused))
    return [*found, TOLD("out", language, out=out, rows=result["indicator_rows"], as_of=record["as_of"])]
