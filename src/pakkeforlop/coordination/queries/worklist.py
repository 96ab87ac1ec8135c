"""The worklist: a page of open pathways of someone's units, ranked, and how many stand on each list.

Three queries whatever the history: the counts of the tabs, the counts of the groups, and the page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from pakkeforlop.access.models import Post, User
from pakkeforlop.access.queries import in_force, scope_of, within
from pakkeforlop.access.rights import Right
from pakkeforlop.coordination.models import Cover, WorklistRow
from pakkeforlop.coordination.queries.lists import LISTS, group_case, nothing_booked, order_case
from pakkeforlop.coordination.ranking import Group
from pakkeforlop.vocabulary.numbers import whole

PAGE = 50
ORGS = ("hospital", "receiver", "sender")
SORTS = {
    "rank": ("rank", "order", "sought"),
    "name": ("sought",),
    "phase": (F("phase_due").asc(nulls_last=True),),
    "whole": (F("whole_due").asc(nulls_last=True),),
    "next": (F("next_on").asc(nulls_last=True), F("next_at").asc(nulls_last=True)),
}


@dataclass(frozen=True)
class Filters:
    """What is asked for; empty is all. `owner`: "mine", "all", "none" or a user's id.

    Names and numbers that are searched for (`q`) never stand in an address: `s` names the search there.
    """

    view: str = "open"
    q: str = ""
    pathway: str = ""
    phase: str = ""
    owner: str = ""
    unit: str = ""
    flag: str = ""
    sort: str = "rank"
    s: str = ""

    @classmethod
    def read(cls, given: Any, *, q: str = "") -> Filters:
        """The filters of a query string, and what is searched for; what is not known is as if not given."""
        asked = {one.name: str(given.get(one.name, "")).strip()[:80] for one in fields(cls)} | {"q": q}
        asked["view"] = asked["view"] if asked["view"] in LISTS else "open"
        asked["flag"] = asked["flag"] if asked["flag"] in LISTS else ""
        asked["sort"] = asked["sort"] if asked["sort"] in SORTS else "rank"
        if asked["owner"] not in ("", "mine", "all", "none") and whole(asked["owner"]) is None:
            asked["owner"] = ""
        return cls(**asked)

    def pairs(self) -> dict[str, str]:
        """What differs from the plain list, for an address."""
        plain = Filters()
        return {
            one.name: getattr(self, one.name)
            for one in fields(self)
            if one.name != "q" and getattr(self, one.name) != getattr(plain, one.name)
        }

    @property
    def narrowed(self) -> bool:
        """Whether anything but the view and the order is asked for."""
        return bool(set(self.pairs()) - {"view", "sort", "owner"})


@dataclass(frozen=True)
class Reader:
    """Someone who reads the list on a day: the units' rows, and the coordinators that the person is deputy for."""

    user: Any
    on: date
    inside: Q
    covers: tuple[User, ...]

    def rows(self) -> QuerySet[WorklistRow]:
        """Every open pathway that the person's units carry, send or are to receive."""
        return WorklistRow.objects.filter(self.inside, closed=False)

    @property
    def own(self) -> list[int]:
        """The person, and those whose deputy he or she is."""
        return [self.user.pk, *(one.pk for one in self.covers)]


@dataclass(frozen=True)
class Around:
    """What the reader's whole list has: pathways, hospitals, people, and how many rows each person owns."""

    pathways: tuple[str, ...]
    hospitals: tuple[str, ...]
    people: tuple[User, ...]
    owned: dict[int | None, int]


@dataclass(frozen=True)
class Worklist:
    """A page of rows with the counts that stand around it."""

    rows: list[WorklistRow]
    filters: Filters
    on: date
    counts: dict[str, int]
    groups: dict[int, int]
    save_unbooked: int
    page: int
    around: Around

    @property
    def total(self) -> int:
        """Rows on the whole list as filtered."""
        return sum(self.groups.values())

    @property
    def pages(self) -> int:
        """Pages of the list."""
        return max(1, -(-self.total // PAGE))


def reader(user: Any, *, on: date, right: Right = Right.WORKLIST) -> Reader:
    """The person as reader of the list on a day: what every question about the list is asked for.

    `right`: the rows where the person holds it, for what is done and not only seen.
    """
    scope = scope_of(user, on=on, right=right)
    inside = within(scope, orgs=ORGS, pathway="pathway", department="department")
    return Reader(user, on, inside, covered_by(user, on=on))


def covered_by(user: Any, *, on: date) -> tuple[User, ...]:
    """The coordinators that the person is deputy for on a day, by a post or by a list that was handed over."""
    held = Post.objects.filter(in_force(on))
    deputy = held.filter(kind="deputy", user=user).values_list("org_nr", "pathway")
    wanted = Q(pk__in=[])
    for org, pathway in deputy:
        wanted |= Q(org_nr=org, pathway=pathway)
    posts = held.filter(wanted, kind="coordinator", user__isnull=False).exclude(user=user)
    given = Cover.objects.filter(deputy=user, ended_at=None, first_day__lte=on, last_day__gte=on)
    ids = Q(pk__in=posts.values("user_id")) | Q(pk__in=given.values("owner_id"))
    return tuple(User.objects.filter(ids).order_by("display_name"))


def worklist(*, for_: Reader, filters: Filters, page: int = 1) -> Worklist:
    """A page of the list; see `Filters`. Page 1 when there is no such page."""
    on, around = for_.on, look_around(for_)
    filters = _owned(filters, for_, around)
    base = _narrow(for_, filters)
    tabs = base.aggregate(**{name: Count("pk", filter=rule(on)) for name, rule in LISTS.items()})
    chosen = _listed(base, filters, on)
    groups = chosen.annotate(rank=group_case(on)).order_by().values("rank")
    counted = list(groups.annotate(n=Count("pk"), bare=Count("pk", filter=nothing_booked(on))))
    bare = next((row["bare"] for row in counted if row["rank"] == Group.SAVE), 0)
    found = Worklist([], filters, on, tabs, {row["rank"]: row["n"] for row in counted}, bare, page, around)
    at = page if 1 <= page <= found.pages else 1
    keys = list(in_order(chosen, on=on, sort=filters.sort).values_list("pk", flat=True)[(at - 1) * PAGE : at * PAGE])
    rows = ranked(for_.rows().filter(pk__in=keys), on=on, sort=filters.sort)
    return replace(found, rows=list(rows), page=at)


def total(*, for_: Reader, filters: Filters) -> int:
    """How many rows the whole list has, as filtered."""
    if not filters.owner:
        owns = for_.rows().filter(owner__in=for_.own).exists()
        filters = replace(filters, owner="mine" if owns else "all")
    return _listed(_narrow(for_, filters), filters, for_.on).count()


def everything(*, for_: Reader, filters: Filters) -> list[WorklistRow]:
    """The whole list as filtered, for print and spreadsheet."""
    filters = _owned(filters, for_, look_around(for_))
    return list(ranked(_listed(_narrow(for_, filters), filters, for_.on), on=for_.on, sort=filters.sort))


def plain_list(for_: Reader) -> QuerySet[WorklistRow]:
    """The list as it stands when nothing is asked of it: one's own rows, or everybody's for one who owns none."""
    mine = for_.rows().filter(owner__in=for_.own)
    return mine if mine.exists() else for_.rows()


def ranked(rows: QuerySet[WorklistRow], *, on: date, sort: str = "rank") -> QuerySet[WorklistRow]:
    """Rows in the order of the list, with group and patient."""
    return in_order(rows, on=on, sort=sort).select_related("patient", "owner", "changed_by", "proposed")


def in_order(rows: QuerySet[WorklistRow], *, on: date, sort: str = "rank") -> QuerySet[WorklistRow]:
    """The same, and nothing fetched beside the rows: a page is chosen without a look at the patients, of whom there may
    be millions.
    """
    return rows.annotate(rank=group_case(on), order=order_case(on)).order_by(*SORTS[sort], "pk")


def one(*, for_: Reader, patient_id: int, pathway: str, number: int) -> WorklistRow | None:
    """One row of someone's units, as it stands now."""
    rows = for_.rows().filter(patient_id=patient_id, pathway=pathway, number=number)
    return ranked(rows, on=for_.on).first()


def some(*, for_: Reader, keys: Sequence[tuple[str, str, int]]) -> list[WorklistRow]:
    """Rows of someone's units by patient's handle, pathway and number; what is not theirs is left out."""
    wanted = Q(pk__in=[])
    for handle, pathway, number in keys:
        wanted |= Q(patient__handle=handle, pathway=pathway, number=number)
    return list(ranked(for_.rows().filter(wanted), on=for_.on))


def look_around(for_: Reader) -> Around:
    """Pathways, hospitals and people of the reader's whole list, in one query and one for the names."""
    seen = list(for_.rows().order_by().values("pathway", "hospital", "owner_id").annotate(n=Count("pk")))
    owned: dict[int | None, int] = {}
    for row in seen:
        owned[row["owner_id"]] = owned.get(row["owner_id"], 0) + row["n"]
    people = User.objects.filter(pk__in=[pk for pk in owned if pk is not None]).order_by("display_name")
    return Around(
        tuple(sorted({row["pathway"] for row in seen})),
        tuple(sorted({row["hospital"] for row in seen})),
        tuple(people),
        owned,
    )


def _owned(filters: Filters, for_: Reader, around: Around) -> Filters:
    """A coordinator's own rows and those of whom he or she is deputy for; everybody's for one who owns none."""
    if filters.owner:
        return filters
    return replace(filters, owner="mine" if any(pk in around.owned for pk in for_.own) else "all")


def _narrow(for_: Reader, filters: Filters) -> QuerySet[WorklistRow]:
    asked = Q()
    if filters.owner == "mine":
        asked &= Q(owner__in=for_.own)
    elif filters.owner == "none":
        asked &= Q(owner__isnull=True)
    elif (number := whole(filters.owner)) is not None:
        asked &= Q(owner_id=number)
    if filters.pathway:
        asked &= Q(pathway=filters.pathway)
    if filters.phase:
        asked &= Q(phase=filters.phase)
    if filters.unit:
        asked &= Q(hospital=filters.unit) | Q(receiver=filters.unit) | Q(sender=filters.unit)
    for word in filters.q.casefold().split():
        asked &= Q(sought__contains=word)
    return for_.rows().filter(asked)


def _listed(base: QuerySet[WorklistRow], filters: Filters, on: date) -> QuerySet[WorklistRow]:
    chosen = base.filter(LISTS[filters.view](on))
    return chosen.filter(LISTS[filters.flag](on)) if filters.flag else chosen
