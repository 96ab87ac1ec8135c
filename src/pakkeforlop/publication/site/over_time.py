"""A figure over time as a control chart: p chart for shares, XmR for single values; changes of limits are dated.

Levels end only where a limit changed on a named day, never because the points have moved.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pakkeforlop.catalogue.limit_changes import limit_changes
from pakkeforlop.charts.blocks import Block, Cell, Details, Head, Prose, Row, Section, Table
from pakkeforlop.charts.trend import Change, Trend, TrendLevel, TrendPoint, draw_trend
from pakkeforlop.charts.variation.p_chart import BASELINE_POINTS, Level, levels
from pakkeforlop.charts.variation.xmr import Limits, Marked, Sign, limits, marks
from pakkeforlop.publication.open_api.released import Released
from pakkeforlop.publication.site.book import INCLUSION, SHARE
from pakkeforlop.publication.site.drawn import Gallery
from pakkeforlop.publication.site.scene import Scene, shown
from pakkeforlop.publication.site.shares import first_upper, share_heads

PROVISIONAL_DAYS = 60
"""A period that ended less than this before its release is provisional: codes are still coming in."""
FEWEST = 4
"""Fewer points than this are told in a table only."""
FEWEST_XMR = 8
"""Single values need more points: their limits rest on the steps between them alone."""


@dataclass(frozen=True)
class Line:
    """A series without gaps: period names, figures (None where there is none), days on which limits changed."""

    periods: Sequence[str]
    figures: Sequence[Released | None]
    breaks: Sequence[int]
    changes: Sequence[tuple[int, date, int | None]]
    """(first point after, day, days longer or None where kinds moved differently)."""

    @property
    def known(self) -> list[int]:
        """Places with a figure that is shown with its counts."""
        return [i for i, one in enumerate(self.figures) if one is not None and one.numerator is not None]


def line_of(scene: Scene, indicator: str, key: str, org_nr: str) -> Line | None:
    """By tertial where enough of them are shown, else by year; None with fewer than two."""
    book = scene.book
    for periods in (_every(book.tertials), _every(book.years)):
        figures = [book.figure(indicator, key, org_nr, period) for period in periods]
        enough = FEWEST if periods and len(periods[0]) > 4 else 2
        if sum(1 for one in figures if one is not None and one.numerator is not None) >= enough:
            return _changed(scene, key, periods, figures) if indicator != INCLUSION else Line(periods, figures, (), ())
    return None


def _every(periods: Sequence[str]) -> list[str]:
    """All periods from the first to the last, those between that have no figure too."""
    if not periods:
        return []
    first, last = int(periods[0][:4]), int(periods[-1][:4])
    if len(periods[0]) == 4:
        return [str(year) for year in range(first, last + 1)]
    every = [f"{year}T{n}" for year in range(first, last + 1) for n in (1, 2, 3)]
    return every[every.index(periods[0]) : every.index(periods[-1]) + 1]


def _changed(scene: Scene, key: str, periods: list[str], figures: list[Released | None]) -> Line:
    pathway = scene.book.pathway(key)
    changes = []
    if pathway is not None:
        for one in limit_changes(pathway, scene.book.catalogue.families[pathway.family]):
            at = next((i for i, period in enumerate(periods) if begin(period) >= one.day), None)
            if at and begin(periods[0]) < one.day:
                moved = set(one.longer_by.values())
                changes.append((at, one.day, moved.pop() if len(moved) == 1 else None))
    return Line(periods, figures, [at for at, _, _ in changes], changes)


def begin(period: str) -> date:
    """The first day of a period."""
    return date(int(period[:4]), 4 * int(period[-1]) - 3 if len(period) > 4 else 1, 1)


def is_provisional(scene: Scene, figure: Released) -> bool:
    """Whether a figure was released soon after its period ended."""
    release = scene.book.release_of(figure)
    if release is None or release.external:
        return False
    return (date.fromisoformat(release.released) - date.fromisoformat(figure.period_to)).days < PROVISIONAL_DAYS


@dataclass(frozen=True)
class Reading:
    """A line with what is ordinary variation in it."""

    line: Line
    levels: Sequence[Level]
    marked: dict[int, Marked]
    provisional: frozenset[int]

    def level_of(self, index: int) -> Level | None:
        """The level that a point belongs to, where it rests on enough."""
        return next((v for v in self.levels if v.first <= index < v.last and v.rests_on >= BASELINE_POINTS), None)

    def outside(self, index: int) -> bool:
        """Whether a settled point lies outside ordinary variation."""
        one, level = self.line.figures[index], self.level_of(index)
        if one is None or level is None or index in self.provisional or not one.denominator or one.numerator is None:
            return False
        return level.is_outside(index, one.numerator / one.denominator)


def read(scene: Scene, line: Line) -> Reading:
    """Levels, points outside, and runs on one side, up or down."""
    figures = line.figures
    fresh = frozenset(i for i in line.known if is_provisional(scene, figures[i]))  # type: ignore[arg-type]
    found = levels(
        [(one.numerator or 0) if one else 0 for one in figures],
        [(one.denominator or 0) if one and one.numerator is not None else 0 for one in figures],
        breaks=line.breaks,
        left_out=fresh,
    )
    marked: dict[int, Marked] = {}
    for level in found:
        inside = [i for i in line.known if level.first <= i < level.last and i not in fresh]
        values = [_percent(figures[i]) for i in inside]
        flat = Limits(100 * level.centre, float("-inf"), float("inf"))
        runs = zip(inside, marks(values, flat), strict=True)
        marked |= {i: mark for i, mark in runs if mark.sign in (Sign.TREND, Sign.SIDE)}
    return Reading(line, found, marked, fresh)


def _percent(figure: Released | None) -> float:
    if figure is None or figure.numerator is None or not figure.denominator:
        return 0.0
    return 100 * figure.numerator / figure.denominator


def section(scene: Scene, gallery: Gallery, key: str, org_nr: str) -> Section | None:
    """The share in time over the years, with the inclusion share as single values beside it, and the tables."""
    t = scene.t
    line = line_of(scene, SHARE, key, org_nr)
    if line is None:
        return None
    seen = read(scene, line)
    tertials = len(line.periods[0]) > 4
    heading, moved = finding(scene, seen)
    parts: list[Block] = []
    told = [t("trend.caution")] if moved else []
    season = seasonality(scene, line) if tertials else ""
    told += [season] if season else []
    if told:
        parts.append(Prose(told))
    if len(line.known) >= FEWEST:
        unit = t("trend.tertials" if tertials else "trend.years")
        parts.append(
            gallery.figure(
                draw_trend,
                "trend",
                _chart(scene, seen, heading, unit),
                title=t("trend.chart_tertial" if tertials else "trend.chart_year"),
                subtitle=t("trend.p_chart"),
                signs=_signs(seen),
                caption=" ".join(_caption(scene, seen, unit)),
            )
        )
    parts.append(Details(t("word.show_table"), [_table(scene, seen)], printed=False))
    included = _single_values(scene, gallery, key, org_nr)
    parts += included
    parts.append(Details(t("trend.rules"), [Prose(t.many("trend.rules_told"), small=True)], printed=False))
    return Section("utvikling", heading, parts)


def finding(scene: Scene, seen: Reading) -> tuple[str, bool]:
    """What is worth saying, and whether a level moved with a limit."""
    t, form, line = scene.t, scene.form, seen.line
    unit = t("trend.tertials" if len(line.periods[0]) > 4 else "trend.years")
    settled = [i for i in line.known if i not in seen.provisional]
    if len(settled) < FEWEST or not seen.levels or seen.levels[-1].rests_on < BASELINE_POINTS:
        return t("trend.too_few", unit=unit), bool(line.changes)
    if len(seen.levels) > 1 and line.changes:
        old, new = seen.levels[-2], seen.levels[-1]
        change = next((c for c in line.changes if c[0] == new.first), None)
        if change is not None and abs(new.centre - old.centre) >= 0.02:
            values = {
                "old": form.decimal(100 * old.centre, 0),
                "new": form.decimal(100 * new.centre, 0),
                "month": form.month(change[1]),
            }
            return t(f"trend.{'rose' if new.centre > old.centre else 'fell'}_limits", **values), True
    outside = [i for i in settled[-3:] if seen.outside(i)]
    if len(outside) == 1:
        level = seen.level_of(outside[0])
        low = level is not None and _percent(line.figures[outside[0]]) < 100 * level.centre
        name = scene.period_name(line.periods[outside[0]])
        return t("trend.unusual_low" if low else "trend.unusual_high", period=name), False
    if outside:
        return t("trend.unusual_more", n=form.word(len(outside)).capitalize(), unit=unit), False
    run = next((seen.marked[i] for i in reversed(settled[-1:]) if i in seen.marked), None)
    if run is not None:
        return t(f"trend.run_{run.sign.value}_{'up' if run.way > 0 else 'down'}", unit=unit), False
    return t("trend.steady", level=form.decimal(100 * seen.levels[-1].centre, 0)), False


def seasonality(scene: Scene, line: Line) -> str:
    """The second tertial against the two around it, year by year; nothing with fewer than two whole years."""
    by_year: dict[str, dict[str, float]] = {}
    for i in line.known:
        by_year.setdefault(line.periods[i][:4], {})[line.periods[i][-1]] = _percent(line.figures[i])
    whole = [year for year in by_year.values() if set(year) == {"1", "2", "3"}]
    if len(whole) < 2:
        return ""
    gaps = [year["2"] - (year["1"] + year["3"]) / 2 for year in whole]
    lower = sum(gap < 0 for gap in gaps)
    points = scene.form.decimal(abs(sum(gaps) / len(gaps)))
    values = {"lower": scene.form.word(lower), "years": scene.form.word(len(whole)), "points": points}
    if lower * 2 > len(whole) and sum(gaps) < 0:
        return scene.t("season.low", **values)
    return scene.t("season.not", **values)


def _chart(scene: Scene, seen: Reading, heading: str, unit: str) -> Trend:
    t, line = scene.t, seen.line
    named = [i for i in line.known if seen.outside(i)][-3:]
    points = []
    for i, one in enumerate(line.figures):
        if one is None or one.numerator is None:
            points.append(TrendPoint(None))
            continue
        label = ""
        if i in named and (level := seen.level_of(i)):
            low = _percent(one) < 100 * level.centre
            label = t("trend.outside_low" if low else "trend.outside_high", period=scene.period_name(line.periods[i]))
        points.append(TrendPoint(_percent(one), i in seen.provisional, seen.outside(i), label))
    return Trend(
        title=t("trend.chart_tertial" if len(line.periods[0]) > 4 else "trend.chart_year"),
        desc=t(
            "trend.desc",
            count=len(line.known),
            unit=unit,
            first=scene.period_name(line.periods[0]),
            last=scene.period_name(line.periods[-1]),
            finding=heading,
        ),
        points=points,
        levels=[
            TrendLevel(
                v.first,
                v.last,
                100 * v.centre,
                *_band(v, line),
                t("trend.level", level=scene.form.decimal(100 * v.centre, 0)),
            )
            for v in seen.levels
            if v.rests_on >= BASELINE_POINTS
        ],
        changes=[Change(at, _change_told(scene, day, by)) for at, day, by in line.changes],
        ticks=_ticks(line),
        target=scene.book.target,
        target_label=t("target.label", target=scene.target_word),
        provisional_word=t("word.provisional"),
    )


def _band(level: Level, line: Line) -> tuple[list[float], list[float]]:
    """Limits of each point in percent; where nothing was published, those of the point before (or the first known)."""
    known = [i for i in line.known if level.first <= i < level.last]
    low, high = [], []
    for i in range(level.first, level.last):
        at = max((j for j in known if j <= i), default=known[0]) - level.first
        low.append(100 * level.low[at])
        high.append(100 * level.high[at])
    return low, high


def _ticks(line: Line) -> list[tuple[int, str]]:
    return [
        (i, period[:4]) for i, period in enumerate(line.periods) if len(period) == 4 or period.endswith("T1") or i == 0
    ]


def _change_told(scene: Scene, day: date, by: int | None) -> str:
    when = scene.form.long_date(day)
    if by is None:
        return scene.t("trend.changed", date=when)
    return scene.t.count("trend.longer" if by > 0 else "trend.shorter", abs(by), date=when)


def _signs(seen: Reading) -> list[str]:
    found = ["band"] if any(v.rests_on >= BASELINE_POINTS for v in seen.levels) else []
    found += ["outside"] if any(seen.outside(i) for i in seen.line.known) else []
    return found + (["provisional"] if seen.provisional else [])


def _caption(scene: Scene, seen: Reading, unit: str) -> list[str]:
    t = scene.t
    told = []
    if seen.levels and seen.levels[-1].rests_on >= BASELINE_POINTS:
        told.append(t("trend.rests_on", n=seen.levels[-1].rests_on, unit=unit))
    if seen.line.changes and len(seen.levels) <= len(seen.line.changes):
        told.append(t("trend.no_new_level", least=BASELINE_POINTS, unit=unit))
    if any(level.widening > 1.2 for level in seen.levels):
        told.append(t("trend.widened"))
    if len(seen.line.known) < len(seen.line.periods):
        told.append(t("trend.gaps"))
    if seen.provisional:
        names = [scene.period_name(seen.line.periods[i]) for i in sorted(seen.provisional)]
        told.append(first_upper(t("trend.provisional_told", periods=t.joined(names))))
    return told


def _table(scene: Scene, seen: Reading) -> Table:
    t, line = scene.t, seen.line
    heads = [
        *share_heads(scene, "head.period"),
        Head(t("head.ordinary"), num=True, wide=True),
        Head(t("head.remark")),
    ]
    rows = []
    for i in range(len(line.periods) - 1, -1, -1):
        one = line.figures[i]
        if one is None:
            continue
        level = seen.level_of(i)
        band = ""
        if level is not None and shown(one):
            at = i - level.first
            band = scene.form.interval(100 * level.low[at], 100 * level.high[at], 0)
        cells = _period_cells(scene, line.periods[i], one)
        rows.append(Row([*cells, Cell(band, "num"), Cell(_remark(scene, seen, i), "muted")]))
    return Table(t("trend.table"), heads, rows, title=t("trend.table"))


def _remark(scene: Scene, seen: Reading, i: int) -> str:
    found = [scene.t("word.provisional")] if i in seen.provisional else []
    found += [scene.t("sign.outside")] if seen.outside(i) else []
    found += [rule_told(scene, seen.marked.get(i))]
    return first_upper(", ".join(text for text in found if text))


def _period_cells(scene: Scene, period: str, figure: Released) -> list[Cell]:
    """The period, then counts, percent and interval."""
    name = Cell(scene.period_name(period))
    return [name, scene.counts_cell(figure), scene.share_cell(figure), scene.interval_cell(figure)]


def rule_told(scene: Scene, mark: Marked | None) -> str:
    """The rule by which a point is unusual; empty where it is not."""
    if mark is None or mark.sign is Sign.COMMON:
        return ""
    return scene.t(f"rule.{mark.sign.value}_{'up' if mark.way > 0 else 'down'}")


def _single_values(scene: Scene, gallery: Gallery, key: str, org_nr: str) -> list[Block]:
    """The inclusion share as an XmR chart: it stands beside the share in time, always."""
    t = scene.t
    line = line_of(scene, INCLUSION, key, org_nr)
    if line is None or len(line.known) < 2:
        return [Prose([t("trend.no_inclusion")], small=True)]
    values = [_percent(line.figures[i]) for i in line.known]
    within = limits(values) if len(values) >= FEWEST_XMR else None
    signs = dict(zip(line.known, marks(values, within), strict=True)) if within else {}
    points = [
        TrendPoint(None)
        if one is None or one.numerator is None
        else TrendPoint(
            _percent(one),
            is_provisional(scene, one),
            i in signs and signs[i].sign is Sign.OUTSIDE,
            t(
                "trend.outside_low" if signs[i].way < 0 else "trend.outside_high",
                period=scene.period_name(line.periods[i]),
            )
            if i in signs and signs[i].sign is Sign.OUTSIDE
            else "",
        )
        for i, one in enumerate(line.figures)
    ]
    count = len(line.periods)
    low, high = (max(0.0, within.low), min(100.0, within.high)) if within else (0.0, 0.0)
    level = (
        [
            TrendLevel(
                0,
                count,
                within.centre,
                [low] * count,
                [high] * count,
                t("trend.level", level=scene.form.decimal(within.centre, 0)),
            )
        ]
        if within
        else []
    )
    told = _inclusion_told(scene, line, signs)
    chart = Trend(
        title=t("trend.inclusion_chart"),
        desc=f"{t('trend.inclusion_chart')}. {told}",
        points=points,
        levels=level,
        changes=[],
        ticks=_ticks(line),
        target=scene.book.target,
        target_label=t("target.label", target=scene.target_word),
        provisional_word=t("word.provisional"),
    )
    keys = (["band"] if within else []) + (["outside"] if any(p.outside for p in points) else [])
    figure = gallery.figure(
        draw_trend,
        "inclusion",
        chart,
        title=t("trend.inclusion_chart"),
        subtitle=t("trend.xmr") if within else t("trend.xmr_few", least=FEWEST_XMR),
        printed=False,
        signs=keys,
        caption=told if within else "",
    )
    return [figure, Details(t("word.show_table"), [_inclusion_table(scene, line, signs)], printed=False)]


def _inclusion_told(scene: Scene, line: Line, signs: dict[int, Marked]) -> str:
    """The points outside by name, then what the last point is part of; that all is as usual only where it is."""
    t = scene.t
    outside = [(i, mark) for i, mark in signs.items() if mark.sign is Sign.OUTSIDE]
    told = [
        t("trend.outside_low" if mark.way < 0 else "trend.outside_high", period=scene.period_name(line.periods[i]))
        + "."
        for i, mark in outside
    ]
    last = signs.get(line.known[-1]) if signs else None
    if last is not None and last.sign not in (Sign.COMMON, Sign.OUTSIDE):
        told.append(t(f"trend.inclusion_{last.sign.value}_{'up' if last.way > 0 else 'down'}"))
    return " ".join(told) or t("trend.inclusion_steady")


def _inclusion_table(scene: Scene, line: Line, signs: dict[int, Marked]) -> Table:
    t = scene.t
    heads = [*share_heads(scene, "head.period", counts="head.new_patients"), Head(t("head.remark"))]
    rows = []
    for i in range(len(line.periods) - 1, -1, -1):
        one = line.figures[i]
        if one is None:
            continue
        remark = rule_told(scene, signs.get(i))
        rows.append(Row([*_period_cells(scene, line.periods[i], one), Cell(first_upper(remark), "muted")]))
    return Table(t("trend.inclusion_table"), heads, rows, title=t("trend.inclusion_table"))
