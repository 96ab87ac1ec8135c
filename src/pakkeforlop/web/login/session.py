"""Logged out after a rest: a session that no page has been asked for in a while is ended, with a sentence."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

from pakkeforlop.web import clock

SEEN = "seen"
BEGUN = "begun"
"""When the session began: writing to it moves its own end on, so that one would never end a busy one."""
EVERY = 60
"""Seconds between writes of when the person was last seen, so that a page costs no write of its own."""


class RestMiddleware:
    """Ends a session that has rested for longer than IDLE_MINUTES, or lasted for longer than SESSION_COOKIE_AGE; quiet
    pages do not wake it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or log out first."""
        if SEEN in request.session:
            now = clock.seconds()
            rested = now - float(request.session[SEEN]) > settings.IDLE_MINUTES * 60
            spent = now - float(request.session.get(BEGUN, now)) > settings.SESSION_COOKIE_AGE
            if rested or spent:
                logout(request)
                request.session["rested" if rested else "spent"] = True
        answer = self.get_response(request)
        if not _is_quiet(request) and request.user.is_authenticated:
            note_seen(request)
        return answer


def note_seen(request: HttpRequest) -> None:
    """Write down that the person is here, at most once a minute."""
    last = float(request.session.get(SEEN, 0))
    if BEGUN not in request.session:
        request.session[BEGUN] = clock.seconds()
    if clock.seconds() - last > EVERY:
        request.session[SEEN] = clock.seconds()


def _is_quiet(request: HttpRequest) -> bool:
    match = getattr(request, "resolver_match", None)
    rule = getattr(match.func, "rule", None) if match else None
    return bool(rule and rule.quiet)
