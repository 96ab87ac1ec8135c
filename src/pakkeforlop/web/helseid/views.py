"""Going to HelseID and coming back: to log in, or to tie one's HelseID to the user one is logged in as.

A login here and a HelseID are one person only by that person's own act: logged in here, proved anew, then at HelseID.
Nobody is found by name or number, and no user is made.
"""

from __future__ import annotations

import json
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from pakkeforlop.access.actions import identities
from pakkeforlop.access.actions.faults import Faults
from pakkeforlop.access.audit import record
from pakkeforlop.access.helseid import Profile, profile_of
from pakkeforlop.web import clock
from pakkeforlop.web.helseid import exchange
from pakkeforlop.web.helseid.refusal import Refused
from pakkeforlop.web.login.sealing import InvalidToken, opened, sealed
from pakkeforlop.web.words import t

KEPT = "helseid"
"""What the session keeps of the one exchange that is under way, sealed; starting another forgets the first."""
BY = "logged_in_by"
"""Key of the session: which way the person came in, when it was not by password."""
STATUS = {"unknown": 403, "inactive": 403, "weak": 403, "taken": 409, "other_person": 409, "unreachable": 503}


def start(request: HttpRequest) -> HttpResponse:
    """POST: off to HelseID to log in; `next` is the page to come back to."""
    return _off(request, {"why": "login", "user": None, "next": _safe_next(request)})


def tie(request: Any) -> HttpResponse:
    """POST: off to HelseID to tie it to the user one is logged in as, after proving anew who one is."""
    if not did_recently_reauthenticate(request):
        return redirect(f"{reverse('account_reauthenticate')}?next={reverse('mfa_index')}")
    return _off(request, {"why": "tie", "user": request.user.pk, "next": reverse("mfa_index")})


def cut(request: Any) -> HttpResponse:
    """POST: the HelseID is no longer this user."""
    profile = _profile()
    if identities.cut(user=request.user, issuer=profile.issuer, by=request.user, at=clock.now()):
        messages.success(request, t("helseid.is_cut"))
    return redirect("mfa_index")


def back(request: Any) -> HttpResponse:
    """GET: where HelseID sends the person. Whatever is not just as it should be logs nobody in."""
    profile = _profile()
    try:
        kept = _taken(request)
        told = exchange.finish(profile, kept["exchange"], dict(request.GET.lists()), now=clock.seconds())
        if kept["why"] == "tie":
            return _tied(request, kept, told)
        return _logged_in(request, kept, told)
    except Refused as refusal:
        return _refused(request, refusal)


def _off(request: Any, kept: dict[str, Any]) -> HttpResponse:
    profile = _profile()
    try:
        address = request.build_absolute_uri(reverse("helseid_back"))
        begun = exchange.begin(profile, back=address, now=clock.seconds())
    except Refused as refusal:
        return _refused(request, refusal)
    request.session[KEPT] = sealed(json.dumps({**kept, "exchange": begun.kept}), purpose=KEPT)
    return redirect(begun.address)


def _taken(request: Any) -> dict[str, Any]:
    """What this session asked for, taken out: one answer is used once. Refused `stale` when nothing was asked."""
    text = request.session.pop(KEPT, "")
    try:
        kept: dict[str, Any] = json.loads(opened(text, purpose=KEPT))
    except (InvalidToken, ValueError) as error:
        raise Refused("stale", "not_asked") from error
    now_in = request.user.pk if request.user.is_authenticated else None
    if kept["user"] != now_in:
        raise Refused("other_person", "session")
    return kept


def _logged_in(request: Any, kept: dict[str, Any], told: exchange.Told) -> HttpResponse:
    user = identities.used(issuer=told.issuer, subject=told.subject, at=clock.now())
    if user is None:
        raise Refused("unknown", "not_tied")
    if not user.is_active:
        raise Refused("inactive", "inactive")
    user.backend = "allauth.account.auth_backends.AuthenticationBackend"
    get_adapter().login(request, user)
    request.session[BY] = "helseid"
    return redirect(kept["next"] or settings.LOGIN_REDIRECT_URL)


def _tied(request: Any, kept: dict[str, Any], told: exchange.Told) -> HttpResponse:
    try:
        identities.tie(user=request.user, issuer=told.issuer, subject=told.subject, at=clock.now())
    except Faults as faults:
        raise Refused("taken", next(iter(faults.by_field.values()))) from faults
    messages.success(request, t("helseid.is_tied"))
    return redirect(kept["next"])


def _refused(request: Any, refusal: Refused) -> HttpResponse:
    """A sentence and the way on. The log says which check it was, and nothing that HelseID told."""
    by = request.user if request.user.is_authenticated else None
    record("login_refused", by=by, at=clock.now(), what="helseid", detail={"check": refusal.check})
    return render(request, "helseid/refused.html", {"reason": refusal.reason}, status=STATUS.get(refusal.reason, 400))


def _profile() -> Profile:
    """The settings' profile; 404 where there is no such login. `serve` has tried the settings before it starts."""
    if not settings.HELSEID_URL:
        raise Http404
    return profile_of(settings.HELSEID_URL, settings.HELSEID_CLIENT, settings.HELSEID_KEY, settings.HELSEID_LEVEL)


def _safe_next(request: HttpRequest) -> str:
    wanted = request.POST.get("next", "")
    here = {request.get_host()}
    return wanted if url_has_allowed_host_and_scheme(wanted, here, require_https=request.is_secure()) else ""
