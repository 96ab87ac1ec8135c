"""Which registrations of a file can be used, and why the others cannot: on whole columns, no row by row.

A row is kept, kept aside (codes of other families), withdraws a registration (an id without a code), is not known yet
(registered after the as-of day), or is refused. A row has one reason: the first of patient, code, institution, date,
time of registration.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pakkeforlop.exchange.csv import rows as columns
from pakkeforlop.exchange.csv.dates import (
    BAD_DAY,
    BAD_MOMENT,
    DAY_MICROSECONDS,
    Moments,
    days_of_moments,
)
from pakkeforlop.exchange.csv.rejects import Positions
from pakkeforlop.exchange.csv.rows import Rows, Words
from pakkeforlop.vocabulary.calendar import NO_DAY, Days

WORD_COLUMNS = ("unit", "care_level", "delay_reason", "source")
DAY_COLUMNS = {"seniority_date": "seniority_day", "received_date": "received_day"}
KEPT_AS_WRITTEN = ("event_date", "registered_at", *DAY_COLUMNS)
"""Columns whose values are shown in the list of refusals."""
EARLIEST_OTHER_DAY = -25567
"""1900-01-01: dates beside the event's own may lie before the first pathway, but not before this day."""

Mask = npt.NDArray[np.bool_]
Statuses = npt.NDArray[np.uint8]


class Status(IntEnum):
    """What becomes of a row."""

    KEPT = 0
    ASIDE = 1
    WITHDRAWS = 2
    LATER = 3
    REFUSED = 4


@dataclass
class Draft:
    """The registrations of one file, as columns of whole numbers and texts, not yet judged."""

    rows: Rows
    patient: pa.ChunkedArray
    code: Words
    institution: Words
    day: Days
    registration_id: pa.ChunkedArray | None
    registered: Moments | None
    words: dict[str, Words] = field(default_factory=dict)
    days: dict[str, Days] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.rows)


def draft(rows: Rows) -> Draft:
    """The columns of a file that has all required ones."""
    patient, code = columns.ids(rows, "patient_id"), columns.words(rows, "code")
    institution, day = columns.words(rows, "institution"), columns.days(rows, "event_date")
    if patient is None or code is None or institution is None or day is None:
        raise KeyError(rows.file.name)
    registration_id = columns.ids(rows, "registration_id")
    if registration_id is not None and registration_id.type != pa.string():
        registration_id = registration_id.cast(pa.string())
    made = Draft(rows, patient, code, institution, day, registration_id, columns.moments(rows, "registered_at"))
    made.words = {name: word for name in WORD_COLUMNS if (word := columns.words(rows, name)) is not None}
    made.days = {name: days for name in DAY_COLUMNS if (days := columns.days(rows, name)) is not None}
    rows.table = rows.table.select([name for name in rows.table.column_names if name in KEPT_AS_WRITTEN])
    return made


def other_family(linked_prefixes: Collection[str]) -> Callable[[str], bool]:
    """Whether a code is of another family than the ones asked for: WMFG11, and D codes with no pathway in use."""
    mental_health = re.compile(r"D\d\d")

    def is_other(code: str) -> bool:
        return code == "WMFG11" or (bool(mental_health.match(code)) and code[:3] not in linked_prefixes)

    return is_other


def last_day(drafts: list[Draft], first: int, today: int) -> int:
    """The last date in the data that is not after today: event days and days of registration."""
    found = [NO_DAY]
    for each in drafts:
        found.append(last_of(each.day, today))
        if each.registered is not None:
            found.append(last_of(days_of_moments(each.registered), today))
    return max(found) if max(found) >= first else today


def judge(made: Draft, first: int, as_of: int, is_other: Callable[[str], bool]) -> Statuses | None:
    """The status of every row; None when all are kept. Refusals are noted in the file's list."""
    other = np.array([is_other(code) for code in made.code.texts] + [False])
    _clear_other_days(made, as_of)
    if _all_fine(made, first, as_of, other):
        return None
    statuses = np.zeros(len(made), np.uint8)
    after = (as_of + 1) * DAY_MICROSECONDS
    if made.registered is not None:
        statuses[made.registered >= after] = Status.LATER
    here = statuses == Status.KEPT
    statuses[here & other[made.code.indices]] = Status.ASIDE
    no_code = (made.code.indices < 0) & here
    if made.registration_id is not None:
        statuses[no_code & ~_nulls(made.registration_id)] = Status.WITHDRAWS
    _refuse(made, statuses, _nulls(made.patient), "patient_id", "patient_missing")
    _refuse(made, statuses, no_code, "code", "code_missing")
    _refuse(made, statuses, made.institution.indices < 0, "institution", "institution_missing")
    _refuse(made, statuses, made.day == BAD_DAY, "event_date", "date_unreadable")
    _refuse(made, statuses, (made.day < first) & (made.day > BAD_DAY), "event_date", "date_early")
    _refuse(made, statuses, made.day > as_of, "event_date", "date_late")
    if made.registered is not None:
        unreadable = made.registered == BAD_MOMENT
        _refuse(made, statuses, unreadable, "registered_at", "date_unreadable", withdrawals=True)
    return statuses


def _all_fine(made: Draft, first: int, as_of: int, other: Mask) -> bool:
    """Nothing to refuse, keep aside or leave for later: told from the few different values and the outermost days."""
    if not len(made) or made.patient.null_count or made.code.missing or made.institution.missing:
        return False
    if other.any() and other[made.code.indices].any():
        return False
    if made.registered is not None:
        latest = int(made.registered.max())
        if latest >= (as_of + 1) * DAY_MICROSECONDS or (made.registered == BAD_MOMENT).any():
            return False
    return bool(made.day.min() >= first and made.day.max() <= as_of)


def _refuse(
    made: Draft, statuses: Statuses, wrong: Mask, column: str, reason: str, *, withdrawals: bool = False
) -> None:
    """Refuse the wrong ones among the rows that are kept until now (and among withdrawals, where it matters there)."""
    open_still = statuses == Status.KEPT
    if withdrawals:
        open_still |= statuses == Status.WITHDRAWS
    positions = np.flatnonzero(wrong & open_still)
    if len(positions):
        statuses[positions] = Status.REFUSED
        _note(made, positions, column, reason)


def _note(made: Draft, positions: Positions, column: str, reason: str, *, used: bool = False) -> None:
    values = columns.text_values(made.rows, column, positions) if column in KEPT_AS_WRITTEN else None
    made.rows.refusals.add(made.rows.number(positions), column, reason, values, used=used)


def _clear_other_days(made: Draft, as_of: int) -> None:
    """Unusable values in the optional date columns are left out and noted; the row is used without them."""
    for name, found in made.days.items():
        if not len(found) or (found.min() >= EARLIEST_OTHER_DAY and found.max() <= as_of):
            continue
        unusable = (found != NO_DAY) & ((found < EARLIEST_OTHER_DAY) | (found > as_of))
        positions = np.flatnonzero(unusable)
        if len(positions):
            made.days[name] = np.where(unusable, np.int32(NO_DAY), found)
            _note(made, positions, name, "value_unreadable", used=True)


def _nulls(column: pa.ChunkedArray) -> Mask:
    if not column.null_count:
        return np.zeros(len(column), bool)
    return np.asarray(column.is_null().to_numpy())


def last_of(days: Days, today: int) -> int:
    """The last day that is not after today; NO_DAY when there is none."""
    if not len(days):
        return NO_DAY
    latest = int(days.max())
    if latest <= today:
        return latest
    known = days[days <= today]
    return int(known.max()) if len(known) else NO_DAY
