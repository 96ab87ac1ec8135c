"""Reads: what a person may on a day, which rows of a table that is, and who is who."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import reduce
from operator import or_
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet

from pakkeforlop.access import statements
from pakkeforlop.access.models import Assignment, Event, Opening, Post, SystemKey, TiedIdentity, User
from pakkeforlop.access.rights import Right
from pakkeforlop.access.scope import Access, Grant, Place, Scope, expand

Row = TypeVar("Row", bound=Model)
NOTHING = Q(pk__in=[])
LISTS = ("listed", "exported")
"""Kinds of lines that tell of many patients at once."""
EVERYTHING = "everything"
"""What a line tells of that took out the whole store: all patients up to the number in its `detail`."""


def in_force(on: date) -> Q:
    """Rows that hold on a day; both ends inclusive, an open end holds."""
    return Q(valid_from__lte=on) & (Q(valid_to__isnull=True) | Q(valid_to__gte=on))


def access_of(user: Any, *, on: date) -> Access:
    """What the person's assignments of the day allow; nothing for one who is not logged in or is switched off."""
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return Access()
    rows = statements.ask(_ASSIGNED, (user.pk, on, on))
    return Access(tuple(Grant(role, org, expand(org, on), *narrower) for role, org, *narrower in rows))


_ASSIGNED = (
    f"SELECT role, org_nr, pathway, department FROM {Assignment._meta.db_table} "
    "WHERE user_id = %s AND valid_from <= %s AND (valid_to IS NULL OR valid_to >= %s) ORDER BY id"
)


def scope_of(user: Any, *, on: date, right: Right | None = None) -> Scope:
    """The places that a person serves on a day, with a right or with any."""
    return access_of(user, on=on).scope(right)


def may(user: Any, right: Right, *, on: date) -> bool:
    """Whether the person holds a right somewhere."""
    return access_of(user, on=on).may(right)


def within(scope: Scope, *, orgs: Sequence[str], pathway: str = "", department: str = "") -> Q:
    """The rows of a table that lie within a scope: the same question as `Scope.covers`, asked of the database.

    `orgs` are the columns that hold a unit's number (any of them lets the row in), `pathway` and `department` the
    columns of those. Without a department column, a grant for one department lets nothing in.
    """
    parts = [_columns(g, orgs, pathway, department) for g in scope.grants if _can_be_asked(g, pathway, department)]
    if not parts:
        return NOTHING
    return Q() if any(not part for part in parts) else reduce(or_, parts)


def _can_be_asked(grant: Grant, pathway: str, department: str) -> bool:
    """Whether the table has the columns that the grant is narrowed by."""
    return bool((pathway or not grant.pathway) and (department or not grant.department))


def _columns(grant: Grant, orgs: Sequence[str], pathway: str, department: str) -> Q:
    """One grant as a condition; empty when it lets everything in."""
    here = Q()
    if grant.orgs is not None:
        here &= reduce(or_, (Q(**{f"{column}__in": sorted(grant.orgs)}) for column in orgs))
    if grant.pathway:
        here &= Q(**{f"{pathway}__startswith": grant.pathway})
    if grant.department:
        here &= Q(**{department: grant.department})
    return here


def narrowed(
    rows: QuerySet[Row], scope: Scope, *, orgs: Sequence[str], pathway: str = "", department: str = ""
) -> QuerySet[Row]:
    """`rows` within a scope; see `within`."""
    return rows.filter(within(scope, orgs=orgs, pathway=pathway, department=department))


def opening_of(user: Any, patient_id: int, *, at: datetime) -> Opening | None:
    """The reason by which the person has the patient open at this moment, if any."""
    return Opening.objects.filter(user_id=user.pk, patient_id=patient_id, at__lte=at, until__gt=at).first()


def can_see(user: Any, places: Iterable[Place], patient_id: int, *, at: datetime, on: date) -> bool:
    """Whether a person sees a patient: through a unit they serve, or through a reason that still holds."""
    if scope_of(user, on=on, right=Right.PATIENT).covers_any(places) is not None:
        return True
    return opening_of(user, patient_id, at=at) is not None


def openings(*, scope: Scope, since: datetime | None = None) -> QuerySet[Opening]:
    """Patients of these units that were opened with a reason, newest first; all of them, or those since a moment."""
    rows = Opening.objects.all() if since is None else Opening.objects.filter(at__gte=since)
    rows = narrowed(rows, scope, orgs=("org_nr",), pathway="pathway")
    return rows.select_related("user").prefetch_related("seen__by").order_by("-at", "-pk")


def unseen_openings(*, scope: Scope, reader: Any) -> QuerySet[Opening]:
    """Openings of these units that nobody has marked as seen; one's own are for others to look at."""
    return openings(scope=scope).filter(seen__isnull=True).exclude(user_id=reader.pk)


def unseen_count(*, scope: Scope, reader: Any) -> int:
    """How many openings wait to be looked at; one that stands at several units is one."""
    rows = unseen_openings(scope=scope, reader=reader).order_by().values("user_id", "patient_id", "at")
    return rows.distinct().count()


def posts(*, on: date, scope: Scope | None = None) -> QuerySet[Post]:
    """Who is who on a day; everyone's, or those of a scope."""
    rows = Post.objects.filter(in_force(on)).select_related("user").order_by("org_nr", "pathway", "kind", "pk")
    return rows if scope is None else narrowed(rows, scope, orgs=("org_nr",), pathway="pathway")


def users_named(name: str, *, org_nr: str, on: date) -> list[User]:
    """The users of a name, as others see it, who are appointed to a unit or to one above it on a day."""
    rows = User.objects.filter(display_name=name, is_active=True, is_system=False).order_by("pk")
    return [user for user in rows if any(g.orgs is None or org_nr in g.orgs for g in access_of(user, on=on).grants)]


def people(*, scope: Scope) -> QuerySet[User]:
    """Users with an assignment within a scope, and users who have none yet; other systems are no users to log in."""
    mine = narrowed(Assignment.objects.all(), scope, orgs=("org_nr",)).values("user_id")
    rows = User.objects.filter(Q(pk__in=mine) | Q(assignments__isnull=True), is_system=False)
    return rows.order_by("display_name", "pk").prefetch_related("assignments")


def spelt(column: str, word: str) -> Q:
    """Rows whose `column` holds a word, in small or capital letters.

    SQLite, and PostgreSQL in the locale C, fold the letters a to z alone; so a word with others, such as æ, ø, å and á,
    is looked for as it was typed, in small letters, in capitals and with a capital first.
    """
    ways = {word} if word.isascii() else {word, word.lower(), word.upper(), word.capitalize()}
    return reduce(or_, (Q(**{f"{column}__icontains": way}) for way in sorted(ways)))


def people_like(
    rows: QuerySet[User],
    *,
    words: Sequence[str],
    roles: Sequence[Sequence[str]],
    orgs: Sequence[Sequence[str]],
    on: date,
) -> QuerySet[User]:
    """Those of `rows` that fit every word: by name, by user name, or by a role or unit of the day.

    roles, orgs: for each word the roles and the numbers of units whose names it begins or stands in.
    """
    for word, kinds, units_ in zip(words, roles, orgs, strict=True):
        held = Assignment.objects.filter(in_force(on)).filter(Q(role__in=kinds) | Q(org_nr__in=units_))
        named = spelt("display_name", word) | spelt("username", word)
        rows = rows.filter(named | Q(pk__in=held.values("user_id")))
    return rows


def log_of(patient_id: int) -> QuerySet[Event]:
    """Every line about a patient, those of lists too, newest first. Asked for behind a page that has its own rule."""
    everything = Q(kind="exported", what=EVERYTHING, detail__patients_to__gte=patient_id)
    of_lists = Q(kind__in=LISTS, listed__contains=f",{patient_id},")
    rows = Event.objects.filter(Q(patient_id=patient_id) | of_lists | everything)
    return rows.select_related("by").order_by("-at", "-pk")


def identity_of(user: Any, issuer: str) -> TiedIdentity | None:
    """The login elsewhere that is this user, if any."""
    return TiedIdentity.objects.filter(user=user, issuer=issuer, cut_at__isnull=True).first()


def key_of(number: str, *, on: date) -> SystemKey | None:
    """The key of a number, if it is good on a day: not ended, not expired, its system not switched off."""
    rows = SystemKey.objects.select_related("user").filter(number=number, ended_at__isnull=True)
    return rows.filter(Q(expires_on__isnull=True) | Q(expires_on__gte=on), user__is_active=True).first()


def keys(*, scope: Scope | None = None) -> QuerySet[SystemKey]:
    """All keys, ended ones too, by system and age; of a scope, those of systems with an assignment within it."""
    rows = SystemKey.objects.select_related("user").order_by("user__username", "pk")
    if scope is None:
        return rows
    mine = narrowed(Assignment.objects.all(), scope, orgs=("org_nr",)).values("user_id")
    return rows.filter(user_id__in=mine).prefetch_related("user__assignments")
