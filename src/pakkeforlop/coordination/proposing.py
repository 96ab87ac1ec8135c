"""Codes that events speak for and nobody has entered: the system types, a person confirms.

Which event speaks for which code stands in the catalogue (event_rules.toml), with source and days. Appointments that
were kept and events that other systems tell of are read alike. Nothing is proposed on a guess: an event whose pathway
is not clear, or that no rule fits, speaks for nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from pakkeforlop.catalogue.model import Catalogue, CodeLabel, EventRule
from pakkeforlop.vocabulary.calendar import whole_years

SamePlace = Callable[[str, str], bool]


@dataclass(frozen=True)
class Happened:
    """An event that has taken place: what, when and where, what it found, and the pathway it belongs or points to.

    `name`: the row it was read from, `e12` an event and `a7` an appointment.
    """

    kind: str
    day: date
    institution: str
    text: str
    result: str = ""
    finding: str = ""
    pathway: str = ""
    towards: str = ""
    received: date | None = None
    name: str = ""


@dataclass(frozen=True)
class Facts:
    """What is known of a patient's pathway. Without `start` none is open; `ended`: the day the last one before ended.
    What is found until `quiet_until` belongs to the treatment that ended it, and starts nothing.

    `hospital` carries it, since `here_since`; `sent`: the day of a transfer that nobody has answered; `coded`: code,
    day and place of what is registered.
    """

    start: date | None = None
    attendance: date | None = None
    decision: date | None = None
    treatment: date | None = None
    postponed: bool = False
    sent: date | None = None
    ended: date | None = None
    quiet_until: date | None = None
    hospital: str = ""
    here_since: date | None = None
    coded: frozenset[tuple[str, date, str]] = frozenset()

    def has(self, point: str) -> bool:
        """Whether the pathway has a point."""
        return bool(
            self.postponed if point == "postponed" else self.sent if point == "transfer" else getattr(self, point, None)
        )

    def day(self, point: str) -> date | None:
        """The day of a point that later ones may not lie before."""
        return getattr(self, point) if point in ("start", "attendance", "decision", "treatment") else None


@dataclass(frozen=True)
class Draft:
    """A code to propose: the event that speaks for it (`event`), by which rule, in which words."""

    code: str
    day: date
    institution: str
    evidence: str
    rule: str = ""
    event: str = ""


def drafts(
    pathway: str, facts: Facts, happened: Sequence[Happened], *, catalogue: Catalogue, same_place: SamePlace
) -> list[Draft]:
    """Every code that the events speak for as things stand, earliest event first; the first one is to be proposed."""
    family = catalogue.pathways[pathway].family
    rules = [rule for rule in catalogue.event_rules if not rule.families or family in rule.families]
    ordered = sorted(happened, key=lambda one: one.day)
    found = []
    for event in ordered:
        for rule in rules:
            draft = _draft(pathway, facts, event, rule, ordered, catalogue, same_place)
            if draft is not None:
                found.append(draft)
                break
    return found


def pathway_for_age(prefix: str, born: date | None, on: date, catalogue: Catalogue) -> str:
    """The pathway itself, or the children's for one below its age; '' where the patient is too old for it."""
    pathway = catalogue.pathways.get(prefix)
    if pathway is None or born is None:
        return prefix if pathway else ""
    age = whole_years(born, on)
    if pathway.min_age is not None and age < pathway.min_age:
        family = [one for one in catalogue.pathways.values() if one.family == pathway.family]
        return next((one.code for one in family if one.max_age is not None and age <= one.max_age), "")
    return "" if pathway.max_age is not None and age > pathway.max_age else prefix


def _draft(
    pathway: str, facts: Facts, event: Happened, rule: EventRule, every: Sequence[Happened], catalogue: Catalogue,
    same_place: SamePlace,
) -> Draft | None:  # fmt: skip
    """What one rule makes of one event; None where it does not fit."""
    if not (_belongs(pathway, event, rule) and _says(event, rule) and _points_fit(facts, rule)):
        return None
    basis = _basis(event, rule, every)
    day = _day_of(event, basis, rule)
    code = pathway + rule.suffix
    if day is None or basis is None or not rule.holds(day) or not _valid(catalogue.codes.get(code), day):
        return None
    if not (_days_fit(facts, day, rule) and _place_fits(facts, event, day, rule, same_place)):
        return None
    if any(code == known and when == day and same_place(event.institution, at) for known, when, at in facts.coded):
        return None
    return Draft(code, day, basis.institution, _evidence(event, basis, catalogue), rule.key, event.name)


def _belongs(pathway: str, event: Happened, rule: EventRule) -> bool:
    about = (event.towards or event.pathway) if rule.towards else event.pathway
    return event.kind in rule.events and about == pathway


def _says(event: Happened, rule: EventRule) -> bool:
    """What the event found fits the rule: by its coded finding, else by the words of its result."""
    if event.finding in rule.not_findings:
        return False
    if not rule.findings and not rule.words:
        return True
    if event.finding:
        return event.finding in rule.findings
    said = event.result.casefold()
    return any(word.casefold() in said for word in rule.words)


def _points_fit(facts: Facts, rule: EventRule) -> bool:
    return all(facts.has(point) for point in rule.present) and not any(facts.has(point) for point in rule.missing)


def _basis(event: Happened, rule: EventRule, every: Sequence[Happened]) -> Happened | None:
    """The event whose day and place the code gets: the event itself, or the last earlier one that the rule names."""
    if not rule.earlier:
        return event
    before = [
        one
        for one in every
        if one.kind == rule.earlier and one.pathway == event.pathway and one.day <= event.day
        if not rule.earlier_finding or one.finding == rule.earlier_finding
    ]
    return before[-1] if before else None


def _day_of(event: Happened, basis: Happened | None, rule: EventRule) -> date | None:
    if rule.day_of == "received":
        return event.received
    return basis.day if basis else None


def _valid(label: CodeLabel | None, day: date) -> bool:
    """Whether the catalogue has the code, in force on the day."""
    if label is None or (label.valid_from and day < label.valid_from):
        return False
    return label.valid_to is None or day <= label.valid_to


def _days_fit(facts: Facts, day: date, rule: EventRule) -> bool:
    """Not before the points that the rule builds on, and after the end of an earlier pathway."""
    floors = [facts.day(point) for point in rule.present]
    if any(floor is not None and day < floor for floor in floors):
        return False
    last = facts.quiet_until if rule.towards else facts.ended
    return facts.start is not None or last is None or day > last


def _place_fits(facts: Facts, event: Happened, day: date, rule: EventRule, same_place: SamePlace) -> bool:
    if not (rule.here or rule.elsewhere):
        return True
    if facts.here_since is not None and day < facts.here_since:
        return False
    return same_place(event.institution, facts.hospital) is rule.here


def _evidence(event: Happened, basis: Happened, catalogue: Catalogue) -> str:
    """What speaks for the code, in the words that the sender wrote."""
    return "; ".join(_told(one, catalogue) for one in ([event] if event is basis else [event, basis]))


def _told(event: Happened, catalogue: Catalogue) -> str:
    kind, finding = catalogue.event_kinds.get(event.kind), catalogue.findings.get(event.finding)
    text = event.text or (kind.name.nb if kind else event.kind)
    said = event.result or (finding.name.nb if finding else "")
    return f"{text}: «{said}»" if said else text
