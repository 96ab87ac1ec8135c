"""Read registrations piece by piece, so that memory holds a piece and not the whole.

Parquet is read a million rows at a time; a file of another kind is one piece. Each row is judged as in `read.py`, by
the same as-of day, which is found first by a look at the dates alone. Which of several rows with the same registration
id holds can only be told from the whole, so files with such ids are refused here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from pakkeforlop.exchange.csv.columnar import parquet_columns, unusable
from pakkeforlop.exchange.csv.dates import days_of_moments
from pakkeforlop.exchange.csv.doors import read_rows
from pakkeforlop.exchange.csv.files import InFile, reach, without_repeats
from pakkeforlop.exchange.csv.intake import Intake, registration_table
from pakkeforlop.exchange.csv.judge import Draft, Status, draft, judge, last_of, other_family
from pakkeforlop.exchange.csv.layout import REGISTRATIONS
from pakkeforlop.exchange.csv.read import FIRST_DAY, aside_counts, kept_rows, sources_of
from pakkeforlop.exchange.csv.rejects import reject_table
from pakkeforlop.exchange.csv.rows import Rows, days, moments
from pakkeforlop.vocabulary.calendar import NO_DAY
from pakkeforlop.vocabulary.errors import Fault, FileFault, UsageFault, raise_all

PIECE = 1 << 20
"""Rows of a Parquet file that are read at a time."""


@dataclass
class _Source:
    """A file, its columns by our names, and its rows when it had to be read whole."""

    file: InFile
    columns: dict[str, str]
    kinds: dict[str, pa.DataType]
    whole: Draft | None = None


class Pieces:
    """The registrations of some files, a piece at a time; every pass gives the same pieces.

    columns: our names of the columns that any of the files has; as_text: whether ids are texts.
    """

    def __init__(
        self, paths: Sequence[str | Path], *, today: int, as_of: int | None = None, first_day: int = FIRST_DAY,
        linked_prefixes: Collection[str] = (), piece: int = PIECE,
    ) -> None:  # fmt: skip
        found, faults = reach(paths)
        self.files = tuple(found)
        self.first_day, self.piece = first_day, piece
        self._is_other = other_family(linked_prefixes)
        self._sources: list[_Source] = []
        for file in without_repeats(found):
            try:
                self._sources.append(_source(file))
            except Fault as fault:
                faults.append(fault)
        raise_all(faults)
        if not any(file.rows for file in found):
            raise_all([FileFault("no_rows", file=file.name) for file in found])
        if any("registration_id" in source.columns for source in self._sources):
            raise UsageFault("memory_and_ids")
        self.columns = {name for source in self._sources for name in source.columns}
        self.as_text = not all(pa.types.is_integer(source.kinds["patient_id"]) for source in self._sources)
        self.as_of = self._last_day(today) if as_of is None else as_of

    @property
    def rows(self) -> int:
        """Rows of all files."""
        return sum(source.file.rows for source in self._sources)

    def ids(self) -> tuple[int, int] | None:
        """The least and the greatest patient id, when all are whole numbers and the files tell it."""
        ends: list[int] = []
        for source in self._sources:
            if source.whole is not None or self.as_text:
                return None
            metadata = pq.read_metadata(source.file.path)
            at = metadata.schema.names.index(source.columns["patient_id"])
            for group in range(metadata.num_row_groups):
                told = metadata.row_group(group).column(at).statistics
                if told is None or not told.has_min_max:
                    return None
                ends += [int(told.min), int(told.max)]
        return (min(ends), max(ends)) if ends else None

    def __iter__(self) -> Iterator[Intake]:
        for source in self._sources:
            for made in _drafts(source, self.piece):
                yield self._intake(source.file, made)
            source.file.check_unchanged()

    def _intake(self, file: InFile, made: Draft) -> Intake:
        """One piece, judged."""
        status = judge(made, self.first_day, self.as_of, self._is_other)
        kept = [kept_rows(status, None)]
        return Intake(
            files=(file,),
            rejects=reject_table([(file.name, made.rows.refusals)], self.first_day, self.as_of),
            registrations=registration_table([made], kept, as_text=self.as_text),
            sources=sources_of([made], kept),
            as_of=self.as_of,
            aside=aside_counts([made], [status], [None]),
            later=0 if status is None else int((status == Status.LATER).sum()),
        )

    def _last_day(self, today: int) -> int:
        """The last date in the data that is not after today, from the columns with dates alone."""
        latest = NO_DAY
        for source in self._sources:
            wanted = [name for name in ("event_date", "registered_at") if name in source.columns]
            for rows in _rows(source, self.piece, wanted) if source.whole is None else [source.whole]:
                if isinstance(rows, Draft):
                    told = [rows.day, *([] if rows.registered is None else [days_of_moments(rows.registered)])]
                else:
                    given = days(rows, "event_date"), moments(rows, "registered_at")
                    told = [given[0]] if given[0] is not None else []
                    told += [days_of_moments(given[1])] if given[1] is not None else []
                latest = max([latest, *(last_of(each, today) for each in told)])
        return latest if latest >= self.first_day else today


def _source(file: InFile) -> _Source:
    if file.kind != "parquet":
        rows = read_rows(file, REGISTRATIONS)
        names = dict.fromkeys(rows.table.column_names, "")
        made = draft(rows)
        return _Source(file, names, {"patient_id": made.patient.type}, made)
    names, schema, _ = parquet_columns(file, REGISTRATIONS)
    file.rows = pq.read_metadata(file.path).num_rows
    return _Source(file, names, {ours: schema.field(theirs).type for ours, theirs in names.items()})


def _drafts(source: _Source, piece: int) -> Iterator[Draft]:
    if source.whole is not None:
        yield source.whole
        return
    for rows in _rows(source, piece, list(source.columns)):
        yield draft(rows)


def _rows(source: _Source, piece: int, wanted: Sequence[str]) -> Iterator[Rows]:
    """Some columns of a Parquet file, `piece` rows at a time."""
    file = source.file
    theirs = [source.columns[name] for name in wanted]
    _, _, words = parquet_columns(file, REGISTRATIONS)
    at = 0
    try:
        known = [name for name in words if name in theirs]
        with pq.ParquetFile(file.path, read_dictionary=known, pre_buffer=False) as opened:
            for batch in opened.iter_batches(piece, columns=theirs):
                table = pa.Table.from_batches([batch]).select(theirs).rename_columns(list(wanted))
                yield Rows(file, table, np.arange(at + 1, at + 1 + len(table), dtype=np.int64))
                at += len(table)
    except pa.ArrowException as error:
        raise unusable(error, file, "Parquet") from error


