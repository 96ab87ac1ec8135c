"""What the lists are asked for: filters stand in the address, what is searched for in the session.

A name or an identity number must not stand in an address; the address names the search by a word without meaning.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from pakkeforlop.coordination.queries.codes_lists import Asked

VIEWS = ("proposed", "gap", "marked", "backlog", "cancer")
KEPT = "codes_search"


def asked(request: Any, given: Any = None) -> Asked:
    """The filters of the request's address (or of `given`), with the search that it names."""
    found = Asked.read(request.GET if given is None else given, VIEWS)
    name, text = request.session.get(KEPT, ("", ""))
    same = bool(name) and found.s == name
    return replace(found, q=text if same else "", s=name if same else "")


def search(request: Any) -> HttpResponse:
    """POST: the filter line; back to the lists, with what was searched for kept in the session."""
    text = str(request.POST.get("q", "")).strip()[:80]
    name = secrets.token_urlsafe(6) if text else ""
    request.session[KEPT] = (name, text)
    return HttpResponseRedirect(address(replace(Asked.read(request.POST, VIEWS), s=name)))


def address(chosen: Asked, **changes: str) -> str:
    """The lists' address with some filters changed."""
    pairs = chosen.pairs(**changes)
    return reverse("missing_codes") + (f"?{urlencode(pairs)}" if pairs else "")
