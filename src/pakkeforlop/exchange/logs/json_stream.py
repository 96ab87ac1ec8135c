"""A FHIR file as its resources, one in memory at a time: a bundle, a single resource, or one resource a line (NDJSON).

Of a bundle only the entries are kept; its other fields may be of any kind and stand in any order. JSON's own parser
reads each value; what is built to harm (deep nesting, a value without end) is refused.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO, NamedTuple

from pakkeforlop.vocabulary.errors import FileFault

PIECE = 1 << 18
LARGEST = 64 << 20
"""Characters of one resource; the largest real ones hold a scanned document of some megabytes."""
SPACE = re.compile(r"[ \t\r\n]*")
CLOSED = frozenset('"]}')
"""A value that ends so is whole."""
GOES_ON = re.compile(r"[\d.eE+-]*\Z")
"""A number may go on after the end of what was read: 1 is the beginning of 1e+16."""


class BundleEntry(NamedTuple):
    """An entry of a bundle, as it stands in it."""

    content: Any


Found = tuple[int, dict[str, Any] | BundleEntry]
"""A line of the file, and the resource or entry that begins on it."""


class _Text:
    """A window that moves over the text of a file: what lies before `at` is behind us."""

    def __init__(self, stream: BinaryIO, file: str) -> None:
        self._text = io.TextIOWrapper(stream, encoding="utf-8-sig", errors="replace", newline="\n")
        self._decode = json.JSONDecoder().raw_decode
        self.file, self.window, self.at, self.line = file, "", 0, 1
        self._ended = False
        self._dropped = self._line_begins = 0
        """Characters before the window, and before the line that `at` stands on."""

    def peek(self) -> str:
        """The next character that is no space; empty at the end of the file."""
        while True:
            match = SPACE.match(self.window, self.at)
            assert match is not None
            self._forward(match.end())
            if self.at < len(self.window) or not self._more():
                return self.window[self.at : self.at + 1]

    def take(self, wanted: str) -> None:
        """Step over a character that must come now."""
        if self.peek() != wanted:
            raise self.broken(self.at)
        self._forward(self.at + 1)

    def value(self) -> Any:
        """The value that begins here."""
        self.peek()
        while True:
            try:
                value, end = self._decode(self.window, self.at)
            except json.JSONDecodeError as error:
                if not self._may_go_on(error) or not self._more():
                    raise self.broken(error.pos) from error
            except RecursionError as error:
                raise FileFault("json_too_deep", file=self.file, line=self.line) from error
            else:
                closed = self.window[end - 1] in CLOSED or not GOES_ON.match(self.window, end)
                if closed or not self._more():
                    self._forward(end)
                    return value

    def key(self) -> str:
        """The name of a field, and the colon after it."""
        if self.peek() != '"':
            raise self.broken(self.at)
        name = self.value()
        self.take(":")
        return str(name)

    def broken(self, at: int) -> FileFault:
        """The fault for text that is no JSON at this place."""
        self._forward(at)
        column = self._dropped + at - self._line_begins + 1
        return FileFault("not_json", file=self.file, line=self.line, column=column)

    def _may_go_on(self, error: json.JSONDecodeError) -> bool:
        """Whether the text only ends too early: in a string, or within a few characters of its end."""
        return error.msg.startswith(("Unterminated string", "Invalid \\")) or len(self.window) - error.pos < 16

    def _forward(self, to: int) -> None:
        if breaks := self.window.count("\n", self.at, to):
            self.line += breaks
            self._line_begins = self._dropped + self.window.rfind("\n", self.at, to) + 1
        self.at = to

    def _more(self) -> bool:
        """Read on, at least as much as is waiting, so that a long value is not begun again too often."""
        if self._ended:
            return False
        waiting = len(self.window) - self.at
        if waiting > LARGEST:
            raise FileFault("json_too_large", file=self.file, line=self.line, most=f"{LARGEST >> 20} MB")
        piece = self._text.read(max(PIECE, waiting))
        self._ended = not piece
        if piece:
            self._dropped += self.at
            self.window, self.at = self.window[self.at :] + piece, 0
        return bool(piece)


def resources(stream: BinaryIO, file: str) -> Iterator[Found]:
    """The entries of a bundle, or the resources of the file, with their lines.

    FileFault when the file is not JSON or not FHIR.
    """
    text = _Text(stream, file)
    if text.peek() != "{":
        text.value()  # tells where it breaks, if it does
        raise FileFault("not_fhir", file=file)
    while text.peek():
        yield from _one(text)


def _one(text: _Text) -> Iterator[Found]:
    """One object of the file: a resource, or a bundle entry by entry (all at once where its kind comes after them)."""
    line, fields = text.line, dict[str, Any]()
    text.take("{")
    while text.peek() != "}":
        key = text.key()
        if key == "entry" and fields.get("resourceType") == "Bundle" and text.peek() == "[":
            yield from _items(text)
        else:
            fields[key] = text.value()
        if text.peek() != ",":
            break
        text.take(",")
    text.take("}")
    if not isinstance(fields.get("resourceType"), str):
        raise FileFault("not_fhir", file=text.file)
    if fields["resourceType"] != "Bundle":
        yield line, fields
        return
    entries = fields.get("entry", [])
    for entry in entries if isinstance(entries, list) else []:
        yield line, BundleEntry(entry)


def _items(text: _Text) -> Iterator[Found]:
    text.take("[")
    while text.peek() != "]":
        yield text.line, BundleEntry(text.value())
        if text.peek() != ",":
            break
        text.take(",")
    text.take("]")
