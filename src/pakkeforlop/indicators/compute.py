"""All figures of a set of instances: the indicators of the catalogue, by pathway, branch, unit and period.

Populations and periods follow decisions 8 to 12 (docs/decisions). What is written is internal and complete;
nothing is suppressed here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pakkeforlop.catalogue.model import Catalogue, Settings
from pakkeforlop.episodes.link import Linked, in_threads
from pakkeforlop.episodes.places import Organisations, Places, places_of
from pakkeforlop.episodes.result import Instances, ages_on
from pakkeforlop.indicators import columns as narrow
from pakkeforlop.indicators import cube
from pakkeforlop.indicators.cohort import Cohort
from pakkeforlop.indicators.columns import (
    Narrow,
    Reading,
    asking_ends,
    closing_decisions,
    narrow_from_cohort,
    narrow_from_linked,
)
from pakkeforlop.indicators.frame import Frame
from pakkeforlop.indicators.inclusion import Starts, new_cancers
from pakkeforlop.indicators.tally import Rolled, Tally, tally_registrations
from pakkeforlop.indicators.units import HOSPITAL, NATIONAL, REGION, TRUST, UnitTree, unit_tree
from pakkeforlop.vocabulary.calendar import NO_DAY

Array = npt.NDArray[Any]
BRANCHES = ("all", "K", "M", "S", "O")
"""Branches of the figures: all, surgery, medical treatment, radiotherapy, surveillance."""

STEPS = (1, 4, 12)
"""Months in a month, a tertial and a year."""

ALL_ORGAN_SPECIFIC = "all_organ_specific"
SHARE = "share"


@dataclass(frozen=True)
class NewCancerRows:
    """The new-cancers file, with the patient number and birth day (NO_DAY if unknown) of each row."""

    table: pa.Table
    patient: Array
    birth_day: Array | None


@dataclass(frozen=True)
class MessageRows:
    """Messages on registrations, one entry each: number, pathway number (-1 none), place, day (NO_DAY if missing)."""

    number: Array
    pathway: Array
    place: Array
    day: Array
    places: Places


@dataclass(frozen=True)
class RegistrationRows:
    """Registrations, one entry each: pathway number (-1 none), place, day (NO_DAY if missing), and the day it was
    registered (NO_DAY: not told).
    """

    pathway: Array
    place: Array
    day: Array
    registered: Array
    places: Places


@dataclass(frozen=True)
class Material:
    """What figures are made from besides the instances."""

    new_cancers: NewCancerRows | None = None
    messages: MessageRows | None = None
    registrations: RegistrationRows | None = None
    apart: RegistrationRows | None = None
    """Registrations that could not be linked: they stand in the denominator of the messages."""


def compute(
    source: Linked | Cohort,
    catalogue: Catalogue,
    organisations: Organisations,
    settings: Settings,
    material: Material | None = None,
) -> pa.Table:
    """All figures, with the columns of indicators.csv (docs/reference).

    source: instances just linked, or read back from a file.
    """
    return Figures(source, catalogue, organisations, settings, material or Material()).table()


class Figures:
    """One computation: lay out, count, name."""

    def __init__(
        self,
        source: Linked | Cohort,
        catalogue: Catalogue,
        organisations: Organisations,
        settings: Settings,
        material: Material,
    ) -> None:
        self.source, self.catalogue, self.organisations = source, catalogue, organisations
        self.settings, self.material = settings, material
        self.tables, self.as_of = source.tables, source.as_of
        sets = [source.places, *(rows.places for rows in (material.messages, material.registrations) if rows)]
        if material.new_cancers is not None:
            contacts = material.new_cancers.table["institution"].unique().to_pylist()
            sets.append(places_of([str(name) for name in contacts], organisations))
        self.tree: UnitTree = unit_tree(sets, catalogue, organisations)
        self.pathways = len(self.tables.pathways)
        self.together = np.array([family == "organ_specific" for family in self.tables.families], np.bool_)
        first = np.datetime64(settings.first_day, "Y").astype(int)
        last = int(np.datetime64(self.as_of, "D").astype("datetime64[Y]").astype(int))
        self.first_month, self.months = int(first) * 12, (last - int(first) + 1) * 12
        self.frame = Frame(self.tree.levels, (*self.tables.pathway_keys, ALL_ORGAN_SPECIFIC, ""), self.first_month)
        self.labels = {key: indicator.label for key, indicator in catalogue.indicators.items()}

    def label(self, key: str) -> str:
        """The short name that publications give an indicator."""
        return self.labels.get(key, "")

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

    def table(self) -> pa.Table:
        """Count everything."""
        self.times()
        self.counts()
        if self.material.new_cancers is not None:
            self.inclusion(self.material.new_cancers)
        if self.material.messages is not None:
            self.messages(self.material.messages)
        if self.material.registrations is not None:
            self.delays(self.material.registrations)
        return self.frame.table()

    # --- instances -------------------------------------------------------------------------------------------------

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
        by_kind: Array = np.any(self.tables.measuring.span_by_kind.reshape(self.pathways, -1), axis=0)
        return np.array([name == SHARE or by_kind[self.tables.spans.index(name)] for name in self.spans], np.bool_)

    @cached_property
    def rows(self) -> Narrow:
        """The instances, laid out by pathway."""
        tables = self.tables
        branch_of = np.zeros(len(tables.kinds), np.uint8)
        for n, kind in enumerate(BRANCHES[1:], 1):
            if kind in tables.kinds:
                branch_of[tables.kinds.index(kind)] = n
        reading = Reading(
            month_of=self.month_of,
            first_day=self.first_day,
            rank=self.tree.rank(self.source.places),
            branch_of=branch_of,
            by_kind=self.by_branch,
            spans=np.array([tables.spans.index(name) for name in self.spans if name != SHARE], np.int64),
            closing=closing_decisions(tables),
            asking=asking_ends(tables),
            as_of=self.as_of,
            wait=self.settings.missing_treatment_after_days,
        )
        if isinstance(self.source, Linked):
            return narrow_from_linked(self.source, reading, self.persons)
        return narrow_from_cohort(self.source, reading, self.persons)

    @cached_property
    def persons(self) -> npt.NDArray[np.uint8] | None:
        """Sex (0 unknown, 1, 2) and age group (0 unknown, then the settings' groups) of each instance as one number."""
        if isinstance(self.source, Cohort):
            sex, age = self.source.sex, self.source.age
        else:
            facts = self.source.facts
            if not (facts.known == 1).any():
                return None
            found = Instances(self.source)
            sex, age = facts.sex[found.patient], ages_on(facts.birth_day[found.patient], found.day("start"))
        if not ((sex > 0).any() or (age >= 0).any()):
            return None
        group = np.where(age < 0, 0, np.searchsorted(self.settings.age_groups, age, side="right") + 1)
        return (np.clip(sex, 0, 2) * (len(self.settings.age_groups) + 2) + group).astype(np.uint8)

    # --- times -----------------------------------------------------------------------------------------------------

    def times(self) -> None:
        """OF1 to OF4 and the share: n, within, median, 90th percentile."""
        rows = self.rows
        groups = [[0, 1, 2, 3, 4], *([n] for n in range(1, len(BRANCHES)))]
        asked = np.ones((4, len(STEPS)), np.bool_)
        asked[HOSPITAL, 0] = False
        question = self.question(groups, self.months, self.by_branch, STEPS, asked)
        cells = self.ask(rows.branch, rows.end, question)
        self.add_times(cells, (cells.branch, BRANCHES), {})
        if self.persons is not None:
            self.people()

    def question(
        self, groups: list[list[int]], months: int, by_branch: Array, steps: tuple[int, ...], asked: Array
    ) -> cube.Question:
        """What to ask of the cube."""
        return cube.Question(
            branches=max(max(group) for group in groups) + 1,
            months=months,
            places=max(1, len(self.tree.places.numbers)),
            by_branch=by_branch,
            group_of=np.array([b for group in groups for b in group], np.int64),
            group_first=np.cumsum([0, *map(len, groups)]),
            steps=np.array(steps, np.int64),
            asked=asked,
            ranges=self.tree.ranges,
        )

    def ask(self, branch: Array, month: Array, question: cube.Question) -> cube.Cells:
        """The cells of every pathway and of the aggregate, on all processors."""
        rows = self.rows
        edges = np.column_stack([rows.first[:-1], rows.first[1:]])
        jobs = [(self.pathways, edges[self.together]), *((p, edges[p : p + 1]) for p in range(self.pathways))]

        def job(which: tuple[int, Array]) -> cube.Cells:
            return cube.cells_of(which[0], which[1], rows.days, rows.within, rows.place, branch, month, question)

        return cube.joined(in_threads(job, [job for job in jobs if len(job[1])]))

    def add_times(self, cells: cube.Cells, branch: Any, people: dict[str, Any]) -> None:
        """Name the cells by the catalogue's indicators over a time; a span that the share always is, is told by the
        share's times.
        """
        over = {k: i.span for k, i in self.catalogue.indicators.items() if i.measure in {"time", "share_of_time"}}
        share_is_span = np.append(self.tables.measuring.share_by_kind.astype(np.bool_), np.True_)
        for s, span in enumerate(self.spans):
            chosen = np.flatnonzero(cells.span == s)
            names = [(key, chosen) for key, told in over.items() if told == span]
            if span == SHARE:
                kept = chosen[share_is_span[cells.pathway[chosen]]]
                names += [(key, kept) for key, told in over.items() if told != SHARE and told not in self.spans]
            for key, at in names:
                self.frame.add(
                    key, self.label(key),
                    level=cells.level[at], step=cells.step[at], pathway=cells.pathway[at], unit=cells.unit[at],
                    period=cells.period[at], numerator=cells.within[at], denominator=cells.n[at],
                    median=cells.median[at], p90=cells.p90[at],
                    branch=branch if isinstance(branch, str) else (branch[0][at], branch[1]),
                    **{name: (index[at], texts) for name, (index, texts) in people.items()},
                )  # fmt: skip

    def people(self) -> None:
        """The same by sex, by age group and by both, per year, for country, regions and trusts, all branches."""
        rows = self.rows
        ages = age_group_names(self.settings.age_groups)
        width = len(ages) + 1
        told = [(sex, age) for sex in range(3) for age in range(width) if sex or age]
        groups = [
            [s * width + a for s in ([sex] if sex else range(3)) for a in ([age] if age else range(width))]
            for sex, age in told
        ]
        # the cube breaks spans that are not told by branch off after group 0, so all are told here
        asked = np.array([[True]] * 3 + [[False]], np.bool_)
        year = np.where(rows.end < 0, -1, rows.end // 12).astype(np.int16)
        question = self.question(groups, self.months // 12, np.ones_like(self.by_branch), (1,), asked)
        cells = self.ask(rows.person, year, question)
        cells = cells._replace(step=np.full(len(cells.step), 12, np.int16))
        sex_of, age_of = (np.array(column)[cells.branch] for column in zip(*told, strict=True))
        self.add_times(cells, "all", {"sex": (sex_of, ("", "1", "2")), "age_group": (age_of, ("", *ages))})

    # --- counts ----------------------------------------------------------------------------------------------------

    def counts(self) -> None:
        """Started, decided, completed, postponed, open, and the points that are missing."""
        rows, tables = self.rows, self.tables
        pathway = np.repeat(np.arange(self.pathways, dtype=np.uint8), np.diff(rows.first))
        ended = rows.ended >= 0
        marks = rows.marks

        def marked(mark: int) -> npt.NDArray[np.bool_]:
            return np.asarray((marks & mark) != 0)

        wanted: list[tuple[str, Array, dict[str, Any]]] = []

        def count(key: str, month: Array, **more: Any) -> None:
            wanted.append((key, month, more))

        count("pathways_started", rows.start)
        count("pathways_decided", rows.decided, kind=(rows.decision, tables.kinds))
        count("pathways_completed", rows.end, kind=(rows.ended + np.int8(1), ("", *tables.ends)))
        count("pathways_postponed", np.where(ended & marked(narrow.POSTPONED), rows.end, -1))
        treated = ended & marked(narrow.TREATED)
        of_treated = np.where(treated, rows.end, -1)
        asked = ended & marked(narrow.ASKS_ATTENDANCE)
        count("missing_first_attendance", np.where(asked, rows.end, -1), hits=~marked(narrow.ATTENDED))
        count("missing_decision", of_treated, hits=~marked(narrow.DECIDED))
        waiting = marked(narrow.LEADS_ON) & marked(narrow.WAITED)
        count("missing_treatment", np.where(waiting, rows.decided, -1), hits=rows.ended == -1)
        tallied = in_threads(lambda one: self.rolled(self.tally(pathway, rows.place, one[1], **one[2])), wanted)
        for (key, _, _), rolled in zip(wanted, tallied, strict=True):
            self.add_counts(key, rolled, hospitals=True)
        bands = self.settings.open_age_bands
        band = np.searchsorted(bands, rows.open_days, side="left") + 1
        now = np.where(rows.ended == -1, self.month_of[-1], -1)
        open_now = self.tally(pathway, rows.place, now, kind=(band, ("", *band_names(bands))))
        self.add_counts("pathways_open", self.rolled(open_now), steps=(1,), kinds_always=True)

    def tally(
        self, pathway: Array, place: Array, month: Array, *, kind: tuple[Array, Sequence[str]] | None = None,
        hits: Array | None = None,
    ) -> Tally:  # fmt: skip
        """Count rows that have a month by kind, pathway, place and month; with `hits`, also those that hit."""
        names = ("",) if kind is None else tuple(kind[1])
        shape = (len(names), self.pathways, max(1, len(self.tree.places.numbers)), self.months)
        return Tally.of(shape, names, None if kind is None else kind[0], pathway, place, month, hits)

    def rolled(self, tally: Tally) -> Rolled:
        """A tally with its sums made, which may be done in a thread."""
        rolled = Rolled(tally, self.tree, self.together)
        for level in (NATIONAL, HOSPITAL):
            rolled.make(level, max(STEPS))
        return rolled

    def add_counts(
        self, key: str, rolled: Rolled, *, steps: tuple[int, ...] = STEPS, hospitals: bool = False,
        kinds_always: bool = False,
    ) -> None:  # fmt: skip
        """Sum a tally up to all units and periods, and name the cells.

        Cells are kept in bounds: kinds by month for the country, by tertial and year down to trusts; hospitals by
        tertial and year, without kinds.
        """
        for level in (NATIONAL, REGION, TRUST, *((HOSPITAL,) if hospitals else ())):
            for step in steps:
                if level == HOSPITAL and step == 1:
                    continue
                kinds = kinds_always or level == NATIONAL or (step > 1 and level != HOSPITAL)
                cells = rolled.cells(level, step, kinds=kinds)
                self.frame.add(
                    key, self.label(key), level=level, step=step, pathway=cells.pathway, unit=cells.unit,
                    period=cells.period, numerator=cells.found if cells.hits is None else cells.hits,
                    denominator=None if cells.hits is None else cells.found, kind=(cells.kind, rolled.names),
                )  # fmt: skip

    # --- other material --------------------------------------------------------------------------------------------

    def inclusion(self, given: NewCancerRows) -> None:
        """New patients in a pathway, of all new patients (decision 12)."""
        found, contacts = new_cancers(
            given.table, given.patient, given.birth_day, self.starts(), self.catalogue, self.tables.pathways,
            self.organisations, self.settings.inclusion, as_of=self.as_of,
        )  # fmt: skip
        at_contact = self.tree.rank(contacts)
        of_contact = at_contact[found["contact_place"]] if len(at_contact) else found["contact_place"]
        place = np.where(found["included"], found["start_place"], of_contact)
        tally = self.tally(found["pathway"], place, self.month(found["day"]), hits=found["included"])
        self.add_counts("inclusion_share", self.rolled(tally), hospitals=True)

    def starts(self) -> Starts:
        """Where and when each patient's pathways started."""
        rank = self.tree.rank(self.source.places)
        if isinstance(self.source, Cohort):
            cohort = self.source
            place = rank[cohort.place] if len(cohort.place) else cohort.place
            return Starts(cohort.patient, cohort.pathway, cohort.start, place)
        found = Instances(self.source)
        place = found.place("start")
        return Starts(found.patient, found.pathway, found.day("start"), rank[place] if len(place) else place)

    def messages(self, given: MessageRows) -> None:
        """Messages by number, per registration of the cell where the registrations are at hand."""
        if not len(given.number):
            return
        below = None
        if isinstance(self.source, Linked):
            shape = (1, self.pathways + 1, max(1, len(self.tree.places.numbers)), self.months)
            reading = (self.month_of, self.first_day, self.tree.rank(self.source.places))
            below = tally_registrations(self.source, shape, reading)
            if (apart := self.material.apart) is not None and len(apart.day):
                below.add(
                    np.where(apart.pathway < 0, self.pathways, apart.pathway),
                    self.tree.rank(apart.places)[apart.place],
                    self.month(apart.day),
                )
        numbers = np.unique(given.number)
        kind = (np.searchsorted(numbers, given.number), [str(n) for n in numbers])
        place = self.tree.rank(given.places)[given.place] if len(given.place) else given.place
        shape = (len(numbers), self.pathways + 1, max(1, len(self.tree.places.numbers)), self.months)
        pathway = np.where(given.pathway < 0, self.pathways, given.pathway)
        tally = Tally.of(shape, tuple(kind[1]), kind[0], pathway, place, self.month(given.day), None, named=True)
        rolled = Rolled(tally, self.tree, self.together, below)
        for level in (NATIONAL, REGION, TRUST):
            for step in STEPS if level == NATIONAL else STEPS[1:]:
                cells = rolled.cells(level, step, kinds=True)
                self.frame.add(
                    "messages", self.label("messages"), level=level, step=step, pathway=cells.pathway, unit=cells.unit,
                    period=cells.period, numerator=cells.found, denominator=cells.under, kind=(cells.kind, tally.names),
                )  # fmt: skip

    def delays(self, given: RegistrationRows) -> None:
        """Days from event to registration, and how many were registered within the settings' days."""
        days = given.registered.astype(np.int64) - given.day
        kept = np.flatnonzero((given.registered != NO_DAY) & (given.day != NO_DAY) & (days >= 0))
        if not len(kept):
            return
        pathway = np.where(given.pathway[kept] < 0, self.pathways, given.pathway[kept])
        order = kept[np.argsort(pathway, kind="stable")]
        first = np.concatenate([[0], np.cumsum(np.bincount(pathway, minlength=self.pathways + 1))])
        value = np.minimum(days[order], cube.NO_VALUE - 1).astype(np.uint16).reshape(-1, 1)
        within = (value[:, 0] <= self.settings.registered_within_days).astype(np.uint8)
        place = self.tree.rank(given.places)[given.place[order]].astype(np.int16)
        month, branch = self.month(given.day[order]), np.zeros(len(order), np.uint8)
        asked = np.ones((4, len(STEPS)), np.bool_)
        asked[HOSPITAL] = False
        question = self.question([[0]], self.months, np.ones(1, np.bool_), STEPS, asked)
        edges = np.column_stack([first[:-1], first[1:]]).astype(np.int64)
        jobs = [(self.pathways, edges[:-1][self.together]), (self.pathways + 1, edges[-1:])]
        jobs += [(p, edges[p : p + 1]) for p in range(self.pathways)]

        def job(which: tuple[int, Array]) -> cube.Cells:
            return cube.cells_of(which[0], which[1], value, within, place, branch, month, question)

        cells = cube.joined(in_threads(job, jobs))
        key = "registration_delay_days"
        self.frame.add(
            key, self.label(key), level=cells.level, step=cells.step, pathway=cells.pathway, unit=cells.unit,
            period=cells.period, numerator=cells.within, denominator=cells.n, median=cells.median, p90=cells.p90,
        )  # fmt: skip


def age_group_names(edges: Sequence[int]) -> tuple[str, ...]:
    """Names of the age groups: below the first edge, between edges, from the last on."""
    return (f"0-{edges[0] - 1}", *(f"{low}-{high - 1}" for low, high in pairwise(edges)), f"{edges[-1]}+")


def band_names(edges: Sequence[int]) -> tuple[str, ...]:
    """Names of the bands of days that pathways have been open."""
    return (f"0-{edges[0]}", *(f"{low + 1}-{high}" for low, high in pairwise(edges)), f"over_{edges[-1]}")
