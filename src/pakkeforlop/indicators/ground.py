"""What every figure stands on: the units, the months, the pathways and their names."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from pakkeforlop.catalogue.model import Catalogue, Settings
from pakkeforlop.episodes.places import Organisations, Places
from pakkeforlop.episodes.tables import Tables
from pakkeforlop.indicators.columns import asking_ends, closing_decisions
from pakkeforlop.indicators.frame import Frame
from pakkeforlop.indicators.tally import Shape
from pakkeforlop.indicators.units import HOSPITAL, NATIONAL, REGION, TRUST, UnitTree, unit_tree

Array = npt.NDArray[Any]
STEPS = (1, 4, 12)
"""Months in a month, a tertial and a year."""

ALL_ORGAN_SPECIFIC = "all_organ_specific"
LEVELS = (NATIONAL, REGION, TRUST, HOSPITAL)


class Ground:
    """Units, months and pathways of one computation."""

    def __init__(
        self, tables: Tables, as_of: int, sets: Sequence[Places], catalogue: Catalogue, organisations: Organisations,
        settings: Settings,
    ) -> None:  # fmt: skip
        self.tables, self.as_of = tables, as_of
        self.catalogue, self.organisations, self.settings = catalogue, organisations, settings
        self.tree: UnitTree = unit_tree(sets, catalogue, organisations)
        self.pathways = len(tables.pathways)
        self.together = np.array([family == "organ_specific" for family in tables.families], np.bool_)
        self.first_month = int(np.datetime64(settings.first_day, "Y").astype(int)) * 12
        self.months = self._months_to(as_of)
        self._labels = {key: indicator.label for key, indicator in catalogue.indicators.items()}

    def frame(self) -> Frame:
        """An empty table of figures."""
        return Frame(self.tree.levels, (*self.tables.pathway_keys, ALL_ORGAN_SPECIFIC, ""), self.first_month)

    def on(self, as_of: int) -> Ground:
        """The same units and pathways, as of another day."""
        other = copy(self)
        other.__dict__.pop("month_of", None)
        other.as_of, other.months = as_of, self._months_to(as_of)
        return other

    def _months_to(self, as_of: int) -> int:
        """Whole years from the first month on."""
        last = int(np.datetime64(as_of, "D").astype("datetime64[Y]").astype(int))
        return (last + 1) * 12 - self.first_month

    def label(self, key: str) -> str:
        """The short name that publications give an indicator."""
        return self._labels.get(key, "")

    @property
    def places(self) -> int:
        """How many places there are; at least one, so that no table is without room."""
        return max(1, len(self.tree.places.numbers))

    @cached_property
    def units(self) -> npt.NDArray[np.int64]:
        """The unit of each rank of places, a row per level; -1 where there is none."""
        return np.array(self.tree.unit_of_rank, np.int64)

    @cached_property
    def closing(self) -> npt.NDArray[np.bool_]:
        """Per pathway and kind: whether nothing is to follow the decision."""
        return closing_decisions(self.tables)

    @cached_property
    def asking(self) -> npt.NDArray[np.bool_]:
        """Per pathway and end: whether the code that ends asks for an attendance before it."""
        return asking_ends(self.tables)

    @cached_property
    def trust_of(self) -> npt.NDArray[np.int64]:
        """The trust of each rank of places."""
        return self.tree.unit_of_rank[TRUST]

    @property
    def shape(self) -> Shape:
        """How large a tally is."""
        return Shape(self.pathways, self.places, max(1, len(self.tree.levels[TRUST].names)), self.months)

    @cached_property
    def month_of(self) -> npt.NDArray[np.int16]:
        """The month, counted from the first, of each day from the first month's first day to the as-of day."""
        days = np.arange(self.first_day, self.as_of + 1).astype("datetime64[D]").astype("datetime64[M]")
        return (days.astype(np.int64) - self.first_month).astype(np.int16)

    @cached_property
    def first_day(self) -> int:
        """The first day of the first month."""
        return int(np.datetime64(self.first_month, "M").astype("datetime64[D]").astype(int))

    def month(self, days: Array) -> npt.NDArray[np.int16]:
        """The month of each day; -1 where the day is missing, before the first or after the as-of day."""
        outside = (days < self.first_day) | (days > self.as_of)
        return np.where(outside, -1, self.month_of[np.where(outside, 0, days - self.first_day)]).astype(np.int16)

    def pathway(self, number: Array) -> Array:
        """Pathway numbers for a tally, in which "no pathway" (-1) stands last."""
        return np.where(number < 0, self.shape.no_pathway, number)


def age_group_names(edges: Sequence[int]) -> tuple[str, ...]:
    """Names of the age groups: below the first edge, between edges, from the last on."""
    return (f"0-{edges[0] - 1}", *(f"{low}-{high - 1}" for low, high in pairwise(edges)), f"{edges[-1]}+")


def band_names(edges: Sequence[int]) -> tuple[str, ...]:
    """Names of the bands of days that pathways have been open."""
    return (f"0-{edges[0]}", *(f"{low + 1}-{high}" for low, high in pairwise(edges)), f"over_{edges[-1]}")
