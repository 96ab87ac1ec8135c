"""The shelf: a folder of releases. A release is one folder of public files; beside them lie what is internal and marks.

    SHELF/NAME/            public files and run.json with their hashes: what a server may serve
    SHELF/.internal/NAME/  complete counts, reasons and proof: for this product alone
    SHELF/.marks/          locks of years, withdrawals of releases; added, never changed

Nothing in a release's folder is ever written twice.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pakkeforlop.vocabulary.errors import FileFault, UnreadableFault, UsageFault, unreadable

INTERNAL, MARKS, RECORD = ".internal", ".marks", "run.json"
INTERNAL_FILES = ("axes.json", "counts.parquet", "proof.parquet")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


@dataclass(frozen=True)
class Release:
    """A release on the shelf. withdrawn: the reason, empty while it holds."""

    name: str
    record: Mapping[str, Any]
    folder: Path
    withdrawn: str = ""

    @property
    def number(self) -> int:
        """Its place in the order of releases, from 1."""
        return int(self.record["number"])

    @property
    def external(self) -> bool:
        """Published by others: outside our guarantee, and never weighed against own releases."""
        return bool(self.record.get("external"))

    @property
    def synthetic(self) -> bool:
        """Of invented patients: shown apart, and never weighed against releases of real ones."""
        return bool(self.record.get("synthetic"))

    @property
    def years(self) -> tuple[int, ...]:
        """The years that it has figures for."""
        return tuple(sorted({int(str(period)[:4]) for period in self.record["periods"]}))

    def read(self, name: str) -> bytes:
        """A public file."""
        return _bytes(self.folder / name)


@dataclass(frozen=True)
class Shelf:
    """All releases in order, and the years that are locked: year -> release."""

    folder: Path
    releases: tuple[Release, ...] = ()
    locks: Mapping[int, str] = field(default_factory=dict)

    def release(self, name: str) -> Release:
        """A release by name; a fault that names those there are."""
        for one in self.releases:
            if one.name == name:
                return one
        raise UsageFault("release_unknown", name=name, folder=self.folder, known=[one.name for one in self.releases])

    @property
    def own(self) -> tuple[Release, ...]:
        """The releases that were built here."""
        return tuple(one for one in self.releases if not one.external)

    def holding(self, year: int) -> Release | None:
        """The latest own release with figures of a year that is not withdrawn."""
        found = [one for one in self.own if year in one.years and not one.withdrawn]
        return found[-1] if found else None

    def internal(self, name: str) -> dict[str, bytes]:
        """The internal files of a release."""
        return {file: _bytes(self.folder / INTERNAL / name / file) for file in INTERNAL_FILES}


def open_shelf(folder: Path, *, must_exist: bool = True) -> Shelf:
    """The releases in a folder."""
    if not folder.is_dir():
        if must_exist:
            raise UnreadableFault("file_missing", file=folder)
        return Shelf(folder)
    marks = [read_json(path) for path in sorted((folder / MARKS).glob("*.json"))]
    withdrawn = {mark["release"]: mark["reason"] for mark in marks if mark["mark"] == "withdrawn"}
    locks = {int(mark["year"]): str(mark["release"]) for mark in marks if mark["mark"] == "locked"}
    found = []
    for path in sorted(folder.iterdir()):
        if path.is_dir() and not path.name.startswith(".") and (path / RECORD).is_file():
            found.append(Release(path.name, read_json(path / RECORD), path, withdrawn.get(path.name, "")))
    return Shelf(folder, tuple(sorted(found, key=lambda one: one.number)), locks)


def check_name(shelf: Shelf, name: str) -> None:
    """A name that can be a folder and is not taken."""
    if not NAME.fullmatch(name):
        raise UsageFault("release_name", name=name)
    if (shelf.folder / name).exists():
        raise UsageFault("release_exists", name=name, folder=shelf.folder)


def check_kind(shelf: Shelf, *, synthetic: bool) -> None:
    """Own releases of a folder are all of real patients or all of invented ones: each is weighed against the others."""
    for one in shelf.own:
        if one.synthetic != synthetic:
            key = "release_synthetic" if synthetic else "release_real"
            raise UsageFault(key, release=one.name, folder=shelf.folder)


def hashes(files: Mapping[str, bytes]) -> dict[str, str]:
    """SHA-256 of each file, by name."""
    return {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())}


def read_json(path: Path) -> dict[str, Any]:
    """A JSON file that holds an object."""
    try:
        content = json.loads(_bytes(path))
    except ValueError as error:
        raise FileFault("damaged", file=path, kind="JSON") from error
    if not isinstance(content, dict):
        raise FileFault("damaged", file=path, kind="JSON")
    return content


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise unreadable(error, path) from error
