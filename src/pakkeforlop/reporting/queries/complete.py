"""Whether a hospital registers as much as its own past makes likely: starts by month, from the store."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from pakkeforlop.access.scope import Scope, units
from pakkeforlop.reporting.completeness import Finding, Month, judge
from pakkeforlop.reporting.queries.starts import starts


@dataclass(frozen=True)
class Checked:
    """A unit's last month; `finding` is None where the past is too short to say."""

    org_nr: str
    finding: Finding | None


def starts_by_month(*, before: date) -> dict[str, dict[Month, int]]:
    """Start codes by trust or hospital number and month, for months that were over on a day.

    Different registrations are counted, each as often as it stands; versions of one are one.
    """
    found: dict[str, dict[Month, int]] = defaultdict(dict)
    for (institution, key), count in starts().items():
        if key >= (before.year, before.month):
            continue
        unit = units().resolve(institution)
        number = unit.org_nr if unit else institution
        found[number][key] = found[number].get(key, 0) + count
    return dict(found)


def completeness(*, scope: Scope, on: date) -> list[Checked]:
    """The last whole month of each of someone's units against its own past."""
    counts = starts_by_month(before=on)
    everyone: dict[Month, int] = defaultdict(int)
    for months in counts.values():
        for month, count in months.items():
            everyone[month] += count
    last = (on.year, on.month - 1) if on.month > 1 else (on.year - 1, 12)
    shared = everyone if len(counts) > 1 else None
    return [
        Checked(number, judge(counts[number], last, shared)) for number in sorted(counts) if scope.covers(number)
    ]
