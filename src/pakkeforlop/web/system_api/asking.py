"""Who asks: the key of the request, what it is for, how often it asks, and for which units."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from ninja.security import HttpBearer

from pakkeforlop.access.actions.systems import note_use
from pakkeforlop.access.models import SystemKey
from pakkeforlop.access.queries import access_of, key_of
from pakkeforlop.access.systems import Scope, is_secret, parts_of
from pakkeforlop.web import clock
from pakkeforlop.web.client import client_address
from pakkeforlop.web.open_api.rates import Use, counters
from pakkeforlop.web.system_api.problem import SystemProblem

WITHOUT_KEY = 60
"""Requests a minute from one address whose key is not good."""


class Bearer(HttpBearer):
    """`Authorization: Bearer pf_<number>_<secret>`: a key that is in use today, and for this scope."""

    def __init__(self, scope: Scope) -> None:
        super().__init__()
        self.scope = scope

    def __call__(self, request: Any) -> Any:
        """The key; a problem where there is none."""
        kind, _, value = request.headers.get("Authorization", "").partition(" ")
        return self.authenticate(request, value.strip() if kind.lower() == "bearer" else "")

    def authenticate(self, request: Any, token: str) -> Any:
        """The key that was sent; a problem where it is not good. Sets `request.key`, `user` and `access`."""
        key = _good(token)
        if key is None:
            _count(request, f"address {client_address(request)}", WITHOUT_KEY)
            raise SystemProblem(401, "no_key", headers={"WWW-Authenticate": 'Bearer realm="pakkeforlop"'})
        _count(request, f"key {key.number}", settings.SYSTEM_API_PER_MINUTE)
        note_use(key, on=clock.today())
        request.key, request.user = key, key.user
        request.access = access_of(key.user, on=clock.today())
        if self.scope not in key.scopes.split():
            raise SystemProblem(403, "scope_missing", scope=self.scope.value, has=key.scopes)
        return key


def _good(sent: str) -> SystemKey | None:
    parts = parts_of(sent)
    if parts is None:
        return None
    key = key_of(parts[0], on=clock.today())
    return key if key is not None and is_secret(parts[1], key.digest) else None


def _count(request: Any, client: str, allowed: int) -> None:
    """One more request; a problem when it is one too many. `request.use` is told with every answer."""
    count = counters(Path(settings.HOME) / "system_api_rates", settings.SECRET_KEY)
    use: Use = count.counted(client, at=clock.seconds(), allowed=allowed)
    request.use = use
    if use.too_often:
        raise SystemProblem(429, "too_often", headers={"Retry-After": str(use.seconds)}, seconds=use.seconds)
