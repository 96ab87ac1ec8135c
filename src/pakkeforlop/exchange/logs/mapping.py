"""The mapping file: which events of a log mean which milestone or pathway code. Written by people, in TOML.

All faults of a mapping are told at once, with file and line. Columns are the columns of a CSV log, the attribute keys
of an XES log (those of the trace as `case:KEY`), or the flattened fields of a FHIR resource (see `fhir.py`).
"""

from __future__ import annotations

import codecs
import re
import tomllib
from collections.abc import Collection, Iterator
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PrivateAttr, ValidationError, model_validator
from pydantic_core import ErrorDetails

from pakkeforlop.catalogue.documents import Document
from pakkeforlop.catalogue.faults import spelled
from pakkeforlop.catalogue.model import Definition, Text
from pakkeforlop.catalogue.validate import as_tuples, sentence_of
from pakkeforlop.coding.grammar import nearest
from pakkeforlop.exchange.logs.places import place_of
from pakkeforlop.exchange.logs.told import told
from pakkeforlop.exchange.logs.written_days import pattern_of
from pakkeforlop.vocabulary.errors import LANGUAGES, DefinitionFault, unreadable

MOST_YEARS = 200
KEY = re.compile(r"[^\W\d]\w*\Z")
"""One word: letters, figures and underscores, with a letter first."""
UNION_PARTS = frozenset({"str", "Text", "tuple[str, ...]"})
"""What pydantic adds to the place of a fault where a value has two forms: which of them was tried."""


def _one_or_more(value: Any) -> Any:
    """One text does for a list of one."""
    return (value,) if isinstance(value, str) else value


Wanted = Annotated[tuple[str, ...], BeforeValidator(_one_or_more)]


class Condition(Definition):
    """One column held against texts: true when any of the texts fits. Texts are compared as written."""

    column: str
    is_: Wanted = Field(default=(), alias="is")
    starts_with: Wanted = ()
    contains: Wanted = ()
    matches: str = ""
    """A regular expression that fits somewhere in the text."""
    ignore_case: bool = False

    @model_validator(mode="after")
    def _says_something(self) -> Condition:
        if not (self.is_ or self.starts_with or self.contains or self.matches):
            raise ValueError("condition_empty")
        try:
            re.compile(self.matches)
        except re.error as error:
            raise ValueError("not_a_pattern") from error
        return self


Said = str | Text
"""A text for readers: one for all languages, or one for each: { nb = "...", nn = "...", en = "..." }."""


def in_languages(said: Said) -> dict[str, str]:
    """A text for readers by language."""
    return {language: said if isinstance(said, str) else said.of(language) for language in LANGUAGES}


class Milestone(Definition):
    """A point that the log gives a date.

    An event fits when it fulfils all of `all`, one of `any` (where given) and none of `none`; with neither `all` nor
    `any`, when it has a text in the column of its own `date` (a spreadsheet with a column for each date). `take`: the
    first date, the last, or every one. `date`: another column than the mapping's own. `on_or_after`: dates before the
    earliest of these milestones are left out, and all of them where none of these has a date. `earliest_of`: no events
    of its own, the earliest of other milestones. `code`: the pathway code that is registered on the date. `history`:
    the part of a patient's cases that it belongs to (two cancers of one patient are two histories); `opens`: a history
    without this milestone is none.
    """

    key: str
    name: Said = ""
    """What the report calls it; its key where it has none."""
    all: tuple[Condition, ...] = ()
    any: tuple[Condition, ...] = ()
    none: tuple[Condition, ...] = ()
    take: Literal["first", "last", "every"] = "first"
    date: str = ""
    on_or_after: Wanted = ()
    earliest_of: Wanted = ()
    code: str = ""
    history: str = ""
    opens: bool = False

    @cached_property
    def needed(self) -> tuple[Condition, ...]:
        """What an event needs all of: `all`; where a milestone names a date and no events, that the date is there."""
        if self.all or self.any or not self.date:
            return self.all
        return (Condition(column=self.date, matches=r"\S"),)

    @model_validator(mode="after")
    def _has_a_key(self) -> Milestone:
        if not KEY.match(self.key):
            raise ValueError("key_not_a_word")
        return self


class Start(Definition):
    """What stands for the start of the pathway in a log that has no referral: a milestone, and why."""

    milestone: str
    code: str
    because: Said


class Read(Definition):
    """How the log is read. `patient` may be the case's own column; `case` is the patient's where it is not given.
    A list of columns in `case` tells the cases of a patient apart.
    """

    format: Literal["csv", "xes", "fhir"]
    patient: str = ""
    case: str | tuple[str, ...] = ""
    date: str = ""
    date_format: Wanted = ()
    """How days are written where it is not the usual way (`written_days`): mm/dd/yyyy, dd.mm.yy, yyyymmdd ... Of
    several, the first that fits."""
    delimiter: str = ""
    encoding: str = ""
    header_line: int = Field(default=1, ge=1, le=100)
    """The line of a CSV file that names the columns; what stands above it is passed over."""

    @property
    def cases(self) -> tuple[str, ...]:
        """The columns that tell a case."""
        return ((self.case,) if self.case else ()) if isinstance(self.case, str) else self.case

    @property
    def within_patient(self) -> bool:
        """Whether they tell a patient's cases apart only."""
        return not isinstance(self.case, str)

    @model_validator(mode="after")
    def _can_be_read(self) -> Read:
        if any(pattern_of(form) is None for form in self.date_format):
            raise ValueError("not_a_date_form")
        try:
            codecs.lookup(self.encoding or "utf-8")
        except LookupError as error:
            raise ValueError("not_an_encoding") from error
        if len(self.delimiter) > 1:
            raise ValueError("not_a_delimiter")
        return self


class Place(Definition):
    """Where things were done: one organisation number for all, or a column that holds it. `numbers`: the column holds
    other texts, and these are their organisation numbers; `institution` is then for texts that are not among them.
    """

    institution: str = ""
    column: str = ""
    numbers: dict[str, str] = Field(default_factory=dict)


class Shift(Definition):
    """Whole years added to the dates of the registrations, for logs older than the pathways."""

    years: int = Field(ge=-MOST_YEARS, le=MOST_YEARS)
    because: Said


class Mapping(Definition):
    """A mapping file."""

    name: Said
    note: str = ""
    source: str = ""
    read: Read
    place: Place = Place()
    start: tuple[Start, ...] = ()
    shift: Shift | None = None
    milestone: tuple[Milestone, ...] = Field(min_length=1)
    _lines: dict[str, str] = PrivateAttr(default_factory=dict)

    def named_at(self, column: str) -> str:
        """Where the file first names a column, as FILE:LINE; empty for a mapping that came from no file."""
        return self._lines.get(column, "")

    @classmethod
    def of(cls, data: Any) -> Mapping:
        """From what TOML or JSON gives. ValidationError when it is no mapping."""
        return cls.model_validate(as_tuples(data), strict=True)

    def data(self) -> dict[str, Any]:
        """What `of` makes the same mapping from, in JSON's words."""
        return self.model_dump(mode="json", by_alias=True, exclude_defaults=True)


class MappingFault(DefinitionFault):
    """A mapping that cannot be used, with every fault found: line, column, place in the file and sentence."""

    def __init__(self, file: str, found: list[FoundFault]) -> None:
        super().__init__("mapping", file=file)
        self.found = sorted(found)

    def what(self, language: str = "nb") -> str:
        """Every fault on a line of its own."""
        file = self.values["file"]
        return "\n".join(
            f"{file}:{line}:{column} {place}: {said[language]}" for line, column, place, said in self.told()
        )

    def told(self) -> list[tuple[int, int, str, dict[str, str]]]:
        """The faults in the order of the file."""
        return [
            (line, column, place, {"nb": nb, "nn": nn, "en": en}) for (line, column), place, nb, nn, en in self.found
        ]


FoundFault = tuple[tuple[int, int], str, str, str, str]
"""Line and column, place in the file, and the sentence in nb, nn and en."""
Loose = tuple[tuple[str | int, ...], str, dict[str, str]]
"""Place, key of the sentence, values."""


def load_mapping(path: Path, known_codes: Collection[str]) -> Mapping:
    """Read and check a mapping file; `known_codes` are the catalogue's.

    MappingFault with all its faults; DefinitionFault when it is not TOML; UnreadableFault when it cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8")
        document = Document(path.name, text, tomllib.loads(text))
    except OSError as error:
        raise unreadable(error, path.name) from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DefinitionFault("mapping_not_toml", file=path.name, reason=str(error)) from error
    try:
        mapping = Mapping.of(document.data)
    except ValidationError as error:
        raise MappingFault(path.name, [*_of_shapes(document, error.errors())]) from error
    if found := [*_within(mapping, known_codes)]:
        raise MappingFault(path.name, [_of_content(document, *fault) for fault in found])
    for loc, column in _columns_named(mapping):
        mapping._lines.setdefault(column, f"{path.name}:{place_of(document, loc)[0]}")
    return mapping


def _columns_named(mapping: Mapping) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every place of a mapping that names a column of the log, in order."""
    for key in ("patient", "date"):
        yield ("read", key), getattr(mapping.read, key)
    for column in mapping.read.cases:
        yield ("read", "case"), column
    yield ("place", "column"), mapping.place.column
    for place, milestone in enumerate(mapping.milestone):
        yield ("milestone", place, "date"), milestone.date
        for part in ("all", "any", "none"):
            for number, condition in enumerate(getattr(milestone, part)):
                yield ("milestone", place, part, number, "column"), condition.column


def _of_shapes(document: Document, details: list[ErrorDetails]) -> Iterator[FoundFault]:
    """Every fault once: not that a list lacks items whose own faults are told, nor each form that a text may have."""
    seen: set[tuple[str | int, ...]] = set()
    for detail in sorted(details, key=lambda one: -len(one["loc"])):
        loc = tuple(part for part in detail["loc"] if part not in UNION_PARTS)
        if any(known[: len(loc)] == loc for known in seen):
            continue
        seen.add(loc)
        yield _of_shape(document, detail, loc)


def _of_shape(document: Document, detail: ErrorDetails, loc: tuple[str | int, ...]) -> FoundFault:
    if detail["type"] == "value_error":
        return _of_content(document, loc, str(detail["ctx"]["error"]), {})
    said = sentence_of(detail, Mapping)
    nb, nn, en = (said.of(language).replace("is_,", "is,") for language in LANGUAGES)
    return place_of(document, loc), spelled(loc), nb, nn, en


def _of_content(document: Document, loc: tuple[str | int, ...], key: str, values: dict[str, str]) -> FoundFault:
    nb, nn, en = (told(key, language, **values) for language in LANGUAGES)
    return place_of(document, loc), spelled(loc), nb, nn, en


def _within(mapping: Mapping, known: Collection[str]) -> Iterator[Loose]:
    """Faults between the parts of a mapping."""
    above: set[tuple[str, str]] = set()
    for place, milestone in enumerate(mapping.milestone):
        for part, key, values in _of_milestone(milestone, above, known):
            yield ("milestone", place, *part), key, values
        above.add((milestone.history, milestone.key))
    for place, start in enumerate(mapping.start):
        if start.milestone not in {key for _, key in above}:
            yield ("start", place, "milestone"), "milestone_unknown", {"name": start.milestone}
        if not start.because:
            yield ("start", place, "because"), "because_needed", {}
        if start.code not in known:
            yield ("start", place, "code"), "not_a_code", {"code": start.code, "near": nearest(start.code, known)}
    if mapping.shift is not None and not mapping.shift.because:
        yield ("shift", "because"), "because_needed", {}
    dated = all(one.date or one.earliest_of for one in mapping.milestone)
    for key in ("patient",) if dated else ("patient", "date"):
        if mapping.read.format == "csv" and not getattr(mapping.read, key):
            yield ("read",), "column_needed", {"name": key}
    codes = bool(mapping.start) or any(milestone.code for milestone in mapping.milestone)
    if codes and not (mapping.place.institution or mapping.place.column):
        yield ("read",), "place_needed", {}


def _of_milestone(milestone: Milestone, above: set[tuple[str, str]], known: Collection[str]) -> Iterator[Loose]:
    if (milestone.history, milestone.key) in above:
        yield ("key",), "milestone_twice", {"name": milestone.key}
    for part in ("on_or_after", "earliest_of"):
        for name in getattr(milestone, part):
            if (milestone.history, name) not in above:
                yield (part,), "milestone_not_above", {"name": name}
    events = milestone.all or milestone.any or milestone.none
    if milestone.earliest_of and events:
        yield ("earliest_of",), "events_and_earliest", {}
    if not (milestone.earliest_of or milestone.needed or milestone.any):
        yield (), "milestone_empty", {"name": milestone.key}
    if milestone.code and milestone.code not in known:
        yield ("code",), "not_a_code", {"code": milestone.code, "near": nearest(milestone.code, known)}
