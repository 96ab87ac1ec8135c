"""Messages as the lines of messages.csv: the row they are about, and the text in three languages."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pakkeforlop.catalogue.model import Catalogue
from pakkeforlop.episodes.rows import Linking

LANGUAGES = ("nb", "nn", "en")


def message_lines(linking: Linking, catalogue: Catalogue, source: pa.Table) -> pa.Table:
    """One line per message, by file and row, with the columns of messages.csv (docs/reference).

    source: the table that was linked, with `file` and `row` of each registration.
    """
    found = linking.messages
    at = found["at"].combine_chunks()

    def taken(name: str) -> pa.Array:
        if name not in source.column_names:
            return pa.nulls(len(at), pa.string())
        column = source[name].take(at)
        return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column

    numbers = sorted(set(pc.unique(found["message"]).to_pylist()))
    index = pa.array(np.searchsorted(numbers, found["message"].to_numpy()).astype(np.int32), pa.int32())

    def texts(language: str) -> pa.Array:
        said = [f"{catalogue.messages[n].text.of(language)} {catalogue.messages[n].what_now.of(language)}" for n in numbers]
        return pa.DictionaryArray.from_arrays(index, pa.array(said, pa.string()))

    return pa.table(
        {
            "file": taken("file"),
            "row": taken("row"),
            "registration_id": taken("registration_id"),
            "patient_id": taken("patient_id"),
            "pathway": found["pathway"],
            "episode": found["episode"],
            "code": taken("code"),
            "event_date": pc.cast(taken("day"), pa.date32()),
            "institution": taken("institution"),
            "message": found["message"],
            "counted": found["counted"],
            **{f"text_{language}": texts(language) for language in LANGUAGES},
        }
    )
