"""The only way to add an address: `page(...)` says who may, and writes the access log before the answer leaves.

A page about a patient takes `<str:handle>`. The patient is found through the user's units with the page's right, for
some hours through a code that the user has moved or withdrawn from them, or through a reason that still holds; the
look is on the log before the view is asked. Anyone else gets the page that asks for a reason. When the log cannot be
written, nothing is shown.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.http import url_has_allowed_host_and_scheme

from pakkeforlop.access.actions.opening import HOURS
from pakkeforlop.access.audit import LogNotWritten, record
from pakkeforlop.access.queries import access_of, opening_of
from pakkeforlop.access.rights import Right
from pakkeforlop.access.scope import Place
from pakkeforlop.web import clock
from pakkeforlop.web.log.stopped import ask_for_reason, no_log
from pakkeforlop.web.login import second_factor
from pakkeforlop.web.patients import patient_by_handle, places_of, places_of_own_changes

KEPT_NOWHERE = "private, no-store"
"""Pages behind login stay in no cache, so that the back button shows nothing after logging out on a shared machine."""
View = Callable[..., HttpResponseBase]


class Open(Enum):
    """Rules of pages that need no right."""

    ANYONE = "anyone"
    LOGGED_IN = "logged_in"
    SYSTEM = "system"
    """For other systems with a key; see web/system_api."""


@dataclass(frozen=True)
class Rule:
    """Who may ask for a page, and how; the sweep of routes reads it.

    early: open also to a person who must choose a password of one's own, or set up a second step, before anything else.
    """

    name: str
    right: Right | Open
    about_patient: bool
    methods: tuple[str, ...]
    quiet: bool
    early: bool = False


def page(
    route: str,
    view: View,
    *,
    name: str,
    right: Right | Open,
    about_patient: bool = False,
    methods: tuple[str, ...] = ("GET",),
    quiet: bool = False,
    early: bool = False,
) -> URLPattern:
    """An address with its rule. `methods` allowed (GET brings HEAD); `quiet` pages do not keep a session awake; `early`
    ones are open to a person who must set up a second step first.
    """
    if about_patient and not isinstance(right, Right):
        raise ValueError(f"{name}: a page about a patient needs a right.")
    if about_patient and "<str:handle>" not in route:
        raise ValueError(f"{name}: a page about a patient takes <str:handle>.")
    guarded = _guard(view, Rule(name, right, about_patient, methods, quiet, early))
    return path(route, guarded, name=name)


def _guard(view: View, rule: Rule) -> View:
    """`view` behind its rule."""
    allowed = {*rule.methods, *(("HEAD",) if "GET" in rule.methods else ())}

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **parts: Any) -> HttpResponseBase:
        if request.method not in allowed:
            return HttpResponseNotAllowed(sorted(allowed))
        asked: Any = request
        if hasattr(request, "user"):  # public addresses are answered before anybody is known
            asked.access = access_of(request.user, on=clock.today())
        asked.listed = ()
        try:
            answer = _answer(view, rule, asked, args, parts)
        except LogNotWritten:
            return no_log(request)
        if rule.right is not Open.ANYONE:
            answer.headers.setdefault("Cache-Control", KEPT_NOWHERE)
        return answer

    guarded.rule = rule  # type: ignore[attr-defined]
    return guarded


def _answer(view: View, rule: Rule, request: Any, args: tuple[Any, ...], parts: dict[str, Any]) -> HttpResponseBase:
    """The view's answer for one who may, with its line on the log."""
    if rule.right is Open.ANYONE:
        return view(request, *args, **parts)
    if not request.user.is_authenticated:
        return redirect_to_login(_after_login(request, rule), reverse("account_login"))
    request.must_set_up = request.user.password_told or second_factor.is_lacking(request)
    if request.must_set_up and not rule.early:
        told = request.user.password_told
        return redirect("account_change_password") if told else second_factor.lead_there(request)
    if isinstance(rule.right, Right) and not request.access.may(rule.right):
        raise PermissionDenied
    if rule.about_patient:
        return _about_patient(view, rule, request, args, parts)
    answer = view(request, *args, **parts)
    if request.listed:
        record("listed", by=request.user, at=clock.now(), what=rule.name, listed=request.listed)
    return answer


def _after_login(request: Any, rule: Rule) -> str:
    """Where one who must log in first is led afterwards: the page asked for; for what was posted, which is not kept,
    the page it was posted from, and the front page where that is not told.
    """
    if request.method in {"GET", "HEAD"} and "GET" in rule.methods and not rule.quiet:
        return str(request.get_full_path())
    parts = urlsplit(request.headers.get("Referer", ""))
    if parts.netloc == request.get_host() and url_has_allowed_host_and_scheme(parts.path, allowed_hosts=None):
        return f"{parts.path}?{parts.query}" if parts.query else str(parts.path)
    return "/"


def _about_patient(
    view: View, rule: Rule, request: Any, args: tuple[Any, ...], parts: dict[str, Any]
) -> HttpResponseBase:
    """A page about one patient: found through units or a reason, and logged before the view is asked."""
    patient = patient_by_handle(parts.pop("handle"))
    places = places_of(patient)
    scope = request.access.scope(rule.right)
    place = scope.covers_any(places)
    if place is None and scope:
        since = clock.in_hours(-HOURS)
        place = scope.covers_any(places_of_own_changes(patient, request.user, since=since))
    opening = None if place else opening_of(request.user, patient.pk, at=clock.now())
    if place is None and opening is None:
        return ask_for_reason(request, patient, places)
    request.patient, request.opening = patient, opening
    if request.method in {"GET", "HEAD"}:
        _look(rule, request, place)
        return view(request, *args, **parts)
    answer = view(request, *args, **parts)
    if not 300 <= answer.status_code < 400:
        _look(rule, request, place)
    return answer


def _look(rule: Rule, request: Any, place: Place | None) -> None:
    """The line of a look. A change has its own line, written by the action together with the change."""
    at, opening = place or Place(""), request.opening
    record(
        "looked",
        by=request.user,
        at=clock.now(),
        what=rule.name,
        patient_id=request.patient.pk,
        org_nr=at.org_nr,
        pathway=at.pathway,
        detail={"opening": opening.pk} if opening else {},
        reason=opening.reason if opening else "",
    )


def rule_of(pattern: URLPattern) -> Rule | None:
    """The rule of an address; None for one that was added past `page`."""
    return getattr(pattern.callback, "rule", None)
