"""The inclusion share: of people with newly found cancer, how many were in the pathway for it (decision 12).

A person is new when no row of the same group lies within the years before. A person under the adult age goes to the
children's pathway whatever the diagnosis. The person is in when a pathway of that kind started within the window
around the first contact.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pakkeforlop.catalogue.model import Catalogue, Inclusion
from pakkeforlop.episodes.link import birthdays
from pakkeforlop.episodes.places import Organisations, places_of
from pakkeforlop.vocabulary.calendar import NO_DAY, day_number

Array = npt.NDArray[Any]


def groups_of(codes: list[str], catalogue: Catalogue, pathways: tuple[str, ...]) -> npt.NDArray[np.int64]:
    """The pathway number of each ICD-10 code (with or without the point), -1 where no group has it; the most specific
    group wins.
    """
    prefixes: list[tuple[str, int]] = []
    for number, prefix in enumerate(pathways):
        pathway = catalogue.pathways[prefix]
        if pathway.inclusion and pathway.inclusion_below_age is None:
            prefixes += [(part, number) for span in pathway.icd10 for part in _parts(span)]
    prefixes.sort(key=lambda item: -len(item[0]))
    plain = [code.replace(".", "").strip().upper() for code in codes]
    return np.array(
        [next((number for part, number in prefixes if code.startswith(part)), -1) for code in plain], np.int64
    )


def _parts(span: str) -> list[str]:
    """`C00-C14` as its categories; `C68.0` as `C680`."""
    if "-" not in span:
        return [span.replace(".", "")]
    first, last = span.split("-")
    return [f"{first[0]}{n:02d}" for n in range(int(first[1:3]), int(last[1:3]) + 1)]


def children_number(catalogue: Catalogue, pathways: tuple[str, ...]) -> tuple[int, int]:
    """The number of the pathway that takes in everyone below an age, and that age; (-1, 0) where there is none."""
    for number, prefix in enumerate(pathways):
        below = catalogue.pathways[prefix].inclusion_below_age
        if below is not None and catalogue.pathways[prefix].inclusion:
            return number, below
    return -1, 0


def years_before(days: Array, years: int) -> npt.NDArray[np.int64]:
    """The same date some years before; 29 February becomes 1 March."""
    return birthdays(days, -years)


@dataclass(frozen=True)
class Starts:
    """Starts of instances for looking up: patient number, pathway number, day, place."""

    patient: Array
    pathway: Array
    day: Array
    place: Array


def new_cancers(
    table: pa.Table,
    patient: Array,
    birth_day: Array | None,
    starts: Starts,
    catalogue: Catalogue,
    pathways: tuple[str, ...],
    organisations: Organisations,
    windows: Inclusion,
    *,
    as_of: int,
) -> tuple[dict[str, Array], Any]:
    """Judge the rows of a new-cancers file.

    table: icd10, first_contact_day, institution; patient: the patient number of each row, a number of its own for a
    patient without registrations; birth_day: per row, NO_DAY where unknown. Returns the columns of the new ones
    (pathway, day, included, start_place, contact_place, and their row in the table) and the `Places` of the contacts.
    """
    icd10 = pc.cast(table["icd10"], pa.string()).combine_chunks().dictionary_encode()
    if isinstance(icd10, pa.ChunkedArray):
        icd10 = icd10.combine_chunks()
    day = np.asarray(pc.fill_null(table["first_contact_day"], NO_DAY)).astype(np.int64)
    group = groups_of(icd10.dictionary.to_pylist(), catalogue, pathways)[np.asarray(icd10.indices)]
    children, below = children_number(catalogue, pathways)
    if children >= 0 and birth_day is not None:
        young = (birth_day != NO_DAY) & (day < birthdays(birth_day, below))
        group = np.where(young, children, group)
    first = np.array([day_number(catalogue.pathways[p].introduced) for p in pathways], np.int64)
    last = np.array([_last_inclusion_day(catalogue, p) for p in pathways], np.int64)
    names = pc.cast(table["institution"], pa.string()).combine_chunks().dictionary_encode()
    if isinstance(names, pa.ChunkedArray):
        names = names.combine_chunks()
    contacts = places_of(names.dictionary.to_pylist(), organisations)
    contact_place = contacts.of_many(names.dictionary.to_pylist(), np.asarray(names.indices), day.astype(np.int32))
    # of several rows on one day the one with the lowest organisation number stands (places are numbered so)
    order = np.lexsort((contact_place, day, group, patient))
    same = np.zeros(len(order), bool)
    if len(order) > 1:
        a, b = order[:-1], order[1:]
        same[1:] = (patient[a] == patient[b]) & (group[a] == group[b])
        same[1:] &= day[a] > years_before(day[b], windows.new_after_years)
    keep = np.ones(len(order), bool)
    keep[order] = ~same
    keep &= (group >= 0) & (day != NO_DAY) & (day <= as_of)
    keep &= (day >= first[np.maximum(group, 0)]) & (day <= last[np.maximum(group, 0)])
    rows = np.flatnonzero(keep)
    found = _first_start_in_window(patient[rows], group[rows], day[rows], starts, windows)
    return {
        "pathway": group[rows],
        "day": day[rows],
        "included": found >= 0,
        "start_place": np.where(found >= 0, starts.place[np.maximum(found, 0)] if len(starts.place) else -1, -1),
        "contact_place": contact_place[rows],
        "row": rows,
    }, contacts


def _last_inclusion_day(catalogue: Catalogue, prefix: str) -> int:
    pathway = catalogue.pathways[prefix]
    days = [day_number(day) for day in (pathway.last_day, pathway.inclusion_last_day) if day is not None]
    return min(days, default=2**30)


def _first_start_in_window(
    patient: Array, pathway: Array, day: Array, starts: Starts, windows: Inclusion
) -> npt.NDArray[np.int64]:
    """For each new cancer, the earliest start of that kind within the window; -1 where there is none."""

    def packed(who: Array, what: Array, when: Array) -> npt.NDArray[np.int64]:
        return (((who.astype(np.int64) << 8) | what.astype(np.int64)) << 24) | (when.astype(np.int64) + (1 << 23))

    keys = packed(starts.patient, starts.pathway, starts.day)
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    at = np.searchsorted(ordered, packed(patient, pathway, day - windows.days_before))
    inside = at < len(ordered)
    reached = np.where(inside, ordered[np.minimum(at, max(len(ordered) - 1, 0))] if len(ordered) else 0, -1)
    hit = inside & (patient >= 0) & (reached <= packed(patient, pathway, day + windows.days_after))
    found: npt.NDArray[np.int64] = np.where(
        hit, order[np.minimum(at, max(len(ordered) - 1, 0))] if len(ordered) else -1, -1
    )
    return found
