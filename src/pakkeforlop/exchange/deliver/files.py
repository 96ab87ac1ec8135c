"""The files of one month: rows are laid down by trust as they come, and taken up a file at a time, a part at a time.

Running numbers follow the order of the patients' keyed hashes, so a file can be made in parts by the first bits of the
hash: all patients of a part come before those of the next. What is in memory is one part, whatever the size of a file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.compute as pc

from pakkeforlop.exchange.deliver.layout import Month, Recipient, column_names, file_name
from pakkeforlop.exchange.deliver.residence import FILLED
from pakkeforlop.exchange.deliver.running import instance_ids, order_of
from pakkeforlop.exchange.deliver.table import SCHEMA
from pakkeforlop.exchange.deliver.write import CsvFile, XlsxFile

PART = 50_000
"""Rows of a part, about."""
BATCH = 16_384
NOTES = pa.schema([(name, pa.string()) for name in ("lopenr", "pfInstansId", "column", "value")])
HASHED = SCHEMA.append(pa.field("hash", pa.binary(32)))


class LaidDown:
    """The rows of a month in files of a folder, by trust."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: dict[str, Any] = {}
        self.rows: Counter[str] = Counter()
        """Rows of each trust."""
        self._region: dict[str, str] = {}

    def add(self, table: pa.Table) -> None:
        """Lay down rows (`table.SCHEMA`)."""
        for trust in pc.unique(table["trust"]).to_pylist():
            mine = table.filter(pc.equal(table["trust"], trust))
            if trust not in self._files:
                self._files[trust] = pa.ipc.new_stream(self._path(trust), SCHEMA)
                self._region[trust] = mine["region"][0].as_py()
            self._files[trust].write_table(mine, BATCH)
            self.rows[trust] += len(mine)

    def close(self) -> None:
        """Everything is laid down."""
        for file in self._files.values():
            file.close()

    @property
    def trusts(self) -> tuple[Recipient, ...]:
        """The trusts that have rows, by key."""
        return tuple(Recipient(key, key, "trust") for key in sorted(self.rows))

    def count(self, recipient: Recipient) -> int:
        """How many rows a recipient gets."""
        return sum(self.rows[trust] for trust in self._trusts_of(recipient))

    def batches(self, recipient: Recipient) -> Iterator[pa.RecordBatch]:
        """The rows that a recipient gets: those whose responsible trust is it, or is in it."""
        for trust in self._trusts_of(recipient):
            with pa.OSFile(str(self._path(trust))) as source:
                yield from pa.ipc.open_stream(source)

    def _trusts_of(self, recipient: Recipient) -> list[str]:
        if recipient.level == "region":
            return sorted(trust for trust, region in self._region.items() if region == recipient.key)
        return [recipient.key] if recipient.key in self.rows else []

    def _path(self, trust: str) -> Path:
        return self._folder / f"rows-{trust}.arrow"


@dataclass
class Made:
    """What the log and the record tell of a file: counts only, and notes on single cells beside."""

    recipient: Recipient
    name: str
    rows: int = 0
    patients: int = 0
    started: Counter[str] = field(default_factory=Counter)
    """Rows by month of start, as YYYY-MM."""
    without_municipality: int = 0
    notes: list[pa.Table] = field(default_factory=list)

    def note(self, table: pa.Table, filled: pa.ChunkedArray) -> None:
        """Count some rows of the file."""
        self.rows += len(table)
        for one in pc.value_counts(pc.utf8_slice_codeunits(table["StartDato"], 0, 7)).to_pylist():
            self.started[one["values"]] += one["counts"]
        self.without_municipality += int(pc.sum(pc.equal(table["KommuneNr"], "")).as_py() or 0)
        some = pc.not_equal(filled, 0)
        for row, bits in zip(table.filter(some).to_pylist(), filled.filter(some).to_pylist(), strict=True):
            lines = [
                {"lopenr": row["lopenr"], "pfInstansId": row["pfInstansId"], "column": column, "value": row[column]}
                for column, bit in FILLED.items() if bits & bit
            ]  # fmt: skip
            self.notes.append(pa.Table.from_pylist(lines, NOTES))


def write_file(
    rows: LaidDown, recipient: Recipient, month: Month, secret: bytes, folder: Path, stream: BinaryIO,
    workbook: BinaryIO | None,
) -> Made:  # fmt: skip
    """Write the file of one recipient as CSV, and as a workbook where one is asked for. folder: for temporary files.

    A trust gets the ids that it can make itself; a region gets ids that cannot be led back to a patient.
    """
    made = Made(recipient, file_name(recipient, month))
    text = CsvFile(stream)
    book = None if workbook is None else XlsxFile(workbook, month, folder)
    for part in _parts(rows, recipient, secret, made.name, folder):
        table = _numbered(part, made, secret)
        made.note(table.select(column_names()), table["filled"])
        text.write(table.select(column_names()))
        if book is not None:
            book.write(table.select(column_names()))
    text.close()
    if book is not None:
        book.close()
    return made


def _numbered(part: pa.Table, made: Made, secret: bytes) -> pa.Table:
    """The rows of a part in the order of the file, with its running numbers and ids."""
    part = part.sort_by([(column, "ascending") for column in ("hash", "patient", "Forløp", "StartDato", "episode")])
    numbers, before = [], None
    for patient in part["patient"].to_pylist():
        made.patients += patient != before
        before = patient
        numbers.append(str(made.patients))
    ids = part["episode"]
    if made.recipient.level == "region":
        ids = pa.array(instance_ids(secret, ids.to_pylist()), pa.string())
    return part.append_column("lopenr", pa.array(numbers, pa.string())).append_column("pfInstansId", ids)


def _parts(rows: LaidDown, recipient: Recipient, secret: bytes, name: str, folder: Path) -> Iterator[pa.Table]:
    """The rows of a file in parts, in the order of their patients' hashes."""
    count = -(-rows.count(recipient) // PART)
    hashed = (_hashed(batch, secret, name) for batch in rows.batches(recipient))
    if count <= 1:
        yield pa.Table.from_batches(hashed, HASHED)
        return
    paths = [folder / f"part-{number}.arrow" for number in range(count)]
    files = [pa.ipc.new_stream(path, HASHED) for path in paths]
    for batch in hashed:
        which = pa.array([int.from_bytes(one[:4]) * count >> 32 for one in batch["hash"].to_pylist()])
        for number, file in enumerate(files):
            file.write_batch(batch.filter(pc.equal(which, number)))
    for file in files:
        file.close()
    for path in paths:
        with pa.OSFile(str(path)) as source:
            table = pa.ipc.open_stream(source).read_all()
        path.unlink()
        yield table


def _hashed(batch: pa.RecordBatch, secret: bytes, name: str) -> pa.RecordBatch:
    hashes = pa.array(order_of(secret, name, batch["patient"].to_pylist()), pa.binary(32))
    return pa.RecordBatch.from_arrays([*batch.columns, hashes], schema=HASHED)
