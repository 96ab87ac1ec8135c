"""A partitioned run as files: what each bucket gives is written as it comes, the figures last.

Written are messages.csv, episodes.parquet, indicators.csv, rejects.csv and run.json. The messages stand bucket by
bucket, not in the order of the rows. There is no report and no episodes.csv: both are made from the whole.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from pakkeforlop.catalogue.choices import differences
from pakkeforlop.catalogue.digest import definitions_hash
from pakkeforlop.episodes.rows import Linking
from pakkeforlop.exchange.csv.folder import OutputFolder
from pakkeforlop.exchange.csv.intake import Intake, Sources
from pakkeforlop.exchange.csv.messages import messages_file
from pakkeforlop.exchange.csv.record import run_record
from pakkeforlop.exchange.csv.rejects import Positions
from pakkeforlop.exchange.csv.write import to_csv
from pakkeforlop.review.partitioned import PartitionedRun
from pakkeforlop.review.writing import message_counts, newest_share


class LaidDown(Sources):
    """Where the rows of a bucket came from, as they tell themselves."""

    def __init__(self, table: pa.Table) -> None:
        super().__init__((), (), ())
        self.__dict__["table"] = table

    def at(self, positions: Positions) -> tuple[pa.DictionaryArray, Positions]:
        """The files and rows that some rows of the table came from."""
        rows = self.__dict__["table"].select(["file", "row"]).take(pa.array(positions))
        return rows["file"].combine_chunks(), np.asarray(rows["row"])


def write_partitioned(
    run: PartitionedRun, folder: OutputFolder, *, arguments: Mapping[str, Any], begun: float
) -> dict[str, Any]:
    """Run, write into an open output folder, and return the record. NothingLeft as in `write_run`."""
    counted: Counter[str] = Counter()
    episodes: pq.ParquetWriter | None = None
    rows = 0
    with folder.path("messages.csv").open("wb") as messages, folder.path("episodes.parquet").open("wb") as linked:

        def write(linking: Linking) -> None:
            nonlocal episodes, rows
            table = linking.episodes
            if episodes is None:
                episodes = pq.ParquetWriter(linked, table.schema, compression="zstd")
            episodes.write_table(table)
            intake = Intake((), pa.table({}), linking.registrations.table, LaidDown(linking.registrations.table), 0)
            told = messages_file(intake, linking.messages, run.engine.catalogue)
            to_csv(told, messages, header=not rows)
            rows += 1
            counted.update(message_counts(told))

        done = run.run(write)
        if episodes is not None:
            episodes.close()
    folder.written["messages.csv"] = {"rows": counted.total()}
    folder.written["episodes.parquet"] = {"rows": done.episodes}
    folder.write_table("indicators.csv", done.indicators)
    folder.write_table("rejects.csv", done.rejects)
    record = run_record(
        "monitor",
        arguments=arguments,
        settings=run.engine.settings,
        catalogue_sha256=definitions_hash(run.engine.catalogue),
        sections={
            "settings_changed": differences(run.engine.catalogue.settings, run.engine.settings),
            **done.pieces.record(),
            "other_files": {
                name: {"files": reading.files_for_record(), "refused": reading.refused}
                for name, reading in done.readings.items()
            },
            "buckets": done.buckets,
            "result": {
                "episodes": done.episodes,
                "messages": dict(sorted(counted.items())),
                "indicator_rows": done.indicators.num_rows,
                "share": newest_share(done.indicators, done.pieces.as_of),
            },
        },
        seconds={**done.seconds, "all": time.perf_counter() - begun},
    )
    folder.finish(record)
    done.pieces.require_rows()
    return record
