"""The catalogue as whole numbers: what the kernel is fed.

Nothing here knows a pathway, a code or a limit by name; all of it is read from the catalogue. A code is numbered
`pathway << order_bits | order`, where the pathways are numbered by prefix and the order is that of the family's file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from functools import cached_property

import numpy as np
import numpy.typing as npt

from pakkeforlop.catalogue.model import Catalogue, Event, Family, Pathway, Settings
from pakkeforlop.episodes import kernel
from pakkeforlop.vocabulary.calendar import day_number

Numbers = npt.NDArray[np.int64]
NEVER = 2**30
"""A day that no date reaches."""


@dataclass(frozen=True)
class Rules:
    """Tables that `kernel.link` reads, in the order it unpacks them. Per code, unless the comment says otherwise."""

    flags: Numbers
    repeat: Numbers
    repeat_message: Numbers
    point: Numbers  # bit of the point
    slot: Numbers
    armed: Numbers
    kind: Numbers
    end: Numbers
    after_end: Numbers
    warns: Numbers
    code_first: Numbers
    code_last: Numbers
    need_missing: Numbers  # three per code
    need_present: Numbers
    need_message: Numbers
    late_order: int
    prefix_first: Numbers  # from here on per pathway
    prefix_last: Numbers
    not_introduced: Numbers
    lapsed: Numbers
    orphan_before: Numbers
    orphan_without: Numbers
    identical: Numbers
    before_first: Numbers
    duplicate: Numbers
    stale_days: Numbers
    stale_message: Numbers
    no_answer_days: Numbers
    no_answer_message: Numbers
    unannounced_message: Numbers
    reopened_days: Numbers
    reopened_message: Numbers
    closed_by_rule_message: Numbers
    same_place_kept: Numbers
    reopened_end: Numbers  # per end
    slots: int


@dataclass(frozen=True)
class Measuring:
    """Tables that `kernel.measure` reads, in the order it unpacks them."""

    versions: int
    spans: int
    kinds: int
    version_from: Numbers  # pathway, version
    limits: Numbers  # pathway, version, span, kind; -1 is no limit
    span_from: Numbers  # pathway, span: slots, -1 where the family lacks the span
    span_to: Numbers
    span_by_kind: Numbers
    share_from: Numbers  # per pathway
    share_to: Numbers
    share_spans: Numbers
    share_by_kind: Numbers
    share_end_slot: Numbers
    kind_of: Numbers  # per code
    negative_message: Numbers  # per pathway
    long_days: Numbers
    long_message: Numbers
    slots: int
    treatment_slot: int
    postponed_slot: int


def unpack(tables: Rules | Measuring) -> tuple[object, ...]:
    """The fields as the flat tuple that the kernel takes."""
    return tuple(getattr(tables, field.name) for field in fields(tables))


def as_lists(tables: Rules | Measuring) -> tuple[object, ...]:
    """The same with plain lists: reading one number of a list is faster than of an array when nothing is compiled."""
    return tuple(value.tolist() if isinstance(value, np.ndarray) else value for value in unpack(tables))


@dataclass(frozen=True)
class Tables:
    """The compiled catalogue: numbers for the kernel, and the names that the numbers stand for."""

    rules: Rules
    measuring: Measuring
    order_bits: int
    pathways: tuple[str, ...]
    pathway_keys: tuple[str, ...]
    families: tuple[str, ...]  # per pathway
    codes: dict[str, int]
    code_names: dict[int, str]
    messages: tuple[int, ...]  # number of the message at each place; place 0 is none
    sets_aside: npt.NDArray[np.bool_]
    ends: tuple[str, ...]
    kinds: tuple[str, ...]
    points: tuple[str, ...]
    slots: tuple[str, ...]
    spans: tuple[str, ...]
    version_names: tuple[tuple[str, ...], ...]
    ages: tuple[
        tuple[int | None, int, int | None, int], ...
    ]  # per pathway: too old from, message, too young below, ...
    unknown_code: dict[str, int]
    missing_date: dict[str, int]

    @cached_property
    def message_place(self) -> dict[int, int]:
        """Where a message number stands in the tables."""
        return {number: place for place, number in enumerate(self.messages) if place}

    @cached_property
    def rule_arrays(self) -> tuple[object, ...]:
        """`rules` for the compiled kernel."""
        return unpack(self.rules)

    @cached_property
    def rule_lists(self) -> tuple[object, ...]:
        """`rules` for the kernel as plain Python."""
        return as_lists(self.rules)

    @cached_property
    def measuring_arrays(self) -> tuple[object, ...]:
        """`measuring` for the compiled kernel."""
        return unpack(self.measuring)

    @cached_property
    def measuring_lists(self) -> tuple[object, ...]:
        """`measuring` for the kernel as plain Python."""
        return as_lists(self.measuring)


def suffixes(pathway: Pathway, family: Family) -> list[tuple[int, Event]]:
    """The events of a pathway with their order: all of its family's, or those that the pathway names."""
    wanted = set(pathway.suffixes)
    return [(n, event) for n, event in enumerate(family.event) if not wanted or event.suffix in wanted]


def _days(day: date | None, missing: int) -> int:
    return missing if day is None else day_number(day)


def compile_tables(catalogue: Catalogue, settings: Settings | None = None) -> Tables:
    """Turn the catalogue into the kernel's tables.

    ValueError when the catalogue needs more than the kernel holds (62 messages, 62 events in a family), which
    `catalogue check` refuses before.
    """
    chosen = settings or catalogue.settings
    pathways = [catalogue.pathways[code] for code in sorted(catalogue.pathways)]
    families = [catalogue.families[pathway.family] for pathway in pathways]
    order_bits = max(len(family.event) for family in families).bit_length()
    width = 1 << order_bits
    if width > 64:
        raise ValueError("A family may hold at most 62 kinds of code.")
    points = tuple(dict.fromkeys(event.point for family in families for event in family.event))
    dated = {name for family in families for span in family.span for name in (span.start, span.to)}
    dated |= {family.share_from for family in families} | {family.share_to for family in families}
    dated |= {"attendance", "decision", "treatment", "postponed"}
    dated -= {"", "start", "end"}
    slots = ("start", *sorted(dated, key=lambda name: (points.index(name) if name in points else 99, name)), "end")
    slot_no = {name: n for n, name in enumerate(slots)}
    kinds = ("", *dict.fromkeys(event.kind for family in families for event in family.event if event.kind))
    ends = ("R", *dict.fromkeys(event.closes for family in families for event in family.event if event.closes))
    numbers = sorted({number for family in families for number in _messages(family)} | {100, 912})
    numbers = sorted({*numbers, *(n for p in pathways for n in (p.min_age_message, p.max_age_message) if n)})
    messages = (0, *numbers)
    if len(messages) > 63:
        raise ValueError("The kernel holds at most 62 different messages.")
    place = {number: n for n, number in enumerate(messages)}
    place[0] = 0
    count = len(pathways)
    per_code = {name: np.zeros(count * width, np.int64) for name in CODE_FIELDS}
    per_code["code_first"][:] = -NEVER
    per_code["code_last"][:] = NEVER
    need = {name: np.zeros(count * width * kernel.NEEDS_PER_CODE, np.int64) for name in NEED_FIELDS}
    codes: dict[str, int] = {}
    names: dict[int, str] = {}
    bit = {name: 1 << n for n, name in enumerate(points)}
    reopened_end = np.zeros(len(ends), np.int64)
    for p, (pathway, family) in enumerate(zip(pathways, families, strict=True)):
        for end_name in family.reopened_after:
            reopened_end[ends.index(end_name)] = 1
        for order, event in suffixes(pathway, family):
            orders = [order, width - 1] if event.transfer else [order]
            for o in orders:
                code = p << order_bits | o
                names[code] = pathway.code + event.suffix
                _fill_code(per_code, code, event, pathway, bit, slot_no, kinds, ends, place)
                per_code["armed"][code] = sum(
                    bit[span.start] for span in family.span if span.to_next and span.to == event.point
                )
                for n, asked in enumerate(event.needs):
                    at = code * kernel.NEEDS_PER_CODE + n
                    need["need_missing"][at] = sum(bit[name] for name in asked.missing)
                    need["need_present"][at] = sum(bit[name] for name in asked.present)
                    need["need_message"][at] = place[asked.message]
            codes[pathway.code + event.suffix] = p << order_bits | order

    def per_family(pick: object) -> Numbers:
        return np.array([pick(family) for family in families], np.int64)  # type: ignore[operator]

    rules = Rules(
        **per_code,
        **need,
        late_order=width - 1,
        prefix_first=np.array([day_number(pathway.introduced) for pathway in pathways], np.int64),
        prefix_last=np.array([_days(pathway.last_day, NEVER) for pathway in pathways], np.int64),
        not_introduced=per_family(lambda f: place[f.not_introduced]),
        lapsed=per_family(lambda f: place[f.lapsed_code]),
        orphan_before=per_family(lambda f: place[f.orphan_before_start]),
        orphan_without=per_family(lambda f: place[f.orphan_without_start]),
        identical=per_family(lambda f: place[f.identical]),
        before_first=per_family(lambda f: place[f.before_first_day]),
        duplicate=per_family(lambda f: place[f.place.duplicate_message]),
        stale_days=per_family(
            lambda f: f.place.stale_days if chosen.stale_days == DEFAULT_STALE else chosen.stale_days
        ),
        stale_message=per_family(lambda f: place[f.place.stale_message]),
        no_answer_days=per_family(lambda f: f.place.no_answer_days),
        no_answer_message=per_family(lambda f: place[f.place.no_answer_message]),
        unannounced_message=per_family(lambda f: place[f.place.unannounced_message]),
        reopened_days=per_family(lambda f: f.reopened_within_days),
        reopened_message=per_family(lambda f: place[f.reopened_message]),
        closed_by_rule_message=per_family(lambda f: place[f.closed_by_rule_message]),
        same_place_kept=per_family(lambda f: int(f.place.same_place == "keep")),
        reopened_end=reopened_end,
        slots=len(slots),
    )
    spans = tuple(dict.fromkeys(span.key for family in families for span in family.span))
    versions = [_versions(pathway) for pathway in pathways]
    measuring = _measuring(pathways, families, spans, kinds, slot_no, versions, rules.kind, place, chosen)
    by_number = catalogue.messages
    return Tables(
        rules=rules,
        measuring=measuring,
        order_bits=order_bits,
        pathways=tuple(pathway.code for pathway in pathways),
        pathway_keys=tuple(pathway.key for pathway in pathways),
        families=tuple(family.key for family in families),
        codes=codes,
        code_names=names,
        messages=messages,
        sets_aside=np.array([bool(n and by_number[n].sets_aside) for n in messages]),
        ends=ends,
        kinds=kinds,
        points=points,
        slots=slots,
        spans=spans,
        version_names=tuple(
            tuple(f"{pathway.code}@{day}" for day in days) for pathway, days in zip(pathways, versions, strict=True)
        ),
        ages=tuple(
            (
                None if p.max_age is None else p.max_age + 1,
                place[p.max_age_message],
                p.min_age,
                place[p.min_age_message],
            )
            for p in pathways
        ),
        unknown_code={pathway.code: f.unknown_code for pathway, f in zip(pathways, families, strict=True)},
        missing_date={pathway.code: f.missing_date for pathway, f in zip(pathways, families, strict=True)},
    )


DEFAULT_STALE = Settings().stale_days
CODE_FIELDS = (
    "flags", "repeat", "repeat_message", "point", "slot", "armed", "kind", "end", "after_end", "warns",
    "code_first", "code_last",
)  # fmt: skip
NEED_FIELDS = ("need_missing", "need_present", "need_message")


def _messages(family: Family) -> set[int]:
    """Every message number that a family can give."""
    place = family.place
    numbers = {
        family.unknown_code, family.not_introduced, family.missing_date, family.lapsed_code,
        family.orphan_before_start, family.orphan_without_start, family.before_first_day, family.identical,
        family.reopened_message, family.negative_message, family.long_span_message, family.closed_by_rule_message,
        place.duplicate_message, place.stale_message, place.no_answer_message, place.unannounced_message,
    }  # fmt: skip
    for event in family.event:
        numbers |= {event.repeat_message, event.after_end, event.warns, *(need.message for need in event.needs)}
    return numbers - {0}


def _fill_code(
    per_code: dict[str, Numbers],
    code: int,
    event: Event,
    pathway: Pathway,
    bit: dict[str, int],
    slot_no: dict[str, int],
    kinds: Sequence[str],
    ends: Sequence[str],
    place: dict[int, int],
) -> None:
    flags = (
        kernel.OPENS * event.opens
        | kernel.TRANSFER * event.transfer
        | kernel.POSTPONES * event.postpones
        | kernel.SPECIALIST * event.via_specialist
    )
    if event.closes and event.point in ("treatment", "end"):
        flags |= kernel.FREES_TRANSFER
    per_code["flags"][code] = flags
    per_code["repeat"][code] = {"keep": 0, "once": kernel.ONCE, "transfer": kernel.BY_TRANSFER}[event.repeat]
    per_code["repeat_message"][code] = place[event.repeat_message]
    per_code["point"][code] = bit[event.point]
    per_code["slot"][code] = slot_no.get(event.point, 0)
    per_code["kind"][code] = kinds.index(event.kind)
    per_code["end"][code] = ends.index(event.closes) if event.closes else 0
    per_code["after_end"][code] = place[event.after_end]
    per_code["warns"][code] = place[event.warns]
    own_first = max(_days(event.valid_from, -NEVER), -NEVER)
    per_code["code_first"][code] = own_first
    per_code["code_last"][code] = min(_days(event.valid_to, NEVER), _days(pathway.last_day, NEVER))


def _versions(pathway: Pathway) -> list[date]:
    """The days on which any limit of the pathway changes, oldest first."""
    return sorted({block.valid_from for blocks in pathway.time_limit.values() for block in blocks})


def _limit_on(pathway: Pathway, label: str, kind: str, day: date) -> int:
    found = -1
    for block in pathway.time_limit.get(label, ()):
        if block.kind == kind and block.valid_from <= day:
            found = -1 if block.days is None else block.days
    return found


def _measuring(
    pathways: Sequence[Pathway],
    families: Sequence[Family],
    spans: Sequence[str],
    kinds: Sequence[str],
    slot_no: dict[str, int],
    versions: Sequence[Sequence[date]],
    kind_of: Numbers,
    place: dict[int, int],
    settings: Settings,
) -> Measuring:
    count, most, n_spans, n_kinds = len(pathways), max(1, *map(len, versions)), len(spans), len(kinds)
    version_from = np.full((count, most), NEVER, np.int64)
    limits = np.full((count, most, n_spans, n_kinds), -1, np.int64)
    span_from = np.full((count, n_spans), -1, np.int64)
    span_to = np.full((count, n_spans), -1, np.int64)
    by_kind = np.zeros((count, n_spans), np.int64)
    share = np.full((5, count), -1, np.int64)
    share[2:] = 0
    for p, (pathway, family) in enumerate(zip(pathways, families, strict=True)):
        for span in family.span:
            s = spans.index(span.key)
            span_from[p, s], span_to[p, s], by_kind[p, s] = slot_no[span.start], slot_no[span.to], span.by_kind
        for v, day in enumerate(versions[p]):
            version_from[p, v] = day_number(day)
            for span in family.span:
                s = spans.index(span.key)
                label = span.limit or span.label
                for k, kind in enumerate(kinds):
                    if bool(kind) == span.by_kind:
                        limits[p, v, s, k] = _limit_on(pathway, label, kind, day)
                if span.by_kind and settings.surveillance_without_limit_counts:
                    surveillance = kinds.index("O")
                    if limits[p, v, s, surveillance] < 0:
                        limits[p, v, s, surveillance] = limits[p, v, s].max()
        if family.share_to:
            share[0, p], share[1, p] = slot_no[family.share_from], slot_no[family.share_to]
            share[2, p] = sum(1 << spans.index(key) for key in family.share_limit)
            share[3, p] = any(span.by_kind for span in family.span if span.key in family.share_limit)
            share[4, p] = slot_no[family.share_to]
    return Measuring(
        versions=most,
        spans=n_spans,
        kinds=n_kinds,
        version_from=version_from.ravel(),
        limits=limits.ravel(),
        span_from=span_from.ravel(),
        span_to=span_to.ravel(),
        span_by_kind=by_kind.ravel(),
        share_from=share[0],
        share_to=share[1],
        share_spans=share[2],
        share_by_kind=share[3],
        share_end_slot=share[4],
        kind_of=kind_of,
        negative_message=np.array([place[f.negative_message] for f in families], np.int64),
        long_days=np.array([f.long_span_days for f in families], np.int64),
        long_message=np.array([place[f.long_span_message] for f in families], np.int64),
        slots=len(slot_no),
        treatment_slot=slot_no["treatment"],
        postponed_slot=slot_no["postponed"],
    )
