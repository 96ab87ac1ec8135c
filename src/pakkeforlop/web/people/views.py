"""Users and assignments: the list, one person, and what an administrator changes there."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from pakkeforlop.access import queries
from pakkeforlop.access.actions import assigning, users
from pakkeforlop.access.actions.faults import Faults
from pakkeforlop.access.models import Assignment, User
from pakkeforlop.access.rights import Right
from pakkeforlop.access.scope import units
from pakkeforlop.web import clock
from pakkeforlop.web.layout.choices import pathway_choices, role_choices, unit_choices
from pakkeforlop.web.layout.days import read_day
from pakkeforlop.web.login.second_factor import FACTORS
from pakkeforlop.web.people.presenter import line, person
from pakkeforlop.web.words import t

AT_ONCE = 50
"""Users of a page."""
STATES = ("", "off", "one_step", "nothing")
"""All; switched off; with a password alone; appointed to nothing."""


def people(request: Any) -> HttpResponse:
    """GET: the users of my units, by name; `q` narrows by name, role or unit, `state` by how they stand."""
    wanted = " ".join(request.GET.get("q", "").split())[:80]
    state = request.GET.get("state", "")
    state = state if state in STATES else ""
    on = clock.today()
    every = queries.people(scope=request.access.scope(Right.PEOPLE))
    rows = _in_state(_like(every, wanted.split()[:6], on), state, on)
    at = Paginator(rows, AT_ONCE).get_page(request.GET.get("page"))
    users_ = list(at.object_list)
    steps = set(Authenticator.objects.filter(user__in=users_, type__in=FACTORS).values_list("user_id", flat=True))
    values = {
        "people": [person(user, {"x"} if user.pk in steps else set(), on) for user in users_],
        "total": every.count(),
        "found": at.paginator.count,
        "wanted": wanted,
        "state": state,
        "states": [(name, t(f"people.show_state.{name or 'all'}")) for name in STATES],
        "page": at,
        "earlier": _address(wanted, state, at.previous_page_number()) if at.has_previous() else "",
        "later": _address(wanted, state, at.next_page_number()) if at.has_next() else "",
    }
    return render(request, "people/list.html", values)


def _like(rows: QuerySet[User], words: list[str], on: date) -> QuerySet[User]:
    """The users that fit every word typed."""
    roles = [[key for key, name in role_choices() if word.casefold() in name.casefold()] for word in words]
    named = {number: unit.name.casefold() for number, unit in units().by_number.items()}
    orgs = [[number for number, name in named.items() if word.casefold() in name] for word in words]
    return queries.people_like(rows, words=words, roles=roles, orgs=orgs, on=on)


def _in_state(rows: QuerySet[User], state: str, on: date) -> QuerySet[User]:
    """The users that stand like that."""
    if state == "off":
        return rows.filter(is_active=False)
    if state == "one_step":
        safe = Authenticator.objects.filter(type__in=FACTORS).values("user_id")
        return rows.filter(is_active=True).exclude(pk__in=safe)
    if state == "nothing":
        return rows.exclude(pk__in=Assignment.objects.filter(queries.in_force(on)).values("user_id"))
    return rows


def _address(wanted: str, state: str, page: int) -> str:
    return "?" + urlencode({name: value for name, value in (("q", wanted), ("state", state), ("page", page)) if value})


def add(request: Any) -> HttpResponse:
    """GET: the form. POST: a new user with a first password, which is shown once."""
    typed = {"username": request.POST.get("username", ""), "display_name": request.POST.get("display_name", "")}
    faults: dict[str, str] = {}
    if request.method == "POST":
        password = users.first_password()
        try:
            user = users.add_user(**typed, password=password, by=request.user, at=clock.now())
        except Faults as found:
            faults = found.by_field
        else:
            return _page(request, user, password=password)
    return render(request, "people/add.html", {"typed": typed, "faults": faults})


def one(request: Any, pk: int) -> HttpResponse:
    """GET: one person. POST: name, and whether the person can log in."""
    user = _managed(request, pk)
    if request.method == "GET":
        return _page(request, user)
    try:
        users.change_user(
            user=user, display_name=request.POST.get("display_name", ""),
            is_active=request.POST.get("is_active") == "1", by=request.user, at=clock.now(),
        )  # fmt: skip
    except Faults as found:
        return _page(request, user, faults=found.by_field)
    messages.success(request, t("people.saved"))
    return redirect("people_one", pk=pk)


def new_login(request: Any, pk: int) -> HttpResponse:
    """POST: a new first password, shown once; the second factor is taken away."""
    user = _managed(request, pk)
    if user.pk == request.user.pk:
        raise PermissionDenied
    password = users.first_password()
    users.give_new_login(user=user, password=password, by=request.user, at=clock.now())
    return _page(request, user, password=password)


def assign(request: Any, pk: int) -> HttpResponse:
    """POST: a role for a unit."""
    user = get_object_or_404(queries.people(scope=request.access.scope(Right.PEOPLE)), pk=pk)
    typed = {name: request.POST.get(name, "").strip() for name in ("role", "org_nr", "pathway", "department")}
    last = request.POST.get("valid_to", "").strip()
    faults = {"valid_to": "date"} if last and read_day(last) is None else {}
    try:
        if faults:
            raise Faults(faults)
        assigning.assign(
            user=user, **typed, valid_from=read_day(request.POST.get("valid_from", "")), valid_to=read_day(last),
            scope=request.access.scope(Right.PEOPLE), by=request.user, at=clock.now(),
        )  # fmt: skip
    except Faults as found:
        return _page(request, user, faults=found.by_field, typed={**request.POST.dict(), **typed})
    messages.success(request, t("people.assigned"))
    return redirect("people_one", pk=pk)


def end(request: Any, pk: int) -> HttpResponse:
    """POST: an assignment's last day is today."""
    row = get_object_or_404(Assignment, pk=pk)
    try:
        assigning.end_assignment(
            assignment=row, on=clock.today(), scope=request.access.scope(Right.PEOPLE), by=request.user, at=clock.now()
        )
    except Faults as found:
        if "org_nr" in found.by_field:
            raise PermissionDenied from None
        messages.warning(request, t("people.fault.self"))
    else:
        messages.success(request, t("people.ended"))
    return redirect("people_one", pk=row.user_id)


def _managed(request: Any, pk: int) -> User:
    """A user whose every living assignment is the administrator's to manage; another system is no user to log in."""
    user = get_object_or_404(User, pk=pk, is_system=False)
    if not assigning.may_manage(user, request.access.scope(Right.PEOPLE), on=clock.today()):
        raise PermissionDenied
    return user


def _page(
    request: Any, user: User, *, password: str = "", faults: dict[str, str] | None = None,
    typed: dict[str, str] | None = None,
) -> HttpResponse:  # fmt: skip
    scope = request.access.scope(Right.PEOPLE)
    rows = list(Assignment.objects.filter(user=user).order_by("-valid_from", "pk"))
    values = {
        "person": User.objects.get(pk=user.pk),
        "lines": [(line(row, clock.today()), scope.covers(row.org_nr, row.pathway, row.department)) for row in rows],
        "managed": assigning.may_manage(user, scope, on=clock.today()),
        "myself": user.pk == request.user.pk,
        "password": password,
        "faults": faults or {},
        "typed": {"valid_from": t.num_day(clock.today()), **(typed or {})},
        "roles": role_choices(),
        "units": unit_choices(scope),
        "pathways": pathway_choices(),
    }
    return render(request, "people/one.html", values)
