"""Patients and new cancers from files: what 100, 116 and 117 and the inclusion share are judged by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pakkeforlop.exchange.csv import rows as columns
from pakkeforlop.exchange.csv.dates import BAD_DAY
from pakkeforlop.exchange.csv.doors import read_all
from pakkeforlop.exchange.csv.intake import Reading, day_array
from pakkeforlop.exchange.csv.layout import NEW_CANCERS, PATIENTS
from pakkeforlop.exchange.csv.rejects import Refusals, reject_table
from pakkeforlop.exchange.csv.rows import Rows, Words
from pakkeforlop.vocabulary.calendar import NO_DAY, Days

EARLIEST_BIRTH = -32872
"""1880-01-01: no one born before lives to be in a pathway."""
EARLIEST_CONTACT = -25567
"""1900-01-01: new cancers may lie before the first pathway, since an earlier one makes a later one not new."""
SEXES = {"1": 1, "m": 1, "male": 1, "mann": 1, "2": 2, "k": 2, "f": 2, "female": 2, "kvinne": 2}
NO_SEX = frozenset({"0", "9", "u", "ukjent", "unknown", "other", "x", "-"})

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Table(Reading):
    """A table read from files."""

    table: pa.Table


@dataclass
class Part:
    """The rows of one file that stand, as a table, and their numbers."""

    rows: Rows
    table: pa.Table
    numbers: npt.NDArray[np.int64]


def read_patients(paths: str | Path | Sequence[str | Path], *, today: int) -> Table:
    """Patients: patient_id, birth_day, sex (0 unknown, 1 man, 2 woman), municipality, district, death_day.

    A row without a patient is refused; an unusable date or sex is left out and the row used without it. Of several rows
    of one patient the last holds; those that differ from it stand in the list.
    """
    files, parts = read_all(_listed(paths), PATIENTS, lambda rows: patient_part(rows, today))
    table, part_of = _together(parts)
    keep = _last_of_each(table, parts, part_of)
    rejects = _rejects(parts, EARLIEST_BIRTH, today)
    return Table(tuple(files), rejects, table if keep.all() else table.filter(pa.array(keep)))


def read_new_cancers(paths: str | Path | Sequence[str | Path], *, last_day: int) -> Table:
    """New cancers: patient_id, icd10, first_contact_day, institution. A row that lacks one of them is refused.

    `last_day`: first contacts after it are refused; the as-of day of the run.
    """
    files, parts = read_all(_listed(paths), NEW_CANCERS, lambda rows: _new_cancers(rows, last_day), may_be_empty=True)
    table, _ = _together(parts)
    return Table(tuple(files), _rejects(parts, EARLIEST_CONTACT, last_day), table)


def patient_part(rows: Rows, today: int) -> Part:
    """The usable rows of one patients file, and their numbers in it."""
    patient = columns.ids(rows, "patient_id")
    if patient is None:
        raise KeyError("patient_id")
    fields: dict[str, Any] = {"patient_id": patient}
    for name, ours in (("birth_date", "birth_day"), ("death_date", "death_day")):
        found = columns.days(rows, name)
        fields[ours] = day_array(_usable(rows, name, found, today)) if found is not None else None
    sex = columns.words(rows, "sex")
    fields["sex"] = pa.array(_sexes(rows, sex)) if sex is not None else None
    for name in ("municipality", "district"):
        word = columns.words(rows, name)
        fields[name] = word.array() if word is not None else None
    given = np.asarray(patient.is_valid().to_numpy())
    rows.refusals.add(rows.number(np.flatnonzero(~given)), "patient_id", "patient_missing")
    return _part(rows, {name: values for name, values in fields.items() if values is not None}, given)


def _new_cancers(rows: Rows, last_day: int) -> Part:
    patient, diagnosis = columns.ids(rows, "patient_id"), columns.words(rows, "icd10")
    day, place = columns.days(rows, "first_contact_date"), columns.words(rows, "institution")
    if patient is None or diagnosis is None or day is None or place is None:
        raise KeyError("new_cancers")
    standing = np.ones(len(rows), bool)
    for wrong, column, reason in (
        (np.asarray(patient.is_null().to_numpy()), "patient_id", "patient_missing"),
        (diagnosis.indices < 0, "icd10", "diagnosis_missing"),
        (day == NO_DAY, "first_contact_date", "date_missing"),
        (day == BAD_DAY, "first_contact_date", "date_unreadable"),
        ((day > BAD_DAY) & (day < EARLIEST_CONTACT), "first_contact_date", "date_early"),
        (day > last_day, "first_contact_date", "date_late"),
        (place.indices < 0, "institution", "institution_missing"),
    ):
        positions = np.flatnonzero(wrong & standing)
        dated = len(positions) and column == "first_contact_date"
        values = columns.text_values(rows, column, positions) if dated else None
        rows.refusals.add(rows.number(positions), column, reason, values)
        standing[positions] = False
    fields = {
        "patient_id": patient,
        "icd10": diagnosis.array(),
        "first_contact_day": day_array(day),
        "institution": place.array(),
    }
    return _part(rows, fields, standing)


def _usable(rows: Rows, name: str, days: Days, today: int) -> Days:
    """The days that can be; the others are left out and noted."""
    wrong = (days != NO_DAY) & ((days < EARLIEST_BIRTH) | (days > today))
    positions = np.flatnonzero(wrong)
    if not len(positions):
        return days
    values = columns.text_values(rows, name, positions)
    rows.refusals.add(rows.number(positions), name, "value_unreadable", values, used=True)
    return np.where(wrong, np.int32(NO_DAY), days)


def _sexes(rows: Rows, sex: Words) -> npt.NDArray[np.int8]:
    """1 man, 2 woman, 0 not known; texts that say neither are noted."""
    plain = [text.casefold() for text in sex.texts]
    numbers = np.array([*(SEXES.get(text, 0) for text in plain), 0], np.int8)
    strange = np.array([*(text not in SEXES and text not in NO_SEX for text in plain), False])
    if strange.any():
        positions = np.flatnonzero(strange[sex.indices])
        rows.refusals.add(rows.number(positions), "sex", "value_unreadable", used=True)
    found: npt.NDArray[np.int8] = numbers[sex.indices]
    return found


def _part(rows: Rows, fields: dict[str, Any], standing: Mask) -> Part:
    table = pa.table(fields)
    rows.table = rows.table.select([])
    numbers = rows.number(np.arange(len(standing)))
    if standing.all():
        return Part(rows, table, numbers)
    return Part(rows, table.filter(pa.array(standing)), numbers[standing])


def _together(parts: list[Part]) -> tuple[pa.Table, npt.NDArray[np.int64]]:
    """The parts as one table, and which part each row is of. Ids are text when any file has them so."""
    tables = [part.table for part in parts]
    if len({table.schema.field("patient_id").type for table in tables}) > 1:
        tables = [
            table.set_column(0, "patient_id", table.column("patient_id").cast(pa.string())) for table in tables
        ]
    together = pa.concat_tables(tables, promote_options="default").unify_dictionaries()
    return together, np.repeat(np.arange(len(tables)), [len(table) for table in tables])


def _last_of_each(table: pa.Table, parts: list[Part], part_of: npt.NDArray[np.int64]) -> Mask:
    """The last row of every patient; earlier ones that differ are noted."""
    keep = np.ones(len(table), bool)
    if not len(table):
        return keep
    encoded = table.column("patient_id").dictionary_encode().combine_chunks()
    encoded = encoded.chunk(0) if isinstance(encoded, pa.ChunkedArray) else encoded
    who = encoded.indices.to_numpy()
    last = np.zeros(len(encoded.dictionary), np.int64)
    np.maximum.at(last, who, np.arange(len(who)))
    winner = last[who]
    earlier = np.flatnonzero(winner != np.arange(len(who)))
    keep[earlier] = False
    if len(earlier):
        differ = _differ(table, earlier, winner[earlier])
        starts = np.concatenate(([0], np.cumsum([len(part.table) for part in parts])))
        for number, part in enumerate(parts):
            mine = earlier[differ & (part_of[earlier] == number)] - starts[number]
            part.rows.refusals.add(part.numbers[mine], "", "replaced_by_later")
    return keep


def _differ(table: pa.Table, one: npt.NDArray[np.int64], other: npt.NDArray[np.int64]) -> Mask:
    """Whether the rows at `one` and `other` differ in any column."""
    differ = np.zeros(len(one), bool)
    for name in table.column_names:
        column = table.column(name)
        if pa.types.is_dictionary(column.type):
            column = column.cast(pa.string())
        first, second = column.take(pa.array(one)), column.take(pa.array(other))
        same = pc.fill_null(pc.equal(first, second), False)
        both_missing = pc.and_(first.is_null(), second.is_null())
        differ |= ~np.asarray(pc.or_(same, both_missing).to_numpy())
    return differ


def _rejects(parts: list[Part], first: int, last: int) -> pa.Table:
    refusals: list[tuple[str, Refusals]] = [(part.rows.file.name, part.rows.refusals) for part in parts]
    return reject_table(refusals, first, last)


def _listed(paths: str | Path | Sequence[str | Path]) -> list[str | Path]:
    return [paths] if isinstance(paths, (str, Path)) else list(paths)
