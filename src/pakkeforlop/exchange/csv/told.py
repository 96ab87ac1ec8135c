"""Registrations as a store keeps them: every version that a file tells, not only those that hold.

The same doors and the same judgement of rows as for the main job (`read.py`); what is refused there is refused here.
Kept are rows in use, codes of other families, and withdrawals. The file comes in pieces, each sorted by patient;
`laid.py` lays the whole out by patient, so that a store can take it in patient after patient.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pakkeforlop.exchange.csv.dates import DAY_MICROSECONDS, NO_MOMENT, moments_of
from pakkeforlop.exchange.csv.doors import PIECE, pieces_of
from pakkeforlop.exchange.csv.files import InFile
from pakkeforlop.exchange.csv.intake import day_array
from pakkeforlop.exchange.csv.judge import WORD_COLUMNS, Draft, Status, draft, judge, other_family
from pakkeforlop.exchange.csv.layout import REGISTRATIONS
from pakkeforlop.exchange.csv.rejects import reject_table
from pakkeforlop.exchange.csv.rows import Rows

MINUTE = 60_000_000
TEXTS = ("code", "institution", *WORD_COLUMNS)


@dataclass(frozen=True)
class Told:
    """Some rows of a file, by patient, then as they stood.

    Columns: row, patient_id, registration_id (null where the file gives none), registered (microseconds as written,
    null where not said), code (empty: withdrawn), day, minute (of the day; null where no time is given), institution,
    unit, care_level, delay_reason, source, received_day, seniority_day. `later`: rows registered after the day of
    reading. `rejects`: as `rejects.SCHEMA`.
    """

    table: pa.Table
    rejects: pa.Table
    later: int


def told_pieces(
    file: InFile, *, today: int, first_day: int, linked_prefixes: Collection[str], piece: int = PIECE
) -> Iterator[Told]:
    """A file of registrations, some rows at a time; `today` and `first_day` bound the days that a row can have."""
    is_other = other_family(linked_prefixes)
    for rows in pieces_of(file, REGISTRATIONS, piece):
        each, minutes = _with_minutes(rows)
        statuses = judge(each, first_day, today, is_other)
        kept = np.ones(len(each), bool) if statuses is None else statuses <= Status.WITHDRAWS
        later = 0 if statuses is None else int((statuses == Status.LATER).sum())
        rejects = reject_table([(file.name, each.rows.refusals)], first_day, today)
        yield Told(by_patient(_table(each, minutes, kept)), rejects, later)


def _with_minutes(rows: Rows) -> tuple[Draft, npt.NDArray[np.int64]]:
    """The draft of a file, and the minute of the day of each event (-1 where only the day is told)."""
    column = rows.column("event_date")
    moments = moments_of(column) if column is not None else None
    if moments is None:
        return draft(rows), np.full(len(rows), -1, np.int64)
    within = np.where(moments <= NO_MOMENT + 1, 0, moments % DAY_MICROSECONDS) // MINUTE
    return draft(rows), np.where(within == 0, -1, within)


def _table(each: Draft, minutes: npt.NDArray[np.int64], kept: npt.NDArray[np.bool_]) -> pa.Table:
    count = len(each)
    words = {"code": each.code, "institution": each.institution, **each.words}
    columns: dict[str, Any] = {
        "row": pa.array(each.rows.number(np.arange(count))),
        "patient_id": each.patient.cast(pa.string()),
        "registration_id": pa.nulls(count, pa.string()) if each.registration_id is None else each.registration_id,
        "registered": _moments(each, count),
        "day": day_array(each.day),
        "minute": pa.array(minutes, mask=minutes < 0),
    }
    for name in TEXTS:
        columns[name] = words[name].array() if name in words else pa.nulls(count, pa.string())
    for name in ("received_date", "seniority_date"):
        days = each.days.get(name)
        columns[name.replace("date", "day")] = pa.nulls(count, pa.int32()) if days is None else day_array(days)
    table = pa.table(columns)
    return table if kept.all() else table.filter(pa.array(kept))


def _moments(each: Draft, count: int) -> pa.Array:
    found = each.registered
    return pa.nulls(count, pa.int64()) if found is None else pa.array(found, mask=found == NO_MOMENT)


def by_patient(table: pa.Table) -> pa.Table:
    """Rows of one patient together, each patient's as they stood; those that name none at the end."""
    order = pc.sort_indices(table, sort_keys=[("patient_id", "ascending"), ("row", "ascending")])
    return table.take(order)
