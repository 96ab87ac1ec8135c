"""Lists of what is missing or wrong with the codes of someone's units: proposals, gaps, messages, new cancers.

Every list is asked for one person, and filtered by unit, month and pathway in the database.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any

from django.db.models import CharField, Count, Q, QuerySet
from django.db.models.functions import Cast, Substr

from pakkeforlop.access.queries import scope_of, spelt, within
from pakkeforlop.access.rights import Right
from pakkeforlop.access.scope import Scope
from pakkeforlop.catalogue.load import load_catalogue
from pakkeforlop.coding.models import Registration
from pakkeforlop.coordination.flags import Flag
from pakkeforlop.coordination.models import Appointment, NewCancer, Proposal, Referral, WorklistRow
from pakkeforlop.coordination.queries.lists import has, nothing_booked
from pakkeforlop.episodes.models import Episode, EpisodeMessage

MOST = 50
"""Rows of each list where several stand together; the tab tells how many there are in all, and has them."""
PAGE = 100
"""Rows of a page where one list is chosen."""
Place = tuple[int, str]


@dataclass(frozen=True)
class Asked:
    """What is asked for; `month` as 2021-12, empty is all."""

    view: str = ""
    q: str = ""
    unit: str = ""
    month: str = ""
    pathway: str = ""

    @classmethod
    def read(cls, given: Any, views: Sequence[str]) -> Asked:
        """The filters of a query string; what is not known is as if not given."""
        asked = {one.name: str(given.get(one.name, "")).strip()[:80] for one in fields(cls)}
        asked["view"] = asked["view"] if asked["view"] in views else ""
        asked["month"] = asked["month"] if month_of(asked["month"]) else ""
        return cls(**asked)

    def pairs(self, **changes: str) -> dict[str, str]:
        """What is asked for, for an address; `changes` first. What is searched for stands in no address."""
        now = {one.name: getattr(self, one.name) for one in fields(self)} | changes
        return {name: value for name, value in now.items() if value and name != "q"}

    @property
    def of_any_month(self) -> Asked:
        """The same of every month, whichever list is looked at."""
        return Asked(q=self.q, unit=self.unit, pathway=self.pathway)

    @property
    def narrowed(self) -> bool:
        """Whether a filter is set."""
        return bool(self.q or self.unit or self.month or self.pathway)


@dataclass(frozen=True)
class Coder:
    """Someone who reads the lists on a day."""

    user: Any
    on: date
    scope: Scope


def coder(user: Any, *, on: date) -> Coder:
    """The person as reader of the lists on a day."""
    return Coder(user, on, scope_of(user, on=on, right=Right.CODING_LISTS))


def month_of(text: str) -> tuple[date, date] | None:
    """First and last day of a month written 2021-12."""
    try:
        first = date.fromisoformat(f"{text}-01")
        return first, (first + timedelta(31)).replace(day=1) - timedelta(1)
    except (ValueError, OverflowError):
        return None


def proposals(asked: Asked, *, for_: Coder) -> QuerySet[Proposal]:
    """Codes that are ready to be confirmed, oldest event first."""
    rows = Proposal.objects.filter(within(for_.scope, orgs=("institution",), pathway="pathway"), state="open")
    rows = filtered(rows, asked, day="event_date", unit="institution", code="code")
    return rows.select_related("patient").order_by("event_date", "pk")


def gaps(asked: Asked, *, for_: Coder) -> QuerySet[WorklistRow]:
    """Open pathways that miss their next code, and nothing that happened explains it; longest without a trace first.

    A treatment is booked or given without a decision, or the phase's limit has passed and nothing is booked.
    """
    inside = within(for_.scope, orgs=("hospital",), pathway="pathway", department="department")
    lost = nothing_booked(for_.on) & Q(phase_due__lt=for_.on)
    rows = WorklistRow.objects.filter(inside, has(Flag.MISSING_CODE) | lost, closed=False, proposed=None)
    rows = filtered(rows, asked, day="phase_from", unit="hospital", code="pathway")
    return rows.select_related("patient").order_by("last_touched", "pk")


def marked(asked: Asked, *, for_: Coder) -> QuerySet[EpisodeMessage]:
    """Registrations that the rules have marked, latest first."""
    inside = within(for_.scope, orgs=("registration__institution",), pathway="registration__code")
    rows = EpisodeMessage.objects.filter(inside)
    rows = filtered(
        rows, asked, day="registration__event_date", unit="registration__institution", code="registration__code",
        pathway="registration__code",
    )  # fmt: skip
    return rows.select_related("patient", "registration").order_by("-registration__event_date", "pk")


def without_pathway(asked: Asked, *, for_: Coder) -> list[NewCancer]:
    """New cancers of the last year without a pathway of their kind, and no reason given; latest first.

    The window is that of the inclusion share: a start from 180 days before to 60 after the first contact. A contact
    younger than the window after is not asked about yet.
    """
    settings = load_catalogue().settings.inclusion
    last = for_.on - timedelta(settings.days_after)
    rows = NewCancer.objects.filter(
        within(for_.scope, orgs=("institution",)), reason="",
        first_contact_date__gte=for_.on - timedelta(365), first_contact_date__lte=last,
    )  # fmt: skip
    rows = filtered(rows, asked, day="first_contact_date", unit="institution", code="icd10", pathway="")
    found = list(rows.select_related("patient").order_by("-first_contact_date", "pk"))
    starts = _starts({row.patient_id for row in found})
    kept = []
    for row in found:
        kinds = pathways_of(row.icd10)
        first, end = row.first_contact_date - timedelta(settings.days_before), row.first_contact_date + timedelta(
            settings.days_after
        )
        there = any(prefix in kinds and first <= day <= end for prefix, day in starts.get(row.patient_id, ()))
        if kinds and not there and (not asked.pathway or asked.pathway in kinds):
            kept.append(row)
    return kept


def downgraded(asked: Asked, *, for_: Coder) -> QuerySet[Referral]:
    """Referrals that were taken out of the pathways and that nobody has settled, oldest first."""
    inside = within(for_.scope, orgs=("institution",), pathway="pathway")
    rows = Referral.objects.filter(inside, downgraded=True)
    rows = filtered(rows, asked, day="received_date", unit="institution", code="pathway")
    return rows.select_related("patient", "assessed_by").order_by("received_date", "pk")


def downgraded_of(number: int, *, for_: Coder) -> Referral | None:
    """A downgraded referral of someone's units by its row; None for one that is settled or another's."""
    return downgraded(Asked(), for_=for_).filter(pk=number).first()


def pathways_of(icd10: str) -> list[str]:
    """The pathways that a diagnosis belongs to and that are counted in the inclusion share."""
    text = icd10.replace(".", "").upper()
    return [
        code
        for code, pathway in load_catalogue().pathways.items()
        if pathway.inclusion and any(text.startswith(one.replace(".", "").upper()) for one in pathway.icd10)
    ]


def of_month(asked: Asked, *, for_: Coder) -> QuerySet[Any]:
    """The pathways that something was registered of in the month asked for; without a month, those that are open.

    Patient and prefix of each, once.
    """
    period = month_of(asked.month)
    if period is None:
        inside = within(for_.scope, orgs=("hospital",), pathway="pathway", department="department")
        rows = WorklistRow.objects.filter(inside, closed=False)
        return places(filtered(rows, asked, day="", unit="hospital", code="pathway"), "pathway")
    inside = within(for_.scope, orgs=("institution",), pathway="code")
    found = Registration.objects.filter(inside, event_date__range=period, withdrawn=False)
    return places(filtered(found, asked, day="", unit="institution", code="code", pathway="code"), "code")


def places(rows: QuerySet[Any], column: str) -> QuerySet[Any]:
    """Patient and pathway of some rows, each once; `column` has the pathway's prefix, or a code of it."""
    known: QuerySet[Any] = rows.filter(patient__isnull=False).annotate(prefix=Substr(column, 1, 3)).order_by()
    return known.values_list("patient_id", "prefix").distinct()


def lacking(asked: Asked, lists: Sequence[QuerySet[Any]], *, for_: Coder) -> tuple[int, int]:
    """How many pathways stand on some lists (places), and of how many: those of the month, and these. The database
    counts; nobody's list is read for it.
    """
    first, *others = lists
    some = first.union(*others)
    return some.count(), of_month(asked, for_=for_).union(first, *others).count()


@dataclass(frozen=True)
class Counted:
    """How many proposals, gaps and marked codes a unit has of a month (empty: without a day) and pathway."""

    unit: str
    month: str
    pathway: str
    n: int


def tally(asked: Asked, *, for_: Coder) -> tuple[Counted, ...]:
    """What is missing or marked, counted by the database. `asked` without its month and view."""
    sources = (
        (proposals(asked, for_=for_), "institution", "event_date", "pathway"),
        (gaps(asked, for_=for_), "hospital", "phase_from", "pathway"),
        (marked(asked, for_=for_), "registration__institution", "registration__event_date", "registration__code"),
    )
    return tuple(
        Counted(unit, month or "", prefix, n)
        for rows, at, day, code in sources
        for unit, month, prefix, n in rows.order_by()
        .annotate(month=Substr(Cast(day, CharField()), 1, 7), prefix=Substr(code, 1, 3))
        .values_list(at, "month", "prefix")
        .annotate(n=Count("pk"))
    )


def backlog(counted: Iterable[Counted], *, on: date) -> Counter[tuple[str, str]]:
    """How many codes are missing or marked, by unit and month, for months before the one that runs."""
    found: Counter[tuple[str, str]] = Counter()
    for one in counted:
        if "" < one.month < f"{on:%Y-%m}":
            found[(one.unit, one.month)] += one.n
    return found


def proposals_of(ids: Iterable[int], *, for_: Coder) -> list[Proposal]:
    """Proposals of someone's units by their rows, in the order of the list; answered ones too (a double click)."""
    inside = within(for_.scope, orgs=("institution",), pathway="pathway")
    rows = Proposal.objects.filter(inside, pk__in=list(ids)).select_related("patient")
    return list(rows.order_by("event_date", "pk"))


def new_cancer_of(number: int, *, for_: Coder) -> NewCancer | None:
    """A new cancer of someone's units by its row."""
    inside = within(for_.scope, orgs=("institution",))
    return NewCancer.objects.filter(inside, pk=number).select_related("patient").first()


def last_traces(rows: Sequence[WorklistRow], *, on: date) -> dict[Place, Appointment]:
    """The last appointment that each pathway has had."""
    patients = [row.patient_id for row in rows]
    found: dict[Place, Appointment] = {}
    seen = Appointment.objects.filter(patient__in=patients, at__date__lte=on).order_by("at", "pk")
    for one in seen:
        found[(one.patient_id, one.pathway)] = one
    return found


def filtered(
    rows: QuerySet[Any], asked: Asked, *, day: str, unit: str, code: str, pathway: str = "pathway"
) -> QuerySet[Any]:
    """The rows that the filters ask for; `q` is looked for in name, number and code."""
    period = month_of(asked.month)
    if period is not None and day:
        rows = rows.filter(**{f"{day}__range": period})
    if asked.unit:
        rows = rows.filter(**{unit: asked.unit})
    if asked.pathway and pathway:
        rows = rows.filter(**{f"{pathway}__startswith": asked.pathway})
    for word in asked.q.split():
        rows = rows.filter(
            spelt("patient__name", word)
            | Q(patient__national_number__startswith=word)
            | Q(**{f"{code}__istartswith": word})
        )
    return rows


def _starts(patients: set[int]) -> dict[int, list[tuple[str, date]]]:
    found: dict[int, list[tuple[str, date]]] = {}
    for patient, prefix, day in Episode.objects.filter(patient__in=patients).values_list(
        "patient_id", "pathway", "start_date"
    ):
        found.setdefault(patient, []).append((prefix, day))
    return found
