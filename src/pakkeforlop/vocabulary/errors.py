"""Faults that a person must be told of: what, where and what now, in the reader's language, with an exit code.

The sentences stand in `texts/faults.toml`, one block per key. A fault carries the key and the values of its sentence;
whoever shows it chooses the language. The exit codes are part of the interface (docs/reference): scripts branch on
them, so a code is never given a second meaning.
"""

from __future__ import annotations

import errno
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import ClassVar

LANGUAGES = ("nb", "nn", "en")
SHOWN_AT_MOST = 20
"""How many faults of one list are written out; the rest are counted."""

DONE = 0
FULL_DISK = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""The system's own words for "no room": disk full, quota used up, larger than a file may be."""


@cache
def _texts() -> dict[str, dict[str, dict[str, str]]]:
    return tomllib.loads((Path(__file__).parent / "texts" / "faults.toml").read_text(encoding="utf-8"))


def fault_keys() -> list[str]:
    """Every key that has a sentence."""
    return sorted(_texts())


class Fault(Exception):
    """Something a person must be told: `key` names the sentence, `values` are what stands in it."""

    exit_code: ClassVar[int] = 10

    def __init__(self, key: str, **values: object) -> None:
        if key not in _texts():
            raise KeyError(key)
        self.key = key
        self.values = values
        super().__init__(key, values)

    def what(self, language: str = "nb") -> str:
        """What is wrong, and where."""
        return self._sentence("what", language)

    def now(self, language: str = "nb") -> str:
        """What the reader can do about it; may be empty."""
        return self._sentence("now", language)

    def sentence(self, language: str = "nb") -> str:
        """What, where and what now."""
        what, now = self.what(language), self.now(language)
        return ("\n" if "\n" in what else " ").join(part for part in (what, now) if part)

    def __str__(self) -> str:
        return self.sentence("nb")

    def _sentence(self, part: str, language: str) -> str:
        text = _texts()[self.key].get(part, {}).get(language, "")
        return text.format(**{name: shown(value, language) for name, value in self.values.items()}) if text else ""


def shown(value: object, language: str) -> str:
    """A value as it stands in a sentence: lists with commas, nothing as a dash, a text in the reader's language."""
    if isinstance(value, Mapping):
        return str(value[language])
    if isinstance(value, (list, tuple, set, frozenset)):
        return ", ".join(str(part) for part in value) or "–"
    return str(value)


class UsageFault(Fault):
    """The command was asked for something that it does not do."""

    exit_code = 2


class InternalFault(Fault):
    """The product itself is wrong."""

    exit_code = 10


class DefinitionFault(Fault):
    """A definition (catalogue, settings, mapping) cannot be used."""

    exit_code = 11


class FileFault(Fault):
    """A file from outside cannot be used at all: not what it should be, not whole, or empty."""

    exit_code = 12


class UnreadableFault(Fault):
    """A file cannot be reached: it is not there, or may not be read."""

    exit_code = 13


class UnwritableFault(Fault):
    """A file cannot be written: no permission, no room."""

    exit_code = 14


class NothingLeft(Fault):
    """All rows were refused, so there is nothing to count."""

    exit_code = 15


class ContradictionsSetAside(Fault):
    """Figures that cannot all hold: the smallest set was set aside, the rest was reached."""

    exit_code = 16


class Interrupted(Fault):
    """Stopped from outside before it was done."""

    exit_code = 130


class FaultList(Fault):
    """Several faults told at once. The exit code is that of the gravest: a faulty file before one not to be read."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults: Sequence[Fault] = tuple(faults)
        super().__init__("several", count=len(self.faults))
        codes = {fault.exit_code for fault in self.faults}
        self.exit_code = min(codes) if codes else DONE  # type: ignore[misc]

    def what(self, language: str = "nb") -> str:
        """Every fault on a line of its own."""
        lines = [fault.sentence(language) for fault in self.faults[:SHOWN_AT_MOST]]
        more = len(self.faults) - SHOWN_AT_MOST
        if more > 0:
            lines.append(_texts()["several"]["more"][language].format(count=more))
        return "\n".join(lines)


def raise_all(faults: Sequence[Fault]) -> None:
    """Nothing when there are no faults; one as itself; several as one list."""
    if len(faults) == 1:
        raise faults[0]
    if faults:
        raise FaultList(faults)


def unreadable(error: OSError, path: str | Path) -> Fault:
    """The fault for a file that the system would not let us read."""
    file = str(path)
    if isinstance(error, IsADirectoryError):
        return FileFault("file_is_directory", file=file)
    if isinstance(error, FileNotFoundError):
        return UnreadableFault("file_missing", file=file)
    if isinstance(error, PermissionError):
        return UnreadableFault("file_no_permission", file=file)
    return UnreadableFault("file_unreadable", file=file, reason=_reason(error))


def unwritable(error: OSError, path: str | Path) -> UnwritableFault:
    """The fault for a file that the system would not let us write."""
    file = str(path)
    if error.errno in FULL_DISK:
        return UnwritableFault("disk_full", file=file)
    if isinstance(error, PermissionError) or error.errno in {errno.EROFS, errno.EACCES, errno.EPERM}:
        return UnwritableFault("write_no_permission", file=file)
    return UnwritableFault("write_failed", file=file, reason=_reason(error))


def _reason(error: OSError) -> str:
    return error.strerror or type(error).__name__
