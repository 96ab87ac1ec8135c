"""The figures, counted the slow way: every episode is put into every cell it belongs to, one by one.

A cell is an indicator, a branch, a kind, a pathway, a unit and a period, with sex and age group where asked for. What
belongs where follows decisions 8 to 12. Nothing is shared with the product.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import cache
from typing import Any

from reference import rulebook
from reference.places import UNITS, Places

DATA = UNITS.parent
COUNTRY = "900000000"
TOGETHER = "all_organ_specific"
BANDS = (30, 90, 180, 365)
MISSING_AFTER_DAYS = 90
LATE_AFTER_DAYS = 3
AGE_GROUPS = (18, 50, 60, 70, 80)

Unit = tuple[str, str]
Period = tuple[str, date]
Cell = tuple[str, str, str, str, str, str, str, date, str, str]
"""indicator, branch, kind, pathway_key, unit_level, org_nr, period_type, period_from, sex, age_group"""


@dataclass
class Figure:
    """What is counted in a cell."""

    numerator: int = 0
    denominator: int | None = None
    days: list[int] = field(default_factory=list)

    @property
    def median(self) -> Fraction | None:
        """The middle day, or midway between the two middle ones."""
        return quantile(self.days, Fraction(1, 2)) if self.days else None

    @property
    def p90(self) -> Fraction | None:
        """The 90th percentile, by the linear rule between neighbours."""
        return quantile(self.days, Fraction(9, 10)) if self.days else None


def quantile(days: list[int], share: Fraction) -> Fraction:
    """The value at `share` of the way from the first to the last, on a straight line between two neighbours."""
    ordered = sorted(days)
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (place - low) * (ordered[high] - ordered[low])


@cache
def keys() -> dict[str, str]:
    """The meaning-based key of each prefix."""
    found = {}
    for file in (DATA / "pathways").glob("*.toml"):
        pathway = tomllib.loads(file.read_text(encoding="utf-8"))
        found[pathway["code"]] = pathway["key"]
    return found


@cache
def regions() -> dict[str, str]:
    """The region (RHF) of each trust, both as organisation numbers."""
    content = [tomllib.loads(file.read_text(encoding="utf-8")) for file in UNITS.glob("*.toml")]
    number = {region["key"]: region["org_nr"] for part in content for region in part.get("region", [])}
    return {trust["org_nr"]: number[trust["region"]] for part in content for trust in part.get("trust", [])}


@cache
def hospitals() -> dict[str, str]:
    """The hospital of each number that is a hospital's or its radiotherapy unit's."""
    content = [tomllib.loads(file.read_text(encoding="utf-8")) for file in UNITS.glob("*.toml")]
    found = {}
    for part in content:
        for hospital in part.get("hospital", []):
            found[hospital["org_nr"]] = hospital["org_nr"]
            if hospital.get("radiotherapy_unit"):
                found[hospital["radiotherapy_unit"]] = hospital["org_nr"]
    return found


# --- where an episode is counted ------------------------------------------------------------------------------------


def units(place: str, trust: str, places: Places) -> list[Unit]:
    """Country, region, trust and hospital of a place. An unknown place is a trust and a hospital of its own, in a region
    that has no number; a trust's own number is no hospital."""
    of = [("national", COUNTRY), ("RHF", regions().get(trust, "")), ("HF", trust)]
    if place in hospitals():
        of.append(("hospital", hospitals()[place]))
    elif not places.knows(place):
        of.append(("hospital", place))
    return of


def periods(day: date) -> list[Period]:
    """The month, the tertial (four months) and the year of a day, each by its first day."""
    return [
        ("month", day.replace(day=1)),
        ("tertial", date(day.year, (day.month - 1) // 4 * 4 + 1, 1)),
        ("year", date(day.year, 1, 1)),
    ]


def is_kept(level: str, period: str, kind: str = "", indicator: str = "") -> bool:
    """Cells are kept in bounds: hospitals from the tertial up; kinds by month for the country only, never for hospitals."""
    if level == "hospital" and (period == "month" or kind):
        return False
    return not (kind and period == "month" and level != "national" and indicator != "pathways_open")


def pathways(prefix: str) -> list[str]:
    """The pathway itself, and all organ pathways together."""
    return [keys()[prefix], *([TOGETHER] if prefix[0] == "A" else [])]


# --- what is counted --------------------------------------------------------------------------------------------------


@dataclass
class Count:
    """One thing to count: it stands in the cells of these branches and kinds."""

    indicator: str
    on: date
    hit: bool
    days: int | None = None
    branches: tuple[str, ...] = ("all",)
    kinds: tuple[str, ...] = ("",)
    share: bool = True


def counts(episode: Mapping[str, Any], *, as_of: date, include_postponed: bool = False) -> Iterator[Count]:
    """What one episode is counted for."""
    prefix, end, ended = episode["pathway"], episode["end"], episode["end_date"]
    yield Count("pathways_started", episode["start_date"], hit=True, share=False)
    if episode["decision_date"]:
        yield Count(
            "pathways_decided", episode["decision_date"], hit=True, kinds=("", episode["decision"]), share=False
        )
        leads_on = not rulebook.ends(prefix, "C" + episode["decision"])
        if leads_on and (as_of - episode["decision_date"]).days >= MISSING_AFTER_DAYS:
            yield Count("missing_treatment", episode["decision_date"], hit=ended is None)
    if ended is None:
        yield Count(
            "pathways_open", as_of, hit=True, kinds=("", band((as_of - episode["start_date"]).days)), share=False
        )
        return
    yield Count("pathways_completed", ended, hit=True, kinds=("", end), share=False)
    if episode["postponed"]:
        yield Count("pathways_postponed", ended, hit=True, share=False)
    for span in ("of1", "of2"):
        days, limit = episode[f"{span}_days"], episode[f"{span}_limit"]
        if days is not None:
            yield Count(f"{span}_days", ended, hit=limit is not None and days <= limit, days=days)
    if end[0] == "F" or rulebook.attendance_missing(prefix, end) is not None:
        yield Count("missing_first_attendance", ended, hit=episode["first_attendance_date"] is None)
    if end[0] == "F":
        yield Count("missing_decision", ended, hit=episode["decision_date"] is None)
    if episode["share_reason"] != "counts":
        return
    branches = ("all", episode["treatment"]) if episode["treatment"] else ("all",)
    days, within = episode["share_days"], episode["share_within"]
    yield Count("of4_share", ended, hit=within, days=days, branches=branches)
    if prefix == rulebook.DIAGNOSTIC:
        return
    yield Count("of4_days", ended, hit=within, days=days, branches=branches)
    days, limit = episode["of3_days"], episode["of3_limit"]
    if days is not None and limit is not None:
        yield Count("of3_days", ended, hit=days <= limit, days=days, branches=branches)


def band(days: int) -> str:
    """How long an open pathway has lasted: up to each of the settings' days, or longer than the last."""
    lower = 0
    for upper in BANDS:
        if days <= upper:
            return f"{lower}-{upper}"
        lower = upper + 1
    return f"over_{BANDS[-1]}"


def age_group(age: int | None) -> str:
    """The group of an age in whole years."""
    if age is None:
        return ""
    lower = 0
    for first in AGE_GROUPS:
        if age < first:
            return f"{lower}-{first - 1}"
        lower = first
    return f"{lower}+"


# --- new patients (decision 12) -----------------------------------------------------------------------------------------

Person = tuple[date | None, str]


@dataclass(frozen=True)
class Group:
    """The diagnoses that a pathway's inclusion share is made over, and when."""

    prefix: str
    icd10: tuple[str, ...]
    first: date
    last: date


@cache
def groups() -> tuple[Group, ...]:
    """The pathways with an inclusion share, read from the catalogue's files."""
    found = []
    for file in sorted((DATA / "pathways").glob("*.toml")):
        pathway = tomllib.loads(file.read_text(encoding="utf-8"))
        if pathway.get("inclusion", True):
            ends = [pathway[name] for name in ("last_day", "inclusion_last_day") if name in pathway]
            last = min(ends, default=date.max)
            found.append(Group(pathway["code"], tuple(pathway.get("icd10", ())), pathway["introduced"], last))
    return tuple(found)


def group_of(icd10: str, born: date | None, on: date) -> Group | None:
    """Under 18: the children's pathway, whatever the diagnosis. Else the group with the most exact code for it."""
    if born is not None and age_on(on, born) < 18:
        return next(group for group in groups() if group.prefix == rulebook.CHILDREN)
    fits = [(len(code), group) for group in groups() for code in group.icd10 if is_within(icd10, code)]
    return max(fits, key=lambda fit: fit[0])[1] if fits else None


def is_within(icd10: str, code: str) -> bool:
    """Is a diagnosis a code of a group, one below it, or in a range such as C00-C14?"""
    if "-" in code:
        first, last = code.split("-")
        return first <= icd10[:3] <= last
    return icd10.replace(".", "").startswith(code.replace(".", ""))


def age_on(day: date, born: date) -> int:
    """Whole years; 29 February counts as 1 March in years without it."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def five_years_before(day: date) -> date:
    """The same date five years earlier; 29 February becomes 1 March."""
    try:
        return day.replace(year=day.year - 5)
    except ValueError:
        return date(day.year - 5, 3, 1)


def new_patients(
    cancers: Iterable[Mapping[str, Any]],
    episodes: Iterable[Mapping[str, Any]],
    people: Mapping[str, Person],
    *,
    as_of: date,
    places: Places,
) -> Iterator[tuple[str, date, bool, str, str]]:
    """Of each new patient: the pathway, the day of the first contact, in it or not, and the place and trust that count.

    New: no row of the same group in the five years before. In: a pathway of the kind began from 180 days before the
    first contact to 60 after; the first such start gives the unit, else the place of the contact does. Two rows of one
    day are one patient; the lowest organisation number stands.
    """
    rows: dict[tuple[str, str], list[tuple[date, str]]] = defaultdict(list)
    for cancer in cancers:
        contact = date.fromisoformat(cancer["first_contact_date"])
        born = people.get(cancer["patient_id"], (None, ""))[0]
        group = group_of(cancer["icd10"], born, contact)
        if group is not None and contact <= as_of:
            rows[cancer["patient_id"], group.prefix].append((contact, places.number(cancer["institution"])))
    starts = defaultdict(list)
    for line in episodes:
        starts[line["patient_id"], line["pathway"]].append(line)
    for (patient, prefix), contacts in rows.items():
        group = next(each for each in groups() if each.prefix == prefix)
        earlier: list[date] = []
        for contact, place in sorted(contacts):
            is_new = all(day <= five_years_before(contact) for day in earlier)
            earlier.append(contact)
            if not is_new or not group.first <= contact <= group.last:
                continue
            near = [line for line in starts[patient, prefix] if -180 <= (line["start_date"] - contact).days <= 60]
            if near:
                first = min(near, key=lambda line: line["start_date"])
                yield prefix, contact, True, first["start_institution"], first["trust"]
            else:
                yield prefix, contact, False, place, places.trust(place, contact) or place


# --- registrations ----------------------------------------------------------------------------------------------------


def of_registrations(
    rows: Iterable[Mapping[str, Any]], messages: Iterable[Mapping[str, Any]], places: Places
) -> dict[Cell, Figure]:
    """Messages by number, of all registrations of the cell: by the place and the day of each registration itself.

    And how long each took to be registered; one that is said to be registered before its event is left out.
    """
    below: dict[tuple[str, str, str, str, date], int] = defaultdict(int)
    cells: dict[Cell, Figure] = {}
    for row in rows:
        where = registered_in(row["code"], row["event_date"], row["institution"], places)
        for pathway, level, number, period, first in where:
            below[pathway, level, number, period, first] += 1
            registered = str(row.get("registered_at") or "")[:10]
            if registered >= row["event_date"][:10]:
                late = (date.fromisoformat(registered) - date.fromisoformat(row["event_date"][:10])).days
                cell = ("registration_delay_days", "all", "", pathway, level, number, period, first, "", "")
                delay = Count("registration_delay_days", first, hit=late <= LATE_AFTER_DAYS, days=late)
                put(cells.setdefault(cell, Figure()), delay)
    for line in messages:
        day = line["event_date"].isoformat() if line["event_date"] else ""
        for where in registered_in(line["code"], day, line["institution"], places):
            _, level, _, period, _ = where
            if is_kept(level, period, str(line["message"])):
                cell = ("messages", "all", str(line["message"]), *where, "", "")
                cells.setdefault(cell, Figure(denominator=below[where])).numerator += 1
    return cells


def registered_in(
    code: str, written: str, institution: str, places: Places
) -> Iterator[tuple[str, str, str, str, date]]:
    """Pathway, unit and period of one registration; none where it has no day. A code of no pathway stands alone."""
    if not written:
        return
    day = date.fromisoformat(written[:10])
    place = places.number(institution)
    trust = places.trust(place, day) or place
    for pathway in pathways(code[:3]) if code[:3] in rulebook.FIRST_DAY else [""]:
        for level, number in units(place, trust, places):
            if level != "hospital":
                for period, first in periods(day):
                    yield pathway, level, number, period, first


# --- the whole --------------------------------------------------------------------------------------------------------


def figures(
    episodes: Sequence[Mapping[str, Any]],
    *,
    as_of: date,
    places: Places,
    people: Mapping[str, Person] | None = None,
    cancers: Iterable[Mapping[str, Any]] = (),
) -> dict[Cell, Figure]:
    """Every cell that any episode or new patient falls into; by sex and age where a file of patients is given."""
    cells: dict[Cell, Figure] = defaultdict(Figure)
    for line in episodes:
        own = units(line["start_institution"], line["trust"], places)
        born, sex = (people or {}).get(line["patient_id"], (None, ""))
        age = None if born is None else age_on(line["start_date"], born)
        for each in counts(line, as_of=as_of):
            for cell in cells_of(each, own, line["pathway"], sex, age_group(age)):
                put(cells[cell], each)
    for prefix, contact, included, place, trust in new_patients(
        cancers, episodes, people or {}, as_of=as_of, places=places
    ):
        each = Count("inclusion_share", contact, hit=included)
        for cell in cells_of(each, units(place, trust, places), prefix):
            put(cells[cell], each)
    return dict(cells)


def put(figure: Figure, each: Count) -> None:
    """Count one thing in a cell."""
    figure.numerator += bool(each.hit)
    if each.share:
        figure.denominator = (figure.denominator or 0) + 1
    if each.days is not None:
        figure.days.append(each.days)


def cells_of(each: Count, own: list[Unit], prefix: str, sex: str = "", group: str = "") -> Iterator[Cell]:
    """The cells that one thing counted stands in. Times also by sex, by age and by both: per year, down to trusts."""
    people = [("", "")]
    if each.days is not None:
        people += [pair for pair in {(sex, ""), ("", group), (sex, group) if sex and group else ("", "")} if any(pair)]
    for pathway in pathways(prefix):
        for level, number in own:
            for period, first in periods(each.on):
                if each.indicator == "pathways_open" and period != "month":
                    continue
                for branch in each.branches:
                    for kind in each.kinds:
                        for of_sex, of_age in people:
                            whole = not of_sex and not of_age
                            by_people = period == "year" and level != "hospital" and branch == "all"
                            if is_kept(level, period, kind, each.indicator) and (whole or by_people):
                                yield (
                                    each.indicator,
                                    branch,
                                    kind,
                                    pathway,
                                    level,
                                    number,
                                    period,
                                    first,
                                    of_sex,
                                    of_age,
                                )
