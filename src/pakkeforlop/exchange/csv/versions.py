"""Corrections: of several rows with the same registration id, one holds.

The latest `registered_at` wins; where that is equal too, the greatest content (code, date, institution, compared as
text). A winner without a code withdraws the registration. So the order in which the rows came does not matter.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pakkeforlop.exchange.csv.dates import NO_MOMENT
from pakkeforlop.exchange.csv.judge import Draft, Status, Statuses
from pakkeforlop.exchange.csv.rejects import Positions

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Replaced:
    """Which rows of each file gave way to a later version (None: no row), and the counts."""

    masks: list[Mask | None]
    superseded: int = 0
    withdrawn: int = 0


def replaced(drafts: list[Draft], statuses: list[Statuses | None]) -> Replaced:
    """Find the rows that another row of the same registration replaces."""
    if all(draft.registration_id is None for draft in drafts):
        return Replaced([None] * len(drafts))
    group = _groups(drafts)
    status = np.concatenate([_filled(found, draft) for draft, found in zip(drafts, statuses, strict=True)])
    in_force = (group >= 0) & (status <= Status.WITHDRAWS)
    sizes = np.bincount(group[in_force], minlength=int(group.max(initial=0)) + 1)
    several = np.flatnonzero(in_force & (sizes[group] > 1))
    losers = several[~_winners(drafts, group, several)]
    lost = np.zeros(len(group), bool)
    lost[losers] = True
    withdrawn = int(((status == Status.WITHDRAWS) & ~lost).sum())
    edges = np.cumsum([len(draft) for draft in drafts])[:-1]
    return Replaced(list(np.split(lost, edges)), len(losers), withdrawn)


def _groups(drafts: list[Draft]) -> npt.NDArray[np.int64]:
    """The same number for rows of the same registration; -1 for a row without an id."""
    chunks: list[pa.Array] = []
    for draft in drafts:
        ids = draft.registration_id
        chunks.extend(ids.chunks if ids is not None else [pa.nulls(len(draft), pa.string())])
    encoded = pa.chunked_array(chunks, pa.string()).dictionary_encode().unify_dictionaries()
    indices = [chunk.indices.cast(pa.int64()).fill_null(-1).to_numpy(zero_copy_only=False) for chunk in encoded.chunks]
    return np.concatenate(indices)


def _winners(drafts: list[Draft], group: npt.NDArray[np.int64], rows: Positions) -> Mask:
    """Which of these rows are the last of their registration."""
    if not len(rows):
        return np.zeros(0, bool)
    moment = np.concatenate(
        [np.full(len(d), NO_MOMENT, np.int64) if d.registered is None else d.registered for d in drafts]
    )
    day = np.concatenate([d.day for d in drafts])
    code = _ranks([(d.code.indices, d.code.texts) for d in drafts])
    place = _ranks([(d.institution.indices, d.institution.texts) for d in drafts])
    keys = [rows, _patient_ranks(drafts, rows), place[rows], day[rows], code[rows], moment[rows], group[rows]]
    order = np.lexsort(keys)
    sorted_groups = group[rows][order]
    last = np.append(sorted_groups[1:] != sorted_groups[:-1], True)
    winners = np.zeros(len(rows), bool)
    winners[order[last]] = True
    return winners


def _ranks(columns: list[tuple[npt.NDArray[np.int32], tuple[str, ...]]]) -> npt.NDArray[np.int64]:
    """The place of each row's text among all texts in order; 0 for none."""
    place = {text: number + 1 for number, text in enumerate(sorted({text for _, texts in columns for text in texts}))}
    ranked = [np.array([*(place[text] for text in texts), 0], np.int64)[indices] for indices, texts in columns]
    return np.concatenate(ranked)


def _patient_ranks(drafts: list[Draft], rows: Positions) -> npt.NDArray[np.int64]:
    """The order of the patients' ids as text: settles ties that should not be."""
    chunks = [chunk.cast(pa.string()) for draft in drafts for chunk in draft.patient.chunks]
    texts = pa.chunked_array(chunks, pa.string()).take(pa.array(rows)).fill_null("")
    return np.unique(texts.to_numpy().astype(str), return_inverse=True)[1].astype(np.int64)


def _filled(statuses: Statuses | None, draft: Draft) -> Statuses:
    return np.zeros(len(draft), np.uint8) if statuses is None else statuses
