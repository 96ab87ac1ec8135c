"""The list of what was refused: file, row, column, value and reason, never a patient's id.

A reason is a key of `texts/rejects.toml`. Rows whose optional value could not be read are used without the value, and
stand in the list with `used` true.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pakkeforlop.vocabulary.calendar import day_of

Positions = npt.NDArray[np.int64]
WORDS = pa.dictionary(pa.int32(), pa.string())
LONGEST_VALUE = 60
LONG_NUMBER = r"\d{9,}"
"""What may be a person's number, strayed into another column: never shown."""

SCHEMA = pa.schema(
    [
        ("file", WORDS),
        ("row", pa.int64()),
        ("column", WORDS),
        ("value", pa.string()),
        ("reason_key", WORDS),
        ("reason", WORDS),
        ("reason_nn", WORDS),
        ("reason_en", WORDS),
        ("used", pa.bool_()),
    ]
)


@cache
def reasons() -> dict[str, dict[str, str]]:
    """The sentences, by key and language."""
    return tomllib.loads((Path(__file__).parent / "texts" / "rejects.toml").read_text(encoding="utf-8"))


@dataclass
class Refusals:
    """What was refused in one file, as it is found."""

    pieces: list[tuple[Positions, str, str, pa.Array | None, bool]] = field(default_factory=list)

    def add(
        self, rows: Positions, column: str, reason: str, values: pa.Array | None = None, *, used: bool = False
    ) -> None:
        """Note rows with their reason. `values` must not come from a column that tells who the patient is."""
        if reason not in reasons():
            raise KeyError(reason)
        if len(rows):
            self.pieces.append((rows, column, reason, values, used))

    def count(self) -> int:
        """Rows refused; rows used without a value are not among them."""
        return sum(len(rows) for rows, _, _, _, used in self.pieces if not used)

    def by_reason(self) -> dict[str, int]:
        """Rows per reason."""
        counts: dict[str, int] = {}
        for rows, _, reason, _, _ in self.pieces:
            counts[reason] = counts.get(reason, 0) + len(rows)
        return counts


def reject_table(refusals: Iterable[tuple[str, Refusals]], first: int, last: int) -> pa.Table:
    """All refusals as one table, by file in the order given, then row."""
    tables = [_file_table(name, pieces, first, last) for name, pieces in refusals if pieces.pieces]
    return pa.concat_tables(tables).unify_dictionaries() if tables else SCHEMA.empty_table()


def _file_table(name: str, refusals: Refusals, first: int, last: int) -> pa.Table:
    rows = np.concatenate([piece[0] for piece in refusals.pieces])
    sizes = [len(piece[0]) for piece in refusals.pieces]
    which = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)
    texts = [_texts(piece[2], first, last) for piece in refusals.pieces]
    columns = {
        "file": _words(np.zeros(len(rows), np.int32), [name]),
        "row": pa.array(rows),
        "column": _words(which, [piece[1] for piece in refusals.pieces]),
        "value": pa.concat_arrays([_values(piece) for piece in refusals.pieces]),
        "reason_key": _words(which, [piece[2] for piece in refusals.pieces]),
        "reason": _words(which, [text["nb"] for text in texts]),
        "reason_nn": _words(which, [text["nn"] for text in texts]),
        "reason_en": _words(which, [text["en"] for text in texts]),
        "used": pa.array(np.repeat(np.array([piece[4] for piece in refusals.pieces]), sizes)),
    }
    order = np.lexsort((which, rows))
    return pa.table(columns, SCHEMA).take(pa.array(order))


def _texts(reason: str, first: int, last: int) -> dict[str, str]:
    days = {"first": day_of(first).isoformat(), "last": day_of(last).isoformat()}
    return {language: text.format(**days) for language, text in reasons()[reason].items()}


def _words(indices: npt.NDArray[np.int32], words: list[str]) -> pa.Array:
    different = list(dict.fromkeys(words))
    places = np.array([different.index(word) for word in words], np.int32)
    return pa.DictionaryArray.from_arrays(pa.array(places[indices]), pa.array(different, pa.string()))


def _values(piece: tuple[Positions, str, str, pa.Array | None, bool]) -> pa.Array:
    rows, _, _, values, _ = piece
    if values is None:
        return pa.nulls(len(rows), pa.string())
    short = pc.utf8_slice_codeunits(values.cast(pa.string()), 0, LONGEST_VALUE)
    return pc.replace_substring_regex(short, LONG_NUMBER, "…")
