"""Tables laid down in buckets by patient, in files of a folder, so that each bucket can be taken up alone.

All rows of a patient stand in one bucket. Whole numbers from a known range go to buckets of neighbouring patients;
other ids go by a hash. Words (codes, institutions) stand as numbers into one list for all buckets.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pakkeforlop.episodes.result import fnv64
from pakkeforlop.vocabulary.compiling import compiled

MOST = 500
"""Buckets at most: each is a file held open."""


@compiled
def _mixed(ids, buckets, out):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    for i in range(len(ids)):
        x = np.uint64(ids[i]) * np.uint64(0x9E3779B97F4A7C15)
        out[i] = (x >> np.uint64(32)) % np.uint64(buckets)


@compiled
def _in_range(ids, first, width, buckets, out):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    for i in range(len(ids)):
        out[i] = min(max((ids[i] - first) // width, 0), buckets - 1)


class Buckets:
    """Rows of some tables by patient. ends: the least and greatest id where all are whole numbers close together."""

    def __init__(self, folder: Path, count: int, ends: tuple[int, int] | None) -> None:
        self.folder, self.count, self.ends = folder, min(count, MOST), ends
        self._files: dict[str, list[Any]] = {}
        self._words: dict[tuple[str, str], dict[str, int]] = {}
        self._schemas: dict[str, pa.Schema] = {}

    def add(self, name: str, table: pa.Table, schema: pa.Schema, ids: pa.ChunkedArray | None = None) -> None:
        """Lay down the rows of a table. schema: the columns that every table of this name gets, missing ones as null;
        ids: what to tell patients apart by, where it is not the column.
        """
        if name not in self._files:
            plain = [pa.field(f.name, pa.int32()) if pa.types.is_dictionary(f.type) else f for f in schema]
            self._schemas[name] = pa.schema(plain)
            paths = [self._path(name, bucket) for bucket in range(self.count)]
            self._files[name] = [pa.ipc.new_file(path, self._schemas[name]) for path in paths]
        columns = {field.name: self._column(name, table, field) for field in schema}
        bucket = self.of(table["patient_id"] if ids is None else ids)
        order = pa.array(np.argsort(bucket, kind="stable"))
        sorted_table = pa.table(columns, self._schemas[name]).take(order)
        ends = np.cumsum(np.bincount(bucket, minlength=self.count))
        for number, end in enumerate(ends.tolist()):
            low = int(ends[number - 1]) if number else 0
            if end > low:
                self._files[name][number].write_table(sorted_table.slice(low, end - low))

    def of(self, ids: pa.ChunkedArray) -> npt.NDArray[np.uint16]:
        """The bucket of each id."""
        out = np.empty(len(ids), np.uint16)
        if not pa.types.is_integer(ids.type):
            texts = pc.cast(ids, pa.string())
            hashes = [fnv64(chunk) for chunk in texts.chunks]
            out[:] = np.concatenate(hashes or [np.empty(0, np.uint64)]) % np.uint64(self.count)
        elif self.ends is None:
            _mixed(ids.to_numpy(), self.count, out)
        else:
            width = -(-(self.ends[1] - self.ends[0] + 1) // self.count)
            _in_range(ids.to_numpy(), self.ends[0], width, self.count, out)
        return out

    def close(self) -> None:
        """Everything is laid down."""
        for files in self._files.values():
            for file in files:
                file.close()

    def words(self, name: str, column: str) -> list[str]:
        """Every word of a column."""
        return list(self._words.get((name, column), {}))

    def take(self, name: str, bucket: int, schema: pa.Schema) -> pa.Table:
        """The rows of one bucket; its file is gone after."""
        path = self._path(name, bucket)
        if name not in self._files:
            return schema.empty_table()
        with pa.OSFile(str(path)) as source:
            table = pa.ipc.open_file(source).read_all()
        path.unlink()
        columns: dict[str, Any] = {}
        for field in schema:
            column = table[field.name].combine_chunks()
            column = column.chunk(0) if isinstance(column, pa.ChunkedArray) and column.num_chunks == 1 else column
            if pa.types.is_dictionary(field.type):
                words = pa.array(self.words(name, field.name), pa.string())
                column = pa.DictionaryArray.from_arrays(column, words, safe=False)
            columns[field.name] = column
            table = table.drop_columns(field.name)
        return pa.table(columns)

    def _path(self, name: str, bucket: int) -> Path:
        return self.folder / f"{name}-{bucket}.arrow"

    def _column(self, name: str, table: pa.Table, field: pa.Field) -> Any:
        """A column as it is laid down: words as numbers of the list that all buckets share."""
        if field.name not in table.column_names:
            kind = pa.int32() if pa.types.is_dictionary(field.type) else field.type
            return pa.nulls(len(table), kind)
        column = table[field.name]
        if not pa.types.is_dictionary(field.type):
            return column.cast(field.type)
        if not pa.types.is_dictionary(column.type):
            column = column.cast(pa.string()).dictionary_encode()
        known = self._words.setdefault((name, field.name), {})
        numbered = []
        for chunk in column.chunks:
            numbers = [known.setdefault(word, len(known)) for word in chunk.dictionary.to_pylist()]
            numbered.append(pa.array(numbers, pa.int32()).take(chunk.indices))
        return pa.chunked_array(numbered, pa.int32())
