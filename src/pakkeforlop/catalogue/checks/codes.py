"""The listed codes against those that follow from the pathways, both ways."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from pakkeforlop.catalogue.build import derived_codes, listed_codes
from pakkeforlop.catalogue.documents import Document
from pakkeforlop.catalogue.faults import Fault, say
from pakkeforlop.catalogue.model import CodeLabel, Pathway
from pakkeforlop.catalogue.shapes import CodesFile, ListedPrefix
from pakkeforlop.catalogue.validate import Parts


def codes_are_listed_once(parts: Parts) -> Iterator[Fault]:
    """No code stands in two lists, and no prefix twice."""
    seen: dict[str, str] = {}
    for document, file in parts.of("codes"):
        places = [(("prefix", i), p.code) for i, p in enumerate(file.prefix)]
        places += [(("code", i), c.code) for i, c in enumerate(file.code)]
        for loc, code in places:
            if code in seen:
                yield document.fault((*loc, "code"), say("used_before", given=code, where=seen[code]))
            seen.setdefault(code, document.name)


def listed_codes_follow_from_pathways(parts: Parts) -> Iterator[Fault]:
    """Where a list has a prefix, its codes and days are exactly those that follow from the pathway."""
    known_families = {f.key: f for d, f in parts.of("families") if d.name not in parts.partial}
    pathways = {p.code: p for d, p in parts.of("pathways") if d.name not in parts.partial}
    some_unread = "pathways" in parts.incomplete
    for document, file in parts.of("codes"):
        listed = {code.code: code for code in listed_codes(file, known_families, pathways)}
        for index, prefix in enumerate(file.prefix):
            pathway = pathways.get(prefix.code)
            if pathway and pathway.family in known_families:
                derived = {code.code: code for code in derived_codes(pathway, known_families[pathway.family])}
                yield from _compare(document, index, prefix, listed, derived, pathway)
            elif pathway is None and not some_unread:
                yield from _without_pathway(document, file, index, prefix)


def _without_pathway(document: Document, file: CodesFile, index: int, prefix: ListedPrefix) -> Iterator[Fault]:
    if file.has_pathways:
        yield document.fault(("prefix", index, "code"), say("listed_without_pathway", given=prefix.code))
    elif not prefix.en:
        yield document.fault(("prefix", index), say("needs", name="en"))


def _compare(
    document: Document,
    index: int,
    prefix: ListedPrefix,
    listed: dict[str, CodeLabel],
    derived: dict[str, CodeLabel],
    pathway: Pathway,
) -> Iterator[Fault]:
    names = {"pathway": pathway.key, "family": pathway.family}
    for suffix in prefix.label:
        code, loc = prefix.code + suffix, ("prefix", index, "label", suffix)
        if code not in derived:
            yield document.fault(loc, say("listed_not_derived", given=code, **names))
            continue
        for name, here, there in _days_that_differ(listed[code], derived[code]):
            days = {"here": here or "–", "there": there or "–"}
            yield document.fault(loc, say("listed_day_differs", given=code, name=name, **days))
    for code in derived:
        if code.removeprefix(prefix.code) not in prefix.label:
            yield document.fault(("prefix", index, "label"), say("derived_not_listed", given=code, **names))


def _days_that_differ(listed: CodeLabel, derived: CodeLabel) -> Iterator[tuple[str, date | None, date | None]]:
    """First and last days that are not the same. A first day that the list does not know is no difference."""
    if listed.valid_from and listed.valid_from != derived.valid_from:
        yield "valid_from", listed.valid_from, derived.valid_from
    if listed.valid_to != derived.valid_to:
        yield "valid_to", listed.valid_to, derived.valid_to
