"""`pakkeforlop restore`: the same store again, from the files of an export."""

from __future__ import annotations

from pathlib import Path

import typer

from pakkeforlop.cli.application import HOME, start
from pakkeforlop.cli.common import AS_JSON, LANGUAGE, QUIET, answer
from pakkeforlop.cli.everything import Everything, say
from pakkeforlop.cli.faults import faults_told
from pakkeforlop.cli.importing import bar
from pakkeforlop.vocabulary.errors import UsageFault

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command(
    help="Fill an empty store from the files that `export` wrote, on either database: every version, line and row as "
    "it was. Stopped in the middle, nothing of it is there.\n\n"
    "Example: pakkeforlop restore 2026-11-22 --store new-store\n\n"
    "Exit codes: 0 done · 2 the store is not empty, or of another version · 12 a file is not the one that was written "
    "· 13 cannot read"
)
def restore(
    folder: Path = typer.Argument(..., metavar="DIR", readable=False, help="The folder that `export` wrote."),
    store: Path = HOME,
    language: str = LANGUAGE,
    quiet: bool = QUIET,
    as_json: bool = AS_JSON,
) -> None:
    """The store again."""
    with faults_told(language):
        found = Everything(folder)
        start(store)
        from pakkeforlop.coordination.actions import restoring
        from pakkeforlop.coordination.queries import everything

        if found.migrations != everything.migrations():
            raise UsageFault("export_of_other_version", file=str(folder))
        with bar(folder.name, quiet=quiet or as_json) as progress:
            found.check(lambda _table, rows: progress(rows, 0))
            try:
                done = restoring.restore(
                    lambda model: found.rows(model._meta.db_table), lambda _table, rows: progress(rows, 0)
                )
            except restoring.NotEmpty as error:
                raise UsageFault("store_not_empty") from error
        if as_json:
            answer(done)
        elif not quiet:
            typer.echo(say("restored", language, folder=folder, rows=sum(done.values()), tables=len(done)))
