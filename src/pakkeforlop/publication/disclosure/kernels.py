"""The search's arithmetic over a few figures at a time, compiled: what a step may do there, and what it costs.

A move touches some tens of figures and the search makes tens of thousands of moves, so what is done for each is written
out figure by figure here. What it means is told in `moves` (levels, what may come or go) and `search` (prices).
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

PART, HIDDEN, UNPUBLISHED = 1, 2, 3
"""`block.State`, as whole numbers."""
NONE, SECONDARY, EARLIER, WITHHELD = 0, 2, 3, 4
"""`block.Reason`."""
STRICT, GONE = 0, 2
"""`moves.STRICT` and `moves.GONE`."""
NEVER = np.float32(1e9)
"""`moves.NOWHERE`."""


def _judge(
    passes: Any, strict: Any, needs: Any, places: Any, may: Any, steps: Any, share: Any, numerators: Any,
    denominators: Any, states: Any, reasons: Any, past_states: Any, past_reasons: Any, tables: int, level: int,
    nested: bool, whole: bool, fewer_than: int, denominator_below: int,
) -> None:  # fmt: skip
    """Where a step leaves figures that can be, at its level and strictly, and how hidden they must be: [up or down].

    steps: by member, what it changes in numerator and denominator. tables: so many move as one, the new one first.
    """
    members = steps.shape[0]
    for row in range(2):
        sign = 1 - 2 * row
        for place in places:
            free, bound = may[place], may[place]
            for table in range(tables):
                whole_after, part_after = 0, 0
                for member in range(members):
                    above, below = steps[member, 0], steps[member, 1]
                    n0, d0 = numerators[table, member, place], denominators[table, member, place]
                    n, d = n0 + sign * above, d0 + sign * below
                    if member == 0:
                        whole_after = d
                    else:
                        part_after = d
                    still = above == 0 and below == 0
                    need = 0 if still else HIDDEN if below != 0 else PART
                    odd = n0 < 0 or d0 < n0
                    if table == 0:
                        goes = level >= GONE and not still and (d0 == 0) != (d == 0) and not odd
                        needs[row, member, place] = UNPUBLISHED if goes else need
                    if still:
                        continue
                    state = states[member, place] if table == 0 else past_states[table - 1, member, place]
                    reason = reasons[member, place] if table == 0 else past_reasons[table - 1, member, place]
                    seen = state != UNPUBLISHED
                    stays = d0 > 0 and d > 0
                    if share[member]:
                        few0 = (1 <= d0 < denominator_below) or (1 <= n0 < fewer_than) or (1 <= d0 - n0 < fewer_than)
                        few = (1 <= d < denominator_below) or (1 <= n < fewer_than) or (1 <= d - n < fewer_than)
                    else:
                        few0, few = 1 <= d0 < fewer_than, 1 <= d < fewer_than
                    fits = n >= 0 and d >= n
                    told = not seen or reason == WITHHELD or few0 == few
                    there = stays or (whole and not seen)
                    ok_bound = (fits and there and told) or odd
                    if table > 0:
                        ok_free = ok_bound
                    elif level < GONE:
                        ok_free = (fits and there and (told or level != STRICT)) or odd
                    elif level == GONE and not whole:
                        ok_free = (fits and (stays or seen)) or odd
                    else:
                        ok_free = fits or odd
                    if table > 0 and seen and state < need:
                        ok_bound, ok_free = False, False
                    free, bound = free and ok_free, bound and ok_bound
                if nested and members == 2 and part_after > whole_after:
                    free, bound = False, False
            strict[row, place] = bound
            passes[row, place] = free


def _reprice(
    out: Any, places: Any, weight: Any, states: Any, needs: Any, passes: Any, strict: Any, worth: Any
) -> None:
    """Bring the prices of some figures up to date: what hiding costs beyond how hidden they are already."""
    for row in range(2):
        for place in places:
            if not passes[row, place]:
                out[row, place] = NEVER
                continue
            price = np.float32(0.0)
            for member in range(states.shape[0]):
                need, have = needs[row, member, place], states[member, place]
                if have < need:
                    price += weight[place] * (worth[need] - worth[have])
            if not strict[row, place]:
                price += np.float32(3.0) * weight[place]
            out[row, place] = price


def _restate(
    places: Any, states: Any, reasons: Any, first_states: Any, first_reasons: Any, layers: Any, withheld: Any
) -> None:
    """States and reasons of some figures from the start, by how many moves need them to be how hidden (`layers`)."""
    for place in places:
        for member in range(states.shape[0]):
            state = first_states[member, place]
            for level in (PART, HIDDEN, UNPUBLISHED):
                if layers[member, level, place] > 0 and state < level:
                    state = level
            states[member, place] = state
            reason = first_reasons[member, place]
            if reason == NONE and PART <= state <= HIDDEN:
                reason = EARLIER if reasons[member, place] == EARLIER else SECONDARY
            if reason != NONE and withheld[member, place]:
                reason = WITHHELD
            reasons[member, place] = WITHHELD if layers[member, UNPUBLISHED, place] > 0 else reason


@cache
def kernels() -> tuple[Any, Any, Any]:
    """(judge, reprice, restate), compiled when they are first asked for."""
    from pakkeforlop.vocabulary.compiling import compiled

    return compiled(_judge), compiled(_reprice), compiled(_restate)
