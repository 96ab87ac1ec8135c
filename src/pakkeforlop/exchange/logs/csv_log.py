"""Events of a CSV log, a row at a time: any columns, encoding and delimiter detected or named by the mapping."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from pakkeforlop.exchange.logs.event import Event, Refused, Seen
from pakkeforlop.exchange.logs.files import opened
from pakkeforlop.exchange.logs.mapping import Mapping
from pakkeforlop.exchange.logs.rules import case_of
from pakkeforlop.vocabulary.errors import FileFault

DELIMITERS = ",;\t|"
LONGEST_LINE = 1 << 20
"""Characters of the longest header that is read."""
LONGEST_FIELD = 1 << 17
UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
ZIP = b"PK\x03\x04"


def events(path: Path, mapping: Mapping, seen: Seen, columns: frozenset[str]) -> Iterator[Event | None]:
    """The events of a file; None for a row that cannot be read, which goes to `seen.refused`.

    `columns` are those that the mapping names. FileFault when one is missing, or when the file is no CSV.
    """
    encoding = mapping.read.encoding or _encoding(path)
    with opened(path) as stream:
        text = io.TextIOWrapper(stream, encoding=encoding, errors="replace", newline="")
        first, above = _heading(text, path.name, mapping.read.header_line)
        delimiter = mapping.read.delimiter or max(DELIMITERS, key=first.count)
        lines = csv.reader(chain([first], text), delimiter=delimiter)
        header = [" ".join(name.split()) for name in next(lines, [])]
        places = _places(path.name, header, columns)
        patient = places[mapping.read.patient]
        case = [places[name] for name in mapping.read.cases or (mapping.read.patient,)]
        kept, width = list(places.items()), len(header)
        line = lines.line_num + above + 1
        csv.field_size_limit(LONGEST_FIELD)
        try:
            for row, fields in enumerate(lines, start=1):
                if len(fields) == width:
                    seen.events += 1
                    values = {name: (fields[place],) for name, place in kept}
                    who = fields[patient].strip()
                    name = case_of(mapping.read, who, [fields[at].strip() for at in case])
                    yield Event(who, name, values, row, line)
                elif fields:
                    seen.refused.append(Refused(row, line, "", "field_count", f"{len(fields)} ≠ {width}"))
                    yield None
                line = lines.line_num + above + 1
        except csv.Error as error:
            raise FileFault("log_row", file=path.name, line=line, limit=LONGEST_FIELD) from error


def _heading(text: io.TextIOWrapper, file: str, number: int) -> tuple[str, int]:
    """The line that names the columns (several, where a name goes over more than one), and how many more lines than one
    it takes up with what stands above it. A spreadsheet's `sep=;` is passed over.
    """
    line, read = "", 0
    while read < number or line.startswith("sep=") or line.count('"') % 2:
        goes_on = line.count('"') % 2 and read >= number
        piece = text.readline(LONGEST_LINE)
        line = line + piece if goes_on else piece
        if len(line) >= LONGEST_LINE:
            raise FileFault("line_too_long", file=file, limit=LONGEST_LINE, row=0)
        if not piece:
            break
        read += 1
    return line, max(read - 1, 0)


def _places(file: str, header: list[str], columns: frozenset[str]) -> dict[str, int]:
    missing = sorted(columns.difference(header))
    if twice := sorted(name for name in columns if header.count(name) > 1):
        raise FileFault("log_column_twice", file=file, columns=twice)
    if missing:
        raise FileFault("log_column_missing", file=file, missing=missing, present=header)
    return {name: header.index(name) for name in sorted(columns)}


def _encoding(path: Path) -> str:
    """UTF-8 when the whole file is, else Windows-1252. FileFault for what is no such text."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with opened(path) as stream:
        piece = stream.read(1 << 18)
        if piece.startswith(UTF16):
            raise FileFault("not_text_utf16", file=path.name)
        if piece.startswith(ZIP):
            raise FileFault("not_text_spreadsheet", file=path.name)
        if b"\0" in piece:
            raise FileFault("not_text", file=path.name)
        try:
            while piece:
                decoder.decode(piece)
                piece = stream.read(1 << 18)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8-sig"
