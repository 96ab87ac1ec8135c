"""A slow, obvious reading of the rule book: registrations in, messages and episodes out.

It is written from the texts, to be read beside them, and shares nothing with the engine: no tables, no compiled
catalogue, no numpy. Each function is one rule. Read from `read`, which is at the end, upwards.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from reference import rulebook
from reference.limits import Limits
from reference.places import Places

FIRST_DAY_OF_DATA = date(2015, 1, 1)
STALE_DAYS = 365
ANSWER_DAYS = 30
REOPENED_DAYS = 90
LONG_DAYS = 730


@dataclass(frozen=True)
class Settings:
    """The readings that are choices."""

    stale_days: int = STALE_DAYS
    include_postponed: bool = False
    p_counts_as_treatment_start: bool = False
    surveillance_without_limit_counts: bool = False


@dataclass(eq=False)
class Row:
    """One registration, and what becomes of it."""

    number: int
    patient: str
    code: str
    day: date | None
    place: str
    trust: str
    registration_id: str
    written_place: str = ""
    messages: list[int] = field(default_factory=list)
    aside: bool = False
    instance: Instance | None = None

    @property
    def prefix(self) -> str:
        """The three characters that name the pathway."""
        return self.code[:3]

    @property
    def suffix(self) -> str:
        """The letters after the prefix: the event and its outcome."""
        return self.code[3:]

    @property
    def starts(self) -> bool:
        """Is it a start, A or AA?"""
        return self.suffix in rulebook.STARTS

    def tell(self, message: int) -> None:
        """Give the row a message."""
        self.messages.append(message)

    def set_aside(self, message: int) -> None:
        """Give the row a message, and use it for nothing."""
        self.messages.append(message)
        self.aside = True


@dataclass(eq=False)
class Instance:
    """One pathway instance: the rows used in it, in order, and the row that ended it."""

    rows: list[Row] = field(default_factory=list)
    others: list[Row] = field(default_factory=list)
    end: Row | None = None
    number: int = 0
    closed_by_rule: date | None = None

    @property
    def opening(self) -> Row:
        """The start that opened it."""
        return self.rows[0]

    @property
    def start(self) -> date:
        """The day it opened: all times run from here."""
        return day_of(self.opening)

    def use(self, row: Row) -> None:
        """Let the row count in the instance."""
        row.instance = self
        self.rows.append(row)

    def keep_beside(self, row: Row) -> None:
        """The row belongs to the instance but counts for nothing."""
        row.instance = self
        self.others.append(row)

    def used(self, wanted: Callable[[Row], bool]) -> list[Row]:
        """The used rows that fit, in order."""
        return [row for row in self.rows if wanted(row)]

    def first(self, letter: str) -> Row | None:
        """The first used row of an event (S, C, P or F)."""
        return next((row for row in self.rows if row.suffix[0] == letter), None)


def day_of(row: Row) -> date:
    """The day of a row that is known to have one."""
    assert row.day is not None
    return row.day


# --- 1. Which rows are known (decisions 1 and 7, R15) ---------------------------------------------------------------


def known_rows(given: Sequence[Mapping[str, Any]], as_of: date) -> list[tuple[int, Mapping[str, Any]]]:
    """The registrations as they were known on the as-of day, each with its row number.

    What was registered later was not yet known, nor an event of a later day; days before 2015 are refused. Of the rows
    with one registration_id that are left, the latest registered stands; an empty code withdraws it. Codes of other
    lists (mental health, pathway home) are left to those lists.
    """
    known: list[tuple[int, Mapping[str, Any]]] = []
    by_id: dict[str, list[tuple[int, Mapping[str, Any]]]] = defaultdict(list)
    for number, row in enumerate(given, start=1):
        if text(row, "registered_at")[:10] > as_of.isoformat() or not is_possible(row, as_of):
            continue
        if identity := text(row, "registration_id"):
            by_id[identity].append((number, row))
        else:
            known.append((number, row))
    for rows in by_id.values():
        known.append(max(rows, key=lambda each: (*latest_then_greatest(each[1]), -each[0])))
    return sorted(((n, row) for n, row in known if text(row, "code") and is_ours(row)), key=lambda each: each[0])


def latest_then_greatest(row: Mapping[str, Any]) -> tuple[str, ...]:
    """Later registered goes before earlier; on a tie the greatest code, date and institution as text."""
    return tuple(text(row, name) for name in ("registered_at", "code", "event_date", "institution", "patient_id"))


def is_ours(row: Mapping[str, Any]) -> bool:
    """Codes of mental health and substance use (D..) and of pathway home (WMFG11) are another list's."""
    code = text(row, "code")
    return not (code == "WMFG11" or (code[:1] == "D" and code[1:3].isdigit()))


def is_possible(row: Mapping[str, Any], as_of: date) -> bool:
    """The day of a code, where it has one, lies between 2015-01-01 and the as-of day."""
    day = text(row, "event_date")[:10]
    return not day or not text(row, "code") or not is_ours(row) or FIRST_DAY_OF_DATA.isoformat() <= day <= as_of.isoformat()


def text(row: Mapping[str, Any], column: str) -> str:
    """A cell as text without blanks around it; a missing one is empty."""
    value = row.get(column)
    return "" if value is None else str(value).strip()


# --- 2. One row by itself (decisions 2 and 3) --------------------------------------------------------


def judge_alone(row: Row) -> None:
    """Messages that need no other row: 101, 107, 103/104/115, 120. The first that fits sets the row aside."""
    if not rulebook.is_known(row.code):
        row.set_aside(101)
    elif row.day is None:
        row.set_aside(107)
    elif row.day < rulebook.FIRST_DAY[row.prefix]:
        row.set_aside(rulebook.not_introduced(row.prefix))
    elif (last := rulebook.last_day(row.code)) is not None and row.day > last:
        row.set_aside(120)


def judge_patient(row: Row, patients: Mapping[str, tuple[date | None, Any]]) -> None:
    """100: no such patient in the file. 116: 18 or over in the children's pathway. 117: under 18 in any other."""
    if row.patient not in patients:
        row.tell(100)
        return
    born = patients[row.patient][0]
    if born is None or row.day is None or not rulebook.is_known(row.code):
        return
    if row.day < rulebook.FIRST_DAY[row.prefix]:
        return
    adult = age_on(row.day, born) >= 18
    if row.prefix == rulebook.CHILDREN and adult:
        row.tell(116)
    if row.prefix != rulebook.CHILDREN and not adult:
        row.tell(117)


def age_on(day: date, born: date) -> int:
    """Whole years; someone born on 29 February has the birthday on 1 March in years without that day."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


# --- 3. Order and places (decisions 5 and 6, R1 and R4) -------------------------------------------------------------


def in_order(rows: Sequence[Row]) -> list[Row]:
    """Day; code; organisation number; registration_id, else row. O after the sender's own F or X of the day."""

    def key(row: Row) -> tuple[Any, ...]:
        code = rulebook.ORDER_WITHIN_A_DAY.index(row.suffix)
        after_own_end = row.suffix == "O" and any(
            other.day == row.day and other.suffix[0] in "FX" and same_place(other, row) for other in rows
        )
        return row.day, after_own_end, code, row.place, row.registration_id, row.number

    return sorted(rows, key=key)


def same_place(one: Row, other: Row) -> bool:
    """The same hospital number, or two places that belonged to one trust, each on its row's day."""
    return one.place == other.place or one.trust == other.trust


# --- 4. Rows of one patient and pathway become instances (R2 to R6) -----------------------------------


def link(rows: Sequence[Row], settings: Settings) -> list[Instance]:
    """Walk the rows of one patient and prefix in order; give each its place and its messages."""
    instances: list[Instance] = []
    instance: Instance | None = None
    ordered = in_order(rows)
    for position, row in enumerate(ordered):
        twin = ordered[position - 1] if position else None
        if twin is not None and alike(row, twin):
            row.set_aside(102)
            if twin.instance is not None:
                twin.instance.keep_beside(row)
        elif instance is None and not row.starts:
            starts_later = any(later.starts for later in ordered[position:])
            row.set_aside(106 if starts_later else 105)
        elif row.starts and (instance is None or instance.end is not None):
            instance = open_instance(row, instances)
        elif instance is None or instance.end is not None:
            assert instance is not None
            assert instance.end is not None
            row.set_aside(rulebook.superfluous_after(instance.end.suffix))
            instance.keep_beside(row)
        elif row.starts:
            instance = start_while_open(row, instance, instances, settings)
        elif is_repeated(row, instance):
            row.set_aside(102)
            instance.keep_beside(row)
        else:
            judge_among_others(row, instance)
            instance.use(row)
            if rulebook.ends(row.prefix, row.suffix):
                instance.end = row
    return instances


def alike(one: Row, other: Row) -> bool:
    """Two rows of a patient with one code, day and place are one registration given twice."""
    return (one.code, one.day, one.place) == (other.code, other.day, other.place)


def open_instance(row: Row, instances: list[Instance]) -> Instance:
    """A start with no open instance opens one. 908: within 90 days after an end by F."""
    for earlier in instances:
        if earlier.end is not None and earlier.end.suffix[0] == "F":
            if day_of(row) - day_of(earlier.end) <= timedelta(days=REOPENED_DAYS):
                row.tell(908)
                break
    instance = Instance(number=len(instances) + 1)
    instance.use(row)
    instances.append(instance)
    return instance


def start_while_open(row: Row, instance: Instance, instances: list[Instance], settings: Settings) -> Instance:
    """A start while one is open: anew, a duplicate, or a continuation. Gives the instance to go on with."""
    earlier_here = instance.used(lambda other: other.starts and same_place(other, row))
    if earlier_here:
        quiet = day_of(row) - day_of(instance.rows[-1])
        if quiet > timedelta(days=settings.stale_days):
            instance.opening.tell(905)
            row.tell(905)
            return open_instance(row, instances)
        since = instance.rows[instance.rows.index(earlier_here[-1]) + 1 :]
        if not any(other.suffix == "O" and other.place != row.place for other in since):
            row.set_aside(102)
            instance.keep_beside(row)
            return instance
    instance.use(row)
    return instance


def is_repeated(row: Row, instance: Instance) -> bool:
    """S, P and the same C again; O again where the sender has not received the patient since its last O."""
    if row.suffix == "B":
        return False
    if row.suffix != "O":
        return any(other.code == row.code for other in instance.rows)
    sent = instance.used(lambda other: other.suffix == "O" and same_place(other, row))
    if not sent:
        return False
    since = instance.rows[instance.rows.index(sent[-1]) + 1 :]
    return not any(other.starts and same_place(other, row) for other in since)


# --- 5. What must stand before what (R7 and R10) ----------------------------------------------


def judge_among_others(row: Row, instance: Instance) -> None:
    """Order messages of a used row, by the used rows before it."""
    attended = instance.first("S") is not None
    decided = instance.first("C") is not None
    event = row.suffix[0]
    if event == "C":
        missing = rulebook.attendance_missing(row.prefix, row.suffix)
        if missing is not None and not attended:
            row.tell(missing)
        if decided:
            row.tell(902)
    elif event == "S" and decided:
        row.tell(111)
    elif event == "F" and not decided:
        row.tell(110 if attended else 109)
    elif event == "P":
        if row.prefix == rulebook.DIAGNOSTIC:
            row.tell(910)
        elif not decided:
            row.tell(909)


def judge_own_first_day(row: Row) -> None:
    """907: P and AA used before 2020-01-01, when they came."""
    if row.suffix in ("P", "AA") and day_of(row) < rulebook.P_AND_AA_FIRST_DAY:
        row.tell(907)


def judge_transfers(instance: Instance, as_of: date) -> None:
    """903: a patient sent and not received elsewhere. 904: received elsewhere and not sent."""
    starts = instance.used(lambda row: row.starts)
    sent = instance.used(lambda row: row.suffix == "O")
    for row in sent:
        due = day_of(row) + timedelta(days=ANSWER_DAYS)
        received = any(a.place != row.place and day_of(row) <= day_of(a) <= due for a in starts)
        if as_of >= due and not received:
            row.tell(903)
    for previous, row in pairwise(starts):
        before = starts[: starts.index(row)]
        if any(same_place(a, row) for a in before):
            continue
        if not any(o.place != row.place and day_of(previous) <= day_of(o) <= day_of(row) for o in sent):
            row.tell(904)


# --- 6. Ends by rule (decisions 4, R9) --------------------------------------------------------------------------------


def close_by_rule(instance: Instance, as_of: date) -> None:
    """An instance still open on the last day of a pathway that was taken out is closed on it."""
    last = rulebook.LAST_DAY.get(instance.opening.prefix)
    if last is not None and instance.end is None and as_of > last:
        instance.closed_by_rule = last
        instance.opening.tell(911)


# --- 7. Times, limits and the share (decisions 8 to 11, R11) -------------------------------------------


def episode(instance: Instance, limits: Limits, settings: Settings) -> dict[str, Any]:
    """One line of the episodes table, as far as linking fills it."""
    opening = instance.opening
    prefix, start = opening.prefix, instance.start
    attendance, decision, treatment = instance.first("S"), instance.first("C"), instance.first("F")
    kind = treatment.suffix[1] if treatment else ""
    diagnostic = prefix == rulebook.DIAGNOSTIC
    postponed = None if diagnostic else instance.first("P")
    treated_on = treatment
    if settings.p_counts_as_treatment_start and postponed and treatment:
        treated_on = postponed

    days = {
        "of1": days_between(opening, attendance),
        "of2": days_between(attendance, decision),
        "of3": days_between(decision, treated_on),
        "of4": days_between(opening, treated_on),
        "share": days_between(opening, decision if diagnostic else treated_on),
    }
    spans = {name: count if count is None or count >= 0 else None for name, count in days.items()}
    if any(count is not None and count < 0 for count in days.values()):
        opening.tell(901)
    if any(count is not None and count > LONG_DAYS for count in days.values()):
        opening.tell(906)

    of1 = limits.in_force(prefix, "OF1", "", on=start)
    of2 = limits.in_force(prefix, "OF2", "", on=start)
    of3 = limits.in_force(prefix, "OF3", kind, on=start) if kind else None
    of4 = limits.in_force(prefix, "OF4", kind, on=start) if kind else None
    if kind == "O" and of4 is None and settings.surveillance_without_limit_counts:
        of3 = longest(limits, prefix, "OF3", start)
        of4 = longest(limits, prefix, "OF4", start)
    share = of4
    if diagnostic:
        share = of1 + of2 if of1 is not None and of2 is not None else None

    waived = settings.include_postponed or settings.p_counts_as_treatment_start
    reason = share_reason(instance, days["share"], share, postponed is not None and not waived)
    end = instance.end
    return {
        "episode_id": episode_id(opening),
        "patient_id": opening.patient,
        "pathway": prefix,
        "episode": instance.number,
        "start_date": start,
        "start_institution": opening.place,
        "first_attendance_date": attendance.day if attendance else None,
        "first_attendance_institution": attendance.place if attendance else "",
        "decision_date": decision.day if decision else None,
        "decision": decision.suffix[1] if decision else "",
        "decision_institution": decision.place if decision else "",
        "treatment_date": treatment.day if treatment else None,
        "treatment": kind,
        "treatment_institution": treatment.place if treatment else "",
        "end_date": end.day if end else instance.closed_by_rule,
        "end": end.suffix if end else ("R" if instance.closed_by_rule else ""),
        "end_institution": end.place if end else "",
        "trust": opening.trust,
        "institutions": len({row.place for row in instance.rows}),
        "trusts": len({row.trust for row in instance.rows}),
        "transferred": any(row.suffix == "O" or (row.starts and row.trust != opening.trust) for row in instance.rows),
        "postponed": postponed is not None,
        "via_specialist": opening.suffix == "AA",
        "of1_days": spans["of1"],
        "of1_limit": of1,
        "of2_days": spans["of2"],
        "of2_limit": of2,
        "of3_days": spans["of3"],
        "of3_limit": of3,
        "of4_days": spans["of4"],
        "of4_limit": of4,
        "share_days": spans["share"],
        "share_limit": share,
        "share_within": spans["share"] <= share if reason == "counts" else None,
        "share_reason": reason,
        "limit_version": limits.version(prefix, on=start),
    }


def longest(limits: Limits, prefix: str, span: str, start: date) -> int | None:
    """The longest limit of a span among the treatment kinds that have one on the day."""
    days = [limits.in_force(prefix, span, kind, on=start) for kind in limits.kinds(prefix, span)]
    return max((limit for limit in days if limit is not None), default=None)


def days_between(first: Row | None, last: Row | None) -> int | None:
    """Calendar days, date minus date; nothing where a point is missing."""
    return (day_of(last) - day_of(first)).days if first and last else None


def share_reason(instance: Instance, days: int | None, limit: int | None, postponed: bool) -> str:
    """Why the episode is or is not in the share: the first that fits."""
    if instance.closed_by_rule:
        return "closed_by_rule"
    if instance.end is None:
        return "open"
    ended_by = instance.end.suffix[0]
    if ended_by != ("C" if instance.opening.prefix == rulebook.DIAGNOSTIC else "F"):
        return "not_treated"
    if limit is None:
        return "no_limit"
    if postponed:
        return "postponed"
    if days is not None and days < 0:
        return "negative"
    return "counts"


def episode_id(opening: Row) -> str:
    """Stable name of an episode: prefix, day and a hash of the opening registration (FNV-1a, 64 bits)."""
    day = day_of(opening)
    named = opening.registration_id or f"{opening.patient}|{opening.prefix}|{day.isoformat()}"
    hashed = 0xCBF29CE484222325
    for byte in named.encode():
        hashed = ((hashed ^ byte) * 0x100000001B3) % 2**64
    return f"{opening.prefix}-{day:%Y%m%d}-{hashed:016x}"


# --- The whole --------------------------------------------------------------------------------------------------------


@dataclass
class Reading:
    """What the rule book says of the registrations."""

    episodes: list[dict[str, Any]]
    messages: list[dict[str, Any]]


def read(
    given: Sequence[Mapping[str, Any]],
    *,
    as_of: date,
    places: Places,
    limits: Limits,
    patients: Mapping[str, tuple[date | None, Any]] | None = None,
    settings: Settings | None = None,
) -> Reading:
    """Judge, link and measure the registrations."""
    settings = settings or Settings()
    rows = [to_row(number, row, places) for number, row in known_rows(given, as_of)]
    for row in rows:
        if patients is not None:
            judge_patient(row, patients)
        if not places.knows(row.place):
            row.tell(912)
        judge_alone(row)

    by_pathway: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        if not row.aside:
            by_pathway[row.patient, row.prefix].append(row)

    episodes: list[dict[str, Any]] = []
    for _, together in sorted(by_pathway.items()):
        for instance in link(together, settings):
            for row in instance.rows:
                judge_own_first_day(row)
            judge_transfers(instance, as_of)
            close_by_rule(instance, as_of)
            line = episode(instance, limits, settings)
            line["messages"] = " ".join(str(number) for number in all_messages(instance))
            episodes.append(line)
    return Reading(episodes, list(messages(rows)))


def to_row(number: int, given: Mapping[str, Any], places: Places) -> Row:
    """The cells of a row as things of the rule book. An unknown place is a unit of its own."""
    written = text(given, "event_date")[:10]
    day = date.fromisoformat(written) if written else None
    place = places.number(text(given, "institution"))
    trust = (places.trust(place, day) if day else None) or place
    return Row(
        number=number,
        patient=text(given, "patient_id"),
        code=text(given, "code"),
        day=day,
        place=place,
        trust=trust,
        registration_id=text(given, "registration_id"),
        written_place=text(given, "institution"),
    )


def all_messages(instance: Instance) -> list[int]:
    """The numbers on all rows of the instance, each once: used rows, and those set aside as 102 or 112 to 114."""
    return sorted({number for row in [*instance.rows, *instance.others] for number in row.messages})


def messages(rows: Iterable[Row]) -> Iterable[dict[str, Any]]:
    """One line per row and number."""
    for row in rows:
        for number in row.messages:
            yield {
                "row": row.number,
                "registration_id": row.registration_id,
                "patient_id": row.patient,
                "pathway": row.prefix if row.prefix in rulebook.FIRST_DAY else "",
                "episode": row.instance.number if row.instance else "",
                "code": row.code,
                "event_date": row.day,
                "institution": row.written_place,
                "message": number,
                "counted": not row.aside,
            }
