"""A pathway as it was on a day: the name it had, the limits in force, the codes that were valid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pakkeforlop.catalogue.limits import in_force, version_day
from pakkeforlop.catalogue.model import Catalogue, CodeLabel, Event, Family, Pathway, Span, Text, TimeLimit


@dataclass(frozen=True)
class LimitOn:
    """A limit in force: of which span, for which kind of treatment ("" for all), and the version it stands in."""

    span: Span
    kind: str
    kind_name: Text | None
    version: TimeLimit


@dataclass(frozen=True)
class PathwayOn:
    """One pathway as of a day."""

    pathway: Pathway
    family: Family
    on: date
    name: Text
    in_use: bool
    limits: tuple[LimitOn, ...]
    limits_since: date | None
    codes: tuple[CodeLabel, ...]
    inclusion: bool


def find_pathway(catalogue: Catalogue, text: str) -> Pathway | None:
    """The pathway that a prefix, a key or a name means; None when none or several do."""
    wanted = text.strip().casefold()
    found = [
        pathway
        for pathway in catalogue.pathways.values()
        if wanted in (pathway.code.casefold(), pathway.key, *(name.casefold() for name in _names(pathway)))
    ]
    return found[0] if len(found) == 1 else None


def _names(pathway: Pathway) -> list[str]:
    texts = [pathway.name, pathway.short, *(renaming.name for renaming in pathway.renamed)]
    return list({name for text in texts for name in (text.nb, text.nn, text.en)})


def name_on(pathway: Pathway, on: date) -> Text:
    """The name that the pathway had on a day."""
    return next((renaming.name for renaming in pathway.renamed if on <= renaming.until), pathway.name)


def in_use(pathway: Pathway, on: date) -> bool:
    """Whether codes of the pathway could be set on a day."""
    return pathway.introduced <= on and (pathway.last_day is None or on <= pathway.last_day)


def has_inclusion(pathway: Pathway, on: date) -> bool:
    """Whether the inclusion share is made for the pathway on a day."""
    until = pathway.inclusion_last_day
    return pathway.inclusion and in_use(pathway, on) and (until is None or on <= until)


def limits_on(pathway: Pathway, family: Family, on: date) -> tuple[LimitOn, ...]:
    """Every limit in force on a day, in the order of spans and of the family's events."""
    found = []
    for span in family.span:
        kinds = _kinds(family, span.to) if span.by_kind else {"": None}
        for kind, event in kinds.items():
            if version := in_force(pathway, span.limit, kind, on=on):
                found.append(LimitOn(span, kind, event.name if event else None, version))
    return tuple(found)


def _kinds(family: Family, point: str) -> dict[str, Event | None]:
    return {event.kind: event for event in family.event if event.point == point}


def codes_on(catalogue: Catalogue, pathway: Pathway, on: date) -> tuple[CodeLabel, ...]:
    """The codes of a pathway that were valid on a day, in the order of the family."""
    family = catalogue.families[pathway.family]
    codes = [catalogue.codes.get(pathway.code + event.suffix) for event in family.event]
    return tuple(code for code in codes if code and valid_on(code, on))


def valid_on(code: CodeLabel, on: date) -> bool:
    """Whether a code was valid on a day; a code whose first day is not known counts as valid until its last."""
    return (code.valid_from is None or code.valid_from <= on) and (code.valid_to is None or on <= code.valid_to)


def pathway_on(catalogue: Catalogue, pathway: Pathway, on: date) -> PathwayOn:
    """Everything that a day decides about a pathway."""
    family = catalogue.families[pathway.family]
    used = in_use(pathway, on)
    return PathwayOn(
        pathway=pathway,
        family=family,
        on=on,
        name=name_on(pathway, on),
        in_use=used,
        limits=limits_on(pathway, family, on) if used else (),
        limits_since=version_day(pathway, on=on) if used else None,
        codes=codes_on(catalogue, pathway, on),
        inclusion=has_inclusion(pathway, on),
    )
