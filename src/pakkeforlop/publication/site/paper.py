"""One-pagers as PDF, and charts as PNG: the same page and the same drawing on paper. Needs WeasyPrint and pypdfium2."""

from __future__ import annotations

import io
import logging
import re
from importlib.util import find_spec
from typing import Any

from pakkeforlop.charts import assets
from pakkeforlop.charts.inked import inked
from pakkeforlop.charts.standalone import size_of
from pakkeforlop.publication.site.page import Page
from pakkeforlop.publication.site.render import on_paper
from pakkeforlop.publication.site.scene import Scene

DOTS = 2.0
"""Dots of a picture for each pixel of the drawing."""
EDGE = 16
MORE = "Inter more"
_MORE_LETTERS = re.compile(r"@font-face\{font-family:Inter;(?=[^}]*unicode-range:U\+0100)")
SCALES = (1.0, 1.08, 1.16, 1.26, 1.38, 1.5)
"""A sheet is drawn on paper so many times as large and then reduced, until all of it stands on one."""


class NoPaper(RuntimeError):
    """What writes paper is not installed, or a system library that it needs is missing."""


def pdf(page: Page, scene: Scene) -> bytes:
    """The page as a tagged PDF (PDF/UA-1) on one A4 sheet, drawn as large as fits. Raises NoPaper."""
    html = on_paper(page, scene)
    for scale in SCALES:
        size = f"<style>@page{{size:{210 * scale}mm {297 * scale}mm}}</style></head>"
        document = _laid_out(html.replace("</head>", size, 1))
        if len(document.pages) == 1 or scale == SCALES[-1]:
            break
    written: bytes = document.write_pdf(zoom=1 / scale, pdf_variant="pdf/ua-1")
    return written


def png(svg: str) -> bytes:
    """A chart as a picture. Raises NoPaper."""
    drawn = inked(svg)
    width, height = size_of(svg)
    sheet = f"@page{{size:{width + 2 * EDGE}px {height + 2 * EDGE + 2}px;margin:{EDGE}px}}"
    size = f"{sheet}body{{margin:0}}svg{{display:block;width:{width}px;height:{height}px}}"
    style = assets.embedded_fonts(drawn) + size
    html = f"<!doctype html><html lang='nb'><title>.</title><style>{style}</style>{drawn}</html>"
    content = _laid_out(html).write_pdf()
    try:
        import pypdfium2  # type: ignore[import-untyped]
    except ImportError as error:
        raise NoPaper("pypdfium2") from error
    document = pypdfium2.PdfDocument(content)
    try:
        picture = document[0].render(scale=DOTS * 96 / 72).to_pil()
    finally:
        document.close()
    stream = io.BytesIO()
    picture.save(stream, "PNG", optimize=True)
    return stream.getvalue()


def letters_apart(html: str) -> str:
    """The file of letters beyond Latin-1, Sámi ones among them, as a family of its own behind Inter.

    WeasyPrint knows a font by its family and weight: of two files of one family it writes the first into the PDF, and
    the letters of the second come out as others.
    """
    html = _MORE_LETTERS.sub(f"@font-face{{font-family:{MORE};", html)
    return html.replace("font-family:Inter,", f"font-family:Inter,{MORE},")


def _laid_out(html: str) -> Any:
    """The pages before they are written. Raises NoPaper."""
    if find_spec("weasyprint") is None:
        raise NoPaper("weasyprint")
    try:
        import weasyprint  # type: ignore[import-untyped]
    except OSError as error:  # a library of the system, such as Pango, is not there
        raise NoPaper(str(error)) from error
    logging.getLogger("weasyprint").setLevel(logging.ERROR)  # it tells of every rule that is for screens only
    only_inside = weasyprint.urls.URLFetcher(allowed_protocols=("data",))  # paper asks network and disk for nothing
    return weasyprint.HTML(string=letters_apart(html), url_fetcher=only_inside).render(pdf_variant="pdf/ua-1")
