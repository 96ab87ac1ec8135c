"""What a report is made from: the tables of a run, and where they came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa


@dataclass(frozen=True)
class Mark:
    """A period whose data are not as registered, from and to a day (both inclusive), and why."""

    from_day: int
    to_day: int
    reason: str


@dataclass(frozen=True)
class ReadFile:
    """One file that was read: name, rows and the sum of its content."""

    name: str
    rows: int
    sha256: str = ""


@dataclass(frozen=True)
class Converted:
    """Registrations that were made from an event log: by which mapping, what stands for the start and why, and by how
    many whole years the dates were moved and why. Texts by language.
    """

    mapping: Mapping[str, str]
    starts: tuple[tuple[Mapping[str, str], str, Mapping[str, str]], ...] = ()
    """Milestone, pathway code, reason."""
    years: int = 0
    because: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ReportInput:
    """The tables of a run (columns as documented for the files of `monitor`) and what the report says about them.

    `rows` are the registrations read; `aside` counts rows kept aside by kind; `settings` the readings that differ from
    the catalogue's own; `year` the calendar year to report, else the newest that has come far enough.
    """

    indicators: pa.Table
    episodes: pa.Table
    messages: pa.Table
    rejects: pa.Table
    as_of: int
    marks: tuple[Mark, ...] = ()
    converted: tuple[Converted, ...] = ()
    files: tuple[ReadFile, ...] = ()
    rows: int = 0
    aside: Mapping[str, int] = field(default_factory=dict)
    version: str = ""
    settings: Mapping[str, object] = field(default_factory=dict)
    year: int | None = None
