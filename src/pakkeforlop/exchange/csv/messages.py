"""messages.csv: every message with the row it is about and its text in three languages."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pakkeforlop.catalogue.model import Catalogue
from pakkeforlop.exchange.csv.intake import Intake
from pakkeforlop.vocabulary.errors import LANGUAGES


def messages_file(intake: Intake, messages: pa.Table, catalogue: Catalogue) -> pa.Table:
    """The columns of messages.csv. `messages`: at (row of the table read), message, pathway, episode, counted."""
    at = messages.column("at").combine_chunks()
    rows = intake.registrations.take(at)
    file, row = intake.sources.at(np.asarray(at.to_numpy(zero_copy_only=False), np.int64))
    number = messages.column("message")
    columns = {
        "file": file,
        "row": pa.array(row),
        "registration_id": _or_null(rows, "registration_id"),
        "patient_id": rows.column("patient_id"),
        "pathway": messages.column("pathway"),
        "episode": messages.column("episode"),
        "code": rows.column("code"),
        "event_date": rows.column("day").cast(pa.int32()).cast(pa.date32()),
        "institution": rows.column("institution"),
        "message": number,
        "counted": messages.column("counted"),
    }
    known = sorted(catalogue.messages)
    place = pc.index_in(number.cast(pa.int32()), value_set=pa.array(known, pa.int32())).combine_chunks()
    for language in LANGUAGES:
        said = [catalogue.messages[one] for one in known]
        texts = pa.array([f"{one.text.of(language)} {one.what_now.of(language)}" for one in said], pa.string())
        columns[f"text_{language}"] = pa.DictionaryArray.from_arrays(place, texts)
    return pa.table(columns)


def _or_null(rows: pa.Table, name: str) -> pa.ChunkedArray | pa.Array:
    return rows.column(name) if name in rows.column_names else pa.nulls(len(rows), pa.string())
