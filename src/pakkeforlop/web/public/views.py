"""From a request to the site's answer: packed where the reader takes it, and 304 where the reader has it already."""

from __future__ import annotations

import threading
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified

from pakkeforlop.catalogue.load import load_catalogue
from pakkeforlop.publication.open_api.library import library
from pakkeforlop.publication.site.site import Answer, Site

ROOT = "/statistikk/"
FRESH_FOR = 300
"""Seconds that a cache may keep a page without asking; a withdrawn release is gone from caches by then."""
FRESH = f"public, max-age={FRESH_FOR}"
FOR_GOOD = "public, max-age=31536000, immutable"
POLICY = (
    "default-src 'none'; script-src 'none'; connect-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
DRAWN = "default-src 'none'; style-src 'unsafe-inline'; font-src data:"
"""A chart as a file carries its own style and letters."""
GZIP = "gzip"

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
    made = site().answer(path, request.GET.dict() if request.META.get("QUERY_STRING") else None)
    if made.moved:
        return HttpResponse(status=made.status, headers={"Location": made.moved})
    packed = bool(made.packed) and GZIP in request.META.get("HTTP_ACCEPT_ENCODING", "")
    headers = _headers(made, packed=packed)
    if made.status == 200 and headers["ETag"] in request.META.get("HTTP_IF_NONE_MATCH", ""):
        headers.pop("Content-Encoding", None)
        return HttpResponseNotModified(headers=headers)
    body = made.packed if packed else made.content
    return HttpResponse(body, status=made.status, content_type=made.kind, headers=headers)


def _headers(made: Answer, *, packed: bool) -> dict[str, str]:
    """What is said of the form that is sent: packed content has a tag of its own."""
    drawn = made.kind == "image/svg+xml" and not made.for_good
    headers = {"Content-Security-Policy": DRAWN if drawn else POLICY}
    if made.status == 200:
        headers["ETag"] = f'{made.tag[:-1]}-gz"' if packed else made.tag
        headers["Cache-Control"] = FOR_GOOD if made.for_good else FRESH
    if made.packed:
        headers["Vary"] = "Accept-Encoding"
    if packed:
        headers["Content-Encoding"] = GZIP
    return headers
