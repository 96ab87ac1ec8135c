"""Working memory that is used again: freshly taken memory costs more than the work in it."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Array = npt.NDArray[Any]


def room_for(count: int, kind: Any) -> Array:
    """An array in Arrow's memory, where what was read before has left some that need not be made anew."""
    return np.frombuffer(pa.allocate_buffer(count * np.dtype(kind).itemsize), kind, count)


def kept(values: Array) -> Array:
    """A copy in Arrow's memory, of what stands in room that will be used again."""
    out = room_for(len(values), values.dtype)
    out[:] = values
    return out


class Room(threading.local):
    """Arrays that a thread uses again and again."""

    def __init__(self) -> None:
        self._arrays: dict[str, Array] = {}

    def array(self, name: str, size: int, kind: Any) -> Array:
        """An array of at least so many numbers, with what was left in it."""
        known = self._arrays.get(name)
        if known is None or len(known) < size:
            known = self._arrays[name] = np.empty(size, kind)
        return known[:size]

    def zeros(self, name: str, size: int) -> Array:
        """Numbers that were all zero, and that whoever uses them leaves all zero."""
        known = self._arrays.get(name)
        if known is None or len(known) < size:
            known = self._arrays[name] = np.zeros(size, np.int32)
        return known[:size]


ROOM = Room()
