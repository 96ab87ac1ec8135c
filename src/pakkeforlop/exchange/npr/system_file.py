"""What a message says of its sender's system and of whom to write to: a TOML file, and the ledger of running numbers.

[system]
supplier = "DIPS AS"
system = "DIPS Arena"
system_version = "24.1"
her = "12345"            # the sender's HER-id
receiver = "85217"       # in place of the version's

[[contact]]
name = "Kari Nordmann"
kind = "12"              # 1 technical, 2 somatic care, 12 pathway cancer, 15 system vendor
phone = "55 00 00 00"
email = "kari@example.org"
"""

from __future__ import annotations

import json
import tomllib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from pakkeforlop.exchange.csv.write import written_beside
from pakkeforlop.exchange.npr.envelope import ContactPerson, System
from pakkeforlop.vocabulary.errors import DefinitionFault, FileFault, unreadable


class _System(BaseModel):
    model_config = ConfigDict(extra="forbid")
    supplier: str = "pakkeforlop"
    system: str = "pakkeforlop"
    system_version: str = ""
    her: str = ""
    receiver: str = ""


class _Contact(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str
    kind: str = "1"
    phone: str = ""
    email: str = ""


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")
    system: _System = _System()
    contact: tuple[_Contact, ...] = ()


def read_system(path: Path | None) -> System:
    """The system file; our own name without one. DefinitionFault naming every key that cannot be."""
    ours = _own_version()
    given = _File()
    if path is not None:
        try:
            given = _File.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
        except OSError as error:
            raise unreadable(error, path) from error
        except ValidationError as error:
            told = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg'].lower()}" for one in error.errors())
            raise DefinitionFault("settings_faulty", file=path.name, detail=told) from error
        except ValueError as error:
            raise DefinitionFault("settings_unreadable", file=path.name, detail=str(error)) from error
    of = given.system
    contacts = tuple(ContactPerson(one.name, one.kind, one.phone, one.email) for one in given.contact)
    return System(of.supplier, of.system, of.system_version or ours, ours, of.her, of.receiver, contacts)


class Ledger:
    """The last running number of each institution and year; it grows by one for each message."""

    def __init__(self, path: Path | None, first: int | None = None) -> None:
        self._path = path
        self._first = first
        self._begun: set[str] = set()
        self._numbers = self._read()

    @classmethod
    def after(cls, institution: str, year: int, last: int) -> Ledger:
        """One that goes on after a number; kept by whoever asks."""
        made = cls(None)
        made._numbers[f"{institution}/{year}"] = last
        return made

    def last(self, institution: str, year: int) -> int:
        """The number that was given last; one less than the first to be given where none was."""
        key = f"{institution}/{year}"
        if self._first is not None and key not in self._begun:
            return self._first - 1
        return self._numbers.get(key, 0)

    def next(self, institution: str, year: int) -> int:
        """The next number."""
        key = f"{institution}/{year}"
        if self._first is not None and key not in self._begun:
            self._numbers[key] = self._first - 1
        self._begun.add(key)
        self._numbers[key] = self._numbers.get(key, 0) + 1
        return self._numbers[key]

    def write(self) -> None:
        """Write it, whole; nothing without a file."""
        if self._path is None:
            return
        with written_beside(self._path) as stream:
            stream.write(json.dumps(self._numbers, indent=2, sort_keys=True).encode() + b"\n")

    def _read(self) -> dict[str, int]:
        if self._path is None or not self._path.exists():
            return {}
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
            return {str(key): int(value) for key, value in found.items()}
        except OSError as error:
            raise unreadable(error, self._path) from error
        except (ValueError, TypeError, AttributeError) as error:
            raise FileFault("npr_ledger", file=self._path.name) from error


def _own_version() -> str:
    try:
        return version("pakkeforlop")
    except PackageNotFoundError:
        return "0"
