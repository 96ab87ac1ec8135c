"""The catalogue as lists to read: rows with the same columns for the screen and for JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from pakkeforlop.catalogue.as_of import in_use, name_on, valid_on
from pakkeforlop.catalogue.model import Catalogue, Trust
from pakkeforlop.catalogue.words import Words

Row = dict[str, object]


@dataclass(frozen=True)
class Listing:
    """Rows of one kind. `columns` are those that fit a screen; JSON has all keys of a row."""

    columns: tuple[str, ...]
    rows: list[Row]


def pathways(catalogue: Catalogue, on: date, words: Words) -> Listing:
    """The pathways in use on a day."""
    rows: list[Row] = [
        {
            "code": pathway.code,
            "key": pathway.key,
            "name": name_on(pathway, on).of(words.language),
            "family": pathway.family,
            "valid_from": pathway.introduced,
            "valid_to": pathway.last_day,
            "sure": words(f"confidence.{pathway.introduced_confidence}"),
            "source": pathway.introduced_source,
        }
        for pathway in catalogue.pathways.values()
        if in_use(pathway, on)
    ]
    return Listing(("code", "key", "name", "family", "valid_from", "valid_to", "sure", "source"), rows)


def codes(catalogue: Catalogue, on: date, words: Words) -> Listing:
    """The codes valid on a day."""
    rows: list[Row] = [
        {
            "code": code.code,
            "label": code.en if words.language == "en" else code.nb,
            "valid_from": code.valid_from,
            "valid_to": code.valid_to,
            "list": code.list,
            "sure": words(f"confidence.{code.confidence}"),
            "source": code.source,
            "note": code.note,
        }
        for code in catalogue.codes.values()
        if valid_on(code, on)
    ]
    return Listing(("code", "label", "valid_from", "valid_to", "sure", "source"), rows)


def messages(catalogue: Catalogue, on: date, words: Words) -> Listing:
    """The messages in use on a day."""
    rows: list[Row] = [
        {
            "number": message.number,
            "sets_aside": words.yes_no(message.sets_aside),
            "text": message.text.of(words.language),
            "what_now": message.what_now.of(words.language),
            "predicate": message.predicate,
            "example": message.example,
            "scope": message.scope,
            "family": message.family,
            "sure": words(f"confidence.{message.confidence}"),
            "source": message.source,
            "note": message.note,
        }
        for message in catalogue.messages.values()
        if (message.since is None or message.since <= on) and (message.until is None or on <= message.until)
    ]
    return Listing(("number", "sets_aside", "text", "what_now", "sure", "source"), rows)


def indicators(catalogue: Catalogue, on: date, words: Words) -> Listing:
    """The indicators; they have no days of their own."""
    del on
    rows: list[Row] = [
        {
            "key": indicator.key,
            "interval": indicator.label,
            "name": indicator.name.of(words.language),
            "measures": indicator.sentence.of(words.language),
            "measure": indicator.measure,
            "period": indicator.period,
            "owner": indicator.owner,
            "counts": indicator.counts,
            "sure": words(f"confidence.{indicator.confidence}"),
            "source": indicator.source,
            "note": indicator.note,
        }
        for indicator in catalogue.indicators.values()
    ]
    return Listing(("key", "interval", "measures", "sure", "source"), rows)


def sources(catalogue: Catalogue, on: date, words: Words) -> Listing:
    """Where facts come from."""
    del on
    rows: list[Row] = [
        {"key": source.key, "name": source.named(words.language), "address": source.address, "licence": source.licence}
        for source in catalogue.sources.values()
    ]
    return Listing(("key", "name", "address"), rows)


def units(catalogue: Catalogue, on: date, words: Words) -> Listing:
    """Country, regions, trusts and hospitals as they belonged together on a day."""
    rows = list(_units(catalogue, on, words))
    return Listing(("org_nr", "level", "name", "trust", "region", "sure", "source"), rows)


def _units(catalogue: Catalogue, on: date, words: Words) -> Iterator[Row]:
    country = catalogue.country
    yield {"org_nr": country.org_nr, "level": words("level.country"), "name": country.name.of(words.language)} | _fact(
        country.source, country.confidence, words
    )
    for region in catalogue.regions.values():
        names = {"org_nr": region.org_nr, "level": words("level.region"), "name": region.name, "region": region.short}
        yield names | _fact(region.source, region.confidence, words)
        for trust in catalogue.trusts.values():
            if trust.region == region.key:
                yield from _trust(catalogue, trust, on, words)


def _trust(catalogue: Catalogue, trust: Trust, on: date, words: Words) -> Iterator[Row]:
    region = catalogue.regions[trust.region].short
    names = {"org_nr": trust.org_nr, "level": words(f"level.{trust.kind}"), "name": trust.name, "trust": trust.key}
    yield names | {"region": region} | _fact(trust.source, trust.confidence, words)
    for number in catalogue.units.hospitals_of(trust.key, on=on):
        hospital = catalogue.hospitals[number]
        period = next(p for p in hospital.belongs if p.trust == trust.key)
        names = {"org_nr": number, "level": words("level.hospital"), "name": hospital.name, "trust": trust.key}
        days = {"valid_from": period.valid_from, "valid_to": period.valid_to}
        yield names | {"region": region} | days | _fact(period.source, period.confidence, words)


def _fact(source: str, confidence: str, words: Words) -> Row:
    return {"sure": words(f"confidence.{confidence}"), "source": source}


LISTINGS: dict[str, Callable[[Catalogue, date, Words], Listing]] = {
    "pathways": pathways,
    "codes": codes,
    "messages": messages,
    "units": units,
    "indicators": indicators,
    "sources": sources,
}
"""What can be listed, by the word of the command line."""


def fitting(listing: Listing, text: str) -> Listing:
    """The rows whose first column begins with `text`, or that hold it in another column."""
    wanted = text.casefold()
    first = listing.columns[0]
    begins = [row for row in listing.rows if str(row[first]).casefold().startswith(wanted)]
    holds = [row for row in listing.rows if any(wanted in str(value).casefold() for value in row.values())]
    return Listing(listing.columns, begins or holds)
