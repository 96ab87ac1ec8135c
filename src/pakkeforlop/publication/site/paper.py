"""One-pagers as PDF, and charts as PNG: the same page and the same drawing on paper. Needs WeasyPrint and pypdfium2."""

from __future__ import annotations

import io
from importlib.util import find_spec

from pakkeforlop.charts import assets
from pakkeforlop.charts.inked import inked
from pakkeforlop.publication.site.page import Page
from pakkeforlop.publication.site.render import on_paper
from pakkeforlop.publication.site.scene import Scene

DOTS = 2.0
"""Dots of a picture for each pixel of the drawing."""
EDGE = 16


class NoPaper(RuntimeError):
    """What writes paper is not installed, or a system library that it needs is missing."""


def pdf(page: Page, scene: Scene) -> bytes:
    """The page as a tagged PDF (PDF/UA-1) on A4. Raises NoPaper."""
    return _written(on_paper(page, scene))


def png(svg: str) -> bytes:
    """A chart as a picture. Raises NoPaper."""
    drawn = inked(svg)
    width, height = (float(drawn.split(f'{name}="', 1)[1].split('"', 1)[0]) for name in ("width", "height"))
    size = (
        f"@page{{size:{width + 2 * EDGE}px {height + 2 * EDGE}px;margin:{EDGE}px}}body{{margin:0}}svg{{display:block}}"
    )
    style = assets.embedded_fonts(drawn) + size
    html = f"<!doctype html><html lang='nb'><title>.</title><style>{style}</style>{drawn}</html>"
    content = _written(html, tagged=False)
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


def _written(html: str, *, tagged: bool = True) -> bytes:
    if find_spec("weasyprint") is None:
        raise NoPaper("weasyprint")
    try:
        import weasyprint  # type: ignore[import-untyped]
    except OSError as error:  # a library of the system, such as Pango, is not there
        raise NoPaper(str(error)) from error
    document = weasyprint.HTML(string=html, url_fetcher=_nothing_from_outside)
    written: bytes | None = document.write_pdf(pdf_variant="pdf/ua-1") if tagged else document.write_pdf()
    if written is None:
        raise NoPaper("weasyprint wrote nothing")
    return written


def _nothing_from_outside(url: str, *args: object, **options: object) -> dict[str, object]:
    """Only what stands in the page itself (data addresses) is read: paper asks the network for nothing."""
    del args, options
    if not url.startswith("data:"):
        raise ValueError("paper reads nothing from outside the page")
    import weasyprint

    fetched: dict[str, object] = weasyprint.default_url_fetcher(url)
    return fetched
