"""Registrations with all that is needed to correct them later: what stands of each, and when it was registered.

A table of these has, besides the columns that are linked, `registration_id` and `moment` (microseconds, as written)
where the files have them, and `linked`: false for a row that withdraws a registration, or has a code of another family.
Such rows are kept, since they may be what a later row has to yield to.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pakkeforlop.episodes.coded import NOBODY
from pakkeforlop.episodes.held import worded
from pakkeforlop.exchange.csv.dates import NO_MOMENT
from pakkeforlop.exchange.csv.intake import Intake, registration_table
from pakkeforlop.exchange.csv.judge import Status
from pakkeforlop.exchange.csv.read import FIRST_DAY, judged_files
from pakkeforlop.vocabulary.calendar import NO_DAY

HELD = ("patient_id", "code", "day", "institution", "registered_day", "registration_id", "moment", "linked")
NAMES = ("registration_id", "moment", "code", "day", "institution", "patient_id")
"""What tells which of several rows of one registration stands, the first that tells them apart first."""

LOWEST: dict[str, Any] = {"moment": NO_MOMENT, "day": NO_DAY}
"""What stands for nothing, and comes first."""


def read_held(
    paths: Sequence[str | Path],
    *,
    today: int,
    first_day: int = FIRST_DAY,
    linked_prefixes: Collection[str] = (),
) -> tuple[Intake, pa.Table]:
    """As `read_registrations`, as of the last date in the files, and every row that stands."""
    judged = judged_files(paths, today=today, first_day=first_day, linked_prefixes=linked_prefixes)
    drafts, versions = judged.drafts, judged.versions
    statuses = [np.zeros(len(d), np.uint8) if s is None else s for d, s in zip(drafts, judged.statuses, strict=True)]
    kept = [
        (status <= Status.WITHDRAWS) & (True if lost is None else ~lost)
        for status, lost in zip(statuses, versions.masks, strict=True)
    ]
    table = registration_table(drafts, kept)
    linked = np.concatenate([status[mask] for status, mask in zip(statuses, kept, strict=True)]) == Status.KEPT
    table = table.append_column("linked", pa.array(linked))
    if any(draft.registered is not None for draft in drafts):
        moments = [
            np.full(int(mask.sum()), NO_MOMENT) if draft.registered is None else draft.registered[mask]
            for draft, mask in zip(drafts, kept, strict=True)
        ]
        table = table.append_column("moment", pa.array(np.concatenate(moments)))
    nobody: Any = NOBODY if pa.types.is_integer(table["patient_id"].type) else ""
    table = table.set_column(0, "patient_id", pc.fill_null(table["patient_id"], nobody))
    return judged.intake(), table.select([name for name in HELD if name in table.column_names])


def in_force(rows: pa.Table) -> pa.Table:
    """Of rows with the same registration id, the one that stands; rows without an id all do."""
    if "registration_id" not in rows.column_names:
        return rows
    named = pc.greater(pc.fill_null(pc.utf8_length(rows["registration_id"]), 0), 0)
    again, single = rows.filter(named), rows.filter(pc.invert(named))
    lowest = {name: LOWEST.get(name, "") for name in NAMES if name in rows.column_names}
    compared = pa.table({name: pc.fill_null(worded(again)[name], value) for name, value in lowest.items()})
    ordered = again.take(pc.sort_indices(compared, [(name, "ascending") for name in lowest]))
    ids = ordered["registration_id"].to_pylist()
    last = [n for n, name in enumerate(ids) if n + 1 == len(ids) or ids[n + 1] != name]
    return pa.concat_tables([single, ordered.take(pa.array(last, pa.int64()))])
