"""The TOML files of a catalogue folder, each with the line of every key, so that a fault can be pointed at."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from pakkeforlop.catalogue.faults import Fault, Loc, Said, say, spelled

_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\]]+?)\s*\]")
_KEY = re.compile(r"""^\s*("[^"]*"|'[^']*'|[\w-]+)((?:\s*\.\s*(?:"[^"]*"|'[^']*'|[\w-]+))*)\s*=""")
_PART = re.compile(r""""([^"]*)"|'([^']*)'|([\w-]+)""")
_STRING = re.compile(r'"(?:\\.|[^"\\])*"|\'[^\']*\'')
_LINE_OF_SYNTAX = re.compile(r"\(at line (\d+), column \d+\)|\(at end of document\)")


@dataclass(frozen=True)
class Document:
    """One file that could be parsed. `name` is its path within the catalogue folder, with forward slashes."""

    name: str
    text: str
    data: dict[str, Any]
    kept: Mapping[Loc, tuple[int, ...]] = field(default_factory=dict)
    """For lists that lost faulty items before they were checked: which items are left, by their places in the file."""

    @property
    def folder(self) -> str:
        """The kind of definition: the folder it lies in, or the file's own name for single files."""
        head, _, _ = self.name.rpartition("/")
        return head or self.name.removesuffix(".toml")

    @cached_property
    def lines(self) -> dict[Loc, int]:
        """The line of every table and key that stands on a line of its own."""
        return lines_of(self.text)

    def line(self, loc: Loc) -> int:
        """The line of a place: its own, else of what lies in it, else of the inline table or list it lies in."""
        for length in range(len(loc), 0, -1):
            part = loc[:length]
            if part in self.lines:
                return self.lines[part]
            inside = [number for place, number in self.lines.items() if place[:length] == part]
            if inside:
                return min(inside)
        return 1

    def fault(self, loc: Loc, said: Said) -> Fault:
        """A fault at a place in what was read of this file."""
        written = self.written(loc)
        return Fault(self.name, self.line(written), spelled(written), said)

    def written(self, loc: Loc) -> Loc:
        """A place in what was read, as the place in the file."""
        found: Loc = ()
        for part in loc:
            found += (self.kept[found][part],) if isinstance(part, int) and found in self.kept else (part,)
        return found


def lines_of(text: str) -> dict[Loc, int]:
    """Find the line of each table header and key of a TOML text that has been parsed without fault.

    Multi-line lists are followed by counting brackets outside strings; multi-line strings are not used in a catalogue.
    """
    found: dict[Loc, int] = {}
    lists: dict[Loc, int] = {}
    table: Loc = ()
    depth = 0
    for number, raw in enumerate(text.splitlines(), start=1):
        line = _STRING.sub(lambda m: '"' + "x" * (len(m.group()) - 2) + '"', raw).split("#", 1)[0]
        if depth == 0 and (header := _HEADER.match(raw)):
            table = _enter(_parts(header.group(2)), lists, in_list=header.group(1) == "[[")
            found.setdefault(table, number)
            continue
        if depth == 0 and (key := _KEY.match(raw)):
            found.setdefault(table + tuple(_parts(key.group(1) + key.group(2))), number)
        depth += line.count("[") + line.count("{") - line.count("]") - line.count("}")
    return found


def _parts(dotted: str) -> list[str]:
    return [next(group for group in match.groups() if group is not None) for match in _PART.finditer(dotted)]


def _enter(parts: list[str], lists: dict[Loc, int], *, in_list: bool) -> Loc:
    """The place that a header opens: `[[hospital.belongs]]` lies in the latest `[[hospital]]`."""
    loc: Loc = ()
    for part in parts[:-1]:
        loc += (part,)
        if loc in lists:
            loc += (lists[loc] - 1,)
    loc += (parts[-1],)
    if not in_list:
        return loc
    lists[loc] = lists.get(loc, 0) + 1
    return (*loc, lists[loc] - 1)


def read_documents(folder: Path) -> tuple[list[Document], list[Fault]]:
    """Read every `*.toml` below `folder`. A file that cannot be read is a fault, and the others are still read."""
    documents: list[Document] = []
    faults: list[Fault] = []
    for path in sorted(folder.rglob("*.toml")):
        name = path.relative_to(folder).as_posix()
        try:
            text = path.read_text(encoding="utf-8")
            documents.append(Document(name, text, tomllib.loads(text)))
        except OSError as error:
            faults.append(Fault(name, 0, "", say("not_readable", reason=error.strerror)))
        except UnicodeDecodeError:
            faults.append(Fault(name, 0, "", say("not_text")))
        except tomllib.TOMLDecodeError as error:
            faults.append(_syntax_fault(name, text, str(error)))
    return documents, faults


def _syntax_fault(name: str, text: str, message: str) -> Fault:
    match = _LINE_OF_SYNTAX.search(message)
    line = int(match.group(1)) if match and match.group(1) else len(text.splitlines())
    what = _LINE_OF_SYNTAX.sub("", message).strip().rstrip(".")
    return Fault(name, line, "", say("not_toml", reason=what))
