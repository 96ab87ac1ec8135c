"""What the events of a log say, kept in narrow columns: some tens of bytes for each event that fits a milestone."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from pakkeforlop.exchange.logs.apart import NOTHING
from pakkeforlop.exchange.logs.mapping import Milestone
from pakkeforlop.exchange.logs.rules import Case
from pakkeforlop.exchange.logs.told import told


class Names:
    """Texts by number, each once."""

    def __init__(self) -> None:
        self.number: dict[str, int] = {}

    def of(self, text: str) -> int:
        """The number of a text; a new one for a new text."""
        return self.number.setdefault(text, len(self.number))

    def array(self) -> pa.Array:
        """The texts in the order of their numbers."""
        return pa.array(list(self.number), pa.string())


class Met:
    """Cases with their patients, and on which days each met which milestone, and where."""

    def __init__(self) -> None:
        self.cases, self.patients, self.places = Names(), Names(), Names()
        self.patient_of = array("i")
        """The patient of each case."""
        self._columns = [array("i") for _ in range(4)]

    def add(self, rows: list[list[Any]]) -> None:
        """Rows of `apart.read`."""
        cases, milestones, days, places = self._columns
        for case, patient, milestone, day, place in rows:
            number = self.cases.of(case)
            if number == len(self.patient_of):
                self.patient_of.append(self.patients.of(case if patient == case else patient))
            if milestone != NOTHING:
                cases.append(number)
                milestones.append(milestone)
                days.append(day)
                places.append(self.places.of(place))

    def by_case(self, milestones: Sequence[Milestone]) -> Iterator[tuple[int, str, Case]]:
        """Every case with its number, name and what it met; those that met nothing too."""
        cases, numbers, days, places = (np.frombuffer(column, np.int32) for column in self._columns)
        order = np.argsort(cases, kind="stable")
        ends = np.searchsorted(cases, np.arange(len(self.cases.number)), side="right", sorter=order).tolist()
        names, begin = list(self.places.number), 0
        for number, name in enumerate(self.cases.number):
            case = Case()
            for at in order[begin : ends[number]].tolist():
                case.meet(milestones[int(numbers[at])], int(days[at]), names[int(places[at])])
            begin = ends[number]
            yield number, name, case


class Rejected:
    """Rows that could not be used: file, row, line, column, value and reason."""

    def __init__(self) -> None:
        self._texts = {name: Names() for name in ("file", "column", "value", "reason")}
        self._numbers = {name: array("i") for name in self._texts}
        self._rows, self._lines = array("q"), array("q")

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, file: str, refused: list[list[Any]]) -> None:
        """What `apart.read` refused of a file."""
        for row, line, column, reason, value in refused:
            self._rows.append(row)
            self._lines.append(line)
            for name, text in (("file", file), ("column", column), ("value", value), ("reason", reason)):
                self._numbers[name].append(self._texts[name].of(text))

    def table(self) -> pa.Table:
        """file, row, line, column, value, and the reason in three languages."""
        columns = {name: self._coded(name, self._texts[name].array()) for name in ("file", "column", "value")}
        reasons = list(self._texts["reason"].number)
        for name, language in (("reason", "nb"), ("reason_nn", "nn"), ("reason_en", "en")):
            columns[name] = self._coded("reason", pa.array([told(key, language) for key in reasons], pa.string()))
        columns |= {"row": pa.array(self._rows, pa.int64()), "line": pa.array(self._lines, pa.int64())}
        order = ("file", "row", "line", "column", "value", "reason", "reason_nn", "reason_en")
        return pa.table({name: columns[name] for name in order})

    def _coded(self, name: str, texts: pa.Array) -> pa.Array:
        return pa.DictionaryArray.from_arrays(pa.array(np.frombuffer(self._numbers[name], np.int32)), texts)
