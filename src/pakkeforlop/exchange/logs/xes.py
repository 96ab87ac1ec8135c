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
from pakkeforlop.vocabulary.errors import FileFault

KINDS = frozenset({"string", "date", "int", "float", "boolean", "id"})
CASE, DATE = "case:concept:name", "time:timestamp"
PIECE = 1 << 18


class _Reader:
    """Collects the events that are whole after each piece of text."""

    def __init__(self) -> None:
        self.ready: list[dict[str, Values]] = []
        self._trace: dict[str, Values] = {}
        self._event: dict[str, Values] | None = None
        self._depth = 0
        self._level = 0
        """Depth of the element whose direct attributes count: the trace, or the event in it."""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        name = tag.rpartition("}")[2]
        if name == "trace":
            self._trace, self._level = {}, self._depth
        elif name == "event":
            self._event, self._level = {}, self._depth
        elif name in KINDS and self._depth == self._level + 1 and self._level:
            key, value = attributes.get("key", ""), attributes.get("value", "")
            if self._event is not None:
                self._event[key] = (value,)
            else:
                self._trace["case:" + key] = (value,)

    def end(self, tag: str) -> None:
        name = tag.rpartition("}")[2]
        if name == "event" and self._event is not None:
            self.ready.append({**self._trace, **self._event})
            self._event, self._level = None, self._depth - 1
        elif name == "trace":
            self._level = 0
        self._depth -= 1


def events(path: Path, mapping: Mapping, seen: Seen, columns: frozenset[str]) -> Iterator[Event]:
    """The events of a file, in its order. FileFault when it is not whole, not XML, or has a document type."""
    del columns  # attributes may be missing from any event
    patient = mapping.read.patient or mapping.read.case or CASE
    case = mapping.read.case or patient
    with opened(path) as stream:
        reader, parser = _Reader(), expat.ParserCreate()
        parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
        parser.StartDoctypeDeclHandler = _refuse(path.name)
        row = 0
        try:
            while True:
                piece = stream.read(PIECE)
                parser.Parse(piece, not piece)
                for values in reader.ready:
                    row += 1
                    seen.events += 1
                    yield Event(_text(values, patient), _text(values, case), values, row)
                reader.ready.clear()
                if not piece:
                    return
        except expat.ExpatError as error:
            raise FileFault("not_xml", file=path.name, line=error.lineno, column=error.offset + 1) from error


def _text(values: dict[str, Values], key: str) -> str:
    return values.get(key, ("",))[0].strip()


def _refuse(file: str) -> Any:
    def doctype(*_: object) -> None:
        raise FileFault("xml_doctype", file=file)

    return doctype
