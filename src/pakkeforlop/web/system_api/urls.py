"""Addresses of the signed-in interface: ninja's own, each with a rule like every page, and its description."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path

from pakkeforlop.access.audit import LogNotWritten
from pakkeforlop.web.open_api.problems import TYPE
from pakkeforlop.web.routes import KEPT_NOWHERE, Open, Rule, page
from pakkeforlop.web.system_api.api import LARGEST, ROOT, answer_of, api
from pakkeforlop.web.system_api.problem import SystemProblem

METHODS = ("GET", "POST")
View = Callable[..., HttpResponse]


def description(_request: HttpRequest) -> HttpResponse:
    """The OpenAPI document; it tells of shapes alone, so anyone may read it."""
    return JsonResponse(document())


def document() -> dict[str, Any]:
    """The interface described, with the addresses as they are."""
    found: dict[str, Any] = api.get_openapi_schema(path_prefix=f"{ROOT}/")
    answers = (each for path_ in found["paths"].values() for one in path_.values() for each in one["responses"].items())
    for status, answer in answers:
        if int(status) >= 400:
            answer["content"] = {TYPE: answer["content"]["application/json"]}
    return found


def _answered(view: View, name: str) -> View:
    """Ninja's view, with what every answer has: rates, no caching, no body that is too long, no fault page."""

    @wraps(view)
    def answered(request: Any, *args: Any, **parts: Any) -> HttpResponse:
        answer = _too_large(request) or _safely(view, request, args, parts)
        answer["Cache-Control"] = KEPT_NOWHERE
        for header, value in (request.use.headers if hasattr(request, "use") else {}).items():
            answer[header] = value
        return answer

    answered.csrf_exempt = True  # type: ignore[attr-defined]
    answered.rule = Rule(name, Open.SYSTEM, False, METHODS, True)  # type: ignore[attr-defined]
    return answered


def _too_large(request: Any) -> HttpResponse | None:
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isdigit() and int(length) <= min(LARGEST, settings.DATA_UPLOAD_MAX_MEMORY_SIZE):
        return None
    return answer_of(request, SystemProblem(413, "too_large", bytes=LARGEST))


def _safely(view: View, request: Any, args: tuple[Any, ...], parts: dict[str, Any]) -> HttpResponse:
    try:
        return view(request, *args, **parts)
    except LogNotWritten:
        return answer_of(request, SystemProblem(503, "no_log"))


def _own() -> list[URLPattern]:
    patterns = [each for each in api.urls[0] if isinstance(each, URLPattern) and each.name != "api-root"]
    return [
        path(f"{ROOT[1:]}/{each.pattern}", _answered(each.callback, f"system_{number}"), name=f"system_{number}")
        for number, each in enumerate(patterns, 1)
    ]


pages = [
    page(f"{ROOT[1:]}/openapi.json", description, name="system_description", right=Open.ANYONE),
    *_own(),
]
