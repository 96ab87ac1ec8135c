"""XML from outside, streamed: no document type, no entities, no network, no giants; element by element.

Read with the expat parser, which never fetches anything; what is built to harm is refused before it has grown.
"""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile

from pakkeforlop.exchange.enclosed import renew
from pakkeforlop.vocabulary.errors import FileFault, unreadable

PIECE = 1 << 16
ZIP, GZIP = b"PK\x03\x04", b"\x1f\x8b"
LARGEST_TOKEN = 4 << 20
"""Bytes of one tag: ours are some hundred."""
DEEPEST = 64
LONGEST_TEXT = 1 << 20
MOST_GROWTH, FREE_GROWTH = 300, 256 << 20
SEPARATOR = "}"
ENCODINGS = frozenset({"utf-8", "utf8", "iso-8859-1", "us-ascii", "ascii", "utf-16"})

Start = Callable[[str, str, dict[str, str]], None]
End = Callable[[str, str], None]


class Stop(Exception):
    """The reader has seen enough."""


@contextmanager
def message_stream(path: Path) -> Iterator[BinaryIO]:
    """The XML of a message, unpacked from zip (one file in it) or gzip."""
    try:
        if path.is_dir():
            raise FileFault("file_is_directory", file=str(path))
        with path.open("rb") as stream:
            head = stream.read(4)
            stream.seek(0)
            if not head:
                raise FileFault("file_empty", file=path.name)
            if head == ZIP:
                with ZipFile(stream) as archive:
                    inside = [one for one in archive.infolist() if not one.is_dir()]
                    if len(inside) != 1:
                        raise FileFault("npr_not_a_message", file=path.name, found=f"zip: {len(inside)}")
                    with archive.open(inside[0]) as content:
                        yield _bounded(cast(BinaryIO, content), path)
            elif head[:2] == GZIP:
                yield _bounded(cast(BinaryIO, gzip.GzipFile(fileobj=stream)), path)
            else:
                yield cast(BinaryIO, io.BufferedReader(_Stretched(stream), PIECE))
    except (EOFError, zlib.error) as error:
        raise FileFault("half_written", file=path.name, kind="zip") from error
    except (BadZipFile, gzip.BadGzipFile, NotImplementedError, RuntimeError) as error:
        raise FileFault("damaged", file=path.name, kind="zip") from error
    except OSError as error:
        raise unreadable(error, path) from error


def parse(
    path: Path, start: Start, end: End, text: Callable[[str], None] = lambda _: None, *, longest: int = LONGEST_TEXT
) -> None:
    """Read a message. `start` gets namespace, name and attributes, `end` namespace and name.

    longest: characters of one text. FileFault when it is not whole, not XML, or built to harm; `Stop` from a handler
    ends the reading.
    """
    for _ in steps(path, start, end, text, longest=longest):
        pass


def steps(
    path: Path, start: Start, end: End, text: Callable[[str], None] = lambda _: None, *, longest: int = LONGEST_TEXT
) -> Iterator[None]:
    """As `parse`, piece by piece: what the handlers have gathered can be passed on between."""
    depth, run_of_text = 0, 0

    def opened(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth, run_of_text
        depth, run_of_text = depth + 1, 0
        if depth > DEEPEST:
            raise FileFault("npr_too_deep", file=path.name, why=f"> {DEEPEST}")
        namespace, _, local = name.rpartition(SEPARATOR)
        start(namespace, local, attributes)

    def closed(name: str) -> None:
        nonlocal depth
        depth -= 1
        namespace, _, local = name.rpartition(SEPARATOR)
        end(namespace, local)

    def said(piece: str) -> None:
        nonlocal run_of_text
        run_of_text += len(piece)
        if run_of_text > longest:
            raise FileFault("npr_too_deep", file=path.name, why=f"> {longest >> 20} MB")
        text(piece)

    def declared(_version: str, encoding: str | None, _standalone: int) -> None:
        if encoding and encoding.casefold() not in ENCODINGS:
            raise FileFault("npr_too_deep", file=path.name, why=encoding[:40])

    def refused(*_: object) -> None:
        raise FileFault("xml_doctype", file=path.name)

    parser = expat.ParserCreate(namespace_separator=SEPARATOR)
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = opened, closed
    parser.CharacterDataHandler, parser.XmlDeclHandler = said, declared
    parser.StartDoctypeDeclHandler = refused
    try:
        with message_stream(path) as stream:
            yield from _fed(parser, stream, path)
    except Stop:
        return
    except expat.ExpatError as error:
        raise FileFault("not_xml", file=path.name, line=error.lineno, column=error.offset + 1) from error


def _fed(parser: expat.XMLParserType, stream: BinaryIO, path: Path) -> Iterator[None]:
    given = 0
    while True:
        piece = stream.read(PIECE)
        given += len(piece)
        parser.Parse(piece, not piece)
        if not piece:
            return
        if given - max(parser.CurrentByteIndex, 0) > LARGEST_TOKEN:
            raise FileFault("npr_too_deep", file=path.name, why=f"> {LARGEST_TOKEN >> 20} MB")
        yield


class _Stretched(io.RawIOBase):
    """Each piece that is read has its own time, where time is limited."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        renew()
        piece = self._stream.read(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)


class _Limited(io.RawIOBase):
    """Stops when it has given more than a packed file of its size can honestly hold."""

    def __init__(self, stream: BinaryIO, path: Path) -> None:
        self._stream, self._path, self._given = stream, path, 0
        self._most = max(FREE_GROWTH, path.stat().st_size * MOST_GROWTH)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        renew()
        piece = self._stream.read(len(buffer))
        self._given += len(piece)
        if self._given > self._most:
            raise FileFault("grows_too_much", file=self._path.name, times=MOST_GROWTH)
        buffer[: len(piece)] = piece
        return len(piece)


def _bounded(stream: BinaryIO, path: Path) -> BinaryIO:
    return cast(BinaryIO, io.BufferedReader(_Limited(stream, path), PIECE))
