"""The shape of the catalogue: every definition is a file with dates, a source and how sure the fact is.

These models check the TOML files when they are loaded and give the JSON Schema that editors use. Unknown keys are
faults. All dates are whole days, inclusive at both ends.
"""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    from pakkeforlop.catalogue.units import Units

Confidence = Literal[
    "stated", "data", "inferred", "vendor_2015", "choice", "unknown", "inferred+vendor_2015", "stated+vendor_2015"
]
"""How sure a fact is: read in a source, seen in the figures, inferred, from a vendor's table of 2015, or our choice."""


class Definition(BaseModel):
    """A definition cannot be changed once loaded, and refuses keys it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Text(Definition):
    """A text in the three languages of the product."""

    nb: str = Field(min_length=1)
    nn: str = Field(min_length=1)
    en: str = Field(min_length=1)

    def of(self, language: str) -> str:
        """The text in `language` (nb, nn or en)."""
        return str(getattr(self, language))


class Sourced(Definition):
    """A fact names where it comes from (a key of sources.toml) and how sure it is."""

    source: str
    also: tuple[str, ...] = ()
    """Further sources that say the same."""
    confidence: Confidence
    note: str = ""


# --- families: how codes behave among each other -------------------------------------------------------------------


class Need(Definition):
    """Ask for earlier points: `message` is given when none of `missing` and all of `present` have been seen."""

    missing: tuple[str, ...] = ()
    present: tuple[str, ...] = ()
    message: int


class Event(Sourced):
    """One code suffix of a family, such as S or CK; the order of the events in the file is their order within a day.

    `point` is the measuring point the code dates (start, attendance, decision, treatment, end ...); the first used code
    of a point gives its date. `kind` tells apart codes of one point (K, M ...). `closes` names the end that the code
    gives the instance. `repeat`: "once" (a second one gets message 102), "transfer" (102 unless the sender has received
    the patient again), "keep" (all are kept). `valid_from`/`valid_to` are the code's own days where they differ from
    the prefix's.
    """

    suffix: str
    name: Text
    point: str
    kind: str = ""
    opens: bool = False
    closes: str = ""
    after_end: int = 0
    transfer: bool = False
    postpones: bool = False
    via_specialist: bool = False
    repeat: Literal["once", "transfer", "keep"] = "keep"
    repeat_message: int = 0
    needs: tuple[Need, ...] = ()
    warns: int = 0
    valid_from: date | None = None
    valid_to: date | None = None
    carries_date_of: Text | None = None


class Span(Definition):
    """A measured time between two points of an instance, in whole calendar days.

    `label` is the short name that is printed, `limit` the key of its limits in a pathway's `time_limit` table.
    `to_next`: the first `to` at or after `start`, instead of the first one in the instance. `by_kind`: its limit
    depends on the kind of the `to` event.
    """

    key: str
    label: str
    limit: str
    name: Text
    start: str
    to: str
    to_next: bool = False
    by_kind: bool = False
    sum_of: tuple[str, ...] = ()
    """Spans whose limits must add up to the limit of this one, for every kind and version."""


class PlaceRule(Definition):
    """What an opening code means while an instance is open (decision 6, R4)."""

    same_place: Literal["duplicate", "keep"] = "duplicate"
    duplicate_message: int = 102
    stale_days: int = 365
    stale_message: int = 905
    no_answer_message: int = 903
    no_answer_days: int = 30
    unannounced_message: int = 904


class AgeBound(Definition):
    """`message` for codes of a patient aged `from_age` or more (or below `below_age`) on the code's day."""

    from_age: int | None = None
    below_age: int | None = None
    message: int


class Family(Sourced):
    """A family of pathways whose codes follow the same rules."""

    key: str
    name: Text
    unknown_code: int
    not_introduced: int
    missing_date: int = 107
    lapsed_code: int = 120
    orphan_before_start: int
    orphan_without_start: int
    before_first_day: int = 907
    identical: int = 102
    place: PlaceRule = PlaceRule()
    reopened_within_days: int = 90
    reopened_after: tuple[str, ...] = ()
    reopened_message: int = 908
    negative_message: int = 901
    long_span_days: int = 730
    long_span_message: int = 906
    closed_by_rule_message: int = 911
    share_from: str = ""
    share_to: str = ""
    share_label: str = ""
    share_limit: tuple[str, ...] = ()
    """Keys of the spans whose limits add up to the limit of the share."""
    total: str = ""
    """The pathway key of the aggregate that the family's pathways are counted in; empty: in none."""
    ages: tuple[AgeBound, ...] = ()
    event: tuple[Event, ...]
    span: tuple[Span, ...]


# --- pathways -------------------------------------------------------------------------------------------------------


class TimeLimit(Sourced):
    """The limit of one span from `valid_from` on; a new block ends the one before. `days` absent ends the limit."""

    valid_from: date
    days: int | None = Field(default=None, ge=0, le=1000)
    kind: str = ""
    valid_from_confidence: Confidence = "stated"


class Condition(Sourced):
    """A shorter time for some patients that the codes cannot tell; shown, not counted.

    `applies_to` is a treatment kind (K, M ...) or "all"; `within_days` is absent where no figure was given.
    """

    applies_to: str
    when: Text
    within_days: int | None = None
    valid_from: date | None = None


class Mdt(Sourced):
    """Who sits in the multidisciplinary team meeting (MDT), as keys of specialties.toml."""

    core: tuple[str, ...] = ()
    as_needed: tuple[str, ...] = ()


class GpReferral(Sourced):
    """Whether the GP may refer straight to the pathway, and who decides whether the suspicion holds."""

    direct: Literal["yes", "no", "limited"]
    filter: Text


class Renaming(Sourced):
    """The name that a pathway had until `until` (its last day)."""

    until: date
    name: Text


class PublishedFigures(Sourced):
    """What the open quality indicator data hold for a pathway.

    `branches`: treatment kinds published apart. `branches_add_up`: the published branches are all there is, so nothing
    else (such as surveillance) is counted in the pathway's share.
    """

    nki_id: int | None = None
    branches: tuple[str, ...] = ()
    branches_add_up: bool = False
    tertials: bool = False


class Pathway(Definition):
    """One pathway: prefix, names, days, the diagnoses it is for and every version of its limits.

    Days are inclusive. `min_age` and `max_age` are the youngest and the oldest whole age that the pathway is for: with
    `max_age = 17` a code on the 18th birthday gets `max_age_message`. `suffixes` is empty when the pathway has all
    codes of its family. The keys of `time_limit` are the `limit` keys of the family's spans (OF1 ...).
    """

    code: str = Field(pattern=r"^[A-Z]\d\d$")
    key: str = Field(pattern=r"^[a-z_]+$")
    family: str
    name: Text
    short: Text
    introduced: date
    introduced_source: str
    introduced_confidence: Confidence
    last_day: date | None = None
    last_day_source: str = ""
    last_day_confidence: Confidence = "stated"
    publication: str = ""
    suffixes: tuple[str, ...] = ()
    icd10: tuple[str, ...] = ()
    icd10_confidence: Confidence = "inferred"
    icd10_source: str = ""
    icd10_note: str = ""
    inclusion: bool = True
    inclusion_last_day: date | None = None
    inclusion_below_age: int | None = None
    inclusion_source: str = ""
    inclusion_confidence: Confidence = "inferred"
    min_age: int | None = None
    min_age_message: int = 0
    max_age: int | None = None
    max_age_message: int = 0
    age_source: str = ""
    age_confidence: Confidence = "inferred"
    renamed: tuple[Renaming, ...] = ()
    condition: tuple[Condition, ...] = ()
    mdt: Mdt | None = None
    gp_referral: GpReferral | None = None
    figures: PublishedFigures | None = None
    note: str = ""
    time_limit: dict[str, tuple[TimeLimit, ...]] = {}


# --- codes, messages, units ----------------------------------------------------------------------------------------


class CodeLabel(Sourced):
    """The official label of one code in the national list, with the days it is valid."""

    code: str
    nb: str
    en: str
    valid_from: date | None = None
    valid_to: date | None = None
    list: str = "8480"
    """Number of the national list; empty for a code derived from a pathway that is in no list yet."""


class Message(Sourced):
    """A message of the register (100-120, 201-225) or a warning of our own (from 900)."""

    number: int
    sets_aside: bool
    scope: Literal["registration", "instance"] = "registration"
    family: str = ""
    text: Text
    what_now: Text
    predicate: str
    example: str
    since: date | None = None
    until: date | None = None


class Period(Sourced):
    """The trust a hospital belongs to, from and to a day (both inclusive)."""

    trust: str
    valid_from: date | None = None
    valid_to: date | None = None


class Hospital(Definition):
    """A place of treatment (behandlingssted) with its organisation number and the trusts it has belonged to."""

    org_nr: str = Field(pattern=r"^\d{9,10}$")
    name: str
    belongs: tuple[Period, ...]
    radiotherapy_unit: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    note: str = ""


class Trust(Sourced):
    """A trust (helseforetak) or private non-profit hospital with an agreement; `replaced` are older numbers."""

    key: str
    org_nr: str = Field(pattern=r"^\d{9}$")
    name: str
    short: str = ""
    region: str
    statistics_id: int | None = None
    other_names: tuple[str, ...] = ()
    kind: Literal["trust", "private_non_profit", "other_unit", "group"] = "trust"
    group: str = ""
    """Key of the group whose rows in the published figures hold this unit's."""
    replaced: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None


class Region(Sourced):
    """A regional health authority (RHF)."""

    key: str
    org_nr: str = Field(pattern=r"^\d{9}$")
    name: str
    short: str
    statistics_id: int | None = None


class Country(Sourced):
    """The country as a unit of the statistics; its number is a placeholder."""

    org_nr: str
    name: Text
    statistics_id: int | None = None


# --- indicators, settings, lists -----------------------------------------------------------------------------------


class Indicator(Sourced):
    """What a figure counts. `key` is its meaning; `label` is the short name in the publications.

    measure: "share_of_time" and "time" read `span` (a span key, or "share" for the family's own share); the others name
    a count that the cube knows. `counts`: "ended" (any end), "treated_with_limit". `period`: the event whose day places
    an instance in a month. `numerator` and `denominator` say in words what the two columns hold, `kinds` what the
    column `kind` means where there is one.
    """

    key: str = Field(pattern=r"^[a-z0-9_]+$")
    label: str = ""
    name: Text
    sentence: Text
    measure: Literal["time", "share_of_time", "inclusion", "count", "quality", "messages", "delay"]
    unit: Literal["days", "percent", "count"] = "count"
    span: str = ""
    counts: Literal["ended", "treated_with_limit", "all"] = "all"
    period: Literal["end", "start", "decision", "first_contact", "event", "as_of"] = "end"
    by_branch: bool = False
    by_kind: bool = False
    owner: Literal["starting_trust", "first_contact_trust", "registering_unit"] = "starting_trust"
    numerator: Text | None = None
    denominator: Text | None = None
    kinds: Text | None = None
    target_percent: float | None = None
    higher_is_better: bool | None = None
    nki_id: int | None = None
    """Number of the national quality indicator that holds the total."""


class Inclusion(Definition):
    """Windows of the inclusion share, in days."""

    days_before: int = 180
    days_after: int = 60
    new_after_years: int = 5
    adult_age: int = 18


class Settings(Definition):
    """The readings that are choices (docs/decisions); each can be changed by a settings file given to a command."""

    stale_days: int = 365
    include_postponed: bool = False
    p_counts_as_treatment_start: bool = False
    surveillance_without_limit_counts: bool = False
    inclusion: Inclusion = Inclusion()
    target_percent: float = 70.0
    confidence_level: float = 0.95
    rounding: Literal["nearest", "cut", "up"] = "nearest"
    decimals: int = 1
    first_day: date = date(2015, 1, 1)
    registered_within_days: int = 3
    missing_treatment_after_days: int = 90
    open_age_bands: tuple[int, ...] = (30, 90, 180, 365)
    age_groups: tuple[int, ...] = (18, 50, 60, 70, 80)
    source: str = "OWN"
    confidence: Confidence = "choice"


class Disclosure(Sourced):
    """Thresholds of suppression in releases (never used on internal figures)."""

    fewer_than: int = 3
    denominator_below: int = 5
    secondary: bool = True


class CodeList(Sourced):
    """A code list with its object identifier (OID)."""

    number: str
    oid: str
    name: Text


# --- events of other systems, and the codes they speak for ---------------------------------------------------------


class EventKind(Sourced):
    """A kind of event that other systems tell of, such as an attendance or a decision of the team meeting."""

    key: str = Field(pattern=r"^[a-z_]+$", max_length=20)
    name: Text


class Finding(Sourced):
    """What an event found or decided, where the sending system codes it."""

    key: str = Field(pattern=r"^[a-z_]+$", max_length=24)
    name: Text


class EventRule(Sourced):
    """A code that an event speaks for; a person confirms it. The first rule of the file that fits an event holds.

    `events`: kinds of event that have taken place. `findings`: what the event found, as the sender codes it; `words`:
    what its text says where no finding is coded; with neither, the kind alone is enough, save for `not_findings`.
    `present` and `missing`: points that the pathway has, or has not, before the event (start, attendance, decision,
    treatment, transfer, postponed). `towards`: the code is in the pathway that the event points to, not the one it
    belongs to. `elsewhere`: the event lies at another place than the one that carries the pathway; `here`: at that
    place, since it came there. `day_of`: the day that the code gets: the event's own, the day the referral was
    received, or that of the `earlier` event.
    """

    key: str = Field(pattern=r"^[a-z_]+$", max_length=40)
    says: Text
    events: tuple[str, ...]
    findings: tuple[str, ...] = ()
    not_findings: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    families: tuple[str, ...] = ()
    present: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    towards: bool = False
    elsewhere: bool = False
    here: bool = False
    day_of: Literal["event", "received", "earlier"] = "event"
    earlier: str = ""
    earlier_finding: str = ""
    suffix: str
    valid_from: date
    valid_to: date | None = None

    def holds(self, on: date) -> bool:
        """Whether the rule is in force on a day; both ends are within."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


class Source(Definition):
    """Where facts come from: a short key, a title, an address and, for data, a licence.

    `title` is the source's own; `titles` stands beside it where some of the words are ours.
    """

    key: str
    title: str
    titles: Text | None = None
    address: str = ""
    licence: str = ""

    def named(self, language: str) -> str:
        """The title as a reader of a language is told it."""
        return self.titles.of(language) if self.titles else self.title


class Catalogue(Definition):
    """All definitions, indexed by the word that other folders use for them.

    Pathways by prefix, codes by code, regions and trusts by key, hospitals by organisation number. `trusts` also holds
    the few other units and groups of the published figures; their `kind` tells them apart.
    """

    families: dict[str, Family]
    pathways: dict[str, Pathway]
    codes: dict[str, CodeLabel]
    messages: dict[int, Message]
    indicators: dict[str, Indicator]
    country: Country
    regions: dict[str, Region]
    trusts: dict[str, Trust]
    hospitals: dict[str, Hospital]
    settings: Settings
    disclosure: Disclosure
    code_lists: dict[str, CodeList]
    sources: dict[str, Source]
    specialties: dict[str, Text] = {}
    event_kinds: dict[str, EventKind] = {}
    findings: dict[str, Finding] = {}
    event_rules: tuple[EventRule, ...] = ()

    @cached_property
    def units(self) -> Units:
        """The organisation catalogue by number: which trust a number belongs to on a day."""
        from pakkeforlop.catalogue.units import Units

        return Units(self)

    def pathway_by_key(self, key: str) -> Pathway:
        """The pathway with the meaning-based key, such as `breast`. KeyError if none."""
        for pathway in self.pathways.values():
            if pathway.key == key:
                return pathway
        raise KeyError(key)

    def source_named(self, key: str, language: str) -> str:
        """A source's title as a reader of a language is told it; the key itself where no source has it."""
        source = self.sources.get(key)
        return source.named(language) if source else key
