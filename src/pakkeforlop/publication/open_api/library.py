"""The releases that a server answers from: public files of a shelf alone, read once and again when the shelf changes.

    SHELF/NAME/     run.json and the files that it lists (docs/how-to/release-figures.md)
    SHELF/.marks/   withdrawals and locked years

Releases of invented patients stand in a library of their own: none of their figures stands among those of real ones.
Where there is no release, the open national indicators that come with the product stand, marked external.
"""

from __future__ import annotations

import hashlib
import io
import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pakkeforlop.publication.files import csv_of, parquet_of
from pakkeforlop.publication.open_api.released import COLUMNS, Released, table_of

RECORD, MARKS, FIGURES = "run.json", ".marks", "figures.parquet"
CHOICES = (
    "indicator", "branch", "pathway_key", "unit_level", "org_nr", "period_type", "period", "status", "release",
)  # fmt: skip
"""Columns by which figures are chosen."""
CURRENT = "current"
"""The name of the figures that stand, whichever release each year is taken from."""


class FigureSet:
    """Figures of one or more releases, found by their columns."""

    def __init__(self, tables: Sequence[pa.Table]) -> None:
        table = pa.concat_tables(tables) if tables else table_of([])
        self.table = table
        self.extra: dict[str, Any] = {}
        """What readers of the set have made of it and keep with it."""
        self.columns: dict[str, list[Any]] = {name: table[name].to_pylist() for name in COLUMNS}
        self._codes: dict[str, tuple[dict[str, int], npt.NDArray[np.int32]]] = {}
        for name in CHOICES:
            coded = table[name].combine_chunks().dictionary_encode()
            values = {value: place for place, value in enumerate(coded.dictionary.to_pylist())}
            self._codes[name] = (values, coded.indices.to_numpy(zero_copy_only=False).astype(np.int32))

    def __len__(self) -> int:
        return len(self.columns["figure_id"])

    @cached_property
    def places(self) -> Mapping[str, int]:
        """The row of each figure."""
        return {figure: row for row, figure in enumerate(self.columns["figure_id"])}

    @cached_property
    def rows(self) -> tuple[Released, ...]:
        """All figures."""
        return tuple(self.at(range(len(self))))

    def by_id(self, figure_id: str) -> Released | None:
        """The figure of that name."""
        row = self.places.get(figure_id)
        return None if row is None else next(self.at([row]))

    def values(self, column: str) -> list[str]:
        """The values that a column has."""
        return sorted(self._codes[column][0])

    def at(self, rows: Any) -> Iterator[Released]:
        """Figures by their rows."""
        columns = [self.columns[name] for name in COLUMNS]
        return (Released(*[column[row] for column in columns]) for row in rows)

    def found(self, **asked: str | Sequence[str]) -> npt.NDArray[np.int64]:
        """The rows whose columns have one of the values asked for; a column with none is free."""
        mask = np.ones(len(self), np.bool_)
        for name, wanted in asked.items():
            values, codes = self._codes[name]
            known = [values[value] for value in ([wanted] if isinstance(wanted, str) else wanted) if value in values]
            if len(wanted):
                mask &= np.isin(codes, known) if len(known) != 1 else codes == known[0]
        return np.flatnonzero(mask)

    def where(self, **asked: str | Sequence[str]) -> list[Released]:
        """The figures whose columns have one of the values asked for."""
        return list(self.at(self.found(**asked).tolist()))


@dataclass(frozen=True)
class Shelved:
    """A release. withdrawn: the reason, empty while it holds. folder: None for what comes with the product."""

    name: str
    record: Mapping[str, Any]
    withdrawn: str = ""
    folder: Path | None = None
    own: Mapping[str, bytes] = field(default_factory=dict, repr=False)

    @property
    def external(self) -> bool:
        """Published by others, outside our guarantee."""
        return bool(self.record.get("external"))

    @property
    def synthetic(self) -> bool:
        """Of invented patients."""
        return bool(self.record.get("synthetic"))

    @property
    def released(self) -> str:
        """The day it was released."""
        return str(self.record["released"])

    @property
    def years(self) -> tuple[int, ...]:
        """Years that it has figures for."""
        return tuple(sorted({int(str(period)[:4]) for period in self.record["periods"]}))

    @property
    def files(self) -> tuple[str, ...]:
        """Its public files."""
        return tuple(sorted(self.record.get("sha256", ()))) if self.folder else tuple(sorted(self.own))

    def read(self, name: str) -> bytes | None:
        """A public file that its record lists; None for any other name."""
        if name not in self.files:
            return None
        return (self.folder / name).read_bytes() if self.folder else self.own[name]

    def about(self) -> dict[str, Any]:
        """What an answer tells of the release."""
        told = {"release": self.name, "released": self.released, "definitions": self.record["definitions"]}
        marks = {"withdrawn": self.withdrawn, "external": self.external, "synthetic": self.synthetic}
        return {**told, **marks, "note": self.record.get("note")}


@dataclass
class Library:
    """All releases in order, and the figures that stand. synthetic: those of invented patients, apart; None without."""

    releases: tuple[Shelved, ...]
    locks: Mapping[int, str]
    version: str
    synthetic: Library | None = None
    _sets: dict[str, FigureSet] = field(default_factory=dict)
    _guard: Any = field(default_factory=threading.RLock)

    @property
    def latest(self) -> Shelved:
        """The newest own release that is not withdrawn; else the newest external one, else the newest of all."""
        holding = [one for one in self.releases if not one.withdrawn]
        own = [one for one in holding if not one.external]
        return (own or holding or list(self.releases))[-1]

    @property
    def every(self) -> tuple[Shelved, ...]:
        """All releases, those of invented patients last."""
        return (*self.releases, *(self.synthetic.releases if self.synthetic else ()))

    def release(self, name: str) -> Shelved | None:
        """A release by name."""
        return next((one for one in self.every if one.name == name), None)

    def holders(self) -> dict[int, Shelved]:
        """By year, the release whose figures stand: the locked, the newest own, else the newest external one."""
        holding = [one for one in self.releases if not one.withdrawn]
        ordered = [one for one in holding if one.external] + [one for one in holding if not one.external]
        found = {year: one for one in ordered for year in one.years}
        for year, name in self.locks.items():
            if (locked := self.release(name)) and not locked.withdrawn:
                found[year] = locked
        return dict(sorted(found.items()))

    def values(self, column: str) -> list[str]:
        """The values that a column of the figures has, in those that stand and in any release that was asked for."""
        with self._guard:
            known = self.current.values(column), *(one.values(column) for one in self._sets.values())
            return sorted(set().union(*known))

    @property
    def current(self) -> FigureSet:
        """The figures that stand."""
        return self.figures(CURRENT)

    def figures(self, name: str) -> FigureSet:
        """The figures of a release, or those that stand. KeyError for a name that is not there."""
        with self._guard:
            if name not in self._sets:
                self._sets[name] = self._standing() if name == CURRENT else FigureSet([self._table(name)])
            return self._sets[name]

    def about(self, name: str) -> dict[str, Any]:
        """What an answer with figures of a release, or of those that stand, tells of them."""
        if name != CURRENT:
            return _known(self.release(name)).about()
        holders = {name: _known(self.release(name)) for name in self.current.values("release")}
        return {
            "release": CURRENT,
            "released": max((one.released for one in holders.values()), default=""),
            "definitions": self.latest.record["definitions"],
            "releases": [one.name for one in self.releases if one.name in holders],
            "external": all(one.external for one in holders.values()),
        }

    def _standing(self) -> FigureSet:
        """Own figures by year; those of others for the years, and the indicators of a year, that no own one has."""
        tables: list[pa.Table] = []
        taken: set[str] = set()
        for name, years in self._held().items():
            table = self._table(name)
            about = _indicator_and_year(table)
            mine = pc.is_in(pc.utf8_slice_codeunits(table["period"], 0, 4), pa.array(sorted(years)))
            kept = pc.and_(mine, pc.invert(pc.is_in(about, pa.array(sorted(taken), pa.string()))))
            tables.append(table.filter(kept))
            taken |= set(_indicator_and_year(tables[-1]).unique().to_pylist())
        return FigureSet(tables)

    def _held(self) -> dict[str, set[str]]:
        """Releases whose figures stand, own ones first, each with the years to take from it."""
        found: dict[str, set[str]] = {}
        for year, one in self.holders().items():
            if not one.external:
                found.setdefault(one.name, set()).add(str(year))
        for one in reversed([one for one in self.releases if one.external and not one.withdrawn]):
            found[one.name] = {str(year) for year in one.years}
        return found

    def _table(self, name: str) -> pa.Table:
        content = _known(self.release(name)).read(FIGURES)
        if content is None:
            raise KeyError(name)
        return pq.read_table(io.BytesIO(content), columns=list(COLUMNS))


def _indicator_and_year(table: pa.Table) -> Any:
    return pc.binary_join_element_wise(table["indicator"], pc.utf8_slice_codeunits(table["period"], 0, 4), " ")


def _known(one: Shelved | None) -> Shelved:
    if one is None:
        raise KeyError("no such release")
    return one


_LIBRARIES: dict[Path | None, tuple[tuple[Any, ...], Library]] = {}
_LOCK = threading.Lock()


def library(folder: Path | None) -> Library:
    """The releases in a folder; the open national indicators where there are none."""
    seen = _state(folder)
    known = _LIBRARIES.get(folder)
    if known and known[0] == seen:
        return known[1]
    with _LOCK:
        known = _LIBRARIES.get(folder)
        if known is None or known[0] != seen:
            _LIBRARIES[folder] = (seen, _read(folder))
        return _LIBRARIES[folder][1]


def _state(folder: Path | None) -> tuple[Any, ...]:
    """What changes when a release is added or a mark set: two looks at folders, no file is opened."""
    found: list[Any] = []
    for place in (folder, folder / MARKS) if folder else ():
        try:
            status = place.stat()
            found.append((status.st_ino, status.st_mtime_ns))
        except OSError:
            found.append(None)
    return tuple(found)


def _read(folder: Path | None) -> Library:
    marks = [] if folder is None else [_json(path) for path in sorted((folder / MARKS).glob("*.json"))]
    withdrawn = {str(mark["release"]): str(mark["reason"]) for mark in marks if mark.get("mark") == "withdrawn"}
    locks = {int(mark["year"]): str(mark["release"]) for mark in marks if mark.get("mark") == "locked"}
    releases = [
        Shelved(path.name, _json(path / RECORD), withdrawn.get(path.name, ""), path)
        for path in (sorted(folder.iterdir()) if folder is not None and folder.is_dir() else ())
        if not path.name.startswith(".") and (path / RECORD).is_file()
    ]
    releases.sort(key=lambda one: int(one.record["number"]))
    made_up = tuple(one for one in releases if one.synthetic)
    found = tuple(one for one in releases if not one.synthetic) or (_shipped(),)
    told = json.dumps([[dict(one.record) for one in (*found, *made_up)], marks], sort_keys=True, ensure_ascii=False)
    version = hashlib.sha256(told.encode()).hexdigest()[:16]
    apart = Library(made_up, _locks_in(made_up, locks), version) if made_up else None
    return Library(found, _locks_in(found, locks), version, apart)


def _locks_in(releases: Sequence[Shelved], locks: Mapping[int, str]) -> dict[int, str]:
    names = {one.name for one in releases}
    return {year: name for year, name in locks.items() if name in names}


def _shipped() -> Shelved:
    """The open national indicators that come with the product."""
    from pakkeforlop.catalogue.load import load_catalogue
    from pakkeforlop.publication.external import external_release
    from pakkeforlop.publication.published import packaged_figures

    made = external_release(packaged_figures(), load_catalogue())
    table = table_of(made.rows)
    files = {"figures.csv": csv_of(table), FIGURES: parquet_of(table)}
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    return Shelved(made.record["release"], {**made.record, "number": 1, "sha256": hashes}, "", None, files)


def _json(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_bytes())
    return content
