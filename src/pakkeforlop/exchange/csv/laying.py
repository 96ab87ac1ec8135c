"""A file from outside laid down for a store: read by an enclosed process, a piece at a time, and kept by patient.

    with laid("registrations", path, folder, given=..., progress=...) as down:
        for table in down.tables(begin): ...

The enclosed process judges the rows (`told.py`, `persons.py`, `working.py`), writes those that stand and those that do
not into a folder of the store's own, sorts by patient outside its memory where the file is more than one piece, and
says how many there are. What the store then reads was written by this product, in row groups.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pakkeforlop.exchange.csv.doors import one_file
from pakkeforlop.exchange.csv.files import InFile
from pakkeforlop.exchange.csv.persons import Persons, person_pieces
from pakkeforlop.exchange.csv.told import Told, by_patient, told_pieces
from pakkeforlop.exchange.csv.working import Working, working_pieces
from pakkeforlop.exchange.enclosed import enclosed, renew
from pakkeforlop.vocabulary.errors import FULL_DISK, FileFault, unwritable

MEMORY = 2 << 30
"""Addresses that reading, judging and sorting may take, whatever the file's size; of memory it is half a gigabyte."""
SORTING = "300MB"
"""Memory for sorting; the rest lies on disk meanwhile."""
SECONDS = 600
"""Processor time for a piece, and for the sorting."""
GROWS = 40
"""What is laid down of a file is never so many times its size; a small file may use ROOM."""
ROOM = 1 << 30
GROUP = 40_960
"""Rows that are read back at a time."""
PREFIX = "import-"
BY_PATIENT = ("registrations", "patients")
REFUSED = pa.schema(
    [
        ("row", pa.int64()), ("column", pa.string()), ("value", pa.string()), ("reason_key", pa.string()),
        ("used", pa.bool_()),
    ]
)  # fmt: skip
Progress = Callable[[int, int], None]
Refused = tuple[int, str, str, str, bool]


@dataclass(frozen=True)
class Laid:
    """A file that has been laid down. `rows`: all of the file; `count`: those that stand; `later`: left for a later
    day; `refused`: rows that cannot be used (rows used without a value are not among them).
    """

    folder: Path
    sha256: str
    rows: int
    count: int
    later: int
    refused: int

    def tables(self, begin: int = 0) -> Iterator[pa.Table]:
        """The rows from the one numbered `begin` (from 0) on, some thousands at a time."""
        at = 0
        with pq.ParquetFile(self.folder / "rows.parquet") as opened:
            for group in range(opened.num_row_groups):
                size = opened.metadata.row_group(group).num_rows
                if at + size > begin:
                    yield opened.read_row_group(group).slice(max(0, begin - at))
                at += size

    def refusals(self) -> Iterator[Refused]:
        """Row, column, value, key of the reason, and whether the row was used without the value; by row."""
        with pq.ParquetFile(self.folder / "refused.parquet") as opened:
            for batch in opened.iter_batches(GROUP):
                columns = [batch[name].to_pylist() for name in REFUSED.names]
                for row, column, value, reason, used in zip(*columns, strict=True):
                    yield row, column or "", value or "", reason, used


@contextmanager
def laid(
    kind: str, path: Path, home: Path, given: Mapping[str, Any], progress: Progress = lambda _done, _of: None
) -> Iterator[Laid]:
    """Lay a file down in a folder under `home` that goes away afterwards. progress: rows read, and 0 (none knows of how
    many). Faults are those of reading; one who dies in the middle leaves a folder that the next one sweeps away.
    """
    sweep(home)
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=home))
    try:
        written = max(ROOM, GROWS * one_file(path).size)
        told: dict[str, Any] = {}
        for answer in enclosed(
            f"{__name__}:lay", kind, str(path), str(folder), dict(given), file=lambda: path.name, memory=MEMORY,
            seconds=SECONDS, written=written,
        ):  # fmt: skip
            if isinstance(answer[0], int):
                progress(answer[0], 0)
            else:
                told = answer[1]
        yield Laid(folder, **told)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sweep(home: Path) -> None:
    """Take away what loads that were killed have left."""
    for folder in home.glob(f"{PREFIX}*-*"):
        owner = folder.name.removeprefix(PREFIX).split("-", 1)[0]
        if owner.isdecimal() and not Path("/proc", owner).exists():
            shutil.rmtree(folder, ignore_errors=True)


# --- in the enclosed process ------------------------------------------------------------------------------------------


def lay(kind: str, path: str, folder: str, given: dict[str, Any]) -> Iterator[list[Any]]:
    """Lay the file down; yields rows read so far, and at the end what `Laid` tells."""
    file = one_file(path)
    try:
        yield from _laid(kind, file, Path(folder), given)
    except OSError as error:
        if error.errno in FULL_DISK and shutil.disk_usage(folder).free > ROOM:
            raise FileFault("grows_too_much", file=file.name, times=GROWS) from error
        raise unwritable(error, folder) from error


def _found(kind: str, file: InFile, given: dict[str, Any]) -> Iterator[Told] | Iterator[Persons] | Iterator[Working]:
    if kind == "registrations":
        return told_pieces(file, **given)
    return person_pieces(file, **given) if kind == "patients" else working_pieces(file, kind)


def _laid(kind: str, file: InFile, folder: Path, given: dict[str, Any]) -> Iterator[list[Any]]:
    rows = _Kept(folder / "read.parquet")
    later = refused = 0
    with pq.ParquetWriter(folder / "refused.parquet", REFUSED) as writer:
        for piece in _found(kind, file, given):
            rows.add(piece.table)
            later += getattr(piece, "later", 0)
            told = piece.rejects.select(REFUSED.names).cast(REFUSED)
            refused += len(told) - int(sum(told["used"].to_pylist()))
            if len(told):
                writer.write_table(told, GROUP)
            renew()
            yield [file.rows]
    rows.close()
    if not file.rows and kind in BY_PATIENT:
        raise FileFault("no_rows", file=file.name)
    renew()
    if kind in BY_PATIENT:
        rows.sorted_into(folder / "rows.parquet")
    else:
        rows.path.rename(folder / "rows.parquet")
    told = {"sha256": file.sha256, "rows": file.rows, "count": rows.count, "later": later, "refused": refused}
    yield ["laid", told]


class _Kept:
    """The rows that stand, in the order that they were read in."""

    def __init__(self, path: Path) -> None:
        self.path, self.count, self.pieces = path, 0, 0
        self._writer: pq.ParquetWriter | None = None
        self._schema: pa.Schema | None = None

    def add(self, table: pa.Table) -> None:
        """Write a piece; the first one says what the columns are."""
        if self._writer is None or self._schema is None:
            self._schema = pa.schema([(each.name, _plain(each.type)) for each in table.schema])
            self._writer = pq.ParquetWriter(self.path, self._schema, compression="zstd")
        self._writer.write_table(table.cast(self._schema), GROUP)
        self.count += len(table)
        self.pieces += 1

    def close(self) -> None:
        """All has been read."""
        if self._writer is not None:
            self._writer.close()

    def sorted_into(self, path: Path) -> None:
        """The same rows by patient, each patient's as they stood; outside of memory where they are many."""
        if self.pieces < 2:
            pq.write_table(by_patient(pq.read_table(self.path)), path, GROUP, compression="zstd")
            return
        import duckdb

        with duckdb.connect(config={"threads": 1, "memory_limit": SORTING}) as at:
            at.execute(f"SET temp_directory = '{_quoted(path.parent / 'sorting')}'")
            at.execute(
                f"COPY (SELECT * FROM read_parquet('{_quoted(self.path)}') ORDER BY patient_id NULLS LAST, row) "
                f"TO '{_quoted(path)}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {GROUP})"
            ).fetchall()
        self.path.unlink()


def _plain(kind: pa.DataType) -> pa.DataType:
    return pa.string() if pa.types.is_dictionary(kind) or pa.types.is_null(kind) else kind


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
