"""The episodes table as NumPy columns: the few that the report counts over, missing days as NO_DAY."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pakkeforlop.vocabulary.calendar import NO_DAY

Ints = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]


COLUMNS = (
    "episode_id", "pathway", "start_date", "start_institution", "first_attendance_date", "decision_date", "treatment",
    "end_date", "trust", "of1_days", "of1_limit", "of2_days", "of2_limit", "of3_days", "of3_limit",
    "share_days", "share_limit", "share_reason",
)  # fmt: skip
"""What the report reads of an episode. Never the patient."""


@dataclass(frozen=True)
class Coded:
    """A text column as numbers into `names`; a missing text is the empty one."""

    code: Ints
    names: tuple[str, ...]

    def number(self, name: str) -> int:
        """The number of a text; -1 when no row has it."""
        return self.names.index(name) if name in self.names else -1


class Episodes:
    """Columns of a table of episodes, made when they are first asked for."""

    def __init__(self, table: pa.Table) -> None:
        self._table = table.select([name for name in COLUMNS if name in table.column_names])
        self.count = table.num_rows

    def text(self, name: str) -> Coded:
        """A text column, coded."""
        column = self._table.column(name).combine_chunks()
        column = column if pa.types.is_dictionary(column.type) else pc.dictionary_encode(column)
        if isinstance(column, pa.ChunkedArray):
            column = column.combine_chunks()
        names = [name or "" for name in column.dictionary.to_pylist()]
        codes = column.indices
        if codes.null_count:
            codes = pc.fill_null(codes.cast(pa.int32()), len(names))
            names.append("")
        return Coded(codes.to_numpy(zero_copy_only=False).astype(np.int32), tuple(str(n) for n in names))

    def whole(self, name: str) -> Ints:
        """A column of whole days, or of dates as day numbers."""
        column = self._table.column(name)
        if pa.types.is_date32(column.type):
            column = column.cast(pa.int32())
        filled: Any = pc.fill_null(column.cast(pa.int32()), NO_DAY)
        return np.asarray(filled.to_numpy(), dtype=np.int32)

    @cached_property
    def pathway(self) -> Coded:
        """The prefix, such as A01."""
        return self.text("pathway")

    @cached_property
    def trust(self) -> Coded:
        """The responsible trust's organisation number."""
        return self.text("trust")

    @cached_property
    def hospital(self) -> Coded:
        """The place of the start."""
        return self.text("start_institution")

    @cached_property
    def treatment(self) -> Coded:
        """The kind of the first treatment."""
        return self.text("treatment")

    @cached_property
    def start(self) -> Ints:
        """The day the pathway started."""
        return self.whole("start_date")

    @cached_property
    def end(self) -> Ints:
        """The day the pathway ended, NO_DAY while open."""
        return self.whole("end_date")

    @cached_property
    def reason(self) -> Coded:
        """Why an episode is or is not in the share."""
        return self.text("share_reason")

    @cached_property
    def counted(self) -> Mask:
        """Episodes in the share."""
        return np.asarray(self.reason.code == self.reason.number("counts"))

    @cached_property
    def open(self) -> Mask:
        """Episodes that have not ended."""
        return np.asarray(self.end == NO_DAY)

    def take(self, mask: Mask) -> Episodes:
        """The episodes in `mask`."""
        return Episodes(self._table.filter(pa.array(mask)))

    def rows(self, places: npt.NDArray[np.intp], names: tuple[str, ...]) -> list[dict[str, Any]]:
        """A few whole rows as plain values."""
        return list(self._table.select(list(names)).take(pa.array(places)).to_pylist())
