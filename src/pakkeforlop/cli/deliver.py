"""`pakkeforlop deliver`: the register's monthly person-level files, and a trust's reading of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer
from typer.core import TyperGroup

from pakkeforlop.cli.common import (
    AS_JSON,
    AS_OF,
    CATALOGUE,
    INPUTS,
    LANGUAGE,
    OUT,
    PATIENTS,
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

SHOWN_AT_MOST = 50
DEFAULT = "files"
REASONS = ("other_trust", "earlier_start")


class FilesUnlessNamed(TyperGroup):
    """`deliver --month ...` is `deliver files --month ...`: the monthly job has the short name."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the default verb first where none is named."""
        if args and args[0] not in self.commands and args[0] not in {"-h", "--help"}:
            args = [DEFAULT, *args]
        parsed: list[str] = super().parse_args(ctx, args)
        return parsed


app = typer.Typer(
    cls=FilesUnlessNamed,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    help="The register's monthly person-level files to regions and trusts.\n\n"
    "Example: pakkeforlop deliver --month 2026-03 registrations.parquet --patients patients.parquet --out delivery",
)


@app.callback()
def deliver() -> None:
    """The register's monthly person-level files to regions and trusts."""


@app.command(
    help="Make the files of one delivery: one for each region and each trust, CSV and xlsx, with a log.\n\n"
    "The month is that of the delivery: January gives December, February nothing, March January and February, the "
    "others the month before. The same input gives the same bytes.\n\n"
    "Example: pakkeforlop deliver files --month 2026-03 registrations.parquet --patients patients.parquet "
    "--out delivery\n\n"
    "The word `files` may be left out.\n\n"
    "Exit codes: 0 done · 2 usage, or a month without delivery · 11 faulty definition · 12 faulty input file · "
    "13 cannot read · 14 cannot write · 15 nothing left after refusals"
)
def files(
    inputs: list[Path] = INPUTS,
    month: str = typer.Option(..., "--month", metavar="YYYY-MM", help="The month of the delivery."),
    out: Path = OUT,
    patients: Path = typer.Option(
        None, "--patients", metavar="F", readable=False, help="Patients file: residence, birth and death."
    ),
    key_file: Path = REGISTER_KEY,
    region: list[str] = typer.Option(
        [], "--region", metavar="KEY", help="Make these regions' files, not those of the calendar (helse_vest ...)."
    ),
    xlsx: bool = XLSX,
    settings: Path = SETTINGS,
    catalogue: Path = CATALOGUE,
    language: str = LANGUAGE,
    quiet: bool = QUIET,
    as_json: bool = AS_JSON,
) -> None:
    """The files of one delivery."""
    with faults_told(language):
        from pakkeforlop.exchange.deliver.layout import Month
        from pakkeforlop.review.delivering import Asked
        from pakkeforlop.review.delivering import deliver as make
        from pakkeforlop.review.monitoring import make_engine

        asked = Asked(Month.parse(month), inputs, patients, key_file, region, xlsx)
        with progress_shown(language, quiet=quiet or as_json) as progress:
            record = make(asked, out, make_engine(catalogue, settings), today=today(), progress=progress)
        if as_json:
            answer(record)
        elif not quiet:
            typer.echo((out / f"log.{language}.txt").read_text(encoding="utf-8"), nl=False)


@app.command(
    help="Read a delivered file (CSV or xlsx), tell what is in it, and write it as a plain table on request.\n\n"
    "Example: pakkeforlop deliver read Utlevering_HV_des25.xlsx --out des25.parquet\n\n"
    "Exit codes: 0 done · 12 faulty file · 13 cannot read · 14 cannot write"
)
def read(
    file: Path = typer.Argument(..., metavar="FILE", readable=False, help="A file as the register sent it."),
    out: Path = typer.Option(None, "--out", metavar="F", help="Write the rows to this file (.csv or .parquet)."),
    language: str = LANGUAGE,
    quiet: bool = QUIET,
    as_json: bool = AS_JSON,
) -> None:
    """A delivered file in short."""
    with faults_told(language):
        from pakkeforlop.exchange.csv.write import write_table
        from pakkeforlop.exchange.deliver.read import read_delivery
        from pakkeforlop.exchange.deliver.told import told

        table = read_delivery(file)
        if out is not None:
            write_table(table, out, as_text=out.suffix != ".parquet")
        starts = sorted(day for day in table["StartDato"].to_pylist() if day)
        record = {
            "name": file.name,
            "rows": table.num_rows,
            "patients": len(set(table["lopenr"].to_pylist())),
            "first": starts[0] if starts else "–",
            "last": starts[-1] if starts else "–",
        }
        if as_json:
            answer(record)
        elif not quiet:
            typer.echo(told("read", language, **record))


@app.command(
    help="Recompute the pathways from one's own registrations and list the differences from a delivered file, episode "
    "by episode.\n\n"
    "Example: pakkeforlop deliver compare Utlevering_ahus_des25.csv own.csv --patients patients.csv --out "
    "differences.csv\n\n"
    "Exit codes: 0 no differences · 1 there are differences · 12 faulty file · 13 cannot read · 14 cannot write · "
    "15 nothing left after refusals"
)
def compare(
    file: Path = typer.Argument(..., metavar="FILE", readable=False, help="A file as the register sent it."),
    inputs: list[Path] = INPUTS,
    patients: Path = PATIENTS,
    out: Path = typer.Option(None, "--out", metavar="F", help="Write all differences to this file (.csv or .parquet)."),
    as_of: str = AS_OF,
    settings: Path = SETTINGS,
    catalogue: Path = CATALOGUE,
    language: str = LANGUAGE,
    quiet: bool = QUIET,
    as_json: bool = AS_JSON,
) -> None:
    """A delivered file against one's own registrations."""
    with faults_told(language):
        from pakkeforlop.exchange.csv.write import write_table
        from pakkeforlop.exchange.deliver.compare import difference_table
        from pakkeforlop.exchange.deliver.told import told
        from pakkeforlop.review.delivering import compare_delivery
        from pakkeforlop.review.monitoring import make_engine

        with progress_shown(language, quiet=quiet or as_json) as progress:
            found = compare_delivery(
                file, inputs, make_engine(catalogue, settings), patients=patients,
                as_of=day_given(as_of, "--as-of"), today=today(), progress=progress,
            )  # fmt: skip
        table = difference_table(found, {reason: told(reason, language) for reason in REASONS})
        if out is not None:
            write_table(table, out, as_text=out.suffix != ".parquet")
        counts = {name: getattr(found, name) for name in ("file_rows", "own_rows", "paired", "equal")}
        rows = table.to_pylist()
        if as_json:
            answer({**counts, "differences": rows})
        elif not quiet:
            typer.echo(told("compared", language, **counts))
            for row in rows[:SHOWN_AT_MOST]:
                typer.echo(told(row["kind"], language, **row).strip())
            if len(rows) > SHOWN_AT_MOST:
                typer.echo(told("more", language, count=len(rows) - SHOWN_AT_MOST))
    if found.differences:
        raise typer.Exit(1)
