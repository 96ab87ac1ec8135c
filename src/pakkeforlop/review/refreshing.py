"""Figures brought on by new and corrected registrations, without counting the others again.

The first time everything is counted and kept (`keeping.py`); after that each refresh reads what is new, finds which of
several rows of a registration stands, and refreshes the figures of the patients touched. The figures are those that
`monitor` gives for all the files together, to the last cell.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from pakkeforlop.catalogue.digest import definitions_hash
from pakkeforlop.episodes.held import ByPatient, who, worded
from pakkeforlop.episodes.rows import Engine
from pakkeforlop.exchange.csv.doors import one_file
from pakkeforlop.exchange.csv.folder import OutputFolder
from pakkeforlop.exchange.csv.intake import Intake, Reading
from pakkeforlop.exchange.csv.people import read_new_cancers, read_patients
from pakkeforlop.exchange.csv.record import run_record
from pakkeforlop.exchange.csv.versions_held import HELD, in_force, read_held
from pakkeforlop.indicators.standing import StandingFigures, Tables
from pakkeforlop.review import keeping
from pakkeforlop.review.monitoring import Sources
from pakkeforlop.review.writing import newest_share
from pakkeforlop.vocabulary.calendar import day_number, day_of
from pakkeforlop.vocabulary.ordered import distinct

PEOPLE, CANCERS = ("patient_id", "birth_day", "sex"), ("patient_id", "icd10", "first_contact_day", "institution")
VALUES = ("numerator", "denominator", "percent", "median_days", "p90_days")
CELL = (
    "indicator", "label", "branch", "kind", "pathway_key", "unit_level", "unit_name", "org_nr", "period_type",
    "period_from", "period_to", "sex", "age_group",
)  # fmt: skip
"""What tells a cell from the others."""


@dataclass
class Brought:
    """What a refresh made: the figures, what became of them, and what was read.

    changes: cells that are others than before, as before and as now (None the first time); whole: why everything was
    counted ("" where it was not); patients: how many were linked anew; taken: the hashes of all files until now;
    skipped: files that were taken in before.
    """

    standing: StandingFigures
    intake: Intake | None
    readings: dict[str, Reading]
    indicators: pa.Table
    changes: pa.Table | None
    patients: int
    whole: str
    taken: list[str]
    skipped: list[str] = field(default_factory=list)


def bring_on(
    sources: Sources, engine: Engine, kept: Path, *, today: int, progress: Callable[[str], None] = lambda _: None
) -> Brought:
    """Read what is new, and refresh the figures that are kept in a folder (held by the caller); nothing is written."""
    progress("reading")
    before = keeping.load(kept, engine)
    known = set() if before is None else set(before[1]["taken"])
    files = [one_file(path) for path in sources.registrations]
    skipped = [file.name for file in files if file.sha256 in known]
    intake, given, readings = _read(sources, [file.path for file in files if file.sha256 not in known], engine, today)
    taken = sorted(known | {file.sha256 for file in files})
    progress("indicators")
    if before is None:
        if given.registrations is None or intake is None:
            raise ValueError("Nothing is kept, so no file can have been taken in before.")
        intake.require_rows()
        standing = StandingFigures(engine, Tables(given.registrations, *given[1:]), as_of=intake.as_of)
        patients = len(standing.registrations.main.who)
        return Brought(standing, intake, readings, standing.table(), None, patients, "first", taken)
    standing, record = before
    now, touched = merged(standing, given)
    as_of = standing.as_of if intake is None else max(standing.as_of, intake.as_of)
    done = standing.refresh(now, touched, as_of=as_of)
    changes = compared(*standing.changes(done))
    whole = done.whole or record.get("whole", "")
    return Brought(standing, intake, readings, standing.table(), changes, done.patients, whole, taken, skipped)


def _read(
    sources: Sources, paths: Sequence[Path], engine: Engine, today: int
) -> tuple[Intake | None, Given, dict[str, Reading]]:
    """The files that are new, patients by their ids as text."""
    readings: dict[str, Reading] = {}
    intake = rows = people = cancers = None
    if paths:
        first = day_number(engine.settings.first_day)
        intake, rows = read_held(paths, today=today, first_day=first, linked_prefixes=engine.tables.pathways)
        readings["registrations"] = intake
    if sources.patients is not None:
        told = read_patients(sources.patients, today=today)
        readings["patients"], people = told, _columns(told.table, PEOPLE)
    if sources.new_cancers is not None:
        found = read_new_cancers(sources.new_cancers, last_day=today)
        readings["new_cancers"], cancers = found, _columns(found.table, CANCERS)
    return intake, Given(None if rows is None else _columns(rows, HELD), people, cancers), readings


class Given(NamedTuple):
    """What was read; None: no file was given."""

    registrations: pa.Table | None
    patients: pa.Table | None
    new_cancers: pa.Table | None


def _columns(table: pa.Table, names: Sequence[str]) -> pa.Table:
    """Some columns, as far as there are any, words and ids as text."""
    plain = worded(table.select([name for name in names if name in table.column_names]))
    return plain.set_column(0, "patient_id", plain["patient_id"].cast(pa.string()))


def merged(standing: StandingFigures, given: Given) -> tuple[Tables, pa.Array]:
    """All that the patients touched have now, and their ids.

    Touched are those whose registrations have come or are corrected, whose registration is corrected to another
    patient, who are told of anew in the patients file, or have a new cancer that was not known.
    """
    held = standing.registrations
    rows = held.main.table.slice(0, 0) if given.registrations is None else given.registrations
    ids = [rows["patient_id"], _patients_of(standing, rows)]
    people, cancers = _news(standing.patients, given.patients), _news(standing.new_cancers, given.new_cancers)
    if standing.patients is None and given.patients is not None:
        ids.append(held.whole()["patient_id"])
    ids += [news["patient_id"] for news in (people, cancers) if news is not None]
    touched = pc.unique(pa.chunked_array([chunk for column in ids for chunk in column.chunks], pa.string()))
    mine = distinct(who(touched))
    registrations = in_force(_with(held.take(mine), rows))
    if people is not None and standing.patients is not None:
        theirs = standing.patients.take(mine)
        others = pc.invert(pc.is_in(theirs["patient_id"], value_set=people["patient_id"].combine_chunks()))
        people = _with(theirs.filter(others), people)
    if cancers is not None and standing.new_cancers is not None:
        cancers = _with(standing.new_cancers.take(mine), cancers)
    patients_now = pc.unique(pa.chunked_array(
        [c for t in (registrations, people, cancers) if t is not None for c in t["patient_id"].chunks], pa.string()
    ))  # fmt: skip
    everyone = pa.concat_arrays([touched, patients_now.filter(pc.invert(pc.is_in(patients_now, value_set=touched)))])
    return Tables(registrations, people, cancers), everyone


def _patients_of(standing: StandingFigures, rows: pa.Table) -> pa.ChunkedArray:
    """Whose the registrations are until now that some rows are versions of."""
    held = standing.registrations.whole()
    if "registration_id" not in rows.column_names or "registration_id" not in held.column_names:
        return pa.chunked_array([], pa.string())
    again = pc.is_in(held["registration_id"], value_set=rows["registration_id"].combine_chunks().drop_null())
    return held["patient_id"].filter(again)


def _news(held: ByPatient | None, given: pa.Table | None) -> pa.Table | None:
    """The rows that are not known as they are; None where no file was given."""
    if given is None or held is None:
        return given
    known = _texts(held.take(distinct(who(given["patient_id"]))).select(given.column_names))
    return given.filter(pc.invert(pc.is_in(_texts(given), value_set=known)))


def _texts(table: pa.Table) -> pa.Array:
    """Each row as one text."""
    columns = [pc.fill_null(column.cast(pa.string()), "") for column in worded(table).columns]
    joined = pc.binary_join_element_wise(*columns, "\x1f")
    return joined.combine_chunks() if isinstance(joined, pa.ChunkedArray) else joined


def _with(one: pa.Table, other: pa.Table) -> pa.Table:
    return pa.concat_tables([worded(one), worded(other)], promote_options="permissive")


def compared(before: pa.Table, after: pa.Table) -> pa.Table:
    """The cells that differ, with their values before and now; a cell that was not there, or is no more, has none."""
    sides = []
    for table, end in ((before, "_before"), (after, "")):
        plain = worded(table.select([*CELL, *VALUES]))
        sides.append(plain.rename_columns([*CELL, *(f"{name}{end}" for name in VALUES)]))
    both = sides[1].join(sides[0], list(CELL), join_type="full outer")
    same = None
    for name in VALUES:
        one, other = both[name], both[f"{name}_before"]
        equal = pc.or_(pc.fill_null(pc.equal(one, other), False), pc.and_(pc.is_null(one), pc.is_null(other)))
        same = equal if same is None else pc.and_(same, equal)
    columns = [*CELL, *(name + end for name in VALUES for end in ("_before", ""))]
    return both.filter(pc.invert(same)).select(columns).sort_by([(name, "ascending") for name in CELL])


def refresh_folder(
    sources: Sources, engine: Engine, kept: Path, out: Path, *, today: int, arguments: Mapping[str, Any],
    parquet: bool = False, progress: Callable[[str], None] = lambda _: None,
) -> dict[str, Any]:
    """Refresh the figures that are kept in one folder and write them to another; returns the record (run.json).

    Writes indicators.csv (or .parquet), changes.csv (not the first time), rejects.csv and run.json. The figures are
    written first and kept after: a refresh that is stopped between is done again by the same command, to the same.
    """
    begun = time.perf_counter()
    with keeping.held_alone(kept):
        done = bring_on(sources, engine, kept, today=today, progress=progress)
        progress("writing")
        with OutputFolder(out) as folder:
            folder.write_table("indicators.parquet" if parquet else "indicators.csv", done.indicators)
            if done.changes is not None:
                folder.write_table("changes.csv", done.changes)
            rejects = [reading.rejects for reading in done.readings.values()]
            if rejects:
                folder.write_table("rejects.csv", pa.concat_tables(rejects, promote_options="permissive"))
            record = _record(done, engine, arguments, time.perf_counter() - begun)
            folder.finish(record)
        keeping.save(kept, done.standing, {"taken": done.taken, "as_of": record["as_of"]})
    return record


def _record(done: Brought, engine: Engine, arguments: Mapping[str, Any], seconds: float) -> dict[str, Any]:
    told = {} if done.intake is None else done.intake.for_record()
    return run_record(
        "indicators refresh",
        arguments=arguments,
        settings=engine.settings,
        catalogue_sha256=definitions_hash(engine.catalogue),
        sections={
            **told,
            "as_of": day_of(done.standing.as_of).isoformat(),
            "taken_before": done.skipped,
            "other_files": {
                name: {"files": reading.files_for_record(), "refused": reading.refused}
                for name, reading in done.readings.items() if name != "registrations"
            },
            "result": {
                "patients": done.patients,
                "counted_whole": done.whole,
                "changed": None if done.changes is None else done.changes.num_rows,
                "indicator_rows": done.indicators.num_rows,
                "share": newest_share(done.indicators, done.standing.as_of),
            },
        },
        seconds={"all": seconds},
    )  # fmt: skip
