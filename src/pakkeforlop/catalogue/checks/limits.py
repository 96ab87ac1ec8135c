"""Rules on limits: known spans and kinds, versions oldest first, and sums that come out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from pakkeforlop.catalogue.checks.look import families, kinds, words
from pakkeforlop.catalogue.faults import Fault, Loc
from pakkeforlop.catalogue.limits import in_force, version_days
from pakkeforlop.catalogue.model import Family, Pathway, Span, TimeLimit
from pakkeforlop.catalogue.validate import Parts

Found = Iterator[tuple[Loc, str]]


def limits_hold_together(parts: Parts) -> Iterator[Fault]:
    """All rules on the limits of a pathway."""
    known = families(parts)
    for document, pathway in parts.of("pathways"):
        faults = list(_version_faults(pathway))
        if family := known.get(pathway.family):
            faults += _span_faults(pathway, family)
            if not faults and document.name not in parts.partial:
                faults += _sum_faults(pathway, family)
        for loc, sentence in faults:
            yield document.fault(loc, sentence)


def _version_faults(pathway: Pathway) -> Found:
    for key, versions in pathway.time_limit.items():
        above: dict[str, date] = {}
        for index, version in enumerate(versions):
            loc: Loc = ("time_limit", key, index)
            day = version.valid_from
            if version.kind in above and day < above[version.kind]:
                yield (
                    loc,
                    f"valid_from {day} is before the version above it ({above[version.kind]}). "
                    "Versions go oldest first.",
                )
            elif version.kind in above and day == above[version.kind]:
                yield loc, f"valid_from {day} is the day of the version above it. Give each version its own day."
            if day < pathway.introduced:
                yield loc, f"valid_from {day} is before the pathway is introduced ({pathway.introduced})."
            if pathway.last_day and day > pathway.last_day:
                yield loc, f"valid_from {day} is after the last day of the pathway ({pathway.last_day})."
            above[version.kind] = max(day, above.get(version.kind, day))


def _span_faults(pathway: Pathway, family: Family) -> Found:
    spans = {span.limit: span for span in family.span}
    for key, versions in pathway.time_limit.items():
        if key not in spans:
            yield ("time_limit", key), f"is not an interval. Known: {words(spans)}."
            continue
        for index, version in enumerate(versions):
            yield from _kind_fault(("time_limit", key, index), version, spans[key], family)


def _kind_fault(loc: Loc, version: TimeLimit, span: Span, family: Family) -> Found:
    known = kinds(family, span.to)
    if span.by_kind and not version.kind:
        yield loc, f"needs a kind. Known: {words(known)}."
    elif span.by_kind and version.kind not in known:
        yield (*loc, "kind"), f"'{version.kind}' is not a kind. Known: {words(known)}."
    elif version.kind and not span.by_kind:
        yield (*loc, "kind"), f"{span.limit} has one limit for all kinds. Remove the kind."


def _sum_faults(pathway: Pathway, family: Family) -> Found:
    by_key = {span.key: span for span in family.span}
    for span in family.span:
        terms = [by_key[key] for key in span.sum_of if key in by_key]
        if not terms or len(terms) < len(span.sum_of):
            continue
        told: set[tuple[Loc, int | None]] = set()
        for kind in kinds(family, span.to) if span.by_kind else [""]:
            for day in version_days(pathway):
                loc, total, sentence = _sum_fault(pathway, span, terms, kind, day)
                if sentence and (loc, total) not in told:
                    told.add((loc, total))
                    yield loc, sentence


def _sum_fault(pathway: Pathway, span: Span, terms: list[Span], kind: str, day: date) -> tuple[Loc, int | None, str]:
    """The sum of the parts against the whole on one day; an empty sentence when all is well."""
    whole = in_force(pathway, span.limit, kind if span.by_kind else "", on=day)
    parts = [in_force(pathway, term.limit, kind if term.by_kind else "", on=day) for term in terms]
    days = [part.days for part in parts if part and part.days is not None]
    total = sum(days) if len(days) == len(terms) else None
    names = " + ".join(term.limit for term in terms)
    what = f"{span.limit} {kind}".strip()
    if whole is None:
        last = [t for t, part in zip(terms, parts, strict=True) if t.by_kind and part]
        if total is None or not (last or not span.by_kind):
            return (), None, ""
        return ("time_limit",), total, f"{what} has no limit on {day}, but {names} have ({total} days)."
    if total == whole.days:
        return (), None, ""
    loc: Loc = ("time_limit", span.limit, pathway.time_limit[span.limit].index(whole))
    if total is None:
        return loc, None, f"{what} is {whole.days} days on {day}, but {names} are not all there."
    return loc, total, f"{what} is {whole.days} days on {day}, but {names} are {total}."
