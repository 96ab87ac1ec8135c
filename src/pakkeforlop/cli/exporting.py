"""`pakkeforlop export`: everything that the store holds, as files that any program can read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from pakkeforlop.cli.application import HOME, moment, start
from pakkeforlop.cli.common import AS_JSON, LANGUAGE, QUIET, answer
from pakkeforlop.cli.everything import FORMAT, GROUP, digest, say, table_file
from pakkeforlop.cli.faults import faults_told
from pakkeforlop.cli.importing import bar

if TYPE_CHECKING:
    import pyarrow as pa

    from pakkeforlop.exchange.csv.folder import OutputFolder

app = typer.Typer(add_completion=False, rich_markup_mode=None)
READABLE = ("registrations", "patients", "new_cancers", "access_log")
"""The files that are written for people and other programs; `tables/` holds the store itself."""


@app.command(
    help="Write everything that the store holds as files: registrations with all versions, patients, new cancers and "
    "the access log as CSV, and every table as Parquet. All as it stood in one moment; the application may go on "
    "working. `monitor` gives the figures from them, `restore` makes the same store again.\n\n"
    "Example: pakkeforlop export --out 2026-11-22\n\n"
    "Exit codes: 0 done · 2 usage · 13 database does not answer · 14 cannot write"
)
def export(
    out: Path = typer.Option(..., "--out", metavar="DIR", readable=False, help="Folder to write, whole or not at all."),
    store: Path = HOME,
    language: str = LANGUAGE,
    quiet: bool = QUIET,
    as_json: bool = AS_JSON,
) -> None:
    """Everything as files."""
    with faults_told(language):
        start(store)
        with bar(out.name, quiet=quiet or as_json) as progress:
            told = write_everything(out, progress)
        if as_json:
            answer(told)
        elif not quiet:
            typer.echo(say("exported", language, out=out, **told))
            typer.echo(say("guard", language))


def write_everything(out: Path, progress: Callable[[int, int], None]) -> dict[str, int]:
    """Write the folder; what is in it. The access log's line is written first, and is in the files."""
    from pakkeforlop.coordination.actions.restoring import tell_of_export
    from pakkeforlop.coordination.queries import everything
    from pakkeforlop.exchange.csv.folder import OutputFolder

    at, _ = moment()
    with OutputFolder(out) as folder:
        tell_of_export(at=at)
        with everything.one_moment():
            counts = {name: _csv(folder, name, getattr(everything, name)(), progress) for name in READABLE}
            models = everything.tables()
            tables = {
                model._meta.db_table: _parquet(folder, model._meta.db_table, everything.rows_of(model), progress)
                for model in models
            }
            migrations = everything.migrations()
        record = {"format": FORMAT, "exported_at": at.isoformat(), "migrations": migrations, "tables": tables}
        folder.finish(record)
    return {
        "registrations": counts["registrations"], "patients": tables["coding_patient"]["rows"],
        "lines": counts["access_log"], "tables": len(tables),
    }  # fmt: skip


def _csv(folder: OutputFolder, name: str, parts: Iterable[pa.Table], progress: Callable[[int, int], None]) -> int:
    from pakkeforlop.coordination.queries.everything import HEADS
    from pakkeforlop.exchange.csv.write import to_csv

    count, empty = 0, True
    with folder.path(f"{name}.csv").open("wb") as stream:
        for part in parts:
            to_csv(part, stream, header=empty)
            empty = False
            count += len(part)
            progress(count, 0)
        if empty:
            stream.write((",".join(HEADS[name]) + "\n").encode())
    folder.written[f"{name}.csv"] = {"rows": count}
    return count


def _parquet(
    folder: OutputFolder, table: str, parts: Iterable[pa.Table], progress: Callable[[int, int], None]
) -> dict[str, Any]:
    import pyarrow.parquet as pq

    path = folder.path(table_file(table))
    count = 0
    writer: pq.ParquetWriter | None = None
    for part in parts:
        writer = writer or pq.ParquetWriter(path, part.schema, compression="zstd")
        writer.write_table(part, GROUP)
        count += len(part)
        progress(count, 0)
    if writer is not None:
        writer.close()
    folder.written[table_file(table)] = {"rows": count}
    return {"rows": count, "sha256": digest(path)}
