"""The table of figures as it is built up: numbers first, names last."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pakkeforlop.episodes.link import in_threads
from pakkeforlop.indicators.room import room_for
from pakkeforlop.indicators.units import UnitLevel
from pakkeforlop.vocabulary.compiling import compiled

Array = npt.NDArray[Any]
Texts = str | tuple[Array, Sequence[str]]
"""One text for all cells, or the numbers and the texts they stand for."""

PERIOD_TYPES = {1: "month", 4: "tertial", 12: "year"}
"""Months in a period, and its name. The tertial is four months: January to April, and so on."""

COLUMNS = (
    "indicator", "label", "branch", "kind", "pathway_key", "unit_level", "unit_name", "org_nr", "period_type",
    "period_from", "period_to", "sex", "age_group", "numerator", "denominator", "percent", "median_days", "p90_days",
    "ci_low", "ci_high", "status",
)  # fmt: skip


@dataclass
class Frame:
    """Cells gathered block by block; every block names its indicator once."""

    levels: Sequence[UnitLevel]
    pathway_keys: tuple[str, ...]
    first_month: int
    blocks: list[dict[str, Any]] = field(default_factory=list)

    def add(
        self,
        indicator: str,
        label: str,
        *,
        level: int | Array,
        step: int | Array,
        pathway: Array,
        unit: Array,
        period: Array,
        numerator: Array,
        denominator: Array | None,
        branch: Texts = "all",
        kind: Texts = "",
        median: Array | None = None,
        p90: Array | None = None,
        sex: Texts = "",
        age_group: Texts = "",
        no_limit: Array | None = None,
    ) -> None:
        """Add cells. level, step (months), pathway, unit and period are numbers; the texts are one for all cells, or
        numbers and the texts they stand for; no_limit: the cells where nothing that is counted has a limit.
        """
        if len(pathway) == 0:
            return
        self.blocks.append(
            {
                "indicator": indicator, "label": label, "level": level, "step": step, "pathway": pathway, "unit": unit,
                "period": period, "numerator": numerator, "denominator": denominator, "branch": branch, "kind": kind,
                "median": median, "p90": p90, "sex": sex, "age_group": age_group, "no_limit": no_limit,
            }
        )  # fmt: skip

    def table(self) -> pa.Table:
        """All cells with the documented columns. Percent and interval come from the exact fraction; both are null
        where the denominator is empty or no limit is known, and status says so.

        Every column is written once, in its final width, on all processors.
        """
        sizes = [len(block["pathway"]) for block in self.blocks]
        numbers = in_threads(lambda told: self._numbers(*told, sizes), list(NUMBERS.items()))
        given = dict(zip(NUMBERS, numbers, strict=True))
        columns: dict[str, Any] = {}
        for name in ("indicator", "label"):
            columns[name] = _repeated([block[name] for block in self.blocks], sizes)
        texts = ("branch", "kind", "sex", "age_group")
        columns |= zip(texts, in_threads(lambda name: self._texts(name, sizes), texts), strict=True)
        derived = self._derived(given)
        columns["pathway_key"] = _dictionary(given["pathway"], self.pathway_keys)
        columns["unit_level"] = _dictionary(given["level"], [unit_level.level for unit_level in self.levels])
        columns["unit_name"] = _dictionary(derived.unit, [name for level in self.levels for name in level.names])
        columns["org_nr"] = _dictionary(derived.unit, [number for level in self.levels for number in level.numbers])
        columns["period_type"] = _dictionary(derived.period_type, list(PERIOD_TYPES.values()))
        columns["period_from"], columns["period_to"] = _dates(derived.first_day), _dates(derived.last_day)
        columns["numerator"] = pa.array(given["numerator"])
        columns["denominator"] = _known(given["denominator"], derived.has_denominator, pa.int32())
        for name, values in zip(
            ("percent", "ci_low", "ci_high"), percents(given["numerator"], given["denominator"]), strict=True
        ):
            columns[name] = _known(values, derived.has_percent, pa.float64())
        told = _bits([block["median"] is not None for block in self.blocks], sizes)
        for name in ("median", "p90"):
            columns[f"{name}_days"] = _known(given[name], told, pa.float64())
        columns["status"] = _dictionary(derived.status, STATUSES)
        return pa.table({name: columns[name] for name in COLUMNS})

    def _derived(self, given: dict[str, Array]) -> Derived:
        """What follows from the numbers of a cell: unit, period, status, and what is null."""
        count = len(given["pathway"])
        month = int(given["period"].max(initial=0)) * max(PERIOD_TYPES) + 2 * max(PERIOD_TYPES) + 1
        starts = _month_starts(self.first_month, month)
        offsets = np.cumsum([0, *(len(level.names) for level in self.levels)], dtype=np.int64)
        type_of = np.zeros(max(PERIOD_TYPES) + 1, np.int8)
        type_of[list(PERIOD_TYPES)] = np.arange(len(PERIOD_TYPES))
        widths = (_width(int(offsets[-1])), np.int8, np.int32, np.int32, np.int8)
        bits = [np.zeros((count + 7) // 8, np.uint8) for _ in range(2)]
        out = Derived(*[*(room_for(count, kind) for kind in widths), *bits])
        columns = tuple(given[name] for name in ("level", "unit", "step", "period", "denominator"))

        def fill(low: int) -> None:
            _derive(low, min(low + CHUNK, count), columns, (offsets, type_of, starts), tuple(out))

        in_threads(fill, range(0, count, CHUNK))
        at = 0
        for block in self.blocks:
            if block["no_limit"] is not None:
                cells = at + np.flatnonzero(block["no_limit"])
                out.status[cells] = STATUSES.index("no_limit")
                np.bitwise_and.at(out.has_percent, cells >> 3, ~(1 << (cells & 7)).astype(np.uint8))
            at += len(block["pathway"])
        return out

    def _numbers(self, name: str, kind: Any, sizes: list[int]) -> Array:
        """A column of numbers; a block may give one for all its cells, and none where it has none."""
        out = room_for(sum(sizes), kind)
        at = 0
        for block, size in zip(self.blocks, sizes, strict=True):
            given = block[name]
            out[at : at + size] = MISSING.get(name) if given is None else given
            at += size
        return out

    def _texts(self, name: str, sizes: list[int]) -> pa.Array:
        texts: dict[str, int] = {}
        numbers = []
        for block in self.blocks:
            names = (block[name],) if isinstance(block[name], str) else block[name][1]
            numbers.append(np.array([texts.setdefault(text, len(texts)) for text in names], np.int32))
        out = room_for(sum(sizes), _width(len(texts)))
        at = 0
        for block, size, number in zip(self.blocks, sizes, numbers, strict=True):
            given = block[name]
            part = out[at : at + size]
            if isinstance(given, str):
                part[:] = number[0]
            else:
                _look_up(given[0], number, part)
            at += size
        return _dictionary(out, list(texts))


class Derived(NamedTuple):
    """Columns that follow from others; has_denominator and has_percent: one bit a cell, as Arrow has them."""

    unit: Array
    period_type: Array
    first_day: Array
    last_day: Array
    status: Array
    has_denominator: Array
    has_percent: Array


def _width(names: int) -> type[np.signedinteger[Any]]:
    """The narrowest whole number that tells so many names apart."""
    return np.int8 if names <= 1 << 7 else np.int16 if names <= 1 << 15 else np.int32


def _dictionary(index: Array, names: Sequence[str]) -> pa.Array:
    index = index.astype(_width(len(names)), copy=False)
    return pa.DictionaryArray.from_arrays(pa.array(index), pa.array(list(names), pa.string()), safe=False)


def _repeated(texts: list[str], sizes: list[int]) -> pa.Array:
    names = list(dict.fromkeys(texts))
    numbers = np.array([names.index(text) for text in texts], _width(len(names)))
    return _dictionary(np.repeat(numbers, sizes), names)


def _bits(known: list[bool], sizes: list[int]) -> npt.NDArray[np.uint8]:
    """One bit a cell, from one answer a block."""
    return np.packbits(np.repeat(np.array(known, np.bool_), sizes), bitorder="little")


def _known(values: Array, bits: npt.NDArray[np.uint8], kind: pa.DataType) -> pa.Array:
    """A column that is null where the bit is not set."""
    return pa.Array.from_buffers(kind, len(values), [pa.py_buffer(bits), pa.py_buffer(values)])


def _month_starts(first: int, count: int) -> npt.NDArray[np.int32]:
    """The first days of months, the first of them counted from January 1970."""
    return np.arange(first, first + count).astype("datetime64[M]").astype("datetime64[D]").astype(np.int32)


def _dates(days: npt.NDArray[np.int32]) -> pa.Array:
    return pa.array(days, pa.int32()).view(pa.date32())


CHUNK = 1 << 18
"""Cells that a thread takes at a time; a multiple of 8, so that no two write into one byte of bits."""

NUMBERS: dict[str, Any] = {
    "pathway": np.uint8, "level": np.int8, "unit": np.int16, "step": np.int8, "period": np.int16,
    "numerator": np.int32, "denominator": np.int32, "median": np.float64, "p90": np.float64,
}  # fmt: skip
"""The numbers of a block and their widths."""

STATUSES = ("ok", "empty_denominator", "no_limit")

Z_95 = 1.959963984540054
"""The standard normal deviate of a 95 % interval."""

NO_DENOMINATOR = -1
"""Stands for the denominator of a plain count."""

MISSING: dict[str, float] = {"denominator": NO_DENOMINATOR, "median": np.nan, "p90": np.nan}


@compiled
def _look_up(index, numbers, out):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    for i in range(len(index)):
        out[i] = numbers[index[i]]


@compiled
def _derive(low, high, columns, known, out):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Write what follows from the numbers of cells `low` to `high`, but for the percents."""
    level, unit, step, period, denominator = columns
    offsets, type_of, starts = known
    out_unit, period_type, first_day, last_day, status, has_denominator, has_percent = out
    for i in range(low, high):
        out_unit[i] = unit[i] + offsets[level[i]]
        period_type[i] = type_of[step[i]]
        month = np.int64(period[i]) * step[i]
        first_day[i] = starts[month]
        last_day[i] = starts[month + step[i]] - 1
        n = denominator[i]
        status[i] = n == 0
        if n != NO_DENOMINATOR:
            has_denominator[i >> 3] |= 1 << (i & 7)
        if n > 0:
            has_percent[i >> 3] |= 1 << (i & 7)


@compiled
def _percents(numerator, denominator, percent, ci_low, ci_high):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    z = Z_95
    for i in range(len(numerator)):
        n = denominator[i]
        if n <= 0:
            percent[i] = ci_low[i] = ci_high[i] = np.nan
            continue
        share = numerator[i] / n
        percent[i] = 100.0 * numerator[i] / n
        width = z * math.sqrt(share * (1 - share) / n + z * z / (4.0 * n * n))
        middle = share + z * z / (2.0 * n)
        scale = 1 + z * z / n
        ci_low[i] = 100.0 * max(0.0, (middle - width) / scale)
        ci_high[i] = 100.0 * min(1.0, (middle + width) / scale)


def percents(numerator: Array, denominator: Array) -> tuple[Array, Array, Array]:
    """Percent and its 95 % Wilson interval of each fraction; NaN where the denominator is empty or there is none."""
    count = len(numerator)
    out = (room_for(count, np.float64), room_for(count, np.float64), room_for(count, np.float64))

    def fill(low: int) -> None:
        _percents(*(column[low : low + CHUNK] for column in (numerator, denominator, *out)))

    in_threads(fill, range(0, len(numerator), CHUNK))
    return out
