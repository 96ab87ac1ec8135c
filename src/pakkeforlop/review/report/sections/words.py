"""Small turns of phrase that several sections share."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypedDict

from markupsafe import Markup

from pakkeforlop.charts.blocks import Cell, Key, picture
from pakkeforlop.charts.signs import sign
from pakkeforlop.charts.svg import Form
from pakkeforlop.review.report.run import TOLD_PER_HUNDRED, Run


class Drawings(TypedDict):
    """A chart for a wide page, for paper and for a phone."""

    wide: Markup
    paper: Markup
    narrow: Markup


def drawn(draw: Callable[..., str], name: str, chart: object, *, narrow: object = None) -> Drawings:
    """A chart in its three forms; `narrow` is another cut of it for the phone."""

    def as_form(form: Form) -> Markup:
        shown = narrow if narrow is not None and form == "narrow" else chart
        return picture(draw(shown, name=f"{name}-{form[0]}", form=form))

    return {"wide": as_form("wide"), "paper": as_form("paper"), "narrow": as_form("narrow")}


def keys(run: Run, *names: str) -> list[Key]:
    """The key of a chart: signs with their words."""
    return [Key(sign(name), run.texts(f"sign.{name}")) for name in names]


def number(run: Run, value: int | None, *, bold: bool = False) -> Cell:
    """A count in a table."""
    return Cell("" if value is None else run.format.integer(value), "num b" if bold else "num")


def counts(run: Run, within: int, total: int) -> Cell:
    """`within/total` in a table."""
    return Cell(f"{run.format.integer(within)}/{run.format.integer(total)}", "num")


def share(run: Run, within: int, total: int) -> Cell:
    """A share of 100 in a table, bold; empty without a denominator."""
    return Cell(run.per_hundred(within, total) if total else "", "num b")


def interval(run: Run, low: float | None, high: float | None) -> str:
    """An interval in whole percent, or empty."""
    return "" if low is None or high is None else run.format.interval(low, high, 0)


def of_hundred(run: Run, part: int, total: int) -> str:
    """How many of 100: whole, but never a silent zero."""
    if part and total and 200 * part < total:
        return run.texts("page.less_than_one")
    return run.format.integer(round(100 * part / total)) if total else ""


def told(run: Run, within: int, total: int) -> str:
    """`74 av 100` beside a row of a chart, or the counts where they are few."""
    if total < TOLD_PER_HUNDRED:
        return run.texts("rate.counts", within=run.format.integer(within), total=run.format.integer(total))
    return run.texts("pathways.of_hundred", n=run.per_hundred(within, total))


def first_upper(text: str) -> str:
    """The text with a capital first letter."""
    return text[:1].upper() + text[1:]
