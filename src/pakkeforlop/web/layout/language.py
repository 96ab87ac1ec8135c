"""Which language a page is written in, and the page that changes it."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme

from pakkeforlop.access.models import User
from pakkeforlop.web.words import LANGUAGES

COOKIE = "language"
YEAR = 365 * 24 * 3600


class LanguageMiddleware:
    """The person's language; before login that of the cookie, else of the browser, else bokmål."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in the language."""
        with translation.override(language_of(request)):
            answer = self.get_response(request)
            answer.headers.setdefault("Content-Language", translation.get_language() or "nb")
            return answer


def language_of(request: HttpRequest) -> str:
    """The language of a request."""
    chosen = request.COOKIES.get(COOKIE, "")
    if request.user.is_authenticated:
        chosen = request.user.language
    if chosen in LANGUAGES:
        return chosen
    return _of_browser(request.headers.get("Accept-Language", ""))


def _of_browser(wanted: str) -> str:
    """The first language of a browser's list that we have; `no` is bokmål."""
    for part in wanted.lower().split(","):
        code = part.split(";")[0].strip()[:2]
        if code in {"nb", "no", "nn", "en"}:
            return "nb" if code == "no" else code
    return "nb"


def change(request: HttpRequest) -> HttpResponse:
    """POST: keep the language in the person's settings, or in a cookie before login, and go back."""
    language = request.POST.get("language", "")
    back = request.POST.get("next", "/")
    answer = redirect(back if url_has_allowed_host_and_scheme(back, allowed_hosts=None) else "/")
    if language in LANGUAGES:
        if request.user.is_authenticated:
            User.objects.filter(pk=request.user.pk).update(language=language)
        answer.set_cookie(COOKIE, language, max_age=YEAR, httponly=True, samesite="Lax", secure=request.is_secure())
    return answer
