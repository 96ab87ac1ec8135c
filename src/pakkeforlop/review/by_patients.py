"""Episodes some patients at a time: registrations are read a piece at a time, laid down on disk by patient, and linked
a part at a time. What is in memory is one piece, then one part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pakkeforlop.episodes.buckets import MOST, Buckets
from pakkeforlop.episodes.coded import whole_numbers
from pakkeforlop.episodes.rows import Engine, link_table
from pakkeforlop.exchange.csv.people import read_patients
from pakkeforlop.exchange.csv.pieces import Pieces
from pakkeforlop.exchange.deliver.residence import with_residence
from pakkeforlop.review.monitoring import Sources
from pakkeforlop.review.partitioned import registration_schema
from pakkeforlop.vocabulary.calendar import day_number

PART = 200_000
"""Registrations of a part, about."""
PIECE = 1 << 18
"""Registrations that are read at a time."""
WORDS = pa.dictionary(pa.int32(), pa.string())


class Parts:
    """Read on making; `episodes` links and gives the parts. NothingLeft when all rows were refused.

    reading: what run.json tells of the registrations; folder: for temporary files.
    """

    def __init__(
        self, sources: Sources, engine: Engine, *, today: int, as_of: int, folder: Path,
        progress: Callable[[str], None] = lambda _: None,
    ) -> None:  # fmt: skip
        self._engine, self._as_of, self._progress = engine, as_of, progress
        progress("reading")
        pieces = Pieces(
            sources.registrations, today=today, as_of=as_of, first_day=day_number(engine.settings.first_day),
            linked_prefixes=engine.tables.pathways, piece=PIECE, folder=folder,
        )  # fmt: skip
        self._buckets = Buckets(folder, min(MOST, -(-pieces.rows // PART)), None)
        self._schema = registration_schema(pieces, with_rows=False)
        for intake in pieces:
            table = intake.registrations
            self._buckets.add("registrations", table, self._schema, _texts(table["patient_id"]))
            del table, intake
            pa.default_memory_pool().release_unused()
        pieces.require_rows()
        self.reading: dict[str, Any] = pieces.record()
        self._people: pa.Schema | None = None
        if sources.patients is not None:
            people = with_residence(read_patients(sources.patients, today=today).table, [sources.patients])
            self._people = _plainly(people.schema)
            ids = people["patient_id"]
            if pa.types.is_integer(self._schema.field("patient_id").type):
                ids = pa.chunked_array([pa.array(whole_numbers(ids))])
            self._buckets.add("patients", people, self._people, _texts(ids))
        self._buckets.close()

    def episodes(self) -> Iterator[tuple[pa.Table, pa.Table | None]]:
        """The episodes of some patients, and these patients."""
        self._progress("linking")
        for part in range(self._buckets.count):
            table = self._buckets.take("registrations", part, self._schema)
            people = None if self._people is None else self._buckets.take("patients", part, self._people)
            if len(table):
                yield link_table(table, self._engine, as_of=self._as_of, patients=people).episodes, people
            del table
            pa.default_memory_pool().release_unused()


def _texts(ids: pa.ChunkedArray) -> pa.ChunkedArray:
    """Ids as texts, so that those of both files come to the same part."""
    return pc.cast(ids, pa.string())


def _plainly(schema: pa.Schema) -> pa.Schema:
    """The columns as they are laid down: words of any kind of dictionary alike."""
    return pa.schema([(one.name, WORDS if pa.types.is_dictionary(one.type) else one.type) for one in schema])
