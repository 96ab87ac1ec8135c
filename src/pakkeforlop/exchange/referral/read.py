"""The pathway part of a referral: whom it is about, from whom, the urgency, the codes with their remarks, the dates.

Read as messages to the register are: streamed, no document types or entities, nothing fetched. Attachments are passed
over. Namespaces of different issues of the standard (2017-01-31, 2017-11-30) are one to us.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from pakkeforlop.exchange.npr.safe_xml import parse
from pakkeforlop.exchange.npr.versions import HEAD
from pakkeforlop.exchange.referral.dates import dates_in
from pakkeforlop.vocabulary.errors import FileFault

NAMESPACE = "http://ehelse.no/xmlstds/henvisning/"
TYPES = "HENVISNING"
CANCER_LIST = "2.16.578.1.12.4.1.1.8480"
KINDS = {"1": "seniority", "2": "assessed", "3": "limit", "4": "waiting_ended"}
"""Kinds of dates (list 9147)."""
PATHWAY = "PK"
LONGEST_ATTACHMENT = 64 << 20
MOST_CODES = 200
READER = "pakkeforlop.exchange.referral.read:read_apart"


@dataclass
class Code:
    """A code that comes with the patient. `dates`: what its remark may mean, for a person to confirm."""

    code: str
    code_list: str
    """The list's OID."""
    remark: str = ""
    dates: list[str] = field(default_factory=list)
    text: str = ""


@dataclass
class Referred:
    """What a referral tells of pathways."""

    message_id: str = ""
    type: str = ""
    made_at: str = ""
    sender: str = ""
    department: str = ""
    receiver: str = ""
    patient_id: str = ""
    patient_name: str = ""
    priority: str = ""
    diagnosis: str = ""
    dates: dict[str, str] = field(default_factory=dict)
    """Days by kind: seniority, assessed, limit, waiting_ended."""
    codes: list[Code] = field(default_factory=list)

    @property
    def is_pathway(self) -> bool:
        """Whether the urgency is that of the cancer pathways, or codes come with it."""
        return self.priority == PATHWAY or bool(self.codes)


def read_referral(path: Path) -> Referred:
    """Read a referral. FileFault when it is none, not whole, or built to harm."""
    reader = _Reader(path)
    parse(path, reader.start, reader.end, reader.text, longest=LONGEST_ATTACHMENT)
    return reader.finished()


def read_apart(path: str) -> Iterator[list[Any]]:
    """The same in a process of its own (`exchange.enclosed`)."""
    yield [asdict(read_referral(Path(path)))]


def referred_of(told: dict[str, Any]) -> Referred:
    """What came over from the other process."""
    return Referred(**{**told, "codes": [Code(**one) for one in told["codes"]]})


class _Reader:
    """Follows the elements of one message."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stack: list[str] = []
        self._text = ""
        self._found = Referred()
        self._kind = ""
        self._seen = False
        self._names: list[str] = []

    def start(self, namespace: str, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        if not self._stack and (namespace, name) != (HEAD, "MsgHead"):
            raise FileFault("referral_none", file=self._path.name, found=name[:60])
        self._stack.append(name)
        self._text = ""
        ours = namespace.startswith(NAMESPACE)
        self._seen |= ours and name == "Henvisning"
        value = attributes.get("V", "")
        if namespace == HEAD and self._stack[-2:] == ["MsgInfo", "Type"]:
            self._found.type = value
        elif ours and name == "Priority":
            self._found.priority = value
        elif ours and name == "Concept" and not self._found.diagnosis:
            self._found.diagnosis = value
        elif ours and name == "TypeDato":
            self._kind = KINDS.get(value, "")
        elif ours and name == "Pakkeforlopskode":
            if len(self._found.codes) >= MOST_CODES:
                raise FileFault("referral_too_many", file=self._path.name, most=MOST_CODES)
            self._found.codes.append(Code(value.strip()[:16], attributes.get("S", ""), text=attributes.get("DN", "")))

    def text(self, piece: str) -> None:
        """Some text; attachments are not kept."""
        if len(self._text) < 2000:
            self._text += piece

    def end(self, namespace: str, name: str) -> None:
        """An element ends."""
        text, path = self._text.strip(), self._stack[:]
        self._stack.pop()
        self._text = ""
        if namespace == HEAD:
            self._head(path, text)
        elif namespace.startswith(NAMESPACE):
            if name == "Merknad" and path[-2:] == ["Pakkeforlop", "Merknad"] and self._found.codes:
                self._found.codes[-1].remark = text[:500]
            elif name == "Dato" and self._kind:
                self._found.dates[self._kind] = text[:10]
                self._kind = ""

    def _head(self, path: list[str], text: str) -> None:
        tail = path[2:] if path[:2] == ["MsgHead", "MsgInfo"] else []
        if tail == ["MsgId"]:
            self._found.message_id = text[:64]
        elif tail == ["GenDate"]:
            self._found.made_at = text[:25]
        elif tail == ["Sender", "Organisation", "OrganisationName"]:
            self._found.sender = text[:200]
        elif tail == ["Sender", "Organisation", "Organisation", "OrganisationName"]:
            self._found.department = text[:200]
        elif tail == ["Receiver", "Organisation", "OrganisationName"]:
            self._found.receiver = text[:200]
        elif tail == ["Patient", "Ident", "Id"]:
            self._found.patient_id = text[:20]
        elif tail in (["Patient", "GivenName"], ["Patient", "MiddleName"], ["Patient", "FamilyName"]):
            self._names = [text, *self._names] if tail[1] != "FamilyName" else [*self._names, text]

    def finished(self) -> Referred:
        """What was found; FileFault when there was no referral in it."""
        if not self._seen:
            raise FileFault("referral_none", file=self._path.name, found=self._found.type[:60] or "–")
        self._found.patient_name = " ".join(part for part in self._names if part)[:200]
        made = self._made()
        for one in self._found.codes:
            one.dates = [day.isoformat() for day in dates_in(one.remark, made=made)]
        return self._found

    def _made(self) -> date:
        try:
            return date.fromisoformat(self._found.made_at[:10])
        except ValueError:
            raise FileFault("referral_none", file=self._path.name, found="GenDate") from None
