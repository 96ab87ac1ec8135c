"""Files of the working day: appointments, referrals, answers, events, new cancers. Rows as texts, by column."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from pakkeforlop.exchange.csv.doors import read_all
from pakkeforlop.exchange.csv.files import InFile
from pakkeforlop.exchange.csv.layout import Column, Kind, Layout
from pakkeforlop.exchange.csv.rows import Rows


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


def read_working(path: str | Path, kind: str) -> tuple[InFile, list[tuple[int, dict[str, str]]], list[tuple[int, str]]]:
    """The rows of a file with their numbers, and the rows that are no rows at all with the reason."""
    files, made = read_all([path], LAYOUTS[kind], lambda rows: rows, may_be_empty=True)
    rows = made[0]
    broken = [
        (int(number), reason) for numbers, _, reason, _, _ in rows.refusals.pieces for number in numbers
    ]
    return files[0], list(_dicts(rows)), sorted(broken)


def _dicts(rows: Rows) -> Iterator[tuple[int, dict[str, str]]]:
    table = pa.table({name: rows.table[name].cast(pa.string()) for name in rows.table.column_names})
    for position, each in enumerate(table.to_pylist()):
        number = position + 1 if rows.numbers is None else int(rows.numbers[position])
        yield number, {name: (value or "").strip() for name, value in each.items()}
