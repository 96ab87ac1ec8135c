"""Searching for a patient: what is typed is sent in the body and kept in the session, never in an address.

A list's search field belongs to the form `seek` (a hidden `next` tells the list's own address); the list reads the
words with `sought(request)`. Words are kept per list until they are emptied.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

KEPT = "sought"
AT_MOST = 100
"""Letters of a search."""


def seek(request: Any) -> HttpResponse:
    """POST: keep the words for the list at `next`, and go back to it."""
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        return redirect("/")
    words = " ".join(request.POST.get("q", "").split())[:AT_MOST]
    kept = {path: text for path, text in request.session.get(KEPT, {}).items() if path != urlsplit(back).path}
    request.session[KEPT] = {**kept, urlsplit(back).path: words} if words else kept
    return redirect(_narrowed(back))


def sought(request: Any, path: str = "") -> str:
    """The words searched for in this list (or the one at `path`); empty when there are none, or all are asked for."""
    if "all" in request.GET:
        return ""
    return str(request.session.get(KEPT, {}).get(path or request.path, ""))


def _narrowed(back: str) -> str:
    """The address without the wish for all: something is searched for again."""
    parts = urlsplit(back)
    kept = "&".join(pair for pair in parts.query.split("&") if pair and not pair.startswith("all="))
    return parts.path + (f"?{kept}" if kept else "")
