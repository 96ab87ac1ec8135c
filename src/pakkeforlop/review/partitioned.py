"""Figures in bounded memory: registrations are laid down in buckets by patient, each of them linked and counted alone.

The figures are the same to the last cell as those of a run in one piece: no pathway reaches over two patients, counts
add up, and the days that medians are made of are laid down by pathway and year and taken up a year at a time.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from pakkeforlop.episodes.buckets import Buckets
from pakkeforlop.episodes.coded import whole_numbers
from pakkeforlop.episodes.places import Places, places_of
from pakkeforlop.episodes.rows import Engine, Linking, link_table
from pakkeforlop.exchange.csv.intake import Reading
from pakkeforlop.exchange.csv.judge import DAY_COLUMNS
from pakkeforlop.exchange.csv.people import read_new_cancers, read_patients
from pakkeforlop.exchange.csv.pieces import PIECE, Pieces
from pakkeforlop.indicators.compute import Figures, contacts_of
from pakkeforlop.indicators.ground import Ground
from pakkeforlop.indicators.material import material_of
from pakkeforlop.review.monitoring import Sources
from pakkeforlop.vocabulary.calendar import day_number

WORDS = pa.dictionary(pa.int32(), pa.string())
LEAST_MEMORY = 256 << 20
OWN = 200 << 20
"""What the program itself needs, whatever the data."""

BYTES_A_ROW = 220
"""What a registration needs while its bucket is linked and counted."""

BYTES_A_ROW_WRITTEN = 500
"""The same where the tables of episodes and messages are made from it too."""

SHARE_FOR_A_BUCKET = 0.3
"""How much of the memory that is left a bucket may take; the rest is for the figures and for what is let go late."""

BYTES_A_ROW_READ, SHARE_FOR_A_PIECE, LEAST_PIECE = 400, 0.2, 1 << 15
"""What a row needs while it is read, judged and laid down, with every column there is; and how much may be so."""


@dataclass
class Partitioned:
    """What a partitioned run made: the figures, what was read, and how it was done."""

    indicators: pa.Table
    readings: dict[str, Reading]
    pieces: Pieces
    buckets: int
    episodes: int
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def registrations(self) -> int:
        """Registrations that were linked."""
        return self.pieces.told.used

    @property
    def rejects(self) -> pa.Table:
        """What was refused, of all files."""
        return pa.concat_tables([self.pieces.rejects(), *(reading.rejects for reading in self.readings.values())])


def bucket_count(rows: int, memory: int, *, with_rows: bool = False) -> int:
    """How many buckets keep a run within so many bytes. with_rows: their episodes and messages are written too."""
    room = max(memory - OWN, LEAST_MEMORY - OWN) * SHARE_FOR_A_BUCKET
    return max(1, -(-rows * (BYTES_A_ROW_WRITTEN if with_rows else BYTES_A_ROW) // int(room)))


def piece_rows(memory: int) -> int:
    """How many rows are read at a time within so many bytes."""
    room = max(memory - OWN, LEAST_MEMORY - OWN) * SHARE_FOR_A_PIECE
    return min(PIECE, max(LEAST_PIECE, int(room / BYTES_A_ROW_READ)))


def registration_schema(pieces: Pieces, *, with_rows: bool) -> pa.Schema:
    """The columns of every bucket. with_rows: the file and row that each registration stood in, too."""
    fields = [
        ("patient_id", pa.string() if pieces.as_text else pa.int64()),
        ("code", WORDS),
        ("day", pa.int32()),
        ("institution", WORDS),
    ]
    if "registration_id" in pieces.columns:
        fields.append(("registration_id", pa.string()))
    if "registered_at" in pieces.columns:
        fields.append(("registered_day", pa.int32()))
    fields += [("unit", WORDS)] if "unit" in pieces.columns else []
    fields += [(ours, pa.int32()) for name, ours in DAY_COLUMNS.items() if name in pieces.columns]
    fields += [("file", WORDS), ("row", pa.int64())] if with_rows else []
    return pa.schema(fields)


PEOPLE = pa.schema([("patient_id", pa.string()), ("birth_day", pa.int32()), ("sex", pa.int8())])
CANCERS = pa.schema(
    [("patient_id", pa.string()), ("icd10", WORDS), ("first_contact_day", pa.int32()), ("institution", WORDS)]
)


class PartitionedRun:
    """Lay down, link bucket by bucket, tell.

    memory: bytes that the run should keep within; buckets: so many, whatever the memory; folder: where temporary files
    are made (16 to 60 bytes a registration); with_rows: keep what the tables of episodes and messages are made from.
    """

    def __init__(
        self, sources: Sources, engine: Engine, *, today: int, as_of: int | None = None, memory: int | None = None,
        buckets: int | None = None, folder: Path | None = None, with_rows: bool = False,
        progress: Callable[[str], None] = lambda _: None,
    ) -> None:  # fmt: skip
        self.sources, self.engine, self.progress = sources, engine, progress
        self.with_rows = with_rows
        self.today, self.folder = today, folder
        self.pieces = Pieces(
            sources.registrations, today=today, as_of=as_of, first_day=day_number(engine.settings.first_day),
            linked_prefixes=engine.tables.pathways, folder=folder,
            piece=PIECE if memory is None else piece_rows(memory),
        )  # fmt: skip
        self.count = buckets or bucket_count(self.pieces.rows, memory or LEAST_MEMORY, with_rows=with_rows)
        self.readings: dict[str, Reading] = {}
        self.instances = 0
        self.contacts: Places | None = None

    def run(self, each: Callable[[Linking], None] = lambda _: None) -> Partitioned:
        """Everything. `each` is given every bucket's linking, in the order of the buckets."""
        begun = time.perf_counter()
        with tempfile.TemporaryDirectory(prefix="pakkeforlop-", dir=self.folder) as name:
            folder = Path(name)
            buckets = self.lay_down(folder)
            laid = time.perf_counter()
            figures = self.figures(buckets, folder)
            for linking, people, cancers in self.linkings(buckets):
                self.instances += linking.linked.instances
                figures.add(linking.linked, material_of(linking, people, cancers))
                each(linking)
            linked = time.perf_counter()
            self.progress("indicators")
            table = figures.table()
        seconds = {"read": laid - begun, "link": linked - laid, "figures": time.perf_counter() - linked}
        return Partitioned(
            table, self.readings, self.pieces, self.count, self.instances,
            {name: round(value, 3) for name, value in seconds.items()},
        )  # fmt: skip

    def lay_down(self, folder: Path) -> Buckets:
        """Read piece by piece, and lay the rows down by patient."""
        self.progress("reading")
        ends = self.pieces.ids()
        if ends is not None and ends[1] - ends[0] >= 4 * self.pieces.rows + 1_000_000:
            ends = None
        buckets = Buckets(folder, self.count, ends)
        self.count = buckets.count
        self.schema = registration_schema(self.pieces, with_rows=self.with_rows)
        for intake in self.pieces:
            table = intake.table if self.with_rows else intake.registrations
            buckets.add("registrations", table, self.schema)
        self._lay_down_people(buckets)
        buckets.close()
        return buckets

    def _lay_down_people(self, buckets: Buckets) -> None:
        """The patients and new cancers of each bucket, so that they too are taken up a bucket at a time."""
        given = self.sources
        if given.patients is not None:
            people = read_patients(given.patients, today=self.today)
            self.readings["patients"] = people
            buckets.add("patients", people.table, PEOPLE, self._as_ours(people.table["patient_id"]))
        if given.new_cancers is not None:
            cancers = read_new_cancers(given.new_cancers, last_day=self.pieces.as_of)
            self.readings["new_cancers"] = cancers
            self.contacts = contacts_of(cancers.table, self.engine.organisations)
            buckets.add("new_cancers", cancers.table, CANCERS, self._as_ours(cancers.table["patient_id"]))

    def _as_ours(self, ids: pa.ChunkedArray) -> pa.ChunkedArray:
        """Ids of another file as those of the registrations."""
        return pa.chunked_array([ids.cast(pa.string()) if self.pieces.as_text else pa.array(whole_numbers(ids))])

    def figures(self, buckets: Buckets, folder: Path) -> Figures:
        """Where everything is counted together."""
        engine = self.engine
        sets = [places_of(buckets.words("registrations", "institution"), engine.organisations)]
        sets += [] if self.contacts is None else [self.contacts]
        ground = Ground(
            engine.tables, self.pieces.as_of, sets, engine.catalogue, engine.organisations, engine.settings
        )  # fmt: skip
        return Figures(ground, folder)

    def linkings(self, buckets: Buckets) -> Iterator[tuple[Linking, pa.Table | None, pa.Table | None]]:
        """Each bucket linked, with its patients and new cancers."""
        given = self.sources
        self.progress("linking")
        for bucket in range(self.count):
            people = None if given.patients is None else buckets.take("patients", bucket, PEOPLE)
            cancers = None if given.new_cancers is None else buckets.take("new_cancers", bucket, CANCERS)
            table = buckets.take("registrations", bucket, self.schema)
            last_of_none = bucket == self.count - 1 and not self.pieces.told.used
            if len(table) or cancers or last_of_none:
                yield link_table(table, self.engine, as_of=self.pieces.as_of, patients=people), people, cancers
            del table
            pa.default_memory_pool().release_unused()
