"""The national head message around a message of the register, written as a stream."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, BinaryIO

from lxml import etree

from pakkeforlop.exchange.npr.persons import SPACE
from pakkeforlop.exchange.npr.versions import HEAD, Version

HER = "HER-id"
ENTERPRISE = "Organisasjonsnummeret i Enhetsregisteret"
MIG = "v1.2 2006-05-24"
RETURNS = "err"
"""The module that goes the other way: from the register to an institution."""


Ids = list[tuple[str, str, str]]
"""Kind, the kind in words, and the id."""


@dataclass(frozen=True)
class ContactPerson:
    """Whom the register writes to. kind: code set 8471 (1 technical, 12 pathway cancer, 15 system vendor)."""

    name: str
    kind: str = "1"
    phone: str = ""
    email: str = ""


@dataclass(frozen=True)
class System:
    """What a message says of the systems it comes from, and who is to be written to."""

    supplier: str = "pakkeforlop"
    system: str = "pakkeforlop"
    system_version: str = "0"
    extract_version: str = "0"
    her: str = ""
    receiver: str = ""
    contacts: tuple[ContactPerson, ...] = field(default=())


@dataclass(frozen=True)
class Head:
    """One message: module, the institution it is of or goes to, with its name; period, running number, when it was
    made, and whose HER-ids stand on it.
    """

    module: str
    institution: str
    name: str
    period: tuple[date, date]
    number: int
    made_at: datetime
    system: System
    test: bool = False
    answers: str = ""
    """Id of the message that this one answers."""
    share: tuple[str, int, int] | None = None
    """Id of the shipment, which of its messages this is, and how many there are; None where one message is all."""

    def message_id(self) -> str:
        """The same for the same message made at the same time."""
        parts = [self.module, self.institution, *map(str, self.period), str(self.number), self.made_at.isoformat()]
        parts += [self.answers] if self.answers else []
        return str(uuid.uuid5(SPACE, "|".join(parts)))

    def local_id(self) -> str:
        """The message's own id; of several that are one shipment its id, which this is, and how many there are."""
        return self.message_id() if self.share is None else "/".join(map(str, self.share))


@contextmanager
def enveloped(stream: BinaryIO, head: Head, version: Version, *, kind: str = "") -> Iterator[Any]:
    """The open `Melding` inside its envelope: write its children to what is given.

    kind: the type of the message where it is another than the module's.
    """
    namespace = version.namespace(head.module)
    with etree.xmlfile(stream, encoding="utf-8") as out:
        out.write_declaration()
        with out.element(_head("MsgHead"), nsmap={None: HEAD}):
            out.write(_info(head, version, kind))
            with out.element(_head("Document")), out.element(_head("RefDoc")):
                out.write(etree.Element(_head("MsgType"), {"V": "XML", "DN": "XML-instans"}, {None: HEAD}))
                with out.element(_head("Content")):
                    name = f"{{{namespace}}}{version.element('message')}"
                    with out.element(name, _attributes(head, version), nsmap={None: namespace}):
                        for one in head.system.contacts:
                            out.write(_contact(one, version, namespace))
                        yield out


def _head(name: str) -> str:
    return f"{{{HEAD}}}{name}"


def _info(head: Head, version: Version, kind: str) -> Any:
    module = version.data["module"][head.module]
    info = etree.Element(_head("MsgInfo"), nsmap={None: HEAD})
    etree.SubElement(info, _head("Type"), {"V": kind or module["type"], "DN": module["text"]})
    etree.SubElement(info, _head("MIGversion")).text = MIG
    etree.SubElement(info, _head("GenDate")).text = head.made_at.isoformat(timespec="seconds")
    etree.SubElement(info, _head("MsgId")).text = head.message_id()
    if head.answers:
        conversation = etree.SubElement(info, _head("ConversationRef"))
        for name in ("RefToParent", "RefToConversation"):
            etree.SubElement(conversation, _head(name)).text = head.answers
    parties = [_institution(head), _register(head, version)]
    if head.module == RETURNS:
        parties.reverse()
    for role, (name, ids) in zip(("Sender", "Receiver"), parties, strict=True):
        _party(info, role, name, ids, version)
    return info


def _institution(head: Head) -> tuple[str, Ids]:
    her = [("HER", HER, head.system.her)] if head.system.her else []
    return head.name, [("ENH", ENTERPRISE, head.institution), *her]


def _register(head: Head, version: Version) -> tuple[str, Ids]:
    known = version.data["receiver"]
    her = head.system.receiver or known["validation" if head.test else "production"]
    return known["name"], [("HER", HER, her)]


def _party(info: Any, role: str, name: str, ids: Ids, version: Version) -> None:
    organisation = etree.SubElement(etree.SubElement(info, _head(role)), _head("Organisation"))
    etree.SubElement(organisation, _head("OrganisationName")).text = name
    for kind, text, value in ids:
        ident = etree.SubElement(organisation, _head("Ident"))
        etree.SubElement(ident, _head("Id")).text = value
        scheme = str(version.data["organisation_identifiers"])
        etree.SubElement(ident, _head("TypeId"), {"V": kind, "S": scheme, "DN": text})


def _attributes(head: Head, version: Version) -> dict[str, str]:
    values = {
        "version": str(version.data["fixed"]),
        "kind": str(version.data["message_kind"]),
        "period_from": head.period[0].isoformat(),
        "period_to": head.period[1].isoformat(),
        "extracted_day": head.made_at.date().isoformat(),
        "extracted_at": head.made_at.isoformat(timespec="seconds"),
        "supplier": head.system.supplier,
        "system": head.system.system,
        "system_version": head.system.system_version,
        "extract_version": head.system.extract_version,
        "running_number": str(head.number),
        "local_id": head.local_id(),
    }
    return {version.attribute(word): value for word, value in values.items()}


def _contact(one: ContactPerson, version: Version, namespace: str) -> Any:
    values = {"person_name": one.name, "phone": one.phone, "email": one.email, "person_kind": one.kind}
    given = {version.attribute(word): value for word, value in values.items() if value}
    return etree.Element(f"{{{namespace}}}{version.element('contact_person')}", given, {None: namespace})
