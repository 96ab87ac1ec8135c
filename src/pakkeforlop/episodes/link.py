"""Linking: the kernel run over many patients (compiled, in ranges of whole patients) or over one (as plain Python).

Both run the same two functions of `kernel.py` and give the same rows.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from pakkeforlop.catalogue.model import Settings
from pakkeforlop.episodes import kernel
from pakkeforlop.episodes.keys import Keys, Layout
from pakkeforlop.episodes.places import Places
from pakkeforlop.episodes.tables import Tables
from pakkeforlop.vocabulary.calendar import NO_DAY
from pakkeforlop.vocabulary.compiling import compiled

BLOCK = 1 << 17
"""Keys a thread takes at a time: small enough that its message buffers stay in the cache of the machine."""

Array = npt.NDArray[Any]
Given = TypeVar("Given")
Made = TypeVar("Made")


class Part(NamedTuple):
    """The instances and messages of one range of whole patients; rows count from the start of `keys`.

    Days of points are in `slot_of` as the low bits of their key (day, order, place), -1 where missing.
    """

    keys: Array
    opening: Array
    slot_of: Array
    ended: Array
    flags: Array
    institutions: Array
    trusts: Array
    seen_messages: Array
    number: Array
    span_days: Array
    span_limit: Array
    share_days: Array
    share_limit: Array
    share_reason: Array
    version: Array
    message_row: Array
    message_number: Array
    message_instance: Array


@dataclass(frozen=True)
class PatientFacts:
    """What a patients file says, per patient number: known (0 no, 1 yes, 2 no file given), birth day, sex 0/1/2.

    `birthdays` holds, for each age that the catalogue asks about, the day each patient reaches it (NO_DAY if unknown).
    """

    known: Array
    birth_day: Array
    sex: Array
    ages: tuple[int, ...] = ()
    birthdays: Array = field(default_factory=lambda: np.empty(0, np.int64))


@dataclass(frozen=True)
class Linked:
    """The pathway instances of a set of registrations, with the messages about them."""

    parts: tuple[Part, ...]
    layout: Layout
    places: Places
    tables: Tables
    as_of: int
    facts: PatientFacts

    @property
    def instances(self) -> int:
        """How many pathway instances."""
        return sum(len(part.opening) for part in self.parts)

    @property
    def registrations(self) -> int:
        """How many registrations were linked."""
        return sum(len(part.keys) for part in self.parts)


def threads() -> int:
    """Threads to use: the processors this process may run on, or PAKKEFORLOP_THREADS."""
    return int(os.environ.get("PAKKEFORLOP_THREADS", "0")) or len(os.sched_getaffinity(0))


class Compiled(NamedTuple):
    """The kernel's functions, compiled."""

    link: Any
    measure: Any
    note: Any
    count_openings: Any


@cache
def compiled_kernel() -> Compiled:
    """The kernel compiled by Numba, from its cache on disk when it is there."""
    return Compiled(
        compiled(kernel.link), compiled(kernel.measure), compiled(kernel.note), compiled(kernel.count_openings)
    )


PLAIN = Compiled(kernel.link, kernel.measure, kernel.note, kernel.count_openings)


def ages_asked(tables: Tables) -> tuple[int, ...]:
    """The ages that the catalogue's age messages ask about."""
    return tuple(sorted({age for old, _, young, _ in tables.ages for age in (old, young) if age is not None}))


def birthdays(birth_day: Array, age: int) -> npt.NDArray[np.int64]:
    """The day each patient reaches `age`; born on 29 February: 1 March in ordinary years. NO_DAY stays."""
    born = birth_day.astype("datetime64[D]")
    month = born.astype("datetime64[M]")
    reached = (month + 12 * age).astype("datetime64[D]") + (born - month.astype("datetime64[D]"))
    return np.where(birth_day == NO_DAY, NO_DAY, reached.astype(np.int64))


def no_facts(patients: int) -> PatientFacts:
    """No patients file was given: nothing is asked of the patients."""
    return PatientFacts(np.full(patients, 2, np.int8), np.full(patients, NO_DAY, np.int64), np.zeros(patients, np.int8))


def no_facts_of(keys: Keys, layout: Layout) -> PatientFacts:
    """The same of the patients of some keys, in their order, one by one."""
    return no_facts((int(keys[-1]) >> layout.patient_shift) + 1 if len(keys) else 0)


def with_birthdays(known: Array, birth_day: Array, sex: Array, tables: Tables) -> PatientFacts:
    """Patient facts with the birthdays that the catalogue asks about."""
    ages = ages_asked(tables)
    days = [birthdays(birth_day, age) for age in ages]
    return PatientFacts(known, birth_day, sex, ages, np.concatenate(days) if days else np.empty(0, np.int64))


def noting_of(tables: Tables, facts: PatientFacts, places: Places) -> tuple[Any, ...]:
    """What `kernel.note` reads, for these patients and places."""
    ages = facts.ages
    old = [ages.index(bound[0]) if ages and bound[0] is not None else -1 for bound in tables.ages]
    young = [ages.index(bound[2]) if ages and bound[2] is not None else -1 for bound in tables.ages]
    return (
        facts.known,
        facts.birthdays,
        len(facts.known),
        np.array(old, np.int64),
        np.array([bound[1] for bound in tables.ages], np.int64),
        np.array(young, np.int64),
        np.array([bound[3] for bound in tables.ages], np.int64),
        places.known,
        tables.message_place[100],
        tables.message_place[912],
        tables.rules.prefix_first,
        tables.rules.code_last,
    )


def needs_noting(facts: PatientFacts, places: Places) -> bool:
    """Whether any message of `kernel.note` can arise."""
    return bool(len(facts.ages)) or not bool(places.known.all()) or bool((facts.known == 0).any())


def _run(
    functions: Compiled, keys: Any, layout: Layout, places: Any, tables: Tables, as_of: int, noting: Any,
    choices: tuple[bool, bool], make: Any, rules: Any, measuring: Any,
) -> Part:  # fmt: skip
    """Link and measure one range of whole patients. `make(length, type)` makes the arrays to write into."""
    n = len(keys)
    slots, spans = tables.rules.slots, len(tables.spans)
    most = functions.count_openings(keys, layout, rules[0])
    room = 9 * n + 6 * most + 8
    low_type = np.int32 if layout.group_shift <= 31 else np.int64
    used = make(n, np.int8)
    opening, slot_of, ended = make(most, np.int32), make(most * slots, low_type), make(most, np.int16)
    flags, institutions, trusts = make(most, np.int8), make(most, np.int16), make(most, np.int16)
    seen, number, last_day = make(most, np.int64), make(most, np.int16), make(most, np.int32)
    message_row, message_number, message_instance = make(room, np.int32), make(room, np.int8), make(room, np.int32)
    found = (
        used, opening, slot_of, ended, flags, institutions, trusts, seen, number, last_day,
        message_row, message_number, message_instance,
    )  # fmt: skip
    instances, messages = functions.link(keys, 0, n, tuple(layout), rules, places, as_of, found)
    span_days, span_limit = make(instances * spans, np.int16), make(instances * spans, np.int16)
    share_days, share_limit = make(instances, np.int16), make(instances, np.int16)
    reason, version = make(instances, np.int8), make(instances, np.int8)
    messages = functions.measure(
        keys, 0, instances, tuple(layout), measuring,
        (opening, slot_of, ended, flags, seen, message_row, message_number, message_instance),
        (span_days, span_limit, share_days, share_limit, reason, version), messages, choices,
    )  # fmt: skip
    if noting is not None:
        messages = functions.note(
            keys, 0, n, tuple(layout), noting, (opening, seen, message_row, message_number, message_instance),
            instances, messages,
        )  # fmt: skip
    e, m = instances, messages
    return Part(
        keys, opening[:e], slot_of[: e * slots], ended[:e], flags[:e], institutions[:e], trusts[:e], seen[:e],
        number[:e], span_days, span_limit, share_days, share_limit, reason, version,
        message_row[:m], message_number[:m], message_instance[:m],
    )  # fmt: skip


def _array(length: int, kind: Any) -> Array:
    return np.empty(length, kind)


def _list(length: int, _kind: Any) -> list[int]:
    return [0] * length


def as_arrays(part: Part, tables: Tables) -> Part:
    """A part that the plain kernel wrote as lists, as the arrays that the compiled one writes."""
    kinds = {
        "keys": np.int64,
        "slot_of": np.int64,
        "seen_messages": np.int64,
        "span_days": np.int16,
        "span_limit": np.int16,
        "share_days": np.int16,
        "share_limit": np.int16,
        "ended": np.int16,
        "share_reason": np.int8,
    }
    arrays = Part(*(np.array(value, kinds.get(name, np.int32)) for name, value in part._asdict().items()))
    return _whole(arrays, tables.rules.slots, len(tables.spans))


def _whole(part: Part, slots: int, spans: int) -> Part:
    """The part with two-dimensional tables, and messages in arrays of their own (their buffers are let go)."""
    return part._replace(
        slot_of=np.asarray(part.slot_of).reshape(-1, slots),
        span_days=np.asarray(part.span_days).reshape(-1, spans),
        span_limit=np.asarray(part.span_limit).reshape(-1, spans),
        message_row=np.array(part.message_row, np.int32),
        message_number=np.array(part.message_number, np.int8),
        message_instance=np.array(part.message_instance, np.int32),
    )


def cuts(keys: Keys, layout: Layout, block: int = BLOCK) -> list[tuple[int, int]]:
    """Ranges of whole patients of about `block` keys each."""
    shift = layout.patient_shift
    edges = [0]
    while edges[-1] < len(keys):
        at = edges[-1] + block
        if at >= len(keys):
            edges.append(len(keys))
        else:
            after = ((int(keys[at]) >> shift) + 1) << shift
            edges.append(int(np.searchsorted(keys[at:], after)) + at if after < 2**63 else len(keys))
    return list(pairwise(edges))


def link_keys(
    keys: Keys,
    layout: Layout,
    places: Places,
    tables: Tables,
    *,
    as_of: int,
    facts: PatientFacts | None = None,
    settings: Settings | None = None,
) -> Linked:
    """Link sorted keys (changed in place within a day) into instances, compiled, on all processors.

    keys: sorted; as_of: day number; facts: what is known of the patients (none: nothing is asked of them).
    """
    chosen = settings or Settings()
    known = facts or no_facts(0)
    functions = compiled_kernel()
    where = (places.hospital, places.trust)
    noting = None
    if needs_noting(known, places):
        noting = noting_of(tables, known if len(known.known) else no_facts_of(keys, layout), places)
    choices = (chosen.include_postponed, chosen.p_counts_as_treatment_start)
    slots, spans = tables.rules.slots, len(tables.spans)
    rules, measuring = tables.rule_arrays, tables.measuring_arrays

    def run(edges: tuple[int, int]) -> Part:
        mine = keys[edges[0] : edges[1]]
        part = _run(functions, mine, layout, where, tables, as_of, noting, choices, _array, rules, measuring)
        return _whole(part, slots, spans)

    ranges = cuts(keys, layout)
    return Linked(tuple(in_threads(run, ranges)), layout, places, tables, as_of, known)


def sort_keys(keys: Keys) -> None:
    """Sort keys in place: put on the right side of the middle first, then each side by a processor of its own."""
    parts = min(threads(), len(keys) // BLOCK)
    if parts < 2:
        keys.sort()
        return
    edges = [len(keys) * n // parts for n in range(parts + 1)]
    keys.partition(edges[1:-1])
    in_threads(lambda edge: keys[edge[0] : edge[1]].sort(), list(pairwise(edges)))


def in_threads(work: Callable[[Given], Made], given: Sequence[Given]) -> list[Made]:
    """Do the work on all processors; it must let go of the interpreter's lock to gain by it."""
    if len(given) < 2 or threads() < 2:
        return [work(one) for one in given]
    with ThreadPoolExecutor(threads()) as pool:
        return list(pool.map(work, given))


def link_one(
    keys: list[int],
    layout: Layout,
    places: tuple[list[int], list[int]],
    tables: Tables,
    *,
    as_of: int,
    settings: Settings,
    noting: Any = None,
) -> Part:
    """Link the sorted keys of one patient with the kernel as plain Python: the keystroke's way, some 20 microseconds.

    places: hospital and trust number of each place, as lists. The part's tables are flat lists.
    """
    choices = (settings.include_postponed, settings.p_counts_as_treatment_start)
    return _run(
        PLAIN, keys, layout, places, tables, as_of, noting, choices, _list, tables.rule_lists, tables.measuring_lists
    )
