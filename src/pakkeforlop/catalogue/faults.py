"""Faults in the catalogue: file, line, where in the file, and a sentence. All of them are told at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

Loc = tuple[str | int, ...]
"""Where in a file: keys and, for lists, places counted from 0; such as ("time_limit", "OF2", 1, "days")."""


def spelled(loc: Loc) -> str:
    """A place as people write it, counted from 1: `time_limit.OF2[2].days`."""
    text = ""
    for part in loc:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}"
    return text.lstrip(".")


@dataclass(frozen=True, order=True)
class Fault:
    """One fault. `line` counts from 1; 0 when the fault is about the file as a whole."""

    file: str
    line: int
    path: str
    sentence: str

    def __str__(self) -> str:
        where = f"{self.file} line {self.line}" if self.line else self.file
        return f"{where}: {self.path}: {self.sentence}" if self.path else f"{where}: {self.sentence}"


class CatalogueFault(ValueError):
    """The catalogue is refused. `faults` holds every fault found, in the order of the files."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(faults))
        count = len(self.faults)
        head = "1 fault in the catalogue:" if count == 1 else f"{count} faults in the catalogue:"
        super().__init__("\n".join([head, *(f"  {fault}" for fault in self.faults)]))
