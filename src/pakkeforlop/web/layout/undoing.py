"""What can be taken back, offered on the page after a deed: a plain form, so that it works without JavaScript.

The lists' own scripts offer it in the row instead, and ask for nothing here.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

KEPT = "undo_offers"
AT_MOST = 100
"""Deeds of one post, and as many as can be taken back."""


@dataclass(frozen=True)
class Offer:
    """A deed that can be taken back: where its form goes, with which fields, and what it is of."""

    url: str
    fields: dict[str, str]
    what: str


@dataclass(frozen=True)
class Offered:
    """What the last post can be taken back by: deed by deed, and all of them at once where there were several."""

    each: tuple[Offer, ...] = ()
    together: Offer | None = None


def offer(request: Any, offers: Sequence[Offer], *, together: str = "") -> None:
    """Keep for the next page what can be taken back; `together` is the address that takes back all the codes. What
    has nothing to take back (the second of two clicks) leaves what the first one kept.
    """
    if not offers:
        return
    each = [[one.url, one.fields, one.what] for one in offers[:AT_MOST]]
    request.session[KEPT] = {"each": each, "together": together}


def offered(request: Any) -> Offered:
    """What the last deed can be taken back by; told once."""
    session = getattr(request, "session", None)
    if session is None or KEPT not in session:
        return Offered()
    kept = session.pop(KEPT)
    each = tuple(Offer(url, fields, what) for url, fields, what in kept["each"])
    return Offered(each, _together(each, kept["together"]) if len(each) > 1 and kept["together"] else None)


def _together(each: Sequence[Offer], url: str) -> Offer:
    fields = {
        "registrations": " ".join(one.fields["registration"] for one in each),
        "query": each[0].fields.get("query", ""),
        "key": uuid.uuid4().hex,
    }
    return Offer(url, fields, "")
