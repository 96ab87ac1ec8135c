"""Read registrations, patients, new cancers and episodes from files, each with the list of what was refused.

`read_registrations` takes any number of files of any kind (CSV, gzipped CSV, Parquet, Arrow) and gives one table of
registrations in order of file and row. What one file has wrong as a whole (a missing column, a half-written file) stops
the reading, and all faulty files are named at once; what single rows have wrong refuses those rows only.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pakkeforlop.exchange.csv.doors import read_all
from pakkeforlop.exchange.csv.episode_file import read_episodes
from pakkeforlop.exchange.csv.files import InFile
from pakkeforlop.exchange.csv.intake import Intake, Reading, Sources, registration_table
from pakkeforlop.exchange.csv.judge import Draft, Status, Statuses, draft, judge, last_day, other_family
from pakkeforlop.exchange.csv.layout import REGISTRATIONS
from pakkeforlop.exchange.csv.people import Table, read_new_cancers, read_patients
from pakkeforlop.exchange.csv.rejects import Positions, reject_table
from pakkeforlop.exchange.csv.versions import Replaced, replaced
from pakkeforlop.vocabulary.calendar import day_number, day_of
from pakkeforlop.vocabulary.errors import UsageFault

__all__ = ["Intake", "Reading", "Table", "read_episodes", "read_new_cancers", "read_patients", "read_registrations"]

FIRST_DAY = day_number(date(2015, 1, 1))

Mask = npt.NDArray[np.bool_]


def read_registrations(
    paths: Sequence[str | Path],
    *,
    today: int,
    as_of: int | None = None,
    first_day: int = FIRST_DAY,
    linked_prefixes: Collection[str] = (),
) -> Intake:
    """All registrations that can be used, as they were known on `as_of` (default: the last date in the data).

    `first_day`: the first usable event day (settings). `linked_prefixes`: prefixes of the pathways in use; D codes with
    another prefix are kept aside and counted, not refused.
    """
    return judged_files(
        paths, today=today, as_of=as_of, first_day=first_day, linked_prefixes=linked_prefixes
    ).intake()


@dataclass(frozen=True)
class Judged:
    """Files read and judged, row by row, as of a day."""

    files: tuple[InFile, ...]
    drafts: list[Draft]
    statuses: list[Statuses | None]
    versions: Replaced
    first_day: int
    as_of: int

    def intake(self) -> Intake:
        """The rows to link, and what became of the others."""
        drafts, statuses, versions = self.drafts, self.statuses, self.versions
        kept = [kept_rows(status, lost) for status, lost in zip(statuses, versions.masks, strict=True)]
        refusals = [(each.rows.file.name, each.rows.refusals) for each in drafts]
        return Intake(
            files=self.files,
            rejects=reject_table(refusals, self.first_day, self.as_of),
            registrations=registration_table(drafts, kept),
            sources=sources_of(drafts, kept),
            as_of=self.as_of,
            aside=aside_counts(drafts, statuses, versions.masks),
            superseded=versions.superseded,
            withdrawn=versions.withdrawn,
            later=sum(int((status == Status.LATER).sum()) for status in statuses if status is not None),
        )


def judged_files(
    paths: Sequence[str | Path],
    *,
    today: int,
    as_of: int | None = None,
    first_day: int = FIRST_DAY,
    linked_prefixes: Collection[str] = (),
) -> Judged:
    """Read files and judge every row; arguments and faults as in `read_registrations`."""
    if as_of is not None and as_of < first_day:
        days = {"value": day_of(as_of), "first": day_of(first_day), "last": day_of(today)}
        raise UsageFault("date_outside", option="--as-of", **days)
    files, drafts = read_all(paths, REGISTRATIONS, draft)
    until = last_day(drafts, first_day, today) if as_of is None else as_of
    is_other = other_family(linked_prefixes)
    statuses = [judge(each, first_day, until, is_other) for each in drafts]
    return Judged(tuple(files), drafts, statuses, replaced(drafts, statuses), first_day, until)


def kept_rows(status: Statuses | None, lost: Mask | None) -> Mask | None:
    """The rows to link; None when that is all of them."""
    standing = None if lost is None or not lost.any() else ~lost
    if status is None:
        return standing
    fine: Mask = status == Status.KEPT
    return fine if standing is None else fine & standing


def aside_counts(drafts: list[Draft], statuses: list[Statuses | None], lost: list[Mask | None]) -> dict[str, int]:
    """How many rows of each code were kept aside as another family's."""
    counts: dict[str, int] = {}
    for each, status, gone in zip(drafts, statuses, lost, strict=True):
        if status is None:
            continue
        aside = status == Status.ASIDE if gone is None else (status == Status.ASIDE) & ~gone
        per_code = np.bincount(each.code.indices[aside], minlength=len(each.code.texts))
        for code, number in zip(each.code.texts, per_code.tolist(), strict=True):
            if number:
                counts[code] = counts.get(code, 0) + number
    return dict(sorted(counts.items()))


def sources_of(drafts: list[Draft], kept: list[Mask | None]) -> Sources:
    """Where the kept rows stood."""
    numbers: list[Positions | None] = []
    lengths = []
    for each, mask in zip(drafts, kept, strict=True):
        if mask is None:
            numbers.append(each.rows.numbers)
            lengths.append(len(each))
        else:
            numbers.append(each.rows.number(np.flatnonzero(mask)))
            lengths.append(int(mask.sum()))
    return Sources(tuple(each.rows.file.name for each in drafts), tuple(lengths), tuple(numbers))
