"""Writes the report: one overview and one page per pathway, each a file that stands alone."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import metadata
from importlib.resources import files
from pathlib import Path

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from pakkeforlop.catalogue.model import Catalogue
from pakkeforlop.charts import assets, blocks
from pakkeforlop.review.report import presenter
from pakkeforlop.review.report.inputs import ReportInput
from pakkeforlop.review.report.run import Run
from pakkeforlop.review.report.workbook import write_workbook
from pakkeforlop.review.texts.load import Texts, load_texts

__all__ = ["ReportInput", "write_report"]


def write_report(
    folder: Path, *, run: ReportInput, catalogue: Catalogue, language: str = "nb", beside: Sequence[str] = ()
) -> list[Path]:
    """Write `index.html` and a page per pathway into `folder`; gives the files written, the overview first.

    beside: further languages, whose pages are named `index.nn.html` and so on. Every page then links to itself in the
    other languages, and a workbook with the figures of the year lies beside the pages of each language.
    """
    folder.mkdir(parents=True, exist_ok=True)
    endings = {language: "", **{other: f".{other}" for other in beside if other != language}}
    written: list[Path] = []
    for spoken, ending in endings.items():
        stands_in = any(one.starts for one in run.converted)
        texts = load_texts(spoken, in_place="converted.in_place" if stands_in else "")
        seen = Run(run, catalogue, texts, f"{ending}.html")
        pages = presenter.pages(seen)
        book = write_workbook(folder / f"figures{ending}.xlsx", seen) if beside else None
        for page in pages:
            others = _in_languages(page.file.removesuffix(seen.ending), endings, spoken) if beside else []
            written.append(
                _write(folder / page.file, render(page, pages[0], texts, run, others, book.name if book else ""))
            )
        written += [book] if book else []
    return written


def _in_languages(name: str, endings: Mapping[str, str], spoken: str) -> list[dict[str, str]]:
    """The same page in each language, with the name that the language gives itself; no address for its own."""
    return [
        {"code": code, "name": load_texts(code)("page.own_name"), "file": "" if code == spoken else f"{name}{end}.html"}
        for code, end in endings.items()
    ]


def render(
    page: blocks.PageContent, overview: blocks.PageContent, texts: Texts, run: ReportInput,
    languages: Sequence[Mapping[str, str]] = (), workbook: str = "",
) -> str:  # fmt: skip
    """One page as HTML with style and font inside."""
    css = _style() + _paper(page, texts)
    template = _environment().get_template("page.html")
    html = template.render(
        page=page,
        overview=overview,
        languages=languages,
        workbook=workbook,
        t=texts,
        css=blocks.picture(css),
        icon=assets.embedded_icon(),
        version=run.version or metadata.version("pakkeforlop"),
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
    loader = ChoiceLoader([PackageLoader(name) for name in ("pakkeforlop.review.report", "pakkeforlop.charts")])
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


@cache
def _style() -> str:
    own = files("pakkeforlop.review.report").joinpath("static/report.css").read_text(encoding="utf-8")
    css = assets.style("base") + assets.style("charts") + assets.compact(own)
    return "/*fonts*/" + assets.tokens(css) + css


def _paper(page: blocks.PageContent, texts: Texts) -> str:
    """What stands in the margins of each sheet: that it is internal, what it is about, and which sheet it is."""
    before, rest = texts("page.page_number", page="\0", pages="\1").split("\0")
    middle, after = rest.split("\1")
    mark = f"{texts('page.mark')} {texts('page.mark_text')}"
    sheet = f"{_quoted(before)} counter(page) {_quoted(middle)} counter(pages) {_quoted(after)}"
    return (
        f"@page{{@top-left{{content:{_quoted(mark)}}}@top-right{{content:{_quoted(page.title)}}}"
        f"@bottom-right{{content:{sheet}}}}}"
    )


def _quoted(text: str) -> str:
    """A CSS string: what could end it, or the style element around it, is written as a code."""
    return '"' + re.sub(r'["\\<>\n]', lambda found: f"\\{ord(found[0]):x} ", text) + '"'
