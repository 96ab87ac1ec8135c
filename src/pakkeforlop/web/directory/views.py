"""Who is who: the list by unit and pathway, and its change by those who may."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from pakkeforlop.access import queries
from pakkeforlop.access.actions import posts as actions
from pakkeforlop.access.actions.faults import Faults
from pakkeforlop.access.models import POST_KINDS, Post, User
from pakkeforlop.access.rights import Right
from pakkeforlop.coordination.actions.posts import follow
from pakkeforlop.coordination.queries.running import running
from pakkeforlop.web import clock
from pakkeforlop.web.directory.presenter import directory, vacant_only
from pakkeforlop.web.layout.choices import pathway_choices, unit_choices
from pakkeforlop.web.layout.days import read_day
from pakkeforlop.web.layout.frame import unit_name
from pakkeforlop.web.words import t

VACANT = "vacant"
FIELDS = ("kind", "org_nr", "pathway", "name", "phone", "phone_hours", "department")


def who_is_who(request: Any) -> HttpResponse:
    """GET: the posts of a unit and a pathway; at first those of one's own unit."""
    on = clock.today()
    rows, open_now = list(queries.posts(on=on)), running(request.access.scope(Right.DIRECTORY))
    known = {row.org_nr for row in rows} | {hospital for hospital, _ in open_now}
    units = sorted(((number, unit_name(number)) for number in known), key=lambda pair: pair[1])
    numbers = [number for number, _ in units]
    home = request.access.home if request.access.home in numbers else ""
    unit, pathway = request.GET.get("unit", home), request.GET.get("pathway", "")
    shown = [r for r in rows if unit in ("", r.org_nr) and (not pathway or r.pathway in ("", pathway))]
    editor = request.access.scope(Right.DIRECTORY_EDIT)
    mine = {(at, code) for at, code in open_now if unit in ("", at) and pathway in ("", code)}
    found = directory(shown, editor=editor, running=mine)
    only = request.GET.get("show", "") == VACANT
    values = {
        "units": [("", t("directory.all_units")), *units],
        "unit": unit,
        "pathways": pathway_choices(t("directory.all_pathways")),
        "pathway": pathway,
        "shows": [("", t("directory.every_post")), (VACANT, t("directory.vacant_posts"))],
        "show": VACANT if only else "",
        "shown": vacant_only(found) if only else found,
        "total": sum(one.total for one in found),
        "vacant": sum(one.vacant for one in found),
        "may_edit": bool(editor),
    }
    return render(request, "directory/list.html", values)


def add(request: Any) -> HttpResponse:
    """GET: the form, filled with what a vacancy tells. POST: a new post."""
    return _form(request, None)


def edit(request: Any, pk: int) -> HttpResponse:
    """GET: the form. POST: another holder, phone or department."""
    post = get_object_or_404(Post, pk=pk)
    if not request.access.scope(Right.DIRECTORY_EDIT).covers(post.org_nr, post.pathway):
        raise PermissionDenied
    return _form(request, post)


def end(request: Any, pk: int) -> HttpResponse:
    """POST: the post is no longer there from tomorrow."""
    post = get_object_or_404(Post, pk=pk)
    try:
        actions.end_post(
            post=post, on=clock.today(), scope=request.access.scope(Right.DIRECTORY_EDIT), by=request.user,
            at=clock.now(),
        )  # fmt: skip
    except Faults:
        raise PermissionDenied from None
    follow(units={post.org_nr}, on=clock.today(), at=clock.now(), by=request.user.pk)
    messages.success(request, t("directory.ended"))
    return redirect("directory")


def _form(request: Any, post: Post | None) -> HttpResponse:
    """The form, and what it saves."""
    scope = request.access.scope(Right.DIRECTORY_EDIT)
    typed = _typed(request, post)
    faults: dict[str, str] = {}
    if request.method == "POST":
        before = post.org_nr if post else typed["org_nr"]
        user, several = _user_of(typed["name"], typed["org_nr"], post)
        try:
            actions.save_post(
                post=post, **{name: typed[name] for name in FIELDS}, valid_from=read_day(typed["valid_from"]),
                user=user, scope=scope, by=request.user, at=clock.now(),
            )  # fmt: skip
        except Faults as found:
            faults = found.by_field
        else:
            follow(units={typed["org_nr"], before}, on=clock.today(), at=clock.now(), by=request.user.pk)
            messages.success(request, t("directory.saved_without_user" if several else "directory.saved"))
            return redirect("directory")
    values = {
        "post": post,
        "typed": typed,
        "faults": faults,
        "kinds": [(kind, t(f"directory.kind.{kind}")) for kind in POST_KINDS],
        "units": unit_choices(scope, ("trust", "hospital")),
        "pathways": pathway_choices(t("directory.whole_unit")),
        "names": list(queries.people(scope=scope).values_list("display_name", flat=True)),
    }
    return render(request, "directory/form.html", values)


def _user_of(name: str, org_nr: str, post: Post | None) -> tuple[User | None, bool]:
    """The user that a name of a post is, among those appointed to the unit; whether there are several, so none is."""
    if not name or (post is not None and post.name == name and post.user_id):
        return (post.user if post is not None and name else None), False
    found = queries.users_named(" ".join(name.split()), org_nr=org_nr, on=clock.today())
    return (found[0], False) if len(found) == 1 else (None, len(found) > 1)


def _typed(request: Any, post: Post | None) -> dict[str, str]:
    """What the fields hold: what was sent, else the post, else what the address of a vacancy tells."""
    today = t.num_day(clock.today())
    if request.method == "POST":
        return {name: request.POST.get(name, "").strip() for name in (*FIELDS, "valid_from")}
    if post is not None:
        return {**{name: getattr(post, name) for name in FIELDS}, "valid_from": today}
    return {**{name: request.GET.get(name, "") for name in FIELDS}, "valid_from": today}
