"""What a report counts in the episodes themselves: spread of days, phases, groups. Whole arrays, no loop over rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pakkeforlop.review.report.columns import Coded, Episodes, Ints, Mask
from pakkeforlop.vocabulary.calendar import NO_DAY

BANDS = (7, 14, 28)
"""Days over the limit are told in bands: 1-7, 8-14, 15-28, and more."""

PHASES = ("of1", "of2", "of3")


@dataclass(frozen=True)
class Spread:
    """How days are spread: counts within and late per day from `first` on, how many lie beyond the last one, median and
    90th percentile (type 7), and counts in time and by band of days over.
    """

    total: int
    within: int
    bands: tuple[int, ...]
    median: float
    p90: float
    first: int
    within_by_day: tuple[int, ...]
    late_by_day: tuple[int, ...]
    below: int
    beyond: int


def bands_of(over: Ints) -> tuple[int, ...]:
    """Counts in time, 1-7, 8-14, 15-28 and more days over."""
    edges = np.array([1, *(band + 1 for band in BANDS)])
    return tuple(int(n) for n in np.bincount(np.searchsorted(edges, over, side="right"), minlength=len(BANDS) + 2))


def spread(days: Ints, limit: Ints, *, relative: bool, most: int = 0) -> Spread | None:
    """The spread of days, or of days from each episode's own limit when `relative`. None for no episodes.

    The picture ends where 99 of 100 episodes have been told, at most `most` days out (0: four times the longest limit);
    what lies outside is counted in `below` and `beyond`.
    """
    if len(days) == 0:
        return None
    over = days - limit
    told = over if relative else days
    first = int(np.percentile(told, 0.5 if relative else 0, method="lower"))
    last = int(np.percentile(told, 99, method="higher"))
    first = max(first, -most) if most and relative else first
    last = min(last, most or 4 * int(np.max(limit)))
    last = max(last, first + 6, 7 if relative else int(np.max(limit)) + 7)
    inside = (told >= first) & (told <= last)
    width = last - first + 1
    late = over > 0
    return Spread(
        total=len(days),
        within=int(np.count_nonzero(~late)),
        bands=bands_of(over),
        median=float(np.median(told)),
        p90=float(np.percentile(told, 90)),
        first=first,
        within_by_day=tuple(np.bincount(told[inside & ~late] - first, minlength=width).tolist()),
        late_by_day=tuple(np.bincount(told[inside & late] - first, minlength=width).tolist()),
        below=int(np.count_nonzero(told < first)),
        beyond=int(np.count_nonzero(told > last)),
    )


@dataclass(frozen=True)
class PhaseMean:
    """One phase: mean days, mean limit (None when any episode has none), and the share within its own limit."""

    key: str
    days: float
    limit: float | None
    within: int
    total: int


@dataclass(frozen=True)
class Phases:
    """The phases of the episodes that have all points, which add up to the whole; `left_out` lack a point."""

    parts: tuple[PhaseMean, ...]
    whole: PhaseMean
    left_out: int


def phases(counted: Episodes, keys: tuple[str, ...]) -> Phases | None:
    """Means over the counted episodes that have every phase; None when there are none."""
    days = [counted.whole(f"{key}_days") for key in keys]
    complete = np.ones(counted.count, dtype=bool)
    for column in days:
        complete &= column >= 0
    total = int(np.count_nonzero(complete))
    if total == 0:
        return None
    parts = [
        _phase(key, column[complete], counted.whole(f"{key}_limit")[complete])
        for key, column in zip(keys, days, strict=True)
    ]
    whole = _phase("share", counted.whole("share_days")[complete], counted.whole("share_limit")[complete])
    return Phases(tuple(parts), whole, counted.count - total)


def _phase(key: str, days: Ints, limit: Ints) -> PhaseMean:
    known = limit != NO_DAY
    mean_limit = float(limit.mean()) if known.all() else None
    within = int(np.count_nonzero(days[known] <= limit[known]))
    return PhaseMean(key, float(days.mean()), mean_limit, within, int(np.count_nonzero(known)))


@dataclass(frozen=True)
class Group:
    """Counts of one group (a trust, a hospital, a pathway, a kind of treatment) with its days."""

    name: str
    within: int
    total: int
    median: float
    p90: float
    bands: tuple[int, ...]
    limits: tuple[int, ...]


def groups(by: Coded, days: Ints, limit: Ints) -> list[Group]:
    """Each group that has episodes; `limits` are the limits met in it, the most common first."""
    order = np.argsort(by.code, kind="stable")
    codes, starts = np.unique(by.code[order], return_index=True)
    found = []
    for code, part in zip(codes.tolist(), np.split(order, starts[1:]), strict=True):
        if len(part) == 0:
            continue
        inside, bound = days[part], limit[part]
        limits, counts = np.unique(bound, return_counts=True)
        common = limits[np.argsort(-counts, kind="stable")]
        bands = bands_of(inside - bound)
        median, p90 = (float(q) for q in np.percentile(inside, [50, 90]))
        found.append(Group(by.names[code], bands[0], len(part), median, p90, bands, tuple(common.tolist())))
    return found


def expected_within(unit: Coded, mix: Coded, within: Mask) -> dict[str, float]:
    """For each unit, how many would be in time if each of its pathways had the share it has in the whole."""
    pathways = len(mix.names)
    share = np.bincount(mix.code, weights=within, minlength=pathways)
    total = np.bincount(mix.code, minlength=pathways).astype(np.float64)
    rate = np.divide(share, total, out=np.zeros(pathways), where=total > 0)
    sums = np.bincount(unit.code, weights=rate[mix.code], minlength=len(unit.names))
    return dict(zip(unit.names, sums.tolist(), strict=True))
