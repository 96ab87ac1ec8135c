"""Public addresses are answered first: without session, login or cookies, so that any cache may keep the answer.

An address that begins with one of PUBLIC_PREFIXES is resolved and answered here, right below the static files. Its rule
must let anyone in (web/routes.py); all others go on through the rest. The language stands in the address. What a page
may load is told by the view; an answer of which the view says nothing may load nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

from pakkeforlop.web.routes import Open

POLICY = "Content-Security-Policy"
NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


class PublicFirst:
    """The middleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a public address, or hand on."""
        if not request.path_info.startswith(settings.PUBLIC_PREFIXES):
            return self.get_response(request)
        try:
            match = resolve(request.path_info)
        except Resolver404:
            return self.get_response(request)
        rule: Any = getattr(match.func, "rule", None)
        if rule is None or rule.right is not Open.ANYONE:
            return self.get_response(request)
        request.resolver_match = match
        answer: HttpResponse = match.func(request, *match.args, **match.kwargs)
        answer.headers.setdefault(POLICY, NOTHING)
        return answer
