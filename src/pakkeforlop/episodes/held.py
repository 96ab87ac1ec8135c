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
from pakkeforlop.vocabulary.ordered import Ordered, among, firsts

Who = npt.NDArray[np.uint64]
NOBODY = np.empty(0, np.uint64)


def who(ids: pa.Array | pa.ChunkedArray) -> Who:
    """The number of each id."""
    if pa.types.is_integer(ids.type):
        return np.asarray(ids).astype(np.int64, copy=False).view(np.uint64)
    chunks = ids.chunks if isinstance(ids, pa.ChunkedArray) else [ids]
    return np.concatenate([NOBODY, *(fnv64(pc.cast(chunk, pa.string())) for chunk in chunks)])


class Part:
    """Rows by patient; the rows of a patient who is let go stay where they are, and are not told any more."""

    def __init__(self, table: pa.Table) -> None:
        numbers, self.table = who(table["patient_id"]), table.combine_chunks()
        if (numbers[1:] < numbers[:-1]).any():
            order = np.argsort(numbers, kind="stable")
            numbers, self.table = numbers[order], self.table.take(pa.array(order))
        first = np.flatnonzero(firsts(numbers))
        self.who, self._first = numbers[first], np.append(first, len(numbers))
        self._ordered = Ordered(self.who)
        self._gone = np.zeros(len(first), np.bool_)

    def take(self, wanted: Who) -> pa.Table:
        """All rows of some patients (distinct, in order)."""
        at, here = self._ordered.found(wanted)
        there = at[here]
        there = there[~self._gone[there]]
        low, size = self._first[there], self._first[there + 1] - self._first[there]
        return self.table.take(pa.array(np.repeat(low + size - np.cumsum(size), size) + np.arange(int(size.sum()))))

    def let_go(self, patients: Who) -> None:
        """Tell these patients (distinct, in order) no more."""
        at, here = self._ordered.found(patients)
        self._gone[at[here]] = True

    def whole(self, without: Who) -> pa.Table:
        """The rows of all patients but those let go and some others (distinct, in order)."""
        gone = self._gone | among(self.who, without) if len(without) else self._gone
        if not gone.any():
            return self.table
        return self.table.filter(pa.array(np.repeat(~gone, np.diff(self._first))))


class ByPatient:
    """A table by patient. `replace` leaves the main part as it is: what is new stands beside it, and wins."""

    def __init__(self, table: pa.Table) -> None:
        self.main = Part(table)
        self._parts = [self.main]

    def take(self, wanted: Who) -> pa.Table:
        """All rows of some patients (distinct, in order), words as text."""
        return _together([part.take(wanted) for part in self._parts])

    def replace(self, wanted: Who, rows: pa.Table) -> None:
        """Let these rows be all that some patients (distinct, in order) have."""
        for part in self._parts:
            part.let_go(wanted)
        self._parts.append(Part(worded(rows)))
        while len(self._parts) > ALIKE and len(self._parts[-ALIKE].table) < ALIKE * len(self._parts[-1].table):
            self._parts[-ALIKE:] = [Part(_together([part.whole(NOBODY) for part in self._parts[-ALIKE:]]))]

    def whole(self, *, without: Who = NOBODY) -> pa.Table:
        """All rows, or those of all but some patients (distinct, in order)."""
        told = [part.whole(without) for part in self._parts]
        return told[0] if len(told) == 1 else _together(told)


ALIKE = 4
"""So many parts of about one size are made one."""


def _together(tables: list[pa.Table]) -> pa.Table:
    return pa.concat_tables([worded(table) for table in tables], promote_options="default")


def worded(table: pa.Table) -> pa.Table:
    """The table with words as text, which tables with other lists of words can be put beside."""
    if not any(pa.types.is_dictionary(kind) for kind in table.schema.types):
        return table
    kinds = {field.name: pa.string() if pa.types.is_dictionary(field.type) else field.type for field in table.schema}
    return table.cast(pa.schema(list(kinds.items())))
