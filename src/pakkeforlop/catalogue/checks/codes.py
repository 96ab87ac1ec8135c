"""The listed codes against those that follow from the pathways, both ways."""

from __future__ import annotations

from collections.abc import Iterator

from pakkeforlop.catalogue.build import derived_codes, listed_codes
from pakkeforlop.catalogue.documents import Document
from pakkeforlop.catalogue.faults import Fault
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
                yield document.fault((*loc, "code"), f"{code} already stands in {seen[code]}.")
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
        sentence = f"{prefix.code} is in the list, but no pathway has this code. Add its file to pathways/."
        yield document.fault(("prefix", index, "code"), sentence)
    elif not prefix.en:
        yield document.fault(("prefix", index), "needs `en`, as no pathway gives it an English name.")


def _compare(
    document: Document,
    index: int,
    prefix: ListedPrefix,
    listed: dict[str, CodeLabel],
    derived: dict[str, CodeLabel],
    pathway: Pathway,
) -> Iterator[Fault]:
    for suffix in prefix.label:
        code, loc = prefix.code + suffix, ("prefix", index, "label", suffix)
        if code not in derived:
            sentence = f"{code} is in the list, but does not follow from {pathway.key} and its family {pathway.family}."
            yield document.fault(loc, sentence)
            continue
        for name in ("valid_from", "valid_to"):
            here, there = getattr(listed[code], name), getattr(derived[code], name)
            if here != there:
                yield document.fault(loc, f"{code} has {name} {here} in the list, but {there} by its pathway.")
    for code in derived:
        if code.removeprefix(prefix.code) not in prefix.label:
            sentence = f"{code} follows from {pathway.key} and its family {pathway.family}, but is not in the list."
            yield document.fault(("prefix", index, "label"), sentence)
