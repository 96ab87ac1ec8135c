"""Pages for what went wrong: what happened, what is safe, what to do. Never a traceback."""

from __future__ import annotations

from typing import Any

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation

from pakkeforlop.access.queries import access_of
from pakkeforlop.web import clock
from pakkeforlop.web.words import LANGUAGES


def fault(request: HttpRequest, name: str, status: int) -> HttpResponse:
    """A page that tells of one fault; the navigation stays where the person is known."""
    if status in {403, 404, 405}:
        _know(request)
    return render(request, "layout/fault.html", {"fault": name}, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """400."""
    return fault(request, "bad_request", 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """403."""
    return fault(request, "forbidden", 403)


def csrf(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """403, for a form that was open too long or came from elsewhere."""
    return fault(request, "csrf", 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """404."""
    return fault(request, "not_found", 404)


def server(request: HttpRequest) -> HttpResponse:
    """500. Nothing is asked of the store: it may be what failed."""
    language = request.COOKIES.get("language", "")
    with translation.override(language if language in LANGUAGES else "nb"):
        _forget(request)
        return fault(request, "server", 500)


def _know(request: Any) -> None:
    """Find the person's rights for the navigation, where no page did."""
    if getattr(request, "access", None) is None and hasattr(request, "user"):
        try:
            request.access = access_of(request.user, on=clock.today())
        except DatabaseError:
            _forget(request)


def _forget(request: Any) -> None:
    """No person, no rights: the page is drawn without the store."""
    request.access = None
