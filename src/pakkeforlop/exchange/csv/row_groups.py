"""A Parquet file's row groups, read on all processors at once.

PyArrow reads on as many processors as there are columns of much work, and here that is one: the patient ids. Row groups
are alike, so each processor takes the next of them. Whole numbers, dates and words without gaps are written straight to
where they stand in the end, since putting chunks together afterwards costs as much as half the reading.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from pakkeforlop.episodes.link import in_threads, threads

Array = npt.NDArray[Any]
PLAIN = {pa.int64(): np.int64, pa.date32(): np.int32}
"""Types that are written where they stand in the end, and the numbers they are stored as."""


class Whole:
    """A column without gaps in one piece, filled in from several threads."""

    def __init__(self, kind: pa.DataType, rows: int, *, word: bool) -> None:
        self.kind, self.word = kind, word
        numbers = np.int32 if word else PLAIN[kind]
        self.buffer = pa.allocate_buffer(rows * np.dtype(numbers).itemsize)
        self.numbers = np.frombuffer(self.buffer, numbers, rows)
        self.texts: dict[str, int] = {}
        self._lock = Lock()

    def fill(self, column: pa.ChunkedArray, at: int) -> None:
        """Write a row group's values from row `at` on."""
        for chunk in column.chunks:
            if chunk.null_count:
                raise pa.ArrowInvalid("A value is missing where the file says that none is.")
            part = self.numbers[at : at + len(chunk)]
            if self.word:
                np.take(self._number(chunk.dictionary), chunk.indices.to_numpy(), out=part, mode="clip")
            else:
                part[:] = np.frombuffer(chunk.buffers()[1], part.dtype, len(chunk), chunk.offset * part.itemsize)
            at += len(chunk)

    def array(self) -> pa.Array:
        """The whole column."""
        rows = len(self.numbers)
        if not self.word:
            return pa.Array.from_buffers(self.kind, rows, [None, self.buffer])
        indices = pa.Array.from_buffers(pa.int32(), rows, [None, self.buffer])
        return pa.DictionaryArray.from_arrays(indices, pa.array(list(self.texts), pa.string()), safe=False)

    def _number(self, texts: pa.Array) -> npt.NDArray[np.int32]:
        """The number, over all row groups, of each text of one row group."""
        with self._lock:
            return np.array([self.texts.setdefault(text, len(self.texts)) for text in texts.to_pylist()], np.int32)


def read_row_groups(path: Path, columns: Sequence[str], words: Sequence[str]) -> pa.Table:
    """The named columns of a Parquet file; `words` are read as dictionaries."""
    about = pq.read_metadata(path)
    groups = about.num_row_groups
    if groups < 2 or threads() < 2:
        with pq.ParquetFile(path, metadata=about, read_dictionary=list(words), pre_buffer=True) as opened:
            return opened.read(columns=list(columns))
    first = [0, *accumulate(about.row_group(n).num_rows for n in range(groups))]
    kinds = about.schema.to_arrow_schema()
    wholes = {
        name: Whole(kinds.field(name).type, about.num_rows, word=name in words)
        for name in columns
        if (name in words or kinds.field(name).type in PLAIN) and _without_gaps(about, name)
    }

    def read(group: int) -> pa.Table:
        with pq.ParquetFile(path, metadata=about, read_dictionary=list(words)) as opened:
            table = opened.read_row_group(group, columns=list(columns), use_threads=False)
        for name, whole in wholes.items():
            whole.fill(table[name], first[group])
        return table.drop_columns(list(wholes))

    rest = pa.concat_tables(in_threads(read, range(groups)))
    return pa.table({name: wholes[name].array() if name in wholes else rest[name] for name in columns})


def _without_gaps(about: pq.FileMetaData, name: str) -> bool:
    """Whether the file tells that no value of a column is missing."""
    places = [n for n in range(about.num_columns) if about.schema.column(n).path == name]
    if len(places) != 1:
        return False
    told = [about.row_group(group).column(places[0]).statistics for group in range(about.num_row_groups)]
    return all(found is not None and found.has_null_count and found.null_count == 0 for found in told)
