"""What each kind of catalogue file holds: a single definition, or lists of them."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel

from pakkeforlop.catalogue.model import (
    CodeList,
    Confidence,
    Country,
    Definition,
    Disclosure,
    EventKind,
    EventRule,
    Family,
    Finding,
    Hospital,
    Indicator,
    Message,
    Pathway,
    Region,
    Settings,
    Source,
    Sourced,
    Text,
    Trust,
)


class ListedSuffix(Definition):
    """What a suffix means in all prefixes of a list, where that differs from the list as a whole.

    `prefixes`: only in these; an entry that names none holds for the others. `undated`: the first day of its codes is
    not known, whatever the prefix says.
    """

    suffix: str
    prefixes: tuple[str, ...] = ()
    en: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    undated: bool = False
    source: str = ""
    confidence: Confidence | None = None
    note: str = ""


class ListedPrefix(Definition):
    """The codes of one prefix in a list: suffix = official label. `en` is needed when no pathway has the prefix."""

    code: str
    en: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    note: str = ""
    label: dict[str, str]


class ListedCode(Definition):
    """A code that is not made of prefix and suffix."""

    code: str
    nb: str
    en: str
    valid_from: date | None = None
    valid_to: date | None = None
    note: str = ""


class CodesFile(Sourced):
    """One national list of codes. `has_pathways`: every prefix of the list must have a pathway file."""

    list: str
    has_pathways: bool = False
    suffix: tuple[ListedSuffix, ...] = ()
    prefix: tuple[ListedPrefix, ...] = ()
    code: tuple[ListedCode, ...] = ()


class MessagesFile(Definition):
    """Messages of the register, or our own warnings."""

    message: tuple[Message, ...]


class UnitsFile(Definition):
    """Regions, trusts and hospitals."""

    country: Country | None = None
    region: tuple[Region, ...] = ()
    trust: tuple[Trust, ...] = ()
    hospital: tuple[Hospital, ...] = ()


class IndicatorsFile(Definition):
    """Indicators of one kind."""

    indicator: tuple[Indicator, ...]


class CodeListsFile(Definition):
    """National code lists with their object identifiers."""

    code_list: tuple[CodeList, ...]


class SourcesFile(Definition):
    """Where facts come from."""

    source: tuple[Source, ...]


class SpecialtiesFile(Definition):
    """The specialties of the team meetings, by key."""

    specialty: dict[str, Text]


class EventRulesFile(Definition):
    """Kinds of events, findings, and the rules by which they speak for a code."""

    kind: tuple[EventKind, ...]
    finding: tuple[Finding, ...] = ()
    rule: tuple[EventRule, ...]


SHAPES: dict[str, type[BaseModel]] = {
    "families": Family,
    "pathways": Pathway,
    "codes": CodesFile,
    "messages": MessagesFile,
    "units": UnitsFile,
    "indicators": IndicatorsFile,
    "settings": Settings,
    "disclosure": Disclosure,
    "code_lists": CodeListsFile,
    "sources": SourcesFile,
    "specialties": SpecialtiesFile,
    "event_rules": EventRulesFile,
}
"""The shape of a file, by its folder, or by its own name for the single files."""

NEEDED = ("settings", "disclosure", "sources", "families", "pathways", "messages", "units")
"""Kinds of file without which there is no catalogue."""
