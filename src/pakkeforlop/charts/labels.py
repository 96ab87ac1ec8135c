"""Labels find their own place: each takes the first of its candidate places where it covers nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pakkeforlop.charts.inter import text_width
from pakkeforlop.charts.svg import Anchor


@dataclass(frozen=True)
class Box:
    """A rectangle that something covers."""

    left: float
    top: float
    right: float
    bottom: float

    def overlap(self, other: Box) -> float:
        """The area that both cover."""
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        return across * down if across > 0 and down > 0 else 0.0


@dataclass(frozen=True)
class Place:
    """Where a label may stand: its base line, and which end of the text is at `x`."""

    x: float
    y: float
    anchor: Anchor = "start"


def text_box(place: Place, text: str, *, size: float = 13, semibold: bool = False) -> Box:
    """What a label at `place` covers, with a little air."""
    width = text_width(text, size, semibold=semibold)
    left = {"start": place.x, "middle": place.x - width / 2, "end": place.x - width}[place.anchor]
    return Box(left - 2, place.y - size * 0.82, left + width + 2, place.y + size * 0.28)


class Room:
    """The room of one chart: what is taken, and the frame that labels must keep inside."""

    def __init__(self, width: float, height: float) -> None:
        self.frame = Box(0, 0, width, height)
        self.taken: list[Box] = []

    def take(self, box: Box) -> None:
        """Mark `box` as covered."""
        self.taken.append(box)

    def cost(self, box: Box) -> float:
        """Covered area, and ten times what would stick out of the frame."""
        area = (box.right - box.left) * (box.bottom - box.top)
        outside = area - box.overlap(self.frame)
        return sum(box.overlap(other) for other in self.taken) + 10 * outside

    def put(self, text: str, places: Iterable[Place], *, size: float = 13, semibold: bool = False) -> Place:
        """The first free place, else the one that covers least; it is taken from now on."""
        best: tuple[float, Place, Box] | None = None
        for place in places:
            box = text_box(place, text, size=size, semibold=semibold)
            cost = self.cost(box)
            if best is None or cost < best[0] - 0.5:
                best = (cost, place, box)
            if cost <= 0.5:
                break
        if best is None:
            raise ValueError("a label needs at least one candidate place")
        self.take(best[2])
        return best[1]
