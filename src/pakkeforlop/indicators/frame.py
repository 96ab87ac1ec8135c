"""The table of figures as it is built up: numbers first, names last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pakkeforlop.indicators.cube import wilson
from pakkeforlop.indicators.units import UnitLevel

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
        total = sum(sizes)
        columns: dict[str, Any] = {}
        for name in ("indicator", "label"):
            columns[name] = _repeated([block[name] for block in self.blocks], sizes)
        for name in ("branch", "kind"):
            columns[name] = self._texts(name, sizes)
        columns["pathway_key"] = _dictionary(self._numbers("pathway", np.int32), self.pathway_keys)
        level = self._spread("level", sizes)
        step = self._spread("step", sizes)
        columns["unit_level"] = _dictionary(level, [unit_level.level for unit_level in self.levels])
        offsets = np.cumsum([0, *(len(level.names) for level in self.levels)])
        unit = self._numbers("unit", np.int32) + offsets[level].astype(np.int32)
        columns["unit_name"] = _dictionary(unit, [name for level in self.levels for name in level.names])
        columns["org_nr"] = _dictionary(unit, [number for level in self.levels for number in level.numbers])
        lengths = list(PERIOD_TYPES)
        columns["period_type"] = _dictionary(np.searchsorted(lengths, step), list(PERIOD_TYPES.values()))
        first = self._numbers("period", np.int64) * step + self.first_month
        last = first + step
        columns["period_from"] = _month_start(first)
        columns["period_to"] = _month_start(last, before=True)
        for name in ("sex", "age_group"):
            columns[name] = self._texts(name, sizes)
        numerator = self._numbers("numerator", np.int64)
        has_n = (
            np.repeat([block["denominator"] is not None for block in self.blocks], sizes)
            if total
            else np.empty(0, bool)
        )
        denominator = np.concatenate(
            [
                np.zeros(size, np.int64) if block["denominator"] is None else np.asarray(block["denominator"], np.int64)
                for block, size in zip(self.blocks, sizes, strict=True)
            ]
            or [np.empty(0, np.int64)]
        )
        counted = has_n & (denominator > 0)
        with np.errstate(divide="ignore", invalid="ignore"):
            percent = 100.0 * numerator / denominator
            low, high = wilson(numerator, denominator)
        columns["numerator"] = pa.array(numerator)
        columns["denominator"] = pa.array(denominator, mask=~has_n)
        columns["percent"] = pa.array(percent, mask=~counted)
        for name in ("median", "p90"):
            values = np.concatenate(
                [
                    np.full(size, np.nan) if block[name] is None else np.asarray(block[name], np.float64)
                    for block, size in zip(self.blocks, sizes, strict=True)
                ]
                or [np.empty(0)]
            )
            columns[f"{name}_days"] = pa.array(values, mask=np.isnan(values))
        columns["ci_low"] = pa.array(100.0 * low, mask=~counted)
        columns["ci_high"] = pa.array(100.0 * high, mask=~counted)
        empty = (has_n & (denominator == 0)).astype(np.int32)
        columns["status"] = _dictionary(empty, ("ok", "empty_denominator"))
        return pa.table({name: columns[name] for name in COLUMNS})

    def _spread(self, name: str, sizes: list[int]) -> Array:
        """A column that a block gives once for all its cells, or per cell."""
        parts = [
            np.broadcast_to(np.asarray(b[name], np.int64), size) for b, size in zip(self.blocks, sizes, strict=True)
        ]
        return np.concatenate(parts or [np.empty(0, np.int64)])

    def _numbers(self, name: str, kind: Any) -> Array:
        return np.concatenate([np.asarray(block[name], kind) for block in self.blocks] or [np.empty(0, kind)])

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
    return pa.DictionaryArray.from_arrays(pa.array(index.astype(np.int32)), pa.array(list(names), pa.string()))


def _repeated(texts: list[str], sizes: list[int]) -> pa.Array:
    names = list(dict.fromkeys(texts))
    numbers = np.array([names.index(text) for text in texts], np.int32)
    return _dictionary(np.repeat(numbers, sizes) if texts else np.empty(0, np.int32), names)


def _month_start(months: Array, *, before: bool = False) -> pa.Array:
    """The first day of a month counted from January 1970, or the day before it."""
    days = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64) - int(before)
    return pa.array(days.astype(np.int32), pa.int32()).cast(pa.date32())
