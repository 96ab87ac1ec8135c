"""Rules on limits: known spans and kinds, versions oldest first, and sums that come out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from pakkeforlop.catalogue.checks.look import families, kinds, words
from pakkeforlop.catalogue.faults import Fault, Found, Loc, say
from pakkeforlop.catalogue.limits import in_force, version_days
from pakkeforlop.catalogue.model import Family, Pathway, Span, TimeLimit
from pakkeforlop.catalogue.validate import Parts


def limits_hold_together(parts: Parts) -> Iterator[Fault]:
    """All rules on the limits of a pathway."""
    known = families(parts)
    for document, pathway in parts.of("pathways"):
        faults = list(_version_faults(pathway))
        if family := known.get(pathway.family):
            faults += _span_faults(pathway, family)
            if not faults and document.name not in parts.partial:
                faults += _sum_faults(pathway, family)
        for loc, said in faults:
            yield document.fault(loc, said)


def _version_faults(pathway: Pathway) -> Iterator[Found]:
    for key, versions in pathway.time_limit.items():
        above: dict[str, date] = {}
        for index, version in enumerate(versions):
            loc: Loc = ("time_limit", key, index)
            day = version.valid_from
            if version.kind in above and day < above[version.kind]:
                yield loc, say("versions_out_of_order", day=day, other=above[version.kind])
            elif version.kind in above and day == above[version.kind]:
                yield loc, say("versions_same_day", day=day)
            if day < pathway.introduced:
                yield (*loc, "valid_from"), say("before_introduction", day=day, other=pathway.introduced)
            if pathway.last_day and day > pathway.last_day:
                yield (*loc, "valid_from"), say("after_last_day", day=day, other=pathway.last_day)
            above[version.kind] = max(day, above.get(version.kind, day))


def _span_faults(pathway: Pathway, family: Family) -> Iterator[Found]:
    spans = {span.limit: span for span in family.span}
    for key, versions in pathway.time_limit.items():
        if key not in spans:
            yield ("time_limit", key), say("not_a_span", given=key, known=words(spans))
            continue
        for index, version in enumerate(versions):
            yield from _kind_fault(("time_limit", key, index), version, spans[key], family)


def _kind_fault(loc: Loc, version: TimeLimit, span: Span, family: Family) -> Iterator[Found]:
    known = kinds(family, span.to)
    if span.by_kind and not version.kind:
        yield loc, say("needs_a_kind", known=words(known))
    elif span.by_kind and version.kind not in known:
        yield (*loc, "kind"), say("not_a_kind", given=version.kind, known=words(known))
    elif version.kind and not span.by_kind:
        yield (*loc, "kind"), say("one_limit_for_all", given=span.limit)


def _sum_faults(pathway: Pathway, family: Family) -> Iterator[Found]:
    by_key = {span.key: span for span in family.span}
    for span in family.span:
        terms = [by_key[key] for key in span.sum_of if key in by_key]
        if not terms or len(terms) < len(span.sum_of):
            continue
        told: set[tuple[Loc, str]] = set()
        for kind in kinds(family, span.to) if span.by_kind else [""]:
            for day in version_days(pathway):
                for loc, said in _sum_fault(pathway, span, terms, kind, day):
                    if (loc, said.key) not in told:
                        yield loc, said
                    told.add((loc, said.key))


def _sum_fault(pathway: Pathway, span: Span, terms: list[Span], kind: str, day: date) -> Iterator[Found]:
    """The sum of the parts against the whole on one day."""
    whole = in_force(pathway, span.limit, kind if span.by_kind else "", on=day)
    parts = [in_force(pathway, term.limit, kind if term.by_kind else "", on=day) for term in terms]
    days = [part.days for part in parts if part and part.days is not None]
    total = sum(days) if len(days) == len(terms) else None
    about = {"what": f"{span.limit} {kind}".strip(), "day": day, "terms": " + ".join(term.limit for term in terms)}
    if whole is None:
        if total is not None:
            yield ("time_limit",), say("sum_without_whole", total=total, **about)
        return
    loc: Loc = ("time_limit", span.limit, pathway.time_limit[span.limit].index(whole))
    if total is None:
        yield loc, say("sum_incomplete", days=whole.days, **about)
    elif total != whole.days:
        yield loc, say("sum_differs", days=whole.days, total=total, **about)
