"""Someone who reads every release and works out what is hidden, by whole-number programming.

The attacker is given more than a reader has: the rule, what each reason means, that a missing row is zero, and which
figures were revised between releases. It shares no code with the search or its verifier but the door to the solver.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from pakkeforlop.publication.likeness.solver import Infeasible, Numbers, Programme, solve

FAR = 10_000
FEW, BELOW = 3, 5
SHORT = {"numerator": "n", "rest": "c", "denominator": "d"}


@dataclass
class View:
    """One release of a block as read: per member, place -> (numerator, denominator, reason); None is hidden.

    Places not in `rows` are zero if in `published`, else not published. `share` per member.
    """

    rows: list[dict[tuple[int, ...], tuple[int | None, int | None, str]]]
    published: list[set[tuple[int, ...]]]
    share: list[bool]


@dataclass
class Attack:
    """All releases of a block. same: (release, release, member, place, field) known to be equal."""

    above: list[tuple[int, ...]]
    views: list[View]
    same: list[tuple[int, int, int, tuple[int, ...], str]] = field(default_factory=list)
    nested: bool = False

    def __post_init__(self) -> None:
        self.programme = Programme()
        self.readings: list[Numbers] = []
        self.at: dict[tuple[int, int, tuple[int, ...], str], int] = {}
        places = list(itertools.product(*[range(len(above)) for above in self.above]))
        for number, view in enumerate(self.views):
            for member, rows in enumerate(view.rows):
                for place in places:
                    self._cell(
                        number, member, place, rows.get(place), place in view.published[member], view.share[member]
                    )
                self._sums(number, member, places)
            if self.nested:
                for place in places:
                    self._row([(number, 0, place, "d", 1), (number, 1, place, "d", -1)], 0, FAR)
        for one, other, member, place, name in self.same:
            short = SHORT[name]
            self._row([(one, member, place, short, 1), (other, member, place, short, -1)], 0, 0)

    def range_of(self, release: int, member: int, place: tuple[int, ...], name: str) -> tuple[int, int]:
        """The least and the most that a field can be."""
        column = self._place_of(release, member, place, name)
        found = []
        for sign in (1.0, -1.0):
            cost = np.zeros(self.programme.columns)
            cost[column] = sign
            self.programme.cost = [cost]
            found.append(round(solve(self.programme).x[column]))
        return found[0], found[1]

    def two_values(self, release: int, member: int, place: tuple[int, ...], name: str) -> bool:
        """Whether a field can be two things: the same as a least below the most, asked with far less work.

        Every reading of the tables that was found is kept. Where all of them agree on the field, one is looked for
        with more, and one with less.
        """
        column = self._place_of(release, member, place, name)
        if not self.readings:
            self.readings.append(self._reading({}))
        found = {reading[column] for reading in self.readings}
        if len(found) > 1:
            return True
        (only,) = found
        for low, high in ((only + 1, np.inf), (-np.inf, only - 1)):
            try:
                self.readings.append(self._reading({column: (low, high)}))
            except Infeasible:
                continue
            return True
        return False

    def _reading(self, within: dict[int, tuple[float, float]]) -> Numbers:
        """Any one set of tables that fits all that is known, with some fields within bounds; checked to the unit."""
        asked = replace(self.programme, cost=[np.zeros(self.programme.columns)])
        lower, upper = np.concatenate(asked.lower), np.concatenate(asked.upper)
        for column, (low, high) in within.items():
            lower[column], upper[column] = max(lower[column], low), min(upper[column], high)
        if (lower > upper).any():
            raise Infeasible
        asked.lower, asked.upper = [lower], [upper]
        x = solve(asked).x
        sums = [float(values @ x[places]) for places, values in zip(asked.places, asked.values, strict=True)]
        assert np.all((lower <= x) & (x <= upper))
        assert np.all((np.array(asked.row_lower) <= sums) & (sums <= np.array(asked.row_upper)))
        return x

    def _place_of(self, release: int, member: int, place: tuple[int, ...], name: str) -> int:
        return self.at[release, member, place, SHORT[name]]

    def _column(self, lower: int, upper: int) -> int:
        return int(self.programme.add_columns(0.0, float(upper), count=1, lower=float(lower), whole=True)[0])

    def _row(self, terms: list[Any], lower: float, upper: float) -> None:
        """lower <= sum <= upper; a term is (column, times) or (release, member, place, field, times)."""
        columns = np.array([term[0] if len(term) == 2 else self.at[term[:-1]] for term in terms])
        self.programme.add_row(columns, np.array([float(term[-1]) for term in terms]), lower, upper)

    def _cell(self, release, member, place, row, published, share):
        n, d, c = None, None, None
        if row is None and published:
            n = d = c = 0
        elif row is not None:
            n, d, _ = row
            c = d - n if share and n is not None and d is not None else None
        for name, known in (("n", n if share else 0), ("c", c), ("d", d)):
            low, high = (known, known) if known is not None else (0, FAR)
            if name == "d" and row is not None and d is None:
                low = 1
            self.at[release, member, place, name] = self._column(low, high)
        key = (release, member, place)
        self._row([(*key, "n", 1), (*key, "c", 1), (*key, "d", -1)], 0, 0)
        if row is not None and (d is None or (share and n is None)):
            self._reason(key, row[2], share)

    def _reason(self, key, reason, share):
        fields = [("d", BELOW), ("n", FEW), ("c", FEW)] if share else [("d", FEW)]
        if reason == "primary":
            flags = []
            for name, below in fields:
                flag = self._column(0, 1)
                flags.append((flag, 1))
                self._row([(*key, name, 1), (flag, FAR)], 0, below - 1 + FAR)  # flag: at most below - 1
                self._row([(*key, name, 1), (flag, -1)], 0, 2 * FAR)  # flag: at least 1
            self._row(flags, 1, 3)
        elif reason in {"secondary", "earlier"}:
            for name, below in fields:
                zero = self._column(0, 1)
                self._row([(*key, name, 1), (zero, FAR)], 0, FAR)  # zero: 0
                self._row([(*key, name, 1), (zero, below)], below, 3 * FAR)  # else at least below

    def _sums(self, release, member, places):
        for axis, above in enumerate(self.above):
            for node in set(above) - {-1}:
                parts = [child for child, parent in enumerate(above) if parent == node]
                for place in (p for p in places if p[axis] == node):
                    for name in ("n", "d"):
                        terms = [(release, member, place, name, -1)]
                        terms += [
                            (release, member, (*place[:axis], part, *place[axis + 1 :]), name, 1) for part in parts
                        ]
                        self._row(terms, 0, 0)
