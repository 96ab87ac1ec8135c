"""One-click login of the demo's users; answers 404 wherever the demo is not on."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from pakkeforlop.access.models import User
from pakkeforlop.access.queries import access_of
from pakkeforlop.access.rights import Role
from pakkeforlop.web import clock
from pakkeforlop.web.layout.frame import unit_name
from pakkeforlop.web.words import t

ORDER = {role.value: place for place, role in enumerate(Role)}


def log_in(request: Any) -> HttpResponse:
    """POST: log in as a user of the demo."""
    if not settings.DEMO:
        raise Http404
    user = get_object_or_404(User, username=request.POST.get("username", ""), is_demo=True, is_active=True)
    user.backend = "allauth.account.auth_backends.AuthenticationBackend"
    get_adapter().login(request, user)
    return redirect(settings.LOGIN_REDIRECT_URL)


def users() -> list[dict[str, str]]:
    """The demo's users with role and unit, coordinators first; none where the demo is not on."""
    if not settings.DEMO:
        return []
    found = [(user, access_of(user, on=clock.today())) for user in User.objects.filter(is_demo=True, is_active=True)]
    found.sort(key=lambda pair: (ORDER.get(pair[1].role, 99), pair[0].pk))
    return [
        {
            "username": user.username,
            "name": user.display_name,
            "role": t(f"layout.role.{access.role}") if access.role else "",
            "unit": unit_name(access.home) if access.home else "",
        }
        for user, access in found
    ]
