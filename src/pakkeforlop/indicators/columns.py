"""Instances as narrow columns, grouped by pathway: what the cube counts.

A value stands in a span's column only if the instance is in that span's population (decision 8):
a span told by kind (to treatment) counts instances in the share that have a limit for it; any other span counts every
ended instance with both points; the share counts the instances whose reason is "counts".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pakkeforlop.episodes.kernel import COUNTS, NEEDS_PER_CODE
from pakkeforlop.episodes.link import Linked, Part, in_threads
from pakkeforlop.episodes.tables import Tables
from pakkeforlop.indicators.cohort import Cohort
from pakkeforlop.indicators.cube import NO_VALUE
from pakkeforlop.indicators.room import room_for
from pakkeforlop.vocabulary.calendar import NO_DAY
from pakkeforlop.vocabulary.compiling import compiled

Array = npt.NDArray[Any]

ATTENDED, POSTPONED, DECIDED, LEADS_ON, WAITED, TREATED, ASKS_ATTENDANCE, OPEN = 1, 2, 4, 8, 16, 32, 64, 128
"""Marks of an instance. LEADS_ON: its decision leaves it open, so that treatment is to follow; WAITED: it was decided
so long before the as-of day that treatment should have been registered; TREATED: it ended by treatment of any kind;
ASKS_ATTENDANCE: it ended by a code that asks for an attendance before it; OPEN: it has not ended."""


@dataclass(frozen=True)
class Narrow:
    """Instances grouped by pathway: those of pathway p are rows `first[p]` to `first[p + 1]`.

    place: rank of the starting place; start, end, decided: months from the first one, -1 where none or after the
    as-of day; branch, decision, ended: numbers of the tables; days: one column a span, NO_VALUE outside the population;
    within and limited: one bit a span, set where the days are within the limit and where there is one; open_days: days
    open at the as-of day; person: number of the sex and age group. without_limit: whether some of the days have none.
    """

    first: npt.NDArray[np.int64]
    without_limit: bool
    place: Array
    start: Array
    end: Array
    decided: Array
    branch: Array
    decision: Array
    ended: Array
    marks: Array
    days: Array
    within: Array
    limited: Array
    open_days: Array
    person: Array


@dataclass(frozen=True)
class Reading:
    """What an instance's numbers mean when they are laid out.

    month_of: the month of each day from `first_day` on; rank: of each place; branch_of: of each kind; by_kind: whether
    each span (and last the share) is told by kind; spans: the columns of `span_days` that are laid out; asking: per
    pathway and end, whether the code that ends asks for an attendance.
    """

    month_of: Array
    first_day: int
    rank: Array
    branch_of: Array
    by_kind: Array
    spans: Array
    closing: Array
    asking: Array
    as_of: int
    wait: int


@compiled
def _lay_out(  # type: ignore[no-untyped-def]  # noqa: ANN202
    pathway, place, start, end, decision_day, decision, treatment, ended, postponed, attended, reason,  # noqa: ANN001
    span_days, span_limit, share_days, share_limit, person,  # noqa: ANN001
    month_of, first_day, rank, branch_of, by_kind, spans, closing, asking, as_of, wait,  # noqa: ANN001
    free, out_place, out_start, out_end, out_decided, out_branch, out_decision, out_ended, out_marks, out_days,  # noqa: ANN001
    out_within, out_limited, out_open, out_person,  # noqa: ANN001
):  # fmt: skip
    """Write each instance at the next free row of its pathway; returns whether some of the days have no limit."""
    without_limit = False
    for e in range(len(pathway)):
        p = pathway[e]
        at = free[p]
        free[p] += 1
        out_place[at] = rank[place[e]]
        out_start[at] = month_of[start[e] - first_day] if start[e] <= as_of else -1
        out_end[at] = month_of[end[e] - first_day] if NO_DAY < end[e] <= as_of else -1
        decided = NO_DAY < decision_day[e] <= as_of
        out_decided[at] = month_of[decision_day[e] - first_day] if decided else -1
        out_branch[at] = branch_of[treatment[e]]
        out_decision[at] = decision[e]
        out_ended[at] = ended[e]
        marks = 0
        if attended[e]:
            marks |= ATTENDED
        if postponed[e]:
            marks |= POSTPONED
        if decision_day[e] != NO_DAY:
            marks |= DECIDED
            if not closing[p, decision[e]]:
                marks |= LEADS_ON
            if decision_day[e] + wait <= as_of:
                marks |= WAITED
        if treatment[e]:
            marks |= TREATED
        if ended[e] < 0:
            marks |= OPEN
        elif asking[p, ended[e]]:
            marks |= ASKS_ATTENDANCE
        out_marks[at] = marks
        inside = 0
        limited = 0
        for s in range(len(spans) + 1):
            if s < len(spans):
                days = span_days[e, spans[s]]
                limit = span_limit[e, spans[s]]
                counts = (reason[e] == COUNTS and limit >= 0) if by_kind[s] else ended[e] >= 0
            else:
                days = share_days[e]
                limit = share_limit[e]
                counts = reason[e] == COUNTS
            if counts and days >= 0:
                out_days[at, s] = min(days, NO_VALUE - 1)
                if limit >= 0:
                    limited |= 1 << s
                    if days <= limit:
                        inside |= 1 << s
                else:
                    without_limit = True
            else:
                out_days[at, s] = NO_VALUE
        out_within[at] = inside
        out_limited[at] = limited
        out_open[at] = min(as_of - start[e], 65535)
        out_person[at] = person[e]
    return without_limit


@compiled
def _decode(slot_of, keys, opening, ended, flags, slots_at, kind_of, prefix_last, layout, out):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """The days, places and kinds of a part's instances from the low bits of their keys."""
    place_bits, order_bits, day_bits, pathway_bits, first_day = layout
    pathway, place, start, end, decision_day, decision, treatment, postponed, attended = out
    day_shift = place_bits + order_bits
    order_mask = (1 << order_bits) - 1
    place_mask = (1 << place_bits) - 1
    pathway_mask = (1 << pathway_bits) - 1
    at_attendance, at_decision, at_treatment, at_end = slots_at
    for e in range(len(opening)):
        p = (keys[opening[e]] >> (day_shift + day_bits)) & pathway_mask
        pathway[e] = p
        low = slot_of[e, 0]
        place[e] = low & place_mask
        start[e] = (low >> day_shift) + first_day
        low = slot_of[e, at_end]
        end[e] = prefix_last[p] if ended[e] == 0 else NO_DAY if low < 0 else (low >> day_shift) + first_day
        low = slot_of[e, at_decision]
        decision_day[e] = NO_DAY if low < 0 else (low >> day_shift) + first_day
        decision[e] = 0 if low < 0 else kind_of[(p << order_bits) | ((low >> place_bits) & order_mask)]
        low = slot_of[e, at_treatment]
        treatment[e] = 0 if low < 0 else kind_of[(p << order_bits) | ((low >> place_bits) & order_mask)]
        postponed[e] = (flags[e] & 2) != 0
        attended[e] = slot_of[e, at_attendance] >= 0


@compiled
def _count_pathways(keys, opening, layout, counts):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    place_bits, order_bits, day_bits, pathway_bits, _ = layout
    shift = place_bits + order_bits + day_bits
    for e in range(len(opening)):
        counts[(keys[opening[e]] >> shift) & ((1 << pathway_bits) - 1)] += 1


def cohort_of_part(part: Part, linked: Linked) -> tuple[Array, ...]:
    """A part's instances: pathway, place, start, end, decision day, decision, treatment, postponed, attended."""
    tables = linked.tables
    count = len(part.opening)
    kinds = (np.uint8, np.int32, np.int32, np.int32, np.int32, np.uint8, np.uint8, np.bool_, np.bool_)
    out = tuple(np.empty(count, kind) for kind in kinds)
    slots_at = tuple(tables.slots.index(name) for name in ("attendance", "decision", "treatment", "end"))
    _decode(
        part.slot_of, part.keys, part.opening, part.ended, part.flags, slots_at, tables.rules.kind,
        tables.rules.prefix_last, tuple(linked.layout), out,
    )  # fmt: skip
    return out


def narrow_from_linked(linked: Linked, reading: Reading, persons: Array | None) -> Narrow:
    """Lay out the instances of a linking, part by part on all processors. persons: group of each instance."""
    pathways = len(linked.tables.pathways)
    parts = linked.parts
    layout = tuple(linked.layout)

    def count(part: Part) -> Array:
        counts = np.zeros(pathways, np.int64)
        _count_pathways(part.keys, part.opening, layout, counts)
        return counts

    first, frees = _offsets(in_threads(count, parts), pathways)
    out = _empty(int(first[-1]), len(reading.spans) + 1)
    edges = np.cumsum([0, *(len(part.opening) for part in parts)])

    def write(n: int) -> bool:
        part = parts[n]
        columns = cohort_of_part(part, linked)
        pathway, place, start, end, decision_day, decision, treatment, postponed, attended = columns
        person = np.zeros(len(pathway), np.uint8) if persons is None else persons[edges[n] : edges[n + 1]]
        without_limit: bool = _lay_out(
            pathway, place, start, end, decision_day, decision, treatment, part.ended, postponed, attended,
            part.share_reason, part.span_days, part.span_limit, part.share_days, part.share_limit, person,
            *_reading(reading), frees[n], *out,
        )  # fmt: skip
        return without_limit

    return Narrow(first, any(in_threads(write, range(len(parts)))), *out)


def narrow_from_cohort(cohort: Cohort, reading: Reading, persons: Array | None) -> Narrow:
    """Lay out the instances of a cohort read from a file."""
    pathways = len(cohort.tables.pathways)
    first, frees = _offsets([np.bincount(cohort.pathway.astype(np.int64), minlength=pathways)], pathways)
    out = _empty(int(first[-1]), len(reading.spans) + 1)
    person = np.zeros(len(cohort.pathway), np.uint8) if persons is None else persons
    without_limit = _lay_out(
        cohort.pathway.astype(np.uint8), cohort.place.astype(np.int32), cohort.start.astype(np.int32),
        cohort.end.astype(np.int32), cohort.decision_day.astype(np.int32), cohort.decision.astype(np.uint8),
        cohort.treatment.astype(np.uint8), cohort.ended.astype(np.int16), cohort.postponed, cohort.attended,
        cohort.reason.astype(np.int8), cohort.span_days.astype(np.int16), cohort.span_limit.astype(np.int16),
        cohort.share_days.astype(np.int16), cohort.share_limit.astype(np.int16), person,
        *_reading(reading), frees[0], *out,
    )  # fmt: skip
    return Narrow(first, without_limit, *out)


def _reading(reading: Reading) -> tuple[Any, ...]:
    return (
        reading.month_of, reading.first_day, reading.rank, reading.branch_of, reading.by_kind, reading.spans,
        reading.closing, reading.asking, reading.as_of, reading.wait,
    )  # fmt: skip


def _offsets(counts: Sequence[Array], pathways: int) -> tuple[npt.NDArray[np.int64], list[npt.NDArray[np.int64]]]:
    """Where each pathway begins, and where each part writes its instances of it."""
    table = np.array(counts, np.int64).reshape(-1, pathways)
    first = np.concatenate([[0], np.cumsum(table.sum(axis=0))]).astype(np.int64)
    before = np.cumsum(table, axis=0) - table + first[:-1]
    return first, list(before)


def _empty(count: int, spans: int) -> tuple[Array, ...]:
    bits = np.uint8 if spans <= 8 else np.uint32
    kinds = (
        *[np.int16] * 4, np.uint8, np.uint8, np.int8, np.uint8, None, bits, bits, np.uint16, np.uint8,
    )  # fmt: skip
    return tuple(
        room_for(count * spans, np.uint16).reshape(count, spans) if kind is None else room_for(count, kind)
        for kind in kinds
    )


def closing_decisions(tables: Tables) -> npt.NDArray[np.bool_]:
    """Per pathway and kind: whether nothing is to follow the decision.

    It ends the instance, or the family has no codes of a treatment.
    """
    rules = tables.rules
    closing = np.zeros((len(tables.pathways), len(tables.kinds)), np.bool_)
    decision = 1 << tables.points.index("decision")
    for code in tables.codes.values():
        if rules.kind[code] and rules.end[code] and rules.point[code] == decision:
            closing[code >> tables.order_bits, rules.kind[code]] = True
    if "treatment" in tables.points:
        treatment = 1 << tables.points.index("treatment")
        treats = {code >> tables.order_bits for code in tables.codes.values() if rules.point[code] == treatment}
        closing[[pathway for pathway in range(len(tables.pathways)) if pathway not in treats]] = True
    return closing


def asking_ends(tables: Tables) -> npt.NDArray[np.bool_]:
    """Per pathway and end: whether the code that ends asks for an attendance before it."""
    rules = tables.rules
    asking = np.zeros((len(tables.pathways), len(tables.ends)), np.bool_)
    attendance = 1 << tables.points.index("attendance")
    for code in tables.codes.values():
        if rules.end[code]:
            needs = rules.need_missing[code * NEEDS_PER_CODE : (code + 1) * NEEDS_PER_CODE]
            asking[code >> tables.order_bits, rules.end[code]] = bool(np.any(np.asarray(needs) & attendance))
    return asking
