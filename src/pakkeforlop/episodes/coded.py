"""Registrations as they are read become numbers: each distinct code, institution and patient is looked up once.

What cannot be linked (an unknown code, a missing date) is set apart here with its message; everything else becomes a
key. Columns in: see `exchange.csv.read`. Days are day numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pakkeforlop.episodes.keys import MOST_BITS, Coded, Keys, Layout, layout_for, pack
from pakkeforlop.episodes.link import PatientFacts, in_threads, no_facts, with_birthdays
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

    def own_numbers(self, ids: pa.ChunkedArray) -> Array:
        """The numbers of ids that these patients were numbered by."""
        if self.ids is None and self.count:
            return np.asarray(ids).astype(np.int64, copy=False) - self.first
        return self.numbers(ids)

    def numbers(self, ids: pa.Array | pa.ChunkedArray) -> Array:
        """The numbers of patient ids, -1 for those not here."""
        if len(ids) == 0:
            return np.empty(0, np.int64)
        if self.ids is None:
            found = whole_numbers(ids) - self.first
            return np.where((found >= 0) & (found < self.count), found, -1)
        if pa.types.is_integer(self.ids.type):
            ids = pa.array(whole_numbers(ids))
        found = pc.index_in(pc.cast(ids, self.ids.type), value_set=self.ids)
        return np.asarray(pc.fill_null(found, -1)).astype(np.int64)


def whole_numbers(ids: pa.Array | pa.ChunkedArray) -> Array:
    """Ids as whole numbers; those that are none as a number that no patient has."""
    if not pa.types.is_integer(ids.type):
        texts = pc.cast(ids, pa.string())
        short = pc.and_(pc.utf8_is_digit(texts), pc.less(pc.utf8_length(texts), MOST_DIGITS))
        ids = pc.cast(pc.if_else(short, texts, None), pa.int64())
    if ids.null_count:
        ids = pc.fill_null(ids, NOBODY)
    return np.asarray(ids).astype(np.int64, copy=False)


MOST_DIGITS = 19
"""Texts of so many digits need not fit in 64 bits."""

NOBODY = -(2**62)
"""Stands for an id that is no whole number."""


MUCH = 1 << 30
"""From so many bytes on it is worth giving memory back to the machine; less is kept warm for the next use."""


def give_back(used: int) -> None:
    """Give memory that Arrow no longer uses back to the machine, after so many bytes of tables were made or let go."""
    if used >= MUCH:
        pa.default_memory_pool().release_unused()


CHUNK = 1 << 20
"""Rows that are turned into keys at a time, so that the steps between take little memory."""


@dataclass(frozen=True)
class Registrations:
    """What goes to the kernel, and what was set apart.

    code_of and first_place: the number of each distinct code and the first place of each distinct institution of the
    table. rows: the rows that keys are made of (None: all). apart: rows that no key can be made of, with their message
    and the prefix of the pathway ('' if none).
    """

    table: pa.Table
    patients: Patients
    places: Places
    layout: Layout
    code_index: npt.NDArray[np.integer]
    code_of: npt.NDArray[np.int32]
    institution_index: npt.NDArray[np.integer]
    institutions: list[str]
    kept: Array | None
    apart: Array
    apart_message: Array
    apart_pathway: tuple[str, ...]

    def __len__(self) -> int:
        return self.table.num_rows if self.kept is None else len(self.kept)

    @cached_property
    def rows(self) -> Array:
        """The row of the table that each key is made of."""
        return np.arange(self.table.num_rows, dtype=np.int64) if self.kept is None else self.kept

    @cached_property
    def patient_of_row(self) -> Array:
        """The patient number of each row of the table."""
        return self.patients.numbers(self.table["patient_id"])

    def coded(self, low: int = 0, high: int | None = None) -> Coded:
        """The numbers that keys `low` to `high` are made of."""
        high = len(self) if high is None else high
        rows: Any = slice(low, high) if self.kept is None else self.kept[low:high]
        table = self.table.slice(low, high - low) if self.kept is None else self.table.take(pa.array(rows))
        day = np.asarray(table["day"]).astype(np.int32, copy=False)
        return Coded(
            self.patients.own_numbers(table["patient_id"]),
            self.code_of[self.code_index[rows]],
            day,
            self.places.of_many(self.institutions, self.institution_index[rows], day),
        )


def _indices(column: pa.ChunkedArray | pa.Array) -> tuple[npt.NDArray[np.integer], list[str]]:
    """A dictionary-encoded column as indices and its distinct texts."""
    if isinstance(column, pa.ChunkedArray):
        if pa.types.is_dictionary(column.type):
            column = column.unify_dictionaries()
            if column.num_chunks == 0:
                return np.empty(0, np.int32), []
            names = column.chunk(0).dictionary.to_pylist()
            parts = [_without_nulls(chunk.indices) for chunk in column.chunks]
            return (np.concatenate(parts) if len(parts) > 1 else parts[0]), names
        column = column.combine_chunks()
        if isinstance(column, pa.ChunkedArray):
            column = column.chunk(0) if column.num_chunks else pa.array([], pa.string())
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    return _without_nulls(column.indices), column.dictionary.to_pylist()


def _without_nulls(indices: pa.Array) -> npt.NDArray[np.integer]:
    """Numbers with -1 for null; not copied where there is none."""
    return np.asarray(pc.fill_null(indices, -1) if indices.null_count else indices)


def number_patients(column: pa.ChunkedArray) -> Patients:
    """Number the patients of a column of ids: whole numbers keep their order, texts are sorted."""
    n = len(column)
    if n == 0:
        return Patients(0, ids=pa.array([], pa.string()))
    if pa.types.is_integer(column.type):
        ends = pc.min_max(column).as_py()
        first, last = int(ends["min"]), int(ends["max"])
        if last - first < 4 * n + 1_000_000:
            return Patients(last - first + 1, first)
        ids = pa.array(np.unique(column.to_numpy()))
        return Patients(len(ids), ids=ids)
    distinct = pc.unique(column)
    return Patients(len(distinct), ids=distinct.take(pc.array_sort_indices(distinct)))


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
    code_index, code_names = _indices(table["code"])
    institution_index, institutions = _indices(table["institution"])
    codes = code_numbers(code_names, tables)
    places = places_of(institutions, organisations)
    kept, apart = None, np.empty(0, np.int64)
    code_of_apart = np.empty(0, np.int32)
    if table["day"].null_count or (codes < 0).any():
        code = codes[code_index]
        good = (code >= 0) & np.asarray(pc.is_valid(table["day"]))
        if not good.all():
            kept, apart = np.flatnonzero(good), np.flatnonzero(~good & (code != ASIDE))
            code_of_apart = code[apart]
    days = pc.min_max(table["day"]).as_py()
    span = (0, 1) if days["min"] is None else (int(days["min"]), int(days["max"]))
    prefixes = [name[:3] if name[:3] in tables.unknown_code else "" for name in code_names]
    apart_prefix = tuple(prefixes[code_index[row]] for row in apart)
    message = [
        tables.unknown_code.get(prefix, 101) if code == UNKNOWN else tables.missing_date[prefix]
        for code, prefix in zip(code_of_apart, apart_prefix, strict=True)
    ]
    return Registrations(
        table=table,
        patients=number_patients(table["patient_id"]),
        places=places,
        layout=layout_for(len(places.numbers), tables.order_bits, *span, len(tables.pathways)),
        code_index=code_index,
        code_of=codes,
        institution_index=institution_index,
        institutions=institutions,
        kept=kept,
        apart=apart,
        apart_message=np.array(message, np.int64),
        apart_pathway=apart_prefix,
    )


def keys_of(registrations: Registrations) -> Keys:
    """The keys of the rows, in their order."""
    count = len(registrations)
    keys = np.empty(count, np.int64)
    layout = registrations.layout
    bits = layout.patient_shift + max(1, (registrations.patients.count - 1).bit_length())
    if bits > MOST_BITS:
        raise OverflowError("The keys need more than 63 bits; link the patients in ranges.")

    def fill(low: int) -> None:
        coded = registrations.coded(low, min(low + CHUNK, count))
        pack(coded.patient, coded.code, coded.day, coded.place, tuple(layout), keys[low : low + CHUNK])

    in_threads(fill, range(0, count, CHUNK))
    return keys


def facts_of(patients: Patients, file: pa.Table | None, tables: Tables) -> PatientFacts:
    """What a patients file says of each numbered patient (patient_id, birth_day, sex); nothing when none is given."""
    if file is None:
        return no_facts(0)
    known = np.zeros(patients.count, np.int8)
    birth = np.full(patients.count, NO_DAY, np.int64)
    sex = np.zeros(patients.count, np.int8)
    at = patients.numbers(file["patient_id"])
    here = at >= 0
    known[at[here]] = 1
    birth[at[here]] = np.asarray(pc.fill_null(file["birth_day"], NO_DAY)).astype(np.int64)[here]
    sex[at[here]] = np.asarray(pc.fill_null(file["sex"], 0)).astype(np.int8)[here]
    return with_birthdays(known, birth, sex, tables)
