"""Limits as pages show them: the days on which they changed, and which one is the longest on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from pakkeforlop.catalogue.model import Family, Pathway, TimeLimit


@dataclass(frozen=True)
class LimitChange:
    """A day on which the limit of the share changed, and by how many days for each kind that had one before."""

    day: date
    longer_by: dict[str, int]


def share_spans(family: Family) -> tuple[str, ...]:
    """The limit names that make the share's limit: OF4, or OF1 and OF2 in the diagnostic pathway."""
    return tuple(part.upper() for part in family.share_limit) or ("OF4",)


def _sums(pathway: Pathway, spans: tuple[str, ...], on: date) -> dict[str, int]:
    """The share's limit on a day for each kind of treatment (the kind is empty where it does not matter)."""
    sums: dict[str, int] = {}
    for span in spans:
        in_force: dict[str, TimeLimit] = {}
        for version in pathway.time_limit.get(span, ()):
            if version.valid_from <= on:
                in_force[version.kind] = version
        for kind, version in in_force.items():
            if version.days is not None:
                sums[kind] = sums.get(kind, 0) + version.days
    return sums


def share_limits(pathway: Pathway, family: Family, on: date) -> dict[str, int]:
    """The limits that the share is judged by on a day, by kind of treatment."""
    return _sums(pathway, share_spans(family), on)


def longest_limit(pathway: Pathway, family: Family, on: date) -> int | None:
    """The longest limit of the share on a day: what an open episode is held against while its treatment is unknown."""
    return max(share_limits(pathway, family, on).values(), default=None)


def limit_changes(pathway: Pathway, family: Family) -> list[LimitChange]:
    """The days on which the share's limit changed for some kind, oldest first; the first version is no change."""
    spans = share_spans(family)
    days = sorted({v.valid_from for span in spans for v in pathway.time_limit.get(span, ())})
    found = []
    for before, day in pairwise(days):
        old, new = _sums(pathway, spans, before), _sums(pathway, spans, day)
        moved = {kind: new[kind] - old[kind] for kind in new if kind in old and new[kind] != old[kind]}
        if moved:
            found.append(LimitChange(day, moved))
    return found
