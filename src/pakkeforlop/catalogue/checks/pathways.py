"""Rules on a pathway: its family, days, diagnoses and names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from pakkeforlop.catalogue.checks.look import families, kinds, words
from pakkeforlop.catalogue.documents import Document
from pakkeforlop.catalogue.faults import Fault, Found, say
from pakkeforlop.catalogue.model import Family, Pathway
from pakkeforlop.catalogue.validate import Parts

_ICD10 = re.compile(r"^[A-Z]\d\d(\.\d)?$|^([A-Z])\d\d-\2\d\d$")


def pathways_hold_together(parts: Parts) -> Iterator[Fault]:
    """All rules on one pathway except those on its limits."""
    known = families(parts)
    for document, pathway in parts.of("pathways"):
        family = known.get(pathway.family)
        if family is None and "families" not in parts.incomplete:
            yield document.fault(("family",), say("not_a_family", given=pathway.family, known=words(known)))
        for loc, said in _pathway_faults(document, pathway):
            yield document.fault(loc, said)
        for loc, said in _kind_faults(pathway, family) if family else ():
            yield document.fault(loc, said)


def _pathway_faults(document: Document, pathway: Pathway) -> Iterator[Found]:
    wanted = f"{pathway.code.lower()}_{pathway.key}.toml"
    if document.name.rpartition("/")[2] != wanted:
        yield ("code",), say("other_file", given=f"{pathway.code} {pathway.key}", file=wanted)
    if pathway.last_day and pathway.last_day < pathway.introduced:
        yield ("last_day",), say("before_introduction", day=pathway.last_day, other=pathway.introduced)
    if pathway.last_day and not pathway.last_day_source:
        yield ("last_day",), say("needs", name="last_day_source")
    if pathway.icd10 and not pathway.icd10_source:
        yield ("icd10",), say("needs", name="icd10_source")
    if (not pathway.inclusion or pathway.inclusion_last_day) and not pathway.inclusion_source:
        yield ("inclusion",), say("needs", name="inclusion_source")
    for name in ("min_age", "max_age"):
        if getattr(pathway, name) is not None and not getattr(pathway, f"{name}_message"):
            yield (name,), say("needs", name=f"{name}_message")
    for index, code in enumerate(pathway.icd10):
        if not _ICD10.match(code):
            yield ("icd10", index), say("not_a_diagnosis", given=code)
    yield from _name_faults((pathway.renamed and [r.until for r in pathway.renamed]) or [], pathway.introduced)


def _name_faults(until: list[date], introduced: date) -> Iterator[Found]:
    before = introduced
    for index, day in enumerate(until):
        if day < before:
            yield (
                ("renamed", index, "until"),
                say("names_out_of_order", day=day, other=before),
            )
        before = day


def _kind_faults(pathway: Pathway, family: Family) -> Iterator[Found]:
    suffixes = [event.suffix for event in family.event]
    treatments = [kind for span in family.span if span.by_kind for kind in kinds(family, span.to)]
    for index, suffix in enumerate(pathway.suffixes):
        if suffix not in suffixes:
            yield ("suffixes", index), say("not_an_event", given=suffix, known=words(suffixes))
    for index, condition in enumerate(pathway.condition):
        if condition.applies_to != "all" and condition.applies_to not in treatments:
            known = words(dict.fromkeys([*treatments, "all"]))
            yield ("condition", index, "applies_to"), say("not_a_kind", given=condition.applies_to, known=known)
    for index, branch in enumerate(pathway.figures.branches if pathway.figures else ()):
        if branch not in treatments:
            known = words(dict.fromkeys(treatments))
            yield ("figures", "branches", index), say("not_a_kind", given=branch, known=known)


def diagnoses_lead_to_one_pathway(parts: Parts) -> Iterator[Fault]:
    """The same diagnosis group does not stand in two pathways that are in use together."""
    seen: dict[str, tuple[str, Pathway]] = {}
    for document, pathway in parts.of("pathways"):
        for index, code in enumerate(pathway.icd10):
            other = seen.setdefault(code, (document.name, pathway))
            if other[1] is not pathway and _together(pathway, other[1]):
                yield document.fault(("icd10", index), say("diagnosis_twice", given=code, where=other[0]))


def _together(one: Pathway, other: Pathway) -> bool:
    return not (
        (one.last_day and one.last_day < other.introduced) or (other.last_day and other.last_day < one.introduced)
    )
