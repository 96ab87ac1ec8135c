"""The linked instances as tables with the documented columns, and each message on the row it is about.

Columns: docs/reference/columns.md. Dates are date32, days and limits int32; a missing point is null, never zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pakkeforlop.episodes import kernel
from pakkeforlop.episodes.coded import Registrations, keys_of
from pakkeforlop.episodes.link import Linked
from pakkeforlop.vocabulary.calendar import NO_DAY
from pakkeforlop.vocabulary.compiling import compiled

Array = npt.NDArray[Any]
REASONS = ("counts", "postponed", "no_limit", "not_treated", "negative", "open", "closed_by_rule")
"""Why an instance is in the share or not, in the order of the kernel's numbers."""


@dataclass(frozen=True)
class Instances:
    """All parts of a linking laid end to end, with the fields that tables and figures are made from.

    Days are day numbers (NO_DAY where missing), places are numbers of `linked.places` (-1 where missing), codes are
    numbers of the tables. `key_at` is the position of the opening registration among all sorted keys.
    """

    linked: Linked

    def _all(self, name: str) -> Array:
        parts = [getattr(part, name) for part in self.linked.parts]
        if parts:
            return np.concatenate(parts)
        return np.empty((0, len(self.linked.tables.spans)) if name.startswith("span_") else 0, np.int64)

    @cached_property
    def starts(self) -> npt.NDArray[np.int64]:
        """Where each part's keys and instances begin: two rows, one more column than parts."""
        keys = [0, *np.cumsum([len(part.keys) for part in self.linked.parts])]
        instances = [0, *np.cumsum([len(part.opening) for part in self.linked.parts])]
        return np.array([keys, instances], np.int64)

    @cached_property
    def opening_key(self) -> npt.NDArray[np.int64]:
        """The key of the registration that opened each instance."""
        parts = [part.keys[part.opening] for part in self.linked.parts]
        return np.concatenate(parts) if parts else np.empty(0, np.int64)

    @cached_property
    def patient(self) -> npt.NDArray[np.int64]:
        """Patient number."""
        return self.opening_key >> self.linked.layout.patient_shift

    @cached_property
    def pathway(self) -> npt.NDArray[np.int64]:
        """Pathway number."""
        layout = self.linked.layout
        return (self.opening_key >> layout.group_shift) & ((1 << layout.pathway_bits) - 1)

    def slot(self, point: str) -> Array:
        """The low bits of the key that made a point, -1 where none did."""
        at = self.linked.tables.slots.index(point)
        parts = [part.slot_of[:, at] for part in self.linked.parts]
        return np.concatenate(parts) if parts else np.empty(0, np.int64)

    def day(self, point: str) -> Array:
        """The day of a point, NO_DAY where missing."""
        layout = self.linked.layout
        low = self.slot(point)
        return np.where(low < 0, NO_DAY, (low >> (layout.place_bits + layout.order_bits)) + layout.first_day)

    def place(self, point: str) -> Array:
        """The place of a point, -1 where missing."""
        low = self.slot(point)
        return np.where(low < 0, -1, low & ((1 << self.linked.layout.place_bits) - 1))

    def code(self, point: str) -> Array:
        """The code number of a point, -1 where missing."""
        layout = self.linked.layout
        low = self.slot(point)
        order = (low >> layout.place_bits) & ((1 << layout.order_bits) - 1)
        return np.where(low < 0, -1, (self.pathway << layout.order_bits) | order)

    def kind(self, point: str) -> Array:
        """The kind (K, M ...) of a point as a number of `tables.kinds`; 0 where missing."""
        code = self.code(point)
        return np.where(code < 0, 0, self.linked.tables.rules.kind[code])

    @cached_property
    def ended(self) -> Array:
        """How it ended: -1 open, 0 by rule, else a number of `tables.ends`."""
        return self._all("ended")

    @cached_property
    def end_day(self) -> Array:
        """The day it ended, the pathway's last day when closed by rule, NO_DAY while open."""
        by_rule = self.linked.tables.rules.prefix_last[self.pathway]
        return np.where(self.ended == kernel.CLOSED_BY_RULE, by_rule, self.day("end")).astype(np.int64)

    def __getattr__(self, name: str) -> Array:
        """The other fields of the parts, by their names there."""
        return self._all(name)


def _dates(days: Array) -> pa.Array:
    return pa.array(days.astype(np.int32), pa.int32(), mask=days == NO_DAY).cast(pa.date32())


def _ints(values: Array) -> pa.Array:
    return pa.array(values.astype(np.int32), pa.int32(), mask=values < 0)


def _names(index: Array, names: tuple[str, ...] | list[str]) -> pa.Array:
    """Texts by number, null where the number is negative; stored once each."""
    values = pa.array(index.astype(np.int32), pa.int32(), mask=index < 0)
    return pa.DictionaryArray.from_arrays(values, pa.array(names, pa.string()))


def message_texts(seen: npt.NDArray[np.int64], numbers: tuple[int, ...]) -> pa.Array:
    """Sets of messages as text: their numbers in order with spaces; each distinct set is written once."""
    distinct, index = np.unique(seen, return_inverse=True)
    texts = [
        " ".join(str(numbers[n]) for n in range(1, len(numbers)) if int(bits) >> n & 1) for bits in distinct.tolist()
    ]
    return pa.DictionaryArray.from_arrays(pa.array(index.astype(np.int32)), pa.array(texts, pa.string()))


def fnv64(texts: pa.Array) -> npt.NDArray[np.uint64]:
    """The FNV-1a hash (64 bits) of each text's UTF-8 bytes."""
    values = texts.cast(pa.large_string())
    offsets = np.frombuffer(values.buffers()[1], np.int64)[values.offset : values.offset + len(values) + 1]
    hashes: npt.NDArray[np.uint64] = _fnv(np.frombuffer(values.buffers()[2] or b"", np.uint8), offsets)
    return hashes


@compiled
def _fnv(data: Any, offsets: Any) -> Any:
    out = np.empty(len(offsets) - 1, np.uint64)
    for i in range(len(offsets) - 1):
        hashed = np.uint64(0xCBF29CE484222325)
        for j in range(offsets[i], offsets[i + 1]):
            hashed = (hashed ^ np.uint64(data[j])) * np.uint64(0x100000001B3)
        out[i] = hashed
    return out


def _hex(values: npt.NDArray[np.uint64]) -> pa.Array:
    digits = np.frombuffer(b"0123456789abcdef", np.uint8)
    nibbles = np.empty((len(values), 16), np.uint8)
    for n in range(16):
        nibbles[:, n] = digits[(values >> np.uint64(60 - 4 * n)) & np.uint64(15)]
    return (
        pa.array(nibbles.view("S16").ravel().astype("U16"), pa.string()) if len(values) else pa.array([], pa.string())
    )


def episode_ids(prefix: pa.Array, start: pa.Array, patient: pa.Array, registration_id: pa.Array | None) -> pa.Array:
    """Stable ids of instances, from the opening registration: its id if it has one, else patient, prefix and day.

    `A01-20240301-<16 hex>`; the same whatever file, order or run the registrations came in. No patient id can be read
    out of it, but whoever holds the registrations can compute it.
    """
    iso = pc.strftime(start, format="%Y-%m-%d")
    names = pc.cast(prefix, pa.string())
    content = pc.binary_join_element_wise(pc.cast(patient, pa.string()), names, iso, "|")
    if registration_id is not None:
        given = pc.and_(pc.is_valid(registration_id), pc.not_equal(registration_id, ""))
        content = pc.if_else(pc.fill_null(given, False), registration_id, content)
    compact = pc.replace_substring(iso, "-", "")
    return pc.binary_join_element_wise(names, compact, _hex(fnv64(content)), "-")


class Rows:
    """Finds the row a key came from: for messages, and for what the opening registration carries besides."""

    def __init__(self, registrations: Registrations, late_order: int) -> None:
        self.registrations = registrations
        self.layout = registrations.layout
        self.late_order = late_order
        keys = keys_of(registrations)
        self.order = np.argsort(keys, kind="stable")
        self.sorted = keys[self.order]
        self._settle_ties()

    def _settle_ties(self) -> None:
        """Rows alike in everything that counts stand in the order of their registration ids, then as they came."""
        table = self.registrations.table
        if "registration_id" not in table.column_names or len(self.sorted) == 0:
            return
        same = np.flatnonzero(self.sorted[1:] == self.sorted[:-1])
        if not len(same):
            return
        positions = np.unique(np.concatenate([same, same + 1]))
        rows = self.order[positions]
        source = self.registrations.rows[rows]
        ids = pc.fill_null(table["registration_id"].take(pa.array(source)), "").to_pylist()
        again = sorted(range(len(positions)), key=lambda n: (int(self.sorted[positions[n]]), ids[n], int(rows[n])))
        self.order[positions] = rows[again]

    def original(self, keys: npt.NDArray[np.int64], transfer_order: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """The keys as packed, before a transfer was moved behind the sender's own end of that day."""
        shift, mask = self.layout.place_bits, (1 << self.layout.order_bits) - 1
        late = ((keys >> shift) & mask) == self.late_order
        pathway = (keys >> self.layout.group_shift) & ((1 << self.layout.pathway_bits) - 1)
        return np.where(late, keys - ((self.late_order - transfer_order[pathway]) << shift), keys)

    def find(self, keys: npt.NDArray[np.int64], nth: npt.NDArray[np.integer]) -> npt.NDArray[np.int64]:
        """The row (of the table read) of the nth registration with each key."""
        at = np.searchsorted(self.sorted, keys) + nth
        return self.registrations.rows[self.order[at]]


def transfer_orders(linked: Linked) -> npt.NDArray[np.int64]:
    """The order of each pathway's transfer code within a day (0 where it has none)."""
    tables = linked.tables
    orders = np.zeros(len(tables.pathways), np.int64)
    for code in tables.codes.values():
        if tables.rules.flags[code] & kernel.TRANSFER:
            orders[code >> tables.order_bits] = code & ((1 << tables.order_bits) - 1)
    return orders


def episodes_table(linked: Linked, registrations: Registrations, rows: Rows | None = None) -> pa.Table:
    """The instances as a table with the columns of docs/reference, by patient, pathway and start."""
    found = Instances(linked)
    tables, places = linked.tables, linked.places
    count = linked.instances
    patient = registrations.patients.names(found.patient)
    prefix = _names(found.pathway, tables.pathways)
    start = _dates(found.day("start"))
    extra: dict[str, pa.Array] = {}
    registration_id = None
    names = registrations.table.column_names
    carried = [name for name in ("unit", "seniority_day", "received_day") if name in names]
    if carried or "registration_id" in names:
        rows = rows or Rows(registrations, tables.rules.late_order)
        at = rows.find(found.opening_key, np.zeros(count, np.int64))
        index = pa.array(at)
        for name in carried:
            extra[name] = registrations.table[name].take(index).combine_chunks()
        if "registration_id" in names:
            registration_id = registrations.table["registration_id"].take(index).combine_chunks()

    def numbers_of(point: str) -> pa.Array:
        return _names(found.place(point), places.numbers)

    def kinds_of(point: str) -> pa.Array:
        kind = found.kind(point)
        return _names(np.where(kind == 0, -1, kind), tables.kinds)

    def carried_date(name: str) -> pa.Array:
        return extra[name].cast(pa.date32()) if name in extra else pa.nulls(count, pa.date32())

    span_days, span_limit = found.span_days, found.span_limit
    versions = [name for names in tables.version_names for name in names]
    version_base = np.cumsum([0, *map(len, tables.version_names)])[:-1]
    trust = places.trust[found.place("start")] if count else np.empty(0, np.int64)
    reason = found.share_reason
    within = pa.array(found.share_days <= found.share_limit, mask=reason != kernel.COUNTS)
    sex, age = _sex_and_age(linked, found)
    columns: dict[str, Any] = {
        "episode_id": episode_ids(prefix, start, patient, registration_id),
        "patient_id": patient,
        "pathway": prefix,
        "episode": pa.array(found.number.astype(np.int32)),
        "start_date": start,
        "start_institution": numbers_of("start"),
        "first_attendance_date": _dates(found.day("attendance")),
        "first_attendance_institution": numbers_of("attendance"),
        "decision_date": _dates(found.day("decision")),
        "decision": kinds_of("decision"),
        "decision_institution": numbers_of("decision"),
        "treatment_date": _dates(found.day("treatment")),
        "treatment": kinds_of("treatment"),
        "treatment_institution": numbers_of("treatment"),
        "end_date": _dates(found.end_day),
        "end": _names(found.ended, tables.ends),
        "end_institution": numbers_of("end"),
        "trust": _names(trust, places.trusts),
        "institutions": pa.array(found.institutions.astype(np.int32)),
        "trusts": pa.array(found.trusts.astype(np.int32)),
        "transferred": pa.array((found.flags & kernel.TRANSFERRED) != 0),
        "postponed": pa.array((found.flags & kernel.POSTPONED) != 0),
        "via_specialist": pa.array((found.flags & kernel.VIA_SPECIALIST) != 0),
    }
    for n, name in enumerate(tables.spans):
        columns[f"{name}_days"] = _ints(span_days[:, n])
        columns[f"{name}_limit"] = _ints(span_limit[:, n])
    columns |= {
        "share_days": _ints(found.share_days),
        "share_limit": _ints(found.share_limit),
        "share_within": within,
        "share_reason": _names(reason, REASONS),
        "limit_version": _names(np.where(found.version < 0, -1, version_base[found.pathway] + found.version), versions),
        "sex": sex,
        "age": age,
        "unit": extra.get("unit", pa.nulls(count, pa.string())),
        "seniority_date": carried_date("seniority_day"),
        "received_date": carried_date("received_day"),
        "messages": message_texts(found.seen_messages, tables.messages),
    }
    return pa.table(columns)


def _sex_and_age(linked: Linked, found: Instances) -> tuple[pa.Array, pa.Array]:
    facts = linked.facts
    if not len(facts.known) or not len(found.patient):
        nothing = pa.nulls(linked.instances, pa.int32())
        return nothing, nothing
    sex = facts.sex[found.patient].astype(np.int64)
    age = ages_on(facts.birth_day[found.patient], found.day("start"))
    return _ints(np.where(sex == 0, -1, sex)), _ints(age)


def ages_on(birth_day: Array, day: Array) -> npt.NDArray[np.int64]:
    """Whole years from birth to a day; -1 where the birth day is not known."""
    known = (birth_day != NO_DAY) & (day != NO_DAY)
    born = np.where(known, birth_day, 0).astype("datetime64[D]")
    then = np.where(known, day, 0).astype("datetime64[D]")
    born_month, then_month = born.astype("datetime64[M]"), then.astype("datetime64[M]")
    months = (then_month - born_month).astype(np.int64)
    early = (then - then_month.astype("datetime64[D]")) < (born - born_month.astype("datetime64[D]"))
    return np.where(known, (months - early) // 12, -1)


def message_events(linked: Linked) -> dict[str, Array]:
    """Every message of the kernel: key (as sorted), nth row with that key, number (its place in the tables), and the
    instance (counted over all parts, -1 if none).
    """
    starts = Instances(linked).starts
    keys, nth, numbers, instances = [], [], [], []
    for p, part in enumerate(linked.parts):
        rows = part.message_row
        key = part.keys[rows] if len(rows) else np.empty(0, np.int64)
        count = np.zeros(len(rows), np.int64)
        back = 1
        same = np.flatnonzero(rows >= back)
        while len(same):
            same = same[(rows[same] >= back) & (part.keys[np.maximum(rows[same] - back, 0)] == key[same])]
            count[same] += 1
            back += 1
        keys.append(key)
        nth.append(count)
        numbers.append(part.message_number.astype(np.int64))
        instances.append(np.where(part.message_instance < 0, -1, part.message_instance + starts[1, p]))
    joined = [np.concatenate(parts) if parts else np.empty(0, np.int64) for parts in (keys, nth, numbers, instances)]
    return dict(zip(("key", "nth", "number", "instance"), joined, strict=True))


def messages_table(linked: Linked, registrations: Registrations, rows: Rows, episodes: pa.Table) -> pa.Table:
    """One line per message on a registration, in the order of the rows read (columns of messages.csv without texts).

    `at` is the row of the table read; the writer adds file, row and texts.
    """
    events = message_events(linked)
    tables = linked.tables
    original = rows.original(events["key"], transfer_orders(linked))
    at = rows.find(original, events["nth"])
    number = np.array(tables.messages)[events["number"]]
    aside = tables.sets_aside[events["number"]]
    instance = events["instance"]
    extra_rows = registrations.apart
    unknown = apart_unknown(linked, registrations)
    at = np.concatenate([at, extra_rows, unknown[0]])
    number = np.concatenate([number, registrations.apart_message, unknown[1]])
    aside = np.concatenate([aside, np.ones(len(extra_rows), bool), np.zeros(len(unknown[0]), bool)])
    instance = np.concatenate([instance, np.full(len(extra_rows) + len(unknown[0]), -1)])
    layout = registrations.layout
    pathway = (original >> layout.group_shift) & ((1 << layout.pathway_bits) - 1)
    prefix_no = {prefix: n for n, prefix in enumerate(tables.pathways)}
    apart_pathway = [prefix_no.get(prefix, -1) for prefix in registrations.apart_pathway]
    of_row = dict(zip(extra_rows.tolist(), apart_pathway, strict=True))
    pathway = np.concatenate(
        [pathway, np.array(apart_pathway, np.int64), np.array([of_row[row] for row in unknown[0].tolist()], np.int64)]
    )
    order = np.lexsort((number, at))
    at, number, aside, instance, pathway = at[order], number[order], aside[order], instance[order], pathway[order]
    set_aside = np.zeros(registrations.table.num_rows, bool)
    set_aside[at[aside]] = True
    episode = episodes["episode"].combine_chunks() if episodes.num_rows else pa.array([], pa.int32())
    chosen = pa.array(instance, mask=instance < 0)
    return pa.table(
        {
            "at": pa.array(at),
            "message": pa.array(number.astype(np.int32)),
            "pathway": _names(pathway, tables.pathways),
            "episode": episode.take(chosen) if len(episode) else pa.nulls(len(at), pa.int32()),
            "episode_id": episodes["episode_id"].combine_chunks().take(chosen)
            if episodes.num_rows
            else pa.nulls(len(at), pa.string()),
            "counted": pa.array(~set_aside[at]),
        }
    )


def apart_unknown(linked: Linked, registrations: Registrations) -> tuple[Array, Array]:
    """Rows set apart before linking whose patient or organisation nobody knows: messages 100 and 912."""
    apart = registrations.apart
    if not len(apart):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    at: list[int] = []
    numbers: list[int] = []
    institutions = pc.cast(registrations.table["institution"].take(pa.array(apart)), pa.string()).to_pylist()
    known = linked.facts.known
    patients = registrations.patient_of_row
    for row, institution in zip(apart.tolist(), institutions, strict=True):
        if len(known) and known[patients[row]] == 0:
            at.append(row)
            numbers.append(100)
        if not linked.places.known[linked.places.first[institution][0][1]]:
            at.append(row)
            numbers.append(912)
    return np.array(at, np.int64), np.array(numbers, np.int64)
