"""Line and column of a place in a mapping file, also of one within a list that goes over several lines."""

from __future__ import annotations

import re

from pakkeforlop.catalogue.documents import Document
from pakkeforlop.catalogue.faults import Loc

TOKEN = re.compile(r'"(?:\\.|[^"\\])*"|\'[^\']*\'|#[^\n]*|[\[\]{},=]|[\w.-]+|\s+|.', re.DOTALL)
OPENING, CLOSING = "[{", "]}"


def place_of(document: Document, loc: Loc) -> tuple[int, int]:
    """Line and column, both from 1, of the innermost part of a place that stands in the file."""
    for length in range(len(loc), 0, -1):
        if loc[:length] in document.lines:
            line = document.lines[loc[:length]]
            at = _start_of(document.text, line)
            return _shown(document.text, _within(document.text, at, loc[length:]))
    line = document.line(loc)
    return _shown(document.text, _start_of(document.text, line))


def _start_of(text: str, line: int) -> int:
    """Where the first character of a line stands that is no space."""
    at = 0
    for _ in range(line - 1):
        at = text.index("\n", at) + 1
    while at < len(text) and text[at] in " \t":
        at += 1
    return at


def _shown(text: str, at: int) -> tuple[int, int]:
    return text.count("\n", 0, at) + 1, at - (text.rfind("\n", 0, at) + 1) + 1


def _within(text: str, at: int, rest: Loc) -> int:
    """Follow the rest of a place into the value of the key at `at`: items of lists by number, keys of inline tables."""
    for part in rest:
        found = _item(text, at, part) if isinstance(part, int) else _key(text, at, part)
        if found is None:
            return at
        at = found
    return at


def _item(text: str, at: int, number: int) -> int | None:
    depth = seen = 0
    begun = False
    for token in TOKEN.finditer(text, at):
        word = token.group()
        if depth == 1 and not begun and not word.isspace() and word not in {",", "]"} and not word.startswith("#"):
            begun = True
            if seen == number:
                return token.start()
        depth += (word in OPENING) - (word in CLOSING)
        if depth == 1 and word == ",":
            seen, begun = seen + 1, False
        if depth == 0 and word == "]":
            return None
    return None


def _key(text: str, at: int, name: str) -> int | None:
    depth = 0
    for token in TOKEN.finditer(text, at):
        word = token.group()
        if depth == 1 and word.strip("\"'") == name:
            return token.start()
        depth += (word in OPENING) - (word in CLOSING)
        if depth == 0 and word == "}":
            return None
    return None
