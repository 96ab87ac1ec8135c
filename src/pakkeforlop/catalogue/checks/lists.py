"""Rules on the plain lists: keys used once, and settings that make sense."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pakkeforlop.catalogue.checks.look import families, words
from pakkeforlop.catalogue.documents import Document
from pakkeforlop.catalogue.faults import Fault, Found, Loc, say
from pakkeforlop.catalogue.model import Settings
from pakkeforlop.catalogue.validate import Parts

_KEYS = (
    ("families", "", "key"),
    ("pathways", "", "code"),
    ("pathways", "", "key"),
    ("messages", "message", "number"),
    ("indicators", "indicator", "key"),
    ("code_lists", "code_list", "number"),
    ("sources", "source", "key"),
    ("event_rules", "kind", "key"),
    ("event_rules", "finding", "key"),
    ("event_rules", "rule", "key"),
)


def keys_are_used_once(parts: Parts) -> Iterator[Fault]:
    """No code, key or number stands for two definitions of a kind."""
    for kind, name, key in _KEYS:
        seen: dict[Any, tuple[Document, Loc]] = {}
        for document, file in parts.of(kind):
            items = [((), file)] if not name else [((name, i), item) for i, item in enumerate(getattr(file, name))]
            for loc, item in items:
                value, place = getattr(item, key), (*loc, key)
                if value in seen:
                    first, at = seen[value]  # its line is looked for here alone: that takes a while
                    where = f"{first.name}:{first.line(at)}"
                    yield document.fault(place, say("used_before", given=value, where=where))
                seen.setdefault(value, (document, place))


def indicators_measure_what_exists(parts: Parts) -> Iterator[Fault]:
    """A time is measured over a span of some family."""
    if "families" in parts.incomplete:
        return
    spans = list(dict.fromkeys([span.key for family in families(parts).values() for span in family.span] + ["share"]))
    for document, file in parts.of("indicators"):
        for index, indicator in enumerate(file.indicator):
            timed = indicator.measure in ("time", "share_of_time")
            if timed and indicator.span not in spans:
                where: Loc = ("indicator", index, "span")
                yield document.fault(where, say("not_a_span", given=indicator.span, known=words(spans)))


def messages_speak_of_known_families(parts: Parts) -> Iterator[Fault]:
    """A message that belongs to one family names it."""
    known = families(parts)
    if "families" in parts.incomplete:
        return
    for document, file in parts.of("messages"):
        for index, message in enumerate(file.message):
            if message.family and message.family not in known:
                where: Loc = ("message", index, "family")
                yield document.fault(where, say("not_a_family", given=message.family, known=words(known)))


def settings_make_sense(parts: Parts) -> Iterator[Fault]:
    """Bands and groups rise, and shares lie between their bounds."""
    for document, settings in parts.of("settings"):
        for loc, said in _setting_faults(settings):
            yield document.fault(loc, said)


def _setting_faults(settings: Settings) -> Iterator[Found]:
    for name in ("open_age_bands", "age_groups"):
        bounds = getattr(settings, name)
        if list(bounds) != sorted(set(bounds)):
            yield (name,), say("must_rise")
    if not 0 < settings.confidence_level < 1:
        yield ("confidence_level",), say("must_lie_between", given=settings.confidence_level, low=0, high=1)
    if not 0 <= settings.target_percent <= 100:
        yield ("target_percent",), say("must_lie_between", given=settings.target_percent, low=0, high=100)
