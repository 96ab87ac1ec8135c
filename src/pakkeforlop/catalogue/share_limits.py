"""The limits that the share of a pathway is judged by, per treatment kind and version."""

from __future__ import annotations

from pakkeforlop.catalogue.model import Family, Pathway
from pakkeforlop.vocabulary.calendar import day_number

WHOLE = "all"
"""Stands for the kind where the share has no treatment kinds (the diagnostic pathway, from start to decision)."""


def share_limits(pathway: Pathway, family: Family) -> dict[str, tuple[tuple[int, int | None], ...]]:
    """Limits of the share: per treatment kind ("all" where the span has no kinds) the versions (first day, days)."""
    spans = {span.key: span for span in family.span}
    parts = [(spans[key].limit, spans[key].by_kind) for key in family.share_limit]
    if not parts:
        return {}
    if len(parts) == 1 and parts[0][1]:
        versions = pathway.time_limit.get(parts[0][0], ())
        kinds = sorted({version.kind for version in versions if version.days is not None})
        return {
            kind: tuple((day_number(v.valid_from), v.days) for v in versions if v.kind == kind)
            for kind in kinds
            if kind
        }
    starts = sorted({v.valid_from for key, _ in parts for v in pathway.time_limit.get(key, ())})
    versions_of_sum = []
    for start in starts:
        in_force = [[v.days for v in pathway.time_limit.get(key, ()) if v.valid_from <= start] for key, _ in parts]
        days = [found[-1] if found else None for found in in_force]
        whole = None if None in days else sum(day for day in days if day is not None)
        versions_of_sum.append((day_number(start), whole))
    return {WHOLE: tuple(versions_of_sum)} if versions_of_sum else {}
