"""The share over time as a control chart, with the days on which limits changed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from pakkeforlop.catalogue.limit_changes import LimitChange, limit_changes
from pakkeforlop.charts import blocks
from pakkeforlop.charts.trend import Change, Trend, TrendLevel, TrendPoint, draw_trend
from pakkeforlop.charts.variation.p_chart import BASELINE_POINTS
from pakkeforlop.review.report.run import Run, Scope
from pakkeforlop.review.report.sections.words import drawn, first_upper, keys
from pakkeforlop.review.report.series import Period, Series, periods, series, settled_unit
from pakkeforlop.vocabulary.calendar import day_number

WIDE_PERIODS = 48
NARROW_PERIODS = 24
LARGE_PART = 0.1
"""A pathway's new limit is drawn for the whole when it has at least this part of the counted pathways."""

MOST_NAMED = 3
"""So many points outside are named on the chart itself; the table names all."""


@dataclass(frozen=True)
class DatedChange:
    """A day on which limits changed, in whole words and in few, and by how many days where all moved alike."""

    day: date
    label: str
    reason: str = ""
    by: int | None = None


def section(run: Run, scope: Scope) -> blocks.Section | None:
    """The trend with its table, and the years."""
    found = _series(run, scope)
    if found is None:
        return None
    line, changes = found
    if sum(1 for period in line.periods if period.denominator) < 2:
        return None
    texts = run.texts
    finding = _finding(run, line, changes)
    unit = texts(f"trend.{'months' if line.unit == 'month' else 'tertials'}")
    wide = _chart(run, line, changes, finding, unit, WIDE_PERIODS)
    narrow = _chart(run, line, changes, finding, unit, NARROW_PERIODS)
    captions = _captions(run, scope, line, unit)
    signs = ["band"] if line.levels else []
    signs += ["outside"] if any(point.outside for point in wide.points) else []
    signs += ["filled"] if any(point.filled and point.percent is not None for point in wide.points) else []
    signs += ["provisional"] if any(period.provisional and period.denominator for period in line.periods) else []
    figure = blocks.Figure(
        texts(f"trend.chart_{line.unit}"),
        **drawn(draw_trend, "trend", wide, narrow=narrow),
        keys=keys(run, *signs),
        caption=" ".join(captions),
    )
    lead: list[blocks.Block] = []
    if finding.limits_moved:
        lead.append(blocks.Prose([texts("trend.caution")]))
    tables = [_table(run, line), *_years(run, scope)]
    details = blocks.Details(texts("page.show_table"), tables, printed=False)
    return blocks.Section("utvikling", finding.text, [*lead, figure, details], texts("trend.menu"))


def _series(run: Run, scope: Scope) -> tuple[Series, list[DatedChange]] | None:
    months = run.cells.begins("of4_share", "month")

    def of(unit: str) -> list[Period]:
        return periods(
            lambda u, d: run.cells.get("of4_share", scope.key, period=u, begins=d), months, unit=unit, as_of=run.as_of
        )

    unit = settled_unit(of("month"))
    changes = changes_of(run, scope)
    line = series(of(unit), [change.day for change in changes], unit=unit, most=WIDE_PERIODS)
    return None if line is None else (line, changes)


def changes_of(run: Run, scope: Scope) -> list[DatedChange]:
    """The changes of limits that matter to a scope."""
    if scope.pathway is not None and scope.family is not None:
        return [_dated(run, change) for change in limit_changes(scope.pathway, scope.family)]
    totals = {
        s.key: cell.denominator if (cell := run.share(s)) else 0 for s in run.scopes if s.prefixes <= scope.prefixes
    }
    whole = sum(totals.values())
    names: dict[date, list[str]] = defaultdict(list)
    for s in run.scopes:
        if s.pathway is None or s.family is None or totals.get(s.key, 0) < LARGE_PART * whole or not whole:
            continue
        for change in limit_changes(s.pathway, s.family):
            names[change.day].append(s.pathway.name.of(run.language).lower())
    return [
        DatedChange(
            day, run.texts("trend.changed_for", date=run.format.long_date(day), names=run.texts.joined(names[day]))
        )
        for day in sorted(names)
    ]


def _dated(run: Run, change: LimitChange) -> DatedChange:
    moved = set(change.longer_by.values())
    when = run.format.long_date(change.day)
    if len(moved) == 1:
        by = moved.pop()
        name = "trend.longer" if by > 0 else "trend.shorter"
        return DatedChange(change.day, run.texts.count(name, abs(by), date=when), by=by)
    return DatedChange(change.day, run.texts("trend.changed", date=when))


@dataclass(frozen=True)
class Finding:
    """The heading, and whether it tells of a level that moved with a limit."""

    text: str
    limits_moved: bool = False


def _finding(run: Run, line: Series, changes: list[DatedChange]) -> Finding:
    """A level that moved with a limit; else what is unusual in the last year; else that it is steady."""
    texts, unit = run.texts, run.texts(f"trend.{'months' if line.unit == 'month' else 'tertials'}")
    settled = [i for i, period in enumerate(line.periods) if period.denominator and not period.provisional]
    if len(settled) < BASELINE_POINTS or not line.levels:
        return Finding(texts("trend.too_few", unit=unit))
    moved = _moved(run, line, changes)
    if moved is not None:
        return moved
    recent = 12 if line.unit == "month" else 3
    outside = [i for i in settled[-recent:] if line.outside(i)]
    if len(outside) == 1:
        period, level = line.periods[outside[0]], line.level_of(outside[0])
        low = level is not None and period.numerator / period.denominator < level.centre
        return Finding(
            texts("trend.unusual_low" if low else "trend.unusual_high", period=first_upper(_name(run, line, period)))
        )
    if outside:
        return Finding(texts("trend.unusual_more", n=first_upper(run.format.word(len(outside))), unit=unit))
    return Finding(texts("trend.steady", level=run.format.decimal(100 * line.levels[-1].centre, 0)))


def _moved(run: Run, line: Series, changes: list[DatedChange]) -> Finding | None:
    if len(line.levels) < 2:
        return None
    old, new = line.levels[-2], line.levels[-1]
    began = line.periods[new.first].begins
    change = next(
        (c for c in changes if c.day <= began and (new.first == 0 or c.day > line.periods[new.first - 1].begins)), None
    )
    if change is None or abs(new.centre - old.centre) < 0.02:
        return None
    values = {
        "old": run.format.decimal(100 * old.centre, 0),
        "new": run.format.decimal(100 * new.centre, 0),
        "month": run.format.month(change.day),
    }
    name = "rose" if new.centre > old.centre else "fell"
    if change.by is None:
        return Finding(run.texts(f"trend.{name}_limits", **values), limits_moved=True)
    word = run.texts.count("trend.longer_word" if change.by > 0 else "trend.shorter_word", abs(change.by))
    return Finding(run.texts(f"trend.{name}", change=word, **values), limits_moved=True)


def _name(run: Run, line: Series, period: Period) -> str:
    return run.format.month(period.begins) if line.unit == "month" else run.format.tertial(period.begins)


def _chart(run: Run, line: Series, changes: list[DatedChange], finding: Finding, unit: str, most: int) -> Trend:
    texts, form = run.texts, run.format
    cut = max(0, len(line.periods) - most)
    shown = line.periods[cut:]
    outside = [i for i in range(cut, len(line.periods)) if line.outside(i)]
    named = set(outside) if len(outside) <= MOST_NAMED else set(outside[-MOST_NAMED:])
    points = [_point(run, line, i, i in named) for i in range(cut, len(line.periods))]
    levels = [
        TrendLevel(
            max(level.first, cut) - cut,
            level.last - cut,
            100 * level.centre,
            [100 * v for v in level.low[max(0, cut - level.first) :]],
            [100 * v for v in level.high[max(0, cut - level.first) :]],
            texts("trend.level", level=form.decimal(100 * level.centre, 0)),
        )
        for level in line.levels
        if level.last > cut and level.rests_on >= BASELINE_POINTS
    ]
    dated = [
        (i, c)
        for c in changes
        if (i := next((i for i, p in enumerate(shown) if p.begins >= c.day), None)) and shown[0].begins < c.day
    ]
    return Trend(
        title=texts(f"trend.chart_{line.unit}"),
        desc=texts(
            "trend.desc",
            count=len(shown),
            unit=unit,
            first=_name(run, line, shown[0]),
            last=_name(run, line, shown[-1]),
            finding=finding.text,
        ),
        points=points,
        levels=levels,
        changes=[Change(i, c.label, c.reason) for i, c in dated],
        ticks=_ticks(run, line, shown),
        target=run.target,
        target_label=texts("trend.target", target=run.target_word),
        provisional_word=texts("trend.provisional"),
    )


def _point(run: Run, line: Series, index: int, named: bool) -> TrendPoint:
    period = line.periods[index]
    if not period.denominator:
        return TrendPoint(None, period.provisional)
    share, label = period.numerator / period.denominator, ""
    level = line.level_of(index)
    if named and level is not None:
        name = "trend.outside_low" if share < level.centre else "trend.outside_high"
        label = run.texts(name, period=first_upper(_name(run, line, period)))
    return TrendPoint(
        100 * share, period.provisional, line.outside(index), label, run.is_filled(period.begins, period.after)
    )


def _ticks(run: Run, line: Series, shown: list[Period] | tuple[Period, ...] | object) -> list[tuple[int, str]]:
    """January with its year and July; tertials by their year. The last period always."""
    assert isinstance(shown, list | tuple)
    form = run.format
    ticks: list[tuple[int, str]] = []
    for i, period in enumerate(shown):
        first = period.begins.month == 1
        if line.unit == "tertial" and (first or i == 0):
            ticks.append((i, str(period.begins.year) if first else form.tertial(period.begins)))
        elif line.unit == "month" and (first or i == 0):
            ticks.append((i, form.short_month(period.begins)))
        elif line.unit == "month" and period.begins.month == 7:
            ticks.append((i, form.month_name(period.begins)))
    last = len(shown) - 1
    if line.unit == "month" and ticks and ticks[-1][0] < last - 2:
        ticks.append((last, form.short_month(shown[last].begins).split(" ", maxsplit=1)[0]))
    return ticks


def _captions(run: Run, scope: Scope, line: Series, unit: str) -> list[str]:
    texts = run.texts
    told = [texts("trend.few_note")] if line.unit == "tertial" else []
    if (
        line.levels
        and line.levels[-1].rests_on >= BASELINE_POINTS
        and (len(line.levels) > 1 or line.levels[-1].rests_on < 12)
    ):
        told.append(texts("trend.rests_on", n=line.levels[-1].rests_on, unit=unit))
    if any(level.widening > 1.2 for level in line.levels):
        told.append(texts("trend.widened"))
    fresh = [period for period in line.periods if period.provisional and period.denominator]
    if fresh and scope.prefixes:
        still = run.in_scope(run.open, scope)
        count = int((still.start < day_number(fresh[-1].after)).sum())
        names = texts.joined([_name(run, line, period) for period in fresh])
        which = "trend.provisional_note" if len(fresh) == 1 else "trend.provisional_note_more"
        told.append(texts.count(which, count, periods=first_upper(names)))
    return told


def _table(run: Run, line: Series) -> blocks.Table:
    texts, form = run.texts, run.format
    heads = [
        blocks.Head(texts("trend.period")),
        blocks.Head(texts("trend.within"), num=True),
        blocks.Head(texts("trend.percent"), num=True),
        blocks.Head(texts("trend.ordinary"), num=True, wide=True),
        blocks.Head(texts("trend.status")),
    ]
    rows = []
    for i in range(len(line.periods) - 1, -1, -1):
        period, level = line.periods[i], line.level_of(i)
        if not period.denominator:
            continue
        band = ""
        if level is not None and level.rests_on >= BASELINE_POINTS:
            at = i - level.first
            band = form.interval(100 * level.low[at], 100 * level.high[at], 0)
        status = [texts("trend.status_provisional")] if period.provisional else []
        status += [texts("trend.status_outside")] if line.outside(i) else []
        status += [texts("trend.status_filled")] if run.is_filled(period.begins, period.after) else []
        rows.append(
            blocks.Row(
                [
                    blocks.Cell(first_upper(_name(run, line, period))),
                    blocks.Cell(f"{form.integer(period.numerator)}/{form.integer(period.denominator)}", "num"),
                    blocks.Cell(
                        form.per_hundred(period.numerator, period.denominator, target=run.target, places=1), "num b"
                    ),
                    blocks.Cell(band, "num"),
                    blocks.Cell(first_upper(", ".join(status)), "muted"),
                ]
            )
        )
    return blocks.Table(texts("trend.table"), heads, rows, title=texts("trend.table"))


def _years(run: Run, scope: Scope) -> list[blocks.Table]:
    """The share and the inclusion by year, all years there are."""
    texts, form = run.texts, run.format
    rows = []
    for begins in reversed(run.cells.begins("of4_share", "year")):
        cell = run.share(scope, year=begins.year)
        if cell is None:
            continue
        whole = run.as_of >= day_number(date(begins.year + 1, 1, 1) - timedelta(days=1))
        name = (
            str(begins.year) if whole else texts("trend.year_so_far", year=begins.year, date=form.long_date(run.as_of))
        )
        if run.is_filled(begins, date(begins.year + 1, 1, 1)):
            name = texts("trend.year_filled", year=name)
        bounds = form.interval(cell.low, cell.high) if cell.low is not None and cell.high is not None else ""
        included = run.inclusion(scope, year=begins.year)
        told = ""
        if included is not None:
            told = form.per_hundred(included.numerator, included.denominator, target=run.target, places=1)
        rows.append(
            blocks.Row(
                [
                    blocks.Cell(name),
                    blocks.Cell(f"{form.integer(cell.numerator)}/{form.integer(cell.denominator)}", "num"),
                    blocks.Cell(
                        form.per_hundred(cell.numerator, cell.denominator, target=run.target, places=1), "num b"
                    ),
                    blocks.Cell(bounds, "num"),
                    *([blocks.Cell(told, "num")] if run.has_inclusion else []),
                ]
            )
        )
    if len(rows) < 2:
        return []
    heads = [
        blocks.Head(texts("trend.year")),
        blocks.Head(texts("trend.within"), num=True),
        blocks.Head(texts("trend.percent"), num=True),
        blocks.Head(texts("units.interval"), num=True, wide=True),
        *([blocks.Head(texts("units.included"), num=True, wide=True)] if run.has_inclusion else []),
    ]
    return [blocks.Table(texts("trend.years"), heads, rows, title=texts("trend.years"))]
