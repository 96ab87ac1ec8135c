"""Rules within a family: its events, needs, spans and share speak of the same points."""

from __future__ import annotations

from collections.abc import Iterator

from pakkeforlop.catalogue.checks.look import ends, kinds, message_numbers_of, points, words
from pakkeforlop.catalogue.documents import Document
from pakkeforlop.catalogue.faults import Fault, Found, Loc, say
from pakkeforlop.catalogue.model import Event, Family
from pakkeforlop.catalogue.validate import Parts

MOST_EVENTS = 62
MOST_NEEDS = 3
MOST_MESSAGES = 62
"""What the engine's packed numbers have room for."""


def definitions_fit_the_engine(parts: Parts) -> Iterator[Fault]:
    """No more events in a family, needs of an event, or messages of all families than the engine holds."""
    messages: set[int] = set()
    for document, family in parts.of("families"):
        if len(family.event) > MOST_EVENTS:
            yield document.fault(("event",), say("too_many", count=len(family.event), most=MOST_EVENTS))
        for index, event in enumerate(family.event):
            if len(event.needs) > MOST_NEEDS:
                yield document.fault(
                    ("event", index, "needs"), say("too_many", count=len(event.needs), most=MOST_NEEDS)
                )
        messages |= message_numbers_of(family)
        if len(messages) > MOST_MESSAGES:
            yield document.fault(("unknown_code",), say("too_many", count=len(messages), most=MOST_MESSAGES))


def families_hold_together(parts: Parts) -> Iterator[Fault]:
    """All rules on a family that need no other file."""
    for document, family in parts.of("families"):
        for loc, said in _family_faults(document, family):
            yield document.fault(loc, said)


def _family_faults(document: Document, family: Family) -> Iterator[Found]:
    stem = document.name.rpartition("/")[2].removesuffix(".toml")
    if stem != family.key:
        yield ("key",), say("other_file", given=family.key, file=f"{family.key}.toml")
    if not any(event.opens for event in family.event):
        yield ("event",), say("no_opening")
    yield from _repeated(("event",), "suffix", [event.suffix for event in family.event])
    for index, event in enumerate(family.event):
        yield from _event_faults(("event", index), event, points(family))
    known = ends(family)
    for index, end in enumerate(family.reopened_after):
        if end not in known:
            yield ("reopened_after", index), say("not_an_end", given=end, known=words(known))
    yield from _span_faults(family)
    yield from _share_faults(family)


def _event_faults(loc: Loc, event: Event, known: list[str]) -> Iterator[Found]:
    for index, need in enumerate(event.needs):
        for name in ("missing", "present"):
            for point in getattr(need, name):
                if point not in known:
                    yield (*loc, "needs", index, name), say("not_a_point", given=point, known=words(known))
        if not (need.missing or need.present):
            yield (*loc, "needs", index), say("need_of_nothing")
    if event.repeat != "keep" and not event.repeat_message:
        yield (*loc, "repeat"), say("needs", name="repeat_message")
    if event.closes and not event.after_end:
        yield (*loc, "closes"), say("needs", name="after_end")
    if event.valid_from and event.valid_to and event.valid_to < event.valid_from:
        yield (*loc, "valid_to"), say("ends_before", day=event.valid_to, name="valid_from", other=event.valid_from)


def _span_faults(family: Family) -> Iterator[Found]:
    known, keys = points(family), [span.key for span in family.span]
    yield from _repeated(("span",), "key", keys)
    yield from _repeated(("span",), "limit", [span.limit for span in family.span])
    for index, span in enumerate(family.span):
        for name, point in (("start", span.start), ("to", span.to)):
            if point not in known:
                yield ("span", index, name), say("not_a_point", given=point, known=words(known))
        if span.by_kind and span.to in known and not kinds(family, span.to):
            yield ("span", index, "by_kind"), say("no_kinds", given=span.to)
        for place, key in enumerate(span.sum_of):
            if key not in keys:
                yield ("span", index, "sum_of", place), say("not_a_span", given=key, known=words(keys))


def _share_faults(family: Family) -> Iterator[Found]:
    known, keys = points(family), [span.key for span in family.span]
    for name in ("share_from", "share_to"):
        point = getattr(family, name)
        if point and point not in known:
            yield (name,), say("not_a_point", given=point, known=words(known))
    if family.share_from in known and not all(e.opens for e in family.event if e.point == family.share_from):
        yield ("share_from",), say("share_not_from_start", given=family.share_from)
    for index, key in enumerate(family.share_limit):
        if key not in keys:
            yield ("share_limit", index), say("not_a_span", given=key, known=words(keys))


def _repeated(loc: Loc, name: str, values: list[str]) -> Iterator[Found]:
    for index, value in enumerate(values):
        if value in values[:index]:
            yield (*loc, index, name), say("second_time", given=value)
