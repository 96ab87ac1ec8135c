"""Messages into registrations: streamed, nothing lost that the message holds.

A message replaces the earlier ones of the same institution and year (the one with the highest running number holds).
With the identity message beside it, patients have their ids again; without, the numbers of the data message.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from pakkeforlop.exchange.npr.safe_xml import Stop, parse, steps
from pakkeforlop.exchange.npr.versions import HEAD, Version, Versions
from pakkeforlop.vocabulary.calendar import day_number
from pakkeforlop.vocabulary.errors import FileFault, UsageFault
from pakkeforlop.vocabulary.numbers import whole

BATCH = 16_384
"""Rows that are held as Python values before they become a table."""
SENDER_ID = ["Sender", "Organisation", "Ident", "Id"]
SENDER_KIND = [*SENDER_ID[:-1], "TypeId"]
NUMBER_LENGTH = 9
YEAR_LENGTH = 4
SHARE = re.compile(r"(.{1,100})/([1-9][0-9]{0,3})/([1-9][0-9]{0,3})")
"""The local id of a message that is one of several: shipment, which, of how many."""
REGISTRATIONS = pa.schema(
    [
        ("patient_id", pa.string()), ("code", pa.string()), ("event_date", pa.date32()), ("institution", pa.string()),
        ("registration_id", pa.string()), ("unit", pa.string()), ("care_level", pa.string()),
        ("seniority_date", pa.date32()), ("received_date", pa.date32()), ("source", pa.string()),
    ]
)  # fmt: skip
PATIENTS = pa.schema(
    [
        ("patient_id", pa.string()), ("sex", pa.string()), ("birth_year", pa.int32()), ("municipality", pa.string()),
    ]
)  # fmt: skip


@dataclass
class Opening:
    """What stands at the top of a message."""

    path: Path
    version: Version
    module: str
    message_id: str
    type: str
    made_at: str
    attributes: dict[str, str]
    sender: str = ""
    """The organisation number that the envelope names as sender."""
    her: str = ""
    """The sender's HER-id: where an answer goes."""
    answers: str = ""
    """Id of the message that this one answers."""

    def of(self, word: str) -> str:
        """An attribute of `Melding`."""
        return self.attributes.get(self.version.attribute(word), "")

    @property
    def number(self) -> int:
        """The running number; 0 when it is none."""
        return whole(self.of("running_number")) or 0

    @property
    def year(self) -> str:
        """The year of the period."""
        return self.of("period_from")[:4]

    @property
    def share(self) -> tuple[str, int, int]:
        """The shipment that the message is of, which of its messages it is, and how many there are."""
        found = SHARE.fullmatch(self.of("local_id"))
        if found is None:
            return self.message_id, 1, 1
        return found[1], int(found[2]), int(found[3])

    @property
    def source(self) -> str:
        """Named on every row."""
        return f"{self.type} {self.message_id}"


def open_message(path: Path, versions: Versions) -> Opening:
    """Read the top of a message. FileFault when it is no message to the register."""
    texts: dict[str, str] = {}
    ids: list[str] = []
    kinds: dict[str, str] = {}
    stack: list[str] = []
    found: list[Opening] = []

    def start(namespace: str, name: str, attributes: dict[str, str]) -> None:
        if not stack and (namespace, name) != (HEAD, "MsgHead"):
            raise FileFault("npr_not_a_message", file=path.name, found=name[:60])
        stack.append(name)
        if stack[-4:] == SENDER_ID:
            ids.append("")
        if stack[-4:] == SENDER_KIND:
            kinds[attributes.get("V", "")] = ids[-1] if ids else ""
        if name == "Type" and namespace == HEAD:
            texts["Type"] = attributes.get("V", "")
        if namespace != HEAD and len(stack) > 1 and stack[-2] == "Content":
            known = versions.of_namespace(namespace)
            if known is None:
                raise UsageFault("npr_unknown_version", value=namespace[-60:], known=sorted(versions.by_name))
            if name != known[0].element("message"):
                raise FileFault("npr_not_a_message", file=path.name, found=name[:60])
            message_id, kind, made_at = (texts.get(name, "") for name in ("MsgId", "Type", "GenDate"))
            sender = next((one for one in ids if len(one) == NUMBER_LENGTH and one.isdecimal()), "")
            found.append(Opening(
                path, known[0], known[1], message_id, kind, made_at, attributes, sender, kinds.get("HER", ""),
                texts.get("RefToParent", "").strip(),
            ))  # fmt: skip
            raise Stop

    def end(_namespace: str, _name: str) -> None:
        stack.pop()

    def text(piece: str) -> None:
        if stack[-4:] == SENDER_ID:
            ids[-1] += piece.strip()
        if stack and stack[-1] in {"MsgId", "GenDate", "RefToParent"}:
            texts[stack[-1]] = texts.get(stack[-1], "") + piece

    parse(path, start, end, text)
    if not found:
        raise FileFault("npr_not_a_message", file=path.name, found="MsgHead")
    return found[0]


def openings(paths: Sequence[Path], versions: Versions) -> list[Opening]:
    """The tops of all messages, those that hold first: by running number, then by when they were made.

    FileFault for the same message twice.
    """
    found = [open_message(path, versions) for path in paths]
    seen: set[str] = set()
    for one in found:
        if one.message_id in seen:
            raise FileFault("npr_replayed", file=one.path.name, id=one.message_id)
        seen.add(one.message_id)
    return sorted(found, key=lambda one: (one.number, one.made_at, one.message_id), reverse=True)


def require_whole(found: Sequence[Opening]) -> None:
    """FileFault when a shipment of several messages lacks some of them."""
    there: dict[tuple[str, str, int], set[int]] = defaultdict(set)
    names: dict[tuple[str, str, int], str] = {}
    for one in found:
        shipment, part, parts = one.share
        if part in there[one.module, shipment, parts]:
            raise FileFault("npr_replayed", file=one.path.name, id=f"{shipment}/{part}")
        there[one.module, shipment, parts].add(part)
        names[one.module, shipment, parts] = one.path.name
    for key, parts_there in there.items():
        missing = sorted(set(range(1, key[2] + 1)) - parts_there)
        if missing:
            raise FileFault("npr_parts_missing", file=names[key], parts=key[2], missing=missing)


def read_identities(opening: Opening) -> dict[str, str]:
    """GUID to person id."""
    version, namespace = opening.version, opening.version.namespace(opening.module)
    guid, pid, person = version.attribute("patient_guid"), version.attribute("person_id"), version.element("person")
    found: dict[str, str] = {}

    def start(where: str, name: str, attributes: dict[str, str]) -> None:
        if name == person and where == namespace and guid in attributes:
            found[attributes[guid].casefold()] = attributes.get(pid, "")

    parse(opening.path, start, lambda *_: None)
    return found


Emit = Callable[[pa.Table], None]


@dataclass
class DataReader:
    """Reads a data message and gives its registrations and patients some at a time.

    `seen`: the shipment that each (institution, year) was read from, newest first; those of an older shipment are left
    out and named in `replaced`.
    """

    opening: Opening
    identities: dict[str, str]
    seen: dict[tuple[str, str], str]
    registrations: Emit
    patients: Emit
    rows: int = 0
    contacts: int = 0
    technical: int = 0
    institutions: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)

    def read(self) -> None:
        """Read it all. FileFault when it is not whole, or a value cannot be read."""
        for _ in self.read_on():
            pass

    def read_on(self) -> Iterator[None]:
        """As `read`, piece by piece."""
        self._word = {name: word for word, name in self.opening.version.data["element"].items()}
        self._a = dict(self.opening.version.data["attribute"])
        self._namespace = self.opening.version.namespace(self.opening.module)
        self._kept = frozenset(map(str, self.opening.version.data["code_set"].values()))
        self._rows: list[tuple[Any, ...]] = []
        self._people: list[tuple[Any, ...]] = []
        self._skip = False
        self._units: dict[str, dict[str, str]] = {}
        self._days: dict[str, int] = {}
        self._clear_patient()
        yield from steps(self.opening.path, self._start, self._end)
        self._flush(0)
        yield

    def _clear_patient(self) -> None:
        self._patient = ""
        self._municipality = ""
        self._person: dict[str, str] = {}
        self._referrals: dict[str, tuple[int | None, int | None]] = {}
        self._clear_episode()

    def _clear_episode(self) -> None:
        self._episode: dict[str, str] = {}
        self._places: list[tuple[str, str]] = []
        self._service_start = self._action_start = self._procedure = ""

    def _start(self, namespace: str, name: str, attributes: dict[str, str]) -> None:
        if namespace != self._namespace:
            return
        word = self._word.get(name, "")
        handler = getattr(self, f"_on_{word}", None)
        if handler is not None and (not self._skip or word == "institution"):
            handler(attributes)

    def _end(self, namespace: str, name: str) -> None:
        if namespace != self._namespace or self._skip:
            return
        word = self._word.get(name, "")
        if word == "patient_holder":
            self._close_patient()
        elif word == "episode":
            self._clear_episode()
        elif word == "service":
            self._service_start = ""
        elif word == "action":
            self._action_start = ""

    def _on_institution(self, attributes: dict[str, str]) -> None:
        number = attributes.get(self._a["institution_id"], "")
        key = (number, self.opening.year)
        shipment = self.opening.share[0]
        self._skip = self.seen.setdefault(key, shipment) != shipment
        self._units = {}
        (self.replaced if self._skip else self.institutions).append(number)

    def _on_unit(self, attributes: dict[str, str]) -> None:
        self._units[attributes.get(self._a["unit_id"], "")] = attributes

    def _on_patient_holder(self, attributes: dict[str, str]) -> None:
        guid = attributes.get(self._a["patient_guid"], "").casefold()
        self._patient = self.identities.get(guid) or attributes.get(self._a["patient_number"], "")

    def _on_patient(self, attributes: dict[str, str]) -> None:
        self._person = attributes

    def _on_referral(self, attributes: dict[str, str]) -> None:
        days = (self._day_of(attributes, "referral", "seniority"), self._day_of(attributes, "referral", "received"))
        self._referrals[attributes.get(self._a["referral_id"], "")] = days

    def _on_episode(self, attributes: dict[str, str]) -> None:
        self._episode = attributes
        self.contacts += 1
        self._municipality = attributes.get(self._a["municipality"], "") or self._municipality

    def _on_contact(self, attributes: dict[str, str]) -> None:
        self.technical += self._a["indirect_activity"] in attributes

    def _on_unit_reference(self, attributes: dict[str, str]) -> None:
        self._places.append((attributes.get(self._a["unit_id"], ""), attributes.get(self._a["unit_kind"], "")))

    def _on_service(self, attributes: dict[str, str]) -> None:
        self._service_start = attributes.get(self._a["event_start"], "")

    def _on_action(self, attributes: dict[str, str]) -> None:
        self._action_start = attributes.get(self._a["event_start"], "")

    def _on_procedure(self, attributes: dict[str, str]) -> None:
        self._procedure = attributes.get(self._a["procedure_id"], "")

    def _on_code(self, attributes: dict[str, str]) -> None:
        """A pathway code: its date is that of the action, else of the service, else of the contact."""
        if attributes.get(self._a["code_set"], "") not in self._kept:
            return
        text = self._action_start or self._service_start or self._episode.get(self._a["start"], "")
        seniority, received = self._referrals.get(self._episode.get(self._a["referral_id"], ""), (None, None))
        institution, unit = self._place()
        self._rows.append(
            (
                self._patient, attributes.get(self._a["code_value"], ""), self._day(text, "action", "event_start"),
                institution, self._procedure or None, unit or None,
                self._episode.get(self._a["care_level"]) or None, seniority, received, self.opening.source,
            )
        )  # fmt: skip
        if len(self._rows) >= BATCH:
            self._flush(BATCH)

    def _place(self) -> tuple[str, str]:
        """The hospital's number (its local name where it has none), and the department."""
        institution = unit = ""
        for number, kind in self._places:
            known = self._units.get(number, {})
            local = known.get(self._a["unit_local"], "") or known.get(self._a["unit_resh"], "")
            if kind == str(self.opening.version.data["kind_of_hospital"]):
                institution = known.get(self._a["unit_number"], "") or local
            else:
                unit = local
        return institution or (self.institutions[-1] if self.institutions else ""), unit

    def _person_row(self) -> tuple[Any, ...]:
        year = self._person.get(self._a["birth_year"], "")
        born = whole(year) if len(year) == YEAR_LENGTH else None
        return self._patient, self._person.get(self._a["sex"], ""), born, self._municipality or None

    def _close_patient(self) -> None:
        self._people.append(self._person_row())
        self._clear_patient()
        if len(self._people) >= BATCH:
            self._flush(BATCH)

    def _day_of(self, attributes: dict[str, str], element: str, word: str) -> int | None:
        text = attributes.get(self._a[word], "")
        return self._day(text, element, word) if text else None

    def _day(self, text: str, element: str, word: str) -> int:
        """The day as written, whatever time stands after it."""
        written = text[:10]
        if written not in self._days:
            try:
                day = day_number(date.fromisoformat(written))
                datetime.fromisoformat(text)
            except ValueError:
                raise FileFault(
                    "npr_cell", file=self.opening.path.name, element=self.opening.version.element(element),
                    attribute=self._a[word], value=text[:40],
                ) from None  # fmt: skip
            self._days[written] = day
        return self._days[written]

    def _flush(self, least: int) -> None:
        if len(self._rows) >= max(least, 1):
            self.registrations(_table(self._rows, REGISTRATIONS))
            self.rows += len(self._rows)
            self._rows = []
        if len(self._people) >= max(least, 1):
            self.patients(_table(self._people, PATIENTS))
            self._people = []


def _table(rows: list[tuple[Any, ...]], schema: pa.Schema) -> pa.Table:
    columns = []
    for values, one in zip(zip(*rows, strict=True), schema, strict=True):
        plain = pa.int32() if pa.types.is_date32(one.type) else one.type
        columns.append(pa.array(values, plain).cast(one.type))
    return pa.Table.from_arrays(columns, schema=schema)
