"""One pathway as of a day, told as facts and limits, each with its source and how sure it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pakkeforlop.catalogue.as_of import PathwayOn
from pakkeforlop.catalogue.model import Catalogue, Pathway, Sourced
from pakkeforlop.catalogue.words import Words

Fact = tuple[str, str, str, str]
"""What it is about, the value, how sure, and the key of the source."""


def facts(shown: PathwayOn, catalogue: Catalogue, words: Words) -> list[Fact]:
    """All facts about a pathway but its limits and codes."""
    pathway = shown.pathway
    rows = [
        _row("introduced", str(pathway.introduced), pathway.introduced_confidence, pathway.introduced_source, words)
    ]
    if pathway.last_day:
        day, sure = str(pathway.last_day), pathway.last_day_confidence
        rows.append(_row("last_day", day, sure, pathway.last_day_source, words))
    if pathway.icd10:
        codes = ", ".join(pathway.icd10) + (f". {pathway.icd10_note}" if pathway.icd10_note else "")
        rows.append(_row("diagnoses", codes, pathway.icd10_confidence, pathway.icd10_source, words))
    if age := _age(pathway, words):
        rows.append(_row("age", age, pathway.age_confidence, pathway.age_source, words))
    rows.append(
        _row("inclusion", words.yes_no(shown.inclusion), pathway.inclusion_confidence, pathway.inclusion_source, words)
    )
    return rows + list(_around(shown, catalogue, words))


def _around(shown: PathwayOn, catalogue: Catalogue, words: Words) -> Iterator[Fact]:
    pathway = shown.pathway
    if referral := pathway.gp_referral:
        direct = words.yes_no(referral.direct == "yes") if referral.direct != "limited" else words("word.limited")
        yield _fact("gp_referral", direct, referral, words)
        yield _fact("filter", referral.filter.of(words.language), referral, words)
    if pathway.mdt and pathway.mdt.core:
        team = _named(pathway.mdt.core, catalogue, words)
        if pathway.mdt.as_needed:
            team += f" ({words('fact.mdt_as_needed')}: {_named(pathway.mdt.as_needed, catalogue, words)})"
        yield _fact("mdt", team, pathway.mdt, words)
    for condition in pathway.condition:
        if condition.valid_from is None or condition.valid_from <= shown.on:
            days = f": {words('fact.days', count=condition.within_days)}" if condition.within_days else ""
            yield _fact("condition", condition.when.of(words.language) + days, condition, words)


def _named(keys: tuple[str, ...], catalogue: Catalogue, words: Words) -> str:
    return ", ".join(catalogue.specialties[key].of(words.language) for key in keys)


def _age(pathway: Pathway, words: Words) -> str:
    parts = []
    if pathway.min_age is not None:
        parts.append(words("fact.age_from", years=pathway.min_age))
    if pathway.max_age is not None:
        parts.append(words("fact.age_to", years=pathway.max_age))
    return ", ".join(parts)


def _fact(name: str, value: str, sourced: Sourced, words: Words) -> Fact:
    return _row(name, value, sourced.confidence, sourced.source, words)


def _row(name: str, value: str, confidence: str, source: str, words: Words) -> Fact:
    return words(f"fact.{name}"), value, words(f"confidence.{confidence}") if confidence else "", source


def limit_rows(shown: PathwayOn, words: Words) -> list[dict[str, Any]]:
    """The limits in force, one row each."""
    return [
        {
            "interval": limit.span.label,
            "from_to": limit.span.name.of(words.language),
            "kind": limit.kind,
            "kind_name": limit.kind_name.of(words.language) if limit.kind_name else "",
            "days": limit.version.days,
            "in_force_from": limit.version.valid_from,
            "in_force_from_confidence": limit.version.valid_from_confidence,
            "sure": words(f"confidence.{limit.version.confidence}"),
            "source": limit.version.source,
            "also": list(limit.version.also),
            "note": limit.version.note,
        }
        for limit in shown.limits
    ]


def sources_named(shown: PathwayOn, rows: list[Fact]) -> list[str]:
    """Keys of every source that the account names, in the order they are met."""
    keys = [source for *_, source in rows if source]
    keys += [key for limit in shown.limits for key in (limit.version.source, *limit.version.also)]
    return list(dict.fromkeys(keys))


def as_data(shown: PathwayOn, catalogue: Catalogue, words: Words) -> dict[str, Any]:
    """The account as plain data for JSON."""
    rows = facts(shown, catalogue, words)
    return {
        "code": shown.pathway.code,
        "key": shown.pathway.key,
        "family": shown.pathway.family,
        "name": shown.name.model_dump(),
        "on": shown.on,
        "in_use": shown.in_use,
        "limits_since": shown.limits_since,
        "limits": limit_rows(shown, words),
        "facts": [dict(zip(("about", "value", "sure", "source"), row, strict=True)) for row in rows],
        "codes": [code.code for code in shown.codes],
        "note": shown.pathway.note,
        "sources": {
            key: catalogue.sources[key].model_dump() for key in sources_named(shown, rows) if key in catalogue.sources
        },
    }
