"""Users and assignments: the list, one person, and what an administrator changes there."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from pakkeforlop.access import queries
from pakkeforlop.access.actions import assigning, users
from pakkeforlop.access.actions.faults import Faults
from pakkeforlop.access.models import Assignment, User
from pakkeforlop.access.rights import Right
from pakkeforlop.web import clock
from pakkeforlop.web.layout.choices import pathway_choices, role_choices, unit_choices
from pakkeforlop.web.layout.days import read_day
from pakkeforlop.web.people.presenter import line, person
from pakkeforlop.web.words import t


def people(request: Any) -> HttpResponse:
    """GET: the users of my units, by name."""
    wanted = " ".join(request.GET.get("q", "").split()).lower()
    on = clock.today()
    rows = list(queries.people(scope=request.access.scope(Right.PEOPLE)))
    two_steps = set(Authenticator.objects.filter(user__in=rows).values_list("user_id", flat=True))
    shown = [person(user, {"x"} if user.pk in two_steps else set(), on) for user in rows]
    total = len(shown)
    if wanted:
        shown = [one for one in shown if wanted in f"{one.name} {one.username} {' '.join(one.does)}".lower()]
    return render(request, "people/list.html", {"people": shown, "total": total, "wanted": wanted})


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
    except Faults:
        raise PermissionDenied from None
    messages.success(request, t("people.ended"))
    return redirect("people_one", pk=row.user_id)


def _managed(request: Any, pk: int) -> User:
    """A user whose every living assignment is the administrator's to manage."""
    user = get_object_or_404(User, pk=pk)
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
