"""Read a CSV file: encoding and delimiter detected, faulty rows set apart, all values text.

The choice of tools: a scan over arrays of positions (`lines.py`) judges which records are whole, and PyArrow's parser
gets only those. PyArrow's or DuckDB's parser alone is as fast, but a stray quotation mark makes it lose the rows after
it, and it cannot say on which row of the file an accepted row stood. The file is read a piece at a time, so memory
grows with the columns kept and not with the text.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv

from pakkeforlop.exchange.csv.files import HEAD, InFile, check_text
from pakkeforlop.exchange.csv.layout import Kind, Layout, known_headers, match
from pakkeforlop.exchange.csv.lines import LONGEST_RECORD, REPLACEMENT, Positions, Records, scan
from pakkeforlop.exchange.csv.rejects import Refusals
from pakkeforlop.exchange.csv.rows import WORDS, Rows
from pakkeforlop.vocabulary.errors import FileFault, unreadable

PIECE = 16 << 20
BLOCK = 4 * LONGEST_RECORD  # what the parser takes at a time; a record must fit in it
LONGEST_LINE = 4 << 20
DELIMITERS = (",", ";", "\t")
BOM = b"\xef\xbb\xbf"


def read_text(file: InFile, layout: Layout, piece: int = PIECE) -> Rows:
    """The rows of a CSV file."""
    tables: list[pa.Table] = []
    numbers: list[Positions] = []
    refusals = Refusals()
    for rows in text_pieces(file, layout, piece):
        tables.append(rows.table)
        numbers.append(rows.number(np.arange(len(rows))))
        refusals.pieces += rows.refusals.pieces
    gaps = bool(refusals.pieces)
    return Rows(file, pa.concat_tables(tables), np.concatenate(numbers) if gaps else None, refusals)


def text_pieces(file: InFile, layout: Layout, piece: int = PIECE) -> Iterator[Rows]:
    """The rows of a CSV file, some millions of bytes at a time; at least one piece. `file` is told all at the end."""
    with file.open() as stream:
        try:
            yield from _read(file, stream, layout, piece)
        except (EOFError, zlib.error) as error:
            raise FileFault("half_written", file=file.name, kind="gzip") from error
        except OSError as error:
            if file.kind == "csv.gz" and error.errno is None:
                raise FileFault("damaged", file=file.name, kind="gzip") from error
            raise unreadable(error, file.name) from error


def _read(file: InFile, stream: BinaryIO, layout: Layout, piece: int) -> Iterator[Rows]:
    first = stream.read(HEAD)
    if not first:
        raise FileFault("file_empty", file=file.name)
    check_text(first, file.name)
    if first.startswith(BOM):
        file.encoding, first = "utf-8", first[len(BOM) :]
    headers, rest = _header(file, stream, first, layout)
    places = match(layout, headers, file.name)
    file.rows = 0
    file.notes.clear()
    none = True
    for records in _pieces(file, stream, rest, len(headers), piece):
        table = _parse(records.text, file.delimiter, len(headers), places, layout)
        good = np.arange(len(table)) if records.good is None else records.good
        if len(good) != len(table):  # never seen; a wrong row number would be worse than stopping
            raise FileFault("damaged", file=file.name, kind="CSV")
        rows = Rows(file, table, good + (file.rows + 1))
        for reason, which in records.refused.items():
            rows.refusals.add(which + (file.rows + 1), "", reason)
            if reason == "cut_off":
                file.notes.append("cut_off")
        file.rows += records.count
        none = False
        yield rows
    file.encoding = file.encoding or "ascii"
    if none:
        yield Rows(file, _parse(b"", file.delimiter, len(headers), places, layout))


def _header(file: InFile, stream: BinaryIO, text: bytes, layout: Layout) -> tuple[list[str], bytes]:
    """The headers, and what was read beyond them. Sets the file's delimiter."""
    while True:
        line, rest = _first_line(text)
        if line is None:
            more = stream.read(HEAD)
            if more:
                if len(text) > LONGEST_LINE:
                    raise FileFault("line_too_long", file=file.name, limit=LONGEST_LINE, row=0)
                text += more
                continue
            line, rest = text.strip(b"\r\n"), b""
        if line.strip() == b"" and rest:
            text = rest
            continue
        break
    header = _decoded(line, file.encoding)
    if not header.strip():
        raise FileFault("file_empty", file=file.name)
    if header[:4].lower() == "sep=" and len(header.strip()) == 5:  # a line that Excel writes and reads
        return _header(file, stream, rest, layout)
    split = {mark: _split(header, mark) for mark in DELIMITERS}
    file.delimiter = max(DELIMITERS, key=lambda mark: (known_headers(layout, split[mark]), len(split[mark])))
    return split[file.delimiter], rest


def _first_line(text: bytes) -> tuple[bytes | None, bytes]:
    """The first line and the rest; None when its end is not there yet."""
    ends = [place for place in (text.find(b"\n"), text.find(b"\r")) if place >= 0]
    if not ends:
        return None, text
    end = min(ends)
    if text[end : end + 1] == b"\r":
        if end + 1 == len(text):
            return None, text
        return text[:end], text[end + (2 if text[end + 1 : end + 2] == b"\n" else 1) :]
    return text[:end], text[end + 1 :]


def _split(header: str, mark: str) -> list[str]:
    """The headers of a line, out of their quotes."""
    import csv

    return next(csv.reader([header], delimiter=mark), [])


def _decoded(text: bytes, encoding: str) -> str:
    """Text in the encoding that was found, or in UTF-8, or in Windows-1252."""
    if encoding:
        return text.decode(encoding, "replace")
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError:
        return text.decode("windows-1252", "replace")


def _pieces(file: InFile, stream: BinaryIO, rest: bytes, fields: int, size: int) -> Iterator[Records]:
    """The file in pieces that end where a record ends, judged."""
    waiting = rest
    last = False
    row = 0
    while not last:
        block = stream.read(size)
        last = not block
        waiting += block
        if waiting.endswith(b"\r") and not last:
            continue  # its line feed may come with the next piece
        text = waiting.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in waiting else waiting
        end = len(text) if last else text.rfind(b"\n") + 1
        text, waiting = text[:end], text[end:]
        if len(waiting) > LONGEST_LINE:
            raise FileFault("line_too_long", file=file.name, limit=LONGEST_LINE, row=row)
        if not text:
            continue
        readable, undecoded = _as_utf8(file, text)
        records = scan(readable, file.delimiter, fields, last=last, undecoded=undecoded)
        if records.used < len(readable) and not last:
            waiting = _undone(file, readable[records.used :]) + waiting
        row += records.count
        yield records


def _as_utf8(file: InFile, text: bytes) -> tuple[bytes, bool]:
    """The text in UTF-8, and whether characters were replaced. The first letters beyond ASCII tell the encoding."""
    if text.isascii():
        return text, False
    if file.encoding in ("", "utf-8"):
        try:
            text.decode("utf-8")
        except UnicodeDecodeError:
            loose = text.decode("utf-8", "replace")
            wrong = loose.count("\N{REPLACEMENT CHARACTER}")
            if file.encoding == "utf-8" or _beyond_ascii(loose) > 2 * wrong:  # more letters than damage
                file.encoding = "utf-8"
                return loose.encode(), True
        else:
            file.encoding = "utf-8"
            return text, False
        file.encoding = "windows-1252"
    readable = text.decode(file.encoding, "replace").encode()
    return readable, REPLACEMENT in readable


def _beyond_ascii(text: str) -> int:
    return len(text) - len(text.encode("ascii", "ignore"))


def _undone(file: InFile, text: bytes) -> bytes:
    """Text that waits for the next piece, back in the file's own encoding."""
    return text.decode("utf-8").encode(file.encoding, "replace") if file.encoding == "windows-1252" else text


def _parse(text: bytes, delimiter: str, fields: int, places: dict[str, int], layout: Layout) -> pa.Table:
    """The known columns of records that are whole, as text."""
    names = [f"field{number}" for number in range(fields)]
    kinds = {names[place]: pa.string() if layout.kind(name) is Kind.ID else WORDS for name, place in places.items()}
    if not text:
        return pa.table({name: pa.array([], kinds[names[place]]) for name, place in places.items()})
    table = arrow_csv.read_csv(
        pa.py_buffer(text),
        read_options=arrow_csv.ReadOptions(column_names=names, block_size=BLOCK),
        parse_options=arrow_csv.ParseOptions(delimiter=delimiter, newlines_in_values=False, ignore_empty_lines=False),
        convert_options=arrow_csv.ConvertOptions(
            include_columns=[names[place] for place in places.values()], column_types=kinds, strings_can_be_null=False
        ),
    )
    return table.rename_columns(list(places))
