"""What was read: the registrations that can be used, where each stood, and what became of the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pakkeforlop.exchange.csv.dates import days_of_moments
from pakkeforlop.exchange.csv.files import InFile
from pakkeforlop.exchange.csv.judge import DAY_COLUMNS, Draft
from pakkeforlop.exchange.csv.rejects import Positions
from pakkeforlop.vocabulary.calendar import NO_DAY, Days, day_of
from pakkeforlop.vocabulary.errors import LANGUAGES, NothingLeft

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Sources:
    """Where the rows of a table came from: made when asked for, since a clean file needs no more than its length."""

    names: tuple[str, ...]
    lengths: tuple[int, ...]
    numbers: tuple[Positions | None, ...]  # row numbers per file; None: 1, 2, 3 ...

    def file(self) -> pa.DictionaryArray:
        """The file of every row."""
        return _files(np.repeat(np.arange(len(self.names), dtype=np.int16), self.lengths), self.names)

    def row(self) -> Positions:
        """The 1-based data row of every row in its file."""
        parts = [
            np.arange(1, length + 1) if numbers is None else numbers
            for length, numbers in zip(self.lengths, self.numbers, strict=True)
        ]
        return np.concatenate(parts) if len(parts) != 1 else parts[0]

    def at(self, positions: Positions) -> tuple[pa.DictionaryArray, Positions]:
        """The files and rows that some rows of the table came from."""
        ends = np.cumsum(np.array(self.lengths, np.int64))
        which = np.searchsorted(ends, positions, side="right")
        rows = positions - (ends - np.array(self.lengths, np.int64))[which]
        for file, numbers in enumerate(self.numbers):
            mine = which == file
            rows[mine] = rows[mine] + 1 if numbers is None else numbers[rows[mine]]
        return _files(which.astype(np.int16), self.names), rows


def _files(indices: npt.NDArray[np.int16], names: tuple[str, ...]) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(indices), pa.array(names, pa.string()), safe=False)


@dataclass(frozen=True)
class Reading:
    """What was read from files, and what was refused."""

    files: tuple[InFile, ...]
    rejects: pa.Table

    @property
    def refused(self) -> int:
        """Rows refused; rows used without one of their values are not among them."""
        return len(self.rejects) - int(pc.sum(self.rejects.column("used")).as_py() or 0)

    def reasons(self) -> dict[str, int]:
        """Rows per reason in the list of refusals."""
        counted = pc.value_counts(self.rejects.column("reason_key").cast(pa.string())).to_pylist()
        return {entry["values"]: entry["counts"] for entry in sorted(counted, key=lambda entry: str(entry["values"]))}

    def files_for_record(self) -> list[dict[str, Any]]:
        """Name, hash, kind and number of rows of every file, for run.json."""
        return [
            {
                "name": file.name,
                "sha256": file.sha256,
                "bytes": file.size,
                "kind": file.kind,
                "rows": file.rows,
                **({"encoding": file.encoding, "delimiter": file.delimiter} if file.delimiter else {}),
                **({"notes": file.notes} if file.notes else {}),
                **({"same_as": file.same_as} if file.same_as else {}),
            }
            for file in self.files
        ]


@dataclass(frozen=True)
class Intake(Reading):
    """Registrations in order of file and row.

    `registrations` has patient_id, code, day, institution and the optional columns that any file had; `table` has the
    file and the row beside them.
    """

    registrations: pa.Table
    sources: Sources
    as_of: int
    aside: dict[str, int] = field(default_factory=dict)
    superseded: int = 0
    withdrawn: int = 0
    later: int = 0

    @cached_property
    def table(self) -> pa.Table:
        """The registrations with `file` and `row`: 10 bytes a row more, so made when first asked for."""
        with_file = self.registrations.append_column("file", self.sources.file())
        return with_file.append_column("row", pa.array(self.sources.row()))

    def require_rows(self) -> None:
        """A fault when nothing is left to link; the caller writes the list of refusals first."""
        if len(self.registrations):
            return
        raise NothingLeft(
            "nothing_left",
            rows=sum(file.rows for file in self.files if not file.same_as),
            refused=self.refused,
            aside=sum(self.aside.values()),
            replaced=self.superseded + self.withdrawn,
            later=self.later,
            reason=self._commonest_reason(),
        )

    def _commonest_reason(self) -> dict[str, str]:
        """The sentence that stands most often in the list of refusals, in every language."""
        reasons = self.reasons()
        if not reasons:
            return dict.fromkeys(LANGUAGES, "–")
        first = pc.index(self.rejects.column("reason_key").cast(pa.string()), max(reasons, key=reasons.__getitem__))
        row = self.rejects.slice(first.as_py(), 1).to_pylist()[0]
        return {"nb": row["reason"], "nn": row["reason_nn"], "en": row["reason_en"]}

    def for_record(self) -> dict[str, Any]:
        """What run.json tells of the reading: no personal data."""
        return {
            "as_of": day_of(self.as_of).isoformat(),
            "files": self.files_for_record(),
            "rows": {
                "read": sum(file.rows for file in self.files if not file.same_as),
                "used": len(self.registrations),
                "refused": self.refused,
                "refused_by_reason": self.reasons(),
                "kept_aside": self.aside,
                "superseded": self.superseded,
                "withdrawn": self.withdrawn,
                "registered_after_as_of": self.later,
            },
        }


def registration_table(drafts: Sequence[Draft], kept: Sequence[Mask | None], *, as_text: bool = False) -> pa.Table:
    """The kept rows of all files as one table, each column but the ids in one piece. as_text: ids are text."""
    as_text = as_text or any(draft.patient.type == pa.string() for draft in drafts)
    tables = []
    for draft, mask in zip(drafts, kept, strict=True):
        table = _draft_table(draft, as_text=as_text)
        tables.append(table if mask is None else table.filter(pa.array(mask)))
    together = pa.concat_tables(tables, promote_options="default").unify_dictionaries()
    return pa.table({name: _in_one_piece(together.column(name)) for name in together.column_names})


def day_array(days: Days) -> pa.Array:
    """Days as Arrow, with null for a missing one."""
    missing = bool(len(days)) and int(days.min()) == NO_DAY
    return pa.array(days, mask=days == NO_DAY if missing else None)


def _draft_table(draft: Draft, *, as_text: bool) -> pa.Table:
    patient = draft.patient.cast(pa.string()) if as_text and draft.patient.type != pa.string() else draft.patient
    columns: dict[str, Any] = {
        "patient_id": patient,
        "code": draft.code.array(),
        "day": day_array(draft.day),
        "institution": draft.institution.array(),
    }
    if draft.registration_id is not None:
        columns["registration_id"] = draft.registration_id
    if draft.registered is not None:
        columns["registered_day"] = day_array(days_of_moments(draft.registered))
    columns |= {name: words.array() for name, words in draft.words.items()}
    columns |= {DAY_COLUMNS[name]: day_array(days) for name, days in draft.days.items()}
    return pa.table(columns)


def _in_one_piece(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Whole numbers and dictionaries in one chunk; texts are left as they are, since one chunk holds two gigabytes."""
    if column.num_chunks <= 1 or pa.types.is_string(column.type):
        return column
    return pa.chunked_array([column.combine_chunks()])
