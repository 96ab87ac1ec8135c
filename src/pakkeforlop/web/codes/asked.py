"""The address of the lists under some filters. What is searched for stands in the session; see layout/seeking.py."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse

from pakkeforlop.coordination.queries.codes_lists import Asked

VIEWS = ("proposed", "gap", "marked", "backlog", "cancer")


def address(asked: Asked, **changes: str) -> str:
    """The lists' address with some filters changed."""
    pairs = asked.pairs(**changes)
    return reverse("missing_codes") + (f"?{urlencode(pairs)}" if pairs else "")
