"""Pages as HTML. The style is one file with a name from its content, so that any cache may keep it for good."""

from __future__ import annotations

import hashlib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from pakkeforlop.charts import assets
from pakkeforlop.charts.blocks import picture
from pakkeforlop.charts.inked import inked
from pakkeforlop.publication.site.page import MENU, Page
from pakkeforlop.publication.site.scene import Scene
from pakkeforlop.publication.site.words import LANGUAGES, load_words

STATIC = Path(__file__).parent / "static"
FONTS = {"inter-latin-wght-normal.woff2": assets.LATIN, "inter-latin-ext-wght-normal.woff2": assets.LATIN_EXT}


@cache
def stylesheet() -> bytes:
    """The style of all pages, with the fonts beside it."""
    own = (STATIC / "site.css").read_text(encoding="utf-8")
    css = assets.style("base") + assets.style("charts") + assets.compact(own)
    faces = "".join(
        f"@font-face{{font-family:Inter;font-weight:100 900;font-display:swap;unicode-range:{letters};"
        f"src:url({name}) format('woff2')}}"
        for name, letters in FONTS.items()
    )
    return (faces + assets.tokens(css) + css).encode()


@cache
def style_name() -> str:
    """The file name of the style."""
    return f"site.{hashlib.sha256(stylesheet()).hexdigest()[:12]}.css"


def files() -> dict[str, tuple[bytes, str]]:
    """Files that pages ask for, by name: content and media type."""
    fonts = {name: (assets.vendored(f"inter/{name}"), "font/woff2") for name in FONTS}
    return {
        style_name(): (stylesheet(), "text/css; charset=utf-8"), **fonts, "icon.svg": (assets.icon(), "image/svg+xml")
    }  # fmt: skip


def as_html(page: Page, scene: Scene) -> bytes:
    """The page."""
    languages = [(code, load_words(code)("own_name"), scene.url(page.path, code)) for code in LANGUAGES]
    return _filled(
        "page.html", page, scene, menu=_menu(page, scene), languages=languages,
        style=f"{scene.root}fil/{style_name()}", icon=f"{scene.root}fil/icon.svg",
    ).encode()  # fmt: skip


def on_paper(page: Page, scene: Scene) -> str:
    """The page for A4: charts in their paper form with colours written out, what opens on a click left out."""
    style = picture(_paper_style())
    html = _filled("paper.html", page, scene, style=style, inked=lambda svg: picture(inked(str(svg))))
    return html.replace("/*fonts*/", assets.embedded_fonts(html), 1)


@cache
def _paper_style() -> str:
    own = (STATIC / "paper.css").read_text(encoding="utf-8")
    css = assets.style("base") + assets.compact(own)
    return "/*fonts*/" + assets.tokens(css) + css


def _filled(template: str, page: Page, scene: Scene, **more: Any) -> str:
    """A template with the page, and what is told of the release on each."""
    release = scene.book.holder
    return _environment().get_template(template).render(
        page=page, scene=scene, t=scene.t, release=release, released=_released(scene),
        title_of=scene.release_name(release), **more,
    )  # fmt: skip


def _menu(page: Page, scene: Scene) -> list[tuple[str, str, bool]]:
    return [(scene.url(path), scene.t(f"menu.{name}"), name == page.menu) for name, path in MENU]


def _released(scene: Scene) -> str:
    return scene.form.long_date(date.fromisoformat(scene.book.holder.released))


@cache
def _environment() -> Environment:
    loader = ChoiceLoader([PackageLoader(name) for name in ("pakkeforlop.publication.site", "pakkeforlop.charts")])
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
