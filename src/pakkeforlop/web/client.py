"""The address that asks: what failed logins and requests are counted on."""

from __future__ import annotations

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest

NOBODY = "0.0.0.0"  # noqa: S104 told where the server cannot say who asks, as on a socket
"""Counted as one address: what cannot be told apart shares what it is allowed."""


def client_address(request: HttpRequest) -> str:
    """The address that asks; behind a proxy (PAKKEFORLOP_BEHIND_PROXY) the one that the proxy saw.

    Only the last address of X-Forwarded-For is the proxy's own word: those before it are what the client itself said,
    and it could name another with every try.
    """
    through = request.headers.get("X-Forwarded-For", "") if settings.BEHIND_PROXY else ""
    return _clean(through.rsplit(",", 1)[-1]) or _clean(str(request.META.get("REMOTE_ADDR", ""))) or NOBODY


def _clean(said: str) -> str:
    """An address without its port; empty for what is none."""
    text = said.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        return str(ip_address(text))
    except ValueError:
        return ""
