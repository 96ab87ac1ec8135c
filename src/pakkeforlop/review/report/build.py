"""Writes the report: one overview and one page per pathway, each a file that stands alone."""

from __future__ import annotations

import os
from functools import cache
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from pakkeforlop.catalogue.model import Catalogue
from pakkeforlop.charts import assets
from pakkeforlop.review.report import blocks, presenter
from pakkeforlop.review.report.inputs import ReportInput
from pakkeforlop.review.report.run import Run
from pakkeforlop.review.texts.load import Texts, load_texts

__all__ = ["ReportInput", "write_report"]


def write_report(folder: Path, *, run: ReportInput, catalogue: Catalogue, language: str = "nb") -> list[Path]:
    """Write `index.html` and a page per pathway into `folder`; gives the files written, the overview first."""
    texts = load_texts(language)
    pages = presenter.pages(Run(run, catalogue, texts))
    folder.mkdir(parents=True, exist_ok=True)
    return [_write(folder / page.file, render(page, pages[0], texts, run)) for page in pages]


def render(page: blocks.PageContent, overview: blocks.PageContent, texts: Texts, run: ReportInput) -> str:
    """One page as HTML with style and font inside."""
    css = _style(texts)
    template = _environment().get_template("page.html")
    html = template.render(
        page=page,
        overview=overview,
        t=texts,
        css=blocks.picture(css),
        version=run.version,
        as_of=texts.format.long_date(run.as_of),
    )
    return html.replace("/*fonts*/", assets.embedded_fonts(html), 1)


def _write(path: Path, html: str) -> Path:
    """Written beside and renamed, so that no reader meets half a file."""
    beside = path.with_name(f".{path.name}.part")
    with beside.open("w", encoding="utf-8") as file:
        file.write(html)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    return path


@cache
def _environment() -> Environment:
    loader = PackageLoader("pakkeforlop.review.report", "templates")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


@cache
def _style(texts: Texts) -> str:
    own = files("pakkeforlop.review.report").joinpath("static/report.css").read_text(encoding="utf-8")
    css = assets.style("base") + assets.style("charts") + assets.compact(own)
    paper = f'@page{{@top-left{{content:"{texts("page.mark_paper")}"}}@bottom-right{{content:{_page_number(texts)}}}}}'
    return "/*fonts*/" + assets.tokens(css) + css + paper


def _page_number(texts: Texts) -> str:
    """`Side 1 av 3` as CSS content."""
    before, rest = texts("page.page_number", page="\0", pages="\1").split("\0")
    middle, after = rest.split("\1")
    return f'"{before}" counter(page) "{middle}" counter(pages) "{after}"'
