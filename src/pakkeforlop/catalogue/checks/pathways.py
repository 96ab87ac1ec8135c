"""Rules on a pathway: its family, days, diagnoses and names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from pakkeforlop.catalogue.checks.look import families, kinds, words
from pakkeforlop.catalogue.documents import Document
from pakkeforlop.catalogue.faults import Fault, Loc
from pakkeforlop.catalogue.model import Family, Pathway
from pakkeforlop.catalogue.validate import Parts

_ICD10 = re.compile(r"^[A-Z]\d\d(\.\d)?$|^([A-Z])\d\d-\2\d\d$")


def pathways_hold_together(parts: Parts) -> Iterator[Fault]:
    """All rules on one pathway except those on its limits."""
    known = families(parts)
    for document, pathway in parts.of("pathways"):
        family = known.get(pathway.family)
        if family is None and "families" not in parts.incomplete:
            yield document.fault(("family",), f"'{pathway.family}' is not a family. Known: {words(known)}.")
        for loc, sentence in _pathway_faults(document, pathway):
            yield document.fault(loc, sentence)
        for loc, sentence in _kind_faults(pathway, family) if family else ():
            yield document.fault(loc, sentence)


def _pathway_faults(document: Document, pathway: Pathway) -> Iterator[tuple[Loc, str]]:
    wanted = f"{pathway.code.lower()}_{pathway.key}.toml"
    if document.name.rpartition("/")[2] != wanted:
        yield ("code",), f"the pathway {pathway.code} {pathway.key} belongs in a file named {wanted}."
    if pathway.last_day and pathway.last_day < pathway.introduced:
        yield ("last_day",), f"{pathway.last_day} is before the pathway is introduced ({pathway.introduced})."
    if pathway.last_day and not pathway.last_day_source:
        yield ("last_day",), "needs `last_day_source`."
    if pathway.icd10 and not pathway.icd10_source:
        yield ("icd10",), "needs `icd10_source`."
    for name in ("min_age", "max_age"):
        if getattr(pathway, name) is not None and not getattr(pathway, f"{name}_message"):
            yield (name,), f"needs `{name}_message`, the number that other ages get."
    for index, code in enumerate(pathway.icd10):
        if not _ICD10.match(code):
            yield ("icd10", index), f"'{code}' is not a diagnosis or a range such as C50, C22.1 or C00-C14."
    yield from _name_faults((pathway.renamed and [r.until for r in pathway.renamed]) or [], pathway.introduced)


def _name_faults(until: list[date], introduced: date) -> Iterator[tuple[Loc, str]]:
    before = introduced
    for index, day in enumerate(until):
        if day < before:
            yield (
                ("renamed", index, "until"),
                f"{day} is before {before}. Names go oldest first, none before the start.",
            )
        before = day


def _kind_faults(pathway: Pathway, family: Family) -> Iterator[tuple[Loc, str]]:
    suffixes = [event.suffix for event in family.event]
    treatments = [kind for span in family.span if span.by_kind for kind in kinds(family, span.to)]
    for index, suffix in enumerate(pathway.suffixes):
        if suffix not in suffixes:
            yield ("suffixes", index), f"'{suffix}' is not an event of {family.key}. Known: {words(suffixes)}."
    for index, condition in enumerate(pathway.condition):
        if condition.applies_to != "all" and condition.applies_to not in treatments:
            known = words(dict.fromkeys([*treatments, "all"]))
            yield ("condition", index, "applies_to"), f"'{condition.applies_to}' is not a kind. Known: {known}."
    for index, branch in enumerate(pathway.figures.branches if pathway.figures else ()):
        if branch not in treatments:
            known = words(dict.fromkeys(treatments))
            yield ("figures", "branches", index), f"'{branch}' is not a kind. Known: {known}."


def diagnoses_lead_to_one_pathway(parts: Parts) -> Iterator[Fault]:
    """The same diagnosis group does not stand in two pathways that are in use together."""
    seen: dict[str, tuple[str, Pathway]] = {}
    for document, pathway in parts.of("pathways"):
        for index, code in enumerate(pathway.icd10):
            other = seen.setdefault(code, (document.name, pathway))
            if other[1] is not pathway and _together(pathway, other[1]):
                yield document.fault(
                    ("icd10", index), f"{code} is already in {other[0]}. A diagnosis leads to one pathway."
                )


def _together(one: Pathway, other: Pathway) -> bool:
    return not (
        (one.last_day and one.last_day < other.introduced) or (other.last_day and other.last_day < one.introduced)
    )
