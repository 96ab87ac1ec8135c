"""One patient linked at the keystroke: the same kernel as plain Python, on lists, in a fraction of a millisecond.

What `rows.link_table` gives for a table of many patients, this gives for one, to the row and without Arrow; a property
test holds the two together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple, cast

from pakkeforlop.coding.versions import NAMELESS, Version
from pakkeforlop.episodes import kernel
from pakkeforlop.episodes.coded import ASIDE, UNKNOWN, code_numbers
from pakkeforlop.episodes.keys import Layout, layout_for
from pakkeforlop.episodes.link import Part, link_one
from pakkeforlop.episodes.places import Places, places_of
from pakkeforlop.episodes.result import REASONS
from pakkeforlop.episodes.rows import Engine
from pakkeforlop.episodes.tables import Rules, Tables
from pakkeforlop.vocabulary.calendar import NO_DAY, day_number, day_of, whole_years

FNV_START, FNV_PRIME, FNV_MASK = 0xCBF29CE484222325, 0x100000001B3, (1 << 64) - 1


class Told(NamedTuple):
    """A registration that holds: what linking needs of it. `registration_id` is empty where it has none."""

    code: str
    event_date: date | None
    institution: str
    registration_id: str = ""
    unit: str | None = None
    seniority_date: date | None = None
    received_date: date | None = None


class Facts(NamedTuple):
    """What is known of the patient: `known` 0 no, 1 yes, 2 nobody asked; sex 1, 2, or 0 where not known."""

    known: int = 2
    birth_date: date | None = None
    sex: int = 0


class Message(NamedTuple):
    """A message on the row `at`; `episode` is the instance's number among the patient's, None where it has none."""

    at: int
    number: int
    pathway: str | None
    episode: int | None
    episode_id: str | None
    counted: bool


def told(version: Version) -> Told:
    """A version that holds, as linking sees it."""
    return Told(
        version.code, version.event_date, version.institution, given_name(version), version.unit or None,
        version.seniority_date, version.received_date,
    )  # fmt: skip


def given_name(version: Version) -> str:
    """The registration's id where its file gave it one."""
    return "" if version.registration_id.startswith(NAMELESS) else version.registration_id


@dataclass(frozen=True)
class Live:
    """One patient's instances (columns of docs/reference but patient_id) and messages, in the order of the rows."""

    episodes: list[dict[str, Any]] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)


@dataclass(frozen=True)
class _Keyed:
    """A patient's rows as keys: sorted (key, row) pairs, and the rows that no key can be made of with their message."""

    pairs: list[tuple[int, int]]
    layout: Layout
    places: Places
    apart: list[tuple[int, int, str]]


def link_patient(rows: Sequence[Told], engine: Engine, *, patient_id: str, as_of: int, facts: Facts = Facts()) -> Live:  # noqa: B008
    """Link the registrations of one patient as of a day number."""
    if not rows:
        return Live()
    keyed = _keys(rows, engine)
    tables, places = engine.tables, keyed.places
    where = (places.hospital.tolist(), places.trust.tolist())
    part = link_one(
        [key for key, _ in keyed.pairs], keyed.layout, where, tables,
        as_of=as_of, settings=engine.settings, noting=_noting(engine, facts, places),
    )  # fmt: skip
    reader = _Reader(rows, keyed, part, engine, patient_id, facts)
    episodes = [reader.episode(e) for e in range(len(part.opening))]
    return Live(episodes, reader.messages(episodes))


def _keys(rows: Sequence[Told], engine: Engine) -> _Keyed:
    tables = engine.tables
    codes = code_numbers([row.code for row in rows], tables).tolist()
    days = [None if row.event_date is None else day_number(row.event_date) for row in rows]
    places = places_of([row.institution for row in rows], engine.organisations)
    known = [day for day in days if day is not None]
    span = (min(known), max(known)) if known else (0, 1)
    layout = layout_for(len(places.numbers), tables.order_bits, *span, len(tables.pathways))
    order_mask = (1 << tables.order_bits) - 1
    found: list[tuple[int, str, int]] = []
    apart: list[tuple[int, int, str]] = []
    for n, (row, code, day) in enumerate(zip(rows, codes, days, strict=True)):
        if code < 0 or day is None:
            if code != ASIDE:
                prefix = row.code[:3] if row.code[:3] in tables.unknown_code else ""
                number = tables.unknown_code.get(prefix, 101) if code == UNKNOWN else tables.missing_date[prefix]
                apart.append((n, number, prefix))
            continue
        key = ((code >> tables.order_bits) << layout.day_bits) | (day - layout.first_day)
        key = (key << layout.order_bits) | (code & order_mask)
        found.append(((key << layout.place_bits) | places.of(row.institution, day), row.registration_id, n))
    found.sort()
    return _Keyed([(key, n) for key, _, n in found], layout, places, apart)


@lru_cache(maxsize=4)
def _standing(ages: tuple[Any, ...]) -> tuple[tuple[int, ...], list[list[int]]]:
    """The ages asked about; per pathway the place of the age too old from, its message, and the same for too young."""
    asked = tuple(sorted({age for old, _, young, _ in ages for age in (old, young) if age is not None}))
    return asked, [
        [asked.index(bound[0]) if bound[0] is not None else -1 for bound in ages],
        [bound[1] for bound in ages],
        [asked.index(bound[2]) if bound[2] is not None else -1 for bound in ages],
        [bound[3] for bound in ages],
    ]


def _noting(engine: Engine, facts: Facts, places: Places) -> tuple[Any, ...] | None:
    """What `kernel.note` reads, for this patient; None when there is nothing to note."""
    tables = engine.tables
    known = places.known.tolist()
    asked, bounds = _standing(tables.ages)
    if facts.known == 2 and facts.birth_date is None and all(known):
        return None
    birthdays = [_birthday(facts.birth_date, age) for age in asked]
    lists = tables.rule_lists
    names = _RULE_PLACES
    return (
        [facts.known], birthdays, 1, *bounds, known, tables.message_place[100], tables.message_place[912],
        lists[names["prefix_first"]], lists[names["code_last"]],
    )  # fmt: skip


_RULE_PLACES = {each.name: n for n, each in enumerate(fields(Rules))}


def _birthday(born: date | None, age: int) -> int:
    """The day of a birthday; born on 29 February: 1 March in ordinary years. NO_DAY where it is not known."""
    if born is None:
        return NO_DAY
    try:
        return day_number(born.replace(year=born.year + age))
    except ValueError:
        return day_number(date(born.year + age, 3, 1))


def _age(born: date | None, on: date) -> int | None:
    return None if born is None else whole_years(born, on)


def _hashed(text: str) -> str:
    """The FNV-1a hash (64 bits) as hexadecimal digits, as in `result.episode_ids`."""
    value = FNV_START
    for byte in text.encode():
        value = ((value ^ byte) * FNV_PRIME) & FNV_MASK
    return f"{value:016x}"


class _Reader:
    """Reads one linked part: instances and messages as plain values."""

    def __init__(
        self, rows: Sequence[Told], keyed: _Keyed, part: Part, engine: Engine, patient_id: str, facts: Facts
    ) -> None:
        self.rows, self.keyed, self.part, self.engine = rows, keyed, part, engine
        self.patient_id, self.facts = patient_id, facts
        self.tables, self.layout = engine.tables, keyed.layout
        self.kind_of = cast("list[int]", self.tables.rule_lists[_RULE_PLACES["kind"]])
        self.row_of: dict[tuple[int, int], int] = {}
        last, nth = -1, 0
        for key, row in keyed.pairs:
            nth = nth + 1 if key == last else 0
            self.row_of[(key, nth)] = row
            last = key

    def _pathway(self, key: int) -> int:
        return (key >> self.layout.group_shift) & ((1 << self.layout.pathway_bits) - 1)

    def episode(self, e: int) -> dict[str, Any]:
        """One instance with the documented columns."""
        part, tables = self.part, self.tables
        key = int(part.keys[part.opening[e]])
        number = self._pathway(key)
        prefix = tables.pathways[number]
        opening = self.rows[self.row_of[(key, 0)]]
        days, places, kinds = self._points(e, number)
        start = day_of(days["start"])
        ended, flags = part.ended[e], part.flags[e]
        if ended == kernel.CLOSED_BY_RULE:
            end_day: int | None = int(tables.rules.prefix_last[number])
        else:
            end_day = days["end"] if days["end"] >= -(10**6) else None
        reason = REASONS[part.share_reason[e]]
        names = self.keyed.places.numbers
        content = opening.registration_id or f"{self.patient_id}|{prefix}|{start.isoformat()}"

        def at(point: str) -> str | None:
            return None if places[point] < 0 else names[places[point]]

        def day(point: str) -> date | None:
            return None if days[point] < -(10**6) else day_of(days[point])

        version = part.version[e]
        spans = len(tables.spans)
        found: dict[str, Any] = {
            "episode_id": f"{prefix}-{start:%Y%m%d}-{_hashed(content)}",
            "pathway": prefix,
            "episode": part.number[e],
            "start_date": start,
            "start_institution": at("start"),
            "first_attendance_date": day("attendance"),
            "first_attendance_institution": at("attendance"),
            "decision_date": day("decision"),
            "decision": kinds["decision"],
            "decision_institution": at("decision"),
            "treatment_date": day("treatment"),
            "treatment": kinds["treatment"],
            "treatment_institution": at("treatment"),
            "end_date": None if end_day is None else day_of(end_day),
            "end": None if ended < 0 else tables.ends[ended],
            "end_institution": at("end"),
            "trust": self.keyed.places.trusts[int(self.keyed.places.trust[places["start"]])],
            "institutions": part.institutions[e],
            "trusts": part.trusts[e],
            "transferred": bool(flags & kernel.TRANSFERRED),
            "postponed": bool(flags & kernel.POSTPONED),
            "via_specialist": bool(flags & kernel.VIA_SPECIALIST),
        }
        for n, name in enumerate(tables.spans):
            found[f"{name}_days"] = _or_none(part.span_days[e * spans + n])
            found[f"{name}_limit"] = _or_none(part.span_limit[e * spans + n])
        share_days, share_limit = part.share_days[e], part.share_limit[e]
        seen = part.seen_messages[e]
        found |= {
            "share_days": _or_none(share_days),
            "share_limit": _or_none(share_limit),
            "share_within": share_days <= share_limit if reason == "counts" else None,
            "share_reason": reason,
            "limit_version": None if version < 0 else tables.version_names[number][version],
            "sex": self.facts.sex or None,
            "age": _age(self.facts.birth_date, start),
            "unit": opening.unit or None,
            "seniority_date": opening.seniority_date,
            "received_date": opening.received_date,
            "messages": " ".join(str(tables.messages[n]) for n in range(1, len(tables.messages)) if seen >> n & 1),
        }
        return found

    def _points(self, e: int, pathway: int) -> tuple[dict[str, int], dict[str, int], dict[str, str | None]]:
        """The day, place and kind of each point of an instance."""
        layout, slots = self.layout, self.tables.slots
        days: dict[str, int] = {}
        places: dict[str, int] = {}
        kinds: dict[str, str | None] = {}
        for n, point in enumerate(slots):
            low = self.part.slot_of[e * len(slots) + n]
            if low < 0:
                days[point], places[point], kinds[point] = NO_DAY, -1, None
                continue
            days[point] = (low >> (layout.place_bits + layout.order_bits)) + layout.first_day
            places[point] = low & ((1 << layout.place_bits) - 1)
            order = (low >> layout.place_bits) & ((1 << layout.order_bits) - 1)
            kind = self.kind_of[(pathway << layout.order_bits) | order]
            kinds[point] = self.tables.kinds[kind] if kind else None
        return days, places, kinds

    def messages(self, episodes: list[dict[str, Any]]) -> list[Message]:
        """The messages of the kernel and of rows that no key could be made of, by row and number."""
        tables, part = self.tables, self.part
        aside = set()
        found: list[tuple[int, int, str | None, int | None]] = []
        for i, place, instance in zip(part.message_row, part.message_number, part.message_instance, strict=True):
            at = self._row(i)
            prefix = tables.pathways[self._pathway(part.keys[i])]
            found.append((at, tables.messages[place], prefix, instance if instance >= 0 else None))
            if tables.sets_aside[place]:
                aside.add(at)
        for at, number, prefix in self.keyed.apart:
            found.append((at, number, prefix or None, None))
            aside.add(at)
            if self.facts.known == 0:
                found.append((at, 100, prefix or None, None))
            if not self.keyed.places.known[self.keyed.places.first[self.rows[at].institution][0][1]]:
                found.append((at, 912, prefix or None, None))
        found.sort(key=lambda one: one[:2])
        return [
            Message(
                at, number, prefix,
                None if instance is None else episodes[instance]["episode"],
                None if instance is None else episodes[instance]["episode_id"],
                at not in aside,
            )
            for at, number, prefix, instance in found
        ]  # fmt: skip

    def _row(self, i: int) -> int:
        """The row that the key at position `i` was made of, also of a transfer moved behind an end of its day."""
        keys, layout = self.part.keys, self.layout
        key, nth = keys[i], 0
        while i - nth - 1 >= 0 and keys[i - nth - 1] == key:
            nth += 1
        late = self.tables.rules.late_order
        if (key >> layout.place_bits) & ((1 << layout.order_bits) - 1) == late:
            key -= (late - _transfer_order(self.tables, self._pathway(key))) << layout.place_bits
        return self.row_of[(key, nth)]


def _transfer_order(tables: Tables, pathway: int) -> int:
    """The order of a pathway's transfer code within a day."""
    flags = cast("list[int]", tables.rule_lists[_RULE_PLACES["flags"]])
    return next(
        code & ((1 << tables.order_bits) - 1)
        for code in tables.codes.values()
        if code >> tables.order_bits == pathway and flags[code] & kernel.TRANSFER
    )


def _or_none(value: int) -> int | None:
    return None if value < 0 else value
