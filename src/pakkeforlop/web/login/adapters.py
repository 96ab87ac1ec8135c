"""Our choices in allauth: no sign-up, every login on the log, secrets encrypted, other logins tied to known users."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.shortcuts import render
from django.urls import reverse

from pakkeforlop.access.audit import record
from pakkeforlop.access.models import User
from pakkeforlop.web import clock
from pakkeforlop.web.client import client_address
from pakkeforlop.web.login.oidc import StrictProvider
from pakkeforlop.web.login.sealing import opened, sealed
from pakkeforlop.web.login.second_factor import OTHER_LOGIN
from pakkeforlop.web.words import t

PURPOSE = "mfa"


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Local accounts: made by an administrator only."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Never: people are made by an administrator."""
        return False

    def login(self, request: HttpRequest, user: Any) -> None:
        """Log in, with a line on the log before the answer."""
        super().login(request, user)
        User.objects.filter(pk=user.pk).update(last_login=clock.now())
        record("logged_in", by=user, at=clock.now(), what="login")

    def logout(self, request: HttpRequest) -> None:
        """Log out, with a line on the log."""
        if request.user.is_authenticated:
            record("logged_out", by=request.user, at=clock.now(), what="login")
        super().logout(request)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """A failed try is a line without the name that was typed: it may be anything, a password too."""
        record("login_refused", by=None, at=clock.now(), what="login")
        super().authentication_failed(request, **credentials)

    def clean_password(self, password: str, user: Any = None) -> str:
        """Another one than before, and by the rules of the settings."""
        if user is not None and user.check_password(password):
            raise ValidationError("", code="same_as_current")
        return str(super().clean_password(password, user))

    def get_password_change_redirect_url(self, request: Any) -> str:
        """On to the work for one who had to choose a password first; else back to one's own login."""
        return reverse("front" if request.user.password_told else "mfa_index")

    def get_client_ip(self, request: HttpRequest) -> str:
        """What failed codes are counted on, besides the person."""
        return client_address(request)

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Pages say themselves what happened."""

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """There are no addresses to send to."""


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets of the second factor are encrypted with a key made from the server's secret key."""

    def encrypt(self, text: str) -> str:
        """The text as it is kept."""
        return sealed(text, purpose=PURPOSE)

    def decrypt(self, encrypted_text: str) -> str:
        """The text again."""
        return opened(encrypted_text, purpose=PURPOSE)

    def generate_authenticator_name(self, user: Any, type: Any) -> str:  # noqa: A002 allauth's own name
        """A first name for a passkey, with a number that the person's others do not have."""
        return t("login.passkey.new_name", n=Authenticator.objects.filter(user=user, type=type).count() + 1)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Passkeys belong to the host that the page was asked from."""
        entity: dict[str, str] = super().get_public_key_credential_rp_entity()
        return {**entity, "name": "Pakkeforløp"}


class OtherLoginAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """A login by OpenID Connect is tied to the user whose name the provider tells; it never makes a user."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:  # noqa: ARG002
        """Never."""
        return False

    def get_provider(self, request: HttpRequest, provider: str, client_id: str | None = None) -> Any:
        """The other login by our stricter reading of it."""
        found = super().get_provider(request, provider, client_id=client_id)
        return StrictProvider(request, app=found.app) if isinstance(found, OpenIDConnectProvider) else found

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Find the user by the claim, the first time; a stranger gets a sentence."""
        claims = sociallogin.account.extra_data
        request.session[OTHER_LOGIN] = "mfa" in (claims.get("id_token", {}).get("amr") or [])
        if sociallogin.is_existing:
            return
        told = {**claims, **claims.get("userinfo", {}), **claims.get("id_token", {})}
        name = str(told.get(settings.OIDC_USERNAME_CLAIM, ""))
        user = User.objects.filter(username__iexact=name, is_active=True).first() if name else None
        if user is None:
            record("login_refused", by=None, at=clock.now(), what="oidc")
            raise ImmediateHttpResponse(render(request, "login/stranger.html", status=403))
        sociallogin.connect(request, user)

    def on_authentication_error(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:  # noqa: ARG002
        """A sentence, and the way back to the login page."""
        record("login_refused", by=None, at=clock.now(), what="oidc")
        raise ImmediateHttpResponse(render(request, "login/other_failed.html", status=400))
