"""Charts of the public pages in their three forms, with their keys and their files."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from urllib.parse import urlencode

from pakkeforlop.charts.blocks import Figure, Key, picture
from pakkeforlop.charts.dots import DotPlot, DotRow, draw_dots
from pakkeforlop.charts.signs import sign
from pakkeforlop.charts.standalone import with_line
from pakkeforlop.charts.svg import Form
from pakkeforlop.publication.open_api.released import Released
from pakkeforlop.publication.site.scene import Scene, shown

FORMS: tuple[Form, ...] = ("wide", "paper", "narrow")


class Gallery:
    """Collects the charts of a page: each becomes a figure, and a file beside the page.

    asked: what stands after the question mark in the address of the page.
    """

    def __init__(self, scene: Scene, path: str, asked: Mapping[str, str] | None = None) -> None:
        self._scene, self._path = scene, path
        self._asked = f"?{urlencode(asked)}" if asked else ""
        self.charts: dict[str, str] = {}

    def figure(
        self,
        draw: Callable[..., str],
        name: str,
        chart: object,
        *,
        title: str,
        subtitle: str = "",
        signs: Sequence[str] = (),
        caption: str = "",
        narrow: object = None,
        printed: bool = True,
    ) -> Figure:
        """The chart as a figure; `narrow` is another cut of it for the phone."""
        drawn = {
            form: draw(
                narrow if narrow is not None and form == "narrow" else chart, name=f"{name}-{form[0]}", form=form
            )
            for form in FORMS
        }
        t = self._scene.t
        said = self._scene.synthetic
        self.charts[name] = with_line(drawn["wide"], t("synthetic.line")) if said else drawn["wide"]
        at = self._scene.url(f"{self._path}{name}")
        files = [(f"{at}.{kind}{self._asked}", t(f"file.{kind}")) for kind in ("svg", "png")]
        keys = [Key(sign(one), t(f"sign.{one}")) for one in signs]
        return Figure(
            title,
            picture(drawn["wide"]),
            picture(drawn["paper"]),
            picture(drawn["narrow"]),
            subtitle,
            keys,
            caption,
            files,
            printed,
        )


def dot_row(
    scene: Scene,
    name: str,
    figure: Released | None,
    *,
    beside: Released | None = None,
    href: str = "",
    expected: float | None = None,
    with_beside: bool = True,
) -> DotRow:
    """A row of a dot plot: the share with its interval, the inclusion share beside it."""
    words = scene.value(beside) if with_beside else ""
    if figure is None or not shown(figure):
        return DotRow(name, value=scene.value(figure), beside=words, href=href)
    return DotRow(
        name, figure.percent, figure.ci_low, figure.ci_high, scene.rate(figure), words, expected=expected, href=href
    )


def dot_plot(scene: Scene, rows: Sequence[DotRow], *, title: str, desc: str, head: str, beside: bool = True) -> DotPlot:
    """A dot plot with the target."""
    t = scene.t
    return DotPlot(
        title=title,
        desc=desc,
        rows=rows,
        name_head=head,
        value_head=t("head.in_time"),
        beside_head=t("head.inclusion") if beside else "",
        narrow_head=t("head.narrow") if beside else t("head.in_time"),
        target=scene.book.target,
        target_label=t("target.label", target=scene.target_word),
    )


__all__ = ["Gallery", "dot_plot", "dot_row", "draw_dots"]
