"""Messages of many senders read, each in a process of its own, and put together with the ids of their patients."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pakkeforlop.exchange.enclosed import enclosed
from pakkeforlop.exchange.npr.acceptance import UNREADABLE, Arrived, Refusal
from pakkeforlop.exchange.npr.apart import READER
from pakkeforlop.exchange.npr.files import first_of_each, sha256_of
from pakkeforlop.exchange.npr.read import PATIENTS, REGISTRATIONS
from pakkeforlop.exchange.npr.versions import Versions
from pakkeforlop.vocabulary.errors import LANGUAGES, Fault, UsageFault, unreadable

MEMORY = 1 << 30
NUMBERED = pa.schema([*PATIENTS, ("number", pa.string())])
PAIRS = pa.schema([("guid", pa.string()), ("pid", pa.string())])
ENDINGS = frozenset({".xml", ".zip", ".gz"})


@dataclass
class Content:
    """What one message holds."""

    rows: list[pa.Table] = field(default_factory=list)
    people: list[pa.Table] = field(default_factory=list)
    identities: list[pa.Table] = field(default_factory=list)


def files_of(places: Sequence[Path]) -> list[Path]:
    """The files, and those of the folders; hidden ones and what a run wrote of itself left out."""
    found: dict[Path, None] = {}
    for place in places:
        try:
            inside = sorted(place.rglob("*")) if place.is_dir() else [place]
            for path in inside:
                hidden = any(part.startswith(".") for part in path.relative_to(place).parts)
                if path.is_dir() or (place.is_dir() and (hidden or path.suffix not in {".xml", ".zip", ".gz"})):
                    continue
                path.open("rb").close()
                found[path] = None
        except OSError as error:
            raise unreadable(error, place) from error
    if not found:
        raise UsageFault("npr_no_messages", places=[str(one) for one in places])
    return list(found)


Come = list[tuple[Arrived, Content]]


def read_all(paths: Sequence[Path], known: Versions) -> Come:
    """Every message, by sender and name: the order in which they came means nothing.

    The XML of a message that lies beside its packed form is the same message, not another.
    """
    there = set(paths)
    found: Come = []
    for path in paths:
        if path.suffix == ".xml" and path.with_suffix(".zip") in there:
            continue
        arrived, content = Arrived(path.name, sha256_of(path)), Content()
        _read_one(path, arrived, content, known)
        found.append((arrived, content))
    return sorted(found, key=lambda pair: (pair[0].sender, pair[0].name, pair[0].sha256))


def _read_one(path: Path, one: Arrived, content: Content, known: Versions) -> None:
    """Read a message apart; what stops it becomes its refusal."""
    own = str(known.own.resolve()) if known.own else None
    try:
        for kind, found in enclosed(READER, str(path.resolve()), own, file=lambda: path.name, memory=MEMORY):
            if kind == "opening":
                one.head = found
            elif kind == "institutions":
                one.institutions = found
            elif kind == "faults":
                one.faults = [(line, text) for line, text in found]
            elif kind == "rows":
                content.rows.append(_table(found, REGISTRATIONS))
            elif kind == "people":
                content.people.append(_table(found, NUMBERED))
            else:
                content.identities.append(_table(found, PAIRS))
    except Fault as fault:
        sentence = {language: fault.sentence(language) for language in LANGUAGES}
        one.refusal = Refusal(UNREADABLE, sentence=sentence)
        content.rows, content.people, content.identities = [], [], []


def _table(rows: Sequence[Sequence[Any]], schema: pa.Schema) -> pa.Table:
    columns = []
    for values, one in zip(zip(*rows, strict=True), schema, strict=True):
        plain = pa.int32() if pa.types.is_date32(one.type) else one.type
        columns.append(pa.array(values, plain).cast(one.type))
    return pa.Table.from_arrays(columns, schema=schema)



@dataclass
class Joined:
    """The registrations of all senders with persons' ids; who sent each row, under which number of the patient."""

    rows: pa.Table
    people: pa.Table
    sender: npt.NDArray[np.int32]
    numbers: list[pa.Table]
    """For each sender: patient_id and the sender's own number of the patient."""
    senders: list[dict[str, Any]]
    patients: int
    without_identity: int
    known: pa.Array
    """Ids of patients with an identity message."""

    @classmethod
    def of(cls, come: Come) -> Joined:
        """Join data and identities sender by sender; messages that are not taken are left out."""
        by_sender: dict[str, Come] = defaultdict(list)
        for one, content in come:
            if one.taken:
                by_sender[one.sender].append((one, content))
        rows, people, of_row, numbers, senders, ids = [], [], [], [], [], []
        for place, sender in enumerate(sorted(by_sender)):
            ordered = sorted(by_sender[sender], key=lambda pair: int(pair[0].of("number")))
            own = _of_sender(sender, [content for _, content in ordered])
            rows.append(own.rows)
            people.append(own.people)
            of_row.append(np.full(own.rows.num_rows, place, np.int32))
            numbers.append(own.numbers)
            ids.append(own.known)
            data = [one for one, _ in ordered if one.of("module") == "ord"]
            senders.append({
                "sender": sender, "rows": own.rows.num_rows, "patients": own.numbers.num_rows,
                "without_identity": own.numbers.num_rows - own.with_identity,
                "number": max((int(one.of("number")) for one in data), default=0),
                "period_to": max((str(one.of("period_to")) for one in data), default=""),
            })  # fmt: skip
        together = pa.concat_tables([REGISTRATIONS.empty_table(), *rows])
        known = pc.unique(pa.chunked_array([pa.array([], pa.string()), *ids]))
        first = first_of_each(pa.concat_tables([PATIENTS.empty_table(), *people]))
        return cls(
            together, first, np.concatenate([np.empty(0, np.int32), *of_row]), numbers, senders, first.num_rows,
            sum(one["without_identity"] for one in senders), known,
        )  # fmt: skip


@dataclass
class _OfSender:
    rows: pa.Table
    people: pa.Table
    numbers: pa.Table
    known: pa.Array
    with_identity: int


def _of_sender(sender: str, contents: Sequence[Content]) -> _OfSender:
    """One sender's rows, with the ids of its identity messages (the newest first) in place of GUIDs.

    A patient without an identity has the sender's own number, marked with the sender: other senders' are other people.
    """
    pairs = pa.concat_tables([PAIRS.empty_table(), *(table for one in reversed(contents) for table in one.identities)])
    people = pa.concat_tables([NUMBERED.empty_table(), *(table for one in contents for table in one.people)])
    rows = pa.concat_tables([REGISTRATIONS.empty_table(), *(table for one in contents for table in one.rows)])
    guids = people["patient_id"].combine_chunks()
    found = pairs["pid"].take(pc.index_in(guids, value_set=pairs["guid"].combine_chunks()))
    own = pc.binary_join_element_wise(pa.scalar(sender), people["number"], "/")
    has = pc.and_kleene(pc.is_valid(found), pc.fill_null(pc.not_equal(found, ""), False))
    person = pc.if_else(has, found, own).combine_chunks()
    of_row = person.take(pc.index_in(rows["patient_id"], value_set=guids))
    rows = rows.set_column(0, "patient_id", of_row)
    named = people.drop_columns(["number"]).set_column(0, "patient_id", person)
    numbers = pa.table({"patient_id": person, "number": people["number"]})
    count = int(pc.sum(has).as_py() or 0)
    known = person.filter(has.combine_chunks())
    return _OfSender(rows.cast(REGISTRATIONS), named.cast(PATIENTS), numbers, known, count)
