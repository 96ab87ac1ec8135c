"""Pages that print the catalogue: what the files say, in tables."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pakkeforlop
from pakkeforlop.catalogue.model import (
    Catalogue,
    Disclosure,
    EventKind,
    Finding,
    Indicator,
    Pathway,
    Settings,
    Sourced,
    TimeLimit,
)
from tools.reference.markdown import page, table

DATA = Path(pakkeforlop.__file__).parent / "catalogue" / "data"
SURENESS = (
    "How sure a fact is: *stated* in the source, seen in published *data*, *inferred* from what is stated, our own "
    "*choice*, or from a vendor's table of 2015 (*vendor_2015*)."
)


def indicators_page(catalogue: Catalogue) -> str:
    """Each indicator: key, label, sentence, and what its cell holds."""
    parts = [
        "The key stands in the column `indicator` of indicators.csv and never changes its meaning. The label is the "
        "short name in publications.",
        table(
            ["key", "label", "name", "measure", "period", "unit"],
            [
                [f"`{i.key}`", i.label, i.name.en, i.measure, i.period, i.owner.replace("_", " ")]
                for i in catalogue.indicators.values()
            ],
        ),
    ]
    for indicator in catalogue.indicators.values():
        target = f" Target: {indicator.target_percent:g} percent." if indicator.target_percent is not None else ""
        branches = " Divided by first treatment (K, M, S, O)." if indicator.by_branch else ""
        kinds = " Divided by kind." if indicator.by_kind else ""
        parts += [
            f"## {indicator.key}{f' ({indicator.label})' if indicator.label else ''}",
            f"*{indicator.name.nb}* / *{indicator.name.nn}*",
            f"- en: {indicator.sentence.en}\n- nb: {indicator.sentence.nb}\n- nn: {indicator.sentence.nn}",
            _columns_hold(indicator),
            f"Source: {indicator.source} ({indicator.confidence}).{target}{branches}{kinds}"
            + (f" {indicator.note}" if indicator.note else ""),
        ]
    return page("Indicators", *_spaced(parts))


def _columns_hold(indicator: Indicator) -> str:
    """What numerator, denominator and kind hold, in words."""
    said = {"numerator": indicator.numerator, "denominator": indicator.denominator, "kind": indicator.kinds}
    return " ".join(f"`{name}`: {text.en}." for name, text in said.items() if text is not None)


def messages_page(catalogue: Catalogue) -> str:
    """Each message: when it is given, whether the row is set aside, what to do."""
    parts = [
        "100 to 120 are the register's own numbers; from 900 they are ours. *Set aside* means that the code is not "
        "used in any episode. Messages on order (108 to 111, 118, 119) look at used codes of the same episode only.",
        table(
            ["number", "set aside", "text"],
            [[m.number, m.sets_aside, m.text.en] for _, m in sorted(catalogue.messages.items())],
        ),
    ]
    for number, message in sorted(catalogue.messages.items()):
        parts += [
            f"## {number}",
            f"- nb: {message.text.nb}\n- nn: {message.text.nn}\n- en: {message.text.en}",
            f"**Given when:** {message.predicate}",
            f"**What now:** {message.what_now.en}",
            f"**Example:** {message.example}" if message.example else "",
            f"Source: {message.source} ({message.confidence}). Scope: {message.scope}."
            + (f" {message.note}" if message.note else ""),
        ]
    return page("Messages and warnings", *_spaced(parts))


def pathways_page(catalogue: Catalogue) -> str:
    """Each pathway: names, days, and every version of every limit with its source."""
    rows = [
        [p.code, f"`{p.key}`", p.name.nb, p.name.en, p.introduced, p.last_day or ""]
        for _, p in sorted(catalogue.pathways.items())
    ]
    parts = [
        SURENESS,
        "Days are calendar days. The version in force on the day the episode started is used.",
        table(["prefix", "key", "navn", "name", "from", "last day"], rows),
    ]
    for _, pathway in sorted(catalogue.pathways.items()):
        parts += [f"## {pathway.code} {pathway.name.en}", _names(pathway), _limits(pathway)]
        if pathway.icd10:
            parts.append(f"Diagnoses (ICD-10): {', '.join(pathway.icd10)} ({pathway.icd10_confidence}).")
        for condition in pathway.condition:
            within = f" Within {condition.within_days} days." if condition.within_days else ""
            parts.append(f"- {condition.when.en}.{within}")
    return page("Pathways and their limits", *_spaced(parts))


def _names(pathway: Pathway) -> str:
    earlier = "; ".join(f"*{r.name.nb}* until {r.until}" for r in pathway.renamed)
    return f"*{pathway.name.nb}* / *{pathway.name.nn}*." + (f" Before: {earlier}." if earlier else "")


def _limits(pathway: Pathway) -> str:
    def row(span: str, limit: TimeLimit) -> list[Any]:
        days = "none" if limit.days is None else limit.days
        return [span, limit.kind, limit.valid_from, days, limit.source, limit.confidence, limit.note]

    rows = [row(span, limit) for span, limits in pathway.time_limit.items() for limit in limits]
    if not rows:
        return "No limits."
    return table(["span", "branch", "valid from", "days", "source", "sureness", "note"], rows)


def codes_page(catalogue: Catalogue) -> str:
    """Each family: its codes and how they behave among each other."""
    parts = ["The order of a table is the order of the codes within one day."]
    for family in catalogue.families.values():
        rows = []
        for event in family.event:
            does = [
                "opens an episode" if event.opens else "",
                f"ends it ({event.closes})" if event.closes else "",
                "hands over" if event.transfer else "",
                "postpones" if event.postpones else "",
            ]
            days = f"{event.valid_from or ''} to {event.valid_to or ''}" if event.valid_from or event.valid_to else ""
            needs = "; ".join(
                f"{need.message} when "
                + " and ".join(
                    [*(f"no {word} before" for word in need.missing), *(f"{_a(word)} before" for word in need.present)]
                )
                for need in event.needs
            )
            rows.append([f"`{event.suffix}`", event.name.en, event.point, ", ".join(filter(None, does)), needs, days])
        members = ", ".join(sorted(p.code for p in catalogue.pathways.values() if p.family == family.key))
        parts += [
            f"## {family.name.en}",
            f"Pathways: {members}",
            table(["code", "meaning", "point", "does", "messages", "own days"], rows),
        ]
    return page("Codes", *_spaced(parts))


def _a(word: str) -> str:
    return f"an {word}" if word[0] in "aeiou" else f"a {word}"


def units_page(catalogue: Catalogue) -> str:
    """Each region, trust and hospital with its organisation number and days."""
    regions = [[r.org_nr, r.name, r.short] for r in catalogue.regions.values()]
    trusts = [
        [t.org_nr, t.name, t.region, t.kind.replace("_", " "), ", ".join(t.replaced), t.valid_from, t.valid_to]
        for t in catalogue.trusts.values()
    ]
    hospitals = [
        [h.org_nr, h.name, "; ".join(f"{b.trust} {b.valid_from or ''}-{b.valid_to or ''}" for b in h.belongs)]
        for h in catalogue.hospitals.values()
    ]
    return page(
        "Units",
        *_spaced(
            [
                "## Regions",
                table(["number", "name", "short"], regions),
                "## Trusts",
                table(["number", "name", "region", "kind", "older numbers", "from", "to"], trusts),
                "## Hospitals",
                "A hospital belongs to the trust named for the day; an empty day is open.",
                table(["number", "name", "belongs to"], hospitals),
            ]
        ),
    )


def settings_page(catalogue: Catalogue) -> str:
    """The settings that are choices, with their defaults."""
    rows = _with_meaning(catalogue.settings, "settings.toml")
    disclosure = _with_meaning(catalogue.disclosure, "disclosure.toml")
    return page(
        "Settings",
        *_spaced(
            [
                "Readings that an owner of the figures may want otherwise. A settings file in TOML changes them for "
                "one run; run.json says which were used.",
                table(["setting", "default", "meaning"], rows),
                "## Thresholds of releases",
                "Used when figures are released, never on internal figures.",
                table(["setting", "default", "meaning"], disclosure),
            ]
        ),
    )


def _with_meaning(model: Settings | Disclosure, file: str) -> list[list[Any]]:
    """Each setting with its default, and the comment that stands beside it in its file."""
    meanings: dict[str, str] = {}
    prefix = ""
    for line in (DATA / file).read_text(encoding="utf-8").splitlines():
        heading = re.match(r"\[(\w+)\]", line)
        written = re.match(r"(\w+) *=[^#]*#\s*(.*)$", line)
        if heading:
            prefix = heading[1] + "."
        elif written:
            meanings[prefix + written[1]] = written[2]
    rows = [row for row in _fields(model) if row[0].strip("`") not in Sourced.model_fields]
    return [[*row, meanings.get(row[0].strip("`"), "")] for row in rows]


def _fields(model: Settings | Disclosure | Any, prefix: str = "") -> Iterable[list[Any]]:
    for name in type(model).model_fields:
        value = getattr(model, name)
        if hasattr(type(value), "model_fields"):
            yield from _fields(value, f"{prefix}{name}.")
        elif isinstance(value, tuple):
            yield [f"`{prefix}{name}`", ", ".join(str(part) for part in value)]
        elif isinstance(value, bool):
            yield [f"`{prefix}{name}`", str(value).lower()]
        else:
            yield [f"`{prefix}{name}`", value]


def event_rules_page(catalogue: Catalogue) -> str:
    """Each rule by which an event proposes a code, in the order in which they are tried."""
    rows = [
        [
            rule.suffix,
            rule.says.en + (f" ({rule.note})" if rule.note else ""),
            ", ".join(rule.events),
            ", ".join([*rule.findings, *(f"not {one}" for one in rule.not_findings)]) or "any",
            ", ".join(f"«{word}»" for word in rule.words),
            ", ".join([*rule.present, *(f"no {point}" for point in rule.missing)]),
            ", ".join(rule.families) or "all",
            f"{rule.valid_from}{f' to {rule.valid_to}' if rule.valid_to else ''}",
            f"{rule.source} ({rule.confidence})",
        ]
        for rule in catalogue.event_rules
    ]
    heads = ["code", "says", "events", "findings", "or words of the text", "when", "families", "in force", "source"]
    return page(
        "Event rules",
        "An event that has taken place proposes the code of the first rule that fits it; a person confirms. *When* "
        "names the points that the pathway has, or lacks, before the event. " + SURENESS,
        table(heads, rows),
        "## Kinds of events",
        table(["kind", "bokmål", "nynorsk", "English"], [_named(kind) for kind in catalogue.event_kinds.values()]),
        "## Findings",
        table(["finding", "bokmål", "nynorsk", "English"], [_named(one) for one in catalogue.findings.values()]),
    )


def _named(one: EventKind | Finding) -> list[str]:
    return [f"`{one.key}`", one.name.nb, one.name.nn, one.name.en]


def sources_page(catalogue: Catalogue) -> str:
    """Where the facts come from."""
    rows = [[s.key, s.title, s.address, s.licence] for _, s in sorted(catalogue.sources.items())]
    return page("Sources", table(["key", "title", "address", "licence"], rows))


def _spaced(parts: list[str]) -> list[str]:
    """Every part followed by a blank line, but lines of one list kept together."""
    return [part.rstrip("\n") for part in parts if part]
