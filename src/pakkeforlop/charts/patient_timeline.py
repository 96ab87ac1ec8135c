"""One patient's pathway on a scale of days: points, limits, where the days go, responsibility, booked and done.

Everything is given as whole days from the start of the pathway (day 0), and every text comes from the caller. Labels
that would meet move to a further lane, and the rows below make room.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from pakkeforlop.charts.inter import text_width
from pakkeforlop.charts.scale import Scale
from pakkeforlop.charts.stagger import Placed, Wanted, depth, stagger
from pakkeforlop.charts.svg import Drawing

WIDTH, LEFT, RIGHT = 1376.0, 150.0, 1342.0
TOP = 40.0
LANE = 16.0
WEEKS = (7, 14, 28, 56, 91, 182, 364)
"""Days between the ticks: the first that gives at most MOST ticks."""
MOST = 10
THIN_DAY = 3.0
"""Days narrower than this are not tinted one by one."""
PART_CLASS = {"waiting": "bar2", "examination": "bar1", "wish": "bar3", "planned": "hid"}
PartKind = Literal["waiting", "examination", "wish", "planned"]


@dataclass(frozen=True)
class Point:
    """A code on its day, what it means under it; `planned`: booked, not done."""

    day: int
    code: str
    meaning: str
    planned: bool = False


@dataclass(frozen=True)
class Phase:
    """A measured time: from `start` to `end`, its limit in days, what is said of it, and what of the days over."""

    start: int
    end: int
    limit: int | None
    said: str
    over: str = ""
    planned: bool = False
    note: str = ""


@dataclass(frozen=True)
class Part:
    """A stretch of days and what they went to."""

    start: int
    end: int
    kind: PartKind
    name: str


@dataclass(frozen=True)
class Holder:
    """Who was responsible from a day, to another or on."""

    start: int
    end: int | None
    name: str


@dataclass(frozen=True)
class Visit:
    """An appointment: done, booked, missed or cancelled."""

    day: int
    name: str
    status: Literal["attended", "booked", "missed", "cancelled"]


@dataclass(frozen=True)
class Words:
    """The chart's own texts. `rows`: names of the five rows; `day` and `date` name a day of the scale."""

    title: str
    desc: str
    rows: tuple[str, str, str, str, str]
    day: Callable[[int], str]
    date: Callable[[int], str]
    today: str
    due: str


@dataclass(frozen=True)
class Timeline:
    """A pathway to draw. `last`: the last day of the scale; `free`: weekends and holidays; `due`: the whole's limit."""

    last: int
    points: tuple[Point, ...]
    phases: tuple[Phase, ...]
    parts: tuple[Part, ...]
    holders: tuple[Holder, ...]
    visits: tuple[Visit, ...]
    free: frozenset[int]
    today: int | None
    due: int | None
    words: Words


def tick_days(last: int) -> list[int]:
    """The days that the scale names: whole weeks, at most MOST of them where that can be."""
    step = next((days for days in WEEKS if last // days + 1 <= MOST), WEEKS[-1])
    return list(range(0, last + 1, step))


def draw_patient_timeline(line: Timeline, *, name: str = "timeline") -> str:
    """The timeline for a wide page, as SVG."""
    return _Wide(line, name).draw()


class _Wide:
    """Draws from the top down; `self.y` is the bottom of what has been drawn."""

    def __init__(self, line: Timeline, name: str) -> None:
        self.line = line
        self.x = Scale(0, max(line.last, 1), LEFT, RIGHT)
        self.one_day = self.x(1) - self.x(0)
        self.ink = Drawing(WIDTH, 0, name=name, title=line.words.title, desc=line.words.desc)
        self.back = Drawing(WIDTH, 0, name=name, title="", desc="")

    def draw(self) -> str:
        """Rows first: they tell how tall the ground behind them is."""
        self._scale()
        rows = (self._points, self._phases, self._parts, self._holders, self._visits)
        y = TOP
        for title, row in zip(self.line.words.rows, rows, strict=True):
            middle, y = row(y)
            self.ink.text(0, middle + 5, title, "sb")
        self._today(y)
        self._ground(y)
        self.ink.height = y + 30
        self.ink.put_behind(self.back)
        return self.ink.svg()

    def _scale(self) -> None:
        self.ink.line(LEFT, TOP, RIGHT, TOP, "ax")
        for day in tick_days(self.line.last):
            at = self.x(day)
            anchor = "start" if day == 0 else "middle"
            self.ink.line(at, TOP - 5, at, TOP, "ax")
            self.ink.text(at, 18, self.line.words.date(day), "mu", anchor=anchor)  # type: ignore[arg-type]
            self.ink.text(at, 32, self.line.words.day(day), "sm mu", anchor=anchor)  # type: ignore[arg-type]

    def _ground(self, bottom: float) -> None:
        """Weekends and holidays, behind everything."""
        if self.one_day < THIN_DAY:
            return
        for day in sorted(self.line.free):
            if 0 <= day < self.line.last:
                self.back.rect(self.x(day), TOP, self.one_day, bottom - TOP, "wk")

    def _today(self, bottom: float) -> None:
        line, words = self.line, self.line.words
        if line.due is not None:
            self.ink.line(self.x(line.due), TOP, self.x(line.due), bottom, "tg")
        if line.today is None:
            return
        at, width = self.x(line.today), text_width(words.today, semibold=True) + 16
        left = min(max(at - width / 2, 0), WIDTH - width)
        self.ink.line(at, TOP, at, bottom, "an")
        self.ink.shape("rect", "ink", x=left, y=bottom + 2, width=width, height=22, rx=3)
        self.ink.text(left + width / 2, bottom + 17, words.today, "onc inv", anchor="middle")

    def _points(self, top: float) -> tuple[float, float]:
        groups = _by_day(self.line.points)
        codes = [", ".join(point.code for point in group) for group in groups]
        said = [", ".join(dict.fromkeys(point.meaning for point in group)) for group in groups]
        due, taken = self._due_label()
        above = self._lanes([(group[0].day, text) for group, text in zip(groups, codes, strict=True)], True, taken)
        below = self._lanes([(group[0].day, text) for group, text in zip(groups, said, strict=True)], False, ())
        middle = top + 23 + 15 * depth(above)
        if due is not None:
            self.ink.text(due, middle - 14, self.line.words.due, "sb")
        if groups:
            self.ink.line(self.x(groups[0][0].day), middle, self.x(groups[-1][0].day), middle, "ax")
        for group, code, meaning, over, under in zip(groups, codes, said, above, below, strict=True):
            at = self.x(group[0].day)
            self._leader(at, middle - 8, over, -15.0, 14)
            self._leader(at, middle + 8, under, LANE, 12)
            if over is not None:
                self.ink.text(over.left, middle - 14 - 15 * over.lane, code, "sb")
            if under is not None:
                self.ink.text(under.left, middle + 24 + LANE * under.lane, meaning, "mu")
            self.ink.circle(at, middle, 6, "pv" if all(point.planned for point in group) else "dp")
        return middle, middle + 24 + LANE * (depth(below) - 1) + 16

    def _due_label(self) -> tuple[float | None, list[tuple[float, float]]]:
        """Left edge of the label of the limit, and what it takes of the lane of the codes."""
        if self.line.due is None:
            return None, []
        at, width = self.x(self.line.due), text_width(self.line.words.due, semibold=True)
        left = at + 8 if at + 8 + width <= WIDTH else at - 8 - width
        return left, [(left, left + width)]

    def _lanes(
        self, labels: list[tuple[int, str]], semibold: bool, taken: list[tuple[float, float]] | tuple[()]
    ) -> list[Placed | None]:
        wanted = [Wanted(self.x(day), text_width(text, semibold=semibold), nudge=4) for day, text in labels]
        return stagger(wanted, low=LEFT - 10, high=WIDTH, taken=taken)

    def _leader(self, at: float, begins: float, placed: Placed | None, step: float, reach: float) -> None:
        """A thin line to a label that had to move away from its point."""
        if placed is not None and placed.lane > 0:
            sign = 1 if step > 0 else -1
            self.ink.line(at, begins, at, begins + sign * reach + step * (placed.lane - 1), "gr")

    def _phases(self, top: float) -> tuple[float, float]:
        middle = top + 22
        wanted = []
        for phase in self.line.phases:
            self._bar(phase, middle)
            width = text_width(phase.said) + sum(
                text_width(text, semibold=bold) + 10 for text, bold in ((phase.over, True), (phase.note, False)) if text
            )
            wanted.append(Wanted(self.x(phase.start) + 1, width, ("start", "end")))
        placed = stagger(wanted, low=LEFT, high=WIDTH)
        for phase, at in zip(self.line.phases, placed, strict=True):
            if at is not None:
                self._said(phase, at.left, middle + 30 + LANE * at.lane)
        return middle, middle + 30 + LANE * (depth(placed) - 1) + 10

    def _bar(self, phase: Phase, middle: float) -> None:
        """Days used up to the limit, over it in red; the limit is a stroke; a thin line leads to one ahead."""
        start, end = self.x(phase.start), self.x(phase.end)
        limit = None if phase.limit is None else self.x(phase.start + phase.limit)
        within = end if limit is None else min(end, limit)
        self.ink.rect(start + 1, middle - 7, max(within - start - 2, 1), 14, "hid" if phase.planned else "bar3")
        if limit is None:
            return
        if end > limit:
            self.ink.rect(limit, middle - 7, max(end - limit - 1, 1), 14, "ovf")
        elif limit > end:
            self.ink.line(end, middle, min(limit, RIGHT), middle, "ax")
        if limit <= RIGHT:
            self.ink.line(limit, middle - 13, limit, middle + 13, "an")

    def _said(self, phase: Phase, left: float, y: float) -> None:
        self.ink.text(left, y, phase.said)
        left += text_width(phase.said) + 10
        if phase.over:
            self.ink.text(left, y, phase.over, "ovt")
            left += text_width(phase.over, semibold=True) + 10
        if phase.note:
            self.ink.text(left, y, phase.note, "mu")

    def _parts(self, top: float) -> tuple[float, float]:
        middle = top + 22
        wanted = []
        for part in self.line.parts:
            left, right = self.x(part.start) + 1, self.x(part.end) - 1
            self.ink.rect(left, middle - 11, max(right - left, 1), 22, PART_CLASS[part.kind])
            count = str(part.end - part.start)
            if part.kind != "examination" and right - left >= text_width(count, semibold=True) + 6:
                self.ink.text((left + right) / 2, middle + 4.5, count, "sb onc", anchor="middle")
            if part.name:
                wanted.append(Wanted((left + right) / 2, text_width(part.name), ("middle",)))
        named = [part for part in self.line.parts if part.name]
        placed = stagger(wanted, low=LEFT, high=WIDTH, lanes=3)
        for part, at in zip(named, placed, strict=True):
            if at is not None:
                self.ink.text(at.left, middle + 28 + LANE * at.lane, part.name, "mu")
        return middle, middle + 28 + LANE * (depth(placed) - 1) + 10

    def _holders(self, top: float) -> tuple[float, float]:
        middle = top + 22
        wanted = []
        for number, holder in enumerate(self.line.holders):
            left = self.x(holder.start) + 1
            right = RIGHT if holder.end is None else self.x(holder.end) - 1
            self.ink.rect(left, middle - 2, max(right - left, 2), 4, "ink" if number % 2 else "bar1")
            wanted.append(Wanted(left, text_width(holder.name), ("start", "end")))
        placed = stagger(wanted, low=LEFT, high=WIDTH)
        for holder, at in zip(self.line.holders, placed, strict=True):
            if at is not None:
                self.ink.text(at.left, middle + 20 + LANE * at.lane, holder.name)
        return middle, middle + 20 + LANE * (depth(placed) - 1) + 4

    def _visits(self, top: float) -> tuple[float, float]:
        middle = top + 22
        for visit in self.line.visits:
            at = self.x(visit.day)
            if visit.status in ("missed", "cancelled"):
                self.ink.line(at - 4, middle - 4, at + 4, middle + 4, "cross")
                self.ink.line(at - 4, middle + 4, at + 4, middle - 4, "cross")
            else:
                self.ink.circle(at, middle, 4.5, "pv" if visit.status == "booked" else "dp")
        wanted = [Wanted(self.x(visit.day), text_width(visit.name), nudge=4) for visit in self.line.visits]
        placed = stagger(wanted, low=LEFT - 10, high=WIDTH)
        for visit, at_ in zip(self.line.visits, placed, strict=True):
            if at_ is not None:
                self.ink.text(at_.left, middle + 22 + LANE * at_.lane, visit.name, "mu")
        return middle, middle + 22 + LANE * (depth(placed) - 1) + 6


def _by_day(points: tuple[Point, ...]) -> list[list[Point]]:
    """Points of one day stand together."""
    days: dict[int, list[Point]] = {}
    for point in sorted(points, key=lambda point: point.day):
        days.setdefault(point.day, []).append(point)
    return list(days.values())
