"""The same registrations under two catalogues: which episodes change, where, and by how much.

An episode stands in a time's figures as in the indicators (decision 8): in the share when its reason is "counts"; in a
time to treatment when it is in the share and has a limit; in another time when it has ended and has both points and a
limit. It is within when its days are not above the limit. It changes when it comes within or falls outside, comes to
count or ceases to count.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pakkeforlop.catalogue.model import Catalogue
from pakkeforlop.episodes.rows import Engine, link_table
from pakkeforlop.review.monitoring import Run
from pakkeforlop.vocabulary.sentences import Sentences

Mask = npt.NDArray[np.bool_]
SHARE = "share"
CHANGES = ("came_in", "fell_out", "began_to_count", "ceased_to_count")
COUNTS = ("before_numerator", "before_denominator", "after_numerator", "after_denominator")
say = Sentences(Path(__file__).with_suffix(".toml"))
"""Sentences and headings."""


@dataclass(frozen=True)
class Side:
    """A time of each episode under one catalogue: does it count, is it within, and against which limit (-1 none)."""

    counts: Mask
    within: Mask
    limit: npt.NDArray[np.int64]


@dataclass(frozen=True)
class Impact:
    """What changes. `rows`: counts per time, pathway, trust and branch; `episodes`: those that change, one a time.

    `limits`: per pathway, time, kind of treatment and pair of limits that differ, the episodes held against them, and
    how many of these are within the one and the other.
    gone and new: episodes that only one of the catalogues has.
    """

    total: int
    changed: int
    gone: int
    new: int
    rows: list[dict[str, Any]] = field(default_factory=list)
    episodes: pa.Table = field(default_factory=lambda: pa.table({}))
    limits: list[dict[str, Any]] = field(default_factory=list)


def impact_of(run: Run, proposed: Engine) -> Impact:
    """Link the registrations of a run again under the proposed definitions, and compare episode by episode."""
    people = None if run.patients is None else run.patients.table
    again = link_table(run.intake.registrations, proposed, as_of=run.intake.as_of, patients=people)
    return compare(run.episodes, again.episodes, run.engine.catalogue)


def compare(before: pa.Table, after: pa.Table, catalogue: Catalogue) -> Impact:
    """Two tables of the same episodes (columns of docs/reference): under the catalogue in force, and the proposed."""
    at = pc.index_in(before["episode_id"], value_set=after["episode_id"].combine_chunks())
    both = pc.is_valid(at)
    here = int(pc.sum(both).as_py() or 0)
    gone, new = before.num_rows - here, after.num_rows - here
    before, after = before.filter(both), after.take(at.filter(both))
    groups = _groups(before, catalogue)
    pathway = groups["pathway"]
    families = {code: catalogue.families[found.family] for code, found in catalogue.pathways.items()}
    spans = list(dict.fromkeys(span.key for family in families.values() for span in family.span))
    kinds = {span.key for family in families.values() for span in family.span if span.by_kind}
    found = Impact(before.num_rows, 0, gone, new)
    ids: set[str] = set()
    listed = []
    for measure in (SHARE, *spans):
        old, then = _side(before, measure, by_kind=measure in kinds), _side(after, measure, by_kind=measure in kinds)
        differs = (old.limit != then.limit) & (old.counts | then.counts)
        masks = _changes(old, then)
        if measure != SHARE and not differs.any() and not any(mask.any() for mask in masks.values()):
            continue
        by_kind = measure in kinds or measure == SHARE
        branch = groups["branch"] if by_kind else np.full(len(pathway), "", object)
        found.limits.extend(_limits(measure, old, then, differs, pathway, branch))
        found.rows.extend(_rows(measure, old, then, masks, groups, catalogue))
        for name, mask in masks.items():
            if mask.any():
                listed.append(_listed(before, after, measure, name, mask, old, then))
                ids.update(before["episode_id"].filter(pa.array(mask)).to_pylist())
    if not listed:
        nobody = np.zeros(before.num_rows, np.bool_)
        listed = [_listed(before, after, SHARE, CHANGES[0], nobody, old, then)]
    return replace(found, changed=len(ids), episodes=pa.concat_tables(listed))


def _side(table: pa.Table, measure: str, *, by_kind: bool) -> Side:
    days, limit = _whole(table[f"{measure}_days"]), _whole(table[f"{measure}_limit"])
    reason = pc.equal(pc.cast(table["share_reason"], pa.string()), "counts")
    in_share = np.asarray(pc.fill_null(reason, False))
    if measure == SHARE:
        counts = in_share
    else:
        ended = np.asarray(pc.is_valid(table["end_date"]))
        counts = (in_share if by_kind else ended) & (days >= 0) & (limit >= 0)
    return Side(counts, counts & (days <= limit), np.where(counts, limit, -1))


def _whole(column: pa.ChunkedArray) -> npt.NDArray[np.int64]:
    return np.asarray(pc.fill_null(pc.cast(column, pa.int64()), -1))


def _changes(old: Side, then: Side) -> dict[str, Mask]:
    both = old.counts & then.counts
    return dict(
        zip(
            CHANGES,
            (
                both & ~old.within & then.within,
                both & old.within & ~then.within,
                ~old.counts & then.counts,
                old.counts & ~then.counts,
            ),
            strict=True,
        )
    )


def _texts_of(column: pa.ChunkedArray) -> npt.NDArray[Any]:
    return np.asarray(pc.fill_null(pc.cast(column, pa.string()), "").to_pylist(), object)


def _groups(episodes: pa.Table, catalogue: Catalogue) -> dict[str, npt.NDArray[Any]]:
    pathway = _texts_of(episodes["pathway"])
    key = {code: found.key for code, found in catalogue.pathways.items()}
    total = {code: catalogue.families[found.family].total for code, found in catalogue.pathways.items()}
    return {
        "pathway": pathway,
        "pathway_key": np.array([key[code] for code in pathway], object),
        "total": np.array([total[code] for code in pathway], object),
        "trust": _texts_of(episodes["trust"]),
        "branch": _texts_of(episodes["treatment"]),
    }


def _limits(
    measure: str, old: Side, then: Side, differs: Mask, pathway: npt.NDArray[Any], branch: npt.NDArray[Any]
) -> list[dict[str, Any]]:
    """Every pair of limits that differ, with how many episodes are held against them and how many are within each."""
    counted: dict[tuple[Any, ...], list[int]] = {}
    for n in np.flatnonzero(differs):
        pair = (pathway[n], branch[n], int(old.limit[n]), int(then.limit[n]))
        sums = counted.setdefault(pair, [0, 0, 0])
        for place, count in enumerate((1, old.within[n], then.within[n])):
            sums[place] += int(count)
    return [
        {
            "measure": measure, "pathway": code, "branch": kind, "before": _or_none(a), "after": _or_none(b),
            "episodes": count, "within_before": before, "within_after": after,
        }
        for (code, kind, a, b), (count, before, after) in sorted(counted.items())
    ]  # fmt: skip


def _or_none(limit: int) -> int | None:
    return None if limit < 0 else limit


def _rows(
    measure: str, old: Side, then: Side, masks: dict[str, Mask], groups: dict[str, npt.NDArray[Any]],
    catalogue: Catalogue,
) -> list[dict[str, Any]]:  # fmt: skip
    """Counts of every pathway and of the total, whole, by trust and by branch; only where something counts."""
    vectors = [old.within, old.counts, then.within, then.counts, *masks.values()]
    order = {key: n for n, key in enumerate(["all_organ_specific", *(p.key for p in catalogue.pathways.values())])}
    rows = []
    for whose, split in product(("total", "pathway_key"), ("", "trust", "branch")):
        names = groups[whose]
        parts = groups[split] if split else np.full(len(names), "", object)
        sums: dict[tuple[str, str], npt.NDArray[np.int64]] = {}
        pairs = np.array([f"{a}\0{b}" for a, b in zip(names, parts, strict=True)], object)
        distinct, index = np.unique(pairs, return_inverse=True) if len(pairs) else (np.array([]), np.array([], int))
        columns = np.array([np.bincount(index, vector, minlength=len(distinct)) for vector in vectors], np.int64)
        for n, pair in enumerate(distinct):
            key, _, part = str(pair).partition("\0")
            if key and (part or not split) and columns[[1, 3], n].any():
                sums[key, part] = columns[:, n]
        for (key, part), values in sorted(sums.items(), key=lambda item: (order[item[0][0]], item[0][1])):
            where = {"pathway_key": key, "trust": "", "branch": ""} | ({split: part} if split else {})
            counts = dict(zip((*COUNTS, *CHANGES), values.tolist(), strict=True))
            rows.append({"measure": measure, **where, **counts, **_percents(counts)})
    return rows


def _percents(counts: dict[str, int]) -> dict[str, float | None]:
    def share(side: str) -> float | None:
        below = counts[f"{side}_denominator"]
        return 100 * counts[f"{side}_numerator"] / below if below else None

    before, after = share("before"), share("after")
    return {
        "before_percent": before,
        "after_percent": after,
        "points": None if before is None or after is None else after - before,
    }


def _listed(
    before: pa.Table, after: pa.Table, measure: str, change: str, mask: Mask, old: Side, then: Side
) -> pa.Table:
    """The episodes that change in one way, with their days and both limits."""
    chosen = pa.array(mask)
    names = ("episode_id", "patient_id", "pathway", "trust", "treatment", "start_date", "end_date")
    rows = before.filter(chosen)
    count = rows.num_rows

    def limits(side: Side) -> pa.Array:
        values = side.limit[mask]
        return pa.array(values.astype(np.int32), pa.int32(), mask=values < 0)

    days = pc.if_else(
        pc.is_valid(rows[f"{measure}_days"]), rows[f"{measure}_days"], after.filter(chosen)[f"{measure}_days"]
    )
    columns: dict[str, Any] = {
        name: rows[name] if name.endswith("_date") else pc.cast(rows[name], pa.string()) for name in names
    }
    columns |= {
        "measure": pa.array([measure] * count, pa.string()),
        "change": pa.array([change] * count, pa.string()),
        "days": days,
        "limit_before": limits(old),
        "limit_after": limits(then),
    }
    return pa.table(columns)
