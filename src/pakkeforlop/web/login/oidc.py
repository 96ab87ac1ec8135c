"""Another login by OpenID Connect, strictly: what the provider says of a person counts when all of it fits.

The library trusts a token that came over TLS and sends no nonce. Here every identity token is checked: signature by one
of the provider's published keys, issuer, audience, authorised party, time, and a nonce that ties it to this very
browser; and what the provider tells besides must be of the same person.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any, ClassVar

import jwt
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from requests import RequestException

SIGNED_BY = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""Algorithms with a public key; never `none`, never a shared secret."""
LEEWAY = 30
"""Seconds that two clocks may differ."""
ONE_PROVIDER = "oidc"


def nonce_of(verifier: str) -> str:
    """The nonce of an exchange, from the secret that its own session keeps: nothing more has to be remembered."""
    digest = hashlib.sha256(f"nonce:{verifier}".encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


class StrictAdapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """What is asked of the provider, and what of its answers is believed."""

    _verifier = ""

    @property
    def openid_config(self) -> dict[str, Any]:
        """The provider's own description; it must be of the issuer that is set up, and name what is needed."""
        try:
            told: dict[str, Any] = super().openid_config
        except ValueError as fault:
            raise OAuth2Error("the provider's description cannot be read") from fault
        needed = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint")
        missing = [name for name in needed if not isinstance(told, dict) or not told.get(name)]
        if missing:
            raise OAuth2Error(f"the provider's description lacks {', '.join(missing)}")
        if told["issuer"].rstrip("/") != settings.OIDC_URL:
            raise OAuth2Error("the provider's description is of another issuer")
        return told

    def get_access_token_data(
        self, request: HttpRequest, app: Any, client: Any, pkce_code_verifier: str | None = None
    ) -> dict[str, Any]:
        """The tokens for the code; the exchange's own secret is kept for the nonce."""
        self._verifier = pkce_code_verifier or ""
        told = super().get_access_token_data(request, app, client, pkce_code_verifier=pkce_code_verifier)
        return dict(told)

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> Any:
        """Who it is, by a token that was checked; what is told besides must be of the same person."""
        sent = kwargs["response"].get("id_token")
        if not isinstance(sent, str):
            raise OAuth2Error("the provider sent no identity token")
        identity = self._decode_id_token(app, sent)
        told = self._fetch_user_info(token.token)
        if not isinstance(told, dict) or told.get("sub") != identity["sub"]:
            raise OAuth2Error("what the provider tells is of another person")
        return self.get_provider().sociallogin_from_response(request, {"userinfo": told, "id_token": identity})

    def _decode_id_token(self, app: Any, id_token: str) -> dict[str, Any]:
        """The claims of an identity token. Raises OAuth2Error for one that does not fit."""
        try:
            key, algorithm = self._key_of(id_token)
            claims: dict[str, Any] = jwt.decode(
                id_token, key=key, algorithms=[algorithm], issuer=self.openid_config["issuer"], audience=app.client_id,
                leeway=LEEWAY, options={"require": ["iss", "aud", "exp", "iat", "sub", "nonce"]},
            )  # fmt: skip
        except (jwt.PyJWTError, ValueError, TypeError, KeyError) as fault:
            raise OAuth2Error("the identity token does not fit") from fault
        several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if (several or "azp" in claims) and claims.get("azp") != app.client_id:
            raise OAuth2Error("the identity token was made out to another")
        if not self._verifier or not hmac.compare_digest(str(claims["nonce"]), nonce_of(self._verifier)):
            raise OAuth2Error("the identity token is of another exchange")
        return claims

    def _key_of(self, id_token: str) -> tuple[Any, str]:
        """The provider's key that a token names, and its algorithm."""
        head = jwt.get_unverified_header(id_token)
        algorithm = head.get("alg")
        if algorithm not in SIGNED_BY:
            raise jwt.InvalidAlgorithmError
        with get_adapter().get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
            keys = jwt.PyJWKSet.from_dict(answer.json()).keys
        fitting = [one for one in keys if one.public_key_use in (None, "sig") and head.get("kid") in (None, one.key_id)]
        if len(fitting) != 1:
            raise jwt.InvalidKeyError
        return fitting[0].key, algorithm


class StrictProvider(OpenIDConnectProvider):  # type: ignore[misc]
    """The one other login that is set up; every exchange has a proof key and a nonce."""

    oauth2_adapter_class: ClassVar[Any] = StrictAdapter

    def get_pkce_params(self) -> dict[str, str]:
        """The proof key of an exchange, and with it the nonce."""
        made: dict[str, str] = super().get_pkce_params()
        return {**made, "nonce": nonce_of(made["code_verifier"])}


def login(request: HttpRequest, provider_id: str) -> HttpResponse:
    """POST: off to the provider; a sentence when it cannot be asked."""
    return _or_a_sentence(request, OAuth2LoginView.adapter_view(_adapter(request, provider_id)))


def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """GET: where the provider sends the person back to. Whatever does not fit logs nobody in."""
    return _or_a_sentence(request, OAuth2CallbackView.adapter_view(_adapter(request, provider_id)))


def _or_a_sentence(request: HttpRequest, view: Any) -> HttpResponse:
    """The view's answer; a sentence where the provider cannot be asked or does not say what it should."""
    answer: HttpResponse
    try:
        answer = view(request)
    except (OAuth2Error, RequestException):
        try:
            get_adapter().on_authentication_error(request)
        except ImmediateHttpResponse as told:
            answer = told.response
            return answer
        raise
    return answer


def _adapter(request: HttpRequest, provider_id: str) -> StrictAdapter:
    """The adapter of the login that is set up; there is no other."""
    if not settings.OIDC_URL or provider_id != ONE_PROVIDER:
        raise Http404
    return StrictAdapter(request, provider_id)
