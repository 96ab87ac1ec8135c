"""The login page and the page of one's own login: allauth's, with what ours show besides."""

from __future__ import annotations

from typing import Any

from allauth.account.views import LoginView, PasswordChangeView
from allauth.mfa.base.views import IndexView
from django.conf import settings
from django.urls import reverse

from pakkeforlop.access.queries import identity_of
from pakkeforlop.web.login import demo


class LogIn(LoginView):  # type: ignore[misc]
    """User name and password, a passkey, another login where one is set up, and in a demo its users."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What the page shows."""
        other = reverse("openid_connect_login", kwargs={"provider_id": "oidc"}) if settings.OIDC_URL else ""
        return {
            **super().get_context_data(**kwargs),
            "demo_users": demo.users(),
            "other_login": other,
            "other_name": settings.OIDC_NAME,
            "helseid": bool(settings.HELSEID_URL),
            "rested": self.request.session.pop("rested", False) if self.request.method == "GET" else False,
            "spent": self.request.session.pop("spent", False) if self.request.method == "GET" else False,
            "hours": settings.SESSION_COOKIE_AGE // 3600,
            "idle_minutes": settings.IDLE_MINUTES,
            "next": self.request.POST.get("next", self.request.GET.get("next", "")),
        }


class MyLogin(IndexView):  # type: ignore[misc]
    """Password, second factor, passkeys, recovery codes and keys of one's own."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What the page shows."""
        user = self.request.user
        return {
            **super().get_context_data(**kwargs),
            "has_password": user.has_usable_password(),
            "helseid": bool(settings.HELSEID_URL),
            "identity": identity_of(user, settings.HELSEID_URL) if settings.HELSEID_URL else None,
        }


class ChangePassword(PasswordChangeView):  # type: ignore[misc]
    """Another password; the old one is asked for, and a given one is told to be somebody else's too."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What the page shows."""
        return {**super().get_context_data(**kwargs), "password_told": self.request.user.password_told}


change_password = ChangePassword.as_view()
log_in = LogIn.as_view()
my_login = MyLogin.as_view()
