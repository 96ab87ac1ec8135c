"""What can be taken back, offered on the page after a deed: a plain form, so that it works without JavaScript.

The lists' own scripts offer it in the row instead, and ask for nothing here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

KEPT = "undo_offered"
AT_MOST = 20
"""Deeds of one post that are offered to be taken back one by one."""


@dataclass(frozen=True)
class Offer:
    """A deed that can be taken back: where its form goes, with which fields, and what it is of."""

    url: str
    fields: dict[str, str]
    what: str


def offer(request: Any, offers: list[Offer]) -> None:
    """Keep for the next page what can be taken back."""
    request.session[KEPT] = [[one.url, one.fields, one.what] for one in offers[:AT_MOST]]


def offered(request: Any) -> list[Offer]:
    """What the last deed can be taken back by; told once."""
    session = getattr(request, "session", None)
    if session is None or KEPT not in session:
        return []
    return [Offer(url, fields, what) for url, fields, what in session.pop(KEPT)]
