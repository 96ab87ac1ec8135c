"""The demand for two steps: one whose role must have them sets up an app or a passkey before anything else."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse

FACTORS = ("totp", "webauthn")
"""What is a second step; recovery codes alone are none."""
OTHER_LOGIN = "other_login_two_steps"
"""Key of the session: whether the other login said that it took two steps."""
METHODS = "account_authentication_methods"
"""Where allauth keeps in the session how the person proved who it is."""


def is_demanded(access: Any) -> bool:
    """Whether one of the person's roles of the day must have two steps; with `all`, every person."""
    demanded = settings.SECOND_FACTOR
    return "all" in demanded or any(grant.role in demanded for grant in access.grants)


def is_lacking(request: Any) -> bool:
    """Whether the person must set up a second step before anything else is shown."""
    if not settings.SECOND_FACTOR or not is_demanded(request.access):
        return False
    if came_by_two_steps(request):
        return False
    return not Authenticator.objects.filter(user=request.user.pk, type__in=FACTORS).exists()


def came_by_two_steps(request: Any) -> bool:
    """Whether this session began with a login elsewhere that took two steps itself."""
    if request.session.get("logged_in_by") == "helseid":
        return True
    elsewhere = any(one.get("method") == "socialaccount" for one in request.session.get(METHODS, []))
    if not elsewhere:
        return False
    return settings.OIDC_TWO_STEPS == "1" or (
        settings.OIDC_TWO_STEPS == "amr" and bool(request.session.get(OTHER_LOGIN, False))
    )


def lead_there(request: Any) -> HttpResponse:
    """In place of any other page: on to the page that tells how."""
    del request
    return HttpResponseRedirect(reverse("second_factor"))


def page(request: Any) -> HttpResponse:
    """GET: why, and the two ways; on to the front page for one who lacks nothing."""
    return render(request, "login/second_factor.html") if is_lacking(request) else redirect("/")
