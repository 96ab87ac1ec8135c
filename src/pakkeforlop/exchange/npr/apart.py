"""One message read in a process of its own (`exchange.enclosed`), as plain lists: what stands at its top, where it
leaves its schema, and what it holds.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pakkeforlop.exchange.npr.read import DataReader, Opening, open_message, read_identities
from pakkeforlop.exchange.npr.returns import WORKBOOK, Returned, columns, read_return
from pakkeforlop.exchange.npr.safe_xml import parse
from pakkeforlop.exchange.npr.validate import schema_faults
from pakkeforlop.exchange.npr.versions import Versions
from pakkeforlop.vocabulary.errors import UsageFault

READER = "pakkeforlop.exchange.npr.apart:read"
RETURN_READER = "pakkeforlop.exchange.npr.apart:read_returned"
AT_ONCE = 20_000
WORDS = ("period_from", "period_to", "extracted_day", "supplier", "system", "system_version")


def read(path: str, versions: str | None) -> Iterator[list[Any]]:
    """Lists of a kind and its values, in this order.

    ["opening", {...}] first, so that the sender of what is refused later is known; ["institutions", [...]];
    ["faults", [[line, text], ...]] where the message leaves its schema, and then nothing more; else ["rows", [...]],
    ["people", [...]] or ["identities", [...]].
    """
    known = Versions(Path(versions) if versions else None)
    opening = open_message(Path(path), known)
    yield ["opening", told(opening)]
    yield ["institutions", institutions_of(opening)]
    faults = schema_faults(opening.path, opening.version, opening.module)
    if faults:
        yield ["faults", [[one.line, one.text] for one in faults]]
    elif opening.module == "ide":
        identities = list(read_identities(opening).items())
        for at in range(0, len(identities), AT_ONCE):
            yield ["identities", identities[at : at + AT_ONCE]]
    elif opening.module == "ord":
        yield from _Rows.of(opening).batches()


def told(opening: Opening) -> dict[str, Any]:
    """The top of a message in plain values."""
    shipment, part, parts = opening.share
    return {
        "type": opening.type, "module": opening.module, "version": opening.version.name,
        "message_id": opening.message_id, "made_at": opening.made_at, "number": opening.number,
        "sender": opening.sender, "her": opening.her, "shipment": shipment, "part": part, "parts": parts,
        **{word: opening.of(word) for word in WORDS},
    }  # fmt: skip


def institutions_of(opening: Opening) -> list[str]:
    """The institutions that a message is about. The whole is gone through: what is not whole or harmful is refused."""
    found: list[str] = []
    namespace = opening.version.namespace(opening.module)
    name, number = opening.version.element("institution"), opening.version.attribute("institution_id")

    def start(where: str, element: str, attributes: dict[str, str]) -> None:
        if where == namespace and element == name:
            found.append(attributes.get(number, ""))

    parse(opening.path, start, lambda *_: None)
    return found


class _Rows(DataReader):
    """The rows of a data message as lists; patients by GUID, and their numbers beside."""

    @classmethod
    def of(cls, opening: Opening) -> _Rows:
        """A reader of one message."""
        return cls(opening, {}, {}, lambda _: None, lambda _: None)

    def batches(self) -> Iterator[list[Any]]:
        """["rows", ...] and ["people", ...] as they come."""
        self._ready: list[list[Any]] = []
        for _ in self.read_on():
            yield from self._ready
            self._ready = []

    def _on_patient_holder(self, attributes: dict[str, str]) -> None:
        self._number = attributes.get(self._a["patient_number"], "")
        self._patient = attributes.get(self._a["patient_guid"], "").casefold()

    def _flush(self, least: int) -> None:
        if len(self._rows) >= max(min(least, AT_ONCE), 1):
            self._ready.append(["rows", self._rows])
            self._rows = []
        if len(self._people) >= max(min(least, AT_ONCE), 1):
            self._ready.append(["people", self._people])
            self._people = []

    def _person_row(self) -> tuple[Any, ...]:
        return *super()._person_row(), self._number


def read_returned(path: str) -> Iterator[list[Any]]:
    """["head", {...}] of a message (a workbook has its kind only), ["returned", lines in the order of `columns`]."""
    found = read_return(Path(path))
    yield ["head", _head_of(Path(path), found)]
    for at in range(0, len(found), AT_ONCE):
        yield ["returned", [_line(one) for one in found[at : at + AT_ONCE]]]


def _head_of(path: Path, found: list[Returned]) -> dict[str, Any]:
    if found and found[0].kind == WORKBOOK:
        return {"kind": WORKBOOK}
    known = Versions()
    try:
        opening = open_message(path, known)
    except UsageFault:  # the feedback module of another version: what it says was read all the same
        return {"kind": found[0].kind if found else "", "sender": found[0].sender if found else ""}
    institutions = institutions_of(opening)
    return {
        "kind": opening.type, "sender": institutions[0] if institutions else "", "answers": opening.answers,
        "message_id": opening.message_id, "made_at": opening.made_at, "period_from": opening.of("period_from"),
        "period_to": opening.of("period_to"),
    }  # fmt: skip


def _line(one: Returned) -> list[str]:
    return [getattr(one, name) for name in columns()]
