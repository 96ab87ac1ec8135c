"""The pages that `pakkeforlop monitor` wrote, served as they are. They hold figures and never a patient.

A report carries its own style, and no script; the policy of these pages allows the first and nothing else.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, cast

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language

NAME = re.compile(r"^[a-z0-9_.-]+\.html$")
FRONT = "index.html"

POLICY: dict[str, Any] = {"style-src": ["'unsafe-inline'"], "script-src": ["'none'"], "font-src": ["data:"]}


def front(request: HttpRequest) -> HttpResponseBase:
    """The country's page in the reader's language where the run wrote one; a sentence where there is no report."""
    folder = _folder()
    own = f"index.{get_language()}.html"
    for name in (own, FRONT):
        if folder is not None and (folder / name).is_file():
            return redirect("figures_page", name=name)
    return render(request, "figures/none.html")


def report_page(request: HttpRequest, name: str) -> HttpResponseBase:
    """One page of the report, by its file name. Http404 when it has none of that name."""
    del request
    folder = _folder()
    if folder is None or not NAME.match(name) or not (folder / name).is_file():
        raise Http404
    answer: Any = HttpResponse((folder / name).read_bytes(), content_type="text/html; charset=utf-8")
    answer._csp_replace = POLICY
    return cast(HttpResponse, answer)


def has_report() -> bool:
    """Whether a report has been put here."""
    folder = _folder()
    return folder is not None and (folder / FRONT).is_file()


def _folder() -> Path | None:
    """The folder of the report that PAKKEFORLOP_REPORT names."""
    return Path(settings.REPORT) if settings.REPORT else None
