"""The style sheets and fonts that pages, papers and pictures share, and the tokens they take from the design system."""

from __future__ import annotations

import base64
import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import TypedDict

_STATIC = files("pakkeforlop.charts").joinpath("static")
_TOKEN = re.compile(r"var\((--ds-color-[a-z0-9-]+)\)")
_LIGHT = re.compile(
    r'@layer ds\.theme\.color-scheme\.light \{\s*:root, \[data-color-scheme="light"\] \{(.*?)\n\}', re.S
)
_VALUE = re.compile(r"(--ds-color-[a-z0-9-]+):\s*([^;]+);")
_COMMENT = re.compile(r"/\*.*?\*/", re.S)
LATIN = (
    "U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+2000-206F,U+20AC,U+2122,U+2190-2193,U+2212,"
    "U+25CB,U+25CF"
)
LATIN_EXT = "U+0100-02BA,U+1E00-1E9F,U+1EF2-1EFF,U+2C60-2C7F,U+A720-A7FF"


class VendoredFile(TypedDict):
    """One line of the manifest of files taken from other packages."""

    path: str
    package: str
    version: str
    licence: str
    sha256: str


@cache
def style(name: str) -> str:
    """A style sheet of ours by name (`base`, `charts`), without comments and needless space."""
    return compact(_STATIC.joinpath(f"{name}.css").read_text(encoding="utf-8"))


def compact(css: str) -> str:
    """CSS without comments, and with one space where there were more."""
    return re.sub(r"\s*([{};])\s*", r"\1", re.sub(r"\s+", " ", _COMMENT.sub("", css))).strip()


@cache
def _theme() -> dict[str, str]:
    """The colour tokens of the light scheme."""
    theme = _STATIC.joinpath("vendor/designsystemet-theme/designsystemet.css").read_text(encoding="utf-8")
    found = _LIGHT.search(theme)
    if found is None:
        raise ValueError("the theme has no light colour scheme where one was expected")
    return dict(_VALUE.findall(found.group(1)))


def tokens(css: str) -> str:
    """A `:root` rule with just those colour tokens of the theme that `css` uses."""
    theme = _theme()
    used = sorted(set(_TOKEN.findall(css)))
    return ":root{" + ";".join(f"{name}:{theme[name]}" for name in used) + "}"


@cache
def _font(name: str) -> str:
    return base64.b64encode(_STATIC.joinpath("vendor/inter", name).read_bytes()).decode("ascii")


def embedded_fonts(text: str) -> str:
    """`@font-face` rules with Inter inside; the file with Sámi letters is added only when `text` has such a letter."""
    faces = [("inter-latin-wght-normal.woff2", LATIN)]
    if re.search("[\u0100-\u02ba\u1e00-\u1eff\u2c60-\u2c7f]", text):
        faces.append(("inter-latin-ext-wght-normal.woff2", LATIN_EXT))
    return "".join(
        f"@font-face{{font-family:Inter;font-weight:100 900;font-display:swap;unicode-range:{letters};"
        f'src:url("data:font/woff2;base64,{_font(name)}") format("woff2")}}'
        for name, letters in faces
    )


@cache
def icon() -> bytes:
    """The sign of the product on a browser's tab, as SVG."""
    return _STATIC.joinpath("shared/icon.svg").read_bytes()


@cache
def embedded_icon() -> str:
    """The same as an address that holds it, for pages that stand alone: without one, browsers ask for favicon.ico."""
    return f"data:image/svg+xml;base64,{base64.b64encode(icon()).decode('ascii')}"


@cache
def manifest() -> tuple[VendoredFile, ...]:
    """The files taken over unchanged from packages, with version, licence and sum."""
    listed = tomllib.loads(_STATIC.joinpath("vendor/MANIFEST.toml").read_text(encoding="utf-8"))
    return tuple(listed["file"])


def vendored(path: str) -> bytes:
    """The content of one file of the manifest."""
    return _STATIC.joinpath("vendor", path).read_bytes()
