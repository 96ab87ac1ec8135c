"""The share in time by pathway, with how many were included; then the times in each pathway."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pakkeforlop.catalogue.limit_changes import share_limits
from pakkeforlop.charts import blocks
from pakkeforlop.charts.dots import DotPlot, DotRow, draw_dots
from pakkeforlop.review.report.cells import Share
from pakkeforlop.review.report.measures import Group, groups
from pakkeforlop.review.report.run import Run, Scope
from pakkeforlop.review.report.sections.words import counts, drawn, interval, keys, of_hundred, share, told
from pakkeforlop.vocabulary.calendar import day_of


@dataclass(frozen=True)
class Line:
    """One pathway with its figures of the year."""

    scope: Scope
    share: Share | None
    inclusion: Share | None
    group: Group | None

    @property
    def total(self) -> int:
        """Counted pathways."""
        return self.share.denominator if self.share else 0


def lines(run: Run) -> tuple[list[Line], list[Line]]:
    """Pathways inside the total and outside it, the largest first."""
    counted = run.counted
    found = groups(counted.pathway, counted.whole("share_days"), counted.whole("share_limit")) if counted.count else []
    by_prefix = {group.name: group for group in found}
    all_lines = [Line(s, run.share(s), run.inclusion(s), by_prefix.get(min(s.prefixes))) for s in run.scopes]
    ordered = sorted(all_lines, key=lambda line: (-line.total, run.sort_key(run.short_name(line.scope))))
    inside = [line for line in ordered if line.scope.family and line.scope.family.key == "organ_specific"]
    return inside, [line for line in ordered if line not in inside]


def section(run: Run) -> blocks.Section | None:
    """The section, or None when there is one pathway only."""
    inside, outside = lines(run)
    shown = [line for line in inside if line.share is not None]
    if len(run.scopes) < 2 or not (shown or any(line.share for line in outside)):
        return None
    reached = [line for line in shown if _reached(run, line)]
    if reached and len(reached) == len(shown):
        heading = run.texts("pathways.heading_all", total=len(shown))
    else:
        heading = run.texts.count("pathways.heading", len(reached), total=len(shown))
    return blocks.Section(
        "forlop",
        heading,
        [_figure(run, inside, outside, len(reached)), _numbers(run, inside, outside)],
        run.texts("pathways.menu"),
    )


def _reached(run: Run, line: Line) -> bool:
    return line.share is not None and line.share.reaches(run.target)


def _row(run: Run, line: Line) -> DotRow:
    texts, cell, included = run.texts, line.share, line.inclusion
    beside = ""
    if run.has_inclusion:
        beside = texts("pathways.not_published")
        if included:
            beside = texts("pathways.included", n=run.per_hundred(included.numerator, included.denominator))
    if cell is None:
        return DotRow(run.short_name(line.scope), value=texts("pathways.no_share"), beside=beside)
    value = told(run, cell.numerator, cell.denominator)
    return DotRow(run.short_name(line.scope), cell.percent, cell.low, cell.high, value, beside)


def _figure(run: Run, inside: list[Line], outside: list[Line], reached: int) -> blocks.Figure:
    texts = run.texts
    rows = [_row(run, line) for line in inside]
    if outside and inside:
        rows.append(DotRow(texts("pathways.outside_total"), is_heading=True))
    rows += [_row(run, line) for line in outside]
    plot_desc = _desc(run, [line for line in inside if line.share is not None], reached)
    plot = DotPlot(
        title=texts("pathways.chart"),
        desc=plot_desc,
        rows=rows,
        name_head=texts("pathways.name"),
        value_head=texts("pathways.in_time"),
        beside_head=texts("pathways.beside") if run.has_inclusion else "",
        narrow_head=texts("pathways.narrow" if run.has_inclusion else "pathways.narrow_alone"),
        target=run.target,
        target_label=texts("pathways.target", target=run.target_word),
    )
    return blocks.Figure(
        "",
        **drawn(draw_dots, "pathways", plot),
        subtitle=texts("pathways.subtitle", period=run.period),
        keys=keys(run, "point", "interval", "target"),
    )


def _desc(run: Run, told: list[Line], reached: int) -> str:
    """The chart in words: how many reach the target, and the two ends."""
    shares = [(line.share, run.short_name(line.scope)) for line in told if line.share is not None]
    if not shares:
        return run.texts("pathways.chart")
    lowest, highest = min(shares, key=lambda pair: pair[0].percent), max(shares, key=lambda pair: pair[0].percent)
    return run.texts(
        "pathways.desc",
        total=len(shares),
        reached=reached,
        target=run.target_word,
        lowest=lowest[1],
        lowest_rate=run.rate(lowest[0].numerator, lowest[0].denominator),
        highest=highest[1],
        highest_rate=run.rate(highest[0].numerator, highest[0].denominator),
    )


def _numbers(run: Run, inside: list[Line], outside: list[Line]) -> blocks.Details:
    texts = run.texts
    heads = [
        blocks.Head(texts("pathways.name")),
        blocks.Head(texts("pathways.within_total"), num=True),
        blocks.Head(texts("pathways.percent"), num=True),
        blocks.Head(texts("pathways.interval"), num=True, wide=True),
    ]
    if run.has_inclusion:
        heads += [blocks.Head(texts("pathways.included_counts"), num=True, wide=True)]
        heads += [blocks.Head(texts("units.included"), num=True, wide=True)]
    rows = [_number_row(run, line) for line in inside]
    if outside and inside:
        rows.append(blocks.Row([blocks.Cell(texts("pathways.outside_total"))], heading=True))
    rows += [_number_row(run, line) for line in outside]
    return blocks.Details(texts("page.show_table"), [blocks.Table(texts("pathways.table"), heads, rows)], printed=False)


def _number_row(run: Run, line: Line) -> blocks.Row:
    cell, included = line.share, line.inclusion
    link = page_of(run, line.scope)
    if cell is None:
        numbers = [blocks.Cell(run.texts("pathways.no_share"), "num muted"), blocks.Cell(""), blocks.Cell("")]
        name = blocks.Cell(run.short_name(line.scope), href=link)
    else:
        bounds = interval(run, cell.low, cell.high)
        numbers = [
            counts(run, cell.numerator, cell.denominator),
            share(run, cell.numerator, cell.denominator),
            blocks.Cell(bounds, "num"),
        ]
        name = blocks.Cell(run.short_name(line.scope), href=link, narrow=(run.texts("units.narrow", interval=bounds),))
    if run.has_inclusion:
        if included:
            numbers += [counts(run, included.numerator, included.denominator)]
            numbers += [blocks.Cell(run.per_hundred(included.numerator, included.denominator), "num")]
        else:
            numbers += [blocks.Cell(run.texts("pathways.not_published"), "num muted"), blocks.Cell("")]
    return blocks.Row([name, *numbers])


def page_of(run: Run, scope: Scope) -> str:
    """The file of a pathway's own page; empty when the overview is that page."""
    return "" if run.is_whole(scope) else run.page(scope.key)


def times_section(run: Run) -> blocks.Section | None:
    """Limit, half, nine of ten and the overruns of each pathway, with a link to its page."""
    inside, outside = lines(run)
    if len(run.scopes) < 2 or not any(line.group for line in [*inside, *outside]):
        return None
    texts = run.texts
    heads = [
        blocks.Head(texts("pathways.name")),
        blocks.Head(texts("pathways.limit"), num=True, wide=True),
        blocks.Head(texts("pathways.half"), num=True),
        blocks.Head(texts("pathways.nine"), num=True),
        *(blocks.Head(band, num=True, wide=True) for band in texts.many("spread.short_bands")),
    ]
    rows = [_times_row(run, line) for line in inside]
    if outside and inside:
        rows.append(blocks.Row([blocks.Cell(texts("pathways.outside_total"))], heading=True))
    rows += [_times_row(run, line) for line in outside]
    table = blocks.Table(
        texts("pathways.times_heading"),
        heads,
        rows,
        notes=[texts("pathways.times_note")],
    )
    lead = blocks.Prose([texts("pathways.times_subtitle", period=run.period)], small=True)
    return blocks.Section("tider", texts("pathways.times_heading"), [lead, table])


def _times_row(run: Run, line: Line) -> blocks.Row:
    group = line.group
    name = blocks.Cell(run.short_name(line.scope), href=page_of(run, line.scope))
    if group is None:
        return blocks.Row(
            [
                name,
                blocks.Cell(_limits(run, line), "num"),
                blocks.Cell(run.texts("pathways.none_counted"), "num muted"),
                *[blocks.Cell("")] * 6,
            ]
        )
    bands = [of_hundred(run, part, group.total) for part in group.bands]
    words = run.texts.many("spread.short_bands")
    late = (f"{words[0]}: {bands[0]}", f"{words[-1]}: {bands[-1]}")
    name = blocks.Cell(name.text, href=name.href, narrow=late)
    return blocks.Row(
        [
            name,
            blocks.Cell(_limits(run, line), "num"),
            blocks.Cell(run.format.days_reached(group.median), "num"),
            blocks.Cell(run.format.days_reached(group.p90), "num"),
            blocks.Cell(bands[0], "num b"),
            *(blocks.Cell(band, "num") for band in bands[1:]),
        ]
    )


def _limits(run: Run, line: Line) -> str:
    """The limits met in the year, the most common first (at most three)."""
    if line.group is not None:
        return ", ".join(str(days) for days in line.group.limits[:3])
    pathway, family = line.scope.pathway, line.scope.family
    if pathway is None or family is None:
        return ""
    days = share_limits(pathway, family, min(day_of(run.as_of), date(run.year, 12, 31)))
    return ", ".join(str(limit) for limit in sorted(set(days.values()))[:3])
