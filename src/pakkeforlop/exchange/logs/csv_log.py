"""Events of a CSV log, a row at a time: any columns, encoding and delimiter detected or named by the mapping."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from pathlib import Path

from pakkeforlop.exchange.logs.event import Event, Refused, Seen
from pakkeforlop.exchange.logs.files import opened
from pakkeforlop.exchange.logs.mapping import Mapping
from pakkeforlop.vocabulary.errors import FileFault

DELIMITERS = ",;\t|"
HEAD = 1 << 16


def events(path: Path, mapping: Mapping, seen: Seen, columns: frozenset[str]) -> Iterator[Event]:
    """The events of a file. `columns` are those that the mapping names.

    FileFault when a column is missing; rows that cannot be read go to `seen.refused`.
    """
    encoding = mapping.read.encoding or _encoding(path)
    with opened(path) as stream:
        text = io.TextIOWrapper(stream, encoding=encoding, errors="replace", newline="")
        first = text.readline()
        delimiter = mapping.read.delimiter or max(DELIMITERS, key=first.count)
        header = next(csv.reader([first], delimiter=delimiter), [])
        places = _places(path.name, header, columns)
        patient, case = places[mapping.read.patient], places[mapping.read.case or mapping.read.patient]
        kept = [(name, place) for name, place in places.items()]
        width = len(header)
        try:
            for row, fields in enumerate(csv.reader(text, delimiter=delimiter), start=1):
                if len(fields) != width:
                    if fields:
                        seen.refused.append(Refused(path.name, row, "", "field_count"))
                    continue
                seen.events += 1
                values = {name: (fields[place],) for name, place in kept}
                yield Event(fields[patient].strip(), fields[case].strip(), values, row)
        except csv.Error as error:
            raise FileFault("damaged", file=path.name, kind="CSV") from error


def _places(file: str, header: list[str], columns: frozenset[str]) -> dict[str, int]:
    missing = sorted(columns.difference(header))
    if missing:
        raise FileFault("log_column_missing", file=file, missing=", ".join(missing), present=", ".join(header))
    return {name: header.index(name) for name in sorted(columns)}


def _encoding(path: Path) -> str:
    """UTF-8 when the whole file is, else Windows-1252."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with opened(path) as stream:
        try:
            while piece := stream.read(1 << 20):
                decoder.decode(piece)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8-sig"
