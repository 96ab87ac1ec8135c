"""A delivered file read back, CSV or xlsx, into the same table of texts that it was written from.

The file is opened in a process of its own (`exchange.enclosed`).
"""

from __future__ import annotations

import csv
import io
import zlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import chain, islice
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

import pyarrow as pa

from pakkeforlop.exchange.deliver.layout import columns
from pakkeforlop.exchange.deliver.write import BOM, RISKY
from pakkeforlop.exchange.enclosed import enclosed, renew
from pakkeforlop.vocabulary.errors import FileFault, UsageFault, unreadable

READER = "pakkeforlop.exchange.deliver.read:cells"
MEMORY = 1 << 30
"""Bytes that opening may take: a workbook keeps all its different texts."""
BATCH = 2_000
ZIP = b"PK\x03\x04"
LARGEST = 2 << 30
STRICT = frozenset({"number", "date"})
NOTHING = "NULL"
FREE_GROWTH, MOST_GROWTH = 64 << 20, 300
HEAD = 4096


def read_delivery(path: Path) -> pa.Table:
    """The rows of a file. FileFault when a column is not where the register puts it, or a cell cannot be read."""
    return table_of(enclosed(READER, str(path.absolute()), file=path.name, memory=MEMORY), path.name)


def table_of(batches: Iterator[list[Any]], file: str) -> pa.Table:
    """What `cells` gives of a file, as a table."""
    plain = next(batches) == [True]
    return _table(chain.from_iterable(batches), file, plain=plain)


def cells(name: str) -> Iterator[list[Any]]:
    """First whether the file is a workbook, then its rows of texts in batches; faults of a file that is neither."""
    path = Path(name)
    try:
        with path.open("rb") as stream:
            head = stream.read(4)
        if not head:
            raise FileFault("file_empty", file=path.name)
        if path.stat().st_size > LARGEST:
            raise FileFault("too_large", file=path.name, most="2 GB")
        yield [head == ZIP]
        rows = iter(_workbook(path) if head == ZIP else _text(path))
        while batch := list(islice(rows, BATCH)):
            renew()
            yield batch
    except OSError as error:
        raise unreadable(error, path) from error
    except UnicodeDecodeError as error:
        raise FileFault("not_text_utf8", file=path.name) from error
    except csv.Error as error:
        raise FileFault("damaged", file=path.name, kind="CSV") from error


def _text(path: Path) -> Iterator[list[str]]:
    with path.open("rb") as stream:
        text = io.TextIOWrapper(stream, encoding="utf-8", newline="")
        if text.read(1) != BOM:
            text.seek(0)
        yield from csv.reader(text, delimiter=";", strict=True)


def _workbook(path: Path) -> Iterator[list[str]]:
    try:
        import openpyxl
    except ImportError:
        raise UsageFault("extra_missing", package="openpyxl") from None
    try:
        with path.open("rb") as stream:
            _check_parts(ZipFile(stream), path)
            book = openpyxl.load_workbook(stream, read_only=True, data_only=True)
            width = len(columns())
            for cells in book.worksheets[0].iter_rows(values_only=True):
                texts = [_cell(value) for value in cells]
                yield texts + [""] * (width - len(texts))
            book.close()
    except (BadZipFile, KeyError, ValueError, IndexError, SyntaxError, NotImplementedError, zlib.error) as error:
        raise FileFault("damaged", file=path.name, kind="xlsx") from error


def _check_parts(archive: ZipFile, path: Path) -> None:
    """Refuse what no workbook needs: growth beyond reason, and document types (with them every entity)."""
    if sum(part.file_size for part in archive.infolist()) > max(FREE_GROWTH, path.stat().st_size * MOST_GROWTH):
        raise FileFault("grows_too_much", file=path.name, times=MOST_GROWTH)
    for part in archive.infolist():
        with archive.open(part) as stream:
            if b"<!DOCTYPE" in stream.read(HEAD):
                raise FileFault("xml_doctype", file=path.name)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)


def _table(lines: Iterable[Sequence[str]], file: str, *, plain: bool) -> pa.Table:
    """plain: cells are as they were, with no apostrophe before what might be a formula."""
    known = columns()
    rows = iter(lines)
    header = [name.strip() for name in next(rows, [])]
    for place, column in enumerate(known):
        found = header[place] if place < len(header) else "–"
        if found != column.name:
            raise FileFault("not_a_delivery", file=file, place=place + 1, wanted=column.name, found=found[:60])
    kept_cells: list[list[str]] = [[] for _ in known]
    for number, row in enumerate(rows, 1):
        if len(row) != len(known):
            raise FileFault("delivery_cell", file=file, row=number, column=len(row), value="…")
        for column, value, kept in zip(known, row, kept_cells, strict=True):
            strict = column.kind in STRICT
            if strict and value == NOTHING:
                value = ""  # noqa: PLW2901 - older hand-made files say so
            if strict and not _fits(column.kind, value):
                raise FileFault("delivery_cell", file=file, row=number, column=column.name, value=value[:40])
            kept.append(value if plain or strict else _unmarked(value))
    names = [column.name for column in known]
    return pa.table({name: pa.array(kept, pa.string()) for name, kept in zip(names, kept_cells, strict=True)})


def _fits(kind: str, value: str) -> bool:
    if not value:
        return True
    if kind == "number":
        digits = value.removeprefix("-")
        return digits.isascii() and digits.isdecimal()
    if kind == "date":
        try:
            return date.fromisoformat(value).isoformat() == value
        except ValueError:
            return False
    return True


def _unmarked(value: str) -> str:
    """Without the apostrophe that writing set before a text that might be a formula."""
    return value[1:] if value.startswith("'") and value[1:].startswith(RISKY) else value
