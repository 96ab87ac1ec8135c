"""The address of the lists under some filters. What is searched for stands in the session; see layout/seeking.py."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse

from pakkeforlop.coordination.queries.codes_lists import Asked

LISTED = ("proposed", "gap", "returned", "marked")
"""The lists that stand together when no view is chosen."""
VIEWS = (*LISTED, "backlog", "downgraded", "cancer")


def address(asked: Asked, *, name: str = "missing_codes", page: int = 1, **changes: str) -> str:
    """The lists' address (or that of the page `name` of them) with some filters changed."""
    pairs: dict[str, str | int] = {**asked.pairs(**changes), **({"page": page} if page > 1 else {})}
    return reverse(name) + (f"?{urlencode(pairs)}" if pairs else "")
