"""A log into milestones and registrations: the log is streamed, what is kept is the dates of each case."""

from __future__ import annotations

import hashlib
from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pakkeforlop.exchange.enclosed import enclosed
from pakkeforlop.exchange.logs.gathered import Met, Names, Rejected
from pakkeforlop.exchange.logs.mapping import Mapping, Start, in_languages
from pakkeforlop.exchange.logs.rules import Reached, conditions_of, histories
from pakkeforlop.vocabulary.calendar import NO_DAY, day_number, day_of
from pakkeforlop.vocabulary.errors import FileFault, unreadable

BATCH = 65_536
READER = "pakkeforlop.exchange.logs.apart:read"
Progress = Callable[[str], None]


@dataclass
class Conversion:
    """What a log came to.

    milestones: patient, case, milestone, date (date32; null where the case has none), sorted; registrations: the
    columns of the registrations interface, sorted; refused: file, row, line, column, value, reason in three languages.
    """

    mapping: Mapping
    milestones: pa.Table
    registrations: pa.Table
    refused: pa.Table
    record: dict[str, Any] = field(default_factory=dict)


@dataclass
class _Read:
    """What was read of all files."""

    met: Met = field(default_factory=Met)
    rejected: Rejected = field(default_factory=Rejected)
    files: list[dict[str, Any]] = field(default_factory=list)
    events: int = 0
    outside: Counter[str] = field(default_factory=Counter)
    texts: dict[str, list[str]] = field(default_factory=dict)
    left: dict[str, list[str]] = field(default_factory=dict)
    fits: Counter[int] = field(default_factory=Counter)
    """Events that fit each milestone, by its number in the mapping."""


def convert(paths: Sequence[Path], mapping: Mapping, *, progress: Progress = lambda _: None) -> Conversion:
    """Read logs through a mapping, in a process of its own. Files of the same content count once; their order changes
    nothing.

    FileFault and UnreadableFault for a file that cannot be used at all.
    """
    read = _read(paths, mapping)
    progress("linking")
    made = _Made(mapping)
    for number, name, case in read.met.by_case(mapping.milestone):
        made.add(read.met.patient_of[number], histories(name, case, mapping.milestone))
    registrations = made.registrations(read.met.patients.array())
    record = {
        "mapping": in_languages(mapping.name),
        "files": read.files,
        "events": read.events,
        "cases": len(read.met.cases.number),
        "patients": len(read.met.patients.number),
        "histories": made.histories,
        "registrations": registrations.num_rows,
        "milestones": made.counts(),
        "without_dates": _without_dates(mapping, made, read),
        "texts_left": {
            column: {"count": len(texts), "texts": texts[:TEXTS_TOLD]}
            for column, texts in sorted(read.left.items()) if texts
        },
        "start": [_start(start, mapping) for start in mapping.start],
        "shift": mapping.shift and {"years": mapping.shift.years, "because": in_languages(mapping.shift.because)},
        "references_outside": dict(sorted(read.outside.items())),
        "refused": len(read.rejected),
    }  # fmt: skip
    milestones = made.milestones(read.met.patients.array())
    return Conversion(mapping, milestones, registrations, read.rejected.table(), record)


def _read(paths: Sequence[Path], mapping: Mapping) -> _Read:
    found = _Read()
    chosen: dict[str, Path] = {}
    for path in paths:
        digest = _sha256(path)
        found.files.append({"name": path.name, "sha256": digest, "same_as_before": digest in chosen})
        chosen.setdefault(digest, path)
    files = list(chosen.values())
    reading = files[0].name if files else ""
    batches = enclosed(READER, [str(path.absolute()) for path in files], mapping.data(), file=lambda: reading)
    try:
        for at, events, rows, refused, outside, seen in batches:
            found.events += events
            found.met.add(rows)
            found.rejected.add(files[at].name, refused)
            found.outside.update(outside)
            if seen:  # the last of its file: what comes now is of the next
                found.texts.update(seen["texts"])
                found.left.update(seen["left"])
                found.fits.update(dict(enumerate(seen["fits"])))
            reading = files[min(at + bool(seen), len(files) - 1)].name
    except FileFault as fault:
        if fault.key == "log_column_missing":
            raise _column_missing(fault, mapping) from None
        raise
    return found


def _column_missing(fault: FileFault, mapping: Mapping) -> FileFault:
    """The same fault with the lines of the mapping that name the columns, and the nearest ones there are."""
    present: Any = [name for name in fault.values["present"] if name]  # type: ignore[attr-defined]
    missing: Any = fault.values["missing"]
    told = []
    for name in missing:
        folded = {one.casefold(): one for one in present}
        near = [f" → «{folded[one]}»?" for one in get_close_matches(name.casefold(), folded, 1)]
        place = mapping.named_at(name)
        told.append("".join([f"«{name}»", *([f" ({place})"] if place else []), *near]))
    return FileFault(fault.key, file=fault.values["file"], missing=told, present=present)


def _sha256(path: Path) -> str:
    try:
        if path.exists() and not path.is_file():
            raise FileFault("file_is_directory" if path.is_dir() else "file_not_regular", file=str(path))
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise unreadable(error, path.name) from error


def _start(start: Start, mapping: Mapping) -> dict[str, Any]:
    """What stands for a start, by its key and the name that readers know it by, and why."""
    name = next(one.name for one in mapping.milestone if one.key == start.milestone) or start.milestone
    told = {"name": in_languages(name), "because": in_languages(start.because)}
    return {"milestone": start.milestone, "code": start.code, **told}


def _without_dates(mapping: Mapping, made: _Made, read: _Read) -> list[dict[str, Any]]:
    """Milestones that no case has, how many events fitted them all the same, and where none did, the texts there are in
    the columns that they look at: the nearest first.
    """
    found = []
    for number, milestone in enumerate(mapping.milestone):
        if made.cases_with(number):
            continue
        looked_at: dict[str, list[str]] = {}
        for condition in () if read.fits[number] else conditions_of(milestone):
            there = read.texts.get(condition.column, [])
            wanted = [*condition.is_, *condition.starts_with, *condition.contains]
            near = [text for want in wanted for text in get_close_matches(want, there, 2, 0.4)]
            looked_at[condition.column] = list(dict.fromkeys([*near, *there]))[:TEXTS_TOLD]
        told = {"history": milestone.history, "key": milestone.key, "fitted": read.fits[number]}
        found.append({**told, "looked_at": looked_at})
    return found


TEXTS_TOLD = 5


class _Made:
    """The rows of milestones and registrations, in narrow columns."""

    def __init__(self, mapping: Mapping) -> None:
        self._mapping = mapping
        self._number = {id(milestone): n for n, milestone in enumerate(mapping.milestone)}
        self._codes = codes_of(mapping)
        self._cases: list[str] = []
        self._rows = [array("i") for _ in range(5)]
        """Patient, case, milestone, order of the milestone's name, day."""
        self._coded = [array("i") for _ in range(5)]
        """Patient, case, day, code, institution."""
        self._texts = Names()
        """Codes and institutions."""
        self._with = [0] * len(mapping.milestone)
        self._latest = [-1] * len(mapping.milestone)
        """How many histories have a date of each milestone, and the latest of them."""
        self._order = {one.key: n for n, one in reversed([*enumerate(mapping.milestone)])}

    @property
    def histories(self) -> int:
        """How many histories there are."""
        return len(self._cases)

    def add(self, patient: int, reached: Iterator[Reached]) -> None:
        """The milestones of one case."""
        for one in reached:
            if not self._cases or self._cases[-1] != one.case:
                self._cases.append(one.case)
            case, number = len(self._cases) - 1, self._number[id(one.milestone)]
            day = NO_DAY if one.day is None else one.day
            _append(self._rows, (patient, case, number, self._order[one.milestone.key], day))
            if one.day is None:
                continue
            if self._latest[number] != case:
                self._latest[number] = case
                self._with[number] += 1
            for code in self._codes[number] if one.institution else ():
                place = self._texts.of(one.institution)
                _append(self._coded, (patient, case, one.day, self._texts.of(code), place))

    def cases_with(self, number: int) -> int:
        """How many histories have a date of a milestone."""
        return self._with[number]

    def counts(self) -> list[dict[str, Any]]:
        """How many histories have each milestone."""
        return [
            {"history": one.history, "key": one.key, "cases": self._with[number]}
            for number, one in enumerate(self._mapping.milestone)
        ]

    def milestones(self, patients: pa.Array) -> pa.Table:
        """patient, case, milestone, date."""
        patient, case, number, order, day = (np.frombuffer(column, np.int32) for column in self._rows)
        cases = pa.array(self._cases, pa.string())
        at = _sorted({"patient": (patients, patient), "case": (cases, case)}, {"order": order, "day": day})
        keys = [one.key for one in self._mapping.milestone]
        days = day[at]
        return pa.table(
            {
                "patient": patients.take(pa.array(patient[at])),
                "case": cases.take(pa.array(case[at])),
                "milestone": pa.DictionaryArray.from_arrays(pa.array(number[at]), keys),
                "date": pa.array(days, pa.int32(), mask=days == NO_DAY).cast(pa.date32()),
            }
        )

    def registrations(self, patients: pa.Array) -> pa.Table:
        """One registration for each milestone with a code and a place; its id follows from its content, so a second
        run gives it again.

        Dates are shifted by whole years where the mapping says so; 29 February becomes the 28th in a year without it.
        """
        patient, case, day, code, place = (np.frombuffer(column, np.int32) for column in self._coded)
        cases, texts = pa.array(self._cases, pa.string()), self._texts.array()
        at = _sorted(
            {"patient": (patients, patient), "case": (cases, case), "code": (texts, code), "place": (texts, place)},
            {"day": day}, order=("patient", "case", "day", "code", "place"),
        )  # fmt: skip
        name = in_languages(self._mapping.name)["nb"]
        ids = pa.chunked_array([self._ids(at[n : n + BATCH]) for n in range(0, len(at), BATCH)], pa.string())
        return pa.table(
            {
                "patient_id": patients.take(pa.array(patient[at])),
                "code": pa.DictionaryArray.from_arrays(pa.array(code[at]), texts),
                "event_date": self._moved(day[at]),
                "institution": pa.DictionaryArray.from_arrays(pa.array(place[at]), texts),
                "registration_id": ids,
                "source": pa.DictionaryArray.from_arrays(pa.array(np.zeros(len(at), np.int8)), [name]),
            }
        )

    def _ids(self, at: npt.NDArray[np.int64]) -> pa.Array:
        _, case, day, code, _ = self._coded
        texts = list(self._texts.number)
        content = (f"{self._cases[case[row]]}|{texts[code[row]]}|{day[row]}" for row in at.tolist())
        return pa.array([hashlib.sha256(text.encode()).hexdigest()[:24] for text in content], pa.string())

    def _moved(self, days: npt.NDArray[np.int32]) -> pa.Array:
        """The days moved by the mapping's years, as dates."""
        years = self._mapping.shift.years if self._mapping.shift else 0
        distinct, which = np.unique(days, return_inverse=True)
        moved = [day_number(_shifted(day_of(day), years)) for day in distinct.tolist()]
        return pa.array(np.array(moved, np.int32)[which] if moved else days, pa.int32()).cast(pa.date32())


def codes_of(mapping: Mapping) -> list[list[str]]:
    """The codes that each milestone gives: what it stands for at the start, and its own."""
    starts: dict[str, list[str]] = {}
    for start in mapping.start:
        starts.setdefault(start.milestone, []).append(start.code)
    return [[*starts.get(one.key, []), *([one.code] if one.code else [])] for one in mapping.milestone]


def _append(columns: list[array[int]], values: tuple[int, ...]) -> None:
    for column, value in zip(columns, values, strict=True):
        column.append(value)


def _sorted(
    texts: dict[str, tuple[pa.Array, npt.NDArray[np.int32]]], numbers: dict[str, npt.NDArray[np.int32]],
    order: Sequence[str] = (),
) -> npt.NDArray[np.int64]:  # fmt: skip
    """The rows in order of their columns: those of texts (given by their numbers) by the texts themselves."""
    columns = dict(numbers)
    for name, (words, number) in texts.items():
        rank = np.empty(len(words), np.int32)
        rank[np.asarray(pc.sort_indices(words))] = np.arange(len(words), dtype=np.int32)
        columns[name] = rank[number]
    names = order or (*texts, *numbers)
    return np.lexsort([columns[name] for name in reversed(names)])


def _shifted(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
