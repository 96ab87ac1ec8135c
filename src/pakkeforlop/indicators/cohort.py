"""Instances read back from an episodes file, as the figures see them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pakkeforlop.episodes import kernel
from pakkeforlop.episodes.places import Organisations, Places, places_of
from pakkeforlop.episodes.result import REASONS
from pakkeforlop.episodes.tables import Tables
from pakkeforlop.vocabulary.calendar import NO_DAY

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Cohort:
    """Instances in columns, one entry each; days are day numbers, NO_DAY where missing.

    pathway, place (of the start), decision, treatment and ended are numbers of `tables` and `places`; reason as
    `kernel.COUNTS` and its fellows; span_days and span_limit have one column per span, -1 where empty; sex 0 unknown,
    age -1 unknown. patient: numbers that tell patients apart and match those of the new cancers.
    """

    tables: Tables
    places: Places
    as_of: int
    patient: Array
    pathway: Array
    place: Array
    start: Array
    end: Array
    decision_day: Array
    decision: Array
    treatment: Array
    ended: Array
    postponed: Array
    attended: Array
    reason: Array
    span_days: Array
    span_limit: Array
    share_days: Array
    share_limit: Array
    sex: Array
    age: Array


def cohort_from_table(
    episodes: pa.Table, tables: Tables, organisations: Organisations, *, as_of: int
) -> tuple[Cohort, pa.Array]:
    """The cohort of an episodes table with the documented columns, and the sorted patient ids its numbers stand for.

    ValueError when a column holds a pathway, end or reason that the catalogue does not know.
    """

    def days(name: str) -> Array:
        return np.asarray(pc.fill_null(pc.cast(pc.cast(episodes[name], pa.date32()), pa.int32()), NO_DAY))

    def whole(name: str) -> Array:
        return np.asarray(pc.fill_null(pc.cast(episodes[name], pa.int32()), -1))

    def number(name: str, names: tuple[str, ...], missing: int) -> Array:
        text = pc.cast(episodes[name], pa.string())
        text = pc.if_else(pc.equal(text, ""), None, text)
        index = pc.index_in(text, value_set=pa.array(names, pa.string()))
        unknown = pc.and_(pc.is_null(index), pc.is_valid(text))
        if pc.any(unknown).as_py():
            raise ValueError(f"{name}: {text.filter(unknown)[0].as_py()!r} is not known to the catalogue.")
        return np.asarray(pc.fill_null(index, missing))

    def truth(name: str) -> Array:
        column = episodes[name]
        text = pa.types.is_string(column.type) or pa.types.is_large_string(column.type)
        return np.asarray(pc.fill_null(pc.equal(column, "true") if text else column, False))

    institutions = pc.cast(episodes["start_institution"], pa.string()).combine_chunks().dictionary_encode()
    if isinstance(institutions, pa.ChunkedArray):
        institutions = institutions.combine_chunks()
    names = institutions.dictionary.to_pylist()
    places = places_of(names, organisations)
    start = days("start_date")
    place = places.of_many(names, np.asarray(institutions.indices), start)
    patients = pc.cast(episodes["patient_id"], pa.string()).combine_chunks()
    ids = pc.unique(patients).sort()
    sex = whole("sex") if "sex" in episodes.column_names else np.full(len(start), -1)
    age = whole("age") if "age" in episodes.column_names else np.full(len(start), -1)
    cohort = Cohort(
        tables=tables,
        places=places,
        as_of=as_of,
        patient=np.asarray(pc.index_in(patients, value_set=ids)),
        pathway=number("pathway", tables.pathways, -1),
        place=place,
        start=start,
        end=days("end_date"),
        decision_day=days("decision_date"),
        decision=number("decision", tables.kinds, 0),
        treatment=number("treatment", tables.kinds, 0),
        ended=number("end", tables.ends, -1),
        postponed=truth("postponed"),
        attended=days("first_attendance_date") != NO_DAY,
        reason=number("share_reason", REASONS, kernel.STILL_OPEN),
        span_days=np.column_stack([whole(f"{span}_days") for span in tables.spans]),
        span_limit=np.column_stack([whole(f"{span}_limit") for span in tables.spans]),
        share_days=whole("share_days"),
        share_limit=whole("share_limit"),
        sex=np.maximum(sex, 0),
        age=age,
    )
    return cohort, ids
