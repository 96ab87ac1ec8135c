"""The site: from an address to bytes. Pages are made when first asked for, and kept as long as the releases stand."""

from __future__ import annotations

import gzip
import hashlib
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import metadata

from pakkeforlop.catalogue.model import Catalogue
from pakkeforlop.charts.standalone import standalone
from pakkeforlop.publication.open_api.library import Library
from pakkeforlop.publication.site import (
    cancer,
    comparing,
    counted,
    downloads,
    england,
    feed,
    finding,
    front,
    hospital,
    mental,
    method,
    paper,
    plain,
    render,
)
from pakkeforlop.publication.site.book import Book
from pakkeforlop.publication.site.page import Page
from pakkeforlop.publication.site.scene import MADE_UP, Scene
from pakkeforlop.publication.site.words import LANGUAGES

HTML, PDF, SVG, PNG, ATOM = (
    "text/html; charset=utf-8",
    "application/pdf",
    "image/svg+xml",
    "image/png",
    "application/atom+xml; charset=utf-8",
)
MOST_KEPT = 128 << 20
"""Bytes of answers kept in memory; the least used go first. What was searched for and what is not there is not kept."""
CHART = re.compile(r"(?P<path>(?:[a-z0-9_-]+/)*)(?P<name>[a-z-]+)\.(?P<kind>svg|png)")
SHEET = "ark.pdf"
WORDS = ("kreftform", "ar", "a", "b", "c", "d", "q")
"""What an address may ask; anything else is not read."""


@dataclass(frozen=True)
class Answer:
    """What is sent: content, packed content where that is smaller, media type, tag; `moved` is another address."""

    content: bytes
    kind: str
    status: int = 200
    packed: bytes = b""
    tag: str = ""
    moved: str = ""
    for_good: bool = False
    """The content of this address never changes."""

    @property
    def size(self) -> int:
        """Bytes that it takes to keep."""
        return len(self.content) + len(self.packed)


class Site:
    """All pages of one state of the releases."""

    def __init__(
        self, library: Library, catalogue: Catalogue, *, root: str = "/statistikk/", host: str = "", version: str = ""
    ) -> None:
        self.book = Book(library, catalogue)
        self.root, self.host = root, host
        self.version = version or metadata.version("pakkeforlop")
        apart = library.synthetic
        self._made_up = Site(apart, catalogue, root=root + MADE_UP, host=host, version=version) if apart else None
        self._scenes = {language: Scene(self.book, language, root, host) for language in LANGUAGES}
        self._files = render.files()
        self._kept: OrderedDict[tuple[str, ...], Answer] = OrderedDict()
        self._held = 0
        self._guard = threading.Lock()

    def answer(self, path: str, asked: Mapping[str, str] | None = None) -> Answer:
        """The answer to an address under the root. asked: what stands after the question mark."""
        if self._made_up is not None and path.startswith(MADE_UP):
            return self._made_up.answer(path.removeprefix(MADE_UP), asked)
        wanted = {name: value for name in WORDS if (value := (asked or {}).get(name, ""))}
        key = (path, *(f"{name}={wanted[name]}" for name in sorted(wanted)))
        with self._guard:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        made = self._made(path, wanted)
        if made.status == 200 and "q" not in wanted:
            self._keep(key, made)
        return made

    def _keep(self, key: tuple[str, ...], made: Answer) -> None:
        with self._guard:
            if key not in self._kept:
                self._held += made.size
            self._kept[key] = made
            while self._held > MOST_KEPT and len(self._kept) > 1:
                _, gone = self._kept.popitem(last=False)
                self._held -= gone.size

    def _made(self, path: str, wanted: Mapping[str, str]) -> Answer:
        if path.startswith("fil/"):
            return self._file(path.removeprefix("fil/"))
        language, _, rest = path.partition("/") if path.split("/", 1)[0] in ("nn", "en") else ("nb", "", path)
        scene = self._scenes[language]
        if rest == "utgaver.atom":
            return self._packed(feed.atom(scene), ATOM)
        if rest == "finn/" and (address := finding.straight_to(scene, wanted.get("q", ""))):
            return Answer(b"", HTML, 302, moved=address)
        if rest.endswith(SHEET):
            return self._sheet(scene, rest.removesuffix(SHEET))
        if found := CHART.fullmatch(rest):
            return self._chart(scene, found["path"], found["name"], found["kind"], wanted)
        if rest and not rest.endswith("/") and self.page(scene, rest + "/", wanted).status == 200:
            return Answer(b"", HTML, 301, moved=scene.url(rest + "/"))
        page = self.page(scene, rest, wanted)
        return self._packed(render.as_html(page, scene), HTML, page.status)

    def page(self, scene: Scene, path: str, wanted: Mapping[str, str]) -> Page:
        """The page of a path; the one that says there is none."""
        match path.split("/"):
            case [""]:
                found: Page | None = front.page(scene)
            case ["kreftform", key, ""]:
                found = cancer.page(scene, key)
            case ["sykehus", ""]:
                found = hospital.every(scene)
            case ["sykehus", org_nr, ""]:
                found = hospital.one(scene, org_nr)
            case ["sykehus", org_nr, key, ""]:
                found = hospital.pair(scene, org_nr, key)
            case ["tall", figure_id, ""]:
                found = counted.page(scene, figure_id)
            case ["utgaver", name, ""]:
                found = downloads.release(scene, name)
            case ["sammenlign", ""]:
                found = comparing.page(scene, wanted)
            case ["finn", ""]:
                found = finding.page(scene, wanted.get("q", ""))
            case [name, ""] if name in SINGLE and not (scene.synthetic and name in REAL_ONLY):
                found = SINGLE[name](scene)
            case _:
                found = None
        return found or plain.missing(scene)

    def _file(self, name: str) -> Answer:
        if name not in self._files:
            return self._packed(render.as_html(plain.missing(self._scenes["nb"]), self._scenes["nb"]), HTML, 404)
        content, kind = self._files[name]
        return self._packed(content, kind, pack=kind != "font/woff2", for_good=name != "icon.svg")

    def _sheet(self, scene: Scene, path: str) -> Answer:
        page = self.page(scene, path, {})
        if page.status != 200 or not page.paper:
            return self._packed(render.as_html(plain.missing(scene), scene), HTML, 404)
        try:
            return self._packed(paper.pdf(page, scene), PDF, pack=False)
        except paper.NoPaper:
            return self._no_paper(scene, page)

    def _chart(self, scene: Scene, path: str, name: str, kind: str, wanted: Mapping[str, str]) -> Answer:
        page = self.page(scene, path, wanted)
        if page.status != 200 or name not in page.charts:
            return self._packed(render.as_html(plain.missing(scene), scene), HTML, 404)
        if kind == "svg":
            return self._packed(standalone(page.charts[name]).encode(), SVG)
        try:
            return self._packed(paper.png(page.charts[name]), PNG, pack=False)
        except paper.NoPaper:
            return self._no_paper(scene, page)

    def _no_paper(self, scene: Scene, page: Page) -> Answer:
        """This server cannot write paper: say so, and how to print the page itself."""
        t = scene.t
        told = Page(
            path=page.path,
            menu=page.menu,
            title=t("paper.title"),
            heading=t("paper.heading"),
            lead=[t("paper.lead")],
            crumbs=[(scene.url(page.path), page.title)],
            status=503,
        )
        return self._packed(render.as_html(told, scene), HTML, 503)

    def _packed(
        self, content: bytes, kind: str, status: int = 200, *, pack: bool = True, for_good: bool = False
    ) -> Answer:
        small = gzip.compress(content, 6, mtime=0) if pack else b""
        state = f"{self.book.library.version} {self.version}".encode()
        tag = hashlib.sha256(state + content).hexdigest()[:32]
        return Answer(
            content, kind, status, small if small and len(small) < len(content) else b"", f'"{tag}"', for_good=for_good
        )


SINGLE: dict[str, Callable[[Scene], Page | None]] = {
    "slik-teller-vi": method.page,
    "last-ned": downloads.page,
    "utgaver": downloads.releases,
    "for-pasienter": plain.patients,
    "tilgjengelighet": plain.accessibility,
    "england": england.page,
    mental.PATH.rstrip("/"): mental.page,
}
REAL_ONLY = ("england",)
"""Pages of figures that others have published."""
