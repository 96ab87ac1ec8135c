"""Do the engine and the plain reading agree? Told line by line, in words a reader can follow up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

EPISODE_COLUMNS = (
    "episode_id patient_id pathway episode start_date start_institution first_attendance_date "
    "first_attendance_institution decision_date decision decision_institution treatment_date treatment "
    "treatment_institution end_date end end_institution trust institutions trusts transferred postponed via_specialist "
    "of1_days of1_limit of2_days of2_limit of3_days of3_limit of4_days of4_limit share_days share_limit share_within "
    "share_reason limit_version messages"
).split()
MESSAGE_COLUMNS = "row patient_id pathway episode code event_date institution message counted".split()


def plain_value(value: Any) -> Any:
    """One way to write a value: nothing is None, a date is its text, a flag is true or false."""
    if value is None or value == "":
        return None
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool) or type(value).__name__ == "bool_":
        return bool(value)
    if hasattr(value, "item"):
        return value.item()
    return value


def comparable(rows: Iterable[Mapping[str, Any]], columns: Iterable[str]) -> list[tuple[Any, ...]]:
    """The rows as tuples of plain values, sorted."""
    return sorted((tuple(plain_value(row[column]) for column in columns) for row in rows), key=repr)


def differences(reading: Any, linked: Any) -> list[str]:
    """What the reading and the engine say differently; empty where they agree to the row."""
    return [
        *table_differences("episode", reading.episodes, linked.episodes, EPISODE_COLUMNS),
        *table_differences("message", reading.messages, linked.messages, MESSAGE_COLUMNS),
    ]


def table_differences(
    what: str, reading: Iterable[Mapping[str, Any]], engine: Iterable[Mapping[str, Any]], columns: list[str]
) -> list[str]:
    """Rows of one table that only one side has; rows of the same start or row number are told column by column."""
    read, made = comparable(reading, columns), comparable(engine, columns)
    only_read, only_made = difference(read, made), difference(made, read)
    told = []
    for row in only_read:
        twin = next((other for other in only_made if other[:3] == row[:3]), None)
        if what == "episode" and twin is not None:
            only_made.remove(twin)
            parts = [f"{c}: reading {a!r}, engine {b!r}" for c, a, b in zip(columns, row, twin, strict=True) if a != b]
            told.append(f"episode {row[0]}: " + "; ".join(parts))
        else:
            told.append(f"only the reading has {what} " + named(columns, row))
    told += [f"only the engine has {what} " + named(columns, row) for row in only_made]
    return told


def difference(one: list[tuple[Any, ...]], other: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The rows of one list that the other lacks, counted with repetition."""
    left = list(other)
    missing = []
    for row in one:
        if row in left:
            left.remove(row)
        else:
            missing.append(row)
    return missing


def named(columns: list[str], row: tuple[Any, ...]) -> str:
    """The filled cells of a row with their columns' names."""
    return ", ".join(f"{column}={value}" for column, value in zip(columns, row, strict=True) if value is not None)
