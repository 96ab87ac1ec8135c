"""What the register answers: rejections (NPR_VAL), content errors (NPR_ERR) and the monthly workbook, as plain rows."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile

from pakkeforlop.exchange.npr.safe_xml import message_stream, parse
from pakkeforlop.exchange.npr.versions import HEAD, Version
from pakkeforlop.vocabulary.errors import FileFault, UsageFault, unreadable

OLE = b"\xd0\xcf\x11\xe0"
ZIP = b"PK\x03\x04"
HEADERS_WITHIN = 20
"""Rows of a sheet in which the row of headers is looked for."""
PIECE = 1 << 16
MOST_GROWTH, FREE_GROWTH = 300, 64 << 20
WORKBOOK = "workbook"


@dataclass(frozen=True)
class Returned:
    """One message of a return, in the register's words; what it does not name is empty."""

    file: str
    kind: str
    """NPR_VAL, NPR_ERR or workbook."""
    sender: str = ""
    message: str = ""
    severity: str = ""
    text: str = ""
    line: str = ""
    patient: str = ""
    episode: str = ""
    registration: str = ""
    code: str = ""
    date: str = ""
    institution: str = ""


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "data" / "returns.toml").read_text(encoding="utf-8"))


@cache
def _fields() -> dict[str, str]:
    """Our word for each plain name."""
    found: dict[str, str] = {}
    for word, names in _data()["names"].items():
        for name in names:
            found.setdefault(_plain(name), word)
    return found


def _plain(name: str) -> str:
    return "".join(name.replace("-", "").replace("_", "").casefold().split())


def read_return(path: Path) -> list[Returned]:
    """The messages of one return. FileFault when it is none, is locked, or would do harm."""
    try:
        with path.open("rb") as stream:
            head = stream.read(4)
    except OSError as error:
        raise unreadable(error, path) from error
    if head == OLE:
        raise FileFault("npr_workbook_locked", file=path.name)
    if head == ZIP and _is_workbook(path):
        return list(_of_workbook(path))
    return _of_message(path)


def _of_message(path: Path) -> list[Returned]:
    found: list[Returned] = []
    state = {"kind": "", "sender": "", "root": ""}
    elements = {_plain(name) for name in _data()["elements"]}

    def start(namespace: str, name: str, attributes: dict[str, str]) -> None:
        if not state["root"]:
            state["root"] = name
            if (namespace, name) != (HEAD, "MsgHead"):
                raise FileFault("npr_not_a_message", file=path.name, found=name[:60])
        if namespace == HEAD and name == "Type":
            state["kind"] = attributes.get("V", "")
            if state["kind"] not in _data()["types"]:
                raise FileFault("npr_not_a_message", file=path.name, found=state["kind"][:60])
        elif namespace != HEAD and _plain(name) in elements:
            given = {word: value for key, value in attributes.items() if (word := _fields().get(_plain(key)))}
            found.append(Returned(path.name, state["kind"], state["sender"], **given))
        elif namespace != HEAD and "institusjonID" in attributes:
            state["sender"] = attributes["institusjonID"]

    parse(path, start, lambda *_: None)
    return found


def _is_workbook(path: Path) -> bool:
    try:
        with ZipFile(path) as archive:
            names = [part.filename for part in archive.infolist()]
            if "[Content_Types].xml" not in names:
                return False
            grown = sum(part.file_size for part in archive.infolist())
            if grown > max(FREE_GROWTH, path.stat().st_size * MOST_GROWTH):
                raise FileFault("grows_too_much", file=path.name, times=MOST_GROWTH)
            for name in names:
                with archive.open(name) as stream:
                    if b"<!DOCTYPE" in stream.read(4096):
                        raise FileFault("xml_doctype", file=path.name)
            return True
    except BadZipFile as error:
        raise FileFault("damaged", file=path.name, kind="zip") from error


def _of_workbook(path: Path) -> Iterator[Returned]:
    """The rows of every sheet that has a row of headers we know."""
    try:
        import openpyxl
    except ImportError:
        raise UsageFault("extra_missing", package="openpyxl") from None
    try:
        with path.open("rb") as stream:
            book = openpyxl.load_workbook(stream, read_only=True, data_only=True)
            sheets = [[tuple(row) for row in sheet.iter_rows(values_only=True)] for sheet in book.worksheets]
    except (KeyError, ValueError, IndexError, SyntaxError, BadZipFile) as error:
        raise FileFault("damaged", file=path.name, kind="xlsx") from error
    known = False
    for rows in sheets:
        header = _header(rows)
        if header is None:
            continue
        known = True
        at, places = header
        for row in rows[at + 1 :]:
            given = {word: _text(row[place]) for word, place in places.items() if place < len(row)}
            if given.get("message") or given.get("text"):
                yield Returned(path.name, WORKBOOK, **given)
    if not known:
        raise FileFault("npr_no_errors_sheet", file=path.name, wanted=[names[0] for names in _data()["names"].values()])


def _header(rows: Sequence[tuple[Any, ...]]) -> tuple[int, dict[str, int]] | None:
    """The row of headers, and where each of our words stands; None when there is none."""
    for at, row in enumerate(rows[:HEADERS_WITHIN]):
        places: dict[str, int] = {}
        for place, cell in enumerate(row):
            word = _fields().get(_plain(str(cell))) if cell is not None else None
            if word is not None:
                places.setdefault(word, place)
        if ("message" in places or "text" in places) and ("registration" in places or "patient" in places):
            return at, places
    return None


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(int(value)) if isinstance(value, float) and value == int(value) else str(value)


def patients_by_line(path: Path, version: Version) -> list[tuple[int, str]]:
    """The line at which each patient of a data message begins: a rejection names lines."""
    holder = version.element("patient_holder")
    number = version.attribute("patient_number")
    found: list[tuple[int, str]] = []
    parser = expat.ParserCreate(namespace_separator="}")

    def start(name: str, attributes: dict[str, str]) -> None:
        if name.rpartition("}")[2] == holder:
            found.append((parser.CurrentLineNumber, attributes.get(number, "")))

    parser.StartElementHandler = start
    parse(path, lambda *_: None, lambda *_: None)  # refuses what would do harm
    with message_stream(path) as stream:
        while piece := stream.read(PIECE):
            parser.Parse(piece, False)
    return found


def columns() -> tuple[str, ...]:
    """The names of what a return tells."""
    return tuple(one.name for one in fields(Returned))
