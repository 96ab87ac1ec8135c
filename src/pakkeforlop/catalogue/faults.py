"""Faults in the catalogue: file, line, where in the file, and a sentence. All of them are told at once.

The sentences stand in `texts/faults.toml`, in the three languages.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pakkeforlop.vocabulary.errors import DefinitionFault

Loc = tuple[str | int, ...]
"""Where in a file: keys and, for lists, places counted from 0; such as ("time_limit", "OF2", 1, "days")."""


@cache
def _texts() -> dict[str, dict[str, str]]:
    return tomllib.loads((Path(__file__).parent / "texts" / "faults.toml").read_text(encoding="utf-8"))


def sentence_keys() -> list[str]:
    """Every key of the sentences."""
    return sorted(_texts())


def spelled(loc: Loc) -> str:
    """A place as people write it, counted from 1: `time_limit.OF2[2].days`."""
    text = ""
    for part in loc:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}"
    return text.lstrip(".")


@dataclass(frozen=True, order=True)
class Said:
    """A sentence by its key, and what stands in it."""

    key: str
    values: tuple[tuple[str, str], ...] = ()

    def of(self, language: str) -> str:
        """The sentence in nb, nn or en."""
        return _texts()[self.key][language].format(**dict(self.values))


def say(key: str, **values: object) -> Said:
    """The sentence `key` of texts/faults.toml, with its values."""
    return Said(key, tuple((name, str(value)) for name, value in values.items()))


Found = tuple[Loc, Said]
"""A fault as a rule finds it: the place in the file, and what is wrong there."""


@dataclass(frozen=True, order=True)
class Fault:
    """One fault. `line` counts from 1; 0 when the fault is about the file as a whole."""

    file: str
    line: int
    path: str
    said: Said

    def sentence(self, language: str = "nb") -> str:
        """`file line N: path: sentence`."""
        line = say("line").of(language)
        where = f"{self.file} {line} {self.line}" if self.line else self.file
        return ": ".join(part for part in (where, self.path, self.said.of(language)) if part)

    def __str__(self) -> str:
        return self.sentence()


class CatalogueFault(DefinitionFault):
    """The catalogue is refused. `faults` holds every fault found, in the order of files and lines."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(set(faults)))
        super().__init__("several", count=len(self.faults))

    def what(self, language: str = "nb") -> str:
        """Every fault on a line of its own, under a heading that counts them."""
        heading = "heading_one" if len(self.faults) == 1 else "heading"
        lines = [say(heading, count=len(self.faults)).of(language)]
        return "\n".join(lines + [f"  {fault.sentence(language)}" for fault in self.faults])

    def now(self, language: str = "nb") -> str:  # noqa: ARG002 - the same in every language
        """Nothing more: each fault says what would be right."""
        return ""
