"""Which messages a receiver takes: judged by what stands at their tops, before anything of them is used.

A message that is not taken is answered with a number and a sentence (texts/refusals.toml). Of several shipments of a
sender and year the one with the highest running number holds; the others are replaced, which is no fault.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from pakkeforlop.catalogue.units import Units
from pakkeforlop.vocabulary.sentences import Sentences

told = Sentences(Path(__file__).parent / "texts" / "refusals.toml")
CLOCK_MAY_DIFFER = timedelta(hours=24)
"""A message from further ahead was made by a system whose clock is wrong."""
REPLAYED, CLOCK, PERIOD, SENDER, NUMBER, PARTS, TEST, SCHEMA, UNREADABLE, KIND = (
    "GJENTATT", "KLOKKE", "PERIODE", "AVSENDER", "LOPENR", "DELER", "TEST", "SKJEMA", "ULESELIG", "SLAG",
)  # fmt: skip
TAKEN_IN = ("ord", "ide")
"""Modules that a register takes in; a return that strayed into the folder is none, and uses no running number."""


@dataclass(frozen=True)
class Refusal:
    """Why a message is not taken: the number of the answer, and the values of its sentence."""

    code: str
    values: Mapping[str, object] = field(default_factory=dict)
    sentence: Mapping[str, str] = field(default_factory=dict)
    """The sentence itself, by language, where it is another module's."""

    def text(self, language: str) -> str:
        """The sentence."""
        return self.sentence[language] if self.sentence else told(self.code, language, **self.values)


@dataclass
class Arrived:
    """A message that came: its file, what stands at its top (None where it could not be read), and its fate."""

    name: str
    sha256: str
    head: dict[str, Any] | None = None
    institutions: list[str] = field(default_factory=list)
    faults: list[tuple[int, str]] = field(default_factory=list)
    refusal: Refusal | None = None
    replaced_by: int | None = None
    """The running number that took its place."""

    @property
    def taken(self) -> bool:
        """Whether what it holds is used."""
        return self.refusal is None and self.replaced_by is None

    @property
    def sender(self) -> str:
        """Whom an answer goes to: the institution that the message is about, else the sender of the envelope."""
        if self.institutions and self.institutions[0]:
            return self.institutions[0]
        return str(self.head["sender"]) if self.head else ""

    def of(self, word: str) -> Any:
        """A value of its top."""
        return self.head[word] if self.head else ""


@dataclass(frozen=True)
class Terms:
    """What a receiver goes by. now: its clock; period: of the run; earlier: message ids of earlier runs."""

    now: datetime
    period: tuple[date, date]
    units: Units
    vendor: str
    test: bool = False
    earlier: Mapping[str, str] = field(default_factory=dict)
    """The run in which each message was received before."""


def judge(arrived: Sequence[Arrived], terms: Terms) -> None:
    """Give each message its fate. The order in which they came means nothing."""
    for one in arrived:
        if one.refusal is None and one.head is not None:
            one.refusal = _refusal(one, terms)
    _refuse_replays(arrived)
    _refuse_numbers(arrived)
    _refuse_parts(arrived)
    _replace(arrived)


def _standing(arrived: Sequence[Arrived]) -> list[Arrived]:
    """Those not refused, by when they were made."""
    found = [one for one in arrived if one.refusal is None and one.head is not None]
    return sorted(found, key=lambda one: (one.of("made_at"), one.of("message_id"), one.name))


def _refusal(one: Arrived, terms: Terms) -> Refusal | None:
    if one.of("module") not in TAKEN_IN:
        return Refusal(KIND, {"type": one.of("type") or "–"})
    earlier = terms.earlier.get(one.of("message_id"))
    if earlier:
        return Refusal(REPLAYED, {"id": one.of("message_id"), "before": earlier})
    if one.faults:
        return Refusal(SCHEMA, {"count": len(one.faults), "line": one.faults[0][0]})
    return _wrong_clock(one, terms) or _wrong_period(one, terms) or _wrong_sender(one, terms)


def _wrong_clock(one: Arrived, terms: Terms) -> Refusal | None:
    try:
        made = datetime.fromisoformat(one.of("made_at")).replace(tzinfo=None)
        day = date.fromisoformat(one.of("extracted_day"))
    except ValueError:
        return Refusal(CLOCK, {"made": one.of("made_at") or "–", "now": f"{terms.now:%Y-%m-%dT%H:%M}"})
    ahead = max(made, datetime.combine(day, datetime.min.time()))
    if ahead > terms.now + CLOCK_MAY_DIFFER:
        return Refusal(CLOCK, {"made": ahead.isoformat(timespec="minutes"), "now": f"{terms.now:%Y-%m-%dT%H:%M}"})
    return None


def _wrong_period(one: Arrived, terms: Terms) -> Refusal | None:
    wanted = terms.period
    try:
        first, last = (date.fromisoformat(one.of(word)) for word in ("period_from", "period_to"))
    except ValueError:
        first, last = date.max, date.min
    if first == date(wanted[0].year, 1, 1) and first <= last <= wanted[1]:
        return None
    given = {"first": one.of("period_from") or "–", "last": one.of("period_to") or "–"}
    return Refusal(PERIOD, {**given, "from_": wanted[0], "to": wanted[1]})


def _wrong_sender(one: Arrived, terms: Terms) -> Refusal | None:
    different = set(one.institutions)
    if one.of("sender") and different - {one.of("sender")}:
        other = sorted(different - {one.of("sender")})[0]
        return Refusal(SENDER, {"sender": one.of("sender"), "institution": other or "–"})
    number = one.sender
    if number == terms.vendor:
        return None if terms.test else Refusal(TEST, {"vendor": terms.vendor})
    if terms.units.resolve(number) is None:
        return Refusal(SENDER, {"sender": number or "–", "institution": number or "–"})
    return None


def _refuse_replays(arrived: Sequence[Arrived]) -> None:
    first: dict[str, Arrived] = {}
    for one in sorted(_standing(arrived), key=lambda one: (one.of("message_id"), one.sha256, one.name)):
        before = first.setdefault(one.of("message_id"), one)
        if before is not one:
            one.refusal = Refusal(REPLAYED, {"id": one.of("message_id"), "before": before.name})


def _refuse_numbers(arrived: Sequence[Arrived]) -> None:
    """Two messages of a sender and year cannot have one number."""
    first: dict[tuple[str, str, int], Arrived] = {}
    for one in _standing(arrived):
        key = (one.sender, str(one.of("period_from")), int(one.of("number")))
        before = first.setdefault(key, one)
        if before is not one:
            one.refusal = Refusal(NUMBER, {"number": one.of("number"), "before": before.name})


def _refuse_parts(arrived: Sequence[Arrived]) -> None:
    """All messages of a shipment, or none."""
    shipments: dict[tuple[str, str, str], list[Arrived]] = defaultdict(list)
    for one in _standing(arrived):
        shipments[one.sender, one.of("module"), one.of("shipment")].append(one)
    for parts in shipments.values():
        there = sorted(int(one.of("part")) for one in parts)
        wanted = max(int(one.of("parts")) for one in parts)
        if there != list(range(1, wanted + 1)):
            missing = sorted(set(range(1, wanted + 1)) - set(there))
            for one in parts:
                one.refusal = Refusal(PARTS, {"parts": wanted, "missing": ", ".join(map(str, missing)) or "–"})


def _replace(arrived: Sequence[Arrived]) -> None:
    """Of the data shipments of a sender and year the one with the highest number holds. Identities add up."""
    newest: dict[tuple[str, str], Arrived] = {}
    data = [one for one in _standing(arrived) if one.of("module") == "ord"]
    for one in data:
        key = (one.sender, str(one.of("period_from")))
        if key not in newest or int(one.of("number")) > int(newest[key].of("number")):
            newest[key] = one
    for one in data:
        holds = newest[one.sender, str(one.of("period_from"))]
        if one.of("shipment") != holds.of("shipment"):
            one.replaced_by = int(holds.of("number"))
