"""Share over time as a control chart: ordinary variation as a stepped band, changes dated, fresh points hollow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pakkeforlop.charts.inter import text_width
from pakkeforlop.charts.labels import Box, Place, Room, text_box
from pakkeforlop.charts.scale import Scale, share_axis
from pakkeforlop.charts.svg import Drawing, Form

SIZES: dict[Form, tuple[float, float]] = {"wide": (1056, 340), "paper": (860, 310), "narrow": (350, 300)}


@dataclass(frozen=True)
class TrendPoint:
    """One period: its share in percent (None when nothing was counted), whether it is provisional or filled in, and the
    words that name it when it lies outside.
    """

    percent: float | None
    provisional: bool = False
    outside: bool = False
    label: str = ""
    filled: bool = False


@dataclass(frozen=True)
class TrendLevel:
    """A level from point `first` up to but not including `last`: centre and limits in percent, and its name."""

    first: int
    last: int
    centre: float
    low: Sequence[float]
    high: Sequence[float]
    label: str


@dataclass(frozen=True)
class Change:
    """A dated change before point `before`, with its reason."""

    before: int
    label: str
    reason: str = ""


@dataclass(frozen=True)
class Trend:
    """The whole chart: points, levels, changes, marks along the time axis, target, and the word for provisional.

    `axis` are the marks of the upright axis where the values are not percents (days, say).
    """

    title: str
    desc: str
    points: Sequence[TrendPoint]
    levels: Sequence[TrendLevel]
    changes: Sequence[Change]
    ticks: Sequence[tuple[int, str]]
    target: float | None
    target_label: str
    provisional_word: str
    axis: Sequence[int] = ()


@dataclass(frozen=True)
class _Frame:
    x: Scale
    y: Scale
    left: float
    right: float
    top: float
    bottom: float
    narrow: bool

    def edge(self, index: int) -> float:
        """The border between point `index - 1` and point `index`."""
        return self.x(index - 0.5)


def draw_trend(chart: Trend, *, name: str, form: Form = "wide") -> str:
    """The control chart as SVG."""
    width, height = SIZES[form]
    narrow = form == "narrow"
    drawing = Drawing(width, height, name=name, title=chart.title, desc=chart.desc)
    if not any(point.percent is not None for point in chart.points):
        return drawing.svg()
    values = [p.percent for p in chart.points if p.percent is not None]
    bounds = [b for level in chart.levels for b in (*level.low, *level.high)]
    ticks = list(chart.axis) or share_axis(
        min([*values, *bounds, chart.target or 100]), parts=6, highest=max([*values, *bounds, chart.target or 0])
    )
    room = Room(width, height)
    right = width - (
        max([text_width(level.label, semibold=True) for level in chart.levels] + [text_width(chart.target_label)]) + 14
    )
    right = float(width - 4) if narrow else min(right, width - 76.0)
    top = 20.0
    if chart.changes:
        top = 46.0 if all(not change.reason for change in chart.changes) else 64.0
    frame = _Frame(
        Scale(-0.5, max(len(chart.points) - 0.5, 0.5), 44, right), Scale(ticks[0], ticks[-1], height - 38.0, top),
        44, right, top, height - 38.0, narrow,
    )  # fmt: skip
    for tick in ticks:
        drawing.line(frame.left, frame.y(tick), right, frame.y(tick), "gr")
        drawing.text(frame.left - 10, frame.y(tick) + 4, str(tick), "mu tn", anchor="end")
    _bands(drawing, chart, frame)
    _series(drawing, chart, frame, room)
    _changes(drawing, chart, frame, room)
    drawing.line(frame.left, frame.bottom, right, frame.bottom, "ax")
    _time_axis(drawing, chart, frame)
    _labels(drawing, chart, frame, room)
    return drawing.svg()


def _bands(drawing: Drawing, chart: Trend, frame: _Frame) -> None:
    for level in chart.levels:
        edges = [frame.edge(i) for i in range(level.first, level.last + 1)]
        drawing.steps(edges, [frame.y(v) for v in level.low], [frame.y(v) for v in level.high], "bd")
    for level in chart.levels:
        drawing.line(
            frame.edge(level.first), frame.y(level.centre), frame.edge(level.last), frame.y(level.centre), "mn"
        )
    if chart.target is not None:
        drawing.line(frame.left, frame.y(chart.target), frame.right, frame.y(chart.target), "tg")


def _series(drawing: Drawing, chart: Trend, frame: _Frame, room: Room) -> None:
    """Lines between neighbours (dotted to and between provisional points), then the points on top."""
    run: list[tuple[float, float]] = []
    previous: tuple[int, TrendPoint] | None = None
    for index, point in enumerate(chart.points):
        if point.percent is None:
            continue
        here = (frame.x(index), frame.y(point.percent))
        joined = previous is not None and previous[0] == index - 1
        if joined and point.provisional:
            drawing.path(run, "dl")
            drawing.path([run[-1], here], "pl")
            run = [here]
        elif joined:
            run.append(here)
        else:
            drawing.path(run, "dl")
            run = [here]
        if joined and previous is not None and previous[1].percent is not None:
            _take_line(room, (frame.x(index - 1), frame.y(previous[1].percent)), here)
        previous = (index, point)
    drawing.path(run if not chart.points[-1].provisional else [], "dl")
    small = len(chart.points) > (36 if frame.narrow else 60)
    for index, point in enumerate(chart.points):
        if point.percent is None:
            continue
        at = (frame.x(index), frame.y(point.percent))
        radius, look = _sign(point, small=small)
        drawing.circle(*at, radius, look)
        room.take(Box(at[0] - radius - 1, at[1] - radius - 1, at[0] + radius + 1, at[1] + radius + 1))


def _sign(point: TrendPoint, *, small: bool) -> tuple[float, str]:
    """Radius and class of a point."""
    if point.outside:
        return 6.0, "out"
    if point.provisional:
        return 4.0, "pv"
    if point.filled:
        return 4.0, "fi"
    return (2.5 if small else 4.0), "dp"


def _take_line(room: Room, start: tuple[float, float], end: tuple[float, float]) -> None:
    """A sloping line covers a staircase of small boxes."""
    parts = 4
    for i in range(parts):
        xs = [start[0] + (end[0] - start[0]) * k / parts for k in (i, i + 1)]
        ys = [start[1] + (end[1] - start[1]) * k / parts for k in (i, i + 1)]
        room.take(Box(xs[0], min(ys) - 2, xs[1], max(ys) + 2))


def _changes(drawing: Drawing, chart: Trend, frame: _Frame, room: Room) -> None:
    for change in chart.changes:
        at = frame.edge(change.before)
        drawing.line(at, 6, at, frame.bottom, "an")
        room.take(Box(at - 1, 6, at + 1, frame.bottom))
    for change in chart.changes:
        at = frame.edge(change.before)
        places = [place for y in (16.0, 33.0, 50.0) for place in (Place(at - 7, y, "end"), Place(at + 7, y))]
        places += [Place(0, y) for y in (16.0, 33.0)] + [Place(drawing.width, y, "end") for y in (16.0, 33.0)]
        place = room.put(change.label, places, semibold=True)
        drawing.text(place.x, place.y, change.label, "sb", anchor=place.anchor)
        if change.reason:
            below = room.put(change.reason, [Place(place.x, place.y + 17, place.anchor), *places])
            drawing.text(below.x, below.y, change.reason, "mu", anchor=below.anchor)


def _time_axis(drawing: Drawing, chart: Trend, frame: _Frame) -> None:
    """The marks that have room, the first and the last first."""
    taken: list[Box] = []
    ordered = [*chart.ticks[:1], *chart.ticks[-1:], *chart.ticks[1:-1]]
    for index, word in ordered:
        half = text_width(word) / 2
        at = min(max(frame.x(index), frame.left + half - 6), drawing.width - half)
        box = text_box(Place(at, frame.bottom + 21, "middle"), word)
        wider = Box(box.left - 6, box.top, box.right + 6, box.bottom)
        if any(wider.overlap(other) > 0 for other in taken):
            continue
        taken.append(box)
        drawing.text(at, frame.bottom + 21, word, "mu", anchor="middle")


def _labels(drawing: Drawing, chart: Trend, frame: _Frame, room: Room) -> None:
    """Names of levels, target, points outside, and the word for provisional points."""
    for y in ([frame.y(chart.target)] if chart.target is not None else []) + [frame.y(v.centre) for v in chart.levels]:
        room.take(Box(frame.left, y - 1, frame.right, y + 1))
    for index, point in enumerate(chart.points):
        if point.outside and point.percent is not None and point.label:
            x, y = frame.x(index), frame.y(point.percent)
            level = next((v for v in chart.levels if v.first <= index < v.last), None)
            steps = (22, 30, 40) if level is not None and point.percent < level.centre else (-13, -22, -32)
            half = text_width(point.label, semibold=True) / 2 + 2
            inside = min(max(x, frame.left + half), drawing.width - half)
            places = [Place(inside, y + d, "middle") for d in steps]
            places += [Place(x + s * 12, y + d, "start" if s > 0 else "end") for d in (4, *steps) for s in (1, -1)]
            place = room.put(point.label, places, semibold=True)
            drawing.text(place.x, place.y, point.label, "sb", anchor=place.anchor)
    fresh = [
        (frame.x(i), frame.y(p.percent)) for i, p in enumerate(chart.points) if p.provisional and p.percent is not None
    ]
    if fresh and chart.provisional_word:
        half = text_width(chart.provisional_word) / 2 + 2
        middle = sum(at[0] for at in fresh) / len(fresh)
        high, low = min(at[1] for at in fresh), max(at[1] for at in fresh)
        heights = [high - d for d in (14, 24, 36, 50)] + [low + d for d in (22, 34, 46)] + [high - d for d in (66, 82)]
        places = [
            Place(min(x, drawing.width - half), y, "middle")
            for y in heights
            for x in (middle, fresh[0][0], fresh[0][0] - half)
        ]
        place = room.put(chart.provisional_word, places)
        drawing.text(place.x, place.y, chart.provisional_word, "mu", anchor=place.anchor)
    _end_labels(drawing, chart, frame, room)


def _end_labels(drawing: Drawing, chart: Trend, frame: _Frame, room: Room) -> None:
    """The last level and the target are named at the end of their lines; earlier levels at theirs."""
    for level in chart.levels if frame.narrow else chart.levels[:-1]:
        y = frame.y(level.centre)
        span = [frame.edge(level.first) + 8, frame.edge(level.last) - 8]
        tries = [
            Place(span[0] + (span[1] - span[0]) * part, y + d, "middle")
            for d in (18, -9, 32, -24)
            for part in (0.5, 0.25, 0.75, 0.12, 0.88)
        ]
        place = room.put(level.label, tries, semibold=True)
        drawing.text(place.x, place.y, level.label, "sb", anchor=place.anchor)
    ends: list[tuple[float, str, str]] = []
    if chart.levels and not frame.narrow:
        ends.append((frame.y(chart.levels[-1].centre), chart.levels[-1].label, "sb"))
    if chart.target is not None and frame.narrow:
        y = frame.y(chart.target)
        tries = [place for d in (-6, 16) for place in (Place(frame.right, y + d, "end"), Place(frame.left + 4, y + d))]
        wide = frame.right - frame.left
        tries += [Place(frame.left + wide * part, y + d, "middle") for d in (-6, 16) for part in (0.25, 0.5, 0.75)]
        place = room.put(chart.target_label, tries)
        drawing.text(place.x, place.y, chart.target_label, anchor=place.anchor)
    elif chart.target is not None:
        ends.append((frame.y(chart.target), chart.target_label, ""))
    for y, word, look in spread_apart(ends, 17):
        drawing.text(frame.right + 8, y + 4, word, look)


def spread_apart(marks: list[tuple[float, str, str]], least: float) -> list[tuple[float, str, str]]:
    """Labels at the end of lines, moved as little as needed to stand `least` pixels apart."""
    ordered = sorted(marks)
    heights = [mark[0] for mark in ordered]
    for _ in range(20):
        for i in range(1, len(heights)):
            lack = least - (heights[i] - heights[i - 1])
            if lack > 0:
                heights[i - 1] -= lack / 2
                heights[i] += lack / 2
    return [(y, word, look) for y, (_, word, look) in zip(heights, ordered, strict=True)]
