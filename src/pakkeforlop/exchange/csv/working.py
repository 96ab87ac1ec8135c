"""Files of the working day: appointments, referrals, answers, events, new cancers. Rows as texts, by column."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from pakkeforlop.exchange.csv.doors import pieces_of
from pakkeforlop.exchange.csv.files import InFile
from pakkeforlop.exchange.csv.layout import Column, Kind, Layout
from pakkeforlop.exchange.csv.rejects import reject_table


def _layout(name: str, required: str, optional: str) -> Layout:
    return Layout(
        name,
        (
            *(Column(column, Kind.ID, True) for column in required.split()),
            *(Column(column, Kind.ID) for column in optional.split()),
        ),
    )


LAYOUTS = {
    "appointments": _layout(
        "appointments", "appointment_id patient_id pathway kind at institution status",
        "text department booked_at result",
    ),
    "referrals": _layout(
        "referrals", "referral_id patient_id received_date institution", "sender pathway marked diagnosis text"
    ),
    "answers": _layout(
        "answers", "answer_id patient_id pathway kind asked_at expected_date", "received_at text"
    ),
    "events": _layout(
        "events", "event_id patient_id kind at institution",
        "status pathway towards finding text result received_date department source answers",
    ),
    "new-cancers": _layout("new-cancers", "patient_id icd10 first_contact_date institution", ""),
}
"""The columns of each kind of file; every value is text and judged by whoever takes it in."""


@dataclass(frozen=True)
class Working:
    """Some rows of a file: row, and its columns as texts. `rejects`: those that are no rows at all."""

    table: pa.Table
    rejects: pa.Table


def working_pieces(file: InFile, kind: str) -> Iterator[Working]:
    """A file of a kind (`LAYOUTS`), some rows at a time."""
    for rows in pieces_of(file, LAYOUTS[kind]):
        table = pa.table({name: rows.table[name].cast(pa.string()) for name in rows.table.column_names})
        table = table.append_column("row", pa.array(rows.number(np.arange(len(rows)))))
        yield Working(table, reject_table([(file.name, rows.refusals)], 0, 0))


def working_rows(table: pa.Table) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a piece with their numbers, as texts without blanks around."""
    numbers = table["row"].to_pylist()
    texts = table.drop_columns(["row"]).to_pylist()
    for number, each in zip(numbers, texts, strict=True):
        yield number, {name: (value or "").strip() for name, value in each.items()}
