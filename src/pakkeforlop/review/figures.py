"""Figures recomputed from files that a run wrote."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pakkeforlop.episodes.places import places_of
from pakkeforlop.episodes.rows import Engine
from pakkeforlop.exchange.csv.episode_file import read_episodes
from pakkeforlop.exchange.csv.message_file import read_messages
from pakkeforlop.exchange.csv.people import read_new_cancers, read_patients
from pakkeforlop.indicators.cohort import cohort_from_table
from pakkeforlop.indicators.compute import compute
from pakkeforlop.indicators.given import Material, MessageRows, NewCancerRows
from pakkeforlop.indicators.material import birth_days
from pakkeforlop.review.monitoring import make_engine
from pakkeforlop.vocabulary.calendar import NO_DAY
from pakkeforlop.vocabulary.errors import FileFault

DATES = ("start_date", "first_attendance_date", "decision_date", "treatment_date", "end_date")


def figures_of_files(
    episodes: Path,
    *,
    today: int,
    messages: Path | None = None,
    new_cancers: Path | None = None,
    patients: Path | None = None,
    as_of: int | None = None,
    settings: Path | None = None,
    catalogue: Path | None = None,
) -> pa.Table:
    """The figures of an episodes file, with the columns of indicators.csv.

    as_of: day number; default the last date in the file. Without the registrations themselves, messages have no
    denominator and the days from event to registration are not told. FileFault when a file holds what the catalogue
    does not know.
    """
    engine = make_engine(catalogue, settings)
    table = read_episodes(episodes).table
    last = as_of if as_of is not None else _last_day(table, today)
    try:
        cohort, ids = cohort_from_table(table, engine.tables, engine.organisations, as_of=last)
    except ValueError as error:
        raise FileFault("unknown_to_catalogue", file=episodes.name, detail=str(error)) from error
    people = None if patients is None else read_patients(patients, today=today).table
    cancers = None
    if new_cancers is not None:
        given = read_new_cancers(new_cancers, last_day=last).table
        cancers = NewCancerRows(
            given,
            _numbers(given["patient_id"], ids),
            None if people is None else birth_days(given["patient_id"], people),
        )
    return compute(
        cohort,
        engine.catalogue,
        engine.organisations,
        engine.settings,
        Material(cancers, None if messages is None else _messages(read_messages(messages), engine)),
    )


def _last_day(table: pa.Table, today: int) -> int:
    days = [pc.max(pc.cast(table[name], pa.int32())).as_py() for name in DATES]
    return min(max((day for day in days if day is not None), default=today), today)


def _numbers(ids: pa.ChunkedArray, known: pa.Array) -> np.ndarray:
    texts = pc.cast(ids, pa.string())
    texts = texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
    number = np.asarray(pc.fill_null(pc.index_in(texts, value_set=known), -1)).astype(np.int64)
    own = np.asarray(texts.dictionary_encode().indices).astype(np.int64)
    return np.where(number < 0, len(known) + own, number)


def _messages(table: pa.Table, engine: Engine) -> MessageRows:
    names = table["institution"].combine_chunks().dictionary_encode()
    places = places_of(names.dictionary.to_pylist(), engine.organisations)
    day = np.asarray(pc.fill_null(table["day"], NO_DAY)).astype(np.int64)
    pathway = pc.index_in(table["pathway"], value_set=pa.array(engine.tables.pathways, pa.string()))
    return MessageRows(
        number=np.asarray(table["message"]).astype(np.int64),
        pathway=np.asarray(pc.fill_null(pathway, -1)).astype(np.int64),
        place=places.of_many(names.dictionary.to_pylist(), np.asarray(names.indices), day.astype(np.int32)),
        day=day,
        places=places,
    )
