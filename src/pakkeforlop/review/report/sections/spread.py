"""The spread of days, not only the share: histogram, half and nine of ten, and days over in bands."""

from __future__ import annotations

from pakkeforlop.charts import blocks
from pakkeforlop.charts.histogram import DayHistogram, Line, days_per_bar, draw_histogram
from pakkeforlop.charts.variation.interval import wilson
from pakkeforlop.review.report.columns import Episodes
from pakkeforlop.review.report.measures import Spread, groups, spread
from pakkeforlop.review.report.run import Run, Scope
from pakkeforlop.review.report.sections.words import counts, drawn, interval, keys, number, of_hundred, share

FEWEST_FOR_LINES = 30
"""With fewer pathways, half and nine of ten are told in words only."""


def own_days(counted: Episodes) -> Spread | None:
    """The spread of whole days."""
    return spread(counted.whole("share_days"), counted.whole("share_limit"), relative=False)


def section(run: Run, scope: Scope, counted: Episodes) -> blocks.Section | None:
    """Days against each pathway's own limit for all together; days as they are for one pathway."""
    relative = scope.pathway is None
    found = spread(
        counted.whole("share_days"), counted.whole("share_limit"), relative=relative, most=98 if relative else 0
    )
    if found is None:
        return None
    chart = _own_limit(run, found) if relative else _days(run, scope, counted, found)
    weeks = days_per_bar(chart, 590) == 7
    subtitle = run.texts("spread.subtitle_own" if relative else "spread.subtitle")
    figure = blocks.Figure(
        chart.title,
        **drawn(draw_histogram, "days", chart),
        subtitle=(run.texts("spread.subtitle_week") if weeks else "") + subtitle,
        keys=keys(run, "within", "late"),
        caption=_outside(run, found),
    )
    right: list[blocks.Block] = [_bands(run, scope, found)]
    blocks_: list[blocks.Block] = [blocks.Pair([figure], right, "a")]
    if scope.pathway is not None and scope.ending == "treatment":
        blocks_.append(_branches(run, counted))
    return blocks.Section("ventetid", _heading(run, scope, found), blocks_, run.texts("spread.menu"))


def _heading(run: Run, scope: Scope, found: Spread) -> str:
    """What is worth saying about those who were late."""
    late = found.total - found.within
    if late == 0:
        return run.texts(f"ending.{scope.ending}.all_in_time")
    if late < 10:
        return run.texts("spread.few_late", late=run.format.integer(late), total=run.format.integer(found.total))
    if 4 * found.bands[4] >= late:
        return run.texts("spread.weeks", n=run.format.integer(round(100 * found.bands[4] / late)))
    if 2 * found.bands[1] >= late:
        return run.texts("spread.slightly")
    days = 7 if 2 * (found.bands[1] + found.bands[2]) >= late else 14
    return run.texts("spread.half_more", n=days)


def _late(run: Run, found: Spread) -> str:
    late = found.total - found.within
    if late == 0:
        return ""
    if found.total < 50:
        return run.texts("spread.late_counts", late=late, total=found.total)
    return run.texts("spread.late", n=of_hundred(run, late, found.total))


def _outside(run: Run, found: Spread) -> str:
    outside = found.below + found.beyond
    return run.texts.count("spread.outside", outside) if outside else ""


def _own_limit(run: Run, found: Spread) -> DayHistogram:
    """Days from the limit: negative before it, positive after it."""
    texts, form = run.texts, run.format

    def told(day: float, name: str) -> str:
        side = "before" if day <= 0 else "after"
        return texts(f"spread.{name}_{side}", n=form.days_reached(day) if day > 0 else form.integer(int(-day)))

    def place(day: float) -> str:
        if day == 0:
            return texts("spread.at_limit")
        return (
            texts("spread.before_limit", n=form.integer(int(-day)))
            if day < 0
            else texts("spread.after_limit", n=form.days_reached(day))
        )

    late = found.total - found.within
    return DayHistogram(
        title=texts("spread.chart_own", period=run.period),
        desc=texts(
            "spread.desc_own",
            median=place(found.median),
            p90=place(found.p90),
            late=form.integer(late),
            total=form.integer(found.total),
        ),
        first=found.first,
        within=found.within_by_day,
        late=found.late_by_day,
        limits=[Line(0, texts("spread.limit_own"), _late(run, found))],
        half=_line(found, found.median, told(found.median, "half")),
        nine_of_ten=_line(found, found.p90, told(found.p90, "nine")),
        axis_label=texts("spread.axis_own"),
    )


def _line(found: Spread, day: float, label: str) -> Line | None:
    """A named line at the day by which a share is reached; none where there are few, or outside the picture."""
    at = int(-(-day // 1))
    inside = found.first <= at < found.first + len(found.within_by_day)
    return Line(at, label) if found.total >= FEWEST_FOR_LINES and inside else None


def _days(run: Run, scope: Scope, counted: Episodes, found: Spread) -> DayHistogram:
    """Days as they are; the most common limits are lines, named with the treatment where it decides."""
    texts, form = run.texts, run.format
    limit = counted.whole("share_limit")
    common = groups(counted.treatment, limit, limit)
    tally: dict[int, int] = {}
    for group in common:
        for days in group.limits:
            tally[days] = int((limit == days).sum())
    ordered = sorted(tally, key=lambda days: -tally[days])
    shown = [days for days in ordered if tally[days] * 8 >= found.total][:2] or ordered[:1]
    lines = [
        Line(
            days,
            texts("spread.limit" if i == 0 else "spread.other_limit", days=days),
            _late(run, found) if i == 0 else "",
        )
        for i, days in enumerate(shown)
    ]
    late = found.total - found.within
    return DayHistogram(
        title=texts("spread.chart", period=run.period),
        desc=texts(
            "spread.desc",
            median=form.days_reached(found.median),
            p90=form.days_reached(found.p90),
            late=form.integer(late),
            total=form.integer(found.total),
        ),
        first=found.first,
        within=found.within_by_day,
        late=found.late_by_day,
        limits=lines,
        half=_line(found, found.median, texts("spread.half", n=form.days_reached(found.median))),
        nine_of_ten=_line(found, found.p90, texts("spread.nine", n=form.days_reached(found.p90))),
        axis_label=texts(f"ending.{scope.ending}.axis"),
        join_at=shown[0],
    )


def _bands(run: Run, scope: Scope, found: Spread) -> blocks.Table:
    heads = [
        blocks.Head(run.texts("spread.over")),
        blocks.Head(run.texts("spread.count"), num=True),
        blocks.Head(run.texts("spread.per_hundred"), num=True),
    ]
    rows = [
        blocks.Row([blocks.Cell(name), number(run, part), blocks.Cell(of_hundred(run, part, found.total), "num")])
        for name, part in zip(run.texts.many("spread.bands"), found.bands, strict=True)
    ]
    return blocks.Table(
        run.texts("spread.table"), heads, rows, notes=[run.texts(f"ending.{scope.ending}.limit_note")], size="m"
    )


def branch_name(run: Run, kind: str) -> str:
    """The kind of treatment in words."""
    if not kind:
        return run.texts("branch.none")
    return run.texts(f"branch.{kind}") if run.texts.has(f"branch.{kind}") else run.texts("branch.other", kind=kind)


def _branches(run: Run, counted: Episodes) -> blocks.Table:
    """The share and the times by kind of treatment."""
    texts = run.texts
    heads = [
        blocks.Head(texts("spread.branch")),
        blocks.Head(texts("spread.limit_head"), num=True, wide=True),
        blocks.Head(texts("units.in_time"), num=True),
        blocks.Head(texts("units.percent"), num=True),
        blocks.Head(texts("units.interval"), num=True, wide=True),
        blocks.Head(texts("spread.median"), num=True, wide=True),
        blocks.Head(texts("spread.p90"), num=True, wide=True),
    ]
    rows = []
    found = groups(counted.treatment, counted.whole("share_days"), counted.whole("share_limit"))
    for group in sorted(found, key=lambda group: -group.total):
        bounds = interval(run, *(wilson(group.within, group.total) or (None, None)))
        limits = ", ".join(str(days) for days in group.limits[:3])
        narrow = [f"{texts('spread.limit_head')} {limits}", texts("units.narrow", interval=bounds)]
        rows.append(
            blocks.Row(
                [
                    blocks.Cell(branch_name(run, group.name), narrow=narrow),
                    blocks.Cell(limits, "num"),
                    counts(run, group.within, group.total),
                    share(run, group.within, group.total),
                    blocks.Cell(bounds, "num"),
                    blocks.Cell(run.format.days_reached(group.median), "num"),
                    blocks.Cell(run.format.days_reached(group.p90), "num"),
                ]
            )
        )
    return blocks.Table(texts("spread.branches"), heads, rows, title=texts("spread.branches"))
