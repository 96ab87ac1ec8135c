"""Courses: pathways of patients as columns of whole numbers, before they become registrations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from pakkeforlop.exchange.generate.world import NONE
from pakkeforlop.vocabulary.calendar import NO_DAY

Ints = npt.NDArray[np.int64]
COUNTED, EXTRA, FILLER = 0, 1, 2
"""Counted in the share of published figures; made so that a new patient is in a pathway; ended without cancer."""


@dataclass
class Courses:
    """One entry per course. Days are day numbers, NO_DAY where a thing did not happen.

    decision, ending: places of code suffixes, -1 for none (an open course has no ending; a course that the decision
    ends has the same suffix in both). sent, received: the day the patient was sent on and the day another unit, or
    another hospital of the same unit, received the patient.
    """

    patient: Ints
    pathway: Ints
    unit: Ints
    role: Ints
    start: Ints
    attendance: Ints
    decision_day: Ints
    decision: Ints
    end_day: Ints
    ending: Ints
    postponed: Ints
    sent: Ints
    received: Ints
    receiver: Ints
    via_specialist: Ints

    def __len__(self) -> int:
        return len(self.patient)

    def take(self, chosen: npt.NDArray[np.bool_] | Ints) -> Courses:
        """The courses chosen, in that order."""
        return Courses(*(getattr(self, field.name)[chosen] for field in fields(self)))


def new_courses(count: int, **columns: Ints) -> Courses:
    """Courses with the columns given; the others are empty (no day, no code)."""
    days = {"start", "attendance", "decision_day", "end_day", "postponed", "sent", "received"}
    zero = {"role", "via_specialist", "patient"}
    made = {}
    for field in fields(Courses):
        empty = NO_DAY if field.name in days else 0 if field.name in zero else NONE
        made[field.name] = columns.get(field.name, np.full(count, empty, dtype=np.int64))
    return Courses(**made)


def joined(parts: Iterable[Courses]) -> Courses:
    """Courses of all parts, one after the other."""
    parts = list(parts)
    return Courses(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Courses)))


def rank_within(keys: Ints, order_by: npt.NDArray[np.float64]) -> Ints:
    """The place (from 0) of each entry among those with the same key, in the order of `order_by`."""
    order = np.lexsort((order_by, keys))
    ordered = keys[order]
    begins = np.concatenate([[True], ordered[1:] != ordered[:-1]]) if len(keys) else np.zeros(0, bool)
    first = np.maximum.accumulate(np.where(begins, np.arange(len(keys)), 0))
    rank = np.empty(len(keys), dtype=np.int64)
    rank[order] = np.arange(len(keys)) - first
    return rank


def pair(
    rng: np.random.Generator, later: tuple[Ints, Ints], earlier: tuple[Ints, Ints], gap: tuple[int, int]
) -> tuple[Ints, Ints]:
    """Match entries of `later` with entries of `earlier`, each (key, day): same key, the days `gap` apart (from, to).

    Gives the places in both; no entry is used twice. A later one whose draw was taken goes without.
    """
    wide = np.int64(1) << 32
    packed = earlier[0] * wide + earlier[1]
    order = np.argsort(packed, kind="stable")
    ordered = packed[order]
    low = np.searchsorted(ordered, later[0] * wide + later[1] - gap[1], side="left")
    high = np.searchsorted(ordered, later[0] * wide + later[1] - gap[0], side="right")
    some = np.flatnonzero(high > low)
    drawn = low[some] + (rng.random(len(some)) * (high[some] - low[some])).astype(np.int64)
    shuffled = rng.permutation(len(some))
    _, first = np.unique(drawn[shuffled], return_index=True)
    kept = np.sort(shuffled[first])
    return some[kept], order[drawn[kept]]
