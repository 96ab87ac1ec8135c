"""Synthetic data as Parquet: registrations in the order they were entered, patients, and first contacts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from pakkeforlop.exchange.generate.courses import Courses, Ints
from pakkeforlop.exchange.generate.newcomers import Contacts
from pakkeforlop.exchange.generate.patients import Patients, municipality_numbers
from pakkeforlop.exchange.generate.rows import UNKNOWN_CODES, Rows
from pakkeforlop.exchange.generate.world import NONE, SUFFIX, SUFFIXES, World, people
from pakkeforlop.vocabulary.calendar import NO_DAY
from pakkeforlop.vocabulary.errors import unwritable

CHUNK = 500_000
COMPRESSION = "zstd"
ID_WIDTH = 8
WORD = pa.dictionary(pa.int16(), pa.string())
CARE_LEVELS = ["1", "2", "3"]
"""Inpatient, day treatment, outpatient."""
SCHEMA = pa.schema(
    [
        ("registration_id", pa.string()),
        ("patient_id", pa.string()),
        ("code", WORD),
        ("event_date", pa.date32()),
        ("institution", WORD),
        ("registered_at", pa.timestamp("ms")),
        ("unit", WORD),
        ("care_level", WORD),
        ("seniority_date", pa.date32()),
        ("received_date", pa.date32()),
    ]
)


def numbered_texts(letter: str, numbers: Ints, width: int) -> pa.Array:
    """Texts such as P00000042, made as one block of bytes."""
    block = np.empty((len(numbers), width + 1), dtype=np.uint8)
    block[:, 0] = ord(letter)
    rest = numbers.astype(np.int64)
    for column in range(width, 0, -1):
        rest, digit = np.divmod(rest, 10)
        block[:, column] = digit + ord("0")
    offsets = np.arange(len(numbers) + 1, dtype=np.int32) * (width + 1)
    return pa.Array.from_buffers(
        pa.string(), len(numbers), [None, pa.py_buffer(offsets), pa.py_buffer(block.tobytes())]
    )


def _words(places: npt.NDArray[np.integer], names: list[str]) -> pa.Array:
    """Texts by place among `names`, -1 for none. Names are made unique: doubled ones make the file's bytes vary."""
    unique = list(dict.fromkeys(names))
    at = np.array([unique.index(name) for name in names], dtype=np.int16)
    indices = pa.array(at[places], mask=places < 0)
    return pa.DictionaryArray.from_arrays(indices, pa.array(unique))


def _dates(days: npt.NDArray[np.integer]) -> pa.Array:
    return pa.array(days.astype(np.int32), mask=days == NO_DAY).cast(pa.date32())


def write_registrations(
    path: Path, world: World, courses: Courses, rows: Rows, ids: Ints, patient_number: Ints, institutions: list[str],
    told: Callable[[int], None] | None = None,
) -> None:  # fmt: skip
    """Rows, already in order, in chunks. ids: number of each row's registration; patient_number: id by patient."""
    codes = [*world.codes, *UNKNOWN_CODES]
    departments = _Departments(world)
    try:
        with pq.ParquetWriter(path, SCHEMA, compression=COMPRESSION, use_dictionary=_few_values()) as writer:
            for begin in range(0, max(len(rows), 1), CHUNK):
                part = rows.take(np.arange(begin, min(begin + CHUNK, len(rows))))
                patient = courses.patient[part.course]
                suffix = np.where(part.code >= len(world.codes), NONE, part.code % len(SUFFIXES))
                start = courses.start[part.course].astype(np.int32)
                is_start = np.isin(suffix, [SUFFIX["A"], SUFFIX["AA"]])
                columns = [
                    numbered_texts("R", ids[begin : begin + len(part)], ID_WIDTH + 1),
                    numbered_texts("P", patient_number[patient], ID_WIDTH),
                    _words(part.code, codes),
                    _dates(part.day),
                    _words(part.institution, institutions),
                    pa.array(part.registered * 1000, pa.timestamp("ms")),
                    departments.of(courses.pathway[part.course], suffix),
                    _words(_care_level(suffix), CARE_LEVELS),
                    _dates(np.where(is_start & (part.day != NO_DAY), np.minimum(start, part.day), NO_DAY)),
                    _dates(np.where(is_start, part.day, NO_DAY)),
                ]
                writer.write_table(pa.table(columns, schema=SCHEMA))
                if told:
                    told(begin + len(part))
    except OSError as error:
        raise unwritable(error, path) from error


def _few_values() -> list[str]:
    return ["code", "event_date", "institution", "unit", "care_level", "seniority_date", "received_date"]


class _Departments:
    """The department where a code is entered: the pathway's own, surgery, or oncology."""

    def __init__(self, world: World) -> None:
        table = people()
        own = [table["pathway"].get(key, {}).get("department", table["default"]["department"]) for key in world.keys]
        self.names = sorted({*own, *table["departments"].values()})
        self.own = np.array([self.names.index(name) for name in own])
        self.surgery, self.oncology = (self.names.index(table["departments"][key]) for key in ("surgery", "oncology"))

    def of(self, pathway: Ints, suffix: Ints) -> pa.Array:
        place = self.own[pathway]
        place = np.where(suffix == SUFFIX["FK"], self.surgery, place)
        place = np.where(np.isin(suffix, [SUFFIX["FM"], SUFFIX["FS"], SUFFIX["FL"]]), self.oncology, place)
        return _words(place, self.names)


def _care_level(suffix: Ints) -> Ints:
    level = np.full(len(suffix), NONE)
    level[np.isin(suffix, [SUFFIX[s] for s in ("S", "B", "CK", "CU", "CM", "CA", "CI", "FS", "FO", "FI")])] = 2
    level[suffix == SUFFIX["FK"]] = 0
    level[np.isin(suffix, [SUFFIX["FM"], SUFFIX["FL"]])] = 1
    return level


def write_patients(path: Path, world: World, number: Ints, patients: Patients, shown: Ints) -> None:
    """Patients `shown`, in the order of their numbers."""
    order = shown[np.argsort(number[shown], kind="stable")]
    table = people()["municipality"]
    districts = [f"0301{district}" for district in table["districts"]]
    _write(
        path,
        {
            "patient_id": numbered_texts("P", number[order], ID_WIDTH),
            "birth_date": _dates(patients.birth[order]),
            "sex": pa.array(patients.sex[order], pa.int8()),
            "municipality": _words(patients.municipality[order], municipality_numbers(world)),
            "district": _words(patients.district[order], districts),
            "death_date": _dates(patients.death[order]),
        },
    )


def write_new_cancers(
    path: Path, number: Ints, contacts: Contacts, codes: list[str], institution: Ints, institutions: list[str]
) -> None:
    """First contacts, by day."""
    order = np.lexsort((number[contacts.patient], contacts.day))
    _write(
        path,
        {
            "patient_id": numbered_texts("P", number[contacts.patient][order], ID_WIDTH),
            "icd10": pa.array(codes, pa.string()).take(pa.array(order)).dictionary_encode(),
            "first_contact_date": _dates(contacts.day[order]),
            "institution": _words(institution[order], institutions),
        },
    )


def _write(path: Path, columns: dict[str, Any]) -> None:
    try:
        pq.write_table(pa.table(columns), path, compression=COMPRESSION)
    except OSError as error:
        raise unwritable(error, path) from error
