"""Read registrations piece by piece, so that memory holds a piece and not the whole.

Each row is judged as in `read.py`, by the same as-of day. What only the whole can tell is found by a look through the
files first: the last date, and the registration ids that stand on several rows (`repeats.py`). Those rows wait until
all have been read, and come last, those that hold.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from pakkeforlop.exchange.csv import rows as columns
from pakkeforlop.exchange.csv.columnar import parquet_columns
from pakkeforlop.exchange.csv.dates import days_of_moments
from pakkeforlop.exchange.csv.doors import pieces_of
from pakkeforlop.exchange.csv.files import InFile, reach, without_repeats
from pakkeforlop.exchange.csv.intake import Intake, Sources, registration_table
from pakkeforlop.exchange.csv.judge import Draft, Status, Statuses, draft, judge, last_of, other_family
from pakkeforlop.exchange.csv.layout import REGISTRATIONS
from pakkeforlop.exchange.csv.read import FIRST_DAY, aside_counts, kept_rows, sources_of
from pakkeforlop.exchange.csv.rejects import SCHEMA, reject_table
from pakkeforlop.exchange.csv.repeats import Repeats
from pakkeforlop.exchange.csv.rows import Rows, Words
from pakkeforlop.exchange.csv.versions import replaced
from pakkeforlop.vocabulary.calendar import NO_DAY
from pakkeforlop.vocabulary.errors import Fault, FileFault, raise_all

PIECE = 1 << 20
"""Rows of a Parquet file that are read at a time."""
DATES = ("event_date", "registered_at")
Mask = npt.NDArray[np.bool_]


@dataclass
class _Source:
    """A file, its columns by our names, and the kind of its patients' ids."""

    file: InFile
    columns: frozenset[str]
    patient: pa.DataType


@dataclass
class Told:
    """What became of the rows of a pass."""

    used: int = 0
    later: int = 0
    superseded: int = 0
    withdrawn: int = 0
    rejects: list[pa.Table] = field(default_factory=list)
    aside: dict[str, int] = field(default_factory=dict)

    def note(self, intake: Intake) -> None:
        """Count a piece."""
        self.used += len(intake.registrations)
        self.later += intake.later
        self.superseded += intake.superseded
        self.withdrawn += intake.withdrawn
        self.rejects.append(intake.rejects)
        for code, number in intake.aside.items():
            self.aside[code] = self.aside.get(code, 0) + number


class Pieces:
    """The registrations of some files, a piece at a time; every pass gives the same pieces.

    columns: our names of the columns that any of the files has; as_text: whether ids are texts; told: what became of
    the rows, after a whole pass. folder: where temporary files are made.
    """

    def __init__(
        self, paths: Sequence[str | Path], *, today: int, as_of: int | None = None, first_day: int = FIRST_DAY,
        linked_prefixes: Collection[str] = (), piece: int = PIECE, folder: Path | None = None,
    ) -> None:  # fmt: skip
        found, faults = reach(paths)
        self.files = tuple(found)
        self.first_day, self.piece = first_day, piece
        self._is_other = other_family(linked_prefixes)
        self._repeats = Repeats(folder)
        self._sources: list[_Source] = []
        latest = NO_DAY
        for file in without_repeats(found):
            try:
                source, last = self._look_through(file, today, dates=as_of is None)
            except Fault as fault:
                faults.append(fault)
            else:
                self._sources.append(source)
                latest = max(latest, last)
        raise_all(faults)
        if not any(file.rows for file in found):
            raise_all([FileFault("no_rows", file=file.name) for file in found])
        self._repeats.close()
        self.columns = {name for source in self._sources for name in source.columns}
        self.as_text = not all(pa.types.is_integer(source.patient) for source in self._sources)
        self.as_of = as_of if as_of is not None else latest if latest >= first_day else today
        self.told = Told()

    @property
    def rows(self) -> int:
        """Rows of all files."""
        return sum(source.file.rows for source in self._sources)

    def ids(self) -> tuple[int, int] | None:
        """The least and the greatest patient id, when all are whole numbers and the files tell it."""
        ends: list[int] = []
        for source in self._sources:
            if source.file.kind != "parquet" or self.as_text:
                return None
            metadata = pq.read_metadata(source.file.path)
            names, _, _ = parquet_columns(source.file, REGISTRATIONS)
            at = metadata.schema.names.index(names["patient_id"])
            for group in range(metadata.num_row_groups):
                statistics = metadata.row_group(group).column(at).statistics
                if statistics is None or not statistics.has_min_max:
                    return None
                ends += [int(statistics.min), int(statistics.max)]
        return (min(ends), max(ends)) if ends else None

    def __iter__(self) -> Iterator[Intake]:
        self.told = Told()
        waiting: list[tuple[Draft, Statuses | None]] = []
        for source in self._sources:
            for rows in pieces_of(source.file, REGISTRATIONS, self.piece):
                made = draft(rows)
                status = judge(made, self.first_day, self.as_of, self._is_other)
                several = None if made.registration_id is None else self._repeats.of(made.registration_id)
                if several is not None:
                    waiting.append((_part(made, several), None if status is None else status[several]))
                yield self._first(made, status, several)
        if waiting:
            yield self._last([made for made, _ in waiting], [status for _, status in waiting])

    def record(self) -> dict[str, Any]:
        """What run.json tells of the reading, after a whole pass."""
        found = self._without_rows().for_record()
        found["rows"]["used"] = self.told.used
        return found

    def require_rows(self) -> None:
        """A fault when a whole pass has left nothing to link."""
        if not self.told.used:
            self._without_rows().require_rows()

    def rejects(self) -> pa.Table:
        """Everything that was refused, after a whole pass."""
        return pa.concat_tables(self.told.rejects or [SCHEMA.empty_table()])

    def _without_rows(self) -> Intake:
        told = self.told
        return Intake(
            self.files, self.rejects(), pa.table({}), Sources((), (), ()), self.as_of, dict(sorted(told.aside.items())),
            told.superseded, told.withdrawn, told.later,
        )  # fmt: skip

    def _first(self, made: Draft, status: Statuses | None, several: Mask | None) -> Intake:
        """The rows of a piece that stand alone under their id, or have none."""
        alone = slice(None) if several is None else ~several
        counted = {
            "later": 0 if status is None else int((status == Status.LATER).sum()),
            "withdrawn": 0 if status is None else int((status[alone] == Status.WITHDRAWS).sum()),
        }
        rejects = reject_table([(made.rows.file.name, made.rows.refusals)], self.first_day, self.as_of)
        return self._noted([made], [status], [several], rejects, **counted)

    def _last(self, drafts: list[Draft], statuses: list[Statuses | None]) -> Intake:
        """Of the rows that share their id with others, those that hold."""
        versions = replaced(drafts, statuses)
        counted = {"superseded": versions.superseded, "withdrawn": versions.withdrawn}
        return self._noted(drafts, statuses, versions.masks, SCHEMA.empty_table(), **counted)

    def _noted(
        self, drafts: list[Draft], statuses: list[Statuses | None], left: list[Mask | None], rejects: pa.Table,
        **counted: int,
    ) -> Intake:  # fmt: skip
        kept = [kept_rows(status, mask) for status, mask in zip(statuses, left, strict=True)]
        intake = Intake(
            files=tuple(each.rows.file for each in drafts),
            rejects=rejects,
            registrations=registration_table(drafts, kept, as_text=self.as_text),
            sources=sources_of(drafts, kept),
            as_of=self.as_of,
            aside=aside_counts(drafts, statuses, left),
            **counted,
        )
        self.told.note(intake)
        return intake

    def _look_through(self, file: InFile, today: int, *, dates: bool) -> tuple[_Source, int]:
        """What has to be known of a file before its rows are judged: columns, number of rows, last date, its ids."""
        source, wanted = None, [*(DATES if dates else ()), "registration_id"]
        if file.kind == "parquet":
            names, schema, _ = parquet_columns(file, REGISTRATIONS)
            file.rows = pq.read_metadata(file.path).num_rows
            source = _Source(file, frozenset(names), schema.field(names["patient_id"]).type)
            if not source.columns & set(wanted):
                return source, NO_DAY
        latest = NO_DAY
        for rows in pieces_of(file, REGISTRATIONS, self.piece, wanted):
            if source is None:
                patient = columns.ids(rows, "patient_id")
                assert patient is not None
                source = _Source(file, frozenset(rows.table.column_names), patient.type)
            latest = max(latest, _last_day(rows, today)) if dates else latest
            ids = columns.ids(rows, "registration_id")
            if ids is not None:
                self._repeats.tell(ids.cast(pa.string()))
        assert source is not None
        return source, latest


def _last_day(rows: Rows, today: int) -> int:
    """The last date that is not after today: of events and of registration."""
    days, moments = columns.days(rows, "event_date"), columns.moments(rows, "registered_at")
    told = ([] if days is None else [days]) + ([] if moments is None else [days_of_moments(moments)])
    return max([NO_DAY, *(last_of(each, today) for each in told)])


def _part(made: Draft, chosen: Mask) -> Draft:
    """Some rows of a draft, with nothing refused."""
    mask = pa.array(chosen)
    rows = Rows(made.rows.file, made.rows.table.filter(mask), made.rows.number(np.flatnonzero(chosen)))
    return Draft(
        rows, made.patient.filter(mask), _words(made.code, chosen), _words(made.institution, chosen), made.day[chosen],
        None if made.registration_id is None else made.registration_id.filter(mask),
        None if made.registered is None else made.registered[chosen],
        {name: _words(word, chosen) for name, word in made.words.items()},
        {name: days[chosen] for name, days in made.days.items()},
    )  # fmt: skip


def _words(word: Words, chosen: Mask) -> Words:
    indices = word.indices[chosen]
    return Words(indices, word.texts, bool((indices < 0).any()))
