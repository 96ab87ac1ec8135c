"""The table of figures as it is built up: numbers first, names last."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

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
    ) -> None:
        """Add cells. level, step (months), pathway, unit and period are numbers; the texts are one for all cells, or
        numbers and the texts they stand for.
        """
        if len(pathway) == 0:
            return
        self.blocks.append(
            {
                "indicator": indicator, "label": label, "level": level, "step": step, "pathway": pathway, "unit": unit,
                "period": period, "numerator": numerator, "denominator": denominator, "branch": branch, "kind": kind,
                "median": median, "p90": p90, "sex": sex, "age_group": age_group,
            }
        )  # fmt: skip

    def table(self) -> pa.Table:
        """All cells with the documented columns. Percent and interval come from the exact fraction; both are null
        where the denominator is empty, and status says so.
        """
        sizes = [len(block["pathway"]) for block in self.blocks]
        columns: dict[str, Any] = {}
        for name in ("indicator", "label"):
            columns[name] = _repeated([block[name] for block in self.blocks], sizes)
        for name in ("branch", "kind", "sex", "age_group"):
            columns[name] = self._texts(name, sizes)
        columns["pathway_key"] = _dictionary(self._numbers("pathway", np.int32, sizes), self.pathway_keys)
        level, step = self._numbers("level", np.int32, sizes), self._numbers("step", np.int16, sizes)
        columns["unit_level"] = _dictionary(level, [unit_level.level for unit_level in self.levels])
        offsets = np.cumsum([0, *(len(level.names) for level in self.levels)], dtype=np.int32)
        unit = self._numbers("unit", np.int32, sizes)
        unit += offsets[level]
        columns["unit_name"] = _dictionary(unit, [name for level in self.levels for name in level.names])
        columns["org_nr"] = _dictionary(unit, [number for level in self.levels for number in level.numbers])
        place_of = np.zeros(max(PERIOD_TYPES) + 1, np.int32)
        place_of[list(PERIOD_TYPES)] = np.arange(len(PERIOD_TYPES))
        columns["period_type"] = _dictionary(place_of[step], list(PERIOD_TYPES.values()))
        month = self._numbers("period", np.int16, sizes)
        month *= step
        most = int(month.max(initial=0)) + max(PERIOD_TYPES) + 1
        starts = _month_starts(self.first_month, most)
        columns["period_from"] = _dates(starts[month])
        month += step
        columns["period_to"] = _dates((starts - 1)[month])
        numerator = self._numbers("numerator", np.int32, sizes)
        denominator = self._numbers("denominator", np.int32, sizes)
        columns["numerator"] = pa.array(numerator)
        columns["denominator"] = pa.array(denominator, mask=denominator == NO_DENOMINATOR)
        for name, values in zip(("percent", "ci_low", "ci_high"), percents(numerator, denominator), strict=True):
            columns[name] = pa.array(values, from_pandas=True)
        for name in ("median", "p90"):
            columns[f"{name}_days"] = pa.array(self._numbers(name, np.float64, sizes), from_pandas=True)
        columns["status"] = _dictionary((denominator == 0).astype(np.int32), ("ok", "empty_denominator"))
        return pa.table({name: columns[name] for name in COLUMNS})

    def _numbers(self, name: str, kind: Any, sizes: list[int]) -> Array:
        """A column of numbers; a block may give one for all its cells, and none where it has none."""
        out = np.empty(sum(sizes), kind)
        at = 0
        for block, size in zip(self.blocks, sizes, strict=True):
            given = block[name]
            out[at : at + size] = MISSING.get(name) if given is None else given
            at += size
        return out

    def _texts(self, name: str, sizes: list[int]) -> pa.Array:
        texts: dict[str, int] = {}
        parts = []
        for block, size in zip(self.blocks, sizes, strict=True):
            given = block[name]
            if isinstance(given, str):
                parts.append(np.full(size, texts.setdefault(given, len(texts)), np.int32))
            else:
                index, names = given
                numbers = np.array([texts.setdefault(text, len(texts)) for text in names], np.int32)
                parts.append(numbers[index])
        return _dictionary(np.concatenate(parts or [np.empty(0, np.int32)]), list(texts))


def _dictionary(index: Array, names: Sequence[str]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(
        pa.array(index.astype(np.int32, copy=False)), pa.array(list(names), pa.string())
    )


def _repeated(texts: list[str], sizes: list[int]) -> pa.Array:
    names = list(dict.fromkeys(texts))
    numbers = np.array([names.index(text) for text in texts], np.int32)
    return _dictionary(np.repeat(numbers, sizes) if texts else np.empty(0, np.int32), names)


def _month_starts(first: int, count: int) -> npt.NDArray[np.int32]:
    """The first days of months, the first of them counted from January 1970."""
    return np.arange(first, first + count).astype("datetime64[M]").astype("datetime64[D]").astype(np.int32)


def _dates(days: npt.NDArray[np.int32]) -> pa.Array:
    return pa.array(days, pa.int32()).cast(pa.date32())


Z_95 = 1.959963984540054
"""The standard normal deviate of a 95 % interval."""

NO_DENOMINATOR = -1
"""Stands for the denominator of a plain count."""

MISSING: dict[str, float] = {"denominator": NO_DENOMINATOR, "median": np.nan, "p90": np.nan}


@compiled
def percents(numerator, denominator):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """Percent and its 95 % Wilson interval of each fraction; NaN where the denominator is empty or there is none."""
    count = len(numerator)
    percent, low, high = np.empty(count), np.empty(count), np.empty(count)
    z = Z_95
    for i in range(count):
        n = denominator[i]
        if n <= 0:
            percent[i] = low[i] = high[i] = np.nan
            continue
        share = numerator[i] / n
        percent[i] = 100.0 * numerator[i] / n
        width = z * math.sqrt(share * (1 - share) / n + z * z / (4.0 * n * n))
        middle = share + z * z / (2.0 * n)
        scale = 1 + z * z / n
        low[i] = 100.0 * max(0.0, (middle - width) / scale)
        high[i] = 100.0 * min(1.0, (middle + width) / scale)
    return percent, low, high
