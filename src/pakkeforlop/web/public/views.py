"""From a request to the site's answer: packed where the reader takes it, and 304 where the reader has it already."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified

from pakkeforlop.catalogue.load import load_catalogue
from pakkeforlop.publication.open_api.library import library
from pakkeforlop.publication.site.site import Answer, Site

ROOT = "/statistikk/"
FRESH_FOR = 300
"""Seconds that a cache may keep a page without asking; a withdrawn release is gone from caches by then."""
FOR_GOOD = "public, max-age=31536000, immutable"
POLICY: dict[str, Any] = {
    "default-src": ["'none'"], "script-src": ["'none'"], "connect-src": ["'none'"], "style-src": ["'self'"],
    "font-src": ["'self'"], "img-src": ["'self'"], "form-action": ["'self'"], "base-uri": ["'none'"],
    "frame-ancestors": ["'none'"],
}  # fmt: skip
DRAWN: dict[str, Any] = {"default-src": ["'none'"], "style-src": ["'unsafe-inline'"], "font-src": ["data:"]}
"""A chart as a file carries its own style and letters."""

_SITES: dict[str, Site] = {}
_GUARD = threading.Lock()


def site() -> Site:
    """The site of the releases as they stand; made anew when one is added, withdrawn or locked."""
    found = library(Path(settings.RELEASES) if settings.RELEASES else None)
    known = _SITES.get(found.version)
    if known is None:
        with _GUARD:
            known = _SITES.get(found.version)
            if known is None:
                known = Site(found, load_catalogue(), root=ROOT, host=settings.ADDRESS)
                _SITES.clear()
                _SITES[found.version] = known
    return known


def page(request: HttpRequest, path: str = "") -> HttpResponse:
    """Any page or file of the site."""
    made = site().answer(path, request.GET.dict() if request.GET else None)
    if made.moved:
        moved = HttpResponse(status=made.status)
        moved.headers["Location"] = made.moved
        return moved
    tag = _tag(made, request)
    if made.status == 200 and tag in request.headers.get("If-None-Match", ""):
        answer: HttpResponse = HttpResponseNotModified()
    elif tag != made.tag:
        answer = HttpResponse(made.packed, status=made.status, content_type=made.kind)
        answer.headers["Content-Encoding"] = "gzip"
    else:
        answer = HttpResponse(made.content, status=made.status, content_type=made.kind)
    if made.status == 200:
        answer.headers["ETag"] = tag
        answer.headers["Cache-Control"] = FOR_GOOD if made.for_good else f"public, max-age={FRESH_FOR}"
    if made.packed:
        answer.headers["Vary"] = "Accept-Encoding"
    answer._csp_replace = DRAWN if made.kind == "image/svg+xml" and not made.for_good else POLICY  # type: ignore[attr-defined]
    return answer


def _tag(made: Answer, request: HttpRequest) -> str:
    """The tag of the form that is sent: packed content has one of its own."""
    if made.packed and "gzip" in request.headers.get("Accept-Encoding", ""):
        return f'{made.tag[:-1]}-gz"'
    return made.tag
