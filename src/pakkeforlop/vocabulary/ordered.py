"""Whole numbers in order: which are distinct, where others stand among them, and which of some are there.

A few numbers are looked up among many by going from one to the next: each search begins where the last one ended, in
steps that double, and so reads what lies between and not the whole.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pakkeforlop.vocabulary.compiling import compiled

Array = npt.NDArray[Any]


def distinct(numbers: Array) -> Array:
    """The numbers in order, each once."""
    ordered = np.sort(numbers)
    return ordered[firsts(ordered)]


def firsts(ordered: Array) -> npt.NDArray[np.bool_]:
    """Which of some numbers in order are others than the one before."""
    first = np.ones(len(ordered), np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    return first


@compiled
def _places(ordered, wanted, out):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Where each of some numbers in order stands or would stand among others in order."""
    low, size = 0, len(ordered)
    for i in range(len(wanted)):
        key, step = wanted[i], 1
        while low + step <= size and ordered[low + step - 1] < key:
            low += step
            step *= 2
        high = min(low + step - 1, size)
        while low < high:
            middle = (low + high) // 2
            if ordered[middle] < key:
                low = middle + 1
            else:
                high = middle
        out[i] = low


def places(ordered: Array, wanted: Array) -> npt.NDArray[np.int64]:
    """Where each of some numbers stands or would stand (as `np.searchsorted`); both in order and of the same type."""
    out = np.empty(len(wanted), np.int64)
    _places(ordered, wanted, out)
    return out


def found(ordered: Array, wanted: Array) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Where each of some numbers stands or would stand (`places`), and whether it is there."""
    at = places(ordered, wanted)
    if not len(ordered):
        return at, np.zeros(len(wanted), np.bool_)
    return at, ordered[np.minimum(at, len(ordered) - 1)] == wanted


class Ordered:
    """Many numbers in order that do not change, and that others are looked up among again and again.

    Every `STRIDE`th of them stands apart as well, so few that they stay near the processor: a look-up goes through
    those, and then reads one short piece of the rest.
    """

    def __init__(self, numbers: Array) -> None:
        self.numbers, self._tops = numbers, numbers[::STRIDE].copy()

    def found(self, wanted: Array) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
        """Where each of some numbers in order stands or would stand, and whether it is there."""
        at, here = np.empty(len(wanted), np.int64), np.empty(len(wanted), np.bool_)
        _in_pieces(self.numbers, places(self._tops, wanted), wanted, at, here)
        return at, here


STRIDE = 64
"""Numbers in a piece."""


@compiled
def _in_pieces(ordered, top_at, wanted, at, here):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Look in the piece before each one's place among the tops."""
    for i in range(len(wanted)):
        low, high = max(0, (top_at[i] - 1) * STRIDE), min(top_at[i] * STRIDE, len(ordered))
        while low < high:
            middle = (low + high) // 2
            if ordered[middle] < wanted[i]:
                low = middle + 1
            else:
                high = middle
        at[i] = low
        here[i] = low < len(ordered) and ordered[low] == wanted[i]


@compiled
def _among(numbers, ordered, out):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Whether each number is one of some in order."""
    for i in range(len(numbers)):
        low, high = 0, len(ordered)
        while low < high:
            middle = (low + high) // 2
            if ordered[middle] < numbers[i]:
                low = middle + 1
            else:
                high = middle
        out[i] = low < len(ordered) and ordered[low] == numbers[i]


def among(numbers: Array, ordered: Array) -> npt.NDArray[np.bool_]:
    """Which of some numbers, in any order, are among a few that are in order; both of the same type."""
    out = np.empty(len(numbers), np.bool_)
    _among(numbers, ordered, out)
    return out
