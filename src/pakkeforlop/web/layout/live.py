"""Pages that others change while they are open: the page says what it was made from, and asks now and then whether that
still stands. What differs is marked and told in one line; nothing moves until the reader asks for the page anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, JsonResponse


@dataclass(frozen=True)
class Shown:
    """What a page was made from: for each row, by its place on the page, a word that changes when the row does.

    `url` is where the page asks; the words name no patient.
    """

    url: str
    rows: Mapping[str, str]

    @property
    def tag(self) -> str:
        """One word for all of it, as an ETag."""
        return f'"{hashlib.sha256(self.text.encode()).hexdigest()[:20]}"'

    @property
    def text(self) -> str:
        """The rows as the page keeps them."""
        return json.dumps(dict(self.rows), sort_keys=True)


def is_as_shown(request: HttpRequest, now: Shown) -> bool:
    """Whether the page that asks has what stands now."""
    return request.headers.get("If-None-Match") == now.tag


def answer(request: HttpRequest, now: Shown, line: str) -> HttpResponse:
    """304 where nothing has changed; else what stands, and a line that says so."""
    headers = {"ETag": now.tag, "Cache-Control": "no-store"}
    if is_as_shown(request, now):
        return HttpResponse(status=304, headers=headers)
    return JsonResponse({"rows": dict(now.rows), "line": line}, headers=headers)
