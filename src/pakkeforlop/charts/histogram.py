"""Histogram of whole days: blue within each pathway's own limit, red after it; limit, half and nine of ten named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pakkeforlop.charts.inter import text_width
from pakkeforlop.charts.labels import Box, Place, Room, text_box
from pakkeforlop.charts.scale import Scale, counts_axis, round_step
from pakkeforlop.charts.svg import Anchor, Drawing, Form

SIZES: dict[Form, tuple[float, float]] = {"wide": (640, 340), "paper": (530, 300), "narrow": (350, 300)}
LEFT = 42.0
"""Room for the counts at the axis; more where they are longer."""
FEW = 300
"""Fewer pathways than this are told by week: single days would be noise."""


@dataclass(frozen=True)
class Line:
    """A named upright line at the end of day `day`; `over` is a second line of words in the colour of days over."""

    day: int
    label: str
    over: str = ""


@dataclass(frozen=True)
class DayHistogram:
    """Counts per day from `first` on, within and late, with the words for axes and lines.

    `join_at` is the last day that is within when all pathways share a limit: bars of several days break there.
    """

    title: str
    desc: str
    first: int
    within: Sequence[int]
    late: Sequence[int]
    limits: Sequence[Line]
    half: Line | None
    nine_of_ten: Line | None
    axis_label: str
    join_at: int = 0


@dataclass(frozen=True)
class Bar:
    """Days `first` up to and including `last`, with counts within and late."""

    first: int
    last: int
    within: int
    late: int


def bars(data: DayHistogram, days: int) -> list[Bar]:
    """The days joined into bars of `days` days each; a bar never spans `join_at` and the day after it."""
    offset = (data.first - (data.join_at + 1)) % days
    start = data.first - offset
    joined: dict[int, list[int]] = {}
    for index, (a, b) in enumerate(zip(data.within, data.late, strict=True)):
        place = start + (data.first + index - start) // days * days
        both = joined.setdefault(place, [0, 0])
        both[0] += a
        both[1] += b
    return [Bar(place, place + days - 1, a, b) for place, (a, b) in sorted(joined.items())]


def days_per_bar(data: DayHistogram, width: float, *, least: float = 4.0) -> int:
    """One day a bar where there is room and enough to count; a week where there are few pathways."""
    total = sum(data.within) + sum(data.late)
    if total < FEW:
        return 7
    days = 1
    while len(data.within) / days * least > width:
        days += 1
    return 7 if days > 4 else days


def draw_histogram(data: DayHistogram, *, name: str, form: Form = "wide") -> str:
    """The histogram as SVG."""
    width, height = SIZES[form]
    narrow = form == "narrow"
    right, top, bottom = width - 8.0, 62.0, height - 46.0
    shown = bars(data, days_per_bar(data, right - LEFT, least=3.0 if narrow else 4.0))
    drawing = Drawing(width, height, name=name, title=data.title, desc=data.desc)
    if not shown:
        return drawing.svg()
    ticks = counts_axis(max(bar.within + bar.late for bar in shown), 4)
    left = max(LEFT, text_width("0" * len(_grouped(ticks[-1]))) + 10)
    x = Scale(shown[0].first, shown[-1].last + 1, left, right)
    y = Scale(0, ticks[-1], bottom, top)
    room = Room(width, height)
    for tick in ticks:
        drawing.line(left, y(tick), right, y(tick), "gr")
        told = _grouped(tick)
        drawing.text(left - 8, y(tick) + 4, told, "mu tn", anchor="end")
        room.take(text_box(Place(left - 8, y(tick) + 4, "end"), told))
    for bar in shown:
        _draw_bar(drawing, bar, x, y, room)
    drawing.line(left, bottom, right, bottom, "ax")
    _day_axis(drawing, data, x, bottom, narrow=narrow)
    _named_lines(drawing, data, x, bottom, room)
    return drawing.svg()


def _grouped(count: int) -> str:
    return f"{count:,}".replace(",", "\u202f")


def _draw_bar(drawing: Drawing, bar: Bar, x: Scale, y: Scale, room: Room) -> None:
    gap = 1.0 if x(bar.last + 1) - x(bar.first) > 3 else 0.4
    left, wide = x(bar.first), x(bar.last + 1) - x(bar.first) - gap
    base, middle, top = y(0), y(bar.within), y(bar.within + bar.late)
    drawing.rect(left, middle, wide, base - middle, "bar1")
    drawing.rect(left, top, wide, middle - top, "ovf")
    if top < base:
        room.take(Box(left, top, left + wide + gap, base))


def _day_axis(drawing: Drawing, data: DayHistogram, x: Scale, bottom: float, *, narrow: bool) -> None:
    step = max(5, round(round_step(x.high - x.low, 5 if narrow else 9)))
    day = -(-round(x.low) // step) * step
    while day <= x.high - 1:
        minus = f"−{-day}" if day < 0 else str(day)
        drawing.text(x(day + 0.5), bottom + 18, minus, "mu tn", anchor="middle")
        day += step
    drawing.text(x.end, bottom + 38, data.axis_label, "mu", anchor="end")


def _named_lines(drawing: Drawing, data: DayHistogram, x: Scale, bottom: float, room: Room) -> None:
    """Limits over the full height; half and nine of ten as thin lines up to their label."""
    for index, line in enumerate(data.limits):
        at = x(line.day + 1)
        drawing.line(at, 4, at, bottom, "tg" if index == 0 else "tg2")
        room.take(Box(at - 1, 0, at + 1, bottom))
    for line in data.limits:
        at = x(line.day + 1)
        place = room.put(line.label, _either_side(at, (16, 33, 50)), semibold=True)
        drawing.text(place.x, place.y, line.label, "sb", anchor=place.anchor)
        if line.over:
            below = room.put(
                line.over, [Place(place.x, place.y + 17, place.anchor), *_either_side(at, (33, 50))], semibold=True
            )
            drawing.text(below.x, below.y, line.over, "ovt", anchor=below.anchor)
    for quantile in (data.half, data.nine_of_ten):
        if quantile is not None:
            _quantile(drawing, quantile, x(quantile.day + 0.5), bottom, room, first=quantile is data.half)


def _quantile(drawing: Drawing, line: Line, at: float, bottom: float, room: Room, *, first: bool) -> None:
    """A thin line up to its label: half as high as there is room, to the left; nine of ten low, to the right.

    Where neither side has room the label stands on top of its line, moved inside the frame.
    """
    heights = [float(h) for h in (*range(16, 60, 17), *range(66, int(bottom) - 8, 16))]
    under = _height_at(room, at, bottom) - 4
    order = heights if first else [h for h in reversed(heights) if h < under] or heights
    ends: tuple[Anchor, ...] = ("end", "start") if first else ("start", "end")
    sides = [[Place(at + (-6 if end == "end" else 6), h, end) for h in order] for end in ends]
    half = text_width(line.label, semibold=True) / 2 + 2
    above = [Place(min(max(at, half), drawing.width - half), h, "middle") for h in order]
    corner = [Place(drawing.width - half, h, "middle") for h in heights] + [
        Place(44 + half, h, "middle") for h in heights
    ]
    place = room.put(line.label, [*sides[0], *above, *sides[1], *corner], semibold=True)
    top = place.y + 5 if place.anchor == "middle" else place.y - 10
    drawing.line(at, top, at, bottom, "an")
    room.take(Box(at - 1, top, at + 1, bottom))
    drawing.text(place.x, place.y, line.label, "sb", anchor=place.anchor)


def _height_at(room: Room, at: float, bottom: float) -> float:
    """The top of the bar that stands at `at`."""
    return min(
        (box.top for box in room.taken if box.left <= at <= box.right and box.bottom >= bottom - 1), default=bottom
    )


def _either_side(at: float, heights: tuple[float, ...]) -> list[Place]:
    right: list[Place] = [Place(at + 6, h, "start") for h in heights]
    return right + [Place(at - 6, h, "end") for h in heights]
