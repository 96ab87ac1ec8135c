"""The same pathway for a phone: one line from the start downwards, one step for each thing that happened or will."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pakkeforlop.charts.inter import text_width
from pakkeforlop.charts.svg import Drawing

WIDTH, LINE, TEXT = 350.0, 92.0, 114.0
STEP, ROW = 62.0, 20.0
FIRST = 14.0
StepKind = Literal["point", "minor", "today", "planned", "limit"]


@dataclass(frozen=True)
class Step:
    """A day with its number, what happened, the code, and one thing more to say."""

    date: str
    day: str
    kind: StepKind
    title: str
    code: str = ""
    under: str = ""


def draw_timeline_list(steps: list[Step], *, name: str, title: str, desc: str) -> str:
    """The vertical timeline as SVG."""
    lines = [(_wrapped(step.title, step.code), _folded(step.under, WIDTH - TEXT, 13)) for step in steps]
    tops, y = [], FIRST
    for heads, unders in lines:
        tops.append(y)
        y += max(STEP, ROW * (len(heads) + len(unders)) + 22)
    ink = Drawing(WIDTH, max(y - STEP + 40 + ROW, 40), name=name, title=title, desc=desc)
    _spine(ink, steps, tops)
    for step, top, (heads, unders) in zip(steps, tops, lines, strict=True):
        _sign(ink, step, top)
        ink.text(0, top + 5, step.date, "lg")
        ink.text(0, top + 24, step.day, "mu")
        for number, head in enumerate(heads):
            ink.text(TEXT, top + 5 + ROW * number, head, "lg sb")
        if step.code:
            last = heads[-1] if heads else ""
            ink.text(
                TEXT + text_width(last, 15, semibold=True) + 6, top + 5 + ROW * (len(heads) - 1), step.code, "lg mu"
            )
        for number, under in enumerate(unders):
            ink.text(TEXT, top + 5 + ROW * (len(heads) + number), under, "mu")
    return ink.svg()


def _spine(ink: Drawing, steps: list[Step], tops: list[float]) -> None:
    """The line: whole to today or the last thing that happened, dotted after it."""
    if not tops:
        return
    ahead = [top for step, top in zip(steps, tops, strict=True) if step.kind in ("planned", "limit")]
    behind = [top for step, top in zip(steps, tops, strict=True) if step.kind in ("point", "minor", "today")]
    turn = behind[-1] if behind else tops[0]
    ink.line(LINE, tops[0], LINE, turn, "ax")
    if ahead and ahead[-1] > turn:
        ink.line(LINE, turn, LINE, ahead[-1], "pl")


def _sign(ink: Drawing, step: Step, top: float) -> None:
    if step.kind == "today":
        ink.rect(LINE - 8, top - 2, 16, 4, "ink")
    elif step.kind == "limit":
        ink.line(LINE - 12, top, LINE + 12, top, "tg")
    elif step.kind == "minor":
        ink.circle(LINE, top, 4, "cx")
    else:
        ink.circle(LINE, top, 7, "pv" if step.kind == "planned" else "dp")


def _wrapped(title: str, code: str) -> list[str]:
    """The title in lines; the last one leaves room for the code."""
    room = text_width(code, 15) + 6 if code else 0
    lines = _folded(title, WIDTH - TEXT, 15, semibold=True)
    if lines and text_width(lines[-1], 15, semibold=True) + room > WIDTH - TEXT:
        lines = [*lines, ""]
    return lines


def _folded(text: str, width: float, size: float, *, semibold: bool = False) -> list[str]:
    """The text in lines no wider than `width`; a single word may be."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, size, semibold=semibold) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
