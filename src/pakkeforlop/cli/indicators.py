"""`pakkeforlop indicators`: figures from episodes, and how they compare with published ones."""

from __future__ import annotations

from pathlib import Path

import typer

from pakkeforlop.cli.common import (
    AS_JSON,
    AS_OF,
    CATALOGUE,
    LANGUAGE,
    NEW_CANCERS,
    PATIENTS,
    QUIET,
    SETTINGS,
    answer,
    day_given,
    today,
)  # fmt: skip
from pakkeforlop.cli.compare import compare_files
from pakkeforlop.cli.faults import faults_told
from pakkeforlop.cli.published import show_published
from pakkeforlop.cli.refreshing import HELP, refresh_figures

app = typer.Typer(add_completion=False, rich_markup_mode=None, help="Figures (indicators).")


@app.callback()
def indicators() -> None:
    """Figures (indicators)."""


@app.command(
    help="Compute figures from an episodes file.\n\n"
    "Example: pakkeforlop indicators compute episodes.parquet --out indicators.csv\n\n"
    "Exit codes: 0 done · 11 faulty definition · 12 faulty input file · 13 cannot read · 14 cannot write"
)
def compute(
    episodes: Path = typer.Argument(..., metavar="EPISODES", help="Episodes file, as `monitor` writes it."),
    out: Path = typer.Option(Path("indicators.csv"), "--out", metavar="F", help="File to write (.csv or .parquet)."),
    messages: Path = typer.Option(None, "--messages", metavar="F", help="messages.csv (adds messages by number)."),
    new_cancers: Path = NEW_CANCERS,
    patients: Path = PATIENTS,
    as_of: str = AS_OF,
    settings: Path = SETTINGS,
    catalogue: Path = CATALOGUE,
    language: str = LANGUAGE,
    quiet: bool = QUIET,
    as_json: bool = AS_JSON,
) -> None:
    """Figures alone."""
    with faults_told(language):
        from pakkeforlop.exchange.csv.write import write_table
        from pakkeforlop.review.figures import figures_of_files

        table = figures_of_files(
            episodes, messages=messages, new_cancers=new_cancers, patients=patients,
            as_of=day_given(as_of, "--as-of"), today=today(), settings=settings, catalogue=catalogue,
        )  # fmt: skip
        write_table(table, out)
        if as_json:
            answer({"out": str(out), "rows": table.num_rows})
        elif not quiet:
            typer.echo(f"{out}: {table.num_rows}")


app.command("refresh", help=HELP)(refresh_figures)
app.command("compare")(compare_files)
app.command("published")(show_published)
