"""What the list is asked for: filters stand in the address, what is searched for in the session.

A name or an identity number must not stand in an address, where histories and logs keep it. The address names the
search by a word that means nothing to anyone else; only the last search of a session is kept.
"""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from pakkeforlop.coordination.queries.worklist import Filters

KEPT = "worklist_search"


def asked(request: Any, given: Any = None) -> Filters:
    """The filters of the request's address (or of `given`), with the search that it names."""
    pairs = request.GET if given is None else given
    name, text = request.session.get(KEPT, ("", ""))
    same = bool(name) and str(pairs.get("s", "")) == name
    return Filters.read({key: pairs.get(key, "") for key in pairs if key != "s" or same}, q=text if same else "")


def search(request: Any) -> HttpResponse:
    """POST: the filter line; back to the list, with what was searched for kept in the session."""
    text = request.POST.get("q", "").strip()[:80]
    name = secrets.token_urlsafe(6) if text else ""
    request.session[KEPT] = (name, text)
    pairs = Filters.read({**request.POST.dict(), "s": name}).pairs()
    return HttpResponseRedirect(f"{reverse('worklist')}?{urlencode(pairs)}" if pairs else reverse("worklist"))
