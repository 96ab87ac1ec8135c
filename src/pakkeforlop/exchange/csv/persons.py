"""Patients as a store keeps them: also their number, name and general practitioner, which the main job never reads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from pakkeforlop.exchange.csv import rows as columns
from pakkeforlop.exchange.csv.doors import PIECE, pieces_of
from pakkeforlop.exchange.csv.files import InFile
from pakkeforlop.exchange.csv.layout import PATIENTS, Column, Kind, Layout
from pakkeforlop.exchange.csv.people import EARLIEST_BIRTH, patient_part
from pakkeforlop.exchange.csv.rejects import reject_table
from pakkeforlop.exchange.csv.rows import Rows
from pakkeforlop.vocabulary.calendar import day_of
from pakkeforlop.vocabulary.identity import usable

LAYOUT = Layout(
    "patients",
    (
        *PATIENTS.columns,
        Column("national_number", Kind.ID, False, ("fødselsnummer", "fodselsnummer", "fnr")),
        Column("name", Kind.ID, False, ("navn", "namn")),
        Column("gp", Kind.ID, False, ("fastlege",)),
    ),
)
DAYS = {"birth_day": "birth_date", "death_day": "death_date"}
WORDS = ("municipality", "district", "national_number", "name", "gp")


@dataclass(frozen=True)
class Persons:
    """Some rows of a patients file: row, patient_id, and of the other columns those that the file has. `rejects`: as
    `rejects.SCHEMA`.
    """

    table: pa.Table
    rejects: pa.Table


def person_pieces(file: InFile, *, today: int, synthetic: bool, piece: int = PIECE) -> Iterator[Persons]:
    """A patients file, some rows at a time. A number that is not right, or synthetic where those are not taken, is left
    out.
    """
    for rows in pieces_of(file, LAYOUT, piece):
        table = _table(rows, today, synthetic=synthetic)
        yield Persons(table, reject_table([(file.name, rows.refusals)], EARLIEST_BIRTH, today))


def _table(rows: Rows, today: int, *, synthetic: bool) -> pa.Table:
    more = {name: found for name in ("national_number", "name", "gp") if (found := columns.ids(rows, name)) is not None}
    if "national_number" in more:
        more["national_number"] = _numbers(rows, more["national_number"], synthetic=synthetic)
    patient = columns.ids(rows, "patient_id")
    part = patient_part(rows, today)
    if patient is None:
        raise KeyError("patient_id")
    table = part.table
    for name, column in more.items():
        table = table.append_column(name, column.cast(pa.string()).filter(patient.is_valid()))
    at = table.schema.get_field_index("patient_id")
    table = table.set_column(at, "patient_id", table["patient_id"].cast(pa.string()))
    plain = pa.schema(
        [(each.name, pa.string() if pa.types.is_dictionary(each.type) else each.type) for each in table.schema]
    )
    return table.cast(plain).append_column("row", pa.array(part.numbers))


def persons_of(table: pa.Table) -> Iterator[dict[str, Any]]:
    """Rows as a store takes them: the columns that the file has, `source_id` being its patient_id."""
    return _dicts(table)


def _numbers(rows: Rows, column: pa.ChunkedArray, *, synthetic: bool) -> pa.ChunkedArray:
    """The numbers that can stand; whole numbers get the zero back that they lost."""
    texts = [None if text is None else str(text).zfill(11) for text in column.to_pylist()]
    wrong = [n for n, text in enumerate(texts) if text is not None and not usable(text, synthetic=synthetic)]
    rows.refusals.add(rows.number(np.array(wrong, np.int64)), "national_number", "identity_invalid", used=True)
    for n in wrong:
        texts[n] = None
    return pa.chunked_array([pa.array(texts, pa.string())])


def _dicts(table: pa.Table) -> Iterator[dict[str, Any]]:
    plain = {name: table[name].to_pylist() for name in table.column_names}
    for n, source in enumerate(plain["patient_id"]):
        row: dict[str, Any] = {"source_id": str(source)}
        for column, name in DAYS.items():
            if column in plain:
                row[name] = None if plain[column][n] is None else day_of(plain[column][n])
        if "sex" in plain:
            row["sex"] = plain["sex"][n]
        row |= {name: (plain[name][n] or "").strip() for name in WORDS if name in plain}
        yield row
