"""Events of an XES log (IEEE 1849), streamed: one event in memory at a time, whatever the size of the file.

Read with the expat parser; a document type, and with it every entity, is refused, and nothing is fetched.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.parsers import expat

from pakkeforlop.exchange.logs.event import Event, Seen, Values
from pakkeforlop.exchange.logs.files import opened
from pakkeforlop.exchange.logs.mapping import Mapping
from pakkeforlop.exchange.logs.rules import case_of
from pakkeforlop.vocabulary.errors import FileFault

KINDS = frozenset({"string", "date", "int", "float", "boolean", "id"})
CASE, DATE = "case:concept:name", "time:timestamp"
PIECE = 1 << 18
LARGEST_TAG = 4 << 20
"""Bytes of one tag with its attributes; real ones have some hundreds."""
DEEPEST = 100


class _Reader:
    """Collects the events that are whole after each piece of text."""

    def __init__(self, parser: expat.XMLParserType, file: str) -> None:
        self.ready: list[tuple[int, dict[str, Values]]] = []
        """Line and attributes of the events that are whole."""
        self._parser, self._file, self._line = parser, file, 0
        self._trace: dict[str, Values] = {}
        self._event: dict[str, Values] | None = None
        self._depth = 0
        self._level = 0
        """Depth of the element whose direct attributes count: the trace, or the event in it."""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise FileFault("xml_too_deep", file=self._file, line=self._parser.CurrentLineNumber, most=DEEPEST)
        name = tag.rpartition(":")[2]
        if name == "trace":
            self._trace, self._level = {}, self._depth
        elif name == "event":
            self._event, self._level, self._line = {}, self._depth, self._parser.CurrentLineNumber
        elif name in KINDS and self._depth == self._level + 1 and self._level:
            key, value = attributes.get("key", ""), attributes.get("value", "")
            if self._event is not None:
                self._event[key] = (value,)
            else:
                self._trace["case:" + key] = (value,)

    def end(self, tag: str) -> None:
        name = tag.rpartition(":")[2]
        if name == "event" and self._event is not None:
            self.ready.append((self._line, {**self._trace, **self._event}))
            self._event, self._level = None, self._depth - 1
        elif name == "trace":
            self._level = 0
        self._depth -= 1


def events(path: Path, mapping: Mapping, seen: Seen, columns: frozenset[str]) -> Iterator[Event]:
    """The events of a file, in its order. FileFault when it is not whole, not XML, or built to harm."""
    del columns  # attributes may be missing from any event
    case = mapping.read.cases or (mapping.read.patient or CASE,)
    patient = mapping.read.patient or case[0]
    with opened(path) as stream:
        parser = expat.ParserCreate()
        reader = _Reader(parser, path.name)
        parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
        parser.StartDoctypeDeclHandler = _refuse(path.name)
        row = given = 0
        try:
            while True:
                piece = stream.read(PIECE)
                given += len(piece)
                parser.Parse(piece, not piece)
                for line, values in reader.ready:
                    row += 1
                    seen.events += 1
                    who = _text(values, patient)
                    name = case_of(mapping.read, who, [_text(values, key) for key in case])
                    yield Event(who, name, values, row, line)
                reader.ready.clear()
                if not piece:
                    return
                if given - max(parser.CurrentByteIndex, 0) > LARGEST_TAG:
                    line = parser.CurrentLineNumber
                    raise FileFault("xml_tag_too_large", file=path.name, line=line, most=f"{LARGEST_TAG >> 20} MB")
        except expat.ExpatError as error:
            raise FileFault("not_xml", file=path.name, line=error.lineno, column=error.offset + 1) from error


def _text(values: dict[str, Values], key: str) -> str:
    return values.get(key, ("",))[0].strip()


def _refuse(file: str) -> Any:
    def doctype(*_: object) -> None:
        raise FileFault("xml_doctype", file=file)

    return doctype
