"""Tables to files: CSV and Parquet, written beside, made sure of on disk, then given their name.

CSV: UTF-8, comma, line feed; texts in quotes, numbers, dates (2024-01-08) and true/false bare, nothing for a missing
value. Cells are written as they are: a text that begins with `=` is a formula to some spreadsheet programs, so
`as_text` sets an apostrophe before such texts where a file is meant for those.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq

from pakkeforlop.vocabulary.errors import unwritable

BATCH = 65_536
FORMULA = r"^[=+\-@\t\r]"
PARQUET_GROUP = 1 << 20


def write_table(table: pa.Table, path: str | Path, *, as_text: bool = False) -> None:
    """Write a table as CSV or Parquet, by the name's ending: whole, or not at all."""
    path = Path(path)
    with written_beside(path) as stream:
        if path.suffix == ".parquet":
            to_parquet(table, stream)
        else:
            to_csv(table, stream, as_text=as_text)


def to_csv(table: pa.Table, stream: BinaryIO, *, as_text: bool = False, header: bool = True) -> None:
    """The table as CSV, some rows at a time. header: False where the rows go on after others."""
    kinds = [_plain_kind(kind) for kind in table.schema.types]
    plain = pa.schema(list(zip(table.column_names, kinds, strict=True)))
    if header:
        stream.write((",".join(table.column_names) + "\n").encode())
    with arrow_csv.CSVWriter(stream, plain, write_options=arrow_csv.WriteOptions(include_header=False)) as writer:
        for batch in table.to_batches(max_chunksize=BATCH):
            columns = [column.cast(kind) for column, kind in zip(batch.columns, kinds, strict=True)]
            if as_text:
                columns = [_without_formulas(column) for column in columns]
            writer.write_batch(pa.record_batch(columns, plain))


def to_parquet(table: pa.Table, stream: BinaryIO) -> None:
    """The table as Parquet, packed with zstd."""
    pq.write_table(table, stream, compression="zstd", row_group_size=PARQUET_GROUP)


@contextmanager
def written_beside(path: Path) -> Iterator[BinaryIO]:
    """A stream to a temporary file in the same folder, which takes the name when all is written and on disk."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        number, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    except OSError as error:
        raise unwritable(error, path) from error
    beside = Path(name)
    try:
        with os.fdopen(number, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        beside.chmod(0o666 & ~_umask())
        beside.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        raise unwritable(error, path) from error
    finally:
        beside.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Make sure of the names in a folder, as fsync makes sure of a file's content."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _plain_kind(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_null(kind):
        return pa.string()
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def _without_formulas(column: pa.Array) -> pa.Array:
    if not pa.types.is_string(column.type):
        return column
    risky = pc.match_substring_regex(column, FORMULA)
    return pc.if_else(risky, pc.binary_join_element_wise("'", column, ""), column)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
