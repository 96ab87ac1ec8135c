"""HelseID's own description of itself and its keys, fetched when first asked for and again when they have changed."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import requests

from pakkeforlop.access.helseid import Profile
from pakkeforlop.web.helseid.refusal import Refused

KEPT_SECONDS = 3600.0
SECONDS_TO_WAIT = (5, 10)
"""For the connection, and for the answer."""
LARGEST = 1_000_000
"""Bytes of an answer; HelseID's are some thousand."""
ENDPOINTS = ("authorization_endpoint", "pushed_authorization_request_endpoint", "token_endpoint", "jwks_uri")


class Line(requests.Session):
    """Requests that wait a bounded time, follow nobody elsewhere, and take no endless answer."""

    def request(self, method: Any, url: Any, **kwargs: Any) -> requests.Response:  # type: ignore[override]
        """As `requests`, within the bounds."""
        bounds = {"timeout": SECONDS_TO_WAIT, "allow_redirects": False, "stream": True}
        answer = super().request(method, url, **{**kwargs, **bounds})
        body = answer.raw.read(LARGEST + 1, decode_content=True)
        if len(body) > LARGEST:
            raise requests.exceptions.ContentDecodingError("the answer is too long")
        answer._content = body
        answer._content_consumed = True
        if answer.is_redirect:
            raise requests.exceptions.TooManyRedirects("an endpoint sends us elsewhere")
        return answer


@dataclass
class Described:
    """The description (RFC 8414, OpenID Connect Discovery) and the keys, and when they were fetched."""

    document: dict[str, Any]
    keys: dict[str, Any]
    at: float


_KNOWN: dict[str, Described] = {}
_LOCK = threading.Lock()


def forget() -> None:
    """Fetch anew next time."""
    with _LOCK:
        _KNOWN.clear()


def described(profile: Profile, *, without: str = "") -> Described:
    """The provider's description. `without` is the description whose keys lacked one: fetched anew if still the same.

    Refused `unreachable` when it does not answer, `untrusted` when it describes another issuer, lacks what the
    security profile demands (PAR, S256, private_key_jwt, DPoP), or names addresses outside its own host.
    """
    with _LOCK:
        known = _KNOWN.get(profile.issuer)
    fresh = known is not None and monotonic() - known.at < KEPT_SECONDS
    if known is not None and fresh and str(known.at) != without:
        return known
    document = _fetched(f"{profile.issuer}/.well-known/openid-configuration")
    _check(profile, document)
    found = Described(document, _fetched(document["jwks_uri"]), monotonic())
    if not isinstance(found.keys.get("keys"), list) or not found.keys["keys"]:
        raise Refused("untrusted", "no_keys")
    with _LOCK:
        _KNOWN[profile.issuer] = found
    return found


def _fetched(address: str) -> dict[str, Any]:
    try:
        with Line() as line:
            answer = line.get(address)
            answer.raise_for_status()
            found = answer.json()
    except (requests.RequestException, ValueError, OSError) as error:
        raise Refused("unreachable", "description") from error
    if not isinstance(found, dict):
        raise Refused("unreachable", "description")
    return found


def _check(profile: Profile, document: dict[str, Any]) -> None:
    if document.get("issuer") != profile.issuer:
        raise Refused("untrusted", "issuer_described")
    home = urlsplit(profile.issuer)
    for name in ENDPOINTS:
        parts = urlsplit(str(document.get(name) or ""))
        if not parts.path:
            raise Refused("untrusted", f"lacks_{name}")
        if (parts.scheme, parts.netloc) != (home.scheme, home.netloc):
            raise Refused("untrusted", f"elsewhere_{name}")
    for name, needed in (
        ("code_challenge_methods_supported", "S256"),
        ("token_endpoint_auth_methods_supported", "private_key_jwt"),
    ):
        if needed not in (document.get(name) or ()):
            raise Refused("untrusted", f"lacks_{needed}")
    if not document.get("dpop_signing_alg_values_supported"):
        raise Refused("untrusted", "lacks_dpop")
