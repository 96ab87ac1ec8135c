"""Dates as they are written in files, into whole days: the day as written, no zone conversion.

Read are `2024-01-08`, `08.01.2024`, `8.1.2024`, each alone or with a time of day after a blank or a T, with or without
seconds, fractions and zone. Columnar files may have dates and timestamps: a timestamp's day is the one its own column's
zone shows. Each different text is judged once.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pakkeforlop.vocabulary.calendar import NO_DAY, Days, day_number

BAD_DAY = NO_DAY + 1
"""Stands for a text that is not a date."""
LEAST_DAY = NO_DAY + 2

Moments = npt.NDArray[np.int64]
NO_MOMENT = -(2**63)
BAD_MOMENT = NO_MOMENT + 1
DAY_MICROSECONDS = 86_400_000_000

WRITTEN = (
    r"^\s*(?P<day>\d{4}-\d{2}-\d{2}|\d{1,2}\.\d{1,2}\.\d{4})"
    r"(?:[T ](?P<hour>[01]\d|2[0-4]):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d|60)(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"\s?(?:[Zz]|[+-]\d{2}(?::?\d{2})?)?)?\s*$"
)


def day_of_text(text: str) -> int:
    """The day of `2024-01-08` or `8.1.2024`; BAD_DAY when there is no such day."""
    try:
        if "." in text:
            day, month, year = (int(part) for part in text.split("."))
            return day_number(date(year, month, day))
        return day_number(date.fromisoformat(text))
    except ValueError:
        return BAD_DAY


def days_of_texts(texts: pa.Array) -> Days:
    """The day of each text: NO_DAY for an empty one, BAD_DAY for one that is not a date."""
    return _days_of_parts(texts, _parts(texts))


def moments_of_texts(texts: pa.Array) -> Moments:
    """Microseconds since 1970-01-01 of each text as written; a date alone is its midnight."""
    parts = _parts(texts)
    days = _days_of_parts(texts, parts)
    seconds = np.zeros(len(texts), np.int64)
    for name, unit in (("hour", 3600), ("minute", 60), ("second", 1)):
        seconds += _number(parts, name) * unit
    fraction = pc.utf8_slice_codeunits(pc.utf8_rpad(_field(parts, "fraction"), 6, "0"), 0, 6)
    moments = days.astype(np.int64) * DAY_MICROSECONDS + seconds * 1_000_000 + _whole(fraction)
    return _with_marks(moments, days)


def days_of(column: pa.ChunkedArray) -> Days | None:
    """Days of a date column of any kind: text, dictionary of texts, date or timestamp. None: not a kind of date."""
    kind = column.type
    if pa.types.is_null(kind):
        return np.full(len(column), NO_DAY, np.int32)
    if pa.types.is_timestamp(kind) or pa.types.is_date64(kind):
        return _whole_days(_wall_clock(column).cast(pa.date32(), safe=False))
    if pa.types.is_date32(kind):
        return _whole_days(column)
    if is_text(kind):
        return by_distinct(column, days_of_texts, NO_DAY)
    return None


def moments_of(column: pa.ChunkedArray) -> Moments | None:
    """Microseconds of a column of days or points in time. None: not a kind of date."""
    kind = column.type
    if is_text(kind):
        return by_distinct(column, moments_of_texts, NO_MOMENT)
    if pa.types.is_timestamp(kind):
        whole = _wall_clock(column).cast(pa.timestamp("us"), safe=False).cast(pa.int64())
        return np.asarray(pc.fill_null(whole, NO_MOMENT).to_numpy())
    days = days_of(column)
    return None if days is None else _with_marks(days.astype(np.int64) * DAY_MICROSECONDS, days)


def days_of_moments(moments: Moments) -> Days:
    """The day of each point in time, with the marks for missing and unreadable kept."""
    days = np.floor_divide(moments, DAY_MICROSECONDS)
    days = np.clip(days, LEAST_DAY, 2**31 - 1).astype(np.int32)
    days[moments == NO_MOMENT] = NO_DAY
    days[moments == BAD_MOMENT] = BAD_DAY
    return days


def is_text(kind: pa.DataType) -> bool:
    """Text, or a dictionary of texts."""
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def by_distinct(
    column: pa.ChunkedArray, judge: Callable[[pa.Array], npt.NDArray[Any]], missing: int
) -> npt.NDArray[Any]:
    """Judge every different text once and spread the answers over the rows; `missing` where there is no text."""
    pieces: list[npt.NDArray[Any]] = []
    for chunk in column.chunks:
        encoded = chunk if pa.types.is_dictionary(chunk.type) else chunk.dictionary_encode()
        answers = judge(encoded.dictionary.cast(pa.string()))
        pieces.append(spread(answers, encoded.indices, missing))
    return np.concatenate(pieces or [judge(pa.array([], pa.string()))])


def spread(answers: npt.NDArray[Any], indices: pa.Array, missing: int) -> npt.NDArray[Any]:
    """The answer of each row from the answers of the different values."""
    if indices.null_count:
        indices = pc.fill_null(indices.cast(pa.int64()), len(answers))
        answers = np.append(answers, np.array([missing], answers.dtype))
    found: npt.NDArray[Any] = answers[indices.to_numpy(zero_copy_only=False)]
    return found


def _parts(texts: pa.Array) -> pa.Array:
    return pc.extract_regex(texts, WRITTEN)


def _field(parts: pa.Array, name: str) -> pa.Array:
    """One named part of every text; empty where the text is not a date."""
    return pc.fill_null(pc.struct_field(parts, name), "")


def _days_of_parts(texts: pa.Array, parts: pa.Array) -> Days:
    heads = _field(parts, "day").dictionary_encode()
    answers = np.array([day_of_text(head) if head else BAD_DAY for head in heads.dictionary.to_pylist()], np.int32)
    days: Days = spread(answers, heads.indices, BAD_DAY).astype(np.int32, copy=False)
    empty = pc.fill_null(pc.equal(pc.utf8_trim_whitespace(texts), ""), True).to_numpy(zero_copy_only=False)
    if empty.any():
        days = np.where(empty, np.int32(NO_DAY), days)
    return days


def _number(parts: pa.Array, name: str) -> npt.NDArray[np.int64]:
    return _whole(_field(parts, name))


def _whole(texts: pa.Array) -> npt.NDArray[np.int64]:
    filled = pc.if_else(pc.equal(texts, ""), "0", texts)
    return np.asarray(filled.cast(pa.int64()).to_numpy(zero_copy_only=False))


def _with_marks(moments: Moments, days: Days) -> Moments:
    """Carry the marks for missing and unreadable over from days to points in time."""
    if len(days) and days.min() <= BAD_DAY:
        moments = np.where(days == NO_DAY, np.int64(NO_MOMENT), moments)
        moments = np.where(days == BAD_DAY, np.int64(BAD_MOMENT), moments)
    return moments


def _wall_clock(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A timestamp as the clock of its column's zone shows it: that is how it was written."""
    zoned = pa.types.is_timestamp(column.type) and column.type.tz
    return pc.local_timestamp(column) if zoned else column


def _whole_days(column: pa.ChunkedArray) -> Days:
    days = pa.chunked_array([chunk.view(pa.int32()) for chunk in column.chunks], pa.int32())
    if days.null_count:
        days = pc.fill_null(days, NO_DAY)
    return np.asarray(days.to_numpy())
