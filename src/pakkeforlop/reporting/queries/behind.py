"""Which pathways a figure is made of: the same linking that it was counted from, asked for its rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pakkeforlop.access.scope import units
from pakkeforlop.episodes.rows import Linking
from pakkeforlop.episodes.store import engine
from pakkeforlop.indicators.columns import closing_decisions
from pakkeforlop.indicators.compute import Figures
from pakkeforlop.indicators.compute import contacts_of as contact_places
from pakkeforlop.indicators.ground import Ground
from pakkeforlop.indicators.inclusion import new_cancers
from pakkeforlop.indicators.units import HOSPITAL, TRUST
from pakkeforlop.reporting.queries.figures import Counted
from pakkeforlop.vocabulary.calendar import day_number, day_of

Pathway = dict[str, Any]
"""One pathway with the columns of episodes.csv."""
COLUMNS = (
    "patient_id", "pathway", "episode", "start_date", "start_institution", "decision_date", "decision", "end_date",
    "end", "share_days", "share_limit", "share_reason", "limit_version",
)  # fmt: skip


@dataclass(frozen=True)
class Cell:
    """What a figure is of: a unit, a period, and the day it is told."""

    org_nr: str
    period: tuple[date, date]
    as_of: date

    def holds(self, day: date | None) -> bool:
        """Whether a day lies in the period."""
        return day is not None and self.period[0] <= day <= min(self.period[1], self.as_of)


def started(one: Pathway, cell: Cell) -> bool:
    """Started in the period (`pathways_started`)."""
    return cell.holds(one["start_date"])


def counts(one: Pathway, cell: Cell) -> bool:
    """Ended in the period and counts in the share (denominator of `of4_share`)."""
    return cell.holds(one["end_date"]) and one["share_reason"] == "counts" and one["share_days"] is not None


def over(one: Pathway, cell: Cell) -> bool:
    """Of those, the ones that took longer than their limit."""
    return counts(one, cell) and one["share_limit"] is not None and one["share_days"] > one["share_limit"]


def going(one: Pathway, _cell: Cell) -> bool:
    """Not ended as of the day (`pathways_open`)."""
    return one["end"] is None


def waiting(one: Pathway, cell: Cell) -> bool:
    """Decided in the period, not ended, and treatment should have been registered by now (`missing_treatment`)."""
    if not (going(one, cell) and cell.holds(one["decision_date"])):
        return False
    ready = engine()
    row, kind = ready.tables.pathways.index(one["pathway"]), ready.tables.kinds.index(one["decision"])
    waited = timedelta(days=ready.settings.missing_treatment_after_days)
    return not _closing()[row, kind] and one["decision_date"] + waited <= cell.as_of


@lru_cache(maxsize=1)
def _closing() -> npt.NDArray[np.bool_]:
    """Per pathway and kind of decision, whether nothing is to follow it: the same for all that are asked about."""
    return closing_decisions(engine().tables)


KINDS: dict[str, Callable[[Pathway, Cell], bool]] = {
    "started": started, "counts": counts, "over": over, "open": going, "waiting": waiting,
}  # fmt: skip
"""What can be opened, by its name in addresses."""


def pathways_of(linking: Linking, cell: Cell, prefixes: Sequence[str]) -> list[Pathway]:
    """The pathways of some kinds that started at a unit."""
    rows = linking.episodes.select(COLUMNS)
    rows = rows.filter(pc.is_in(rows["pathway"].cast(pa.string()), value_set=pa.array(list(prefixes), pa.string())))
    return [one for one in rows.to_pylist() if _starts_at(one, cell.org_nr)]


def behind(pathways: Sequence[Pathway], kind: str, cell: Cell) -> list[Pathway]:
    """Those that a figure counts, the longest over its limit first, then by start."""
    found = [one for one in pathways if KINDS[kind](one, cell)]
    return sorted(found, key=lambda one: (-_past(one), one["start_date"], one["patient_id"]))


def _past(one: Pathway) -> int:
    days, limit = one["share_days"], one["share_limit"]
    return -10_000 if days is None or limit is None else int(days - limit)


def _starts_at(one: Pathway, org_nr: str) -> bool:
    """Whether a pathway is a hospital's or a trust's: where it started, and whose that was on the day."""
    place = engine().organisations.find(one["start_institution"])
    unit = units().resolve(place.number)
    day = day_number(one["start_date"])
    trust = [trust for n, (since, trust) in enumerate(place.periods) if n == 0 or since <= day][-1]
    return org_nr in (trust, unit.hospital if unit else place.number)


class Contact(NamedTuple):
    """A first contact with a new cancer, as the inclusion share counts it: in a pathway for it, or not."""

    patient_id: str
    day: date
    icd10: str
    included: bool


def contacts_of_unit(told: Counted, cell: Cell, prefix: str) -> list[Contact]:
    """The new cancers of a pathway that a unit's inclusion share is made of, those in no pathway first.

    One that is in a pathway is where that started, any other where the first contact was.
    """
    if told.cancers is None:
        return []
    ready, linked, table = engine(), told.linking.linked, told.cancers.table
    sets = [linked.places, contact_places(table, ready.organisations)]
    ground = Ground(linked.tables, linked.as_of, sets, ready.catalogue, ready.organisations, ready.settings)
    found, places = new_cancers(
        table, told.cancers.patient, told.cancers.birth_day, Figures(ground).starts(linked), ready.catalogue,
        linked.tables.pathways, ready.organisations, ready.settings.inclusion, as_of=linked.as_of,
    )  # fmt: skip
    rank = np.where(found["included"], found["start_place"], ground.tree.rank(places)[found["contact_place"]])
    here = np.zeros(len(rank), np.bool_)
    for level in (TRUST, HOSPITAL):
        numbers = np.array([*ground.tree.levels[level].numbers, ""])
        here |= numbers[ground.tree.unit_of_rank[level][rank]] == cell.org_nr
    here &= found["pathway"] == linked.tables.pathways.index(prefix)
    rows = [n for n in np.flatnonzero(here).tolist() if cell.holds(day_of(int(found["day"][n])))]
    ids, codes = table["patient_id"], table["icd10"]
    made = [
        Contact(ids[at].as_py(), day_of(int(found["day"][n])), codes[at].as_py(), bool(found["included"][n]))
        for n in rows
        for at in [int(found["row"][n])]
    ]
    return sorted(made, key=lambda one: (one.included, one.day, one.patient_id))
