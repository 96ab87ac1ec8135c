"""The catalogue put together from its files: indexes by code and key, and the codes that follow from the pathways."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from pakkeforlop.catalogue.model import Catalogue, CodeLabel, Country, Event, Family, Message, Pathway
from pakkeforlop.catalogue.shapes import CodesFile, ListedPrefix, ListedSuffix, UnitsFile
from pakkeforlop.catalogue.validate import Parts


def build(parts: Parts) -> Catalogue:
    """Index definitions that have been checked."""
    families: dict[str, Family] = {f.key: f for _, f in parts.of("families")}
    pathways: dict[str, Pathway] = {p.code: p for _, p in sorted(parts.of("pathways"), key=lambda part: part[1].code)}
    units: list[UnitsFile] = [file for _, file in parts.of("units")]
    return Catalogue.model_construct(
        families=families,
        pathways=pathways,
        codes={code.code: code for code in all_codes(parts, families, pathways)},
        messages=_messages(parts),
        indicators={i.key: i for _, file in parts.of("indicators") for i in file.indicator},
        country=_country(units),
        regions={r.key: r for file in units for r in file.region},
        trusts={t.key: t for file in units for t in file.trust},
        hospitals={h.org_nr: h for file in units for h in file.hospital},
        settings=parts.of("settings")[0][1],
        disclosure=parts.of("disclosure")[0][1],
        code_lists={c.number: c for _, file in parts.of("code_lists") for c in file.code_list},
        sources={s.key: s for _, file in parts.of("sources") for s in file.source},
        specialties={k: v for _, file in parts.of("specialties") for k, v in file.specialty.items()},
        event_kinds={k.key: k for _, file in parts.of("event_rules") for k in file.kind},
        findings={f.key: f for _, file in parts.of("event_rules") for f in file.finding},
        event_rules=tuple(rule for _, file in parts.of("event_rules") for rule in file.rule),
    )


def _messages(parts: Parts) -> dict[int, Message]:
    messages = [message for _, file in parts.of("messages") for message in file.message]
    return {message.number: message for message in sorted(messages, key=lambda message: message.number)}


def _country(units: list[UnitsFile]) -> Country:
    return next(file.country for file in units if file.country)


def all_codes(parts: Parts, families: dict[str, Family], pathways: dict[str, Pathway]) -> Iterator[CodeLabel]:
    """The listed codes, then those that follow from pathways whose prefix is in no list yet."""
    listed: set[str] = set()
    for _, file in parts.of("codes"):
        listed.update(prefix.code for prefix in file.prefix)
        yield from listed_codes(file, families, pathways)
    for pathway in pathways.values():
        if pathway.code not in listed and pathway.family in families:
            yield from derived_codes(pathway, families[pathway.family])


def events_of(pathway: Pathway, family: Family) -> Iterator[Event]:
    """The events that have a code in a pathway: all of its family, or those that it names."""
    return (event for event in family.event if not pathway.suffixes or event.suffix in pathway.suffixes)


def first_day(*days: date | None) -> date | None:
    """The latest of the first days that are known."""
    return max((day for day in days if day), default=None)


def last_day(*days: date | None) -> date | None:
    """The earliest of the last days that are known."""
    return min((day for day in days if day), default=None)


def derived_codes(pathway: Pathway, family: Family) -> Iterator[CodeLabel]:
    """The codes that a pathway has by its family, with labels made of the two names."""
    for event in events_of(pathway, family):
        yield CodeLabel.model_construct(
            code=pathway.code + event.suffix,
            nb=f"{pathway.name.nb}; {event.name.nb}",
            en=f"{pathway.name.en}: {event.name.en}",
            valid_from=first_day(pathway.introduced, event.valid_from),
            valid_to=last_day(pathway.last_day, event.valid_to),
            list="",
            source=pathway.introduced_source,
            also=(),
            confidence="inferred",
            note="",
        )


def listed_codes(file: CodesFile, families: dict[str, Family], pathways: dict[str, Pathway]) -> Iterator[CodeLabel]:
    """The codes of one national list, with their official labels."""
    for prefix in file.prefix:
        pathway = pathways.get(prefix.code)
        family = families.get(pathway.family) if pathway else None
        names = {event.suffix: event.name.en for event in family.event} if family else {}
        subject = pathway.name.en if pathway else prefix.en
        for suffix, label in prefix.label.items():
            about = _about(file, prefix.code, suffix)
            yield _listed(file, prefix, suffix, about, label, f"{subject}: {about.en or names.get(suffix, suffix)}")
    for code in file.code:
        yield CodeLabel.model_construct(
            **code.model_dump(exclude={"note"}),
            list=file.list,
            source=file.source,
            also=file.also,
            confidence=file.confidence,
            note=code.note or file.note,
        )


_PLAIN = ListedSuffix(suffix="")


def _about(file: CodesFile, prefix: str, suffix: str) -> ListedSuffix:
    """What the list says of a suffix: of this prefix before all."""
    found = [about for about in file.suffix if about.suffix == suffix and prefix in (about.prefixes or (prefix,))]
    return max(found, key=lambda about: bool(about.prefixes), default=_PLAIN)


def _listed(
    file: CodesFile, prefix: ListedPrefix, suffix: str, about: ListedSuffix, label: str, english: str
) -> CodeLabel:
    return CodeLabel.model_construct(
        code=prefix.code + suffix,
        nb=label,
        en=english,
        valid_from=None if about.undated else first_day(prefix.valid_from, about.valid_from),
        valid_to=last_day(prefix.valid_to, about.valid_to),
        list=file.list,
        source=about.source or file.source,
        also=file.also,
        confidence=about.confidence or file.confidence,
        note=" ".join(note for note in (about.note, prefix.note) if note),
    )
