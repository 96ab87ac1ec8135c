"""Rows of a table by patient, so that all rows of some patients can be taken up, and replaced, without the others.

Patients are told apart by a whole number of 64 bits: the id itself where ids are whole numbers, else a hash of its
text. Two patients with one hash are always taken and replaced together, so no answer depends on it.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pakkeforlop.episodes.result import fnv64

Who = npt.NDArray[np.uint64]
NOBODY = np.empty(0, np.uint64)


def who(ids: pa.Array | pa.ChunkedArray) -> Who:
    """The number of each id."""
    if pa.types.is_integer(ids.type):
        return np.asarray(ids).astype(np.int64, copy=False).view(np.uint64)
    chunks = ids.chunks if isinstance(ids, pa.ChunkedArray) else [ids]
    return np.concatenate([NOBODY, *(fnv64(pc.cast(chunk, pa.string())) for chunk in chunks)])


class ByPatient:
    """A table by patient. `replace` leaves the main part as it is: what is new stands beside it, and wins."""

    def __init__(self, table: pa.Table) -> None:
        self.numbers, self.table = who(table["patient_id"]), table.combine_chunks()
        if (self.numbers[1:] < self.numbers[:-1]).any():
            order = np.argsort(self.numbers, kind="stable")
            self.numbers, self.table = self.numbers[order], self.table.take(pa.array(order))
        self._moved, self._new_numbers = NOBODY, NOBODY
        self._new = worded(self.table.slice(0, 0))

    def take(self, wanted: Who) -> pa.Table:
        """All rows of some patients (distinct, in order), words as text."""
        theirs = np.setdiff1d(wanted, self._moved, assume_unique=True)
        low, high = np.searchsorted(self.numbers, theirs), np.searchsorted(self.numbers, theirs, side="right")
        size = high - low
        rows = np.repeat(high - np.cumsum(size), size) + np.arange(int(size.sum()))
        again = self._new.filter(pa.array(np.isin(self._new_numbers, wanted)))
        return pa.concat_tables([worded(self.table.take(pa.array(rows))), again], promote_options="default")

    def replace(self, wanted: Who, rows: pa.Table) -> None:
        """Let these rows be all that some patients (distinct, in order) have."""
        numbers = who(rows["patient_id"])
        kept = ~np.isin(self._new_numbers, wanted)
        self._moved = np.union1d(self._moved, wanted)
        self._new = pa.concat_tables([self._new.filter(pa.array(kept)), worded(rows)], promote_options="default")
        self._new_numbers = np.concatenate([self._new_numbers[kept], numbers])

    def whole(self, *, without: Who | None = None) -> pa.Table:
        """All rows, or those of all other patients."""
        gone = self._moved if without is None else np.union1d(self._moved, without)
        if not len(gone):
            return self.table
        standing = worded(self.table.filter(pa.array(~np.isin(self.numbers, gone))))
        kept = np.ones(len(self._new), bool) if without is None else ~np.isin(self._new_numbers, without)
        return pa.concat_tables([standing, self._new.filter(pa.array(kept))], promote_options="default")


def worded(table: pa.Table) -> pa.Table:
    """The table with words as text, which tables with other lists of words can be put beside."""
    kinds = {field.name: pa.string() if pa.types.is_dictionary(field.type) else field.type for field in table.schema}
    return table.cast(pa.schema(list(kinds.items())))
