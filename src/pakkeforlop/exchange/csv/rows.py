"""The rows of one file, and the columns of whole numbers that they are judged as."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pakkeforlop.exchange.csv.dates import Moments, days_of, is_text, moments_of
from pakkeforlop.exchange.csv.files import InFile
from pakkeforlop.exchange.csv.rejects import Positions, Refusals
from pakkeforlop.vocabulary.calendar import Days
from pakkeforlop.vocabulary.errors import FileFault

WORDS = pa.dictionary(pa.int32(), pa.string())
NO_WORD = -1
BLANK_OR_BEYOND = (33, 127)
"""A text whose bytes all lie between these has no blanks to trim."""

Indices = npt.NDArray[np.int32]


@dataclass
class Rows:
    """The rows of one file as columns with our names, and where in the file they stood."""

    file: InFile
    table: pa.Table
    numbers: Positions | None = None  # 1-based row numbers; None: 1, 2, 3 ... without gaps
    refusals: Refusals = field(default_factory=Refusals)

    def __len__(self) -> int:
        return len(self.table)

    def number(self, positions: Positions) -> Positions:
        """The row numbers at positions of the table."""
        return positions + 1 if self.numbers is None else self.numbers[positions]

    def column(self, name: str) -> pa.ChunkedArray | None:
        """A column of the table; None where the file does not have it."""
        return self.table.column(name) if name in self.table.column_names else None


@dataclass(frozen=True)
class Words:
    """A column of few different texts: which of `texts` stands on each row (NO_WORD: none). Texts are trimmed."""

    indices: Indices
    texts: tuple[str, ...]
    missing: bool  # whether any row has none

    def array(self) -> pa.DictionaryArray:
        """As an Arrow dictionary with nulls for none."""
        indices = pa.array(self.indices, mask=self.indices < 0 if self.missing else None)
        return pa.DictionaryArray.from_arrays(indices, pa.array(self.texts, pa.string()), safe=False)


def words(rows: Rows, name: str) -> Words | None:
    """A column of few different texts, trimmed; empty ones are none. Whole numbers are taken as their digits."""
    column = rows.column(name)
    if column is None:
        return None
    column = _dictionary(column, rows.file, name)
    texts = [text.strip() if text else "" for text in column.chunk(0).dictionary.to_pylist()]
    indices = column.chunk(0).indices
    places = np.asarray(indices.to_numpy() if indices.null_count == 0 else pc.fill_null(indices, NO_WORD).to_numpy())
    missing = indices.null_count > 0
    different = list(dict.fromkeys(text for text in texts if text))
    if different != texts:
        number = {text: place for place, text in enumerate(different)}
        answers = np.array([*(number.get(text, NO_WORD) for text in texts), NO_WORD], np.int32)
        places = answers[places]
        missing = bool(len(places)) and bool(places.min() < 0)
    return Words(places, tuple(different), missing)


def ids(rows: Rows, name: str) -> pa.ChunkedArray | None:
    """A column of many different values: whole numbers as int64, all else as trimmed text; empty ones are null."""
    column = rows.column(name)
    if column is None:
        return None
    kind = column.type
    if pa.types.is_dictionary(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        column = _cast(column, pa.string(), rows.file, name)
    if pa.types.is_integer(kind):
        return column if kind == pa.int64() else _cast(column, pa.int64(), rows.file, name)
    if pa.types.is_null(kind):
        return column.cast(pa.string())
    if not pa.types.is_string(column.type):
        raise FileFault("column_not_text", file=rows.file.name, column=name, kind=kind)
    if not all(_without_blanks(chunk) for chunk in column.chunks):
        column = pc.utf8_trim_whitespace(column)
    shortest = pc.min(pc.binary_length(column)).as_py()
    return pc.if_else(pc.equal(column, ""), None, column) if shortest == 0 else column


def days(rows: Rows, name: str) -> Days | None:
    """A date column as days; a fault when its type cannot be one."""
    column = rows.column(name)
    if column is None:
        return None
    found = days_of(column)
    if found is None:
        raise FileFault("column_not_date", file=rows.file.name, column=name, kind=column.type)
    return found


def moments(rows: Rows, name: str) -> Moments | None:
    """A column of points in time; a fault when its type cannot be one."""
    column = rows.column(name)
    if column is None:
        return None
    found = moments_of(column)
    if found is None:
        raise FileFault("column_not_date", file=rows.file.name, column=name, kind=column.type)
    return found


def text_values(rows: Rows, name: str, positions: Positions) -> pa.Array:
    """What stands in a column at these positions, as text: for the list of refusals."""
    column = rows.table.column(name).take(pa.array(positions)).combine_chunks()
    return column.cast(pa.string())


def _dictionary(column: pa.ChunkedArray, file: InFile, name: str) -> pa.ChunkedArray:
    """Any column of texts or whole numbers as one chunk of a dictionary of texts."""
    kind = column.type
    if pa.types.is_dictionary(kind) and kind != WORDS:
        column = _cast(column, WORDS, file, name)
    elif pa.types.is_integer(kind) or pa.types.is_null(kind) or is_text(kind):
        if kind != WORDS:
            column = _cast(column, pa.string(), file, name).dictionary_encode()
    else:
        raise FileFault("column_not_text", file=file.name, column=name, kind=kind)
    if column.num_chunks > 1:
        column = column.unify_dictionaries()
    return pa.chunked_array([column.combine_chunks()], WORDS) if column.num_chunks != 1 else column


def _cast(column: pa.ChunkedArray, to: pa.DataType, file: InFile, name: str) -> pa.ChunkedArray:
    try:
        return column.cast(to)
    except pa.ArrowException as error:
        raise FileFault("column_not_text", file=file.name, column=name, kind=column.type) from error


def _without_blanks(chunk: pa.Array) -> bool:
    """Whether no text of the chunk can have a blank: looks at the bytes, not at each text."""
    data = chunk.buffers()[2]
    if data is None:
        return True
    letters = np.frombuffer(data, np.uint8)
    low, high = BLANK_OR_BEYOND
    return not len(letters) or bool(letters.min() >= low and letters.max() < high)
