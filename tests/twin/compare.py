"""Do the SQL judge and the engine say the same, to the row? What only one of them says is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from reference.compare import EPISODE_COLUMNS, plain_value

COLUMNS = [name for name in EPISODE_COLUMNS if name != "episode_id"]
"""All but the name of an episode, which is a hash."""
MESSAGE_COLUMNS = ("pathway", "episode", "message", "counted")
Answer = tuple[Iterable[Mapping[str, Any]], Iterable[Mapping[str, Any]]]


def differences(sql: Answer, engine: Answer, rows: Sequence[Mapping[str, str]], most: int = 20) -> list[str]:
    """Lines that only one side has, as many times as it has them more often, with the patient's rows."""
    told: list[tuple[str, str]] = []
    for side, one, other in (("SQL", sql, engine), ("engine", engine, sql)):
        episodes = Counter(map(_episode, one[0])) - Counter(map(_episode, other[0]))
        messages = Counter(_message(line) for line in one[1]) - Counter(_message(line) for line in other[1])
        told += [(str(line[0]), f"only {side}: {dict(zip(COLUMNS, line, strict=True))}") for line in episodes]
        told += [(rows[line[0]]["patient_id"], f"only {side}: message {line}") for line in messages]
    return [f"{line}\n{_rows_of(patient, rows)}" for patient, line in told[:most]]


def _episode(line: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(plain_value(line[name]) for name in COLUMNS)


def _message(line: Mapping[str, Any]) -> tuple[Any, ...]:
    at = line["row_no"] if "row_no" in line else line["at"]
    return (at, *(plain_value(line[name]) for name in MESSAGE_COLUMNS))


def _rows_of(patient: str, rows: Sequence[Mapping[str, str]]) -> str:
    own = [(n, row) for n, row in enumerate(rows) if row["patient_id"] == patient]
    return "\n".join(f"   {n} " + " ".join(value or "-" for value in row.values()) for n, row in own)
