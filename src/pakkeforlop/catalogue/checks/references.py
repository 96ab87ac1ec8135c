"""Names that must exist elsewhere: sources, messages, specialties."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pakkeforlop.catalogue.checks.look import MESSAGE_FIELDS, NEEDED_MESSAGES, message_numbers, models_in
from pakkeforlop.catalogue.faults import Fault, Loc, say
from pakkeforlop.catalogue.model import Mdt
from pakkeforlop.catalogue.validate import Parts

_SOURCE_FIELDS = ("source", "introduced_source", "last_day_source", "icd10_source", "inclusion_source", "age_source")


def sources_exist(parts: Parts) -> Iterator[Fault]:
    """Every source that a fact names is a key of sources.toml."""
    if "sources" in parts.incomplete:
        return
    known = {source.key for _, file in parts.of("sources") for source in file.source}
    for kind in parts.files:
        if kind == "sources":
            continue
        for document, definition in parts.of(kind):
            for loc, key in _named_sources(definition):
                if key and key not in known:
                    yield document.fault(loc, say("not_a_source", given=key))


def _named_sources(definition: Any) -> Iterator[tuple[Loc, str]]:
    for loc, model in models_in(definition):
        held = model.__dict__
        for name in _SOURCE_FIELDS:
            if isinstance(held.get(name), str):
                yield (*loc, name), held[name]
        for index, key in enumerate(held.get("also", ())):
            yield (*loc, "also", index), key


def messages_exist(parts: Parts) -> Iterator[Fault]:
    """Every message number that a family or a pathway gives is a message of the catalogue."""
    if "messages" in parts.incomplete:
        return
    known = message_numbers(parts)
    for kind in ("families", "pathways"):
        for document, definition in parts.of(kind):
            for loc, model in models_in(definition):
                for name in MESSAGE_FIELDS:
                    number = model.__dict__.get(name)
                    if (number or name in NEEDED_MESSAGES) and number is not None and number not in known:
                        yield document.fault((*loc, name), say("not_a_message", given=number))


def specialties_exist(parts: Parts) -> Iterator[Fault]:
    """Who sits in a team meeting is named by keys of specialties.toml."""
    if "specialties" in parts.incomplete:
        return
    known = {key for _, file in parts.of("specialties") for key in file.specialty}
    for document, pathway in parts.of("pathways"):
        mdt: Mdt | None = pathway.mdt
        for name in ("core", "as_needed") if mdt else ():
            for index, key in enumerate(getattr(mdt, name)):
                if key not in known:
                    yield document.fault(("mdt", name, index), say("not_a_specialty", given=key))
