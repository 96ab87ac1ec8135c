"""What one is told after too many failed tries: how long to wait, and whom to ask."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def locked_out(request: HttpRequest, _original: Any = None, _credentials: Any = None) -> HttpResponse:
    """The answer of axes: 429, with a sentence instead of a form."""
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
    answer = render(request, "login/locked.html", {"minutes": minutes}, status=429)
    answer["Retry-After"] = str(minutes * 60)
    return answer


def user_name(request: Any, credentials: Any = None) -> str:
    """The name that a try is counted on: upper and lower case are one, as they are at login."""
    typed = (credentials or {}).get("username") or (request.POST.get("login", "") if request is not None else "")
    return str(typed).strip().lower()
