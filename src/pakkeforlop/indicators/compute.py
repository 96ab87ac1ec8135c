"""All figures of a set of instances: the indicators of the catalogue, by pathway, branch, unit and period.

Populations and periods follow decisions 8 to 12 (docs/decisions). What is written is internal and complete;
nothing is suppressed here.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pakkeforlop.catalogue.model import Catalogue, Settings
from pakkeforlop.episodes.link import Linked
from pakkeforlop.episodes.places import Organisations, Places, places_of
from pakkeforlop.episodes.result import Instances, ages_on
from pakkeforlop.indicators.cohort import Cohort
from pakkeforlop.indicators.columns import Narrow, Reading, narrow_from_cohort, narrow_from_linked
from pakkeforlop.indicators.counts import Counts
from pakkeforlop.indicators.given import Material, NewCancerRows
from pakkeforlop.indicators.ground import Ground
from pakkeforlop.indicators.inclusion import Starts, new_cancers
from pakkeforlop.indicators.tally import Tally
from pakkeforlop.indicators.times import BRANCHES, SHARE, Times
from pakkeforlop.indicators.values import Kept, Sink, Spilled

Array = npt.NDArray[Any]


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
    given = material or Material()
    sets = [source.places, *(rows.places for rows in (given.messages, given.registrations) if rows)]
    if given.new_cancers is not None:
        sets.append(contacts_of(given.new_cancers.table, organisations))
    figures = Figures(Ground(source.tables, source.as_of, sets, catalogue, organisations, settings))
    figures.add(source, given)
    return figures.table()


def contacts_of(cancers: pa.Table, organisations: Organisations) -> Places:
    """The places of first contact in a new-cancers file."""
    return places_of([str(name) for name in cancers["institution"].unique().to_pylist()], organisations)


class Sheets(NamedTuple):
    """What figures are written on: the values of times and of delays, and what makes a tally."""

    times: Sink
    delays: Sink
    tally_of: Callable[..., Tally]


class Figures:
    """One computation: add what there is, in one part or in several of different patients, and tell.

    folder: where the values of parts are laid down; None when there is one part. sheets: what is written on instead.
    """

    def __init__(self, ground: Ground, folder: Path | None = None, sheets: Sheets | None = None) -> None:
        self.ground, self.tables = ground, ground.tables
        if sheets is None:
            times, delays = (Spilled(folder, name) if folder else Kept() for name in ("times", "delays"))
            sheets = Sheets(times, delays, Tally.of)
        self.times = Times(ground, sheets.times, sheets.delays)
        self.counts = Counts(ground, sheets.tally_of)

    def add(self, source: Linked | Cohort, given: Material) -> Narrow:
        """Count the instances of a source, and what stands beside them; the instances as they were laid out."""
        persons = self.persons(source)
        rows = self.rows(source, persons)
        self.times.add(rows, people=persons is not None)
        self.counts.add(rows)
        if given.new_cancers is not None:
            self.inclusion(source, given.new_cancers)
        if given.messages is not None:
            linked = source if isinstance(source, Linked) else None
            self.counts.add_messages(given.messages, linked, given.apart)
        if given.registrations is not None:
            self.times.add_delays(given.registrations)
        return rows

    def table(self) -> pa.Table:
        """All figures."""
        frame = self.ground.frame()
        self.times.name(frame, self.times.told())
        self.counts.name(frame, self.counts.told())
        self.times.name_delays(frame, self.times.told_delays())
        return frame.table()

    def rows(self, source: Linked | Cohort, persons: Array | None) -> Narrow:
        """The instances, laid out by pathway."""
        tables, ground = self.tables, self.ground
        branch_of = np.zeros(len(tables.kinds), np.uint8)
        for n, kind in enumerate(BRANCHES[1:], 1):
            if kind in tables.kinds:
                branch_of[tables.kinds.index(kind)] = n
        reading = Reading(
            month_of=ground.month_of,
            first_day=ground.first_day,
            rank=ground.tree.rank(source.places),
            branch_of=branch_of,
            by_kind=self.times.by_branch,
            spans=np.array([tables.spans.index(name) for name in self.times.spans if name != SHARE], np.int64),
            closing=ground.closing,
            asking=ground.asking,
            as_of=ground.as_of,
            wait=ground.settings.missing_treatment_after_days,
        )
        if isinstance(source, Linked):
            return narrow_from_linked(source, reading, persons)
        return narrow_from_cohort(source, reading, persons)

    def persons(self, source: Linked | Cohort) -> npt.NDArray[np.uint8] | None:
        """Sex (0 unknown, 1, 2) and age group (0 unknown, then the settings' groups) of each instance as one number."""
        edges = self.ground.settings.age_groups
        if isinstance(source, Cohort):
            sex, age = source.sex, source.age
        else:
            facts = source.facts
            if not (facts.known == 1).any():
                return None
            found = Instances(source)
            sex, age = facts.sex[found.patient], ages_on(facts.birth_day[found.patient], found.day("start"))
        if not ((sex > 0).any() or (age >= 0).any()):
            return None
        group = np.where(age < 0, 0, np.searchsorted(edges, age, side="right") + 1)
        return (np.clip(sex, 0, 2) * (len(edges) + 2) + group).astype(np.uint8)

    def inclusion(self, source: Linked | Cohort, given: NewCancerRows) -> None:
        """New patients in a pathway, of all new patients (decision 12)."""
        ground = self.ground
        found, contacts = new_cancers(
            given.table, given.patient, given.birth_day, self.starts(source), ground.catalogue, self.tables.pathways,
            ground.organisations, ground.settings.inclusion, as_of=ground.as_of,
        )  # fmt: skip
        at_contact = ground.tree.rank(contacts)
        of_contact = at_contact[found["contact_place"]] if len(at_contact) else found["contact_place"]
        self.counts.add_inclusion(found, np.where(found["included"], found["start_place"], of_contact))

    def starts(self, source: Linked | Cohort) -> Starts:
        """Where and when each patient's pathways started."""
        rank = self.ground.tree.rank(source.places)
        if isinstance(source, Cohort):
            place = rank[source.place] if len(source.place) else source.place
            return Starts(source.patient, source.pathway, source.start, place)
        found = Instances(source)
        place = found.place("start")
        return Starts(found.patient, found.pathway, found.day("start"), rank[place] if len(place) else place)


