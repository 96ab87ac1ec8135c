"""Read Parquet and Arrow (Feather) files: the known columns as they are stored, words as dictionaries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import ipc

from pakkeforlop.exchange.csv.files import InFile
from pakkeforlop.exchange.csv.layout import Kind, Layout, match
from pakkeforlop.exchange.csv.rows import Rows
from pakkeforlop.vocabulary.errors import FileFault, unreadable

BUFFER = 1 << 20
"""Bytes of a column that are read at a time where a file is read in pieces."""
NO_THREAD = "Failed to launch worker thread"
"""PyArrow's word when there is no memory for a thread of its own."""
CUT = ("Parquet magic bytes", "file is too small", "Unexpected end of stream", "premature", "Expected to read")
"""Words in PyArrow's complaints when a file ends too early."""


def read_columnar(file: InFile, layout: Layout) -> Rows:
    """The rows of a Parquet or Arrow file."""
    with _faults_of(file):
        table = _parquet(file, layout) if file.kind == "parquet" else _arrow(file, layout)
    file.rows = len(table)
    return Rows(file, table)


@contextmanager
def _faults_of(file: InFile) -> Iterator[None]:
    """What goes wrong with a file, told as a fault of it."""
    kind = "Parquet" if file.kind == "parquet" else "Arrow"
    try:
        yield
    except OSError as error:
        if error.errno is not None:
            raise unreadable(error, file.name) from error
        raise unusable(error, file, kind) from error
    except pa.ArrowException as error:
        raise unusable(error, file, kind) from error


def _parquet(file: InFile, layout: Layout) -> pa.Table:
    """Words are read as dictionaries: each different one is then judged once."""
    from pakkeforlop.exchange.csv.row_groups import read_row_groups  # with the kernel's threads: not for a small reader

    names, _, words = parquet_columns(file, layout)
    table = read_row_groups(file.path, list(names.values()), words)
    return table.select(list(names.values())).rename_columns(list(names))


def columnar_pieces(file: InFile, layout: Layout, piece: int, wanted: Sequence[str] | None = None) -> Iterator[Rows]:
    """The rows of a Parquet or Arrow file, about so many at a time; at least one piece.

    wanted: our names of the columns that are needed, where it is not all; other columns may come with them.
    """
    file.rows = 0
    parquet = file.kind == "parquet"
    with _faults_of(file):
        for table in _parquet_pieces(file, layout, piece, wanted) if parquet else _arrow_pieces(file, layout):
            for low in range(0, max(1, len(table)), piece):
                part = table.slice(low, piece)
                file.rows += len(part)
                yield Rows(file, part, np.arange(file.rows + 1 - len(part), file.rows + 1, dtype=np.int64))


def _parquet_pieces(file: InFile, layout: Layout, piece: int, wanted: Sequence[str] | None) -> Iterator[pa.Table]:
    names, schema, words = parquet_columns(file, layout)
    if wanted is not None:
        names = {ours: name for ours, name in names.items() if ours in wanted}
    theirs = list(names.values())
    words = [name for name in words if name in theirs]
    none = True
    with pq.ParquetFile(file.path, read_dictionary=words, pre_buffer=False, buffer_size=BUFFER) as opened:
        for batch in opened.iter_batches(piece, columns=theirs):
            none = False
            yield pa.Table.from_batches([batch]).select(theirs).rename_columns(list(names))
    if none:
        kinds = pa.schema([schema.field(name) for name in theirs])
        yield kinds.empty_table().rename_columns(list(names))


def _arrow_pieces(file: InFile, layout: Layout) -> Iterator[pa.Table]:
    with file.open() as stream:
        opened = ipc.open_file(stream) if file.kind == "arrow" else ipc.open_stream(stream)
        names = _names(opened.schema, layout, file)
        batches = map(opened.get_batch, range(opened.num_record_batches)) if file.kind == "arrow" else opened
        none = True
        for batch in batches:
            none = False
            yield pa.Table.from_batches([batch]).select(list(names.values())).rename_columns(list(names))
        if none:
            yield opened.schema.empty_table().select(list(names.values())).rename_columns(list(names))


def parquet_columns(file: InFile, layout: Layout) -> tuple[dict[str, str], pa.Schema, list[str]]:
    """Our names and the file's, what the file says of its columns, and which of them are words kept as plain text."""
    try:
        schema = pq.read_schema(file.path)
    except pa.ArrowException as error:
        raise unusable(error, file, "Parquet") from error
    names = _names(schema, layout, file)
    words = [name for ours, name in names.items() if layout.kind(ours) is Kind.WORD and _is_plain_text(schema, name)]
    return names, schema, words


def _arrow(file: InFile, layout: Layout) -> pa.Table:
    with file.open() as stream:
        opened = ipc.open_file(stream) if file.kind == "arrow" else ipc.open_stream(stream)
        names = _names(opened.schema, layout, file)
        table = opened.read_all()
    return table.select(list(names.values())).rename_columns(list(names))


def _names(schema: pa.Schema, layout: Layout, file: InFile) -> dict[str, str]:
    """Our name -> the file's name."""
    headers = schema.names
    return {ours: headers[place] for ours, place in match(layout, headers, file.name).items()}


def _is_plain_text(schema: pa.Schema, name: str) -> bool:
    kind = schema.field(name).type
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def unusable(error: Exception, file: InFile, kind: str) -> FileFault:
    """The fault of a file that PyArrow cannot read. Want of memory is none of the file's."""
    if isinstance(error, MemoryError) or NO_THREAD in str(error):
        raise MemoryError from error
    cut = any(word in str(error) for word in CUT)
    return FileFault("half_written" if cut else "damaged", file=file.name, kind=kind)
