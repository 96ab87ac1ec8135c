"""How an address of the open interface answers: rates, parameters, tags, packing, and problems; the same for all.

An answer depends on the address, the release and the form alone, so it is made once and kept until the shelf changes.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.views.decorators.csrf import csrf_exempt

from pakkeforlop.catalogue.model import Catalogue
from pakkeforlop.publication.open_api.library import Library, library
from pakkeforlop.web import clock
from pakkeforlop.web.client import client_address
from pakkeforlop.web.open_api.asked import Parameter, read_parameters
from pakkeforlop.web.open_api.problems import TYPE, Problem
from pakkeforlop.web.open_api.rates import Use, counters

ROOT = "/api/v1"
JSON = "application/json"
FRESH = "public, max-age=300, stale-while-revalidate=3600"
"""An answer may change with the next release: caches ask again after five minutes, by its tag."""
KEPT_BYTES = 64 << 20
PACKED_FROM = 1024
METHODS = ("GET", "HEAD", "OPTIONS")
CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Link, RateLimit, RateLimit-Policy, Retry-After",
}
PREFLIGHT = {
    "Access-Control-Allow-Methods": ", ".join(METHODS),
    "Access-Control-Allow-Headers": "Accept, If-None-Match",
    "Access-Control-Max-Age": "86400",
}
LANGUAGE = Parameter("lang", "Language of names and sentences.", values=lambda _: ("nb", "nn", "en"), default="nb")


@dataclass(frozen=True)
class Question:
    """What is asked: the releases, the parts of the path, the values of the query, and where the interface is."""

    library: Library
    parts: Mapping[str, str]
    values: Mapping[str, Any]
    base: str
    accept: str = ""

    @property
    def catalogue(self) -> Catalogue:
        """The definitions that give names."""
        return catalogue()

    @property
    def language(self) -> str:
        """nb, nn or en."""
        return str(self.values.get("lang") or "nb")


@dataclass(frozen=True)
class Answer:
    """An answer to be kept: bytes, their type, and headers of its own."""

    body: bytes
    kind: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int = 200

    @classmethod
    def of(cls, value: Any, kind: str = JSON, **headers: str) -> Answer:
        """A value as JSON."""
        body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
        return cls(body, kind, {name.replace("_", "-"): text for name, text in headers.items()})


@dataclass(frozen=True)
class Endpoint:
    """An address: its route under /api/v1/, what it tells, what may be asked, and who answers."""

    route: str
    name: str
    told: str
    answer: Callable[[Question], Answer]
    parameters: tuple[Parameter, ...] = ()
    kinds: tuple[str, ...] = (JSON,)
    schema: str = ""
    parts: Mapping[str, str] = field(default_factory=dict)
    statuses: tuple[int, ...] = ()
    whatever: bool = False
    """Whether what is asked for does not matter."""

    @property
    def asked(self) -> tuple[Parameter, ...]:
        """What may be asked: its own parameters, and the language."""
        return self.parameters if LANGUAGE in self.parameters else (*self.parameters, LANGUAGE)

    @property
    def path(self) -> str:
        """The route with its parts in braces."""
        return self.route.replace("<str:", "{").replace("<path:", "{").replace(">", "}")


@dataclass(frozen=True)
class _Kept:
    """A ready answer, plain and packed, with its tag."""

    answer: Answer
    packed: bytes
    tag: str

    @property
    def size(self) -> int:
        return len(self.answer.body) + len(self.packed)


class _Ready:
    """Ready answers up to a number of bytes; those asked for longest ago go first."""

    def __init__(self, most: int) -> None:
        self._most, self._size = most, 0
        self._found: OrderedDict[Any, _Kept] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Any) -> _Kept | None:
        with self._lock:
            found = self._found.get(key)
            if found is not None:
                self._found.move_to_end(key)
            return found

    def keep(self, key: Any, one: _Kept) -> None:
        if one.size > self._most // 4:
            return
        with self._lock:
            self._size += one.size - (self._found[key].size if key in self._found else 0)
            self._found[key] = one
            self._found.move_to_end(key)
            while self._size > self._most:
                self._size -= self._found.popitem(last=False)[1].size


READY = _Ready(KEPT_BYTES)


@cache
def catalogue() -> Catalogue:
    """The definitions of the product, read once."""
    from pakkeforlop.catalogue.load import load_catalogue

    return load_catalogue()


def shelf() -> Library:
    """The releases that are served."""
    return library(Path(settings.RELEASES) if settings.RELEASES else None)


def view_of(endpoint: Endpoint) -> Callable[..., HttpResponse]:
    """The view of an address."""

    @csrf_exempt
    def view(request: HttpRequest, **parts: str) -> HttpResponse:
        use = _use(request)
        try:
            if use.too_often:
                raise Problem(
                    429, "too_often", allowed=use.allowed, seconds=use.seconds,
                    headers={"Retry-After": str(use.seconds)},
                )  # fmt: skip
            response = _answered(request, endpoint, parts)
        except Problem as problem:
            response = _told(request, problem)
        for name, value in (*CORS.items(), *use.headers.items()):
            response.headers[name] = value
        return response

    return view


def _answered(request: HttpRequest, endpoint: Endpoint, parts: Mapping[str, str]) -> HttpResponse:
    if request.method == "OPTIONS":
        return HttpResponse(status=204, headers={**PREFLIGHT, "Allow": ", ".join(METHODS)})
    if request.method not in METHODS:
        allow = ", ".join(METHODS)
        raise Problem(405, "method", method=str(request.method), allowed=allow, headers={"Allow": allow})
    kept = _kept(request, endpoint, parts)
    packs = bool(kept.packed) and "gzip" in request.headers.get("Accept-Encoding", "")
    tag = kept.tag[:-1] + '-gz"' if packs else kept.tag
    headers = {**kept.answer.headers, "ETag": tag, "Cache-Control": FRESH, "Vary": "Accept, Accept-Encoding"}
    if _has(request.headers.get("If-None-Match", ""), tag):
        return HttpResponseNotModified(headers=headers)
    if kept.answer.status == 204:
        return HttpResponse(status=204, headers=headers)
    if packs:
        headers["Content-Encoding"] = "gzip"
    body = kept.packed if packs else kept.answer.body
    headers["Content-Length"] = str(len(body))
    if request.method == "HEAD":
        body = b""
    return HttpResponse(body, content_type=kept.answer.kind, headers=headers)


def _kept(request: HttpRequest, endpoint: Endpoint, parts: Mapping[str, str]) -> _Kept:
    found = shelf()
    accept = _form(request.headers.get("Accept", ""))
    base = request.build_absolute_uri(ROOT)
    key = (found.version, base, request.get_full_path(), accept)
    kept = READY.get(key)
    if kept is None:
        values = {} if endpoint.whatever else read_parameters(request.GET.lists(), endpoint.asked, found)
        answer = endpoint.answer(Question(found, parts, values, base, accept))
        packed = gzip.compress(answer.body, 5, mtime=0) if len(answer.body) >= PACKED_FROM else b""
        digest = hashlib.sha256(answer.body + answer.kind.encode()).hexdigest()[:32]
        kept = _Kept(answer, packed if len(packed) < len(answer.body) else b"", f'"{digest}"')
        READY.keep(key, kept)
    return kept


def _form(accept: str) -> str:
    """The first form of the list that there is; empty where none is named."""
    for part in accept.split(","):
        kind = part.split(";")[0].strip().lower()
        if kind in {"text/csv", "application/vnd.apache.parquet", JSON}:
            return kind
    return ""


def _has(given: str, tag: str) -> bool:
    """Whether one of the tags given is this one (weak comparison, RFC 9110)."""
    return given.strip() == "*" or tag in {part.strip().removeprefix("W/") for part in given.split(",")}


def _use(request: HttpRequest) -> Use:
    count = counters(Path(settings.HOME) / "api_rates", settings.SECRET_KEY)
    return count.counted(client_address(request), at=clock.seconds(), allowed=settings.API_PER_MINUTE)


def _told(request: HttpRequest, problem: Problem) -> HttpResponse:
    language = request.GET.get("lang", "nb")
    body = problem.told(
        language if language in {"nb", "nn", "en"} else "nb", instance=request.path,
        documentation=request.build_absolute_uri(f"{ROOT}/problems"),
    )  # fmt: skip
    headers = {"Cache-Control": "no-store", **problem.headers}
    text = json.dumps(body, ensure_ascii=False, indent=1)
    return HttpResponse(text, content_type=TYPE, status=problem.status, headers=headers)
