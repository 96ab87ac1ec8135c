"""Where patients live: of the newest row of the patients file, and where that lacks it, the newest one known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pakkeforlop.exchange.csv import rows as columns
from pakkeforlop.exchange.csv.doors import read_all
from pakkeforlop.exchange.csv.layout import PATIENTS
from pakkeforlop.exchange.csv.rows import Rows

MISSING = frozenset({"NULL", "NA", "-", "."})
"""Texts that stand for nothing in extracts of the register."""
WIDTH = {"municipality": 4, "district": 6}


@dataclass(frozen=True)
class Residence:
    """A patient's municipality and district; `filled` names those that came from an earlier row."""

    municipality: str = ""
    district: str = ""
    filled: tuple[str, ...] = ()


def residences(paths: Sequence[Path], wanted: pa.Array) -> list[Residence]:
    """The residence of each wanted patient (texts). Rows count as newer the later they stand.

    A district is taken from an earlier row only when that row names the municipality that is used.
    """
    known: list[list[tuple[str, str]]] = [[] for _ in range(len(wanted))]
    if len(paths) == 0 or len(wanted) == 0:
        return [Residence() for _ in known]

    def collect(rows: Rows) -> None:
        ids = columns.ids(rows, "patient_id")
        assert ids is not None
        place = pc.index_in(ids.cast(pa.string()), value_set=wanted)
        place = np.asarray(pc.fill_null(place, -1).to_numpy())
        texts = {name: _Cells(rows, name) for name in WIDTH}
        for row in np.flatnonzero(place >= 0).tolist():
            known[place[row]].append((texts["municipality"](row), texts["district"](row)))

    read_all(list(paths), PATIENTS, collect, may_be_empty=True)
    return [_newest(rows) for rows in known]


def _newest(rows: list[tuple[str, str]]) -> Residence:
    if not rows:
        return Residence()
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


class _Cells:
    """The cell of a row as text, padded with zeros to its width; empty when it says nothing."""

    def __init__(self, rows: Rows, name: str) -> None:
        words = columns.words(rows, name)
        self._indices = None if words is None else words.indices
        texts = () if words is None else words.texts
        self._texts: list[str] = [_padded(text, WIDTH[name]) for text in texts]

    def __call__(self, row: int) -> str:
        if self._indices is None or self._indices[row] < 0:
            return ""
        return self._texts[int(self._indices[row])]


def _padded(text: str, width: int) -> str:
    if text.upper() in MISSING:
        return ""
    return text.zfill(width) if text.isdecimal() else text
