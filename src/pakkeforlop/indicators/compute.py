"""All figures of a cohort: the indicators of the catalogue, by pathway, branch, unit and period.

Populations and periods follow decisions.md 8 to 12 and indicators.md 2 to 5; each is one line below. What is written
is internal and complete; nothing is suppressed here.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pakkeforlop.catalogue.model import Catalogue, Settings
from pakkeforlop.episodes import kernel
from pakkeforlop.episodes.link import threads
from pakkeforlop.episodes.places import Organisations, Places, places_of
from pakkeforlop.indicators import cube
from pakkeforlop.indicators.cohort import Cohort
from pakkeforlop.indicators.frame import Frame
from pakkeforlop.indicators.inclusion import Starts, new_cancers
from pakkeforlop.indicators.units import UnitLevel, unit_levels
from pakkeforlop.vocabulary.calendar import NO_DAY

Array = npt.NDArray[Any]
BRANCHES = ("all", "K", "M", "S", "O")
"""Branches of the figures: all, surgery, medical treatment, radiotherapy, surveillance."""

NATIONAL, REGION, TRUST, HOSPITAL = range(4)
ALL_ORGAN_SPECIFIC = "all_organ_specific"
SHARE, OF4 = "share", "of4"


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
    """Registrations, one entry each: pathway number, place, day, and the day it was registered (None: not told)."""

    pathway: Array
    place: Array
    day: Array
    registered: Array | None
    places: Places


@dataclass(frozen=True)
class Material:
    """What figures are made from besides the cohort."""

    new_cancers: NewCancerRows | None = None
    messages: MessageRows | None = None
    registrations: RegistrationRows | None = None


def compute(
    cohort: Cohort,
    catalogue: Catalogue,
    organisations: Organisations,
    settings: Settings,
    material: Material | None = None,
) -> pa.Table:
    """All figures, with the columns of indicators.csv (docs/reference)."""
    return Figures(cohort, catalogue, organisations, settings, material or Material()).table()


class PlaceBook:
    """One numbering of places for several sets of them."""

    def __init__(self, sets: Sequence[Places], organisations: Organisations) -> None:
        self.places = places_of([name for one in sets for name in one.first], organisations)
        self._at = _place_numbers(self.places)

    def numbers(self, own: Places) -> npt.NDArray[np.int64]:
        """Where the places of one set stand in the common numbering."""
        return np.array([self._at[pair] for pair in _place_numbers(own)], np.int64)


def _place_numbers(places: Places) -> dict[tuple[str, str], int]:
    pairs = zip(places.numbers, (places.trusts[n] for n in places.trust), strict=True)
    return {pair: n for n, pair in enumerate(pairs)}


class Figures:
    """One computation: fetch, count, name."""

    def __init__(
        self,
        cohort: Cohort,
        catalogue: Catalogue,
        organisations: Organisations,
        settings: Settings,
        material: Material,
    ) -> None:
        self.catalogue, self.settings, self.material = catalogue, settings, material
        self.organisations = organisations
        sets = [cohort.places, *(rows.places for rows in (material.messages, material.registrations) if rows)]
        if material.new_cancers is not None:
            contacts = material.new_cancers.table["institution"].unique().to_pylist()
            sets.append(places_of([str(name) for name in contacts], organisations))
        self.book = PlaceBook(sets, organisations)
        self.places = self.book.places
        self.cohort = replace(cohort, place=self.common(cohort.places, cohort.place))
        self.levels = unit_levels(self.places, catalogue, organisations)
        tables = cohort.tables
        self.tables = tables
        self.pathways = len(tables.pathways)
        self.together = np.array([family == "organ_specific" for family in tables.families], np.bool_)
        self.first_month, self.months = self._months()
        self.frame = Frame(self.levels, (*tables.pathway_keys, ALL_ORGAN_SPECIFIC, ""), self.first_month)
        self.labels = {key: indicator.label for key, indicator in catalogue.indicators.items()}

    def common(self, own: Places, place: Array) -> Array:
        """Places of one set as numbers of the common numbering."""
        return self.book.numbers(own)[place] if len(place) else place

    def _months(self) -> tuple[int, int]:
        """The first January and how many months: whole years over every day that figures are counted on."""
        given = [self.cohort.start, self.cohort.end, self.cohort.decision_day, np.array([self.cohort.as_of])]
        if self.material.new_cancers is not None:
            given.append(np.asarray(self.material.new_cancers.table["first_contact_day"].fill_null(NO_DAY)))
        if self.material.messages is not None:
            given.append(self.material.messages.day)
        if self.material.registrations is not None:
            given.append(self.material.registrations.day)
        low = min(int(days[days != NO_DAY].min()) for days in given if (days != NO_DAY).any())
        high = min(max(int(days.max()) for days in given if len(days)), self.cohort.as_of)
        first = int(np.datetime64(low, "D").astype("datetime64[Y]").astype(int)) * 12
        last = int(np.datetime64(high, "D").astype("datetime64[Y]").astype(int)) * 12 + 12
        return first, last - first

    def month(self, days: Array) -> npt.NDArray[np.int16]:
        """The month of each day, counted from the first; -1 where the day is missing or after the as-of day."""
        missing = (days == NO_DAY) | (days > self.cohort.as_of)
        month = np.where(missing, 0, days).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
        month = month - self.first_month
        return np.where(missing | (month < 0) | (month >= self.months), -1, month).astype(np.int16)

    def label(self, key: str) -> str:
        """The short name that publications give an indicator."""
        return self.labels.get(key, "")

    def table(self) -> pa.Table:
        """Count everything."""
        self.times()
        self.counts()
        if self.material.new_cancers is not None:
            self.inclusion(self.material.new_cancers)
        if self.material.messages is not None:
            self.messages(self.material.messages)
        if self.material.registrations is not None and self.material.registrations.registered is not None:
            self.delays(self.material.registrations)
        return self.frame.table()

    # --- times -----------------------------------------------------------------------------------------------------

    def columns(self) -> cube.Columns:
        """The cohort as the cube reads it: a value stands in a span's column only if it is in its population."""
        cohort, tables = self.cohort, self.tables
        count = len(cohort.pathway)
        spans = [*tables.spans, SHARE]
        days = np.full((count, len(spans)), cube.NO_VALUE, np.uint16)
        within = np.zeros(count, np.uint8)
        in_share = cohort.reason == kernel.COUNTS
        ended = cohort.ended >= 0
        by_kind = tables.measuring.span_by_kind.reshape(self.pathways, -1)
        for s, span in enumerate(spans):
            values = cohort.share_days if span == SHARE else cohort.span_days[:, s]
            limit = cohort.share_limit if span == SHARE else cohort.span_limit[:, s]
            if span == SHARE:
                population = in_share
            elif by_kind[:, s].any():
                population = in_share & (limit >= 0)
            else:
                population = ended
            population = population & (values >= 0)
            days[population, s] = np.minimum(values[population], cube.NO_VALUE - 1)
            within |= (population & (limit >= 0) & (values <= limit)).astype(np.uint8) << s
        branch = np.zeros(len(tables.kinds), np.uint8)
        for n, kind in enumerate(BRANCHES):
            if kind in tables.kinds:
                branch[tables.kinds.index(kind)] = n
        return cube.Columns(
            cohort.pathway.astype(np.uint8),
            cohort.place.astype(np.int16),
            self.month(cohort.start),
            self.month(cohort.end),
            self.month(cohort.decision_day),
            branch[cohort.treatment],
            cohort.decision.astype(np.uint8),
            cohort.ended.astype(np.int8),
            days,
            within,
        )

    def times(self) -> None:
        """OF1 to OF4 and the share: n, within, median, 90th percentile."""
        columns = self.columns()
        spans = [*self.tables.spans, SHARE]
        by_kind = self.tables.measuring.span_by_kind.reshape(self.pathways, -1).any(axis=0)
        by_branch = np.append(by_kind, True).astype(np.bool_)
        jobs: list[tuple[int, tuple[int, ...]]] = [
            (TRUST, (1, 4, 12)), (NATIONAL, (1, 4, 12)), (REGION, (1, 4, 12)), (HOSPITAL, (4, 12)),
        ]  # fmt: skip

        def job(which: tuple[int, tuple[int, ...]]) -> list[cube.Cells]:
            level, steps = which
            units = self.levels[level]
            unit = units.of_place[columns.place]
            chosen = columns
            if (unit < 0).any():
                kept = unit >= 0
                chosen = cube.Columns(*(column[kept] for column in columns))
                unit = unit[kept]
            return cube.level(
                chosen, unit, max(1, len(units.names)), self.pathways, len(BRANCHES), self.months, by_branch,
                self.together, steps,
            )  # fmt: skip

        with ThreadPoolExecutor(threads()) as pool:
            done = list(pool.map(job, jobs))
        for (level, steps), found in zip(jobs, done, strict=True):
            for step, cells in zip(steps, found, strict=True):
                self._add_times(cells, spans, level, step, (cells.branch, BRANCHES), {})
        if (self.cohort.sex > 0).any() or (self.cohort.age >= 0).any():
            self.people(columns, spans, by_branch)

    def _add_times(
        self, cells: cube.Cells, spans: Sequence[str], level: int, step: int, branch: Any, people: dict[str, Any]
    ) -> None:
        share_is_of4 = self._share_span()
        for s, span in enumerate(spans):
            rows = cells.span == s
            for key, keep in self._names_of(span, share_is_of4):
                chosen = np.flatnonzero(rows & (keep[cells.pathway] if keep is not None else True))
                self.frame.add(
                    key, self.label(key), level, step,
                    pathway=cells.pathway[chosen], unit=cells.unit[chosen], period=cells.period[chosen],
                    numerator=cells.within[chosen], denominator=cells.n[chosen],
                    median=cells.median[chosen], p90=cells.p90[chosen],
                    branch=branch if isinstance(branch, str) else (branch[0][chosen], branch[1]),
                    **{name: (index[chosen], names) for name, (index, names) in people.items()},
                )  # fmt: skip

    def _share_span(self) -> npt.NDArray[np.bool_]:
        """Pathways whose share is measured over a span by kind (start to treatment), the aggregate included."""
        by_kind = self.tables.measuring.share_by_kind.astype(bool)
        return np.append(by_kind, True)

    def _names_of(self, span: str, share_is_of4: Array) -> list[tuple[str, Array | None]]:
        """The catalogue's indicators over a span. OF4 is told by the share's times, where the share is over OF4."""
        over_time = {k: i.span for k, i in self.catalogue.indicators.items() if i.measure in {"time", "share_of_time"}}
        if span == SHARE:
            return [(k, share_is_of4 if over == OF4 else None) for k, over in over_time.items() if over in {SHARE, OF4}]
        return [(k, None) for k, over in over_time.items() if over == span != OF4]

    def people(self, columns: cube.Columns, spans: Sequence[str], by_branch: Array) -> None:
        """The same by sex, by age group and by both, per year, for country, regions and trusts, all branches."""
        sexes, groups = ("", "1", "2"), ("", *age_group_names(self.settings.age_groups))
        sex = np.clip(self.cohort.sex, 0, 2)
        age = np.where(
            self.cohort.age < 0, 0, np.searchsorted(self.settings.age_groups, self.cohort.age, side="right") + 1
        )
        year = np.where(columns.end_month < 0, -1, columns.end_month // 12).astype(np.int16)
        plain = np.ones_like(by_branch)
        for first, second, names in ((sex, age, (sexes, groups)), (age, sex, (groups, sexes))):
            width = len(names[1])
            both = (first * width + second).astype(np.uint8)
            stored = len(names[0]) * width
            whole = [[a * width, (a + 1) * width] for a in range(1, len(names[0]))]
            single = [[a * width + b, a * width + b + 1] for a in range(1, len(names[0])) for b in range(1, width)]
            asked = whole + (single if names[0] is sexes else [])
            chosen = np.array([[0, stored], *asked], np.int64)
            for level in (NATIONAL, REGION, TRUST):
                units = self.levels[level]
                (cells,) = cube.level(
                    columns, units.of_place[columns.place], max(1, len(units.names)), self.pathways, stored,
                    self.months // 12, plain, self.together, (1,), period=year, branch=both, groups=chosen,
                )  # fmt: skip
                keep = cells.branch > 0
                cells = cube.Cells(*(getattr(cells, name)[keep] for name in cells.__dataclass_fields__))
                group = cells.branch - 1
                of_first = np.array([a[0] // width for a in asked])[group]
                of_second = np.array([0 if n < len(whole) else a[0] % width for n, a in enumerate(asked)])[group]
                by_sex, by_age = (of_first, of_second) if names[0] is sexes else (of_second, of_first)
                self._add_times(cells, spans, level, 12, "all", {"sex": (by_sex, sexes), "age_group": (by_age, groups)})

    # --- counts ----------------------------------------------------------------------------------------------------

    def counts(self) -> None:
        """Started, decided, completed, postponed, open, and the points that are missing (indicators.md 2.3)."""
        cohort, tables = self.cohort, self.tables
        start, end, decision = (self.month(day) for day in (cohort.start, cohort.end, cohort.decision_day))
        ended = cohort.ended >= 0
        ends = ("", *tables.ends)
        kinds = tables.kinds
        self.count("pathways_started", start)
        self.count("pathways_decided", decision, kind=(cohort.decision, kinds))
        self.count("pathways_completed", np.where(ended, end, -1), kind=(np.where(ended, cohort.ended + 1, 0), ends))
        self.count("pathways_postponed", np.where(ended & cohort.postponed, end, -1))
        treated = ended & (cohort.treatment > 0)
        self.count("missing_first_attendance", np.where(treated, end, -1), hits=treated & ~cohort.attended)
        self.count("missing_decision", np.where(treated, end, -1), hits=treated & (cohort.decision_day == NO_DAY))
        due = cohort.decision_day + self.settings.missing_treatment_after_days <= cohort.as_of
        leads_on = (cohort.decision_day != NO_DAY) & self._leads_on()
        waiting = leads_on & due & (cohort.decision_day > NO_DAY)
        self.count("missing_treatment", np.where(waiting, decision, -1), hits=waiting & (cohort.ended == -1))
        bands = self.settings.open_age_bands
        names = ("", *band_names(bands))
        days_open = cohort.as_of - cohort.start
        band = np.searchsorted(bands, days_open, side="left") + 1
        now = self.month(np.full(len(start), cohort.as_of))
        is_open = cohort.ended == -1
        self.count("pathways_open", np.where(is_open, now, -1), kind=(band, names), steps=(1,))

    def _leads_on(self) -> Array:
        """Instances whose first decision leaves the pathway open, so that treatment is to follow."""
        rules = self.tables.rules
        closing = np.zeros((self.pathways, len(self.tables.kinds)), bool)
        for code in self.tables.codes.values():
            if rules.kind[code] and rules.end[code] and rules.point[code] == 1 << self.tables.points.index("decision"):
                closing[code >> self.tables.order_bits, rules.kind[code]] = True
        return ~closing[self.cohort.pathway, self.cohort.decision]

    def count(
        self,
        indicator: str,
        month: Array,
        *,
        hits: Array | None = None,
        kind: tuple[Array, Sequence[str]] | None = None,
        steps: tuple[int, ...] = (1, 4, 12),
    ) -> None:
        """Count the instances that have a month: by pathway, unit and period, in all and by kind. With `hits`, they are
        the denominator and the hits the numerator.
        """
        self.tally(
            indicator, self.cohort.pathway, self.cohort.place, month, hits=hits, kind=kind, steps=steps, hospitals=True
        )

    def tally(
        self,
        indicator: str,
        pathway: Array,
        place: Array,
        month: Array,
        *,
        hits: Array | None = None,
        kind: tuple[Array, Sequence[str]] | None = None,
        steps: tuple[int, ...] = (1, 4, 12),
        hospitals: bool = False,
        all_kinds: bool = True,
        below: Array | None = None,
    ) -> None:
        """Counts of rows per cell. below: counts to stand as denominator, by pathway, place and month."""
        index, names = kind if kind is not None else (np.zeros(len(month), np.int64), ("",))
        rows = np.flatnonzero(month >= 0)
        shape = (len(names), self.pathways + 1, len(self.places.numbers), self.months)
        if not len(rows):
            return
        cell = np.ravel_multi_index(
            (index[rows], np.where(pathway[rows] < 0, self.pathways, pathway[rows]), place[rows], month[rows]), shape
        )
        size = int(np.prod(shape))
        n = np.bincount(cell, minlength=size).reshape(shape)
        h = None if hits is None else np.bincount(cell, weights=hits[rows], minlength=size).reshape(shape)
        if h is not None:
            h = h.astype(np.int64)
        for level in (NATIONAL, REGION, TRUST, *((HOSPITAL,) if hospitals else ())):
            units = self.levels[level]
            counts, share, under = (_by_unit(table, units) for table in (n, h, below))
            for step in steps if level != HOSPITAL else tuple(s for s in steps if s > 1):
                self._add_counts(
                    indicator, level, step, _by_period(counts, step), _by_period(share, step),
                    _by_period(under, step), names, all_kinds=all_kinds,
                )  # fmt: skip

    def _add_counts(
        self,
        indicator: str,
        level: int,
        step: int,
        counts: Array | None,
        hits: Array | None,
        under: Array | None,
        names: Sequence[str],
        *,
        all_kinds: bool,
    ) -> None:
        assert counts is not None
        counts, hits, under = (_with_all(table, self.together) for table in (counts, hits, under))
        if len(names) > 1 and all_kinds:
            counts[0] = counts.sum(axis=0)
            if hits is not None:
                hits[0] = hits.sum(axis=0)
        if not self._kinds_are_told(indicator, level, step):
            if not all_kinds:
                return
            counts, hits, names = counts[:1], None if hits is None else hits[:1], names[:1]
        kind, pathway, unit, period = np.nonzero(counts)
        at = (kind, pathway, unit, period)
        numerator = counts[at] if hits is None else hits[at]
        denominator = None if hits is None else counts[at]
        if under is not None:
            denominator = under[0][pathway, unit, period]
        # after the pathways stand "no pathway", then the aggregate; the frame names them the other way round
        order = np.array([*range(self.pathways), self.pathways + 1, self.pathways])
        self.frame.add(
            indicator, self.label(indicator), level, step,
            pathway=order[pathway], unit=unit, period=period, numerator=numerator, denominator=denominator,
            kind=(kind, list(names)),
        )  # fmt: skip

    def _kinds_are_told(self, indicator: str, level: int, step: int) -> bool:
        """Cells are kept in bounds: kinds by month for the country, by tertial and year down to trusts, and the open
        pathways' bands, which have one month only.
        """
        return indicator == "pathways_open" or level == NATIONAL or (step > 1 and level != HOSPITAL)

    # --- other material --------------------------------------------------------------------------------------------

    def inclusion(self, given: NewCancerRows) -> None:
        """New patients in a pathway, of all new patients (decisions.md 12)."""
        cohort = self.cohort
        starts = Starts(cohort.patient, cohort.pathway, cohort.start, cohort.place)
        found, contacts = new_cancers(
            given.table, given.patient, given.birth_day, starts, self.catalogue, self.tables.pathways,
            self.organisations, self.settings.inclusion, as_of=cohort.as_of,
        )  # fmt: skip
        of_contact = self.common(contacts, found["contact_place"])
        place = np.where(found["included"], found["start_place"], of_contact)
        self.tally(
            "inclusion_share", found["pathway"], place, self.month(found["day"]), hits=found["included"], hospitals=True
        )

    def messages(self, given: MessageRows) -> None:
        """Messages by number, per registration of the cell where registrations are at hand."""
        below = None
        if self.material.registrations is not None:
            rows = self.material.registrations
            shape = (1, self.pathways + 1, len(self.places.numbers), self.months)
            month = self.month(rows.day)
            kept = np.flatnonzero(month >= 0)
            cell = np.ravel_multi_index(
                (
                    np.zeros(len(kept), np.int64),
                    rows.pathway[kept],
                    self.common(rows.places, rows.place[kept]),
                    month[kept],
                ),
                shape,
            )
            below = np.bincount(cell, minlength=int(np.prod(shape))).reshape(shape)
        numbers = np.unique(given.number)
        index = np.searchsorted(numbers, given.number)
        place = self.common(given.places, given.place)
        self.tally(
            "messages", given.pathway, place, self.month(given.day), kind=(index, [str(n) for n in numbers]),
            all_kinds=False, below=below,
        )  # fmt: skip

    def delays(self, given: RegistrationRows) -> None:
        """Days from event to registration, and how many were registered within the settings' days."""
        assert given.registered is not None
        days = given.registered.astype(np.int64) - given.day
        known = (given.registered != NO_DAY) & (given.day != NO_DAY) & (days >= 0)
        rows = np.flatnonzero(known)
        value = np.minimum(days[rows], cube.NO_VALUE - 1).astype(np.uint16).reshape(-1, 1)
        count = len(rows)
        place = self.common(given.places, given.place[rows])
        month = self.month(given.day[rows])
        nothing = np.zeros(count, np.uint8)
        columns = cube.Columns(
            given.pathway[rows].astype(np.uint8), place.astype(np.int16), month, month, month, nothing, nothing,
            nothing.astype(np.int8), value, (value[:, 0] <= self.settings.registered_within_days).astype(np.uint8),
        )  # fmt: skip
        key = "registration_delay_days"
        for level in (NATIONAL, REGION, TRUST):
            units = self.levels[level]
            found = cube.level(
                columns, units.of_place[columns.place], max(1, len(units.names)), self.pathways, 1, self.months,
                np.ones(1, np.bool_), self.together, (1, 4, 12),
            )  # fmt: skip
            for step, cells in zip((1, 4, 12), found, strict=True):
                self.frame.add(
                    key, self.label(key), level, step, pathway=cells.pathway, unit=cells.unit, period=cells.period,
                    numerator=cells.within, denominator=cells.n, median=cells.median, p90=cells.p90,
                )  # fmt: skip


def _by_unit(table: Array | None, units: UnitLevel) -> Array | None:
    """Counts by place added up to counts by unit."""
    if table is None:
        return None
    out = np.zeros((*table.shape[:2], max(1, len(units.names)), table.shape[3]), np.int64)
    for place, unit in enumerate(units.of_place):
        if unit >= 0:
            out[:, :, unit] += table[:, :, place]
    return out


def _by_period(table: Array | None, step: int) -> Array | None:
    """Counts by month added up to periods of `step` months."""
    if table is None:
        return None
    return table.reshape(*table.shape[:3], -1, step).sum(axis=4)  # type: ignore[no-any-return]


def _with_all(table: Array | None, together: Array) -> Any:
    """Counts by pathway (and none) with the aggregate of the organ-specific ones added behind."""
    if table is None:
        return None
    organ = table[:, :-1][:, together].sum(axis=1, keepdims=True)
    return np.concatenate([table, organ], axis=1)


def age_group_names(edges: Sequence[int]) -> tuple[str, ...]:
    """Names of the age groups: below the first edge, between edges, from the last on."""
    between = [f"{low}-{high - 1}" for low, high in pairwise(edges)]
    return (f"0-{edges[0] - 1}", *between, f"{edges[-1]}+")


def band_names(edges: Sequence[int]) -> tuple[str, ...]:
    """Names of the bands of days that pathways have been open."""
    between = [f"{low + 1}-{high}" for low, high in pairwise(edges)]
    return (f"0-{edges[0]}", *between, f"over_{edges[-1]}")
