"""Which limit holds on a day. The day that counts for an episode is its start."""

from __future__ import annotations

from datetime import date

from pakkeforlop.catalogue.model import Pathway, TimeLimit


def in_force(pathway: Pathway, span: str, kind: str = "", *, on: date) -> TimeLimit | None:
    """The version of a limit on a day, such as ("OF3", "K"); None before the first, and when the span has none.

    A version without `days` ends the limit: None from its day on.
    """
    versions = [v for v in pathway.time_limit.get(span, ()) if v.kind == kind and v.valid_from <= on]
    return versions[-1] if versions and versions[-1].days is not None else None


def version_day(pathway: Pathway, *, on: date) -> date | None:
    """The day that the version of the whole table in force on `on` began: the latest change not after it."""
    return max((v.valid_from for vs in pathway.time_limit.values() for v in vs if v.valid_from <= on), default=None)


def version_days(pathway: Pathway) -> list[date]:
    """Every day on which a limit of the pathway changed, oldest first."""
    return sorted({version.valid_from for versions in pathway.time_limit.values() for version in versions})
