"""Registrations as they are read become numbers: each distinct code, institution and patient is looked up once.

What cannot be linked (an unknown code, a missing date) is set apart here with its message; everything else becomes a
key. Columns in: see `exchange.csv.read`. Days are day numbers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pakkeforlop.episodes.keys import Coded, Keys, Layout, layout_for, pack
from pakkeforlop.episodes.link import PatientFacts, no_facts, with_birthdays
from pakkeforlop.episodes.places import Organisations, Places, places_of
from pakkeforlop.episodes.tables import Tables
from pakkeforlop.vocabulary.calendar import NO_DAY

Array = npt.NDArray[np.int64]
UNKNOWN, ASIDE = -1, -2


@dataclass(frozen=True)
class Patients:
    """Patients numbered from 0 in the order of their ids; ids are whole numbers from `first`, or a sorted array."""

    count: int
    first: int = 0
    ids: pa.Array | None = None

    def names(self, numbers: npt.NDArray[np.integer]) -> pa.Array:
        """The ids of patient numbers."""
        if self.ids is None:
            return pa.array(numbers.astype(np.int64) + self.first)
        return self.ids.take(pa.array(numbers))

    def numbers(self, ids: pa.Array | pa.ChunkedArray) -> Array:
        """The numbers of patient ids, -1 for those not here."""
        if self.ids is None:
            text = ids.type
            values = (
                ids if pa.types.is_integer(text) else pc.cast(ids, pa.int64(), safe=False) if _digits(ids) else None
            )
            if values is None:
                return np.full(len(ids), -1, np.int64)
            found = np.asarray(values).astype(np.int64) - self.first
            return np.where((found >= 0) & (found < self.count), found, -1)
        found = pc.index_in(pc.cast(ids, self.ids.type), value_set=self.ids)
        return np.asarray(pc.fill_null(found, -1)).astype(np.int64)


def _digits(ids: pa.Array | pa.ChunkedArray) -> bool:
    return bool(pc.all(pc.utf8_is_digit(pc.cast(ids, pa.string()))).as_py())


@dataclass(frozen=True)
class Registrations:
    """What goes to the kernel, and what was set apart.

    rows: for each coded row, its row in the table read. apart: rows that no key could be made of, with their message
    and the prefix of the pathway ('' if none) in `apart_pathway`.
    """

    table: pa.Table
    coded: Coded
    rows: Array
    apart: Array
    apart_message: Array
    apart_pathway: tuple[str, ...]
    patients: Patients
    places: Places
    layout: Layout
    patient_of_row: Array


def _indices(column: pa.ChunkedArray | pa.Array) -> tuple[npt.NDArray[np.integer], list[str]]:
    """A dictionary-encoded column as indices and its distinct texts."""
    if isinstance(column, pa.ChunkedArray):
        if pa.types.is_dictionary(column.type):
            column = column.unify_dictionaries()
            if column.num_chunks == 0:
                return np.empty(0, np.int32), []
            names = column.chunk(0).dictionary.to_pylist()
            parts = [np.asarray(pc.fill_null(chunk.indices, -1)) for chunk in column.chunks]
            return (np.concatenate(parts) if len(parts) > 1 else parts[0]), names
        column = column.combine_chunks()
        if isinstance(column, pa.ChunkedArray):
            column = column.chunk(0) if column.num_chunks else pa.array([], pa.string())
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    return np.asarray(pc.fill_null(column.indices, -1)), column.dictionary.to_pylist()


def number_patients(column: pa.ChunkedArray) -> tuple[Array, Patients]:
    """Number the patients of a column of ids: whole numbers keep their order, texts are sorted."""
    n = len(column)
    if n == 0:
        return np.empty(0, np.int64), Patients(0, ids=pa.array([], pa.string()))
    if pa.types.is_integer(column.type):
        values = column.to_numpy().astype(np.int64, copy=False)
        first, last = int(values.min()), int(values.max())
        if last - first < 4 * n + 1_000_000:
            return values - first, Patients(last - first + 1, first)
        ids, numbers = np.unique(values, return_inverse=True)
        return numbers.astype(np.int64), Patients(len(ids), ids=pa.array(ids))
    index, names = _indices(column)
    distinct = pa.array(names, pa.string())
    order = np.asarray(pc.array_sort_indices(distinct))
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    return rank[index], Patients(len(order), ids=distinct.take(pa.array(order)))


def code_numbers(names: list[str], tables: Tables) -> npt.NDArray[np.int32]:
    """The number of each code text; UNKNOWN for one that no list of the family knows, ASIDE for other families'."""
    return np.array([_code_number(name, tables) for name in names], np.int32)


def _code_number(name: str, tables: Tables) -> int:
    found = tables.codes.get(name)
    if found is not None:
        return found
    other = name == "WMFG11" or (len(name) > 2 and name[0] == "D" and name[1:3].isdigit())
    return ASIDE if other and name[:3] not in tables.unknown_code else UNKNOWN


def number_rows(table: pa.Table, tables: Tables, organisations: Organisations) -> Registrations:
    """Turn a table of registrations (patient_id, code, day, institution ...) into keys' numbers."""
    patient, patients = number_patients(table["patient_id"])
    code_index, code_names = _indices(table["code"])
    institution_index, institutions = _indices(table["institution"])
    day_column = table["day"]
    day = np.asarray(pc.fill_null(day_column, NO_DAY)).astype(np.int32, copy=False)
    codes = code_numbers(code_names, tables)
    code = codes[code_index] if len(codes) else np.empty(0, np.int32)
    places = places_of(institutions, organisations)
    good = (code >= 0) & (day != NO_DAY) if day_column.null_count or (codes < 0).any() else None
    if good is None or good.all():
        rows = np.arange(table.num_rows, dtype=np.int64)
        apart = np.empty(0, np.int64)
        kept = (patient, code, day, institution_index)
    else:
        rows = np.flatnonzero(good)
        apart = np.flatnonzero(~good & (code != ASIDE))
        kept = (patient[rows], code[rows], day[rows], institution_index[rows])
    place = places.of_many(institutions, kept[3], kept[2])
    span = (int(kept[2].min()), int(kept[2].max())) if len(rows) else (0, 1)
    layout = layout_for(len(places.numbers), tables.order_bits, *span, len(tables.pathways))
    prefixes = [name[:3] if name[:3] in tables.unknown_code else "" for name in code_names]
    apart_prefix = tuple(prefixes[code_index[row]] for row in apart)
    message = np.array(
        [
            (tables.unknown_code.get(prefix, 101) if code[row] == UNKNOWN else tables.missing_date[prefix])
            for row, prefix in zip(apart, apart_prefix, strict=True)
        ],
        np.int64,
    )
    coded = Coded(kept[0], kept[1], kept[2], place)
    return Registrations(
        table, coded, rows, apart, message, apart_prefix, patients, places, layout, patient
    )  # fmt: skip


def keys_of(registrations: Registrations) -> Keys:
    """The keys of the coded rows, in their order."""
    coded = registrations.coded
    keys = np.empty(len(coded), np.int64)
    bits = registrations.layout.patient_shift + max(1, (registrations.patients.count - 1).bit_length())
    if bits > 63:
        raise OverflowError("The keys need more than 63 bits; link the patients in ranges.")
    pack(coded.patient, coded.code, coded.day, coded.place, tuple(registrations.layout), keys)
    return keys


def facts_of(patients: Patients, file: pa.Table | None, tables: Tables) -> PatientFacts:
    """What a patients file says of each numbered patient (patient_id, birth_day, sex); nothing when none is given."""
    if file is None:
        return no_facts(patients.count)
    known = np.zeros(patients.count, np.int8)
    birth = np.full(patients.count, NO_DAY, np.int64)
    sex = np.zeros(patients.count, np.int8)
    at = patients.numbers(file["patient_id"])
    here = at >= 0
    known[at[here]] = 1
    birth[at[here]] = np.asarray(pc.fill_null(file["birth_day"], NO_DAY)).astype(np.int64)[here]
    sex[at[here]] = np.asarray(pc.fill_null(file["sex"], 0)).astype(np.int8)[here]
    return with_birthdays(known, birth, sex, tables)
