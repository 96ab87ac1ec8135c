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
def _places(ordered, wanted, after, out):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Where each of some numbers in order stands or would stand among others in order."""
    low, size = 0, len(ordered)
    for i in range(len(wanted)):
        key, step = wanted[i], 1
        while low + step <= size and (ordered[low + step - 1] < key or (after and ordered[low + step - 1] == key)):
            low += step
            step *= 2
        high = min(low + step - 1, size)
        while low < high:
            middle = (low + high) // 2
            if ordered[middle] < key or (after and ordered[middle] == key):
                low = middle + 1
            else:
                high = middle
        out[i] = low


def places(ordered: Array, wanted: Array, *, after: bool = False) -> npt.NDArray[np.int64]:
    """Where each of some numbers stands or would stand: before its likes, or after them (as `np.searchsorted`).

    Both are in order, and of the same type.
    """
    out = np.empty(len(wanted), np.int64)
    _places(ordered, wanted, after, out)
    return out


def found(ordered: Array, wanted: Array) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Where each of some numbers stands or would stand (`places`), and whether it is there."""
    at = places(ordered, wanted)
    if not len(ordered):
        return at, np.zeros(len(wanted), np.bool_)
    return at, ordered[np.minimum(at, len(ordered) - 1)] == wanted


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
