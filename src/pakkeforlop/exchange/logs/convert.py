"""A log into milestones and registrations: the log is streamed, what is kept is the dates of each case."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from pakkeforlop.exchange.logs import csv_log, fhir, xes
from pakkeforlop.exchange.logs.event import Event, Refused, Seen, day_of_text
from pakkeforlop.exchange.logs.mapping import Mapping, Milestone
from pakkeforlop.exchange.logs.rules import Case, Matcher, Reached, columns_of, histories
from pakkeforlop.exchange.logs.told import told
from pakkeforlop.vocabulary.calendar import day_of
from pakkeforlop.vocabulary.errors import FileFault

Door = Callable[[Path, Mapping, Seen, frozenset[str]], Iterator[Event]]
DOORS: dict[str, Door] = {"csv": csv_log.events, "xes": xes.events, "fhir": fhir.events}
DEFAULT_DATE = {"csv": "", "xes": xes.DATE, "fhir": "date"}


@dataclass
class Conversion:
    """What a log came to.

    milestones: patient, case, milestone, date (date32; null where the case has none), sorted; registrations: the
    columns of the registrations interface, sorted; refused: file, row, column, reason in three languages.
    """

    mapping: Mapping
    milestones: pa.Table
    registrations: pa.Table
    refused: pa.Table
    record: dict[str, Any] = field(default_factory=dict)


def convert(paths: Sequence[Path], mapping: Mapping) -> Conversion:
    """Read logs through a mapping. Files of the same content count once; their order changes nothing.

    FileFault and UnreadableFault for a file that cannot be used at all.
    """
    cases: dict[str, Case] = {}
    seen, files = Seen(), []
    matcher, columns = Matcher(mapping), columns_of(mapping)
    hashes: set[str] = set()
    for path in paths:
        digest = _sha256(path)
        files.append({"name": path.name, "sha256": digest, "same_as_before": digest in hashes})
        if digest in hashes:
            continue
        hashes.add(digest)
        for event in DOORS[mapping.read.format](path, mapping, seen, columns):
            _take(event, path.name, matcher, mapping, cases, seen)
    reached = [one for name in sorted(cases) for one in histories(name, cases[name], mapping.milestone)]
    registrations = _registrations(reached, mapping)
    record = {
        "mapping": mapping.name,
        "files": files,
        "events": seen.events,
        "cases": len(cases),
        "patients": len({case.patient for case in cases.values()}),
        "histories": len({one.case for one in reached}),
        "registrations": registrations.num_rows,
        "milestones": _counts(reached, mapping),
        "start": [start.model_dump() for start in mapping.start],
        "shift": mapping.shift.model_dump() if mapping.shift else None,
        "references_outside": dict(sorted(seen.outside.items())),
        "refused": len(seen.refused),
    }
    return Conversion(mapping, _milestones(reached), registrations, _refused(seen.refused), record)


def _take(event: Event, file: str, matcher: Matcher, mapping: Mapping, cases: dict[str, Case], seen: Seen) -> None:
    """Note what one event says."""
    fitting = matcher.of(event)
    if not event.case or not event.patient:
        if mapping.read.format != "fhir" or fitting:
            reason = "no_patient_reference" if mapping.read.format == "fhir" else "no_case"
            seen.refused.append(Refused(file, event.row, "", reason))
        return
    case = cases.get(event.case)
    if case is None:
        case = cases[event.case] = Case(event.patient)
    for milestone in fitting:
        column = milestone.date or mapping.read.date or DEFAULT_DATE[mapping.read.format]
        text = event.first(column)
        day = day_of_text(text)
        if day is None:
            seen.refused.append(Refused(file, event.row, column, "bad_date" if text.strip() else "no_date"))
            continue
        place = event.first(mapping.place.column).strip() if mapping.place.column else ""
        case.meet(milestone, day, place or mapping.place.institution)


def _sha256(path: Path) -> str:
    from pakkeforlop.vocabulary.errors import unreadable

    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except IsADirectoryError as error:
        raise FileFault("file_is_directory", file=str(path)) from error
    except OSError as error:
        raise unreadable(error, path.name) from error


def _counts(reached: list[Reached], mapping: Mapping) -> list[dict[str, Any]]:
    found: dict[tuple[str, str], set[str]] = {(m.history, m.key): set() for m in mapping.milestone}
    for one in reached:
        if one.day is not None:
            found[one.milestone.history, one.milestone.key].add(one.case)
    return [{"history": history, "key": key, "cases": len(cases)} for (history, key), cases in found.items()]


def _milestones(reached: list[Reached]) -> pa.Table:
    order = {one.milestone.key: place for place, one in reversed([*enumerate(reached)])}
    rows = sorted(reached, key=lambda one: (one.patient, one.case, order[one.milestone.key], one.day or 0))
    return pa.table(
        {
            "patient": pa.array([one.patient for one in rows], pa.string()),
            "case": pa.array([one.case for one in rows], pa.string()),
            "milestone": pa.array([one.milestone.key for one in rows], pa.string()),
            "date": pa.array([one.day for one in rows], pa.int32()).cast(pa.date32()),
        }
    )


def _registrations(reached: list[Reached], mapping: Mapping) -> pa.Table:
    """One registration for each milestone with a code; its id follows from its content, so a second run gives it again.

    Dates are shifted by whole years where the mapping says so; 29 February becomes the 28th in a year without it.
    """
    rows = sorted(_coded(reached, mapping))
    years = mapping.shift.years if mapping.shift else 0
    ids = [hashlib.sha256("|".join((case, code, str(day))).encode()).hexdigest()[:24] for _, case, day, code, _ in rows]
    return pa.table(
        {
            "patient_id": pa.array([row[0] for row in rows], pa.string()),
            "code": pa.array([row[3] for row in rows], pa.string()),
            "event_date": pa.array([_shifted(day_of(row[2]), years) for row in rows], pa.date32()),
            "institution": pa.array([row[4] for row in rows], pa.string()),
            "registration_id": pa.array(ids, pa.string()),
            "source": pa.array([mapping.name] * len(rows), pa.string()),
        }
    )


def _coded(reached: list[Reached], mapping: Mapping) -> Iterator[tuple[str, str, int, str, str]]:
    starts: dict[str, list[str]] = {}
    for start in mapping.start:
        starts.setdefault(start.milestone, []).append(start.code)
    for one in reached:
        if one.day is None:
            continue
        for code in [*starts.get(one.milestone.key, []), *_own(one.milestone)]:
            yield one.patient, one.case, one.day, code, one.institution


def _own(milestone: Milestone) -> list[str]:
    return [milestone.code] if milestone.code else []


def _shifted(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def _refused(refused: list[Refused]) -> pa.Table:
    columns = {
        "file": [one.file for one in refused],
        "row": [one.row for one in refused],
        "column": [one.column for one in refused],
        "reason": [told(one.reason, "nb") for one in refused],
        "reason_nn": [told(one.reason, "nn") for one in refused],
        "reason_en": [told(one.reason, "en") for one in refused],
    }
    kinds = {"row": pa.int64()}
    return pa.table({name: pa.array(texts, kinds.get(name, pa.string())) for name, texts in columns.items()})
