"""Times between two milestones: how many, how long, within how many days, and which are still open.

Quantiles are those of R's type 7 (the usual linear ones): of n sorted values the point q lies at (n - 1) q. A case with
the first milestone and not the second is censored (its log may end before it), never "not in time". Negative times are
out of order, counted and left out of the statistics.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from pakkeforlop.vocabulary.calendar import NO_DAY

QUANTILES = {"p25": 0.25, "median": 0.5, "p75": 0.75, "p90": 0.9}


@dataclass(frozen=True)
class Span:
    """The times between two milestones of a set of cases. Days are whole calendar days."""

    cases: int
    both: int
    out_of_order: int
    same_day: int
    censored: int
    """Cases with the first milestone only."""
    without_first: int
    days: tuple[int, ...]
    """The valid times, sorted."""

    def statistics(self) -> dict[str, float | int | None]:
        """n, median, p25, p75, p90, mean, min, max; None where there are no times."""
        if not self.days:
            return {"n": 0, **dict.fromkeys([*QUANTILES, "mean", "min", "max"])}
        found: dict[str, float | int | None] = {"n": len(self.days)}
        found |= {name: float(np.quantile(self.days, point)) for name, point in QUANTILES.items()}
        return found | {"mean": sum(self.days) / len(self.days), "min": self.days[0], "max": self.days[-1]}

    def within(self, days: int) -> int:
        """How many took at most so many days."""
        return int(np.searchsorted(self.days, days, side="right"))


def first_days(milestones: pa.Table, name: str) -> dict[str, int]:
    """The first day of a milestone in each case that has it; NO_DAY where the case has none."""
    found: dict[str, int] = {}
    days = milestones["date"].cast(pa.int32()).fill_null(NO_DAY).to_pylist()
    rows = zip(milestones["case"].to_pylist(), milestones["milestone"].to_pylist(), days, strict=True)
    for case, key, day in rows:
        if key == name and (found.get(case, NO_DAY) == NO_DAY or NO_DAY < day < found[case]):
            found[case] = day
    return found


def span_between(milestones: pa.Table, start: str, to: str, cases: Sequence[str] | None = None) -> Span:
    """The times from one milestone to another in all cases, or in those given.

    milestones: columns case, milestone, date as `convert` writes them.
    """
    chosen = sorted(set(milestones["case"].to_pylist())) if cases is None else list(cases)
    begun, ended = first_days(milestones, start), first_days(milestones, to)
    times: list[int] = []
    censored = without = 0
    for case in chosen:
        first, last = begun.get(case, NO_DAY), ended.get(case, NO_DAY)
        if first == NO_DAY:
            without += 1
        elif last == NO_DAY:
            censored += 1
        else:
            times.append(last - first)
    valid = tuple(sorted(time for time in times if time >= 0))
    same = valid.count(0)
    return Span(len(chosen), len(times), len(times) - len(valid), same, censored, without, valid)


def spans_by(
    milestones: pa.Table, start: str, to: str, groups: Mapping[str, set[str]], at_least: int
) -> dict[str, Span]:
    """The span for each group of cases that has at least so many valid times."""
    found = {name: span_between(milestones, start, to, sorted(cases)) for name, cases in sorted(groups.items())}
    return {name: span for name, span in found.items() if len(span.days) >= at_least}
