"""Figures of times: number, number within the limit, median and 90th percentile, by all cuts."""

from __future__ import annotations

from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pakkeforlop.episodes.link import in_threads
from pakkeforlop.indicators import cube
from pakkeforlop.indicators.columns import Narrow
from pakkeforlop.indicators.frame import Frame
from pakkeforlop.indicators.given import RegistrationRows
from pakkeforlop.indicators.ground import STEPS, Ground, age_group_names
from pakkeforlop.indicators.units import HOSPITAL
from pakkeforlop.indicators.values import YEAR, Sink, Values
from pakkeforlop.vocabulary.calendar import NO_DAY

Array = npt.NDArray[Any]
BRANCHES = ("all", "K", "M", "S", "O")
"""Branches of the figures: all, surgery, medical treatment, radiotherapy, surveillance."""

SHARE = "share"


class Told(NamedTuple):
    """Cells of the times, each part of one pathway: by branch, and by sex and age (`branch` is the group then)."""

    plain: list[cube.Cells]
    people: list[cube.Cells]


class Times:
    """The values are gathered part by part (`add`); when all are there the cells are told (`told`) and named."""

    def __init__(self, ground: Ground, values: Sink, delays: Sink) -> None:
        self.ground, self.tables = ground, ground.tables
        self.values, self.delays = values, delays
        self.with_people = self.without_limit = False

    @cached_property
    def spans(self) -> tuple[str, ...]:
        """The spans that are laid out, the share last; a span that the share always is, is not laid out twice."""
        measuring = self.tables.measuring
        shares = set(measuring.share_spans[measuring.share_by_kind.astype(bool)].tolist())
        double = {n for n in range(len(self.tables.spans)) if shares == {1 << n}}
        return (*(name for n, name in enumerate(self.tables.spans) if n not in double), SHARE)

    @cached_property
    def by_branch(self) -> npt.NDArray[np.bool_]:
        """Which laid-out spans are told by branch: those to treatment, and the share."""
        by_kind: Array = np.any(self.tables.measuring.span_by_kind.reshape(self.ground.pathways, -1), axis=0)
        return np.array([name == SHARE or by_kind[self.tables.spans.index(name)] for name in self.spans], np.bool_)

    def add(self, rows: Narrow, *, people: bool) -> None:
        """Take in the instances of one linking. people: sex or age is known of some."""
        self.with_people |= people
        self.without_limit |= rows.without_limit
        self.values.add(
            Values(rows.first, rows.days, rows.within, rows.place, rows.branch, rows.end, rows.person, rows.limited)
        )

    def add_delays(self, given: RegistrationRows) -> None:
        """Take in the days from event to registration of one reading, "no pathway" last of the pathways."""
        ground = self.ground
        days = given.registered.astype(np.int64) - given.day
        kept = np.flatnonzero((given.registered != NO_DAY) & (given.day != NO_DAY) & (days >= 0))
        if not len(kept):
            return
        pathway = np.where(given.pathway[kept] < 0, ground.pathways, given.pathway[kept])
        order = kept[np.argsort(pathway, kind="stable")]
        first = np.concatenate([[0], np.cumsum(np.bincount(pathway, minlength=ground.pathways + 1))]).astype(np.int64)
        value = np.minimum(days[order], cube.NO_VALUE - 1).astype(np.uint16).reshape(-1, 1)
        within = (value[:, 0] <= ground.settings.registered_within_days).astype(np.uint8)
        place = ground.tree.rank(given.places)[given.place[order]].astype(np.int16)
        none, limited = np.zeros(len(order), np.uint8), np.ones(len(order), np.uint8)
        self.delays.add(Values(first, value, within, place, none, ground.month(given.day[order]), none, limited))

    def told(self) -> Told:
        """The cells of OF1 to OF4 and the share, by branch; where they are known, by sex and age too."""
        groups = [[0, 1, 2, 3, 4], *([n] for n in range(1, len(BRANCHES)))]
        asked = np.ones((4, len(STEPS)), np.bool_)
        asked[HOSPITAL, 0] = False
        plain: list[cube.Cells] = []
        people: list[cube.Cells] = []
        for first, months, values in self.values.years(self.ground.months):
            question = self.question(groups, months, self.by_branch, STEPS, asked)
            asked_of = values, values.branch, values.month, question
            plain += _from_month(first, self.ask(*asked_of, without_limit=self.without_limit))
            if self.with_people:
                people += _from_month(first, self._people(values, months))
        return Told(plain, people)

    def told_delays(self) -> list[cube.Cells]:
        """The cells of days from event to registration, and how many were registered within the settings' days."""
        asked = np.ones((4, len(STEPS)), np.bool_)
        asked[HOSPITAL] = False
        parts: list[cube.Cells] = []
        for first, months, values in self.delays.years(self.ground.months):
            question = self.question([[0]], months, np.ones(1, np.bool_), STEPS, asked)
            asked_of = values, values.branch, values.month, question
            parts += _from_month(first, self.ask(*asked_of, without_limit=False))
        return parts

    def name(self, frame: Frame, told: Told) -> None:
        """Put the cells of the times into the table."""
        self._name(frame, told.plain, BRANCHES, None)
        if told.people:
            self._name(frame, told.people, "all", self.groups_of_people)

    def name_delays(self, frame: Frame, parts: list[cube.Cells]) -> None:
        """Put the cells of days from event to registration into the table."""
        for part in parts:
            self._add(frame, "registration_delay_days", part)

    def question(
        self, groups: list[list[int]], months: int, by_branch: Array, steps: tuple[int, ...], asked: Array
    ) -> cube.Question:
        """What to ask of the cube."""
        return cube.Question(
            branches=max(max(group) for group in groups) + 1,
            months=months,
            places=self.ground.places,
            by_branch=by_branch,
            group_of=np.array([b for group in groups for b in group], np.int64),
            group_first=np.cumsum([0, *map(len, groups)]),
            steps=np.array(steps, np.int64),
            asked=asked,
            ranges=self.ground.tree.ranges,
        )

    def ask(
        self, values: Values, branch: Array, month: Array, question: cube.Question, *, without_limit: bool
    ) -> list[cube.Cells]:
        """The cells of every pathway, of "no pathway" where it has values, and of the aggregate; on all processors.

        without_limit: some of the values have no limit, so that those that have one are counted too.
        """
        count = self.ground.pathways
        edges = np.column_stack([values.first[:-1], values.first[1:]])
        jobs = [(count, edges[:count][self.ground.together]), *((p, edges[p : p + 1]) for p in range(count))]
        jobs += [(p + 1, edges[p : p + 1]) for p in range(count, len(edges))]

        def job(which: tuple[int, Array]) -> cube.Cells:
            pathway, rows = which
            cells = cube.cells_of(pathway, rows, values.days, values.within, values.place, branch, month, question)
            if not without_limit:
                return cells
            told = cube.cells_of(pathway, rows, values.days, values.limited, values.place, branch, month, question)
            return cells._replace(limited=told.within)

        return in_threads(job, [job for job in jobs if len(job[1])])

    def _people(self, values: Values, months: int) -> list[cube.Cells]:
        """By sex, by age group and by both, per year, for country, regions and trusts, all branches."""
        width = len(self.ground.settings.age_groups) + 2
        groups = [
            [s * width + a for s in ([sex] if sex else range(3)) for a in ([age] if age else range(width))]
            for sex, age in self.groups_of_people
        ]
        # the cube breaks spans that are not told by branch off after group 0, so all are told here
        asked = np.array([[True]] * 3 + [[False]], np.bool_)
        year = np.where(values.month < 0, -1, values.month // YEAR).astype(np.int16)
        question = self.question(groups, months // YEAR, np.ones_like(self.by_branch), (1,), asked)
        told = self.ask(values, values.person, year, question, without_limit=self.without_limit)
        return [cells._replace(step=np.full(len(cells.step), YEAR, np.int16)) for cells in told]

    @property
    def groups_of_people(self) -> list[tuple[int, int]]:
        """Sex (0 both) and age group (0 all ages) of each group that is told."""
        width = len(self.ground.settings.age_groups) + 2
        return [(sex, age) for sex in range(3) for age in range(width) if sex or age]

    def _name(
        self, frame: Frame, parts: list[cube.Cells], branches: str | tuple[str, ...],
        people: list[tuple[int, int]] | None,
    ) -> None:  # fmt: skip
        """Name the cells by the catalogue's indicators over a time; a span that the share always is, is told by the
        share's times. Each part holds the cells of one pathway.
        """
        indicators = self.ground.catalogue.indicators
        over = {k: i.span for k, i in indicators.items() if i.measure in {"time", "share_of_time"}}
        share_is_span = np.append(self.tables.measuring.share_by_kind.astype(np.bool_), np.True_)
        ages = ("", *age_group_names(self.ground.settings.age_groups))
        for s, span in enumerate(self.spans):
            names = [(key, parts) for key, told in over.items() if told == span]
            if span == SHARE:
                kept = [part for part in parts if len(part.n) and share_is_span[part.pathway[0]]]
                names += [(key, kept) for key, told in over.items() if told != SHARE and told not in self.spans]
            for key, told_of in names:
                for part in told_of:
                    cells = cube.of_span(part, s)
                    more: dict[str, Any] = {"branch": branches}
                    if isinstance(branches, tuple):
                        more["branch"] = (cells.branch, branches)
                    if people is not None:
                        sex, age = (np.array(column, np.uint8)[cells.branch] for column in zip(*people, strict=True))
                        more |= {"sex": (sex, ("", "1", "2")), "age_group": (age, ages)}
                    self._add(frame, key, cells, **more)

    def _add(self, frame: Frame, key: str, cells: cube.Cells, **more: Any) -> None:
        """Put cells into the table under an indicator."""
        no_limit = cells.limited == 0
        frame.add(
            key, self.ground.label(key), level=cells.level, step=cells.step, pathway=cells.pathway, unit=cells.unit,
            period=cells.period, numerator=cells.within, denominator=cells.n, median=cells.median, p90=cells.p90,
            no_limit=no_limit if no_limit.any() else None, **more,
        )  # fmt: skip


def _from_month(first: int, parts: list[cube.Cells]) -> list[cube.Cells]:
    """Cells whose periods were counted from month `first`, counted from the first of all."""
    return [part._replace(period=part.period + np.int16(first) // part.step) for part in parts] if first else parts
