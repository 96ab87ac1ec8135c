"""What share of those who started has come to each end by a day, when some are still waiting.

The estimate of Aalen and Johansen: Kaplan-Meier for several ends that rule each other out. Who is still waiting counts
as long as they have been followed and no longer, so the quick ones do not stand for all. Days are whole; of two things
on one day, an end comes before a pathway being out of sight.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
WAITING = 0
"""The mark of one who has come to no end yet."""
GROUPS = 20
"""Parts left out one after another to see how much an estimate depends on who happened to be in it."""
Z_95 = 1.959963984540054


@dataclass(frozen=True)
class Course:
    """Shares (0-1) by day from day 0: a row per end, in the order of the ends."""

    reached: Floats
    followed: Ints
    """How many were still waiting and in sight at the beginning of each day."""

    def at(self, day: int) -> Floats:
        """The shares at the end of `day`; of the last day known for later ones."""
        return self.reached[:, min(day, self.reached.shape[1] - 1)]


def tally(days: Ints, ends: Ints, *, kinds: int, last: int) -> Ints:
    """Counts by end (0: waiting) and day, up to and including `last`; who is followed longer is out of sight there."""
    counts = np.zeros((kinds + 1, last + 2), np.int64)
    inside = days <= last
    np.add.at(counts, (ends[inside], days[inside]), 1)
    counts[WAITING, last + 1] = int((~inside).sum())
    return counts


def course(counts: Ints) -> Course:
    """The course that the counts of `tally` tell."""
    by_day = counts[:, :-1]
    leaving = by_day.sum(axis=0)
    total = int(counts.sum())
    followed = total - np.concatenate(([0], np.cumsum(leaving)[:-1]))
    ended = by_day[1:].sum(axis=0)
    risk = np.divide(ended, followed, out=np.zeros(len(ended)), where=followed > 0)
    still = np.concatenate(([1.0], np.cumprod(1 - risk)[:-1]))
    step = np.divide(by_day[1:], followed, out=np.zeros(by_day[1:].shape), where=followed > 0)
    return Course(np.cumsum(still * step, axis=1), followed.astype(np.int64))


@dataclass(frozen=True)
class Estimate:
    """A share (0-1) with its 95 % interval."""

    share: float
    low: float
    high: float


def share_of(days: Ints, ends: Ints, *, part: int, whole: tuple[int, ...], kinds: int, by: int) -> Estimate | None:
    """Of those who will have come to an end of `whole` by day `by`: the share that came to `part`.

    The interval comes from leaving out a twentieth at a time (the grouped jackknife), by place in the arrays. None
    where nobody comes to such an end.
    """
    counts = tally(days, ends, kinds=kinds, last=by)
    share = _ratio(counts, part, whole, by)
    if share is None:
        return None
    groups = min(GROUPS, len(days))
    without = []
    for group in range(groups):
        left = counts - tally(days[group::groups], ends[group::groups], kinds=kinds, last=by)
        one = _ratio(left, part, whole, by)
        without.append(share if one is None else one)
    spread = np.array(without)
    variance = (groups - 1) / groups * float(((spread - spread.mean()) ** 2).sum()) if groups > 1 else 0.0
    reach = Z_95 * variance**0.5
    return Estimate(share, max(0.0, share - reach), min(1.0, share + reach))


def _ratio(counts: Ints, part: int, whole: tuple[int, ...], by: int) -> float | None:
    reached = course(counts).at(by)
    below = float(sum(reached[end - 1] for end in whole))
    return float(reached[part - 1]) / below if below > 0 else None
