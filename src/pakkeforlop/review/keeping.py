"""Figures that stand, kept in a folder between refreshes.

Each refresh writes a new generation: a numbered folder that gets its name in one step when all of it is on disk. The
greatest number holds, and older ones are removed after; so a refresh that is stopped leaves what was there before. The
folder holds registrations, and is made for its owner alone.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import pyarrow as pa

from pakkeforlop.catalogue.digest import definitions_hash
from pakkeforlop.episodes.rows import Engine
from pakkeforlop.exchange.csv.folder import RUN_RECORD, OutputFolder, hold
from pakkeforlop.indicators.standing import StandingFigures, Tables
from pakkeforlop.vocabulary.errors import FileFault, UnwritableFault, unwritable

FORMAT = 1
"""Raised when what is kept gets another form; figures of another form are counted anew from the registrations."""

ARRAYS = "figures.npz"


@contextmanager
def held_alone(kept: Path) -> Iterator[None]:
    """The folder, made if it is not there, and held until the end. UnwritableFault when another refresh holds it."""
    try:
        if kept.exists() and not kept.is_dir():
            raise UnwritableFault("out_is_file", file=str(kept))
        kept.mkdir(mode=0o700, parents=True, exist_ok=True)
        number = os.open(kept, os.O_RDONLY)
    except OSError as error:
        raise unwritable(error, kept) from error
    try:
        if hold(number) is False:
            raise UnwritableFault("out_busy", file=str(kept))
        yield
    finally:
        os.close(number)


def generations(kept: Path) -> list[int]:
    """The generations that are whole, oldest first."""
    return sorted(int(path.name) for path in kept.iterdir() if path.name.isdigit() and (path / RUN_RECORD).is_file())


def load(kept: Path, engine: Engine) -> tuple[StandingFigures, dict[str, Any]] | None:
    """The figures as they were kept last, and the record of that refresh; None where nothing is kept.

    Under other definitions, settings or form than they were counted with, they are counted anew. FileFault when what is
    kept cannot be read.
    """
    found = generations(kept)
    if not found:
        return None
    folder = kept / str(found[-1])
    try:
        record = json.loads((folder / RUN_RECORD).read_text(encoding="utf-8"))
        tables = Tables(*(_read(folder / f"{name}.arrow") for name in Tables._fields))
        if record["made_with"] != made_with(engine):
            return StandingFigures(engine, tables, as_of=record["day"]), record | {"whole": "definitions"}
        with np.load(folder / ARRAYS, allow_pickle=False) as arrays:
            standing = StandingFigures.restored(engine, tables, arrays, record["places"], as_of=record["day"])
    except (OSError, ValueError, KeyError, EOFError, BadZipFile, pa.ArrowException) as error:
        raise FileFault("kept_unreadable", file=str(folder)) from error
    return standing, record


def save(kept: Path, standing: StandingFigures, record: Mapping[str, Any]) -> None:
    """Keep the figures as a new generation, and remove older ones."""
    before = generations(kept)
    tables = Tables(*(None if held is None else held.whole() for held in standing.held))
    with OutputFolder(kept / str(1 + max(before, default=0))) as folder:
        for name, table in tables._asdict().items():
            if table is not None:
                with pa.OSFile(str(folder.path(f"{name}.arrow")), "wb") as stream:
                    _write(table, stream)
        with folder.path(ARRAYS).open("wb") as stream:
            np.savez(stream, allow_pickle=False, **standing.arrays())
        folder.finish(
            {**record, "made_with": made_with(standing.engine), "places": standing.places, "day": standing.as_of}
        )
    for old in before:
        shutil.rmtree(kept / str(old), ignore_errors=True)


def made_with(engine: Engine) -> dict[str, Any]:
    """What figures must have been counted with to be brought on."""
    return {
        "format": FORMAT,
        "catalogue_sha256": definitions_hash(engine.catalogue),
        "settings": json.loads(engine.settings.model_dump_json()),
    }


def _write(table: pa.Table, stream: Any) -> None:
    """A table with each word once."""
    for name in ("code", "institution", "icd10"):
        if name in table.column_names and not pa.types.is_dictionary(table[name].type):
            at = table.column_names.index(name)
            table = table.set_column(at, name, table[name].combine_chunks().dictionary_encode())
    with pa.ipc.new_file(stream, table.schema) as writer:
        writer.write_table(table.unify_dictionaries())


def _read(path: Path) -> pa.Table | None:
    if not path.exists():
        return None
    with pa.memory_map(str(path)) as source:
        return pa.ipc.open_file(source).read_all()
