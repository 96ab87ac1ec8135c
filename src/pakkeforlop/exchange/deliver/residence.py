"""Where patients live: of the newest row of the patients file, and where that lacks it, the newest one known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pakkeforlop.exchange.csv import rows as columns
from pakkeforlop.exchange.csv.doors import read_all
from pakkeforlop.exchange.csv.layout import PATIENTS
from pakkeforlop.exchange.csv.rows import Rows

MISSING = frozenset({"NULL", "NA", "-", "."})
"""Texts that stand for nothing in extracts of the register."""
WIDTH = {"municipality": 4, "district": 6}
FILLED = {"KommuneNr": 1, "BydelNr": 2}
"""The cells that came from an earlier row, as they are added up in the column `filled`."""

Numbers = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Residence:
    """A patient's municipality and district; `filled` names those that came from an earlier row."""

    municipality: str = ""
    district: str = ""
    filled: tuple[str, ...] = ()


def with_residence(people: pa.Table, paths: Sequence[Path]) -> pa.Table:
    """The patients (`patient_id`, one row each) with municipality, district and what of them was filled.

    A patient's rows count as newer the later they stand. A district is taken from an earlier row only when that row
    names the municipality that is used.
    """
    read = _Read(pc.cast(people["patient_id"], pa.string()))
    if len(people):
        read_all(list(paths), PATIENTS, read.collect, may_be_empty=True)
    municipality, district, filled = read.newest()
    for name, column in (("municipality", municipality), ("district", district), ("filled", filled)):
        if name in people.column_names:
            people = people.drop_columns(name)
        people = people.append_column(name, column)
    return people


@dataclass
class _Read:
    """The rows of the wanted patients in the order of the files: who, and the numbers of their two words."""

    wanted: pa.ChunkedArray
    _words: dict[str, int] = field(default_factory=lambda: {"": 0})
    _who: list[Numbers] = field(default_factory=list)
    _texts: dict[str, list[Numbers]] = field(default_factory=lambda: {name: [] for name in WIDTH})

    def collect(self, rows: Rows) -> None:
        """Note the rows of one file."""
        ids = columns.ids(rows, "patient_id")
        assert ids is not None
        at = pc.index_in(ids.cast(pa.string()), value_set=self.wanted.combine_chunks())
        who = np.asarray(pc.fill_null(at, -1).to_numpy(), np.int32)
        keep = who >= 0
        self._who.append(who[keep])
        for name in WIDTH:
            self._texts[name].append(self._numbers(rows, name)[keep])

    def _numbers(self, rows: Rows, name: str) -> Numbers:
        words = columns.words(rows, name)
        if words is None:
            return np.zeros(len(rows.table), np.int32)
        texts = [self._words.setdefault(_padded(text, WIDTH[name]), len(self._words)) for text in words.texts]
        return np.array([*texts, 0], np.int32)[words.indices]

    def newest(self) -> tuple[pa.Array, pa.Array, pa.Array]:
        """Municipality, district and `filled` of every wanted patient."""
        count = len(self.wanted)
        who = np.concatenate([np.zeros(0, np.int32), *self._who])
        place, part = (np.concatenate([np.zeros(0, np.int32), *self._texts[name]]) for name in WIDTH)
        last = np.full(count, -1, np.int64)
        last[who] = np.arange(len(who))
        here = last >= 0
        municipality, district = np.zeros(count, np.int32), np.zeros(count, np.int32)
        municipality[here], district[here] = place[last[here]], part[last[here]]
        filled = np.zeros(count, np.int8)
        words = list(self._words)
        gaps = here & ((municipality == 0) | (district == 0)) & (np.bincount(who, minlength=count) > 1)
        for patient, rows in _rows_of(who, gaps):
            found = _newest([(words[place[row]], words[part[row]]) for row in rows])
            municipality[patient] = self._words[found.municipality]
            district[patient] = self._words[found.district]
            filled[patient] = sum(FILLED[name] for name in found.filled)
        texts = pa.array(words, pa.string())
        return texts.take(pa.array(municipality)), texts.take(pa.array(district)), pa.array(filled)


def _rows_of(who: Numbers, chosen: npt.NDArray[np.bool_]) -> Iterable[tuple[int, list[int]]]:
    """The rows of each chosen patient, in their order."""
    rows = np.flatnonzero(chosen[who])
    rows = rows[np.argsort(who[rows], kind="stable")]
    patients, first = np.unique(who[rows], return_index=True)
    for patient, part in zip(patients.tolist(), np.split(rows, first[1:]), strict=False):
        yield patient, part.tolist()


def _newest(rows: list[tuple[str, str]]) -> Residence:
    municipality, district = rows[-1]
    filled: list[str] = []
    for earlier, part in reversed(rows[:-1]):
        if not municipality and earlier:
            municipality, filled = earlier, [*filled, "KommuneNr"]
        if not district and part and earlier == municipality:
            district, filled = part, [*filled, "BydelNr"]
        if municipality and district:
            break
    return Residence(municipality, district, tuple(filled))


def _padded(text: str, width: int) -> str:
    if text.upper() in MISSING:
        return ""
    return text.zfill(width) if text.isdecimal() else text
